"""Tuners side by side: the best dev error so far, averaged over repeated searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports import figure_style, palette, tables
from reports.comparison import SCALES, bands, tuned
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

TITLES = {"trials": "trials", "epochs": "epochs trained", "seconds": "seconds of training"}

COLUMNS = ["system", "against", "spent", "mean", "low", "high", "searches"]


class Race(Section):
    name = "race"
    title = "Searches in comparison"
    lead = (
        "The lowest dev error that a search had found, averaged over the searches of a system, after so many trials, "
        "epochs and seconds of training; the seconds that the tuner itself took are not among them. The band is the 95 % "
        "bootstrap interval of that average, too narrow for fewer than five searches: where bands overlap widely, so little "
        "is known, and where they do not, only the test of eval errors says what is shown. A curve begins where each of its "
        "searches had found something and ends where the first of them was over. Low on dev is not yet low on eval."
    )
    position = 22

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system, scale and point of its curve."""
        summary = summarize(store, study_name)
        labels = [system.label for system in tuned(summary.systems)]
        trials = [trial for trial in store.trials(study_name) if trial.system in labels]
        rows = [
            (label, scale, *values, band.searches)
            for scale in SCALES
            for label, band in sorted(bands(trials, scale).items(), key=lambda item: labels.index(item[0]))
            for values in zip(band.x, band.mean, band.low, band.high, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        return describe(frame.astype({"mean": float, "low": float, "high": float}), summary.study)

    def applies(self, frame: pd.DataFrame) -> bool:
        return frame["system"].nunique() > 1

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = make_subplots(rows=len(SCALES), cols=1, shared_yaxes="all", vertical_spacing=0.1)
        for place, scale in enumerate(SCALES, start=1):
            for label, curve in _curves(frame, scale):
                own = _steps(curve)
                line = {"color": colours[label], "shape": "hv"}
                common = {"x": own["spent"], "legendgroup": label, "name": label, "mode": "lines"}
                figure.add_scatter(
                    **common, y=own["low"], line=line | {"width": 0}, showlegend=False, hoverinfo="skip",
                    row=place, col=1,
                )  # fmt: skip
                figure.add_scatter(
                    **common, y=own["high"], line=line | {"width": 0}, showlegend=False, hoverinfo="skip",
                    fill="tonexty", fillcolor=palette.transparent(colours[label], 0.18), row=place, col=1,
                )  # fmt: skip
                figure.add_scatter(
                    **common, y=own["mean"], line=line | {"width": 2.5}, showlegend=False,
                    hovertemplate=f"after %{{x:.4~g}} {scale}: %{{y:.2%}}", row=place, col=1,
                )  # fmt: skip
                # The mark at its end by itself: one a point, however small, takes a browser seconds.
                end = own.iloc[-1:]
                figure.add_scatter(
                    **common | {"x": end["spent"], "mode": "lines+markers"}, y=end["mean"], line=line | {"width": 2.5},
                    marker={"symbol": marks[label][0], "size": 9}, showlegend=place == 1, hoverinfo="skip",
                    row=place, col=1,
                )  # fmt: skip
            figure.update_xaxes(figure_style.plain_axis(TITLES[scale], rangemode="tozero"), row=place, col=1)
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=980))
        figure.update_yaxes(figure_style.percent_axis("best dev error"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import MaxNLocator

        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = figure_style.new_figure(self.title, caption_of(frame), 5.2)
        panels = figure.subplots(1, len(SCALES), sharey=True)
        lines = []
        for axes, scale in zip(panels, SCALES, strict=True):
            figure_style.dress(axes)
            for label, own in _curves(frame, scale):
                axes.fill_between(
                    own["spent"], own["low"], own["high"], step="post", color=colours[label], alpha=0.18, lw=0
                )
                (line,) = axes.step(own["spent"], own["mean"], where="post", color=colours[label], lw=2.2)
                line.set(label=label, marker=marks[label][1], markersize=6, markevery=[len(own) - 1])
                lines += [line] if scale == "trials" else []
            axes.set_xlabel(TITLES[scale], fontsize=10)
            axes.set_xlim(left=0)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        panels[0].set_ylabel("best dev error", fontsize=10)
        figure_style.in_percent(panels[0], "y")
        figure_style.legend_below(figure, lines, min(3, len(lines)))
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = ["searches", "half of the trials", "end of the trials", "95 % interval at the end"]
        rows = []
        for label, own in _curves(frame, "trials"):
            half = own[own["spent"] <= max(own["spent"].min(), own["spent"].max() / 2)].iloc[-1]
            last = own.iloc[-1]
            band = (
                tables.DASH
                if pd.isna(last["low"])
                else f"{tables.error(last['low'])} to {tables.error(last['high'])}"
            )
            rows.append(
                [
                    tables.escape(label),
                    str(last["searches"]),
                    tables.error(half["mean"]),
                    tables.error(last["mean"]),
                    band,
                ]
            )
        head = "Mean of the best dev error so far in percent:"
        return f"{head}\n\n{tables.table(['system', *numbers], rows, right=numbers)}"


def _curves(frame: pd.DataFrame, scale: str) -> list[tuple[str, pd.DataFrame]]:
    part = frame[frame["against"] == scale]
    return [
        (label, part[part["system"] == label]) for label in systems_of(frame) if label in set(part["system"])
    ]


def _steps(curve: pd.DataFrame) -> pd.DataFrame:
    """The rows at which a curve of steps changes, its first and its last one: the same picture of a tenth of the points."""
    values = curve[["mean", "low", "high"]].fillna(-1.0)
    kept = (values != values.shift()).any(axis=1)
    kept.iloc[-1] = True
    return curve[kept]
