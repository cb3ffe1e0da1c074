"""Sensitivity, specificity, precision, accuracy, error and F1 of every class as an HTML table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports import tables
from reports.metrics import ClassMetrics, Metrics
from reports.palette import class_colours

ROWS = ("sensitivity", "specificity", "precision", "f1", "accuracy", "error")
TITLES = {"f1": "F1"}

ALL = "all"


def metrics_table(found: Metrics, class_names: Sequence[str]) -> str:
    """A column a class, each against all others, and one for the whole; percent."""
    colours = class_colours(len(class_names))
    heads = [
        f"<span class='swatch' style='background:{colour}'></span>{escape(name)}"
        for name, colour in zip(class_names, colours, strict=True)
    ]
    head = "".join(f"<th scope='col'>{name}</th>" for name in [*heads, ALL])
    body = "".join(_row(name, [*found.classes, found.overall]) for name in ROWS)
    return (
        "<div class='errors confusion'><table><thead><tr><th scope='col'>%</th>"
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(name: str, values: Sequence[ClassMetrics]) -> str:
    cells = "".join(f"<td>{tables.error(getattr(one, name))}</td>" for one in values)
    return f"<tr><th scope='row'>{TITLES.get(name, name)}</th>{cells}</tr>"
