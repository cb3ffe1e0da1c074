"""Metrics of a confusion table, by hand and by scikit-learn; statistics of points, by hand and by numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from reports.metrics import metrics
from reports.point_statistics import ellipse, point_statistics


def test_two_classes_by_hand() -> None:
    """50 sick, of whom 40 are found; 100 healthy, of whom 10 are alarmed about."""
    sick, healthy = metrics([[40, 10], [10, 90]]).classes
    assert sick.sensitivity == pytest.approx(0.8)
    assert sick.specificity == pytest.approx(0.9)
    assert sick.precision == pytest.approx(0.8)
    assert sick.f1 == pytest.approx(0.8)
    assert sick.accuracy == healthy.accuracy == pytest.approx(130 / 150)
    assert sick.error == pytest.approx(20 / 150)
    assert (sick.samples, sick.answers) == (50, 50)
    # What one class calls sensitivity is the other's specificity.
    assert (healthy.sensitivity, healthy.specificity) == (sick.specificity, sick.sensitivity)


def test_three_classes_by_hand() -> None:
    found = metrics([[5, 1, 0], [2, 6, 2], [0, 0, 4]])
    middle = found.classes[1]
    assert middle.sensitivity == pytest.approx(6 / 10)
    assert middle.specificity == pytest.approx(9 / 10)
    assert middle.precision == pytest.approx(6 / 7)
    assert middle.accuracy == pytest.approx(15 / 20)
    assert found.overall.accuracy == pytest.approx(15 / 20)
    assert found.overall.error == pytest.approx(5 / 20)
    assert found.overall.sensitivity == pytest.approx((5 / 6 + 6 / 10 + 1) / 3)


def test_what_nothing_says_is_none() -> None:
    """A class that was never answered has no precision, one without samples no sensitivity."""
    found = metrics([[3, 0, 0], [2, 0, 0], [0, 0, 0]])
    assert found.classes[1].precision is None
    assert found.classes[1].sensitivity == 0
    assert found.classes[1].f1 == 0
    assert found.classes[2].sensitivity is None
    assert found.classes[2].f1 is None
    assert found.overall.sensitivity == pytest.approx(0.5)
    assert metrics([[0, 0], [0, 0]]).overall.accuracy is None


def test_scikit_learn_says_the_same() -> None:
    rng = np.random.default_rng(4)
    true, answered = rng.integers(0, 4, 500), rng.integers(0, 4, 500)
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (true, answered), 1)
    found = metrics(table.tolist())
    precision, recall, f1, _ = precision_recall_fscore_support(true, answered)
    assert [one.precision for one in found.classes] == pytest.approx(precision.tolist())
    assert [one.sensitivity for one in found.classes] == pytest.approx(recall.tolist())
    assert [one.f1 for one in found.classes] == pytest.approx(f1.tolist())
    macro = precision_recall_fscore_support(true, answered, average="macro")
    assert [found.overall.precision, found.overall.sensitivity, found.overall.f1] == pytest.approx(macro[:3])
    assert found.overall.accuracy == pytest.approx(accuracy_score(true, answered))


def test_a_table_that_is_not_square_is_refused() -> None:
    with pytest.raises(ValueError, match="as many rows as columns"):
        metrics([[1, 2, 3], [4, 5, 6]])


def test_statistics_of_points_by_hand() -> None:
    x = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 4.0], [5.0, 5.0]])
    first, second, third = point_statistics(x, np.array([0, 0, 0, 1]), 3)
    assert first.count == 3
    assert first.mean == pytest.approx([1, 2])
    assert first.covariance == pytest.approx(np.array([[1.0, 1.0], [1.0, 4.0]]))
    assert first.correlation == pytest.approx(0.5)
    assert (second.count, second.covariance) == (1, None)
    assert second.mean == pytest.approx([5, 5])
    assert (third.count, third.mean, third.correlation) == (0, None, None)
    assert point_statistics(x[:, [0, 0]] * [1, 0], np.zeros(4, int), 1)[0].correlation is None


def test_an_ellipse_is_as_many_deviations_away() -> None:
    covariance = np.array([[0.3, 0.1], [0.1, 0.2]])
    line = ellipse(np.array([1.0, -1.0]), covariance, 2.0) - [1.0, -1.0]
    squared = np.einsum("ni,ij,nj->n", line, np.linalg.inv(covariance), line)
    assert np.sqrt(squared) == pytest.approx(np.full(len(line), 2.0))
    assert line[0] == pytest.approx(line[-1])
    # Along x it reaches two standard deviations of x.
    assert abs(line[:, 0]).max() == pytest.approx(2 * math.sqrt(0.3), rel=2e-3)
