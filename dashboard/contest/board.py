"""The board of a contest as plain HTML: light enough to be sent to thirty viewers every few seconds.

People, tuners and defaults are told apart by shape, by word and by colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from dashboard.contest.standings import Result, Standing
from dashboard.podium import ORDINALS, STEPS
from datasets.percent import percent, percent_text
from reports.palette import BLUE, GREEN, GREY, VERMILLION
from tuners.contest.record import EntrantKind, Source

#: By kind: its shape in the style sheet, its word, its colour, the name of its lane.
KINDS = {
    EntrantKind.PERSON: ("circle", "person", BLUE, "People"),
    EntrantKind.TUNER: ("square", "tuner", VERMILLION, "Tuners"),
    EntrantKind.DEFAULTS: ("diamond", "defaults", GREY, "Defaults"),
    EntrantKind.PUBLISHED: ("triangle", "published", GREEN, "Published"),
}

SIMULATED = "simulated participants"

#: Marks nearer to each other than this (share of the axis) stand above each other, up to so many.
NEAR, MOST_STACKED = 0.018, 7


def mark(kind: EntrantKind, source: Source = Source.PERSON) -> str:
    """Its shape, with its word for who does not see it."""
    shape, word, colour, _ = KINDS[kind]
    word = f"simulated {word}" if source == Source.SIMULATED else word
    return f"<span class='shape {shape}' style='background:{colour}' role='img' aria-label='{word}'></span>"


def strip(rows: Sequence[Standing]) -> str:
    """Where everybody stands on dev, a lane for each kind; the best of each lane has its name."""
    known = [row for row in rows if row.best is not None]
    if not known:
        return ""
    values = [_accuracy(row) for row in known]
    low, high = 10 * math.floor(min(values) / 10), 10 * math.ceil(max(values) / 10)
    high = max(high, low + 10)
    lanes = "".join(
        _lane(kind, [row for row in known if row.kind == kind], low, high)
        for kind in KINDS
        if any(row.kind == kind for row in known)
    )
    ticks = "".join(
        f"<span style='left:{100 * (value - low) / (high - low):.2f}%'>{value} %</span>"
        for value in range(low, high + 1, 5 if high - low <= 20 else 10 if high - low <= 60 else 20)
    )
    said = ", ".join(f"{row.label} {_best(row)} %" for row in _leaders(known))
    people = any(row.source == Source.SIMULATED for row in known)
    alt = f"Best dev accuracy so far{' of ' + SIMULATED if people else ''}. Best of each kind: {said}"
    return (
        f"<div class='strip' role='img' aria-label='{escape(alt, quote=True)}'>{lanes}"
        f"<div class='lane axis'><span class='name'></span><span class='track'>{ticks}</span></div></div>"
    )


def ranking(rows: Sequence[Standing], most: int, you: str = "") -> str:
    """The first so many, and the viewer's own row wherever it stands. you: the key of that row."""
    shown = [row for number, row in enumerate(rows) if (number < most and row.place) or row.key == you]
    body = "".join(_row(row, you) for row in shown)
    left = len(rows) - len(shown)
    more = f"<p class='more'>and {left} more</p>" if left > 0 else ""
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("who", "place", "dev, %", "tries"))
    return f"<div class='errors live ranks'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"


def podium(rows: Sequence[Result], you: str = "", provisional: str = "") -> str:
    """The first three by eval; in the picture the second stands left of the first.

    provisional: after how many trainings, in words, while places can still change.
    """
    steps = "".join(
        _step(row, you, bool(provisional)) for row in rows if row.place is not None and row.place <= STEPS
    )
    kind, name = (
        ("podium provisional", f"Provisional podium by eval accuracy {provisional}")
        if provisional
        else ("podium", "Podium by eval accuracy")
    )
    return f"<ol class='{kind}' aria-label='{name}'>{steps}</ol>"


def final_table(rows: Sequence[Result], you: str = "", provisional: bool = False) -> str:
    """Everybody by mean eval accuracy over the seeds, with the dev accuracy that they were chosen by.

    provisional: who has no score may still get one.
    """
    heads = ("who", "place", "eval, %", "95 % interval", "dev, %", "dev − eval")
    more = ("95 % interval", "dev − eval")
    head = "".join(f"<th scope='col'{' class=effort' if name in more else ''}>{name}</th>" for name in heads)
    body = "".join(_final_row(row, you, provisional) for row in rows)
    return f"<div class='errors live ranks'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def verdict(rows: Sequence[Result]) -> str:
    """The kinds beside each other, by their best and on average, and what dev promised them, in words (markdown)."""
    by_kind = {
        kind: [row.mean for row in rows if row.mean is not None and row.entrant.kind == kind]
        for kind in KINDS
    }
    said = []
    for kind, errors in by_kind.items():
        if errors:
            what = KINDS[kind][3].lower()
            text = f"**{percent_text(1 - min(errors))} %**"
            if len(errors) > 1:
                text = f"the best {text}, on average {percent_text(1 - sum(errors) / len(errors))} %"
            said.append(f"{what}: {text}")
    text = f"On eval, {'; '.join(said)}."
    gaps = [row.gap for row in rows if row.gap is not None]
    if gaps:
        mean = sum(gaps) / len(gaps)
        way = "lower" if mean > 0 else "higher"
        text += f" That is {percent_text(abs(mean))} points {way} than on dev, by which everybody chose."
    return text


def own_score(rows: Sequence[Result], you: str, provisional: str = "") -> str:
    """How somebody did on eval, for themselves (markdown); "" where they have no score (yet). you, provisional: as above."""
    own = next((row for row in rows if you and row.entrant.person == you and row.mean is not None), None)
    if own is None or own.mean is None:
        return ""
    scored = sum(row.mean is not None for row in rows)
    text = (
        f"### {percent_text(1 - own.mean)} % eval accuracy{' so far' if provisional else ''}\n"
        f"{f'**Provisional, {provisional} each:** p' if provisional else 'P'}lace {own.place} of {scored}"
    )
    if not math.isnan(own.low):
        text += f"; 95 % interval {percent_text(1 - own.high)} to {percent_text(1 - own.low)}"
    if own.gap is not None:
        way = "below" if own.gap > 0 else "above"
        text += f"; {percent_text(abs(own.gap))} points {way} its dev accuracy"
    return f"{text}."


def _lane(kind: EntrantKind, rows: Sequence[Standing], low: int, high: int) -> str:
    """The marks of one kind, those that would cover each other above each other."""
    shape, _, colour, name = KINDS[kind]
    marks: list[str] = []
    stacked: list[tuple[float, int]] = []
    for row in rows:
        place = (_accuracy(row) - low) / (high - low)
        taken = {level for other, level in stacked if abs(other - place) < NEAR}
        level = next((n for n in range(MOST_STACKED) if n not in taken), MOST_STACKED - 1)
        stacked.append((place, level))
        marks.append(
            f"<i class='shape {shape}' style='left:{100 * place:.2f}%;bottom:{level + 0.25:.2f}em;background:{colour}'></i>"
        )
    best = rows[0]
    place = stacked[0][0]
    side = f"right:{100 * (1 - place):.2f}%" if place > 0.5 else f"left:{100 * place:.2f}%"
    height = 1 + max(level for _, level in stacked)
    tag = f"<b class='tag' style='{side}'>{escape(best.label)} {_best(best)}</b>"
    return (
        f"<div class='lane'><span class='name'>{mark(kind)}{name} <small>{len(rows)}</small></span>"
        f"<span class='track' style='height:{height + 1.5:.2f}em'>{''.join(marks)}{tag}</span></div>"
    )


def _leaders(rows: Sequence[Standing]) -> list[Standing]:
    """The first of each kind."""
    return list({row.kind: row for row in reversed(rows)}.values())[::-1]


def _row(row: Standing, you: str) -> str:
    state = f"{row.done}{' +1' if row.running else ''}"
    return (
        f"<tr{' class=you' if row.key == you else ''}>{_who(row.kind, row.source, row.label, row.key == you)}"
        f"<td>{row.place or '–'}</td><td><b>{_best(row)}</b></td><td>{state}</td></tr>"
    )


def _who(kind: EntrantKind, source: Source, label: str, you: bool, note: str = "") -> str:
    word = KINDS[kind][1] if source == Source.PERSON else "simulated"
    text = ", ".join(filter(None, ["you" if you else "", word, note]))
    return f"<th scope='row'>{mark(kind, source)}{escape(label)}<span class='note'>{escape(text)}</span></th>"


def _final_row(row: Result, you: str, provisional: bool) -> str:
    entrant = row.entrant
    own = bool(you) and entrant.person == you
    note = "" if entrant.config else entrant.note
    if provisional and row.mean is None:
        note = note or "not scored yet"
    who = _who(entrant.kind, entrant.source, entrant.label, own, note)
    dev = "–" if entrant.dev_error is None else percent_text(1 - entrant.dev_error)
    mean = "–" if row.mean is None else percent_text(1 - row.mean)
    interval = "–" if math.isnan(row.low) else f"{percent_text(1 - row.high)} to {percent_text(1 - row.low)}"
    gap = "–" if row.gap is None else f"{percent(row.gap):+.2f}".replace("-", "−")
    cells = f"<td>{row.place or '–'}</td><td><b>{mean}</b></td>"
    cells += f"<td class='effort'>{interval}</td><td>{dev}</td><td class='effort'>{gap}</td>"
    return f"<tr{' class=you' if own else ''}>{who}{cells}</tr>"


def _step(row: Result, you: str, provisional: bool) -> str:
    entrant, place = row.entrant, row.place or 0
    colour = KINDS[entrant.kind][2]
    word = (
        KINDS[entrant.kind][1] if entrant.source == Source.PERSON else f"simulated {KINDS[entrant.kind][1]}"
    )
    own = ", you" if you and entrant.person == you else ""
    dev = "" if entrant.dev_error is None else f"{percent_text(1 - entrant.dev_error)} % on dev"
    return (
        f"<li class='place{place}' style='border-color:{colour}'><span class='rank'>{ORDINALS[place]}</span>"
        f"<b>{mark(entrant.kind, entrant.source)}{escape(entrant.label)}</b><span class='note'>{word}{own}</span>"
        f"<span class='eval'>{percent_text(1 - (row.mean or 0.0))} %<small> eval{' so far' if provisional else ''}</small></span>"
        f"<span class='dev'>{dev}</span></li>"
    )


def _best(row: Standing) -> str:
    return "–" if row.best is None else percent_text(1 - row.best)


def _accuracy(row: Standing) -> float:
    return percent(1 - (row.best if row.best is not None else 1.0))
