"""The plug-in rule with Gaussian kernel densities, scored on points that the densities have not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._kernel_density import Grid, Places, smoother
from datasets.bayes_error._normal_interval import normal_interval
from datasets.errors import UsageError
from datasets.types import Samples

#: Bandwidths that are tried, as shares of the standard deviation of all points: each 1.6 times the last.
BANDWIDTHS = np.geomspace(0.005, 0.5, 11)
#: Of the points' range, on each side of the grid: 2 of the largest bandwidth, as a range is at least two
#: standard deviations wide.
MARGIN = 0.5

Floats = NDArray[np.float64]


class KdePlugin(Estimator):
    """Densities of all folds but one score that one. The bandwidth, one for all classes, is the one whose
    posteriors have the smallest log-loss on the points left out.
    """

    name = "kde-plugin"
    title = "errors of the rule from Gaussian kernel densities on points left out (two features only)"
    formula = (
        "mean over points of [argmax_c n_c f_c,h(x) != y], f of the other folds, h by held-out log-loss;"
        " interval +- 1.96 sqrt(p (1 - p) / n)"
    )
    source = "Silverman, Density Estimation, 1986, ch. 6; binning by Wand 1994"
    defaults: ClassVar[Mapping[str, int]] = {"folds": 5, "grid": 512}

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        points = np.asarray(samples.x, dtype=np.float64)
        folds, n = settings["folds"], len(samples)
        if points.shape[1] != 2:
            raise UsageError(f"{self.name} is for two features, not {points.shape[1]}; use knn-midpoint")
        if not 2 <= folds <= n:
            raise UsageError(f"folds must be 2 to {n} (the number of points), not {folds}")
        spread = points.std(axis=0)
        points = (points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        grid = Grid.over(points, settings["grid"], MARGIN)
        places = Places.on(grid, points)
        fold = np.random.default_rng(seed).permutation(n) % folds
        counts = np.array(
            [
                [places.counts((fold == part) & (samples.y == label)) for label in range(classes)]
                for part in range(folds)
            ]
        )
        bandwidth = _best_bandwidth(counts, grid)
        wrong = 0
        for part in range(folds):
            out = fold == part
            densities = _densities(counts, part, grid)(bandwidth)
            scores = [places.interpolate(density, out) for density in densities]
            wrong += int(np.count_nonzero(np.argmax(scores, axis=0) != samples.y[out]))
        error = wrong / n
        # The true error rate of a rule cannot be below the Bayes error, which makes it an upper bound.
        interval = normal_interval(error, n)
        return Finding(
            error, None, error, *interval, {"bandwidth": round(bandwidth, 4)}, _note(bandwidth, grid)
        )


def _best_bandwidth(counts: Floats, grid: Grid) -> float:
    """The bandwidth whose posteriors have the smallest log-loss on the points left out.

    counts: shape (folds, classes, nodes, nodes). The loss is summed over nodes with their shares of points.
    """
    losses = np.zeros(len(BANDWIDTHS))
    for part, held in enumerate(counts):
        densities = _densities(counts, part, grid)
        there = held.sum(axis=0) > 0
        for i, bandwidth in enumerate(BANDWIDTHS):
            at_points = densities(bandwidth)[:, there]
            losses[i] -= (held[:, there] * np.log(at_points / at_points.sum(axis=0))).sum()
    return float(BANDWIDTHS[losses.argmin()])


def _densities(counts: Floats, part: int, grid: Grid) -> Callable[[float], Floats]:
    """By bandwidth: points of each class per unit of area, of all folds but one, shape (classes, nodes, nodes).

    One more point is spread evenly over the grid, in the classes' shares, so that the posterior far from all
    points is the prior and not 0 / 0.
    """
    everything = counts.sum(axis=0)
    smooth = smoother(everything - counts[part], grid)
    totals = everything.sum(axis=(1, 2), keepdims=True)
    one_more = totals / totals.sum() / (grid.nodes**2 * grid.step.prod())
    return lambda bandwidth: smooth(bandwidth) + one_more


def _note(bandwidth: float, grid: Grid) -> str:
    if grid.step.max() > 2 * bandwidth:
        return "the grid is coarser than the best bandwidth; a larger grid or fewer outliers would help"
    if bandwidth == BANDWIDTHS[-1]:
        return "the best bandwidth is the largest one tried"
    return ""
