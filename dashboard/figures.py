"""Sections of the report as pages show them: figure, label of the data, words for screen readers."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import messages, projector, reading
from datasets.cache import read_part
from datasets.errors import DataError
from datasets.types import Samples, SplitName
from reports.palette import DARK, LIGHT, Ground, blend
from reports.section import section
from tuners.record import StudyRecord

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Plotly's bar of tools, without those that nobody needs in a class.
CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "scrollZoom": False,
}

#: Readable from the last rows of a class room, and as large again as `projector` says.
FONT = 15

#: Letters of a line in a legend.
LEGEND = 36

#: How much higher charts are on a projector: less than their text is larger, as the screen is no higher.
HIGHER = 1.15


def config() -> dict[str, object]:
    """Of plotly. It draws points in WebGL at four times the pixels of a page by default, for which a machine without a
    graphics card takes more than a second; the fine screens of phones need two, and have one."""
    return CONFIG | {"plotGlPixelRatio": 2 if phone() else 1}


def phone() -> bool:
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def points(study: StudyRecord, split: SplitName) -> Samples | None:
    """The samples of a split that lie over a figure; where they cannot be read it is drawn without, and why is said."""
    try:
        return read_part(Path(study.data.folder), split)
    except DataError as error:
        st.warning(f"Drawn without points: {messages.escaped(str(error))}", icon=":material/info:")
        return None


def font() -> int:
    """Pixels of the text in charts."""
    return round(FONT * projector.scale())


def ground() -> Ground:
    """Background and text of the theme that the viewer chose."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show_section(name: str, study: StudyRecord) -> None:
    """The figure of a section, its lead above it and the provenance of its data below."""
    part = section(name)
    frame = reading.frame(study, name)

    def draw() -> go.Figure | None:
        figure = part.figure(reading.store(), frame)
        if figure is not None:  # titles of panels are annotations
            figure.update_layout(margin_t=40 if figure.layout.annotations else 10)
        return figure

    st.markdown(part.lead)
    if not show_kept(study, name, (), draw, part.alt(frame)):
        st.caption("Nothing to draw yet.")


def show_kept(
    study: StudyRecord,
    name: str,
    choices: Hashable,
    draw: Callable[[], go.Figure | None],
    alt: str,
    *,
    zoom: bool = False,
) -> bool:
    """The figure of a section, which is drawn once for all viewers: plotly takes longer to build one of many trials
    than everything else on the page together.

    choices: all that the figure depends on beside the section's frame. False where there is nothing to draw.
    """
    look = str((ground(), font(), projector.on()))
    if name in reading.ACROSS_STUDIES:
        figure = draw()
        if figure is not None:
            dress(figure, zoom=zoom)
    else:
        figure = _kept(reading.source(), study.name, reading.stage(study), name, choices, look, zoom, draw)
    if figure is None:
        return False
    st.plotly_chart(figure, key=name, config=config(), alt=f"{alt}. {study.data.provenance} data")
    st.markdown(messages.provenance(study))
    return True


@st.cache_resource(max_entries=40, show_spinner=False)
def _kept(
    source: reading.Source,
    study: str,
    stage: tuple[str, ...],
    name: str,
    choices: Hashable,
    look: str,
    zoom: bool,
    _draw: Callable[[], go.Figure | None],
) -> go.Figure | None:
    """Nobody changes a figure after this, so all viewers share it."""
    figure = _draw()
    if figure is not None:
        dress(figure, zoom=zoom)
    return figure


def show_figure(figure: go.Figure, key: str, alt: str, study: StudyRecord, *, zoom: bool = False) -> None:
    """zoom: whether dragging zooms; elsewhere it would only get in the way of scrolling on a phone."""
    show_plain(figure, key, f"{alt}. {study.data.provenance} data", zoom=zoom)
    st.markdown(messages.provenance(study))


def show_plain(figure: go.Figure, key: str, alt: str, *, zoom: bool = False) -> None:
    """The same of data that belong to no study; the page puts their label beside it."""
    dress(figure, zoom=zoom)
    st.plotly_chart(figure, key=key, config=config(), alt=alt)


def dress(figure: go.Figure, *, zoom: bool) -> None:
    """Gives a figure the page's fonts and colours."""
    text = {"size": font(), "color": ground().text}
    # The label below says the same as the title, which would be cut on phones.
    figure.update_layout(title=None, font=text, legend_font=text)
    if projector.on() and figure.layout.height:
        figure.update_layout(height=round(figure.layout.height * HIGHER))
    figure.update_annotations(font=text)
    figure.for_each_trace(_wrap)
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(tickfont=text, title_font=text, fixedrange=not zoom)
    names = _systems(figure)
    if names:  # two lines a name, so that bars have room on a phone
        two_lines = [name.replace(" (", "<br>(") for name in names]
        figure.update_yaxes(tickmode="array", tickvals=names, ticktext=two_lines)


def _wrap(trace: Any) -> None:
    """Its name on lines that a phone shows whole: plotly cuts off what is longer."""
    if trace.name and len(trace.name) > LEGEND:
        trace.name = "<br>".join(textwrap.wrap(trace.name, LEGEND))


def stand_out(figure: go.Figure) -> None:
    """Draws the points darker than their ground on a light page, and lighter on a dark one; the legend keeps the colours
    of the classes, and a click on one of them still hides its points."""
    for trace in list(figure.data):
        if trace.type != "scattergl":
            continue
        if trace.showlegend:
            figure.add_scatter(
                x=[None],
                y=[None],
                mode="markers",
                name=trace.name,
                legendgroup=trace.legendgroup,
                marker={"color": trace.marker.color, "size": 12, "opacity": 1},
            )
            trace.showlegend = False
        trace.marker.color = blend(trace.marker.color, 0.6, ground().text)
    figure.update_layout(margin_t=60, legend_y=-0.12)


def _systems(figure: go.Figure) -> list[str]:
    """The systems on the y axis of a bar chart; none where its bars stand upright."""
    return list(
        dict.fromkeys(
            name for trace in figure.data if trace.type == "bar" for name in trace.y if isinstance(name, str)
        )
    )
