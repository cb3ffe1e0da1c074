"""Confusion matrices as HTML tables: numbers that can be read out, shaded by their share of the row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports.palette import class_colours, transparent

Matrix = Sequence[Sequence[int]]


def class_errors(matrix: Matrix) -> list[float]:
    """The error rate of every true class; 0 for a class without samples."""
    return [1 - row[place] / sum(row) if sum(row) else 0.0 for place, row in enumerate(matrix)]


def confusion_table(matrix: Matrix, class_names: Sequence[str]) -> str:
    """Rows are true classes, columns predicted ones; the last column is the class's error in percent."""
    colours = class_colours(len(class_names))
    names = [_name(name, colour) for name, colour in zip(class_names, colours, strict=True)]
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    body = ""
    for place, (row, error) in enumerate(zip(matrix, class_errors(matrix), strict=True)):
        cells = "".join(_cell(count, sum(row), colours[column]) for column, count in enumerate(row))
        body += f"<tr><th scope='row'>{names[place]}</th>{cells}<td>{100 * error:.2f}</td></tr>"
    return (
        "<div class='errors confusion'><table><thead>"
        f"<tr><th scope='col'>true</th>{head}<th scope='col'>error, %</th></tr>"
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _name(name: str, colour: str) -> str:
    return f"<span class='swatch' style='background:{colour}'></span>{escape(name)}"


def _cell(count: int, total: int, colour: str) -> str:
    share = count / total if total else 0.0
    return f"<td style='background:{transparent(colour, round(0.45 * share, 3))}'>{count:,}</td>"
