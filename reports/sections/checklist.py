"""What reviewers ask, answered from the store."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from reports import tables
from reports.reproducibility import looks
from reports.section import Section, describe
from reports.sections.provenance import MARK
from tuners.path import searches, winner
from tuners.record import HAND, StudyRecord, TrialState
from tuners.store import Store

COLUMNS = ["question", "answer", "because"]

#: Searches of each tuner from which on its luck can be told from its worth (the second study's recommendation).
SEARCHES = 20

YES, PARTLY, NO = "yes", "partly", "no"

Row = tuple[str, str, str]


class Checklist(Section):
    name = "checklist"
    title = "Checklist for reviewers"
    lead = (
        "Questions after the machine-learning reproducibility checklist (Pineau et al., 2021), “Show your work” (Dodge "
        "et al., 2019) and what a study of tuning by hand recommends. Every answer is counted in the store; what a "
        "store cannot know is not asked."
    )
    position = 112

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """Rows (question, answer, because) as text."""
        study = store.study(study_name)
        rows = [*_code_and_data(study), *_search(store, study), *_scores(store, study)]
        return describe(pd.DataFrame(rows, columns=COLUMNS, dtype=str), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        rows = [
            [tables.escape(row["question"]), row["answer"], tables.escape(row["because"])]
            for _, row in frame.iterrows()
        ]
        return tables.table(["question", "answer", "because"], rows)


def _code_and_data(study: StudyRecord) -> Iterator[Row]:
    environment, data = study.environment, study.data
    commit = environment.commit
    known = bool(re.fullmatch("[0-9a-f]{7,40}", commit.removesuffix(MARK)))
    yield (
        "Is the code that ran known?",
        YES if known and not commit.endswith(MARK) else PARTLY if known else NO,
        f"commit {commit}" if known else "no commit is recorded",
    )
    yield _answer(
        "Are versions, hardware and the command recorded?",
        bool(environment.packages) and bool(study.command) and bool(environment.processor),
        f"{len(environment.packages)} packages; {environment.processor}, {environment.device}",
    )
    yield _answer(
        "Is the sample of the data fixed by a hash?",
        bool(re.fullmatch("[0-9a-f]{64}", data.content_hash)),
        f"sha256 {data.content_hash[:12]}…",
    )
    yield _answer("Are the data real?", data.provenance == "real", data.provenance)


def _search(store: Store, study: StudyRecord) -> Iterator[Row]:
    systems = store.systems(study.name)
    tuned = [system for system in systems if system.tuner != HAND]
    trials = store.trials(study.name)
    trained = [trial for trial in trials if trial.repeat_of is None]
    if tuned:
        spaces = sum(bool(system.space) for system in tuned)
        yield (
            "Is the space of every tuner recorded?",
            _part(spaces, len(tuned)),
            f"{spaces} of {len(tuned)} tuned systems",
        )
        counts = {search: len(part) for search, part in searches(trained).items()}
        own = [counts.get((system.label, s.repeat), 0) for system in tuned for s in system.searches]
        yield (
            "Did every tuner spend the same number of trials?",
            YES if len(set(own)) == 1 else NO,
            f"{own[0]} a search"
            if len(set(own)) == 1
            else f"{min(own)} to {max(own)} a search, none more than allowed",
        )
        fewest = min(len(system.searches) for system in tuned)
        yield (
            f"Was every tuner run {SEARCHES} times or more, so that its luck can be told from its worth?",
            YES if fewest >= SEARCHES else PARTLY if fewest > 1 else NO,
            f"{fewest} search{'es' * (fewest > 1)} of each"
            if fewest == max(len(s.searches) for s in tuned)
            else f"at least {fewest} searches of each",
        )
    finished = sum(trial.state != TrialState.RUNNING for trial in trained)
    failed = sum(trial.state == TrialState.FAILED for trial in trained)
    yield (
        "Is every configuration that was tried recorded, failures too?",
        _part(finished, len(trained)),
        f"{len(trained):,} trained, {failed:,} of them failed, {len(trained) - finished:,} without a result",
    )


def _scores(store: Store, study: StudyRecord) -> Iterator[Row]:
    systems, scores = store.systems(study.name), store.scores(study.name)
    tried = searches(store.trials(study.name))
    wanted = [(system.label, search) for system in systems for search in system.searches]
    by_dev = [
        best.number == search.selected
        for label, search in wanted
        if search.selected is not None and (best := winner(tried.get((label, search.repeat), ())))
    ]
    yield (
        "Was every winner selected by dev alone?",
        _part(sum(by_dev), len(by_dev)),
        f"{sum(by_dev)} of {len(by_dev)} selected trials have the lowest dev error of their search",
    )
    yield (
        "Is every search scored, once?",
        _part(len(scores), len(wanted)),
        f"{len(scores)} final trainings of {len(wanted)} searches",
    )
    several = sum(len(system.searches) > 1 for system in systems)
    yield (
        "Is there a spread over seeds?",
        _part(several, len(systems)),
        f"{several} of {len(systems)} systems were searched more than once",
    )
    before = looks(store, study)[:-1]
    scored = sum(look.scored for look in before)
    yield _answer(
        "Was eval untouched when the study began?",
        not scored,
        f"{scored:,} networks of {len(before)} earlier studies in this store had been scored on it"
        if scored
        else "no earlier study of this store scored anything on it",
    )


def _answer(question: str, holds: bool, because: str) -> Row:
    return question, YES if holds else NO, because


def _part(count: int, of: int) -> str:
    return NO if not count else YES if count == of else PARTLY
