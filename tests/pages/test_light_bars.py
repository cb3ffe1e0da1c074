"""Bars as plain HTML show what the section's figure shows."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboard.light_bars import light_bars, marks_of, step_of


def stacked() -> go.Figure:
    figure = go.Figure()
    figure.add_bar(x=[0.1, 0.1], y=["A", "<B>"], base=[0, 0], width=0.5, name="first", marker_color="#111111")
    figure.add_bar(x=[-0.02], y=["<B>"], base=[0.1], width=0.25, name="back", marker_color="#222222")
    figure.add_scatter(
        x=[0.1234, 0.08], y=["A", "<B>"], name="counted", marker={"symbol": "diamond", "color": "#333333"}
    )
    return figure


def test_bars_lie_where_the_figure_has_them() -> None:
    rows = marks_of(stacked())
    assert list(rows) == ["A", "<B>"]
    first, back, counted = rows["<B>"]
    assert (first.start, first.end, first.height) == (0, 0.1, 1)
    assert (back.start, back.end, back.height) == (pytest.approx(0.08), 0.1, 0.5)
    assert (counted.kind, counted.start, counted.end) == ("diamond", 0.08, 0.08)


def test_grouped_bars_lie_below_each_other() -> None:
    figure = go.Figure(layout={"barmode": "group"})
    for split, error in (("train", 0.1), ("dev", 0.2)):
        figure.add_bar(x=[error], y=["A"], name=split, marker_color="#111111")
    assert [(mark.lane, mark.lanes, mark.start) for mark in marks_of(figure)["A"]] == [(0, 2, 0), (1, 2, 0)]
    assert ">10.00<" in light_bars(figure, "") and ">20.00<" in light_bars(figure, "")


def test_names_are_plain_text_and_the_axis_ends_behind_everything() -> None:
    html = light_bars(stacked(), 'errors of "A"')
    assert "<B>" not in html and "&lt;B&gt;" in html
    assert "aria-label='errors of &quot;A&quot;'" in html
    assert ">12.34<" in html and ">8.00<" in html
    assert html.count("left:100.000%") == 1 and ">15 %<" in html, "the last label of the axis"


@pytest.mark.parametrize(("most", "step"), [(0.0004, 0.0001), (0.33, 0.1), (0.9, 0.2), (1.0, 0.2)])
def test_an_axis_has_five_steps_at_most(most: float, step: float) -> None:
    assert step_of(most) == pytest.approx(step)
