"""Two systems over paired repeats: how large the difference is, and what so many pairs allow to say of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.intervals import ALPHA, Interval, bootstrap_interval, mean_interval
from reports.statistics.permutation import DECIMALS, pairs_needed, sign_flip, signed_ranks
from reports.statistics.power import detectable


@dataclass(frozen=True)
class Paired:
    """Differences first − second of values that belong together: same model, same seed of the repeat.

    interval: Student's 95 % interval of the mean difference. bootstrap: the same without the assumption of a bell
    curve; NaN below 5 pairs. p: of the test by flipping signs. corrected: as it counts among `tests` comparisons.
    effect: the mean difference in standard deviations of the differences, corrected for few pairs; NaN below 3 pairs and
    where all differences are the same. rank_biserial: from −1 (first lower in every pair) to 1. lower, higher: pairs
    in which first is lower or higher. spread: standard deviation of the differences; NaN for one pair.
    detectable: the smallest mean difference that so many pairs with that spread show in 80 of 100 comparisons; NaN where no
    scatter is known, infinite where they can show none. ranked: the test was one of ranks.
    """

    interval: Interval
    bootstrap: Interval
    p: float
    corrected: float
    tests: int
    effect: float
    rank_biserial: float
    lower: int
    higher: int
    spread: float
    detectable: float
    ranked: bool

    @property
    def pairs(self) -> int:
        """How many differences there are."""
        return self.interval.count

    @property
    def mean(self) -> float:
        """The mean difference, in the unit of the values."""
        return self.interval.mean

    @property
    def shown(self) -> bool:
        """Whether the test shows a difference, all comparisons that belong together considered."""
        return self.corrected < ALPHA

    @property
    def enough(self) -> bool:
        """Whether so many pairs could show any difference at all."""
        return self.pairs >= pairs_needed(self.tests)

    @property
    def first_is_lower(self) -> bool:
        """Which way the test points."""
        return (self.rank_biserial if self.ranked else self.mean) < 0

    @property
    def identical(self) -> bool:
        """Whether no pair differs at all."""
        return not self.lower and not self.higher

    def among(self, corrected: float) -> Paired:
        """The same with a p-value that another rule corrected, for example Holm's."""
        return replace(self, corrected=corrected)


def compare(differences: ArrayLike, tests: int = 1, ranked: bool = False) -> Paired:
    """What paired differences allow to say, for at least one pair.

    tests: comparisons that are looked at together; p is corrected after Bonferroni. ranked: the test flips the signs
    of ranks (Wilcoxon), for blocks without a common scale such as data sets; mean and intervals stay those of the
    differences. Raises ValueError for no pair or a value that is not finite.
    """
    array = np.asarray(differences, dtype=float)
    if not len(array) or not np.isfinite(array).all():
        raise ValueError("paired differences are finite numbers, one pair at least")
    array = np.where(np.abs(array) < 10.0**-DECIMALS, 0.0, array)
    p = sign_flip(signed_ranks(array) if ranked else array)
    spread = _spread(array)
    return Paired(
        interval=mean_interval(array),
        bootstrap=bootstrap_interval(array),
        p=p,
        corrected=min(1.0, tests * p),
        tests=tests,
        effect=_hedges(array, spread),
        rank_biserial=rank_biserial(array),
        lower=int((array < 0).sum()),
        higher=int((array > 0).sum()),
        spread=spread,
        detectable=detectable(spread, len(array), tests),
        ranked=ranked,
    )


def rank_biserial(differences: ArrayLike) -> float:
    """The matched-pairs rank-biserial correlation (Kerby 2014, Comprehensive Psychology 3): the share of the sum of
    ranks that speaks for "higher" less the share for "lower". 0 where nothing differs."""
    found = signed_ranks(differences)
    total = float(np.abs(found).sum())
    return float(found.sum()) / total if total else 0.0


def _spread(array: NDArray[np.float64]) -> float:
    if len(array) < 2:
        return math.nan
    spread = float(array.std(ddof=1))
    # Equal differences scatter by nothing but rounding.
    return spread if spread > 10.0**-DECIMALS else 0.0


def _hedges(array: NDArray[np.float64], spread: float) -> float:
    """Cohen's d of paired differences with the exact correction of Hedges (1981, Journal of Educational
    Statistics 6), without which few pairs make effects look larger than they are."""
    from scipy import special

    if len(array) < 3 or not spread:
        return math.nan
    free = len(array) - 1
    logarithm = special.gammaln(free / 2) - special.gammaln((free - 1) / 2)
    return float(math.exp(logarithm) / math.sqrt(free / 2) * array.mean() / spread)
