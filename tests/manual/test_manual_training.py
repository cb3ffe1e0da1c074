"""The training loop by hand and the classifiers, on sets small enough to know the answer."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from datasets.plugins import scan
from datasets.types import Samples, TuningSplit
from manual import MODELS, Baseline
from manual.learner import Diverged, EpochReport, Plan, check_finite

CONFIG = {"learning_rate": 1e-2, "batch_size": 64, "patience": 50}
BASELINES = scan(MODELS, Baseline)
NETWORKS = ["mlp-m1", "mlp-m2"]
OF_POINTS = [name for name, model in BASELINES.items() if "points2d" in model.kinds]


def clouds(count: int, seed: int, distance: float) -> Samples:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, count)
    return Samples(rng.normal(size=(count, 2)) + distance * y[:, None], y.astype(np.int64))


@pytest.fixture(scope="module")
def separable() -> TuningSplit:
    """Two clouds six standard deviations apart in each coordinate, far from the origin."""
    train, dev = clouds(400, 0, 6.0), clouds(200, 1, 6.0)
    return TuningSplit(Samples(1000 + train.x, train.y), Samples(1000 + dev.x, dev.y))


@pytest.fixture(scope="module")
def noisy() -> TuningSplit:
    """Two clouds that overlap, so that the dev error goes up and down."""
    return TuningSplit(clouds(300, 2, 1.0), clouds(100, 3, 1.0))


class Reports(list):
    """Keeps every report; stops the training after epoch `last`."""

    def __init__(self, last: int = 10**6) -> None:
        super().__init__()
        self.last = last

    def __call__(self, report: EpochReport) -> bool:
        self.append(report)
        return report.epoch < self.last


def train(name, split, plan=None, config=CONFIG, reports=None):
    plan, reports = plan or Plan(5, 1), Reports() if reports is None else reports
    return BASELINES[name].train(config, split, 2, plan, reports), reports


def error(fitted, samples) -> float:
    return float(np.mean(fitted.predict(samples.x) != samples.y))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_learns_what_can_be_learnt(name, separable):
    fitted, reports = train(name, separable, Plan(10, 1))
    assert error(fitted, separable.dev) < 0.05
    assert [report.epoch for report in reports] == list(range(1, len(reports) + 1))
    assert reports[-1].dev_loss < reports[0].dev_loss
    probabilities = fitted.probabilities(separable.dev.x)
    assert probabilities.shape == (200, 2)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert fitted.parameters == sum(array.size for array in fitted.weights())


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_seed_gives_the_same_weights_and_another_one_others(name, noisy):
    one, two, other = (train(name, noisy, Plan(3, seed))[0].weights() for seed in (4, 4, 5))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_weights_of_the_best_epoch_are_kept(name, noisy):
    config = CONFIG | {"learning_rate": 0.1}
    fitted, reports = train(name, noisy, Plan(30, 2), config)
    best = min(reports, key=lambda report: (report.dev_error, report.epoch))
    assert fitted.best_epoch == best.epoch < 30  # else the test would show nothing
    assert error(fitted, noisy.dev) == best.dev_error
    assert best.dev_error < reports[-1].dev_error


@pytest.mark.slow
def test_training_stops_after_epochs_without_a_better_dev_error(noisy):
    fitted, reports = train("mlp-m1", noisy, Plan(200, 2), CONFIG | {"patience": 4})
    assert len(reports) == fitted.best_epoch + 4 < 200
    assert min(report.dev_error for report in reports[-4:]) >= error(fitted, noisy.dev)


@pytest.mark.slow
def test_training_stops_when_it_is_told_to(noisy):
    _, reports = train("mlp-m1", noisy, Plan(30, 2), reports=Reports(last=3))
    assert len(reports) == 3


@pytest.mark.slow
def test_a_training_that_diverges_says_so(noisy):
    with pytest.raises(Diverged, match=r"loss became (nan|inf) in epoch \d+: training diverged"):
        train("mlp-m1", noisy, Plan(30, 1), CONFIG | {"learning_rate": 1e30})


@pytest.mark.slow
def test_points_that_are_no_numbers_end_as_diverged(noisy):
    x = noisy.train.x.copy()
    x[0, 0] = np.nan
    with pytest.raises(Diverged):
        train("mlp-m1", TuningSplit(Samples(x, noisy.train.y), noisy.dev))


@pytest.mark.parametrize("field", ["train_loss", "train_error", "dev_loss", "dev_error"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_report_holds_finite_numbers_or_none(field, value):
    good = {"epoch": 2, "train_loss": None, "train_error": None, "dev_loss": 0.1, "dev_error": 0.1}
    assert check_finite(EpochReport(**good)) == EpochReport(**good)
    with pytest.raises(Diverged, match=f"{field.replace('_', ' ')} became {value} in epoch 2"):
        check_finite(EpochReport(**good | {field: value}))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_a_training_goes_on_from_given_weights(name, separable):
    first, before = train(name, separable, Plan(4, 1))
    second, reports = train(name, separable, Plan(6, 1, first_epoch=4, start=first.weights()))
    assert [report.epoch for report in reports] == [5, 6]
    assert reports[0].train_loss < before[0].train_loss / 2
    assert second.best_epoch in (5, 6)
    # Without an epoch to train, the weights are those that were given.
    same, reports = train(name, separable, Plan(4, 9, first_epoch=4, start=first.weights()))
    assert list(reports) == []
    assert all(np.array_equal(a, b) for a, b in zip(same.weights(), first.weights(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_POINTS)
def test_arrays_that_lie_in_read_only_files_train_without_a_warning(name, noisy, tmp_path):
    parts = []
    for part in (noisy.train, noisy.dev):
        files = []
        for array in (part.x, part.y):
            file = tmp_path / f"{len(parts)}-{len(files)}.npy"
            np.save(file, array)
            files.append(np.load(file, mmap_mode="r"))
        parts.append(Samples(*files))
    split = TuningSplit(*parts)
    config = CONFIG if name in NETWORKS else BASELINES[name].configurations()[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mapped, _ = train(name, split, config=config)
    plain, _ = train(name, noisy, config=config)
    assert np.array_equal(mapped.probabilities(noisy.dev.x), plain.probabilities(noisy.dev.x))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_architecture_line_says_what_the_network_is(name):
    from torch import nn

    network = BASELINES[name].network((3,), 4)
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    widths = [layer.in_features for layer in linear] + [linear[-1].out_features]
    text = BASELINES[name].architecture(CONFIG, (3,), 4)
    assert text.startswith("-".join(str(width) for width in widths) + ", ReLU")
    rates = {layer.p for layer in network if isinstance(layer, nn.Dropout)}
    assert rates == ({0.3} if "dropout 0.3" in text else set())


@pytest.mark.parametrize("name", ["knn", "rnf"])
def test_a_classifier_learns_and_reports_its_one_epoch(name, separable):
    config = BASELINES[name].configurations()[0]
    fitted, (report,) = train(name, separable, Plan(1, 1), config)
    assert report.epoch == 1 and report.train_loss is None
    assert report.dev_error == error(fitted, separable.dev) < 0.05
    assert fitted.probabilities(separable.dev.x).shape == (200, 2)
    assert fitted.weights() is None


def test_a_forest_follows_its_seed(noisy):
    config = {"trees": 5, "depth": 4}
    one, two, other = (
        train("rnf", noisy, Plan(1, seed), config)[0].probabilities(noisy.dev.x) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_neighbours_are_those_of_unscaled_coordinates():
    x = np.array([[0.0, 0.0], [1000.0, 1.0]])
    split = TuningSplit(Samples(x, np.array([0, 1])), Samples(np.array([[100.0, 1.0]]), np.array([0])))
    fitted, (report,) = train("knn", split, config={"k": 1})
    assert report.dev_error == 0.0
    assert fitted.predict(split.dev.x) == [0]


def test_more_neighbours_than_points_are_all_points(noisy):
    fitted, _ = train("knn", noisy, config={"k": 10_000})
    assert len(np.unique(fitted.predict(noisy.dev.x))) == 1


@pytest.mark.parametrize("name", ["knn", "rnf"])
def test_a_class_that_train_lacks_gets_no_probability(name):
    x = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0]])
    samples = Samples(x, np.array([0, 0, 2, 2]))
    fitted = BASELINES[name].train(
        BASELINES[name].configurations()[0] | ({"k": 1} if name == "knn" else {}),
        TuningSplit(samples, samples),
        3,
        Plan(1, 1),
        Reports(),
    )
    assert fitted.probabilities(x).shape == (4, 3)
    assert (fitted.probabilities(x)[:, 1] == 0).all()
    assert list(fitted.predict(x)) == [0, 0, 2, 2]


@pytest.mark.parametrize("name", ["knn", "rnf"])
def test_many_rows_are_classified_in_parts(name, noisy, monkeypatch):
    fitted, _ = train(name, noisy, config=BASELINES[name].configurations()[0])
    whole = fitted.predict(noisy.dev.x), fitted.probabilities(noisy.dev.x)
    monkeypatch.setattr("manual.classical.CHUNK", 7)
    parts = fitted.predict(noisy.dev.x), fitted.probabilities(noisy.dev.x)
    assert all(np.array_equal(a, b) for a, b in zip(whole, parts, strict=True))


@pytest.mark.parametrize("dataset", ["08", "09", "10"])
def test_the_settings_of_the_study_stand_where_they_are_known(dataset):
    assert set(BASELINES["knn"].poster(dataset)) == {"k"}
    assert set(BASELINES["rnf"].poster(dataset)) == {"trees", "depth"}
    assert BASELINES["mlp-m1"].poster(dataset) is None


def test_the_study_has_100_neighbours_on_set_10():
    assert BASELINES["knn"].poster("10") == {"k": 100}
