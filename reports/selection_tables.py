"""The tables of the section "selection" and what is to be said of them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from reports import tables
from reports.section import systems_of
from reports.selection import SHORT_LIST
from tuners.record import REFERENCE

#: Numbers of trials of which the table has a row, beside the last one.
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def labels_of(frame: pd.DataFrame) -> list[str]:
    """Systems that have rows, in the order of the study."""
    return [label for label in systems_of(frame) if (frame["system"] == label).any()]


def last_rows(frame: pd.DataFrame, rule: str) -> pd.DataFrame:
    """The last row of every system by a rule."""
    return frame[frame["rule"] == rule].groupby("system", sort=False).tail(1)


def _table_rows(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Rows of the best and of the last epoch, side by side, at the numbers of trials that a table shows."""
    pairs = []
    for label in labels_of(frame):
        own = frame[frame["system"] == label]
        best = own[own["rule"] == "best"].set_index("trials")
        last = own[own["rule"] == "last"].set_index("trials")
        most = best.index.max()
        for count in best.index:
            if count in SHOWN or count == most:
                pairs.append((best.loc[count], last.loc[count] if count in last.index else None))
    return pairs


def measured(frame: pd.DataFrame) -> list[str]:
    """The paragraphs of a study with a second dev set."""
    numbers = [
        "trials", "dev", "second dev", "curse", "95 % interval",
        "dev, last epoch", "second dev, last epoch", "curse, last epoch",
    ]  # fmt: skip
    rows = [
        [
            tables.escape(best["system"]),
            str(best.name),
            tables.error(best["dev"]),
            tables.error(best["second"]),
            tables.points(best["curse"]),
            tables.span(best["curse_low"], best["curse_high"]),
            *(
                [tables.DASH] * 3
                if last is None
                else [tables.error(last["dev"]), tables.error(last["second"]), tables.points(last["curse"])]
            ),
        ]
        for best, last in _table_rows(frame)
    ]
    return [
        f"Errors in percent, differences in points, means over {_searches(frame)}:",
        tables.table(["system", *numbers], rows, right=numbers),
        _explained(frame),
        *_rechecked(frame),
    ]


def _explained(frame: pd.DataFrame) -> str:
    dev, second = (frame.attrs["sizes"][name] for name in ("dev", "second"))
    error = last_rows(frame, "best")["second"].mean()
    spread = tables.error(math.sqrt(error * (1 - error) / second))
    sentences = [
        "The error on the second dev set is free of the choice, the dev error is not.",
        f"The second dev set has {second:,} samples: one error on it has a standard error of about {spread} points.",
        "Dev and second dev also differ in how hard their samples happen to be, and all searches of a study share that "
        "difference. The curse leaves it out: it is the mean of second dev − dev, and of dev − second dev where the second "
        "dev set chooses trial and epoch. It is 0 in a search where both would choose alike.",
    ]
    if max(dev, second) > 1.1 * min(dev, second):
        sentences.append(
            f"As dev has {dev:,} samples, the two are of different sizes, and the curse is the mean of that of both."
        )
    sentences.append(
        "What all trials of a tuner owe to its having learnt from dev is left out as well. Intervals are Student's, over "
        "searches."
    )
    if frame["all_orders"].any():
        sentences.append(
            f"Rows of {REFERENCE} are means over all orders of its trials, as each was as likely."
        )
    return " ".join(sentences)


def _rechecked(frame: pd.DataFrame) -> list[str]:
    rows, numbers = (
        [],
        [
            "dev",
            "second dev",
            "dev of the other",
            "second dev of the other",
            "promised gain",
            "95 % interval",
        ],
    )
    best = last_rows(frame, "best").set_index("system")
    for _, row in frame[frame["rule"] == "recheck"].iterrows():
        winner = best.loc[row["system"]]
        errors = (winner["dev"], winner["second"], row["dev"], row["second"])
        rows.append(
            [
                tables.escape(row["system"]),
                *(tables.error(error) for error in errors),
                tables.points(-row["gap"]),
                tables.span(-row["gap_high"], -row["gap_low"]),
            ]
        )
    if not rows:
        return []
    return [
        f"The winner by dev, and the other that the second dev set would choose among the {SHORT_LIST} best by dev:",
        tables.table(["system", *numbers], rows, right=numbers),
        "The second dev error of that other network is a lowest of several too, and so is too low in its turn: on average the "
        "gain is at most the one promised here. Samples that chose neither would be needed to measure it; eval is scored for "
        "the winner by dev alone.",
    ]


def promised(frame: pd.DataFrame) -> list[str]:
    """The paragraphs of a study without one."""
    numbers = ["trials", "dev", "dev, last epoch", "eval of the winner, trained anew"]
    rows = [
        [
            tables.escape(best["system"]),
            str(best.name),
            tables.error(best["dev"]),
            tables.DASH if last is None else tables.error(last["dev"]),
            tables.error(best["eval"]),
        ]
        for best, last in _table_rows(frame)
    ]
    return [
        f"Errors in percent, means over {_searches(frame)}:",
        tables.table(["system", *numbers], rows, right=numbers),
        "This study has no second dev set (`--second-dev 0.5`), so nothing here tells how much of the fall of the dev error is "
        "luck. Eval was measured once, after the selection; it may be harder or easier than dev.",
    ]


def _searches(frame: pd.DataFrame) -> str:
    counts = sorted(set(frame["searches"]))
    if counts == [1]:
        return "one search a system"
    return f"{' to '.join(str(count) for count in (counts[0], counts[-1])[: len(counts)])} searches a system"
