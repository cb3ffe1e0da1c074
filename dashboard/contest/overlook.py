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


def machines_table(now: Moment) -> str:
    """One row a tuner, over its runs, and one for the defaults."""
    budget = now.contest.terms.max_trials
    groups: dict[str, list[Standing]] = {}
    for row in now.rows:
        if row.kind != EntrantKind.PERSON:
            groups.setdefault(row.group, []).append(row)
    body = ""
    for group, rows in sorted(groups.items()):
        runs = now.contest.terms.searches if rows[0].kind == EntrantKind.TUNER else len(rows)
        of = f" / {budget * runs}" if budget and rows[0].kind == EntrantKind.TUNER else ""
        body += (
            f"<tr><th scope='row'>{board.mark(rows[0].kind)}{escape(group)}</th><td>{runs}</td>"
            f"<td>{sum(row.done for row in rows)}{of}</td><td>{sum(row.running for row in rows)}</td>"
            f"<td>{_accuracy(rows[0])}</td></tr>"
        )
    heads = ("tuner", "runs", "trials", "train now", "best dev, %")
    return f"<div class='errors live ranks'><table><thead><tr>{_head(heads)}</tr></thead><tbody>{body}</tbody></table></div>"


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
    behind = f"behind {place.ahead}" if place.ahead else "and is the next one"
    return f"try {open_one.number} waits {behind}{wait}"


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
    worry = who.started is not None and who.finished is None and silence > SILENT
    seen = f"{lasting(silence)} ago" if silence >= 1 else "now"
    note = "<span class='note'>simulated</span>" if who.source == Source.SIMULATED else ""
    return (
        f"<tr><th scope='row'>{board.mark(EntrantKind.PERSON, who.source)}{escape(who.alias)}{note}</th>"
        f"<td class='words'>{escape(state_of(who, tries, places))}</td><td>{len(tries)}</td>"
        f"<td>{_accuracy(standing)}</td><td{' class=warn' if worry else ''}>{'⚠ ' if worry else ''}{seen}</td></tr>"
    )


def _accuracy(row: Standing | None) -> str:
    return "–" if row is None or row.best is None else percent_text(1 - row.best)


def _head(names: Sequence[str]) -> str:
    return "".join(f"<th scope='col'{' class=words' if name == 'now' else ''}>{name}</th>" for name in names)
