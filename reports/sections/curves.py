"""Learning curves of the final trainings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from reports import collapse, figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Measures of a curve, with the split whose colour they have and plotly's and matplotlib's dash.
LINES = (("train_error", "train", "dot", ":"), ("dev_error", "dev", "solid", "-"))

COLUMNS = [
    *("system", "repeat", "epoch", "train_error", "dev_error", "train_loss", "dev_loss", "kept", "degenerate")
]


class Curves(Section):
    name = "curves"
    title = "Learning curves"
    lead = (
        "Error after each epoch of the final trainings, one panel a system, one line a training. The train error is a "
        "running mean over the mini-batches of the epoch while dropout is active, so it may lie above the dev error; "
        "the dev error is measured at the end of the epoch, and the network of the best dev error is kept."
    )
    position = 70

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row an epoch of a final training; classifiers that are fitted at once have none."""
        summary = summarize(store, study_name)
        rows = [
            {name: point.get(name) for name in COLUMNS}
            | {
                "system": row.label,
                "repeat": score.repeat + 1,
                "epoch": int(point["epoch"]),
                "kept": int(point["epoch"]) == score.best_epoch,
                "degenerate": score.degenerate,
            }
            for row in summary.systems
            for score in row.scores
            for point in score.curve
            if score.best_epoch
        ]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        measures = ["train_error", "dev_error", "train_loss", "dev_loss"]
        return describe(frame.astype(dict.fromkeys(measures, float)), summary.study)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        labels = _drawn(frame)
        if not labels:
            return None
        figure = make_subplots(
            rows=len(labels),
            cols=1,
            subplot_titles=[_title(frame, label) for label in labels],
            shared_xaxes=True,
            shared_yaxes="all",
            vertical_spacing=0.25 / len(labels),
        )
        for place, label in enumerate(labels, start=1):
            for name, split, dash, _ in LINES:
                for number, (repeat, part) in enumerate(frame[frame["system"] == label].groupby("repeat")):
                    figure.add_scatter(
                        x=part["epoch"],
                        y=part[name],
                        mode="lines+markers",
                        name=split,
                        legendgroup=split,
                        showlegend=place == 1 and number == 0,
                        line={"color": palette.SPLITS[split], "dash": dash, "width": 2},
                        marker={"size": [10 if kept else 4 for kept in part["kept"]]},
                        hovertemplate=f"training {repeat}, epoch %{{x}}: %{{y:.2%}}",
                        row=place,
                        col=1,
                    )
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=120 + 210 * len(labels)))
        figure.update_layout(margin={"t": 80})
        figure.update_xaxes(figure_style.plain_axis())
        figure.update_xaxes(title={"text": "epoch"}, row=len(labels), col=1)
        figure.update_yaxes(figure_style.percent_axis("error rate"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.lines import Line2D
        from matplotlib.ticker import MaxNLocator

        labels = _drawn(frame)
        if not labels:
            return None
        rows, columns = figure_style.arrange(len(labels), 3)
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.4 + 2.5 * rows)
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
        for place, axes in enumerate(panels.flat):
            if place >= len(labels):
                axes.set_visible(False)
                continue
            figure_style.dress(axes)
            own = frame[frame["system"] == labels[place]]
            for name, split, _, dash in LINES:
                for _, part in own.groupby("repeat"):
                    axes.plot(
                        part["epoch"], part[name], dash, color=palette.SPLITS[split], lw=1.8, marker=".", ms=4
                    )
            kept = own[own["kept"]]
            axes.plot(
                kept["epoch"],
                kept["dev_error"],
                "o",
                color=palette.SPLITS["dev"],
                ms=8,
                mec=palette.LIGHT.text,
            )
            axes.set_title(_title(frame, labels[place]), fontsize=11)
            axes.set_xlabel("epoch", fontsize=10)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
            figure_style.in_percent(axes, "y")
        for axes in panels[:, 0]:
            axes.set_ylabel("error rate", fontsize=10)
        figure_style.legend_below(figure, _legend(Line2D), 3)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = ["training", "epochs", "kept epoch", "train there", "dev there", "dev in last epoch"]
        rows = []
        for label in _drawn(frame):
            for repeat, part in frame[frame["system"] == label].groupby("repeat"):
                kept = part[part["kept"]].iloc[0] if part["kept"].any() else part.iloc[-1]
                rows.append(
                    [
                        tables.escape(collapse.marked(label, bool(part["degenerate"].any()))),
                        str(repeat),
                        str(len(part)),
                        str(kept["epoch"]),
                        tables.error(kept["train_error"]),
                        tables.error(kept["dev_error"]),
                        tables.error(part.iloc[-1]["dev_error"]),
                    ]
                )
        text = tables.table(["system", *numbers], rows, right=numbers)
        flat = [label for label in _drawn(frame) if _collapsed(frame, label)]
        if flat:
            text += (
                f"\n\n{collapse.MARK} Answers {collapse.ONE_CLASS}: {tables.escape(' and '.join(flat))}. A training is "
                "stopped once that is sure."
            )
        return text


def _drawn(frame: pd.DataFrame) -> list[str]:
    present = set(frame["system"])
    return [label for label in systems_of(frame) if label in present]


def _collapsed(frame: pd.DataFrame, label: str) -> bool:
    return bool(frame.loc[frame["system"] == label, "degenerate"].any())


def _title(frame: pd.DataFrame, label: str) -> str:
    """Of a panel; says where a training collapsed, for readers who do not tell a flat line from a good one."""
    return f"{label} {collapse.MARK} answers one class" if _collapsed(frame, label) else label


def _legend(line: Any) -> list[Any]:
    names = {"train": "train (running mean, dropout active)", "dev": "dev"}
    lines = [
        line([], [], ls=dash, lw=1.8, color=palette.SPLITS[split], label=names[split])
        for _, split, _, dash in LINES
    ]
    dev = palette.SPLITS["dev"]
    return [
        *lines,
        line(
            [], [], ls="", marker="o", ms=8, color=dev, mec=palette.LIGHT.text, label="network that is kept"
        ),
    ]
