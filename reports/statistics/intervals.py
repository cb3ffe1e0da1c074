"""Intervals of means, of error rates and of resampled curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: What is less likely than this by chance alone counts as shown.
ALPHA = 0.05
LEVEL = 1 - ALPHA

#: From so many repeats on a bootstrap is worth printing; with fewer it cannot leave the few values there are.
BOOTSTRAP_FROM = 5

DRAWS = 4_000


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % confidence interval; low and high are NaN for a single value."""

    mean: float
    low: float
    high: float
    count: int

    def within(self, lowest: float, highest: float) -> Interval:
        """Cut off where no value can lie, whatever Student's t makes of two of them."""
        low, high = (float(np.clip(value, lowest, highest)) for value in (self.low, self.high))
        return replace(self, low=low, high=high)


def mean_interval(values: ArrayLike, level: float = LEVEL) -> Interval:
    """Student's interval of the mean (1908, Biometrika 6), which holds for a few values where a bootstrap is too narrow.

    values: shape (n,), n at least 1, in any unit; low and high have it too, and are NaN for a single value.
    """
    from scipy import special

    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    if len(array) < 2:
        return Interval(mean, math.nan, math.nan, len(array))
    quantile = special.stdtrit(len(array) - 1, (1 + level) / 2)
    half = float(quantile * array.std(ddof=1) / math.sqrt(len(array)))
    return Interval(mean, mean - half, mean + half, len(array))


def bootstrap_band(
    curves: NDArray[np.float64], draws: int = 1_000
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % bootstrap band of the mean of curves, shape (repeats, points): whole curves are drawn again.

    Percentiles further out than 2.5 and 97.5, by as much as Student's interval of so few values is wider than the
    normal one (the expanded percentile interval of Hesterberg 2015, The American Statistician 69): the plain
    percentiles (Efron 1979) hold the mean of 7 values in 85 of 100 cases. A band never leaves the curves, so that
    it stays too narrow below BOOTSTRAP_FROM of them. Points at which a curve has no value yet (NaN) have no
    band; nor has a single curve.
    """
    repeats, points = curves.shape
    if repeats < 2:
        nothing = np.full(points, np.nan)
        return nothing, nothing
    rng = np.random.default_rng(0)
    picks = rng.integers(repeats, size=(draws, repeats))
    low, high = np.quantile(curves[picks].mean(axis=1), expanded(repeats), axis=0)
    return low, high


def bootstrap_interval(values: ArrayLike) -> Interval:
    """The same of the mean of single values; NaN below BOOTSTRAP_FROM of them."""
    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    if len(array) < BOOTSTRAP_FROM:
        return Interval(mean, math.nan, math.nan, len(array))
    low, high = bootstrap_band(array[:, None], DRAWS)
    return Interval(mean, float(low[0]), float(high[0]), len(array))


def ratio_interval(parts: ArrayLike, sizes: ArrayLike, level: float = LEVEL) -> Interval:
    """The bootstrap interval of sum(parts) / sum(sizes), where units are drawn again with all that is theirs.

    For samples that come in clusters: parts are the wrong answers for each patient, or the difference of two systems'
    wrong answers, and sizes the samples of each. NaN below BOOTSTRAP_FROM units.
    """
    own, weights = np.asarray(parts, dtype=float), np.asarray(sizes, dtype=float)
    ratio = float(own.sum() / weights.sum())
    if len(own) < BOOTSTRAP_FROM:
        return Interval(ratio, math.nan, math.nan, len(own))
    picks = np.random.default_rng(0).integers(len(own), size=(DRAWS, len(own)))
    drawn = own[picks].sum(axis=1) / weights[picks].sum(axis=1)
    low, high = np.quantile(drawn, expanded(len(own), level))
    return Interval(ratio, float(low), float(high), len(own))


def wilson(wrong: float, samples: int, level: float = LEVEL) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927, Journal of the American Statistical Association 22).

    It stays within [0, 1] and keeps about its level for few samples and for rates near 0 and 1 (Brown, Cai
    and DasGupta 2001, Statistical Science 16), where the normal interval shrinks to nothing. wrong: a count;
    a mean of counts over trainings is taken for one.
    """
    z = normal_quantile((1 + level) / 2)
    share = wrong / samples
    scale = 1 + z**2 / samples
    centre = (share + z**2 / (2 * samples)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / samples + z**2 / (4 * samples**2))
    # Rounding must not leave the share itself outside where it is 0 or 1.
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def spearman_interval(correlation: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a rank correlation of `count` pairs, from Fisher's z with the variance of Bonett and Wright
    (2000, Psychometrika 65). correlation: between −1 and 1, neither of them; count: at least 4."""
    half = normal_quantile((1 + LEVEL) / 2) * math.sqrt((1 + correlation**2 / 2) / (count - 3))
    centre = math.atanh(correlation)
    return math.tanh(centre - half), math.tanh(centre + half)


def normal_quantile(probability: float) -> float:
    """The quantile of the standard normal distribution: 1.96 for 0.975."""
    from scipy import special

    return float(special.ndtri(probability))


def expanded(count: int, level: float = LEVEL) -> NDArray[np.float64]:
    """The two percentiles, as fractions, that make a bootstrap of `count` values as wide as
    Student's interval."""
    from scipy import special

    reach = math.sqrt(count / (count - 1)) * special.stdtrit(count - 1, (1 + level) / 2)
    return np.asarray(special.ndtr([-reach, reach]))
