"""How often a 95 % interval of few values holds the true mean, and how often a "visible" difference is seen.

    python benchmarks/statistics_coverage.py [--draws 1500]

Values from a bell curve, and skewed ones (log-normal, sigma 0.8). Prints the two markdown tables of docs/statistics.md.
The standard error of a share near 0.9 is below 0.01 with 1,500 draws.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reports.statistics import bootstrap_interval, detectable, mean_interval, pairs_needed, sign_flip
from reports.tables import table

COUNTS = (3, 5, 7, 10, 20)
PAIRS = (6, 7, 8, 10, 14, 20)
TESTS = (1, 2, 3)

Interval = Callable[[NDArray[np.float64]], tuple[float, float]]


def student(values: NDArray[np.float64]) -> tuple[float, float]:
    found = mean_interval(values)
    return found.low, found.high


def expanded(values: NDArray[np.float64]) -> tuple[float, float]:
    found = bootstrap_interval(values)
    return found.low, found.high


def scipys(method: str) -> Interval:
    """Another bootstrap, by SciPy."""

    def interval(values: NDArray[np.float64]) -> tuple[float, float]:
        found = stats.bootstrap(
            (values,), np.mean, method=method, n_resamples=1_000, rng=np.random.default_rng(0)
        )
        return found.confidence_interval.low, found.confidence_interval.high

    return interval


INTERVALS: dict[str, Interval] = {
    "Student": student,
    "bootstrap": expanded,
    "plain percentiles": scipys("percentile"),
    "BCa": scipys("BCa"),
}


def bell(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return rng.normal(size=count)


def skewed(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Their mean is 0."""
    return rng.lognormal(sigma=0.8, size=count) - np.exp(0.32)


def coverage(interval: Interval, draw: Callable[..., NDArray[np.float64]], count: int, draws: int) -> str:
    """The share of draws, or a dash where there is no such interval."""
    rng = np.random.default_rng(count)
    found = np.array([interval(draw(rng, count)) for _ in range(draws)])
    return "–" if np.isnan(found).all() else f"{np.mean((found[:, 0] <= 0) & (found[:, 1] >= 0)):.2f}"


def seen(pairs: int, tests: int, draws: int) -> str:
    """The share of comparisons in which a difference of the size called visible is seen."""
    if pairs < pairs_needed(tests):
        return "–"
    rng = np.random.default_rng(pairs)
    shift = detectable(1.0, pairs, tests)
    return f"{np.mean([tests * sign_flip(rng.normal(shift, 1.0, pairs)) < 0.05 for _ in range(draws)]):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1_500)
    draws = parser.parse_args().draws
    columns = [f"{name}, {shape}" for name in INTERVALS for shape in ("bell", "skewed")]
    rows = [
        [
            str(count),
            *(coverage(one, draw, count, draws) for one in INTERVALS.values() for draw in (bell, skewed)),
        ]
        for count in COUNTS
    ]
    print(table(["values", *columns], rows, right=["values", *columns]), end="\n\n")
    columns = [f"{tests} comparison{'s' * (tests != 1)}" for tests in TESTS]
    rows = [[str(pairs), *(seen(pairs, tests, draws) for tests in TESTS)] for pairs in PAIRS]
    print(table(["pairs", *columns], rows, right=["pairs", *columns]))


if __name__ == "__main__":
    main()
