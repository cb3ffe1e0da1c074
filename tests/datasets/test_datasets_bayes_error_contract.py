"""What every estimator of the Bayes error must do, on plain and on awkward samples."""

from __future__ import annotations

import numpy as np
import pytest

from datasets import Samples, UsageError
from datasets.bayes_error import RECOMMENDED, Estimate, Estimator, estimators
from datasets.plugins import all_plugins_required

ESTIMATORS = estimators()

every_estimator = pytest.mark.parametrize("name", ESTIMATORS)


def usable(name: str) -> Estimator:
    estimator = ESTIMATORS[name]
    reason = estimator.missing()
    if reason and not all_plugins_required():
        pytest.skip(f"{name} {reason}")
    return estimator


def cloud(classes: int, n: int = 400) -> Samples:
    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, n)
    return Samples(rng.normal(size=(n, 2)) + y[:, None], y)


def quick(estimator: Estimator) -> dict[str, int]:
    """Its defaults, with what takes long made small."""
    small = {"trees": 5, "grid": 32, "folds": 2}
    return {name: small.get(name, value) for name, value in estimator.defaults.items()}


def holds(estimate: Estimate, classes: int) -> None:
    most = (classes - 1) / classes
    for figure in (estimate.value, estimate.lower, estimate.upper, estimate.low, estimate.high):
        assert figure is None or 0 <= figure <= most
    if estimate.lower is not None and estimate.upper is not None:
        assert estimate.lower <= estimate.upper
    assert (estimate.low is None) == (estimate.high is None)
    if estimate.low is not None and estimate.high is not None:
        assert estimate.low <= estimate.high


def test_the_recommended_one_comes_first_and_replications_last():
    names = list(ESTIMATORS)
    assert names[0] == RECOMMENDED == "knn-midpoint"
    roles = [estimator.role for estimator in ESTIMATORS.values()]
    assert roles == sorted(roles, key=["estimate", "bound", "replication"].index)
    assert {name for name in names if ESTIMATORS[name].role == "replication"} == {
        "closed-loop-knn",
        "closed-loop-rnf",
    }


@every_estimator
def test_an_estimator_gives_fractions_and_says_how(name):
    estimator = usable(name)
    assert estimator.title and estimator.formula
    assert any(character.isdigit() for character in estimator.source) or "study" in estimator.source
    samples = cloud(2)
    kept = samples.x.copy(), samples.y.copy()
    estimate = estimator.estimate(samples, quick(estimator), 3, "dev")
    holds(estimate, 2)
    assert (estimate.estimator, estimate.points, estimate.classes) == (name, 400, 2)
    assert (estimate.seed, estimate.split) == (3, "dev")
    assert dict(estimate.settings) == quick(estimator)
    assert estimator.estimate(samples, estimate.settings, 3, "dev") == estimate
    assert np.array_equal(samples.x, kept[0]) and np.array_equal(samples.y, kept[1])


@every_estimator
def test_three_classes_are_estimated_or_refused_in_plain_words(name):
    estimator = usable(name)
    if estimator.only in (None, 3):
        holds(estimator.estimate(cloud(3), quick(estimator)), 3)
    else:
        with pytest.raises(UsageError, match=f"{name} is valid for {estimator.only} classes, not for 3; use"):
            estimator.estimate(cloud(3))


@every_estimator
def test_settings_that_make_no_sense_are_refused(name):
    estimator = usable(name)
    with pytest.raises(UsageError, match="no setting 'flavour'"):
        estimator.estimate(cloud(2), {"flavour": 1})
    for setting in estimator.defaults:
        with pytest.raises(UsageError, match=f"{setting} must be 1 or more"):
            estimator.estimate(cloud(2), {setting: 0})


def awkward() -> dict[str, Samples]:
    samples = cloud(2, 60)
    return {
        "one point": Samples(samples.x[:1], samples.y[:1]),
        "two points": Samples(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])),
        "five points": Samples(samples.x[:5], np.array([0, 1, 0, 1, 1])),
        "one point of a class": Samples(samples.x, np.r_[0, np.ones(59, dtype=np.int64)]),
        "a class without points": Samples(samples.x, 2 * samples.y),
        "one feature": Samples(samples.x[:, :1], samples.y),
        "three features": Samples(np.column_stack([samples.x, samples.x[:, 0] ** 2]), samples.y),
        "a constant feature": Samples(np.column_stack([samples.x[:, 0], np.ones(60)]), samples.y),
        "all features constant": Samples(np.ones((60, 2)), samples.y),
        "each point many times": Samples(np.repeat(samples.x[:6], 10, axis=0), samples.y),
        "features that give the class away": Samples(
            np.column_stack([samples.y, samples.y]) * 1.0, samples.y
        ),
        "huge features": Samples(samples.x * 1e12, samples.y),
        "single precision": Samples(samples.x.astype(np.float32), samples.y),
    }


@every_estimator
@pytest.mark.parametrize("what", awkward())
@pytest.mark.filterwarnings("error")
def test_awkward_samples_give_an_estimate_or_a_plain_error(name, what):
    estimator = usable(name)
    samples = awkward()[what]
    try:
        estimate = estimator.estimate(samples, quick(estimator))
    except UsageError as error:
        assert str(error)
    else:
        holds(estimate, estimate.classes if estimate.classes > 1 else 2)


@every_estimator
def test_samples_of_one_class_have_no_error(name):
    estimate = usable(name).estimate(Samples(cloud(2).x, np.ones(400, dtype=np.int64)))
    assert (estimate.value, estimate.note) == (0, "all samples are of one class")


@every_estimator
def test_no_samples_and_samples_that_are_no_points_are_refused(name):
    with pytest.raises(UsageError, match="there are none"):
        usable(name).estimate(Samples(np.empty((0, 2)), np.empty(0, dtype=np.int64)))
    with pytest.raises(UsageError, match=r"shape \(n, d\)"):
        usable(name).estimate(Samples(np.zeros((4, 3, 2)), np.array([0, 1, 0, 1])))
