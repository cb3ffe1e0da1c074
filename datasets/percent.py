"""Error rates in percent, as every table of the project prints them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def percent(fraction: float) -> float:
    """A fraction in percent, two decimals, halves rounded up as in the study: 0.07625 gives 7.63."""
    exact = Decimal(repr(float(fraction))) * 100
    return float(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def percent_text(fraction: float | None) -> str:
    """The same as text, with a dash where there is no value."""
    return "–" if fraction is None else f"{percent(fraction):.2f}"
