"""Dev error against each hyperparameter alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of
from reports.trial_frame import Axis, axes_of, drawn, enough, is_winner, of_system, trial_frame
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: States that have a dev error, in the order in which they are drawn, with their marks (plotly's, matplotlib's).
STATES = (("degenerate", "x", "X"), ("pruned", "triangle-down", "v"), ("complete", "circle", "o"))

#: Panels in the picture of the report, the most important hyperparameters; a page shows all.
MOST_PANELS = 9


class Slices(Section):
    name = "slices"
    title = "Dev error against each hyperparameter"
    lead = (
        "Each point is a trial; all other hyperparameters vary at the same time, so that a cloud without a shape says "
        "that this one alone decides little. The ring is the trial with the lowest dev error. A search that learns "
        "crowds where it found low errors: many points are no sign that a value is good."
    )
    position = 53

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        return trial_frame(store, study_name)

    def applies(self, frame: pd.DataFrame) -> bool:
        return enough(frame)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        axes = axes_of(frame)
        shown, note = drawn(of_system(frame))
        if shown["dev_error"].isna().all() or not axes:
            return None
        columns = min(int(frame.attrs.get("columns", 3)), len(axes))
        rows = -(-len(axes) // columns)
        titles = [_title(axis, shown) for axis in axes]
        figure = make_subplots(
            rows=rows,
            cols=columns,
            subplot_titles=titles,
            shared_yaxes=True,
            vertical_spacing=0.32 / rows,
            horizontal_spacing=0.04,
        )
        for place, axis in enumerate(axes):
            at = {"row": place // columns + 1, "col": place % columns + 1}
            for state, mark, _ in STATES:
                own = shown[shown["state"] == state]
                if not own.empty:
                    figure.add_scattergl(
                        x=axis.positions(own[axis.column]),
                        y=own["dev_error"],
                        mode="markers",
                        name=state,
                        legendgroup=state,
                        showlegend=place == 0,
                        marker={"color": palette.STATES[state], "symbol": mark, "size": 6, "opacity": 0.6},
                        customdata=np.column_stack([own["number"], own[axis.column].astype("string")]),
                        hovertemplate="trial %{customdata[0]}: %{customdata[1]}, %{y:.2%}<extra></extra>",
                        **at,
                    )
            best = shown[is_winner(shown)]
            figure.add_scattergl(
                x=axis.positions(best[axis.column]),
                y=best["dev_error"],
                mode="markers",
                name="lowest dev error",
                legendgroup="best",
                showlegend=place == 0,
                marker={
                    "symbol": "circle-open",
                    "size": 14,
                    "color": palette.VERMILLION,
                    "line": {"width": 3},
                },
                hoverinfo="skip",
                **at,
            )
            marks, labels = axis.ticks()
            figure.update_xaxes(tickvals=marks, ticktext=labels, range=[-0.08, 1.08], **at)
        caption = f"{frame.attrs['system']}, {caption_of(frame)}" + (f", {note}" if note else "")
        figure.update_layout(figure_style.base_layout(caption, height=130 + 250 * rows))
        figure.update_layout(margin={"t": 80})
        figure.update_xaxes(gridcolor=figure_style.GRID, zeroline=False)
        figure.update_yaxes(figure_style.percent_axis(""))
        figure.update_yaxes(title={"text": "dev error"}, col=1)
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.lines import Line2D

        axes = axes_of(frame)[:MOST_PANELS]
        shown, note = drawn(of_system(frame))
        if shown["dev_error"].isna().all() or not axes:
            return None
        rows, columns = figure_style.arrange(len(axes), 3)
        caption = caption_of(frame) + (f", {note}" if note else "")
        figure = figure_style.new_figure(f"{self.title}: {frame.attrs['system']}", caption, 1.4 + 2.1 * rows)
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
        for place, panel in enumerate(panels.flat):
            if place >= len(axes):
                panel.set_visible(False)
                continue
            axis = axes[place]
            figure_style.dress(panel)
            for state, _, mark in STATES:
                own = shown[shown["state"] == state]
                colour = palette.STATES[state]
                panel.plot(
                    axis.positions(own[axis.column]),
                    own["dev_error"],
                    mark,
                    color=colour,
                    ms=4,
                    alpha=0.6,
                    mew=0,
                )
            best = shown[is_winner(shown)]
            panel.plot(
                axis.positions(best[axis.column]),
                best["dev_error"],
                "o",
                ms=11,
                mfc="none",
                mec=palette.VERMILLION,
                mew=2,
            )
            marks, labels = axis.ticks()
            panel.set_xticks(marks, labels)
            panel.set_xlim(-0.08, 1.08)
            panel.set_title(_title(axis, shown), fontsize=10)
            figure_style.in_percent(panel, "y")
        for panel in panels[:, 0]:
            panel.set_ylabel("dev error", fontsize=10)
        seen = [(state, mark) for state, _, mark in STATES if (shown["state"] == state).any()]
        handles = [
            Line2D([], [], ls="", marker=mark, color=palette.STATES[state], label=state)
            for state, mark in seen
        ]
        ring = Line2D([], [], ls="", marker="o", mfc="none", mec=palette.VERMILLION, mew=2, ms=10)
        ring.set_label("lowest dev error")
        handles.append(ring)
        figure_style.legend_below(figure, handles, 4)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        shown = of_system(frame)
        if shown["dev_error"].isna().all():
            return NOTHING
        text = (
            f"{tables.escape(frame.attrs['system'])}, the system of the lowest dev error, {len(shown):,} trials; failed "
            "ones have no dev error."
        )
        left_out = len(axes_of(frame)) - MOST_PANELS
        if left_out > 0:
            text += f" The {left_out} least important hyperparameters are left out here."
        return text + " The other systems stand on the dashboard's page Hyperparameters."

    def alt(self, frame: pd.DataFrame) -> str:
        return f"{self.title} of {frame.attrs['system']}, {caption_of(frame)}"


def _title(axis: Axis, rows: pd.DataFrame) -> str:
    """The name, its scale, and how many trials have it where not all do."""
    log = " (log)" if getattr(axis.domain, "log", False) else ""
    active = int(rows[axis.column].notna().sum())
    return f"{axis.name}{log}" + (f", {active:,} trials" if active < len(rows) else "")
