"""Rows of the contest's tables as records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from tuners.contest.record import (
    Background,
    ClockKind,
    Consent,
    Contest,
    ContestState,
    CurvePoint,
    Draft,
    Education,
    Entrant,
    EntrantKind,
    Final,
    FinalState,
    Live,
    Pause,
    Person,
    Reason,
    Source,
    Terms,
    Try,
    TryState,
)

Row = Mapping[str, Any]


def contest_of(row: Row, pauses: Iterable[Row]) -> Contest:
    """A row of `tables.contests`, and those of `tables.pauses` that are its own."""
    terms = {
        **row["terms"],
        "clock": ClockKind(row["terms"]["clock"]),
        "tuners": tuple(row["terms"]["tuners"]),
    }
    return Contest(
        **_named(Contest, {**row, "pauses": tuple(Pause(one["at"], one["seconds"]) for one in pauses)})
        | {
            "terms": Terms(**terms),
            "consent": Consent(**row["consent"]),
            "state": ContestState(row["state"]),
        }
    )


def person_of(row: Row) -> Person:
    """A row of `tables.people`; background is None until they have said something."""
    said = row["background"]
    background = said and Background(**{**said, "education": Education(said["education"])})
    changed = {"source": Source(row["source"]), "reuse": bool(row["reuse"]), "background": background}
    return Person(**_named(Person, row) | changed)


def try_of(row: Row) -> Try:
    """practice: a try that belongs to nobody, so its record names nobody."""
    return Try(
        **_named(Try, row)
        | {
            "person": "" if row["practice"] else row["person"],
            "state": TryState(row["state"]),
            "reasons": {name: Reason(reason) for name, reason in row["reasons"].items()},
            "curve": tuple(CurvePoint(*point) for point in row["curve"]),
            "cancel": bool(row["cancel"]),
        }
    )


def draft_of(row: Row) -> Draft:
    """A row of `tables.drafts`."""
    reasons = {name: Reason(reason) for name, reason in row["reasons"].items()}
    return Draft(row["given"], reasons, row["comment"])


def live_of(row: Row) -> Live:
    """A row of `tables.live`."""
    return Live(**_named(Live, row) | {"losses": tuple(row["losses"])})


def entrant_of(row: Row) -> Entrant:
    """A row of `tables.entrants`."""
    changed = {"kind": EntrantKind(row["kind"]), "source": Source(row["source"])}
    return Entrant(**_named(Entrant, row) | changed)


def final_of(row: Row) -> Final:
    """A row of `tables.finals`."""
    return Final(**_named(Final, row) | {"state": FinalState(row["state"])})


def _named(kind: type[Any], row: Row) -> dict[str, Any]:
    return {item.name: row[item.name] for item in fields(kind)}
