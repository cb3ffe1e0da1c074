"""The shape of values: do groups scatter differently, and do values follow a bell curve?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

#: Fewer values say nothing of their shape: the approximation of the kurtosis holds from about so many on.
SHAPE_FROM = 20


@dataclass(frozen=True)
class Spread:
    """Levene's F of groups: whether they scatter differently, not whether one is higher. first, second: its degrees of
    freedom. centre: around which the scatter was measured."""

    statistic: float
    p: float
    first: int
    second: int
    centre: Literal["mean", "median"]


@dataclass(frozen=True)
class Bell:
    """D'Agostino and Pearson's K² of values and the p-value of "they come from a bell curve"; a small p speaks against the
    bell curve, a large one is no proof of it."""

    statistic: float
    p: float
    count: int


def levene(groups: Sequence[ArrayLike], centre: Literal["mean", "median"] = "median") -> Spread:
    """Levene (1960, in Contributions to Probability and Statistics) around means; around medians that of Brown and
    Forsythe (1974, JASA 69), which holds its level for skewed values and is SciPy's default.

    groups: two or more, each of at least one finite value, all in one unit. Raises ValueError for a single group; F and p
    are NaN where no group scatters.
    """
    from scipy import stats

    arrays = [np.asarray(group, dtype=float) for group in groups]
    found = stats.levene(*arrays, center=centre)
    count = sum(len(array) for array in arrays)
    return Spread(float(found.statistic), float(found.pvalue), len(arrays) - 1, count - len(arrays), centre)


def levene_p(statistic: float, first: int, second: int) -> float:
    """The p-value of a printed F with its degrees of freedom: those between groups first, those within them second."""
    from scipy import special

    return float(special.fdtrc(first, second, statistic))


def bell(values: ArrayLike) -> Bell | None:
    """D'Agostino and Pearson (1973, Biometrika 60), from skewness and kurtosis; None below SHAPE_FROM values.

    values: shape (n,), finite, in any unit; K² and p are NaN where all are equal.
    """
    from scipy import stats

    array = np.asarray(values, dtype=float)
    if len(array) < SHAPE_FROM:
        return None
    found = stats.normaltest(array)
    return Bell(float(found.statistic), float(found.pvalue), len(array))


def bell_p(statistic: float) -> float:
    """The p-value of a printed K²: chi-square with two degrees of freedom."""
    from scipy import special

    return float(special.chdtrc(2, statistic))
