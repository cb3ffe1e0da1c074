"""What each search did with its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of, describe
from tuners.record import TrialState
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Columns of counts, in the order of the table. "repeated": asked for again, told again, not trained.
COUNTS = ("complete", "pruned", "degenerate", "failed", "cancelled", "repeated", "running")


class Search(Section):
    name = "search"
    title = "Searches"
    lead = (
        "How many trials each search trained and what became of them. Degenerate: predicts one class for everything; "
        "repeated: a configuration that had been trained before, whose result was told again at no cost."
    )
    position = 50

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system. `seconds` is the training time summed over trials, `overhead` the tuner's own."""
        summary = summarize(store, study_name)
        trials = store.trials(study_name)
        notes = {system.label: system.note for system in store.systems(study_name)}
        rows = []
        for row in summary.systems:
            mine = [trial for trial in trials if trial.system == row.label]
            extra = {
                "repeated": sum(trial.repeat_of is not None for trial in mine),
                "running": sum(trial.state == TrialState.RUNNING for trial in mine),
            }
            counts = (
                dict.fromkeys(COUNTS, 0) | {state: row.states.get(state, 0) for state in COUNTS[:5]} | extra
            )
            times = {"seconds": row.seconds, "overhead": row.overhead, "ended": notes[row.label]}
            rows.append({"system": row.label, "trials": row.trials} | counts | {"epochs": row.epochs} | times)
        columns = ["system", "trials", *COUNTS, "epochs", "seconds", "overhead", "ended"]
        return describe(pd.DataFrame(rows, columns=columns), summary.study)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        states = _seen(frame)
        if not states:
            return None
        figure = go.Figure()
        for state in states:
            figure.add_bar(
                x=frame[state],
                y=frame["system"],
                orientation="h",
                name=state,
                marker={"color": palette.STATES[state]},
                hovertemplate="%{y}: %{x}",
            )
        figure.update_layout(
            figure_style.base_layout(caption_of(frame), barmode="stack", height=170 + 40 * len(frame))
        )
        figure.update_xaxes(figure_style.plain_axis("trials", rangemode="tozero"))
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import MaxNLocator

        states = _seen(frame)
        if not states:
            return None
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.8 + 0.42 * len(frame))
        axes = figure.subplots()
        figure_style.dress(axes)
        axes.grid(visible=False, axis="y")
        left = pd.Series(0, index=frame.index)
        bars = []
        for state in states:
            bars.append(
                axes.barh(frame["system"], frame[state], left=left, color=palette.STATES[state], label=state)
            )
            left = left + frame[state]
        axes.invert_yaxis()
        axes.set_xlabel("trials", fontsize=10)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure_style.legend_below(figure, bars, 7)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        # A column of zeros would only push the others out of sight; the lead says what there could be.
        shown = [
            "trials",
            *(state for state in COUNTS if state == "complete" or frame[state].any()),
            "epochs",
        ]
        rows = [
            [tables.escape(row["system"]), *(tables.count(row[name]) for name in shown), _why(row["ended"])]
            for _, row in frame.iterrows()
        ]
        return tables.table(["system", *shown, "ended by"], rows, right=shown)


def _seen(frame: pd.DataFrame) -> list[str]:
    return [state for state in COUNTS if frame[state].sum() > 0]


def _why(note: str) -> str:
    """The note of a system without its first words, which the head of the column says."""
    return tables.escape(note.removeprefix("search ended: ")) or "not ended"
