"""Errors of each patient: whether a system fails a little everywhere, or altogether on a few people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import figure_style, palette, tables
from reports.comparison import wrong_by_patient
from reports.section import Section, caption_of, describe, systems_of, units
from reports.statistics import BOOTSTRAP_FROM, ratio_interval, wilson
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Patients of each system in the report, the worst ones; a page lists all of them.
SHOWN = 5

COLUMNS = [
    "split",
    "system",
    "patient",
    "rank",
    "samples",
    "wrong",
    "trainings",
    "error",
    "low",
    "high",
    "overall",
    "overall_low",
    "overall_high",
]


class Patients(Section):
    name = "patients"
    title = "Errors of each patient"
    lead = (
        "Nobody is in two splits, and one average over all samples hides whom a system fails. A dot is one "
        "patient, the worst first; its line is the 95 % interval (Wilson) that so few samples leave, and the dashed "
        "line is the error over all samples. The interval takes a patient's samples for independent; as they are "
        "alike, it is on the narrow side."
    )
    position = 25

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a split, system and patient, the worst first (`rank` from 1). samples: of the patient;
        wrong: of them, mean over the final trainings; low, high: the interval of `error`; overall: the error
        over all samples of the split, with its bootstrap interval over patients (NaN for fewer than 5 of them). Empty where samples belong to no patient or nothing is scored."""
        summary = summarize(store, study_name)
        rows = [row for split in SPLIT_NAMES for system in summary.systems for row in _rows(split, system)]
        return describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)

    def applies(self, frame: pd.DataFrame) -> bool:
        return not frame.empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        own = drawn(frame)
        labels = _systems(own)
        if not labels:
            return None
        height = 130 + 230 * len(labels)
        figure = make_subplots(
            rows=len(labels),
            cols=1,
            subplot_titles=labels,
            shared_xaxes=True,
            shared_yaxes="all",
            vertical_spacing=50 / height if len(labels) > 1 else 0,
        )
        colours = palette.system_colours(systems_of(frame))
        for place, label in enumerate(labels, start=1):
            part = own[own["system"] == label]
            figure.add_scatter(
                x=part["rank"],
                y=part["error"],
                mode="markers",
                marker={"color": colours[label], "size": 9},
                error_y={
                    "array": part["high"] - part["error"],
                    "arrayminus": part["error"] - part["low"],
                    "thickness": 1.5,
                    "width": 0,
                },
                customdata=part[["patient", "wrong", "samples", "low", "high"]],
                hovertemplate=(
                    "%{customdata[0]}: %{y:.2%}, %{customdata[1]:.4~g} of %{customdata[2]}"
                    " (95 %: %{customdata[3]:.1%} to %{customdata[4]:.1%})<extra></extra>"
                ),
                showlegend=False,
                row=place,
                col=1,
            )
            figure.add_hline(
                y=part["overall"].iloc[0],
                line={"dash": "dash", "width": 1.5, "color": palette.GREY},
                row=place,
                col=1,
            )
        figure.update_layout(figure_style.base_layout(_note(frame), height=height))
        figure.update_layout(margin={"t": 80})
        figure.update_xaxes(figure_style.plain_axis(tickformat="d", showgrid=False))
        figure.update_xaxes(
            title={"text": "patients, the worst of each system first"}, row=len(labels), col=1
        )
        figure.update_yaxes(figure_style.percent_axis("error rate", range=[-0.03, 1.03]))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import MaxNLocator

        own = drawn(frame)
        labels = _systems(own)
        if not labels:
            return None
        rows, columns = figure_style.arrange(len(labels), 2)
        figure = figure_style.new_figure(self.title, _note(frame), 1.2 + 2.6 * rows)
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
        colours = palette.system_colours(systems_of(frame))
        for place, axes in enumerate(panels.flat):
            if place >= len(labels):
                axes.set_visible(False)
                continue
            figure_style.dress(axes)
            axes.grid(visible=False, axis="x")
            part = own[own["system"] == labels[place]]
            spread = [part["error"] - part["low"], part["high"] - part["error"]]
            axes.axhline(part["overall"].iloc[0], ls="--", lw=1.2, color=palette.LIGHT.text)
            axes.errorbar(
                part["rank"], part["error"], yerr=spread, fmt="o", ms=5, lw=1.2, color=colours[labels[place]]
            )
            axes.set_title(labels[place], fontsize=11)
            axes.set_xlabel("patients, the worst first", fontsize=10)
            axes.set_ylim(-0.03, 1.03)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
            figure_style.in_percent(axes, "y")
        for axes in panels[:, 0]:
            axes.set_ylabel("error rate", fontsize=10)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        own = drawn(frame)
        if own.empty:
            return "Samples of this set belong to no patient, or no system is scored yet."
        split = frame.attrs["split"]
        heads = ["patients", "error", "95 % over patients", "lowest", "median", "highest", "outside"]
        rows = []
        for label in _systems(own):
            part = own[own["system"] == label]
            first = part.iloc[0]
            rows.append(
                [
                    tables.escape(label),
                    str(len(part)),
                    tables.error(first["overall"]),
                    tables.DASH
                    if pd.isna(first["overall_low"])
                    else f"{tables.error(first['overall_low'])} to {tables.error(first['overall_high'])}",
                    tables.error(part["error"].min()),
                    tables.error(part["error"].median()),
                    tables.error(part["error"].max()),
                    f"{outside(part)} of {len(part)}",
                ]
            )
        text = (
            f"The {split} error in percent and how far it differs between patients. The interval is a bootstrap over patients, "
            f"from {BOOTSTRAP_FROM} of them on: what other people of the kind could have made it. “Outside” counts patients "
            "whose own interval misses the error over all; by luck alone that is about one in "
            f"twenty.\n\n{tables.table(['system', *heads], rows, right=heads)}"
        )
        return f"{text}\n\nThe patients with the highest {split} error, up to {SHOWN} a system:\n\n{_worst(frame, own)}"

    def alt(self, frame: pd.DataFrame) -> str:
        return f"{self.title} of {', '.join(_systems(drawn(frame)))} on {frame.attrs['split']}, {caption_of(frame)}"


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the split that is shown."""
    own: pd.DataFrame = frame[frame["split"] == frame.attrs["split"]]
    return own


def outside(part: pd.DataFrame) -> int:
    """How many patients of one system have an interval that does not hold the system's overall error."""
    return int(((part["overall"] < part["low"]) | (part["overall"] > part["high"])).sum())


def _rows(split: str, system: SystemSummary) -> list[dict[str, Any]]:
    counts = wrong_by_patient(system.scores, split)
    if not counts:
        return []
    samples, wrong = ([pair[place] for pair in counts.values()] for place in (0, 1))
    # Over patients: another draw of people would have given another error, whatever the number of their samples.
    overall = ratio_interval(wrong, samples)
    trainings = sum(bool(score.patients.get(split)) for score in system.scores)
    worst_first = sorted(
        counts, key=lambda patient: (-counts[patient][1] / counts[patient][0], -counts[patient][0], patient)
    )
    rows = []
    for rank, patient in enumerate(worst_first, start=1):
        own, errors = counts[patient]
        low, high = wilson(errors, own)
        values = (own, errors, trainings, errors / own, low, high, overall.mean, overall.low, overall.high)
        rows.append(dict(zip(COLUMNS, (split, system.label, patient, rank, *values), strict=True)))
    return rows


def _systems(own: pd.DataFrame) -> list[str]:
    return list(own["system"].unique())


def _note(frame: pd.DataFrame) -> str:
    return f"{caption_of(frame)}; {frame.attrs['split']}"


def _worst(frame: pd.DataFrame, own: pd.DataFrame) -> str:
    unit = units(frame.attrs["kind"])
    heads = [unit, "wrong", "error", "95 % interval"]
    rows = [
        [
            tables.escape(row["system"]),
            tables.code(row["patient"]),
            tables.count(row["samples"]),
            f"{row['wrong']:.4g}",
            tables.error(row["error"]),
            f"{tables.error(row['low'])} to {tables.error(row['high'])}",
        ]
        for _, row in own[own["rank"] <= SHOWN].iterrows()
    ]
    return tables.table(["system", "patient", *heads], rows, right=heads)
