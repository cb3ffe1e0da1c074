"""The eval error in parts: what no classifier avoids, what train does not tell, and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import collapse, figure_style, palette, tables
from reports.decomposition import Behind, behind, decompose, known
from reports.section import NOTHING, Section, caption_of, describe
from reports.statistics.sentences import listed
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The parts in the order in which they are stacked.
PARTS = {"ber": "Bayes error", "mismatch": "mismatch", "excess": "excess"}
COLOURS = {"ber": palette.GREY, "mismatch": palette.SKY, "excess": palette.VERMILLION}

#: Height of a bar, and of one that goes back over the others.
BAR, BACK = 0.56, 0.28
BETTER = "excess below 0: better than the rule that is optimal for train"
COUNTED, EXPECTED = "eval error, counted", "eval error without chance"

NEGATIVE = (
    "Excess below 0 means that a model erred less on eval than the rule that is optimal for train. That is no way past "
    "the Bayes error: either chance favoured it, or it answers more like the rule that is optimal for eval, "
    "which a model that learnt train less closely may do by accident."
)
MODEL = (
    "The model's part of the excess is how much likelier the answer of the rule that is optimal for train is than the "
    "model's, averaged over the same points; regret is the same against the best answer on eval. No drawn label takes "
    "part in either, so they are less noisy than an error rate (± standard errors, of the drawn points). What is "
    "left of the excess is the chance of the points and labels that were drawn."
)


class Decomposition(Section):
    name = "decomposition"
    title = "What error was possible, and where the rest came from"
    lead = (
        "The densities of this set are known, so the eval error splits into the Bayes error, which no classifier avoids, "
        "the mismatch, which no learner of train can know of, and the excess, which is what learning train better could save."
    )
    position = 12

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a scored system and split, see `reports.decomposition.decompose`."""
        summary = summarize(store, study_name)
        frame = describe(decompose(store, summary), summary.study)
        frame.attrs["bound"] = max((of.bound for of in known(store.bayes(study_name)).values()), default=0.0)
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return not drawn(frame).empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        own = drawn(frame)
        if own.empty:
            return None
        figure = go.Figure()
        for part, title in PARTS.items():
            starts, widths = _bars(own, part)
            figure.add_bar(
                x=widths,
                y=own["system"],
                base=starts,
                width=BAR,
                orientation="h",
                name=title,
                marker={"color": COLOURS[part]},
                customdata=own[part],
                hovertemplate="%{y}: " + title + " %{customdata:.2%}<extra></extra>",
            )
        back = own[own["excess"] < 0]
        if not back.empty:
            figure.add_bar(
                x=back["excess"],
                y=back["system"],
                base=back["ber"] + back["mismatch"],
                width=BACK,
                orientation="h",
                name=BETTER,
                marker={"color": palette.GREEN},
                hovertemplate="%{y}: excess %{x:.2%}<extra></extra>",
            )
        figure.add_scatter(
            x=own["error"],
            y=own["system"],
            mode="markers",
            name=COUNTED,
            marker={
                "symbol": "diamond",
                "size": 11,
                "color": palette.BLUE,
                "line": {"width": 1.5, "color": "white"},
            },
            hovertemplate="%{y}: %{x:.2%}<extra></extra>",
        )
        if own["model"].notna().all():
            figure.add_scatter(
                x=own["ber"] + own["mismatch"] + own["model"],
                y=own["system"],
                mode="markers",
                name=EXPECTED,
                marker={"symbol": "line-ns", "size": 44, "line": {"width": 2.5, "color": palette.GREY}},
                hovertemplate="%{y}: %{x:.2%} without chance<extra></extra>",
            )
        layout = figure_style.base_layout(caption_of(frame), barmode="overlay", height=230 + 48 * len(own))
        figure.update_layout(layout)
        figure.update_xaxes(figure_style.percent_axis("eval error", rangemode="tozero"))
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed", showgrid=False))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        own = drawn(frame)
        if own.empty:
            return None
        figure = figure_style.new_figure(self.title, caption_of(frame), 2.3 + 0.42 * len(own))
        axes = figure.subplots()
        figure_style.dress(axes)
        axes.grid(visible=False, axis="y")
        handles = _draw(axes, own)
        names = [
            collapse.marked(name, bad) for name, bad in zip(own["system"], own["degenerate"], strict=True)
        ]
        axes.set_yticks(range(len(own)), names)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set_xlabel("eval error", fontsize=10)
        figure_style.in_percent(axes, "x")
        figure_style.legend_below(figure, handles, 3)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        own = drawn(frame)
        if own.empty:
            return NOTHING
        numbers = ["eval error", "Bayes error", "mismatch", "excess"]
        parted = ["the model's part", "chance", "regret"] if own["model"].notna().all() else []
        rows = [
            [
                _name(row),
                tables.error(row["error"]),
                tables.error(row["ber"]),
                signed(row["mismatch"]),
                signed(row["excess"]),
                *(
                    (
                        signed(row["model"], row["model_error"]),
                        signed(row["chance"]),
                        spread(row["regret"], row["regret_error"]),
                    )
                    if parted
                    else ()
                ),
            ]
            for _, row in own.iterrows()
        ]
        blocks = [
            answer(frame),
            "In percent, and in points where there is a sign; every row adds up: eval error = Bayes error + mismatch + "
            f"excess{', excess = the model’s part + chance' if parted else ''}. The first two parts are integrals, "
            f"true within {100 * frame.attrs['bound']:.2f} points.",
            tables.table(["system", *numbers, *parted], rows, right=[*numbers, *parted]),
        ]
        blocks += [MODEL, *compared(frame)] if parted else []
        blocks += [NEGATIVE] if (own["excess"] < 0).any() else []
        return "\n\n".join([*blocks, _all_splits(frame)])

    def alt(self, frame: pd.DataFrame) -> str:
        own = drawn(frame)
        parts = "; ".join(
            f"{row['system']} {tables.error(row['error'])} = {tables.error(row['ber'])} {signed(row['mismatch'])} "
            f"{signed(row['excess'])}"
            for _, row in own.iterrows()
        )
        return f"Eval error = Bayes error + mismatch + excess, in percent: {parts}; {caption_of(frame)}"


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of eval, whatever split the points of other figures are from."""
    own: pd.DataFrame = frame[frame["split"] == "eval"].reset_index(drop=True)
    return own


def answer(frame: pd.DataFrame) -> str:
    """How much any tuner could have saved, in plain words with the numbers."""
    own = drawn(frame)
    known_parts = own["model"].notna().all()
    column = "model" if known_parts else "excess"
    ordered = own.sort_values(column, kind="stable")
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    ber, mismatch = own["ber"].iloc[0], own["mismatch"].iloc[0]
    text = (
        f"No classifier errs on less than {tables.error(ber)} % of eval, and the rule that is optimal for train errs on "
        f"{tables.error(ber + mismatch)} %: {tables.error(mismatch)} points are lost because eval is drawn otherwise "
        "than train, and nothing in train says how to win them back. "
    )
    what = "excess, chance set aside," if known_parts else "excess"
    text += f"The {what} is what learning train better could save: **{_saving(worst, column)}**"
    if len(own) == 1:
        return f"{text}."
    return f"{text}, and {_saving(best, column)}."


def compared(frame: pd.DataFrame) -> list[str]:
    """The systems against the one with the lowest regret, as one paragraph; none where there is but one."""
    best, others = behind(frame)
    if not others:
        return []
    told = [f"{tables.escape(one.system)} ({_gap(one)})" for one in others if one.shown]
    alike = [f"{tables.escape(one.system)} ({_gap(one)})" for one in others if not one.shown]
    text = f"Compared by regret over the same points, {tables.escape(best)} loses least."
    if told:
        text += f" Behind it, by more than the luck of the points: {listed(told)}."
    if alike:
        text += f" No difference from it is shown for {listed(alike)}."
    return [
        f"{text} In points, ± at 95 % for {len(others)} comparison{'s' * (len(others) != 1)}; the luck of another training "
        "or search is not in it."
    ]


def _gap(one: Behind) -> str:
    return f"{signed(one.gap)} ± {100 * one.luck:.2f}"


def signed(fraction: float | None, error: float | None = None) -> str:
    """A difference in points with its sign, and its standard error."""
    if fraction is None or pd.isna(fraction):
        return tables.DASH
    text = f"{100 * fraction:+.2f}".replace("-", "−")
    return ("0.00" if text[1:] == "0.00" else text) + _error(error)


def spread(fraction: float, error: float | None) -> str:
    """A value in percent and its standard error."""
    return tables.error(fraction) + _error(error)


def _error(error: float | None) -> str:
    if error is None or pd.isna(error):
        return ""
    return f" ± {100 * error:.2f}" if error >= 1e-3 else f" ± {100 * error:.3f}"


def _name(row: pd.Series[Any]) -> str:
    return tables.escape(collapse.marked(row["system"], row["degenerate"]))


def _saving(row: pd.Series[Any], column: str) -> str:
    value = float(row[column])
    size = f"{abs(100 * value):.2f}{_error(row['model_error']) if column == 'model' else ''} points"
    if value > 0:
        return f"{size} at most for {_name(row)}"
    return f"nothing for {_name(row)}, which errs {size} less than that rule"


def _bars(own: pd.DataFrame, part: str) -> tuple[list[float], list[float]]:
    """Where the bars of a part begin and how long they are; below 0 it is drawn by itself."""
    starts = {
        "ber": 0 * own["ber"],
        "mismatch": own["ber"],
        "excess": own["ber"] + own["mismatch"],
    }[part]
    return starts.tolist(), own[part].clip(lower=0).tolist()


def _draw(axes: Axes, own: pd.DataFrame) -> list[Any]:
    """Bars and marks of the picture; returns what its legend names."""
    from matplotlib.lines import Line2D

    places = list(range(len(own)))
    handles: list[Any] = []
    for part, title in PARTS.items():
        starts, widths = _bars(own, part)
        handles.append(axes.barh(places, widths, left=starts, height=BAR, color=COLOURS[part], label=title))
    back = own[own["excess"] < 0]
    if not back.empty:
        ends = back["ber"] + back["mismatch"]
        bars = axes.barh(
            back.index, back["excess"], left=ends, height=BACK, color=palette.GREEN, label=BETTER
        )
        handles.append(bars)
    (counted,) = axes.plot(
        own["error"], places, "D", ms=8, color=palette.BLUE, mec="white", mew=1.2, label=COUNTED
    )
    handles.append(counted)
    if own["model"].notna().all():
        expected = own["ber"] + own["mismatch"] + own["model"]
        axes.plot(expected, places, "|", ms=24, mew=2, color=palette.LIGHT.text, zorder=1.9)
        handles.append(
            Line2D([], [], marker="|", ls="", ms=12, mew=2, color=palette.LIGHT.text, label=EXPECTED)
        )
    edge = (own[["error", "ber"]].max(axis=1)).clip(lower=own["ber"] + own["mismatch"])
    for place, end, error in zip(places, edge, own["error"], strict=True):
        axes.annotate(
            tables.error(error),
            (end, place),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.margins(x=0.09)
    return handles


def _all_splits(frame: pd.DataFrame) -> str:
    """The excess on every split, below what the densities say of it."""
    splits = [split for split in SPLIT_NAMES if (frame["split"] == split).any()]
    first = {split: frame[frame["split"] == split].iloc[0] for split in splits}
    rows = [
        ["*Bayes error*", *(tables.error(first[split]["ber"]) for split in splits)],
        ["*mismatch with train*", *(signed(first[split]["mismatch"]) for split in splits)],
    ]
    for system, own in frame.groupby("system", sort=False):
        by_split = dict(zip(own["split"], own["excess"], strict=True))
        excess = (signed(by_split[split]) for split in splits)
        rows.append([f"excess of {tables.escape(system)}", *excess])
    return (
        "The same on every split. Below 0 on train: points of train were learnt by heart, labels and all, which no rule "
        f"can do on new points.\n\n{tables.table(['part of the error', *splits], rows, right=splits)}"
    )
