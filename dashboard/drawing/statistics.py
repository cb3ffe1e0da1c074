"""What the points of a split are: counts, means, covariances, and the error that no classifier can avoid."""

from __future__ import annotations

from contextlib import nullcontext
from html import escape

import streamlit as st

from dashboard import deep_links, messages
from dashboard.drawing import points
from dashboard.drawing.canvas import Overlay
from dashboard.drawing.colours import shown
from dashboard.drawing.drafts import Draft
from datasets.types import SPLIT_NAMES
from imld_synth.canvas import Canvas
from reports import tables
from reports.point_statistics import PointStatistics

SHOWN = "over"
OVERLAYS = {"ellipses": "Ellipses", "boundary": "Bayes boundary"}


def show(draft: Draft, split: str) -> list[Overlay]:
    """Draws the panel; returns what is to be drawn over the points."""
    canvas = draft.canvas
    chosen = deep_links.multiselect(
        "Draw over the points",
        list(OVERLAYS),
        key=SHOWN,
        default=[],
        format_func=OVERLAYS.__getitem__,
        help="Ellipses at one (solid) and two (dashed) standard deviations; the Bayes boundary is where the best "
        "possible rule changes its answer",
    )
    overlays: list[Overlay] = []
    if "ellipses" in chosen:
        overlays += points.ellipses(canvas, split)
    if "boundary" in chosen:
        why = points.why_unknown(canvas, split)
        cost = points.cost(canvas, split)
        if not why and cost > points.DRAWN:
            why = f"its {cost:,} pieces of strokes take too long; Decision surfaces draws it for a study"
        if not why:
            overlays += points.boundary(canvas, split)
        if why:
            st.caption(f"No Bayes boundary on {split}: {messages.escaped(why)}.")
    st.html(statistics_table(canvas, points.statistics(canvas, split)))
    st.markdown("**Bayes error**, the least that any classifier can have")
    place = st.container()
    costs = [points.cost(canvas, one) for one in SPLIT_NAMES if not points.why_unknown(canvas, one)]
    asked = any(cost > points.AT_ONCE for cost in costs) and st.button(
        "Integrate the densities", key="bayes-error", icon=":material/functions:", help="A few seconds, once"
    )
    with place, st.spinner("Integrating the densities …", show_time=True) if asked else nullcontext():
        st.html(bayes_table(canvas, asked))
    return overlays


def statistics_table(canvas: Canvas, found: tuple[PointStatistics, ...]) -> str:
    """A row a class: points, mean, and the covariance as the matrix that it is."""
    body = ""
    for name, colour, one in zip(canvas.class_names, shown(canvas.colours), found, strict=True):
        mean = "–" if one.mean is None else _matrix([[number(value)] for value in one.mean])
        covariance = (
            "–" if one.covariance is None else _matrix([[number(v) for v in row] for row in one.covariance])
        )
        correlation = "–" if one.correlation is None else number(one.correlation, 2)
        swatch = f"<span class='swatch' style='background:{colour}'></span>"
        body += (
            f"<tr><th scope='row'>{swatch}{escape(name)}<span class='note'>{one.count:,} points</span></th>"
            f"<td>{mean}</td><td>{covariance}<span class='note'>ρ {correlation}</span></td></tr>"
        )
    return (
        "<div class='errors confusion statistics'><table><thead><tr><th scope='col'>class</th>"
        "<th scope='col'>mean</th><th scope='col'>covariance</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def bayes_table(canvas: Canvas, asked: bool) -> str:
    """The exact Bayes error of every split, or why there is none. asked: also where it takes seconds."""
    body = "".join(
        f"<tr><th scope='row'>{split}</th><td class='reason'>{bayes_cell(canvas, split, asked)}</td></tr>"
        for split in SPLIT_NAMES
    )
    return f"<div class='errors confusion statistics'><table><tbody>{body}</tbody></table></div>"


def bayes_cell(canvas: Canvas, split: str, asked: bool) -> str:
    """The figure in percent as HTML, or the way to it."""
    why = points.why_unknown(canvas, split)
    if why == points.NO_POINTS:
        return "–"
    if why:
        return f"not exact: {escape(why)}. A study estimates it."
    found = points.bayes_error(canvas, split, asked)
    if found is not None:
        return f"<b>{tables.error(found.value)} %</b>, exact"
    return "exact, on demand"


def number(value: float, digits: int = 3) -> str:
    """With a real minus, and without one where only zeros follow."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _matrix(rows: list[list[str]]) -> str:
    cells = "".join("<span>" + "".join(f"<span>{cell}</span>" for cell in row) + "</span>" for row in rows)
    return f"<span class='matrix'>{cells}</span>"
