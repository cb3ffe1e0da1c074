"""What happened in a search, in words: new bests, failures, stops. Dev errors only, as on all of the live page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.progress import OVER
from datasets.percent import percent, percent_text
from tuners.path import searches, winner
from tuners.record import SystemRecord, TrialRecord, TrialState

#: Longest reason that is repeated; the whole one stands in the list of failures.
SHOWN = 160

#: Kinds of events: their mark and their word, so that none is told by its colour alone. An error falls, an accuracy rises.
KINDS = {
    "lead": ("★", "takes the lead"),
    "best": ("▼", "new best"),
    "higher": ("▲", "new best"),
    "failed": ("✕", "failed"),
    "degenerate": ("⚠", "one class"),
    "pruned": ("✂", "stopped early"),
    "cancelled": ("✕", "cancelled"),
    "over": ("⚑", "search over"),
}


@dataclass(frozen=True)
class Event:
    """moment: seconds since the epoch. kind: one of KINDS."""

    moment: float
    system: str
    kind: str
    text: str


def events(trials: Sequence[TrialRecord], systems: Sequence[SystemRecord]) -> list[Event]:
    """All that deserves a line, the latest first."""
    ended = sorted(
        (trial for trial in trials if trial.state != TrialState.RUNNING and trial.repeat_of is None), key=_end
    )
    found: list[Event] = []
    best: dict[str, float] = {}
    for trial in ended:
        event = _event(trial, best)
        if event is not None:
            found.append(event)
        if trial.state == TrialState.COMPLETE and trial.dev_error is not None:
            best[trial.system] = min(trial.dev_error, best.get(trial.system, 1.0))
    found += _ends(trials, systems)
    return sorted(found, key=lambda event: event.moment, reverse=True)


def ticker(found: Sequence[Event], colours: Mapping[str, str], marks: Mapping[str, str] | None = None) -> str:
    """Events as a list that screen readers announce as it grows. marks: of systems that have one of their own, as HTML."""
    lines = "".join(
        f"<li class='{event.kind}'><span class='mark' aria-hidden='true'>{KINDS[event.kind][0]}</span>"
        f"<span>{_mark(event.system, colours, marks or {})}"
        f"<b>{escape(event.system)}</b> {escape(event.text)}</span></li>"
        for event in found
    )
    return (
        f"<div role='log' aria-label='What happened, the latest first'><ol class='ticker'>{lines}</ol></div>"
    )


def _mark(system: str, colours: Mapping[str, str], marks: Mapping[str, str]) -> str:
    return marks.get(system) or f"<span class='swatch' style='background:{colours[system]}'></span>"


def _event(trial: TrialRecord, best: dict[str, float]) -> Event | None:
    """What a trial that ended did. best: the lowest dev error of every system before it."""
    if trial.state == TrialState.COMPLETE and trial.dev_error is not None:
        own, error = best.get(trial.system), trial.dev_error
        if own is not None and percent(error) >= percent(own):
            return None
        others = [value for system, value in best.items() if system != trial.system]
        lead = bool(others) and error < min(others) and (own is None or own >= min(others))
        was = f", down from {percent_text(own)}" if own is not None else ""
        word = KINDS["lead" if lead else "best"][1]
        return Event(
            _end(trial),
            trial.system,
            "lead" if lead else "best",
            f"{word}: {percent_text(error)} % with {trial.title}{was}",
        )
    if trial.state == TrialState.PRUNED:
        text = f"{trial.title} stopped early, after epoch {trial.epochs} of {trial.epochs_due}"
        text += f", at {percent_text(trial.dev_error)} %" if trial.dev_error is not None else ""
        return Event(_end(trial), trial.system, "pruned", text)
    if trial.state in (TrialState.FAILED, TrialState.CANCELLED, TrialState.DEGENERATE):
        reason = trial.reason or "no reason on record"
        reason = reason if len(reason) <= SHOWN else reason[: SHOWN - 1] + "…"
        kind = trial.state.value
        return Event(_end(trial), trial.system, kind, f"{trial.title} {kind}: {reason}")
    return None


def _ends(trials: Sequence[TrialRecord], systems: Sequence[SystemRecord]) -> list[Event]:
    by_search = searches(trials)
    found = []
    for system in systems:
        for search in system.searches:
            own = by_search.get((system.label, search.repeat), [])
            if search.state not in OVER or not own:
                continue
            chosen = winner(own)
            which = (
                f"search {search.repeat + 1} of {len(system.searches)}" if system.searches[1:] else "search"
            )
            result = (
                f"chose {chosen.title}, dev {percent_text(chosen.dev_error)} %" if chosen else "found nothing"
            )
            # Just after its last trial, so that it stands above it.
            found.append(Event(max(map(_end, own)) + 1e-3, system.label, "over", f"{which} over: {result}"))
    return found


def _end(trial: TrialRecord) -> float:
    return trial.started + trial.seconds
