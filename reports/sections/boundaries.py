"""Whether the best values lie at the edge of the space, and how often a search asked for the same again."""

from __future__ import annotations

import math

import pandas as pd

from reports import tables
from reports.section import Section
from reports.trial_frame import Axis, enough, is_winner, of_system, trial_frame
from tuners.space import Choice, Float, Int
from tuners.store import Store

#: How near to an end of its range, as a share of the range on its scale, a value counts as lying there.
NEAR = 0.02

#: Share of the best tenth that lies at one end, from which this is worth a warning; fewer trials show nothing.
MANY, FEWEST_BEST = 0.5, 5

#: An end that more even draws than these hit is reached by chance.
RARE = 0.1

COLUMNS = ["system", "parameter", "end", "value", "range", "winner", "best", "chance", "advice"]


class Boundaries(Section):
    name = "boundaries"
    title = "Edges of the space, and repeated trials"
    lead = (
        "Where the best trials sit at an end of a range, better values may lie beyond it: widen the space there and "
        "search again. By chance alone a value lies there as often as the column says; a range of few values has most "
        "of them at its ends. Ends that cannot move (a dropout of 0) are no fault."
    )
    position = 55

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a warning.

        winner: whether the trial with the lowest dev error lies at that end; best: the share of the best
        tenth of the completed trials that does; chance: the share of an even draw.
        attrs: "repeats" (told-again and all suggestions, a pair a system), "unknown" (systems recorded
        without the numbers of their space, which are not judged).
        """
        trials = trial_frame(store, study_name)
        rows = []
        for label, axes in trials.attrs["axes"].items():
            trials.attrs["system"] = label
            own = of_system(trials)
            best_rows = is_winner(own)
            own.attrs = {}  # pandas copies them with every selection
            complete = own[own["state"] == "complete"]
            best = complete.nsmallest(math.ceil(len(complete) / 10), "dev_error")
            for axis in axes:
                if axis.exact and axis.ordered:
                    rows += _warnings(label, axis, own[best_rows], best)
        frame = pd.DataFrame(rows, columns=COLUMNS)
        frame.attrs = dict(trials.attrs)
        frame.attrs["repeats"] = {
            label: (int(part["repeat_of"].notna().sum()), len(part))
            for label, part in trials.groupby("system")
        }
        frame.attrs["unknown"] = [
            label for label, axes in trials.attrs["axes"].items() if axes and not axes[0].exact
        ]
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return enough(frame)

    def markdown(self, frame: pd.DataFrame) -> str:
        blocks = []
        if not frame.empty:
            rows = [
                [
                    tables.escape(row["system"]),
                    tables.escape(row["advice"]),
                    tables.DASH if pd.isna(row["best"]) else f"{100 * row['best']:.0f}",
                    f"{100 * row['chance']:.0f}",
                ]
                for _, row in frame.iterrows()
            ]
            head = ["system", "what lies at an edge", "of the best tenth in %", "by chance in %"]
            blocks.append(tables.table(head, rows, right=head[2:]))
        elif len(frame.attrs["unknown"]) < len(frame.attrs["axes"]):
            blocks.append("No best trial lies at an edge of its space.")
        blocks += [f"- {text}" for text in repeated(frame)]
        for label in frame.attrs["unknown"]:
            blocks.append(
                f"- {tables.escape(label)} was recorded without the numbers of its search space: its edges are not known."
            )
        return "\n\n".join(blocks[:1]) + ("\n\n" + "\n".join(blocks[1:]) if len(blocks) > 1 else "")


def repeated(frame: pd.DataFrame) -> list[str]:
    """A sentence a system on how often it asked for what it had asked for before."""
    return [
        f"{tables.escape(label)} asked for {again:,} of {count:,} configurations again ({100 * again / count:.0f} %)."
        for label, (again, count) in frame.attrs["repeats"].items()
        if count
    ]


def _warnings(label: str, axis: Axis, winner: pd.DataFrame, best: pd.DataFrame) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if len(axis.few) == 1 or (isinstance(axis.domain, Choice) and len(axis.domain.options) < 2):
        return found
    if axis.column not in best:  # no trial had it: a sixth layer where none was as deep
        return found
    values = best[axis.column].dropna()
    places = axis.positions(values)
    won = winner[axis.column].dropna()
    for end, limit in (("lower", 0.0), ("upper", 1.0)):
        near = abs(places - limit) <= NEAR + 1e-9
        share = float(near.mean()) if len(values) >= FEWEST_BEST else math.nan
        at_end = bool((abs(axis.positions(won) - limit) <= NEAR + 1e-9).any())
        even = chance(axis)
        # Twice what chance brings: of three values one in three lies at an end anyway, and one winner there
        # is no sign where the next best lie elsewhere.
        crowd = share >= min(1.0, max(MANY, 2 * even))
        if not crowd and (not at_end or (even > RARE and not math.isnan(share))):
            continue
        value = won.iloc[0] if at_end else values[near].mode().iloc[0]
        found.append(
            {
                "system": label,
                "parameter": axis.name,
                "end": end,
                "value": _number(value),
                "range": _range(axis),
                "winner": at_end,
                "best": share,
                "chance": even,
                "advice": f"{axis.name} = {_number(value)}{'' if at_end else ' (best tenth)'} lies at the {end} end "
                f"({_range(axis)}): widen the space {'downwards' if end == 'lower' else 'upwards'}",
            }
        )
    return found


def chance(axis: Axis) -> float:
    """The share of an even draw that lies at one end."""
    match axis.domain:
        case Choice(options):
            return 1 / len(options)
        case Int(low, high, step, log=False):
            last = (high - low) // step
            return (math.floor(NEAR * last) + 1) / (last + 1)
    return NEAR


def _range(axis: Axis) -> str:
    match axis.domain:
        case Float(low, high, log) | Int(low, high, log=log):
            return f"{_number(low)} to {_number(high)}" + (", log" if log else "")
        case Choice(options):
            return f"{_number(options[0])} to {_number(options[-1])}"
    return ""


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
