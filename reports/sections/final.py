"""Eval errors with intervals, ranks over paired repeats, and what they allow to say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from reports import figure_style, palette, tables
from reports.comparison import ranking, tuned, verdict
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from reports.statistics import Several, mean_interval
from reports.statistics.sentences import counted_blocks, p_text, size
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

COLUMNS = ["system", "tuner", "searches", "mean", "low", "high", "errors", "trials", "epochs", "tuned"]

HOW_TO_READ = (
    "Differences are taken within repeats and averaged: first less second, negative where the first has the lower error, and "
    "“lower in” counts such repeats. The effect is their mean in standard deviations of a single difference (Hedges' g). "
    "p comes from flipping the signs of the differences; after Holm all comparisons count as one family. “Visible from” is the "
    "smallest mean difference that so many repeats with such a scatter show in about four of five cases: what is smaller may be "
    "there and be missed. A dash: too few repeats to say, or no scatter."
)


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
        """One row a scored system; `errors` are those of its repeats. attrs: "ranks" and "pairs" (rows, see `_ranks` and
        `_pairs`), "overall" (a sentence on all of them), "verdict"."""
        summary = summarize(store, study_name)
        searched = {system.label for system in tuned(summary.systems)}
        rows = []
        for system in summary.systems:
            if not system.scores:
                continue
            errors = [score.errors["eval"] for score in system.scores]
            # No error rate lies outside [0, 1], whatever Student's t makes of two of them.
            interval = mean_interval(errors).within(0.0, 1.0)
            spent = (system.trials / len(errors), system.epochs / len(errors))
            values = (interval.mean, interval.low, interval.high, errors, *spent, system.label in searched)
            rows.append((system.label, system.tuner, len(errors), *values))
        frame = describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)
        found = ranking(store, study_name)
        frame.attrs["ranks"] = [] if found is None else _ranks(found)
        frame.attrs["pairs"] = [] if found is None else _pairs(found)
        frame.attrs["overall"] = "" if found is None else _overall(found)
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
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=150 + 56 * len(frame)))
        figure.update_xaxes(figure_style.percent_axis("eval error"))
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.8 + 0.5 * len(frame))
        axes = figure.subplots()
        figure_style.dress(axes)
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
        figure_style.in_percent(axes, "x")
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
            blocks += [_rank_table(frame), frame.attrs["overall"], _pair_table(frame), HOW_TO_READ]
            blocks += filter(None, [tables.escape(frame.attrs["verdict"])])
        return "\n\n".join(blocks)


def _ranks(found: Several) -> list[tuple[str, float, float, float]]:
    """Rows (tuner, mean rank and its interval), the best rank first."""
    columns = zip(found.names, found.mean_ranks, found.rank_low, found.rank_high, strict=True)
    rows = {name: (name, float(rank), float(low), float(high)) for name, rank, low, high in columns}
    return [rows[name] for name in found.by_rank]


def _pairs(found: Several) -> list[dict[str, Any]]:
    """A row a comparison; lower: repeats in which the first has the lower error; p: after Holm; seen: the difference that
    would have been seen."""
    return [
        {
            "first": pair.first,
            "second": pair.second,
            "mean": gap.mean,
            "low": gap.interval.low,
            "high": gap.interval.high,
            "bootstrap_low": gap.bootstrap.low,
            "bootstrap_high": gap.bootstrap.high,
            "lower": gap.lower,
            "repeats": gap.pairs,
            "effect": gap.effect,
            "p": gap.corrected,
            "seen": gap.detectable,
        }
        for pair, gap in ((pair, pair.paired) for pair in found.pairs)
    ]


def _overall(found: Several) -> str:
    test = "Friedman's test by permutation" if len(found.names) > 2 else "Sign-flip test"
    text = (
        f"{test} that the {len(found.names)} tuners are alike, over {counted_blocks(found.blocks)}: "
        f"{p_text(found.overall)}."
    )
    if len(found.names) > 2:
        text += (
            f" Mean ranks closer than {found.critical_difference:.2f} are not told apart by Nemenyi's test, which is "
            "asymptotic and stands here for orientation."
        )
    return text


def _rank_table(frame: pd.DataFrame) -> str:
    numbers = ["mean rank", "95 % interval"]
    rows = [
        [tables.escape(tuner), f"{rank:.2f}", tables.DASH if pd.isna(low) else f"{low:.2f} to {high:.2f}"]
        for tuner, rank, low, high in frame.attrs["ranks"]
    ]
    return tables.table(["tuner", *numbers], rows, right=numbers)


def _pair_table(frame: pd.DataFrame) -> str:
    numbers = [
        "difference",
        "95 % (Student)",
        "95 % (bootstrap)",
        "lower in",
        "effect",
        "p after Holm",
        "visible from",
    ]
    rows = [
        [
            tables.escape(f"{row['first']} less {row['second']}"),
            tables.points(row["mean"]),
            tables.span(row["low"], row["high"]),
            tables.span(row["bootstrap_low"], row["bootstrap_high"]),
            f"{row['lower']} of {row['repeats']}",
            tables.DASH if math.isnan(row["effect"]) else f"{row['effect']:+.2f}".replace("-", "−"),
            f"{row['p']:.3f}",
            size(row["seen"]) if math.isfinite(row["seen"]) else tables.DASH,
        ]
        for row in frame.attrs["pairs"]
    ]
    return tables.table(["eval errors (points)", *numbers], rows, right=numbers)
