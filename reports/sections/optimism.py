"""How much better a search thought its winner was than it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.comparison import tuned
from reports.section import NOTHING, Section, caption_of, describe
from reports.statistics import mean_interval
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: The parts of the optimism: column, what it is, colour, heading in the table.
LUCK = ("luck", "dev, trained anew − dev in the search", palette.ORANGE, "luck")
SHIFT = ("shift", "eval − dev, trained anew", palette.BLUE, "dev to eval")

#: The two of which the second one consists where there is a second dev set.
ADAPTED = ("adapted", "second dev − dev, trained anew", palette.SKY, "dev to second dev")
UNLIKE = ("unlike", "eval − second dev, trained anew", palette.BLUE, "second dev to eval")

ERRORS = ["search_dev", "dev", "second", "eval"]
COLUMNS = ["system", "repeats", *ERRORS, "luck", "shift", "adapted", "unlike", "optimism", "low", "high"]


class Optimism(Section):
    name = "optimism"
    title = "From dev to eval: the optimism of each search"
    lead = (
        "A search selects the lowest of many dev errors, so that one is lucky. The first part is what is lost when the same "
        "configuration is trained anew with another seed and measured on the same dev samples: the luck of the selected "
        "training. The second part lies between dev and eval: dev samples that the search adapted to, and eval data that "
        "are unlike dev. Their sum is how much the search promised too much. A second dev set (`--second-dev`) tells these two "
        "apart: it is drawn like dev, and no search adapted to it."
    )
    position = 24

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row an autotuned system with scores: means over its repeats, as fractions."""
        summary = summarize(store, study_name)
        rows = []
        for system in tuned(summary.systems):
            pairs = [
                (
                    system.winners[score.repeat].dev_error,
                    *(score.errors.get(name) for name in ("dev", "second", "eval")),
                )
                for score in system.scores
                if score.repeat in system.winners
            ]
            known = pd.DataFrame(pairs, columns=ERRORS, dtype=float).dropna(subset="search_dev")
            if known.empty:
                continue
            total = mean_interval(known["eval"] - known["search_dev"])
            means = known.mean()
            rows.append(
                {
                    "system": system.label,
                    "repeats": len(known),
                    **means,
                    "luck": means["dev"] - means["search_dev"],
                    "shift": means["eval"] - means["dev"],
                    "adapted": means["second"] - means["dev"],
                    "unlike": means["eval"] - means["second"],
                    "optimism": total.mean,
                    # Two error rates differ by 1 at most, whatever Student's t makes of two repeats.
                    "low": float(np.clip(total.low, -1.0, 1.0)),
                    "high": float(np.clip(total.high, -1.0, 1.0)),
                }
            )
        return describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)

    def applies(self, frame: pd.DataFrame) -> bool:
        return not frame.empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        if frame.empty:
            return None
        figure = go.Figure()
        for name, title, colour, _ in _parts(frame):
            figure.add_bar(
                x=frame[name],
                y=frame["system"],
                orientation="h",
                name=title,
                marker={"color": colour},
                hovertemplate="%{y}: %{x:+.2%}",
            )
        figure.update_layout(
            figure_style.base_layout(caption_of(frame), barmode="group", height=170 + 60 * len(frame))
        )
        figure.update_xaxes(figure_style.percent_axis("error rate, difference", zeroline=True))
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        if frame.empty:
            return None
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.9 + 0.6 * len(frame))
        axes = figure.subplots()
        figure_style.dress(axes)
        axes.grid(visible=False, axis="y")
        axes.axvline(0, color=palette.LIGHT.text, lw=1)
        bars, parts = [], _parts(frame)
        width = 0.72 / len(parts)
        for place, (name, title, colour, _) in enumerate(parts):
            centres = [row + width * (place - (len(parts) - 1) / 2) for row in range(len(frame))]
            bars.append(axes.barh(centres, frame[name], height=width - 0.02, color=colour, label=title))
        axes.set_yticks(range(len(frame)), list(frame["system"]))
        axes.invert_yaxis()
        axes.set_xlabel("difference of error rates", fontsize=10)
        figure_style.in_percent(axes, "x")
        figure_style.legend_below(figure, bars, 2)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        parts = _parts(frame)
        errors = {"search_dev": "dev in the search", "dev": "dev", "second": "second dev", "eval": "eval"}
        if SHIFT in parts:
            del errors["second"]
        heads = [head for _, _, _, head in parts]
        numbers = ["repeats", *errors.values(), *heads, "optimism", "95 % interval"]
        rows = [
            [
                tables.escape(row["system"]),
                str(row["repeats"]),
                *(tables.error(row[name]) for name in errors),
                *(tables.points(row[name]) for name, *_ in parts),
                tables.points(row["optimism"]),
                tables.span(row["low"], row["high"]),
            ]
            for _, row in frame.iterrows()
        ]
        return f"Errors in percent, differences in points:\n\n{tables.table(['system', *numbers], rows, right=numbers)}"


def _parts(frame: pd.DataFrame) -> tuple[tuple[str, str, str, str], ...]:
    return (LUCK, ADAPTED, UNLIKE) if frame["second"].notna().all() else (LUCK, SHIFT)
