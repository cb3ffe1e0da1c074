"""How a race ended: three steps by eval error, with the dev error beside it, and what the way from one to the other says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import fmean, stdev

from datasets.percent import percent
from reports import tables
from reports.collapse import ONE_CLASS, marked
from reports.palette import system_colours
from reports.statistics.sentences import listed, points, size
from tuners.summary import SystemSummary

#: Steps of the podium.
STEPS = 3

ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


@dataclass(frozen=True)
class Place:
    """A scored system. place, dev_place: by eval and by dev error, the same number for errors that are printed alike.

    dev, eval: means over its repeats, fractions; *_spread: their standard deviations, None for a single one.
    chosen: the mean of the dev errors by which its searches chose, before what they chose was trained anew.
    """

    label: str
    place: int
    dev_place: int
    dev: float
    eval: float
    dev_spread: float | None
    eval_spread: float | None
    chosen: float | None
    repeats: int
    degenerate: bool


def places(systems: Sequence[SystemSummary]) -> list[Place]:
    """The scored systems, the lowest eval error first; those that answer one class behind all others."""
    scored = [system for system in systems if {"dev", "eval"} <= system.errors.keys()]
    by_eval = [(system.degenerate, percent(system.errors["eval"])) for system in scored]
    by_dev = [(system.degenerate, percent(system.errors["dev"])) for system in scored]
    found = [
        Place(
            system.label,
            1 + sum(other < by_eval[number] for other in by_eval),
            1 + sum(other < by_dev[number] for other in by_dev),
            system.errors["dev"],
            system.errors["eval"],
            _spread(system, "dev"),
            _spread(system, "eval"),
            _chosen(system),
            len(system.scores),
            system.degenerate,
        )
        for number, system in enumerate(scored)
    ]
    return sorted(found, key=lambda one: one.place)


def podium(found: Sequence[Place], labels: Sequence[str]) -> str:
    """The first three as a list of steps; in the picture the second stands left of the first. labels: fix the colours."""
    colours = system_colours(labels)
    steps = "".join(_step(one, colours[one.label]) for one in found if one.place <= STEPS)
    return f"<ol class='podium' aria-label='Podium by eval error'>{steps}</ol>"


def others(found: Sequence[Place]) -> str:
    """The systems below the podium as an HTML table; empty where there are none."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(marked(one.label, one.degenerate))}{_note(one)}</th><td>{one.place}</td>"
        f"<td>{tables.error(one.dev, one.dev_spread)}</td><td>{tables.error(one.eval, one.eval_spread)}</td></tr>"
        for one in found
        if one.place > STEPS
    )
    if not rows:
        return ""
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("system", "place", "dev, %", "eval, %"))
    return f"<div class='errors'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def gap_in_words(found: Sequence[Place]) -> str:
    """What happened between dev, by which everything was chosen, and eval. Plain text."""
    sound = [one for one in found if not one.degenerate]
    if not sound:
        return (
            "Every network answers one class for everything, so these errors are those of constant answers."
        )
    text = _leader(sound) + _change(sound)
    if len(sound) < len(found):
        names = listed([one.label for one in found if one.degenerate])
        text += f" {names} answers {ONE_CLASS}: it stands behind the others, whatever its error."
    return text


def _leader(sound: Sequence[Place]) -> str:
    first = [one for one in sound if one.place == 1]
    on_dev = [one for one in sound if one.dev_place == 1]
    if len(sound) == 1 or {one.label for one in first} & {one.label for one in on_dev}:
        return ""
    leader = on_dev[0]
    return (
        f"On dev {leader.label} led with {tables.error(leader.dev)} %; on eval, which nobody could choose by, it comes "
        f"{_ordinal(leader.place)}. "
    )


def _change(sound: Sequence[Place]) -> str:
    gaps = sorted(one.eval - one.dev for one in sound)
    low, high = gaps[0], gaps[-1]
    if percent(low) > 0:
        text = (
            f"Eval errors are {_range(low, high)} points higher than dev errors: configurations were chosen by dev, so dev "
            "flatters them, and eval may hold samples of another kind."
        )
    elif percent(high) < 0:
        text = (
            f"Eval errors are {_range(high, low)} points lower than dev errors: eval holds samples that are easier here, "
            "and that hides how much dev flatters what was chosen by it."
        )
    else:
        change = points(low) if percent(low) == percent(high) else f"{points(low)} to {points(high)}"
        text = (
            f"From dev to eval the errors change by {change} points. Dev flatters what was chosen by it; eval was opened "
            "once, after the choice, so it is the figure to go by."
        )
    return text


def _range(one: float, other: float) -> str:
    return size(one) if size(one) == size(other) else f"{size(one)} to {size(other)}"


def _step(one: Place, colour: str) -> str:
    return (
        f"<li class='place{one.place}' style='border-color:{colour}'>"
        f"<span class='rank'>{_ordinal(one.place)}</span>"
        f"<b>{escape(marked(one.label, one.degenerate))}</b>{_note(one)}"
        f"<span class='eval'>{tables.error(one.eval, one.eval_spread)} %<small> eval</small></span>"
        f"<span class='dev'>{tables.error(one.dev, one.dev_spread)} % dev, {_ordinal(one.dev_place)} there</span>"
        f"{_chosen_note(one)}</li>"
    )


def _chosen_note(one: Place) -> str:
    if one.chosen is None:
        return ""
    return f"<span class='note'>{tables.error(one.chosen)} % dev when it was chosen</span>"


def _note(one: Place) -> str:
    words = [ONE_CLASS] if one.degenerate else []
    words += [f"mean ± sd of {one.repeats} searches"] if one.repeats > 1 else []
    kind = "note warn" if one.degenerate else "note"
    return f"<span class='{kind}'>{', '.join(words)}</span>" if words else ""


def _ordinal(place: int) -> str:
    return ORDINALS.get(place, f"{place}th")


def _chosen(system: SystemSummary) -> float | None:
    errors = [trial.dev_error for trial in system.winners.values() if trial.dev_error is not None]
    return fmean(errors) if errors else None


def _spread(system: SystemSummary, split: str) -> float | None:
    errors = [score.errors[split] for score in system.scores]
    return stdev(errors) if len(errors) > 1 else None
