"""Dates as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def ago(moment: str, now: datetime | None = None) -> str:
    """An ISO date in UTC as "3 hours ago"."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for size, unit in UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
