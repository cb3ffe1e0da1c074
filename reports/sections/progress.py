"""The best dev error so far, trial by trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from tuners.path import path, searches
from tuners.record import TrialRecord, TrialState
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

COLUMNS = ["system", "search", "place", "trial", "state", "dev_error", "best"]


class Progress(Section):
    name = "progress"
    title = "Best dev error so far"
    lead = (
        "The lowest dev error that each search had found after so many trials; a point is one trial, the line is the "
        "best so far. Trials without a usable network count on the axis, but have no point."
    )
    position = 80

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a trained trial in the order of completion; `place` counts from 1 within the search."""
        study = store.study(study_name)
        found = searches(store.trials(study_name))
        rows: list[dict[str, Any]] = []
        for spec in study.spec.systems:
            for repeat in range(study.spec.repeats):
                rows += _rows(spec.label, repeat, found.get((spec.label, repeat), []))
        frame = pd.DataFrame(rows, columns=COLUMNS).astype({"dev_error": float, "best": float})
        return describe(frame, study)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        labels = _searched(frame)
        if not labels:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = go.Figure()
        for (label, search), own in _by_search(frame, labels):
            figure.add_scatter(
                x=own["place"],
                y=own["best"],
                mode="lines",
                name=label,
                legendgroup=label,
                showlegend=search == 1,
                line={"color": colours[label], "shape": "hv", "width": 2.5},
                hovertemplate="best after %{x} trials: %{y:.2%}",
            )
            figure.add_scatter(
                x=own["place"],
                y=own["dev_error"],
                mode="markers",
                name=label,
                legendgroup=label,
                showlegend=False,
                marker={"color": colours[label], "symbol": marks[label][0], "size": 7, "opacity": 0.6},
                customdata=own["trial"],
                hovertemplate=f"search {search}, trial %{{customdata}}: %{{y:.2%}}",
            )
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=420))
        figure.update_xaxes(figure_style.plain_axis("trials", rangemode="tozero"))
        figure.update_yaxes(figure_style.percent_axis("dev error"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import MaxNLocator

        labels = _searched(frame)
        if not labels:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = figure_style.new_figure(self.title, caption_of(frame), 4.8)
        axes = figure.subplots()
        figure_style.dress(axes)
        lines = []
        for (label, search), own in _by_search(frame, labels):
            mark = marks[label][1]
            axes.plot(own["place"], own["dev_error"], mark, color=colours[label], ms=6, alpha=0.5)
            (line,) = axes.step(own["place"], own["best"], where="post", color=colours[label], lw=2.2)
            line.set(label=label, marker=mark, markersize=6, markevery=[len(own) - 1])
            lines += [line] if search == 1 else []
        axes.set_xlabel("trials", fontsize=10)
        axes.set_ylabel("dev error", fontsize=10)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure_style.in_percent(axes, "y")
        figure_style.legend_below(figure, lines, min(3, len(lines)))
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        labels = [label for label in systems_of(frame) if (frame["system"] == label).any()]
        if not labels:
            return NOTHING
        numbers = ["trials", "first dev error", "best dev error", "reached after"]
        several = frame["search"].max() > 1
        head = ["search"] if several else []
        rows = []
        for (label, search), own in _by_search(frame, labels):
            name = [tables.escape(label), *([str(search)] if several else [])]
            known = own[own["best"].notna()]
            if known.empty:
                rows.append([*name, tables.count(len(own)), *[tables.DASH] * 3])
                continue
            best = known["best"].iloc[-1]
            first = known[known["best"] == best]["place"].iloc[0]
            rows.append(
                [
                    *name,
                    tables.count(len(own)),
                    tables.error(known["best"].iloc[0]),
                    tables.error(best),
                    f"trial {first} of {len(own)}",
                ]
            )
        return tables.table(["system", *head, *numbers], rows, right=[*head, *numbers])


def _by_search(frame: pd.DataFrame, labels: list[str]) -> list[tuple[tuple[str, int], pd.DataFrame]]:
    """The rows of each search, system by system."""
    return [
        ((label, int(str(search))), part)
        for label in labels
        for search, part in frame[frame["system"] == label].groupby("search")
    ]


def _rows(system: str, repeat: int, trials: list[TrialRecord]) -> list[dict[str, Any]]:
    """The trained trials of one search in the order of their results, with the best of those before."""
    return [
        {
            "system": system,
            "search": repeat + 1,
            "place": step.trials,
            "trial": step.trial.number,
            "state": step.trial.state.value,
            "dev_error": step.trial.dev_error if step.trial.state == TrialState.COMPLETE else None,
            "best": step.best,
        }
        for step in path(trials)
    ]


def _searched(frame: pd.DataFrame) -> list[str]:
    """Systems with a path to draw: a single configuration has none, and nor has one that only failed."""
    counts = frame.groupby("system").agg(size=("place", "max"), count=("best", "count"))
    return [
        label
        for label in systems_of(frame)
        if label in counts.index and counts["size"][label] > 1 and counts["count"][label] > 0
    ]
