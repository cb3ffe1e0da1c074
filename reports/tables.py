"""Markdown tables and the text of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from datasets.percent import percent_text

DASH = "–"

#: Characters that markdown would read as markup inside a line; between dollars, some readers see a formula.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~#$])")


def escape(value: object) -> str:
    """Any text as one plain markdown line: no markup, no pipe, no line break."""
    return _MARKUP.sub(r"\\\1", " ".join(str(value).split()))


def code(value: object) -> str:
    """Text in code font, safe inside a table: its fence is longer than any run of backticks in it."""
    text = " ".join(str(value).split()).replace("|", "\\|")
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> str:
    """A markdown table. Cells are markdown already; `right` names the columns of numbers."""
    numbers = set(right)
    lines = [_line(columns), _line(["---:" if name in numbers else "---" for name in columns])]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def error(fraction: float | None, spread: float | None = None) -> str:
    """An error rate in percent; with a standard deviation over repeats where there is one."""
    if fraction is None or pd.isna(fraction):
        return DASH
    text = percent_text(float(fraction))
    if spread is None or pd.isna(spread):
        return text
    return f"{text} ± {percent_text(float(spread))}"


def points(difference: float | None) -> str:
    """A difference of two error rates in points, with its sign."""
    if difference is None or pd.isna(difference):
        return DASH
    rounded = round(100 * difference, 2) + 0.0  # no "−0.00"
    return f"{rounded:+.2f}".replace("-", "−")


def span(low: float | None, high: float | None) -> str:
    """An interval of such differences; a dash where there is none, or one without width."""
    return DASH if low is None or pd.isna(low) or low == high else f"{points(low)} to {points(high)}"


def count(value: float | None) -> str:
    """A whole number with commas, a dash where there is none."""
    return DASH if value is None or pd.isna(value) else f"{int(value):,}"


def config(values: Mapping[str, object]) -> str:
    """A configuration as `name=value, name=value`; real numbers with as many digits as tell them apart."""
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
