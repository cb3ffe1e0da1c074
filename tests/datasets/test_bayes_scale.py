"""Neighbours, spanning trees and densities against plain computations of the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from datasets.bayes_error import estimators
from datasets.bayes_error._kernel_density import Grid, Places, smoother
from datasets.bayes_error._neighbours import class_votes, closed_and_left_out, errors_by_k, k_grid
from datasets.bayes_error._spanning_tree import MOST_POINTS, spanning_tree
from datasets.errors import UsageError
from datasets.types import Samples

CLASSES = 3


def drawn(n: int, dimensions: int = 2, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, n)
    return Samples(rng.normal(size=(n, dimensions)) + y[:, None], y)


def brute_votes(reference: Samples, query: Samples, k: int, leave_out: bool = False) -> NDArray[np.int64]:
    """Votes by sorting all distances, one point at a time."""
    votes = np.zeros((len(query), CLASSES), dtype=np.int64)
    for row, point in enumerate(query.x):
        distances = np.linalg.norm(reference.x - point, axis=1)
        if leave_out:
            distances[row] = np.inf
        for neighbour in np.argsort(distances, kind="stable")[:k]:
            votes[row, reference.y[neighbour]] += 1
    return votes


@pytest.mark.parametrize("dimensions", [2, 5, 30])  # tree, tree, all distances
def test_votes_are_those_of_all_distances_sorted(dimensions: int) -> None:
    reference, query = drawn(300, dimensions), drawn(90, dimensions, seed=1)
    for k in (1, 4, 25):
        expected = brute_votes(reference, query, k)
        assert np.array_equal(class_votes(reference, query, k=k, classes=CLASSES), expected)
        left_out = class_votes(reference, k=k, classes=CLASSES, leave_out=True)
        assert np.array_equal(left_out, brute_votes(reference, reference, k, leave_out=True))


def test_a_curve_over_k_has_the_errors_of_single_ks_and_ties_go_to_the_smaller_class() -> None:
    reference, query = drawn(300), drawn(90, seed=1)
    curve = errors_by_k(reference, query, ks=(4, 1, 10), classes=CLASSES)
    assert list(curve) == [1, 4, 10]
    tied = 0
    for k, error in curve.items():
        votes = brute_votes(reference, query, k)
        tied += int((np.sort(votes, axis=1)[:, -1] == np.sort(votes, axis=1)[:, -2]).sum())
        guesses = [min(c for c in range(CLASSES) if row[c] == max(row)) for row in votes.tolist()]
        assert error == np.mean(np.array(guesses) != query.y)
    assert tied > 0


@pytest.mark.parametrize("dimensions", [2, 30])
def test_both_errors_from_one_query_are_those_of_two(dimensions: int) -> None:
    samples = drawn(250, dimensions)
    closed, left_out = closed_and_left_out(samples, (1, 2, 9), CLASSES)
    assert closed == errors_by_k(samples, ks=(1, 2, 9), classes=CLASSES)
    assert left_out == errors_by_k(samples, ks=(1, 2, 9), classes=CLASSES, leave_out=True)
    assert closed[1] == 0 < left_out[1]


def test_a_point_is_left_out_and_its_duplicates_are_not() -> None:
    # Four points at one place: one of class 1 among three of class 0; and one pair of class 1 far away.
    x = np.array([[0.0, 0.0]] * 4 + [[9.0, 9.0]] * 2)
    samples = Samples(x, np.array([0, 0, 0, 1, 1, 1]))
    votes = class_votes(samples, k=3, classes=2, leave_out=True)
    assert votes[:4].tolist() == [[2, 1], [2, 1], [2, 1], [3, 0]]
    # More duplicates than k: whichever are nearest, none of them is the point itself.
    alone = Samples(np.zeros((50, 2)), np.array([1] + [0] * 49))
    assert class_votes(alone, k=3, classes=2, leave_out=True)[0].tolist() == [3, 0]


def test_more_neighbours_than_points_is_refused_in_plain_words() -> None:
    samples = drawn(10)
    with pytest.raises(UsageError, match=r"k = 10 needs as many other points; there are 9\."):
        closed_and_left_out(samples, (1, 10), CLASSES)
    assert k_grid(10) == (1, 3, 5)
    assert k_grid(1) == (1,)


def length_of(points: NDArray[np.float64], edges: NDArray[np.int64]) -> float:
    return float(np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1).sum())


def shortest_tree(points: NDArray[np.float64]) -> float:
    """The length of a minimum spanning tree of distinct points by scipy, from all distances."""
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import cdist

    return float(minimum_spanning_tree(cdist(points, points)).sum())


@pytest.mark.parametrize(
    "points",
    [
        np.random.default_rng(0).normal(size=(200, 2)),
        np.random.default_rng(1).normal(size=(120, 7)),
        np.random.default_rng(2).integers(0, 6, (150, 2)).astype(float),  # coincident points
        np.outer(np.random.default_rng(3).normal(size=60), [1.0, -2.0]),  # on one line
        1e5 + np.random.default_rng(4).normal(size=(100, 2)),  # far from the origin
        np.ones((5, 2)),  # all at one place
        np.ones((1, 2)),
    ],
    ids=["plane", "seven", "coincident", "line", "far", "one-place", "one"],
)
def test_a_tree_joins_all_points_and_none_is_shorter(points: NDArray[np.float64]) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = spanning_tree(points, np.random.default_rng(0))
    n = len(points)
    assert edges.shape == (n - 1, 2)
    graph = coo_array((np.ones(n - 1), (edges[:, 0], edges[:, 1])), shape=(n, n))
    assert connected_components(graph, directed=False)[0] == 1
    assert length_of(points, edges) == pytest.approx(shortest_tree(np.unique(points, axis=0)), rel=1e-9)


def test_coincident_points_sorted_by_class_are_as_mixed_as_shuffled_ones() -> None:
    # Two classes with nothing between them, at four places: half of all edges are between classes.
    x = np.tile([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], (100, 1))
    samples = Samples(x, np.repeat([0, 1], 200))
    found = estimators()["henze-penrose"].estimate(samples)
    assert found.upper == pytest.approx(0.5, abs=0.08)


def test_a_tree_of_many_points_with_many_features_is_refused() -> None:
    points = np.random.default_rng(0).random((MOST_POINTS + 1, 3))
    with pytest.raises(UsageError, match="give at most 20,000 points"):
        spanning_tree(points, np.random.default_rng(0))


@pytest.mark.parametrize("bandwidth", [0.05, 0.2])
def test_densities_on_a_grid_are_those_summed_over_kernels(bandwidth: float) -> None:
    from scipy.stats import gaussian_kde

    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 2))
    # gaussian_kde scales its kernel by the points' covariance; points along the axes are used as they are.
    points = np.linalg.solve(np.linalg.cholesky(np.cov(points.T)), (points - points.mean(axis=0)).T).T
    grid = Grid.over(points, 512, 0.5)
    places = Places.on(grid, points)
    everyone = np.ones(300, dtype=bool)
    counts = places.counts(everyone)
    assert counts.sum() == pytest.approx(300)
    ours = places.interpolate(smoother(counts, grid)(bandwidth), everyone) / 300
    exact = gaussian_kde(points.T, bw_method=bandwidth)(points.T)
    assert ours == pytest.approx(exact, rel=0.1)
    assert ours.mean() == pytest.approx(exact.mean(), rel=0.01)


def test_the_density_rule_is_near_the_bayes_error_and_says_where_it_cannot_be() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    x = rng.normal(size=(4000, 2)) + np.column_stack([2.0 * y, 0 * y])  # truth: 15.87 %
    found = estimators()["kde-plugin"].estimate(Samples(x, y), {"grid": 256})
    assert found.low is not None and found.low < 0.1587 < found.value + 0.02
    assert found.upper == found.value and found.note == ""
    stretched = estimators()["kde-plugin"].estimate(
        Samples(np.vstack([x, [[1e5, 1e5]]]), np.append(y, 0)), {"grid": 256}
    )
    assert "coarser" in stretched.note or "largest" in stretched.note
    with pytest.raises(UsageError, match="two features, not 3"):
        estimators()["kde-plugin"].estimate(drawn(50, 3))
