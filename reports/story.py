"""The first paragraph of a report: what was compared, what came out, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from datasets.percent import percent
from reports.comparison import wrong_by_patient
from reports.sections.provenance import CHANGED, meaning
from reports.statistics import Counted, compare, count_difference, patient_difference, sentences
from reports.statistics.sentences import listed
from reports.tables import error, escape
from tuners.record import HAND, DataInfo, StudyState
from tuners.store import Store
from tuners.summary import StudySummary, SystemSummary

#: The provenance of data that were made up in the format of a corpus.
STAND_IN = "stand-in"


def banner(store: Store, summary: StudySummary) -> str | None:
    """A warning where not every system is scored, else None."""
    study = summary.study
    if not study.spec.scored and study.state == StudyState.FINISHED:
        return (
            "> **Not scored here.** These are the tuners of a contest: their winners are scored together with people's final "
            "configurations, see `python -m reports people CONTEST --out DIR`."
        )
    states = {system.label: system.state for system in store.systems(study.name)}
    scored = sum(state == "scored" for state in states.values())
    if scored == len(states) and study.state == StudyState.FINISHED:
        return None
    word = "Incomplete" if study.state == StudyState.FINISHED else "Unfinished"
    text = f"> **{word}: {scored} of {len(states)} systems scored.**"
    failed = [escape(row.label) for row in summary.systems if row.failed_altogether]
    if failed:
        text += f" Every trial of {listed(failed)} failed; the reasons stand under “Failed and degenerate trials”."
    if study.state == StudyState.RUNNING:
        text += " The study is running; write the report again when it is done."
    elif study.state != StudyState.FINISHED:
        text += f" Go on with `python tuners/run.py --resume {study.name}`."
    if study.note:
        text += f" It ended with: {escape(study.note)}."
    return text


def opening(summary: StudySummary) -> str:
    """Two paragraphs in plain words: what was compared, and the result. They compare only what was scored and claim no
    more than n points allow."""
    return "\n\n".join(" ".join(sentences) for sentences in (_what(summary), _result(summary)))


def _what(summary: StudySummary) -> list[str]:
    data, spec = summary.study.data, summary.study.spec
    hand = [escape(row.label) for row in summary.systems if row.tuner == HAND]
    tuned = [escape(row.label) for row in summary.systems if row.tuner != HAND]
    kinds = []
    if hand:
        kinds.append(f"{len(hand)} tuned by hand ({listed(hand)})")
    if tuned:
        kinds.append(f"{len(tuned)} found by autotuners ({listed(tuned)})")
    count = len(summary.systems)
    sizes = (
        f"{data.sizes['train']:,} train, {data.sizes['dev']:,} dev and {data.sizes['eval']:,} eval samples"
    )
    texts = [
        f"This study compares {count} system{'s' * (count != 1)} on data set {escape(data.name)} "
        f"({len(data.class_names)} classes; {sizes}): {' and '.join(kinds)}.",
        _origin(data),
    ]
    published = any(value is not None for row in summary.systems for value in row.published.values())
    if published and data.provenance != "real":
        texts.append(
            "The study's own figures therefore stand beside ours for orientation, not as a test of them."
            if data.provenance != STAND_IN
            else "The study's own figures, which are of the real corpus, stand beside ours for orientation only."
        )
    if tuned:
        limits = [f"{spec.budget.max_epochs} epochs a trial"]
        if spec.budget.max_trials is not None:
            limits.insert(0, f"{spec.budget.max_trials} trials")
        if spec.budget.total_epochs is not None:
            limits.append(f"{spec.budget.total_epochs:,} epochs in all")
        if spec.budget.max_seconds is not None:
            limits.append(f"{spec.budget.max_seconds:g} seconds of training")
        texts.append(
            f"Every search had the same budget of at most {listed(limits)} and saw train and dev only."
        )
    return texts


def _origin(data: DataInfo) -> str:
    if data.provenance != STAND_IN:
        return f"The data are {data.provenance}: {meaning(data)}."
    them = (
        "these data, and say nothing about others"
        if data.kind in CHANGED
        else "made-up data, and say nothing about the real corpus"
    )
    return (
        f"The data are a stand-in, {meaning(data)}: the error rates show how the systems compare on {them}."
    )


def _result(summary: StudySummary) -> list[str]:
    scored = sorted((row for row in summary.systems if row.errors), key=lambda row: row.errors["eval"])
    if not scored:
        return ["No system is scored yet, so there is no result to compare."]
    first, second, relation = _pair(scored)
    if second is None:
        return [f"Only {escape(first.label)} is scored: its eval error is {error(first.errors['eval'])} %."]
    gap = round(percent(second.errors["eval"]) - percent(first.errors["eval"]), 2)
    tests = _pairs_of(scored)
    counted = _samples(first, second, summary.study.data.sizes["eval"], tests)
    text = f"{relation[0]} has an eval error of {error(first.errors['eval'])} % ({escape(first.label)}), {relation[1]} one of "
    text += f"{error(second.errors['eval'])} % ({escape(second.label)}): a difference of {gap:.2f} points."
    return [
        text,
        *_picked(tests),
        sentences.samples_luck(counted),
        *_one_class(scored),
        *_trainings(scored, first, second, tests, counted),
        "The result holds for this data set only.",
    ]


def _pair(scored: Sequence[SystemSummary]) -> tuple[SystemSummary, SystemSummary | None, tuple[str, str]]:
    """The two systems that the result is about, the better one first: the best tuned one and the best
    by hand where there are both, for that is the question; else the best two."""
    hand = next((row for row in scored if row.tuner == HAND), None)
    tuned = next((row for row in scored if row.tuner != HAND), None)
    if hand is None or tuned is None:
        second = scored[1] if len(scored) > 1 else None
        return scored[0], second, ("The best system", "the next best")
    words = {hand.label: "the best system tuned by hand", tuned.label: "the best autotuned system"}
    first, second = sorted((hand, tuned), key=lambda row: row.errors["eval"])
    opening = words[first.label]
    return first, second, (opening[0].upper() + opening[1:], words[second.label])


def _pairs_of(scored: Sequence[SystemSummary]) -> int:
    """Of how many pairs of systems the two were picked."""
    hand = sum(row.tuner == HAND for row in scored)
    return hand * (len(scored) - hand) or math.comb(len(scored), 2)


def _picked(tests: int) -> list[str]:
    if tests == 1:
        return []
    return [
        f"They were picked by their eval errors out of {tests} such pairs; the interval for the luck of the samples and "
        "the tests allow for that."
    ]


def _samples(first: SystemSummary, second: SystemSummary, count: int, tests: int) -> Counted:
    """What the finite number of eval samples alone leaves open; where they come from patients, what those do."""
    one, other = (wrong_by_patient(row.scores, "eval") for row in (second, first))
    if not one or one.keys() != other.keys():
        return count_difference(second.errors["eval"], first.errors["eval"], count, tests)
    return patient_difference(
        [wrong for _, wrong in one.values()],
        [other[patient][1] for patient in one],
        [samples for samples, _ in one.values()],
        tests,
    )


def _one_class(scored: Sequence[SystemSummary]) -> list[str]:
    flat = [escape(row.label) for row in scored if row.degenerate]
    if not flat:
        return []
    return [f"{listed(flat)} collapsed: it answers one class for everything, whatever it is shown."]


def _trainings(
    scored: Sequence[SystemSummary],
    first: SystemSummary,
    second: SystemSummary,
    tests: int,
    counted: Counted,
) -> list[str]:
    """What the number of searches and their final trainings allows to say."""
    if all(len(row.scores) == 1 for row in scored):
        return [
            "Each system was trained once for the score: how far a second training with another seed would lie from it "
            "is not known, so one training each cannot show a difference smaller than that noise, and other seeds of "
            "the search may select other networks."
        ]
    most = max(len(row.scores) for row in scored)
    texts = [f"Figures are means over up to {most} searches, each with its own seed and final training."]
    one, other = ({score.repeat: score.errors["eval"] for score in row.scores} for row in (first, second))
    once = [row.label for row in (first, second) if len(row.scores) == 1]
    if len(once) == 1:
        # What was trained once is compared with every repeat of the other.
        one, other = (
            dict.fromkeys(one if len(one) > 1 else other, next(iter(own.values()))) if len(own) == 1 else own
            for own in (one, other)
        )
    common = sorted(one.keys() & other.keys())
    if not common:
        return [*texts, "The two have no repeat in common, so the luck of their searches cannot be judged."]
    found = compare([one[repeat] - other[repeat] for repeat in common], tests)
    unit = "repeat" if once else sentences.REPEAT
    texts.append(sentences.paired(found, escape(first.label), escape(second.label), unit))
    if len(once) == 1:
        texts.append(f"{escape(once[0])} was trained once, and its error is taken as fixed there.")
    if found.shown and not counted.shown:
        texts.append(
            "So the searches differ on these eval samples; whether other samples would say the same is open."
        )
    return [*texts, *filter(None, [sentences.planning(found, unit)])]
