"""What the instructor sees of those who take part: by the name that was drawn for them, never by another."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape

from dashboard.age import lasting
from dashboard.contest import board
from dashboard.contest.moment import Moment
from dashboard.contest.standings import Standing
from datasets.percent import percent_text
from tuners.contest.record import OPEN_TRIES, EntrantKind, Person, Place, Source, Try, TryState

#: Seconds without a sign of life after which somebody may need help.
SILENT = 180.0

HEADS = ("participant", "now", "tries", "best dev, %", "last seen")


def people_table(now: Moment, places: dict[tuple[str, int], Place]) -> str:
    """One row a participant, in the order of joining."""
    rows = {row.key: row for row in now.rows}
    tries: dict[str, list[Try]] = {}
    for one in now.tries:
        tries.setdefault(one.person, []).append(one)
    moment = time.time()
    body = "".join(_row(who, rows.get(who.id), tries.get(who.id, []), places, moment) for who in now.people)
    return f"<div class='errors live ranks'><table><thead><tr>{_head(HEADS)}</tr></thead><tbody>{body}</tbody></table></div>"


def machines_table(rows: Sequence[Standing], planned: int | None) -> str:
    """One row a run of a tuner, and the defaults. planned: trials of a run, None without such a limit."""
    of = f" / {planned}" if planned else ""
    body = "".join(
        f"<tr><th scope='row'>{board.mark(row.kind)} {escape(row.label)}</th>"
        f"<td>{row.done}{of if row.kind == EntrantKind.TUNER else ''}</td><td>{_accuracy(row)}</td></tr>"
        for row in sorted(rows, key=lambda row: row.label)
    )
    return f"<div class='errors live ranks'><table><thead><tr>{_head(('run', 'trials', 'best dev, %'))}</tr></thead><tbody>{body}</tbody></table></div>"


def state_of(who: Person, tries: Sequence[Try], places: dict[tuple[str, int], Place]) -> str:
    """What somebody does now, in words."""
    if who.finished is not None:
        return who.ending or "has finished"
    if who.background is None:
        return "reads the consent and the questions"
    if who.started is None:
        return "is ready"
    open_one = next((one for one in tries if one.state in OPEN_TRIES), None)
    if open_one is None:
        return "chooses settings"
    if open_one.state == TryState.RUNNING:
        return f"try {open_one.number} trains"
    place = places.get((who.id, open_one.number))
    if place is None:
        return f"try {open_one.number} waits"
    wait = f", about {lasting(place.wait)}" if place.wait is not None else ""
    return f"try {open_one.number} waits behind {place.ahead}{wait}"


def last_seen(who: Person, tries: Sequence[Try]) -> float:
    """The moment of the last thing that they did or that happened to them, seconds since 1970."""
    moments = [who.joined, who.started or 0.0, who.finished or 0.0]
    moments += [max(one.submitted, one.ended or 0.0) for one in tries]
    return max(moments)


def _row(
    who: Person,
    standing: Standing | None,
    tries: Sequence[Try],
    places: dict[tuple[str, int], Place],
    now: float,
) -> str:
    silence = now - last_seen(who, tries)
    worry = who.finished is None and silence > SILENT
    seen = f"{lasting(silence)} ago" if silence >= 1 else "now"
    note = f"<span class='note'>{board.SIMULATED}</span>" if who.source == Source.SIMULATED else ""
    return (
        f"<tr><th scope='row'>{board.mark(EntrantKind.PERSON, who.source)} {escape(who.alias)}{note}</th>"
        f"<td class='words'>{escape(state_of(who, tries, places))}</td><td>{len(tries)}</td>"
        f"<td>{_accuracy(standing)}</td><td{' class=warn' if worry else ''}>{'⚠ ' if worry else ''}{seen}</td></tr>"
    )


def _accuracy(row: Standing | None) -> str:
    return "–" if row is None or row.best is None else percent_text(1 - row.best)


def _head(names: Sequence[str]) -> str:
    return "".join(f"<th scope='col'>{name}</th>" for name in names)
