"""Several systems over the same blocks: repeats of one study, or data sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.intervals import BOOTSTRAP_FROM, LEVEL, bootstrap_band
from reports.statistics.paired import Paired, compare
from reports.statistics.permutation import friedman, holm, ranks


@dataclass(frozen=True)
class Pair:
    """The differences first − second: positive where first has the higher errors."""

    first: str
    second: str
    paired: Paired


@dataclass(frozen=True)
class Several:
    """Systems over complete blocks, and what tests make of them (Demšar 2006, JMLR 7).

    errors: shape (blocks, systems). mean_ranks: 1 for the lowest error in a block; rank_low, rank_high: their 95 %
    bootstrap interval over blocks, NaN below 5 of them. overall: the p-value of "all are alike" (Friedman; sign flips for
    two systems). critical_difference: of mean ranks after Nemenyi (1963), asymptotic; NaN for two systems.
    reference: what all others are compared with; None where each is compared with each.
    pairs: these comparisons, corrected after Holm. groups: systems, by mean rank, of which no two are told apart, as
    the longest runs of neighbours; empty where there is a reference, as then not all pairs are tested.
    """

    names: tuple[str, ...]
    errors: NDArray[np.float64]
    mean_ranks: NDArray[np.float64]
    rank_low: NDArray[np.float64]
    rank_high: NDArray[np.float64]
    overall: float
    critical_difference: float
    reference: str | None
    pairs: tuple[Pair, ...]
    groups: tuple[tuple[str, ...], ...]

    @property
    def blocks(self) -> int:
        """How many blocks every system was measured on."""
        return len(self.errors)

    @property
    def by_rank(self) -> tuple[str, ...]:
        """Names, the lowest mean rank first; equal ones in the order given."""
        return tuple(self.names[place] for place in np.argsort(self.mean_ranks, kind="stable"))

    def against(self, name: str) -> Paired | None:
        """What `name` less the reference is; None for the reference itself and where there is none."""
        found = (pair.paired for pair in self.pairs if (pair.first, pair.second) == (name, self.reference))
        return next(found, None)


def compare_systems(
    names: Sequence[str], errors: ArrayLike, reference: str | None = None, ranked: bool = False
) -> Several:
    """Ranks, tests and effects of at least two systems over at least one block.

    errors: shape (blocks, systems), all finite. ranked: pairs are tested by ranks of their differences (Wilcoxon), for
    blocks without a common scale such as data sets. Pairs are tested by themselves and not by mean ranks, which change
    with the other systems that take part (Benavoli, Corani and Mangili 2016, JMLR 17). Raises ValueError for another
    shape, values that are not finite, or a reference that is no system.
    """
    table = np.asarray(errors, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(names) or len(names) < 2 or not len(table):
        raise ValueError(f"errors have one column a system and one row a block, not shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("errors are finite; leave out blocks in which a system has none")
    if reference is not None and reference not in names:
        raise ValueError(f"the reference {reference} is none of {', '.join(names)}")
    column = dict(zip(names, table.T, strict=True))
    tested = (
        [(name, reference) for name in names if name != reference]
        if reference is not None
        else list(itertools.combinations(names, 2))
    )
    single = [compare(column[first] - column[second], len(tested), ranked) for first, second in tested]
    corrected = holm([one.p for one in single])
    pairs = tuple(
        Pair(first, second, one.among(p))
        for (first, second), one, p in zip(tested, single, corrected, strict=True)
    )
    own = ranks(table)
    low, high = bootstrap_band(own) if len(table) >= BOOTSTRAP_FROM else (np.full(len(names), math.nan),) * 2
    mean_ranks = own.mean(axis=0)
    return Several(
        names=tuple(names),
        errors=table,
        mean_ranks=mean_ranks,
        rank_low=low,
        rank_high=high,
        overall=friedman(table) if len(names) > 2 else single[0].p,
        critical_difference=_critical_difference(len(names), len(table)),
        reference=reference,
        pairs=pairs,
        groups=() if reference is not None else _groups(names, mean_ranks, pairs),
    )


def _critical_difference(systems: int, blocks: int) -> float:
    from scipy import stats

    if systems < 3:
        return math.nan
    quantile = stats.studentized_range.ppf(LEVEL, systems, math.inf) / math.sqrt(2)
    return float(quantile * math.sqrt(systems * (systems + 1) / (6 * blocks)))


def _groups(
    names: Sequence[str], mean_ranks: NDArray[np.float64], pairs: Sequence[Pair]
) -> tuple[tuple[str, ...], ...]:
    apart = {frozenset((pair.first, pair.second)) for pair in pairs if pair.paired.shown}
    ordered = [names[place] for place in np.argsort(mean_ranks, kind="stable")]
    runs: list[tuple[str, ...]] = []
    for start in range(len(ordered)):
        stop = start + 1
        while stop < len(ordered) and not any(
            frozenset((ordered[stop], one)) in apart for one in ordered[start:stop]
        ):
            stop += 1
        run = tuple(ordered[start:stop])
        if not runs or not set(run) <= set(runs[-1]):
            runs.append(run)
    return tuple(runs)
