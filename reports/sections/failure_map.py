"""Which values the trials had that gave no usable network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.section import Section, caption_of
from reports.trial_frame import TROUBLED, Axis, enough, of_system, trial_frame
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Parts of a range of numbers.
PARTS = 4

#: A part is worth a row of the report where it has so many troubled trials, and more than the share of all trials
#: brings by this many standard deviations.
FEWEST, DEVIATIONS = 3, 2.0

#: Rows of the report; a page shows all parts.
SHOWN = 12

#: Of shares from 0 to 1; dark text is readable on all of them.
COLOURS = [(0.0, "#F3F1EC"), (0.5, palette.ORANGE), (1.0, palette.VERMILLION)]

COLUMNS = [
    "system",
    "parameter",
    "values",
    "part",
    "trials",
    "troubled",
    "share",
    "overall",
    "pruned",
    "reason",
]


class FailureMap(Section):
    name = "failure-map"
    title = "Where trials failed"
    lead = (
        "Trials that failed or answer one class, of all trials with that value of a hyperparameter; the darker, the "
        "larger their share. The table lists values with clearly more of them than the average of the system. Two "
        "hyperparameters that went together in the search share the blame here."
    )
    position = 61

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a part of a hyperparameter's range (a quarter of it on its scale, or one of few values).

        troubled: trials that failed, were cancelled or answer one class; pruned: stopped by the tuner;
        reason: the most frequent one of the troubled trials.
        """
        trials = trial_frame(store, study_name)
        rows: list[dict[str, Any]] = []
        for label, axes in trials.attrs["axes"].items():
            trials.attrs["system"] = label
            own = of_system(trials)
            own.attrs = {}  # pandas copies them with every selection
            overall = float(own["state"].isin(TROUBLED).mean()) if len(own) else 0.0
            for axis in axes:
                for part, (text, chosen) in enumerate(_parts(axis, own)):
                    troubled = chosen[chosen["state"].isin(TROUBLED)]
                    rows.append(
                        {
                            "system": label,
                            "parameter": axis.name,
                            "values": text,
                            "part": part,
                            "trials": len(chosen),
                            "troubled": len(troubled),
                            "share": len(troubled) / len(chosen) if len(chosen) else float("nan"),
                            "overall": overall,
                            "pruned": int((chosen["state"] == "pruned").sum()),
                            "reason": _most(troubled["reason"]),
                        }
                    )
        frame = pd.DataFrame(rows, columns=COLUMNS)
        frame.attrs = dict(trials.attrs)
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return enough(frame) and not _striking(frame).empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        """The system of attrs["system"]: a row a hyperparameter, a cell a part of its range."""
        import plotly.graph_objects as go

        own = frame[frame["system"] == frame.attrs["system"]]
        if own.empty or not own["troubled"].any():
            return None
        names = list(dict.fromkeys(own["parameter"]))
        width = int(own["part"].max()) + 1
        z = np.full((len(names), width), np.nan)
        texts = np.full((len(names), width), "", dtype=object)
        hover = np.full((len(names), width), "", dtype=object)
        for row in own.to_dict("records"):
            at = names.index(row["parameter"]), row["part"]
            z[at] = row["share"]
            texts[at] = (
                f"{row['values'].replace(' to ', '<br>to ')}<br><b>{row['troubled']} of {row['trials']}</b>"
            )
            hover[at] = f"{row['reason']}<br>{row['pruned']} pruned" if row["pruned"] else row["reason"]
        figure = go.Figure()
        figure.add_heatmap(
            z=z,
            x=[str(part + 1) for part in range(width)],
            y=names,
            text=texts,
            texttemplate="%{text}",
            textfont={"size": 12, "color": palette.LIGHT.text},
            customdata=hover,
            hovertemplate="%{y} %{text}<br>%{customdata}<extra></extra>",
            hoverongaps=False,
            zmin=0,
            zmax=1,
            colorscale=COLOURS,
            xgap=3,
            ygap=3,
            colorbar={
                "orientation": "h",
                "y": -0.02,
                "yanchor": "top",
                "thickness": 14,
                "tickformat": ".0%",
            },
        )
        figure.update_layout(
            figure_style.base_layout(
                f"{frame.attrs['system']}, {caption_of(frame)}", height=140 + 66 * len(names)
            )
        )
        figure.update_layout(margin={"b": 60})
        figure.update_xaxes(visible=False)
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed", showgrid=False))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.patches import Rectangle

        own = frame[frame["system"] == frame.attrs["system"]]
        if own.empty or not own["troubled"].any():
            return None
        names = list(dict.fromkeys(own["parameter"]))
        title = f"{self.title}: {frame.attrs['system']}"
        figure = figure_style.new_figure(title, caption_of(frame), 1.2 + 0.42 * len(names))
        panel = figure.subplots()
        scale = LinearSegmentedColormap.from_list("troubled", [colour for _, colour in COLOURS])
        for row in own.to_dict("records"):
            x, y = row["part"], names.index(row["parameter"])
            colour = "#FFFFFF" if pd.isna(row["share"]) else scale(row["share"])
            panel.add_patch(Rectangle((x + 0.01, y - 0.46), 0.98, 0.92, facecolor=colour))
            text = f"{row['values']}: {row['troubled']} of {row['trials']}"
            panel.text(x + 0.5, y, text, ha="center", va="center", fontsize=8, color=palette.LIGHT.text)
        panel.set_xlim(0, own["part"].max() + 1)
        panel.set_ylim(len(names) - 0.5, -0.5)
        panel.set_yticks(range(len(names)), names, fontsize=10)
        panel.set_xticks([])
        panel.tick_params(length=0, colors=palette.LIGHT.text)
        for spine in panel.spines.values():
            spine.set_visible(False)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        found = _striking(frame)
        if found.empty:
            return "No value had clearly more failed trials than the others."
        rows = [
            [
                tables.escape(row["system"]),
                f"{tables.code(row['parameter'])} {tables.escape(row['values'])}",
                f"{row['troubled']} of {row['trials']}",
                f"{100 * row['share']:.0f}",
                f"{100 * row['overall']:.0f}",
                tables.escape(row["reason"]),
            ]
            for row in found.head(SHOWN).to_dict("records")
        ]
        numbers = ["trials", "share in %", "all trials in %"]
        text = tables.table(["system", "values", *numbers, "most frequent reason"], rows, right=numbers)
        if len(found) > SHOWN:
            text += f"\n\n… and {len(found) - SHOWN} more; the dashboard shows all of them."
        return text

    def alt(self, frame: pd.DataFrame) -> str:
        return f"Share of failed trials by hyperparameter, {frame.attrs['system']}, {caption_of(frame)}"


def shared_with(frame: pd.DataFrame, trial: pd.DataFrame) -> pd.DataFrame:
    """Rows of `FailureMap.frame` for values that clearly more troubled trials have than others, and this one too.

    trial: its row of `trial_frame`. The most striking value comes first.
    """
    label = trial["system"].iloc[0]
    found = _striking(frame[frame["system"] == label])
    own = {
        (axis.name, part)
        for axis in frame.attrs["axes"].get(label, [])
        if axis.column in trial
        for part, (_, chosen) in enumerate(_parts(axis, trial))
        if len(chosen)
    }
    return found[[pair in own for pair in zip(found["parameter"], found["part"], strict=True)]]


def _striking(frame: pd.DataFrame) -> pd.DataFrame:
    expected = frame["trials"] * frame["overall"]
    deviation = (expected * (1 - frame["overall"])) ** 0.5
    many = frame["troubled"] - expected >= DEVIATIONS * deviation
    found = frame[(frame["troubled"] >= FEWEST) & (frame["share"] > frame["overall"]) & many]
    return found.assign(excess=found["share"] - found["overall"]).sort_values(
        "excess", ascending=False, kind="stable"
    )


def _parts(axis: Axis, rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The values of each part as text, and the trials in it."""
    values = rows[axis.column]
    if axis.few:
        return [(str(value), rows[(values == value).fillna(False)]) for value in axis.few]
    places = axis.positions(values)
    part = np.clip(np.floor(places * PARTS), 0, PARTS - 1)
    texts = [f"{axis.at(n / PARTS)} to {axis.at((n + 1) / PARTS)}" for n in range(PARTS)]
    return [(text, rows[part == n]) for n, text in enumerate(texts)]


def _most(reasons: pd.Series) -> str:
    counted = Counter(str(reason) for reason in reasons if reason)
    return min(counted, key=lambda reason: (-counted[reason], reason), default="")
