"""All that the instructor's page and the leaderboard show of a contest at one moment: read once for all their viewers."""

from __future__ import annotations

import os
from dataclasses import dataclass

import streamlit as st

from dashboard import reading
from dashboard.age import lasting
from dashboard.contest import desk
from dashboard.contest.happened import happened
from dashboard.contest.standings import Result, Standing, results, standings, to_come
from dashboard.ticker import Event
from tuners.contest.record import Contest, ContestState, EntrantKind, Person, Source, Try
from tuners.contest.scoring import Scoring, scoring
from tuners.record import StudyRecord, SystemRecord, TrialRecord

#: Seconds for which nothing is looked at again; the pages refresh every two.
FRESH = 0.9

#: Lines of what happened.
LINES = 7


@dataclass(frozen=True)
class Moment:
    """rows: by dev. happened: the latest first, each with the kind of entrant it is about. results: by eval, empty before the
    contest has ended, provisional until it is scored."""

    contest: Contest
    people: tuple[Person, ...]
    tries: tuple[Try, ...]
    study: StudyRecord | None
    systems: tuple[SystemRecord, ...]
    trials: tuple[TrialRecord, ...]
    rows: tuple[Standing, ...]
    happened: tuple[tuple[Event, EntrantKind], ...]
    results: tuple[Result, ...]
    scoring: Scoring

    @property
    def progress(self) -> str:
        """How far the scoring is, in words."""
        found = self.scoring
        text = f"{found.done:,} of {found.total:,} trainings"
        if found.searching:
            text += "; the tuners still use up their budget"
        return text + (f"; about {lasting(found.left)} left" if found.left is not None else "")

    @property
    def provisional(self) -> str:
        """What a ranking by eval is until all is scored, in words; "" in the end."""
        if self.contest.state == ContestState.SCORED:
            return ""
        return f"after {self.scoring.rounds} of {self.contest.terms.final_seeds} trainings"

    @property
    def simulated(self) -> bool:
        """Whether any participant is demonstration data."""
        return any(one.source == Source.SIMULATED for one in self.people)


def moment(contest: Contest) -> Moment:
    """The contest as it is now."""
    return _moment(reading.source(), contest)


@st.cache_resource(ttl=FRESH, max_entries=8, show_spinner=False)
def _moment(source: reading.Source, contest: Contest) -> Moment:
    book = desk.book()
    people, tries = book.people(contest.id), book.tries(contest.id)
    study = next((one for one in reading.studies(contest.study) if one.name == contest.study), None)
    systems = reading.systems(study.name) if study else []
    trials = reading.trials(study.name) if study else []
    over = contest.state in (ContestState.ENDED, ContestState.SCORED)
    finals = book.finals(contest.id) if over else []
    entrants = book.entrants(contest.id) if over else []
    rows = standings(contest, people, tries, systems, trials)
    found = results(contest, entrants, finals)
    progress = scoring(contest, people, trials, entrants, finals, os.cpu_count() or 1)
    return Moment(
        contest,
        tuple(people),
        tuple(tries),
        study,
        tuple(systems),
        tuple(trials),
        tuple(rows),
        tuple(happened(contest, people, tries, systems, trials)[:LINES]),
        (*found, *to_come(contest, rows, found)),
        progress,
    )
