"""Which hyperparameters the dev error depends on."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of, describe, systems_of
from tuners.record import HAND
from tuners.store import Store
from tuners.trials import FEWEST, IMPORTANCE, judged

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

COLUMNS = ["system", "parameter", "importance", "trials", "within", "note"]

#: With more systems than these, the table of the report holds the first few hyperparameters of each.
MANY_SYSTEMS, FEW_ROWS = 3, 4

#: A forest that predicts less of the variance of unseen trials than this gives no ranking.
POOR = 0.2


class Importances(Section):
    name = "importances"
    title = "What mattered"
    lead = (
        "Share of the variance of the dev error that each hyperparameter explains alone over the whole space "
        "(functional ANOVA on a random forest, completed trials only, a log scale counted as it was searched). The "
        "rest is interaction and noise. The shares are those of the forest, so its fit says how far to trust them."
    )
    position = 51

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a parameter of an autotuned system, and one without a parameter where none could be judged.

        attrs: "fits" (R² of the cross-validated forest by system) and "judged" (completed trials by system).
        """
        study = store.study(study_name)
        stored = store.insights(study_name, IMPORTANCE)
        rows, fits, counts = [], {}, {}
        for system in store.systems(study_name):
            if system.tuner == HAND:
                continue
            count = counts[system.label] = len(judged(store.trials(study_name, system.label)))
            found = stored.get(system.label)
            if found is None:
                command = f"python -m tuners.insight {shlex.quote(study_name)}"
                rows.append({"system": system.label, "note": f"not computed yet: {command}"})
                continue
            fits[system.label] = found["fit"]
            note = found["note"]
            if found["trials"] != count:
                note = f"computed when {found['trials']:,} of now {count:,} trials were complete" + (
                    f"; {note}" if note else ""
                )
            own = [
                {
                    "system": system.label,
                    "parameter": row["parameter"],
                    "importance": row["value"],
                    "trials": row["trials"],
                    "within": row["within"],
                    "note": row["note"] or note,
                }
                for row in found["importances"]
            ]
            rows += own or [{"system": system.label, "note": note}]
        frame = describe(pd.DataFrame(rows, columns=COLUMNS), study)
        frame["importance"] = frame["importance"].astype(float)
        frame.attrs["fits"] = fits
        frame.attrs["judged"] = counts
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return any(count >= FEWEST for count in frame.attrs["judged"].values())

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        labels = _drawn(frame)
        if not labels:
            return None
        most = max(len(_rows(frame, label)) for label in labels)
        figure = make_subplots(rows=len(labels), cols=1, subplot_titles=labels, shared_xaxes=True)
        colours = palette.system_colours(systems_of(frame))
        for place, label in enumerate(labels, start=1):
            own = _rows(frame, label)
            figure.add_bar(
                x=own["importance"],
                y=[f"{name} " for name in own["name"]],
                orientation="h",
                marker={"color": colours[label]},
                text=[f"{100 * value:.0f} %" for value in own["importance"]],
                textposition="outside",
                cliponaxis=False,
                customdata=own["trials"],
                hovertemplate="%{y}: %{x:.1%} of the variance, %{customdata} trials<extra></extra>",
                showlegend=False,
                row=place,
                col=1,
            )
        figure.update_layout(
            figure_style.base_layout(caption_of(frame), height=60 + len(labels) * (70 + 32 * most))
        )
        figure.update_layout(margin={"t": 50, "b": 40})
        figure.update_xaxes(figure_style.percent_axis("", range=[0, 1.12], tickformat=".0%"))
        figure.update_xaxes(title={"text": "share of the variance"}, row=len(labels), col=1)
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed", showgrid=False))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        labels = _drawn(frame)
        if not labels:
            return None
        rows, columns = figure_style.arrange(len(labels), 3)
        most = max(len(_rows(frame, label)) for label in labels)
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.2 + rows * (0.7 + 0.28 * most))
        colours = palette.system_colours(systems_of(frame))
        panels = figure.subplots(rows, columns, sharex=True, squeeze=False)
        for place, axes in enumerate(panels.flat):
            if place >= len(labels):
                axes.set_visible(False)
                continue
            figure_style.dress(axes)
            axes.grid(visible=False, axis="y")
            own = _rows(frame, labels[place])
            bars = axes.barh(own["name"], own["importance"], color=colours[labels[place]])
            axes.bar_label(bars, [f"{100 * v:.0f} %" for v in own["importance"]], padding=3, fontsize=9)
            axes.invert_yaxis()
            axes.set_xlim(0, 1.15)
            axes.set_title(labels[place], fontsize=11)
            figure_style.in_percent(axes, "x")
            axes.set_xlabel("share of the variance", fontsize=10)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        listed = frame[frame["parameter"].notna()]
        short = listed["system"].nunique() > MANY_SYSTEMS
        if short:
            listed = listed.groupby("system", sort=False).head(FEW_ROWS)
        rows = [
            [
                tables.escape(row["system"]),
                tables.code(row["parameter"]) + _only(row["within"]),
                tables.DASH if pd.isna(row["importance"]) else f"{100 * row['importance']:.0f}",
                tables.count(row["trials"]),
                tables.escape(row["note"]) if pd.isna(row["importance"]) else "",
            ]
            for _, row in listed.iterrows()
        ]
        blocks = []
        if rows:
            head = ["system", "hyperparameter", "share in %", "trials", "remark"]
            blocks.append(tables.table(head, rows, right=("share in %", "trials")))
        blocks += [f"- {text}" for text in remarks(frame)]
        if short:
            blocks.append(f"- The {FEW_ROWS} highest shares of each system; the figure shows all of them.")
        return "\n\n".join(blocks[:1]) + ("\n\n" + "\n".join(blocks[1:]) if len(blocks) > 1 else "")


def remarks(frame: pd.DataFrame) -> list[str]:
    """What has to be said of each system: how well the forest fits, what is missing and why."""
    found = []
    for label, own in frame.groupby("system", sort=False):
        fit = frame.attrs["fits"].get(label)
        notes = list(dict.fromkeys(own.loc[own["importance"].notna() | own["parameter"].isna(), "note"]))
        text = "; ".join(tables.escape(note) for note in notes if note)
        if fit is not None:
            said = f"the forest predicts {max(0.0, 100 * fit):.0f} % of the variance of trials that it has not seen"
            if fit < POOR:
                said += ": too little to trust this ranking, more trials are needed"
            text = f"{said}; {text}" if text else said
        if text:
            found.append(f"{tables.escape(label)}: {text}.")
    return found


def _drawn(frame: pd.DataFrame) -> list[str]:
    """Systems with at least one importance, in the order of the study."""
    present = set(frame.loc[frame["importance"].notna(), "system"])
    return [label for label in systems_of(frame) if label in present]


def _rows(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The bars of a system, longest first; a star marks what only some trials have."""
    own = frame[(frame["system"] == label) & frame["importance"].notna()]
    own = own.assign(name=own["parameter"] + own["within"].map(lambda text: " *" if text else ""))
    return own.sort_values("importance", ascending=False, kind="stable")


def _only(within: object) -> str:
    return f" \\*, of trials with {tables.escape(within)}" if isinstance(within, str) and within else ""
