"""Two trials field by field, and one trial beside its space: rows of words and numbers, differing ones first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasets.percent import percent, percent_text
from reports.sections.boundaries import NEAR, RARE, chance
from reports.trial_frame import Axis
from reports.trial_list import state_of, value_text
from tuners.record import TrialRecord
from tuners.space import Choice, Fixed, Parameter, is_active

SETTINGS, OUTCOME, CLASSES = "Settings", "Outcome", "Error on dev by class"

ABSENT = "–"

SAME = "the same"


@dataclass(frozen=True)
class Row:
    """One field. difference: in words, SAME where there is none, "" without a second trial; edge: where a value lies
    at an end of its range, in words; possible: the range of the space."""

    group: str
    name: str
    this: str
    other: str = ""
    difference: str = ""
    edge: str = ""
    possible: str = ""

    @property
    def differs(self) -> bool:
        return self.difference not in ("", SAME)


def compare(
    this: TrialRecord,
    other: TrialRecord | None,
    space: Sequence[Parameter] = (),
    class_names: Sequence[str] = (),
) -> list[Row]:
    """All fields of a trial, beside those of another one where it is given.

    space: the parameters of the system of `this`, empty where they are not recorded. Within the settings, what
    differs comes first.
    """
    found = [*_settings(this, other, space), *_outcome(this, other), *_classes(this, other, class_names)]
    order = (SETTINGS, OUTCOME, CLASSES)
    return sorted(found, key=lambda row: (order.index(row.group), not row.differs))


def _settings(this: TrialRecord, other: TrialRecord | None, space: Sequence[Parameter]) -> list[Row]:
    known = {parameter.name: parameter for parameter in space}
    theirs: Mapping[str, Any] = {} if other is None else other.config
    names = dict.fromkeys([*(n for n in known if n in this.config or n in theirs), *this.config, *theirs])
    rows = []
    for name in names:
        parameter = known.get(name)
        rows.append(
            Row(
                SETTINGS,
                name,
                value_text(this.config[name]) if name in this.config else ABSENT,
                "" if other is None else value_text(theirs[name]) if name in theirs else ABSENT,
                "" if other is None else _setting_difference(name, this.config, theirs, parameter),
                "" if parameter is None or name not in this.config else _edge(parameter, this.config[name]),
                "" if parameter is None else _range(parameter),
            )
        )
    return rows


def _setting_difference(
    name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], parameter: Parameter | None
) -> str:
    if name not in theirs:
        return "only here"
    if name not in mine:
        inactive = parameter is not None and not is_active(parameter, dict(mine))
        return "not in use here" if inactive else "only there"
    a, b = mine[name], theirs[name]
    if a == b:
        return SAME
    if (
        isinstance(a, bool)
        or isinstance(b, bool)
        or not isinstance(a, int | float)
        or not isinstance(b, int | float)
    ):
        return "another choice"
    if a > 0 and b > 0 and max(a, b) / min(a, b) >= 1.5:
        ratio = max(a, b) / min(a, b)
        times = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
        return f"{'larger' if a > b else 'smaller'} by a factor of {times}"
    return "larger" if a > b else "smaller"


#: Fields of the outcome: name, text, number to compare by, and the words for more and less.
_FIELDS: tuple[tuple[str, Callable[[TrialRecord], str], Callable[[TrialRecord], float], str, str], ...] = (
    (
        "epochs",
        lambda t: f"{t.first_epoch + t.epochs} of {t.epochs_due}",
        lambda t: t.epochs,
        "more",
        "fewer",
    ),
    ("best epoch", lambda t: str(t.best_epoch or ABSENT), lambda t: t.best_epoch, "later", "earlier"),
    ("seconds", lambda t: f"{t.seconds:,.1f}", lambda t: t.seconds, "more", "fewer"),
    ("seed", lambda t: str(t.seed), lambda t: t.seed, "another", "another"),
    ("continues", lambda t: _source(t), lambda t: t.first_epoch, "from later", "from earlier"),
)


def _outcome(this: TrialRecord, other: TrialRecord | None) -> list[Row]:
    both = [this] if other is None else [this, other]
    errors = [percent_text(trial.dev_error) for trial in both]
    states = [state_of(trial) for trial in both]
    rows = [
        _row("dev error, %", errors, _points(this.dev_error, both[-1].dev_error)),
        _row("state", states, SAME if len(set(states)) == 1 else "another"),
    ]
    for name, text, number, more, less in _FIELDS:
        texts = [text(trial) for trial in both]
        if name == "continues" and set(texts) == {ABSENT}:
            continue  # most tuners continue nothing
        a, b = number(this), number(both[-1])
        word = SAME if len(set(texts)) == 1 else "another" if a == b else more if a > b else less
        rows.append(_row(name, texts, word))
    return rows


def _row(name: str, texts: Sequence[str], word: str) -> Row:
    """A row of the outcome of one trial or of two."""
    return Row(OUTCOME, name, texts[0]) if len(texts) == 1 else Row(OUTCOME, name, texts[0], texts[1], word)


def _source(trial: TrialRecord) -> str:
    """The trial whose weights it started from."""
    return ABSENT if trial.parent is None else f"#{trial.parent} from epoch {trial.first_epoch}"


def _classes(this: TrialRecord, other: TrialRecord | None, names: Sequence[str]) -> list[Row]:
    mine, theirs = this.class_errors, () if other is None else other.class_errors
    rows = []
    for place in range(max(len(mine), len(theirs))):
        name = names[place] if place < len(names) else str(place)
        a = mine[place] if place < len(mine) else None
        b = theirs[place] if place < len(theirs) else None
        words = "" if other is None else _points(a, b)
        rows.append(Row(CLASSES, name, percent_text(a), "" if other is None else percent_text(b), words))
    return rows


def _points(a: float | None, b: float | None) -> str:
    """The difference of two errors as they are printed."""
    if a is None or b is None:
        return SAME if a is b else "only one has it"
    points = percent(a) - percent(b)
    if abs(points) < 0.005:
        return SAME
    return f"{abs(points):.2f} points {'higher' if points > 0 else 'lower'}"


def _edge(parameter: Parameter, value: Any) -> str:
    """Where a value lies at an end of its range; of few values most do, and that says nothing."""
    if isinstance(parameter.domain, Fixed):
        return ""
    axis = Axis(parameter.name, parameter.domain)
    if not axis.ordered or chance(axis) > RARE:
        return ""
    place = float(axis.positions([value])[0])
    if math.isnan(place) or NEAR < place < 1 - NEAR:
        return ""
    return "at the lower end" if place <= NEAR else "at the upper end"


def _range(parameter: Parameter) -> str:
    match parameter.domain:
        case Choice(options):
            return ", ".join(value_text(option) for option in options)
        case Fixed():
            return "fixed"
        case domain:
            log = ", log" if domain.log else ""
            return f"{value_text(domain.low)} to {value_text(domain.high)}{log}"
