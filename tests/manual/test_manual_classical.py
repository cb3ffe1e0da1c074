"""The classifiers that IMLD has: each does what its name says, with any number of classes."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.plugins import scan
from datasets.types import Samples, TuningSplit
from manual import MODELS, Baseline
from manual.learner import EpochReport, Plan

BASELINES = scan(MODELS, Baseline)
NAMES = ["euclidean", "kmeans", "lda", "naive-bayes", "pca", "qda", "svm"]
every = pytest.mark.parametrize("name", NAMES)


def train(name, x, y, classes, config=None, seed=1):
    """The fitted model and the dev error that it reported on its own train points."""
    samples = Samples(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.int64))
    reports: list[EpochReport] = []
    fitted = BASELINES[name].train(
        config or BASELINES[name].configurations()[-1],
        TuningSplit(samples, samples),
        classes,
        Plan(1, seed),
        lambda report: reports.append(report) is None,
    )
    (report,) = reports
    return fitted, report.dev_error


def three_clouds(count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(count) % 3
    return rng.normal(scale=0.1, size=(count, 2)) + np.array([[0, 0], [3, 0], [0, 3]])[y], y


@every
def test_three_classes_are_told_apart_with_probabilities_that_agree_with_the_answers(name):
    x, y = three_clouds()
    config = BASELINES[name].configurations()[-1 if name == "kmeans" else 0]
    fitted, dev_error = train(name, x, y, 3, config)
    assert dev_error == np.mean(fitted.predict(x) != y) < 0.05
    probabilities = fitted.probabilities(x)
    assert probabilities.shape == (90, 3) and probabilities.sum(axis=1) == pytest.approx(
        np.ones(90), abs=1e-5
    )
    assert np.array_equal(probabilities.argmax(axis=1), fitted.predict(x))


@every
def test_tiny_flat_and_absent_classes_are_no_trouble(name):
    line = np.column_stack([np.arange(8.0), np.zeros(8)])
    sets = (
        (line, [0, 0, 0, 0, 2, 2, 2, 2]),  # all on a line, class 1 absent
        (np.zeros((6, 2)), [0, 1, 0, 1, 0, 1]),  # all on one spot
        (line, [0, 0, 0, 0, 0, 0, 0, 1]),  # a class of one point
        (line[:2], [0, 1]),  # one point each
    )
    for x, y in sets:
        for config in BASELINES[name].configurations():
            probabilities = train(name, x, y, 3, config)[0].probabilities(x)
            assert (
                np.isfinite(probabilities).all() and (probabilities[:, sorted({0, 1, 2} - set(y))] == 0).all()
            )


@every
def test_a_deterministic_classifier_does_not_heed_its_seed(name):
    rng = np.random.default_rng(5)
    x = rng.uniform(size=(200, 2))
    y = (x[:, 0] + rng.normal(scale=0.3, size=200) > 0.5).astype(int)
    one, other = (train(name, x, y, 2, seed=seed)[0].probabilities(x) for seed in (1, 2))
    again = train(name, x, y, 2, seed=1)[0].probabilities(x)
    assert np.array_equal(one, again)
    if BASELINES[name].deterministic:
        assert np.array_equal(one, other)


@every
def test_points_on_one_spot_leave_numbers_everywhere(name):
    x, y = np.full((10, 2), 0.5), np.array([0] * 5 + [1] * 5)
    far = np.array([[0.5, 0.5], [0.0, 0.0], [1e3, -1e3]])
    for config in BASELINES[name].configurations():
        assert np.isfinite(train(name, x, y, 2, config)[0].probabilities(far)).all()


def test_nearest_means_answer_the_nearest_mean():
    x, y = three_clouds()
    x = x * [1.0, 20.0]  # Euclid heeds the units, whitening takes them out
    means = np.array([x[y == i].mean(axis=0) for i in range(3)])
    probe = np.random.default_rng(1).uniform(-1, 60, size=(500, 2)) * [0.1, 1.0]
    nearest = np.linalg.norm(probe[:, None] - means, axis=2).argmin(axis=1)
    assert np.array_equal(train("euclidean", x, y, 3)[0].predict(probe), nearest)
    inverse = np.linalg.inv(np.cov(x.T, bias=True))
    gaps = probe[:, None] - means
    mahalanobis = np.einsum("nci,ij,ncj->nc", gaps, inverse, gaps).argmin(axis=1)
    assert np.array_equal(train("pca", x, y, 3, {"components": 2})[0].predict(probe), mahalanobis)
    assert not np.array_equal(nearest, mahalanobis)


@pytest.mark.parametrize("name", ["lda", "qda", "naive-bayes"])
def test_gaussians_agree_with_scikit_learn(name):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
    from sklearn.naive_bayes import GaussianNB

    rng = np.random.default_rng(2)
    y = rng.choice(3, size=600, p=[0.5, 0.3, 0.2])
    x = rng.normal(size=(600, 2)) @ np.array([[1.0, 0.8], [0.0, 0.5]]) * (1 + y[:, None]) + y[:, None]
    theirs = {
        "lda": LinearDiscriminantAnalysis(solver="lsqr"),
        "qda": QuadraticDiscriminantAnalysis(),
        "naive-bayes": GaussianNB(),
    }[name].fit(x, y)
    ours = train(name, x, y, 3, {"priors": "shares"})[0].probabilities(x)
    # scikit-learn divides the covariances of QDA by n - 1.
    assert ours == pytest.approx(theirs.predict_proba(x), abs=0.01 if name == "qda" else 1e-5)


def test_a_support_vector_machine_trains_on_a_part_of_many_points(monkeypatch):
    x, y = three_clouds(300)
    monkeypatch.setattr("manual.models.svm.MOST_POINTS", 30)
    one, other = (train("svm", x, y, 3, seed=seed)[0].probabilities(x) for seed in (1, 2))
    assert not np.array_equal(one, other)
    assert "at most 30 train points" in BASELINES["svm"].architecture({"C": 1.0, "gamma": 1.0}, (2,), 3)


def test_a_cluster_answers_the_class_that_most_of_its_points_have():
    x = np.concatenate([np.zeros((10, 2)), np.full((10, 2), 9.0)]) + np.random.default_rng(0).normal(
        size=(20, 2)
    )
    y = np.array([0] * 7 + [1] * 3 + [1] * 10)
    fitted, dev_error = train("kmeans", x, y, 2, {"clusters": 2})
    assert dev_error == 3 / 20
    assert fitted.probabilities(np.zeros((1, 2)))[0] == pytest.approx([0.7, 0.3])
