"""The errors of every class as an HTML table: systems below each other, as in the error table."""

from __future__ import annotations

from html import escape

import pandas as pd

from reports import tables
from reports.collapse import marked
from reports.palette import class_colours, transparent

#: How strong the colour of a class is where all of its samples are answered wrong.
STRONGEST = 0.45


def class_table(frame: pd.DataFrame) -> str:
    """Rows of `reports.class_errors`: one a system, a column a class, shaded by the error."""
    names = list(frame["class"].unique())
    colours = dict(zip(names, class_colours(len(names)), strict=True))
    head = "".join(
        f"<th scope='col'><span class='swatch' style='background:{colours[name]}'></span>{escape(name)}</th>"
        for name in names
    )
    body = ""
    for system, own in frame.groupby("system", sort=False):
        cells = "".join(
            _cell(error, colours[name]) for name, error in zip(own["class"], own["error"], strict=True)
        )
        name = escape(marked(str(system), own["degenerate"].iloc[0]))
        body += f"<tr><th scope='row'>{name}</th>{cells}</tr>"
    return (
        "<div class='errors confusion'><table>"
        f"<thead><tr><th scope='col'>system</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(error: float, colour: str) -> str:
    strength = 0.0 if pd.isna(error) else round(STRONGEST * error, 3)
    return f"<td style='background:{transparent(colour, strength)}'>{tables.error(error)}</td>"
