"""Eval errors with intervals, ranks over paired repeats, and what they allow to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reports import charts, palette, tables
from reports.comparison import REFERENCE, Ranking, ranking, tuned, verdict
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from reports.statistics import mean_interval
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

COLUMNS = ["system", "tuner", "searches", "mean", "low", "high", "errors", "trials", "epochs", "tuned"]


class Final(Section):
    name = "final"
    title = "Which tuner found more"
    lead = (
        "The eval error of what each search selected, trained anew and scored once: a dot a repeat, the mean and its 95 % "
        "confidence interval (Student's t). All searches had the same limits, whichever was reached first; a tuner that stops "
        "trials early trains fewer epochs under a limit of trials. Ranks are taken within repeats, where all tuners "
        "started from the same seed."
    )
    position = 23

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a scored system; `errors` are those of its repeats. attrs: "ranks" (rows), "verdict"."""
        summary = summarize(store, study_name)
        searched = {system.label for system in tuned(summary.systems)}
        rows = []
        for system in summary.systems:
            if not system.scores:
                continue
            errors = [score.errors["eval"] for score in system.scores]
            interval = mean_interval(errors)
            spent = (system.trials / len(errors), system.epochs / len(errors))
            # No error rate lies outside [0, 1], whatever Student's t makes of two of them.
            low, high = (float(np.clip(value, 0.0, 1.0)) for value in (interval.low, interval.high))
            values = (interval.mean, low, high, errors, *spent, system.label in searched)
            rows.append((system.label, system.tuner, len(errors), *values))
        frame = describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)
        found = ranking(store, study_name)
        frame.attrs["ranks"] = [] if found is None else _ranks(found)
        frame.attrs["overall"] = None if found is None else (len(found.tuners), found.blocks, found.friedman)
        frame.attrs["verdict"] = "" if found is None else verdict(found)
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return bool(frame["tuned"].sum() > 1)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = go.Figure()
        for _, row in frame.iterrows():
            label = row["system"]
            name = label.replace(" (", "<br>(")
            figure.add_scatter(
                x=row["errors"],
                y=[name] * len(row["errors"]),
                mode="markers",
                marker={"color": colours[label], "opacity": 0.45, "size": 8},
                showlegend=False,
                name=label,
                hovertemplate="repeat: %{x:.2%}",
            )
            known = not pd.isna(row["low"])
            figure.add_scatter(
                x=[row["mean"]],
                y=[name],
                mode="markers",
                marker={"color": colours[label], "size": 13, "symbol": marks[label][0]},
                error_x={
                    "array": [row["high"] - row["mean"]],
                    "arrayminus": [row["mean"] - row["low"]],
                    "thickness": 2.5,
                    "width": 7,
                }
                if known
                else None,
                showlegend=False,
                name=label,
                hovertemplate="mean: %{x:.2%}",
            )
        figure.update_layout(charts.base_layout(caption_of(frame), height=150 + 56 * len(frame)))
        figure.update_xaxes(charts.percent_axis("eval error"))
        figure.update_yaxes(charts.plain_axis(autorange="reversed"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = charts.new_figure(self.title, caption_of(frame), 1.8 + 0.5 * len(frame))
        axes = figure.subplots()
        charts.dress(axes)
        for place, (_, row) in enumerate(frame.iterrows()):
            colour, mark = colours[row["system"]], marks[row["system"]][1]
            axes.plot(row["errors"], [place] * len(row["errors"]), "o", color=colour, alpha=0.4, ms=6)
            spread = (
                None if pd.isna(row["low"]) else [[row["mean"] - row["low"]], [row["high"] - row["mean"]]]
            )
            axes.errorbar(row["mean"], place, xerr=spread, fmt=mark, color=colour, ms=9, lw=2, capsize=5)
        axes.set_yticks(range(len(frame)), list(frame["system"]))
        axes.invert_yaxis()
        axes.set_xlabel("eval error", fontsize=10)
        charts.in_percent(axes, "x")
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = ["repeats", "eval error", "95 % interval", "trials a search", "epochs a search"]
        rows = [
            [
                tables.escape(row["system"]),
                str(row["searches"]),
                tables.error(row["mean"]),
                tables.DASH
                if pd.isna(row["low"])
                else f"{tables.error(row['low'])} to {tables.error(row['high'])}",
                f"{row['trials']:,.1f}",
                f"{row['epochs']:,.1f}",
            ]
            for _, row in frame.iterrows()
        ]
        blocks = [tables.table(["system", *numbers], rows, right=numbers)]
        if frame.attrs["ranks"]:
            blocks += [_rank_table(frame), *filter(None, [tables.escape(frame.attrs["verdict"])])]
        return "\n\n".join(blocks)


def _ranks(found: Ranking) -> list[tuple[str, float, float | None, float | None, float | None]]:
    """Rows (tuner, mean rank, difference to the reference, p, corrected p), the best rank first."""
    nothing = (None, None, None)
    ordered = sorted(zip(found.mean_ranks, found.tuners, strict=True))
    return [(tuner, float(rank), *found.against.get(tuner, nothing)) for rank, tuner in ordered]


def _rank_table(frame: pd.DataFrame) -> str:
    count, blocks, overall = frame.attrs["overall"]
    numbers = ["mean rank", f"against {REFERENCE} (points)", "p", "p after Holm"]
    rows = []
    for tuner, rank, gap, p, corrected in frame.attrs["ranks"]:
        tests = (
            [tables.DASH] * 3
            if gap is None
            else [f"{100 * gap:+.2f}".replace("-", "−"), f"{p:.3f}", f"{corrected:.3f}"]
        )
        rows.append([tables.escape(tuner), f"{rank:.2f}", *tests])
    test = "Friedman's test by permutation" if count > 2 else "Sign-flip test"
    text = (
        f"{test} that the {count} tuners are alike, over {blocks} paired repeat{'s' * (blocks != 1)}: p = {overall:.3f}. "
        "The single tests are sign-flip tests of the paired differences; after Holm they count as one family."
    )
    return f"{tables.table(['tuner', *numbers], rows, right=numbers)}\n\n{text}"
