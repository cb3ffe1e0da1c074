"""Neighbours, spanning trees and densities against plain computations of the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from datasets.bayes_error._neighbours import (
    class_votes,
    closed_and_left_out,
    errors_by_k,
    k_grid,
)
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
