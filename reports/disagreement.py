"""Where two systems answer differently, and which of them is right there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets.types import Samples
from reports import tables
from reports.surfaces import Surface, class_label

COLUMNS = ["first_answer", "second_answer", "points", "share", "first_right", "second_right", "neither"]

#: Of the row over all pairs of answers.
ALL = "all"


@dataclass(frozen=True)
class Disagreement:
    """Two systems on the grid of the first.

    places: where their answers differ, as the grid. points: those of the split that lie there; None without.
    """

    first: Surface
    second: Surface
    places: NDArray[np.bool_]
    points: Samples | None


def disagreement(first: Surface, second: Surface, samples: Samples | None) -> Disagreement:
    """What is drawn of two systems: places and points on which they differ."""
    grid = np.stack(np.meshgrid(first.x, first.y), axis=-1).reshape(-1, 2)
    places = first.classes != answers(second, grid).reshape(first.classes.shape)
    if samples is None:
        return Disagreement(first, second, places, None)
    differ = answers(first, samples.x) != answers(second, samples.x)
    return Disagreement(
        first, second, places, Samples(np.asarray(samples.x[differ]), np.asarray(samples.y[differ]))
    )


def answers(surface: Surface, points: NDArray[np.number]) -> NDArray[np.uint8]:
    """The class at the place of the grid that is nearest to each point."""
    return np.asarray(
        surface.classes[_nearest(surface.y, points[:, 1]), _nearest(surface.x, points[:, 0])], dtype=np.uint8
    )


def compare(
    first: Surface,
    second: Surface,
    samples: Samples,
    class_names: Sequence[str],
    recorded: Mapping[str, float],
) -> pd.DataFrame:
    """One row a pair of different answers that points of the split get, and a last row of all pairs.

    Columns `COLUMNS`: counts, and the share of the split's points. recorded: the split's error by system. `attrs`
    holds the systems and "off": how far an error read off the grid is from the recorded one, the larger of the two.
    """
    one, two = answers(first, samples.x), answers(second, samples.x)
    rows: list[list[object]] = []
    for left, left_name in enumerate(class_names):
        for right, right_name in enumerate(class_names):
            mine = (one == left) & (two == right)
            if left != right and mine.any():
                rows.append([left_name, right_name, *_counts(mine, one, two, samples)])
    rows.append([ALL, ALL, *_counts(one != two, one, two, samples)])
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.attrs["first"], frame.attrs["second"] = first.system, second.system
    frame.attrs["off"] = max(
        abs(float((given != samples.y).mean()) - recorded[surface.system])
        for surface, given in ((first, one), (second, two))
    )
    return frame


def sentence(frame: pd.DataFrame, split: str) -> str:
    """The whole in words, as one line of markdown."""
    total = frame.iloc[-1]
    names = [tables.escape(frame.attrs[place]) for place in ("first", "second")]
    text = (
        f"{names[0]} and {names[1]} answer differently on **{total['points']:,}** points of {split} "
        f"(**{tables.error(total['share'])} %**)."
    )
    if not total["points"]:
        return text
    rights = [
        f"{name} gets **{total[column]:,}** right ({tables.error(total[column] / total['points'])} %)"
        for name, column in zip(names, ("first_right", "second_right"), strict=True)
    ]
    neither = f", and neither is right on {total['neither']:,}" if total["neither"] else ""
    return f"{text} Of these {', '.join(rights)}{neither}."


def markdown(frame: pd.DataFrame) -> str:
    """The pairs of answers as a table; without its last column where one of the two is always right."""
    first, second = (tables.escape(frame.attrs[place]) for place in ("first", "second"))
    heads = [f"{first} answers", f"{second} answers"]
    numbers = ["points", "share, %", f"{first} right", f"{second} right", "neither"]
    wrong = frame["neither"].any()
    numbers = numbers if wrong else numbers[:-1]
    counted = ["first_right", "second_right", *(["neither"] if wrong else [])]
    rows = [
        [
            tables.escape(class_label(row["first_answer"])),
            tables.escape(class_label(row["second_answer"])),
            tables.count(row["points"]),
            tables.error(row["share"]),
            *(tables.count(row[column]) for column in counted),
        ]
        for _, row in frame.iterrows()
    ]
    return tables.table([*heads, *numbers], rows, right=numbers)


def _counts(
    mine: NDArray[np.bool_], one: NDArray[np.uint8], two: NDArray[np.uint8], samples: Samples
) -> list[object]:
    first, second = (int((mine & (given == samples.y)).sum()) for given in (one, two))
    count = int(mine.sum())
    # Where two answers differ, at most one of them is right.
    return [count, count / max(len(samples), 1), first, second, count - first - second]


def _nearest(axis: NDArray[np.float64], values: NDArray[np.number]) -> NDArray[np.intp]:
    """Index of the axis' value nearest to each; those beyond its ends belong to the ends."""
    return np.asarray(np.searchsorted((axis[1:] + axis[:-1]) / 2, values), dtype=np.intp)
