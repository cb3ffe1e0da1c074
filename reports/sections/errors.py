"""The error table in the study's layout."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from datasets.percent import percent
from datasets.study import study_systems
from datasets.types import SPLIT_NAMES
from reports import collapse, figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of, describe
from tuners.store import Store
from tuners.summary import BayesSummary, StudySummary, SystemSummary, summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: What the rows without a classifier are.
CLOSED_LOOP = "closed-loop error as in the study, not a true Bayes error"
EXACT = "true Bayes error, from the density that the data were drawn from"
ESTIMATED = "estimate from these points by nearest neighbours, not a known value"
NOTES = {"closed loop": CLOSED_LOOP, "exact": EXACT, "estimate": ESTIMATED}

#: Why the error is not split into parts, on points whose density is not known.
NO_PARTS = (
    "The density of these points is not known, so the Bayes error can only be estimated, and an error cannot be split "
    "into what no classifier avoids, what train does not tell, and the rest: that is done for generated sets."
)

#: Why a table has no BER row, on data that are no points.
NO_BAYES = (
    "There are no BER rows: the density of such data is not known, so no Bayes error can be computed, and the study "
    "gives none for this set either."
)

#: The kind of data of which Bayes errors are estimated.
POINTS = "points2d"

#: Provenance as the end of a sentence about the data.
KIND_WORDS = {"real": "real", "generated": "generated", "stand-in": "a stand-in", "drawn": "drawn by hand"}

COLUMNS = [
    *("system", "kind", "note", "repeats", "degenerate"),
    *(f"{split}{suffix}" for split in SPLIT_NAMES for suffix in ("", "_sd", "_study", "_best")),
]


class Errors(Section):
    name = "errors"
    title = "Error rates"
    lead = (
        "Error rates in percent. The columns marked “ours” are this run, the columns marked “study” are the figures "
        "that the study printed; bold marks the lowest of our systems in a column."
    )
    position = 10

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system or Bayes error; per split the mean (`eval`), its standard deviation over the
        repeats (`eval_sd`), the study's figure (`eval_study`) and whether it is the best (`eval_best`)."""
        summary = summarize(store, study_name)
        best: dict[str, float | None] = {split: summary.best(split) for split in SPLIT_NAMES}
        rows = [_system(row, best) for row in summary.systems] + [_bayes(row) for row in summary.bayes]
        frame = describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)
        frame.attrs["footnotes"] = _footnotes(summary)
        return frame

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        if not _drawable(frame):
            return None
        names = _names(frame)
        figure = go.Figure()
        for split, shift in zip(SPLIT_NAMES, (0.24, 0.0, -0.24), strict=True):
            for source, column, symbol, size in (
                ("ours", split, "circle", 9),
                ("study", f"{split}_study", "diamond-open", 14),  # around the circle where both agree
            ):
                known = frame[frame[column].notna()]
                if known.empty:
                    continue
                spread = known[f"{split}_sd"].fillna(0.0)
                figure.add_scatter(
                    x=known[column],
                    y=[len(names) - 1 - place + shift for place in known.index],
                    mode="markers",
                    name=f"{split}, {source}",
                    marker={
                        "color": palette.SPLITS[split],
                        "symbol": symbol,
                        "size": size,
                        "line": {"width": 2, "color": palette.SPLITS[split]},
                    },
                    error_x={"array": spread, "thickness": 1.5}
                    if source == "ours" and spread.any()
                    else None,
                    customdata=known["system"],
                    hovertemplate="%{customdata}: %{x:.2%}",
                )
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=160 + 46 * len(names)))
        figure.update_xaxes(figure_style.percent_axis("error rate", rangemode="tozero"))
        places = list(range(len(names) - 1, -1, -1))
        figure.update_yaxes(
            figure_style.plain_axis(tickvals=places, ticktext=names, range=[-0.6, len(names) - 0.4])
        )
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.lines import Line2D

        if not _drawable(frame):
            return None
        names = _names(frame)
        places = [len(names) - 1 - place for place in range(len(names))]
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.7 + 0.34 * len(names))
        panels = figure.subplots(1, len(SPLIT_NAMES), sharex=True, sharey=True)
        for axes, split in zip(panels, SPLIT_NAMES, strict=True):
            figure_style.dress(axes)
            colour = palette.SPLITS[split]
            axes.errorbar(
                frame[split], places, xerr=frame[f"{split}_sd"].fillna(0.0), fmt="o", color=colour, ms=8
            )
            axes.plot(
                frame[f"{split}_study"], places, "D", mfc="none", mec=palette.LIGHT.text, ms=7, zorder=3
            )
            axes.set_title(split, fontsize=11)
            axes.set_xlabel("error rate", fontsize=10)
            figure_style.in_percent(axes, "x", most=5)
        # Once all panels are drawn: a limit set earlier would fix the shared axis to the first one's range.
        panels[0].set_xlim(left=0)
        panels[0].set_yticks(places, names)
        panels[0].set_ylim(-0.6, len(names) - 0.4)
        ours = Line2D([], [], marker="o", ls="", color=palette.LIGHT.text, ms=8, label="ours")
        study = Line2D([], [], marker="D", ls="", mfc="none", color=palette.LIGHT.text, ms=7, label="study")
        figure_style.legend_below(figure, [ours, study], 2)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        ours = [f"{split} (ours)" for split in SPLIT_NAMES]
        study = [f"{split} (study)" for split in SPLIT_NAMES]
        rows = []
        for _, row in frame.iterrows():
            note = f": {tables.escape(row['note'])}" if row["note"] else ""
            cells = [_cell(row, split) for split in SPLIT_NAMES]
            name = tables.escape(collapse.marked(row["system"], row["degenerate"]))
            rows.append([name + note, *cells, *(_study_cell(row, split) for split in SPLIT_NAMES)])
        text = tables.table(["system", *ours, *study], rows, right=[*ours, *study])
        return "\n\n".join([text, *frame.attrs["footnotes"]])


def _footnotes(summary: StudySummary) -> list[str]:
    """What a reader has to know before setting two figures of the table against each other."""
    data = summary.study.data
    notes = []
    repeats = max((len(row.scores) for row in summary.systems), default=0)
    if repeats > 1:
        notes.append(
            f"Mean ± standard deviation over up to {repeats} final trainings with different seeds; "
            "a system that no seed changes is trained once and has none."
        )
    compared = [row for row in summary.systems if row.published[SPLIT_NAMES[0]] is not None]
    if compared and data.provenance != "real":
        notes.append(
            f"The study measured its figures on its own files, and our data are {KIND_WORDS[data.provenance]}."
        )
    known = study_systems(data.name)
    stands_in = [row.label for row in compared if row.label.partition(" (")[0] not in known]
    if stands_in:
        notes.append(
            f"The study names one network of this sort on this set, without a number; it stands beside "
            f"{tables.escape(' and '.join(stands_in))}."
        )
    notes += collapse.footnotes(summary.study, summary.systems)
    if data.kind != POINTS:
        notes.append(NO_BAYES)
    else:
        notes += _estimate_notes(summary)
    return notes


def _estimate_notes(summary: StudySummary) -> list[str]:
    """How sure the estimated Bayes error is, and what cannot be said with it."""
    notes = []
    for row in summary.bayes:
        if row.intervals:
            spans = (
                f"{split} {tables.error(low)} to {tables.error(high)} %"
                for split, (low, high) in row.intervals.items()
            )
            notes.append(
                f"{row.label}: the mean of the leave-one-out and the closed-loop error of nearest neighbours at the best k "
                f"(Fukunaga 1990); 95 % intervals: {', '.join(spans)}. An error within its interval is no proof that "
                "nothing better is possible."
            )
    if summary.study.data.provenance == "real":
        notes.append(NO_PARTS)
    return notes


def _system(row: SystemSummary, best: Mapping[str, float | None]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "system": row.label,
        "kind": "system",
        "note": "every trial failed" if row.failed_altogether else collapse.note(row),
        "repeats": len(row.scores),
        "degenerate": row.degenerate,
    }
    for split in SPLIT_NAMES:
        error = row.errors.get(split)
        values[split] = error
        repeats = [score.errors[split] for score in row.scores]
        values[f"{split}_sd"] = statistics.stdev(repeats) if len(repeats) > 1 else None
        values[f"{split}_study"] = _fraction(row.published[split])
        values[f"{split}_best"] = error is not None and percent(error) == best[split]
    return values


def _bayes(row: BayesSummary) -> dict[str, Any]:
    values: dict[str, Any] = {
        "system": row.label,
        "kind": row.kind,
        "note": NOTES[row.kind],
        "repeats": 1,
        "degenerate": False,
    }
    for split in SPLIT_NAMES:
        values[split] = row.errors.get(split)
        values[f"{split}_sd"] = None
        values[f"{split}_study"] = _fraction(row.published[split])
        values[f"{split}_best"] = False
    return values


def _fraction(published: float | None) -> float | None:
    """The study's figures are percent; frames hold fractions."""
    return None if published is None else published / 100


def _drawable(frame: pd.DataFrame) -> bool:
    return bool(frame[list(SPLIT_NAMES)].notna().any(axis=None))


def _names(frame: pd.DataFrame) -> list[str]:
    """Labels of the rows in figures: the closed-loop error must not pass for a Bayes error there either,
    nor a collapsed network for a classifier."""
    closed = frame["kind"] == "closed loop"
    return [
        f"{name} (closed loop)" if is_closed else collapse.marked(name, degenerate)
        for name, is_closed, degenerate in zip(frame["system"], closed, frame["degenerate"], strict=True)
    ]


def _cell(row: pd.Series[Any], split: str) -> str:
    text = tables.error(row[split], row[f"{split}_sd"])
    return f"**{text}**" if row[f"{split}_best"] else text


def _study_cell(row: pd.Series[Any], split: str) -> str:
    return tables.error(row[f"{split}_study"])
