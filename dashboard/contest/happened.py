"""What just happened in a contest, one line each: by the same events that a race of tuners has."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.contest.standings import machine
from dashboard.ticker import KINDS, Event
from datasets.percent import percent, percent_text
from tuners.contest.record import SCORED_TRIES, Contest, EntrantKind, Person, Try, TryState
from tuners.record import SystemRecord, TrialRecord, TrialState

#: What a try without a result is told as; those that the bell or their owner stopped are no news.
TROUBLE = {TryState.FAILED: "failed"}

#: Of one training that ended: when, who, what kind of entrant, dev error (None without a result), its name, what went wrong.
Ended = tuple[float, str, EntrantKind, float | None, str, str]


def happened(
    contest: Contest,
    people: Iterable[Person],
    tries: Iterable[Try],
    systems: Iterable[SystemRecord] = (),
    trials: Iterable[TrialRecord] = (),
) -> list[tuple[Event, EntrantKind]]:
    """New bests, changes of the lead and failures, the latest first. Accuracy, as participants see it."""
    found: list[tuple[Event, EntrantKind]] = []
    own: dict[str, float] = {}
    for moment, who, kind, error, what, trouble in sorted(_ended(contest, people, tries, systems, trials)):
        if error is None:
            if trouble:
                found.append((Event(moment, who, trouble, f"{what} {KINDS[trouble][1]}"), kind))
            continue
        before = own.get(who)
        if before is not None and percent(error) >= percent(before):
            continue
        best = min(own.values(), default=None)
        lead = best is not None and error < best and before != best
        was = f", up from {percent_text(1 - before)}" if before is not None else ""
        word = KINDS["lead"][1] if lead else KINDS["higher"][1] if before is not None else "begins with"
        text = f"{word}{':' if lead or before is not None else ''} {percent_text(1 - error)} % by {what}{was}"
        found.append((Event(moment, who, "lead" if lead else "higher", text), kind))
        own[who] = error
    return found[::-1]


def _ended(
    contest: Contest,
    people: Iterable[Person],
    tries: Iterable[Try],
    systems: Iterable[SystemRecord],
    trials: Iterable[TrialRecord],
) -> list[Ended]:
    aliases = {one.id: one.alias for one in people}
    rows: list[Ended] = []
    for one in tries:
        if one.ended is None or one.person not in aliases:
            continue
        error = one.dev_error if one.state in SCORED_TRIES else None
        trouble = TROUBLE.get(one.state, "")
        row = (one.ended, aliases[one.person], EntrantKind.PERSON, error, f"try {one.number}", trouble)
        rows.append(row)
    tuners = {one.label: one for one in systems}
    for trial in trials:
        if trial.state == TrialState.RUNNING or trial.repeat_of is not None or trial.system not in tuners:
            continue
        who = machine(contest, tuners[trial.system], trial)
        error = trial.dev_error if trial.state == TrialState.COMPLETE else None
        what = f"trial {trial.number + 1}"
        rows.append((trial.started + trial.seconds, who.label, who.kind, error, what, ""))
    return rows
