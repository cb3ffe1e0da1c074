"""The Keras networks: the study's own are points of their spaces, and Keras Tuner itself can run them."""

from __future__ import annotations

import numpy as np
import pytest

import datasets
from datasets.plugins import scan
from manual import MODELS, Baseline
from manual.learner import Diverged, ImpossibleArchitecture, Plan
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

MODELS_A = scan(HYPERMODELS, Tunable)
TRAINING = {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 128}


def layers(widths, dropout=None):
    config = {"layers": len(widths)}
    for number, width in enumerate(widths, start=1):
        config |= {f"units_{number}": width, f"activation_{number}": "relu"}
        if dropout is not None:
            config[f"dropout_{number}"] = dropout
    return config | TRAINING


POINTS = [
    ("mlp-m1", "mlp-a1", layers((64, 32, 16))),
    ("mlp-m1", "mlp-a2", layers((64, 32, 16), dropout=0.0)),
    ("mlp-m2", "mlp-a2", layers((64, 32), dropout=0.3)),
]


@pytest.fixture(scope="module")
def split(own_data):
    return datasets.load(str(own_data)).split.for_tuning()


def reports_of(sink):
    def report(result):
        sink.append(result)
        return True

    return report


@pytest.mark.parametrize(("by_hand", "name", "config"), POINTS)
def test_the_networks_by_hand_are_points_of_the_spaces(by_hand, name, config):
    from torch import nn

    model, baseline = MODELS_A[name], scan(MODELS, Baseline)[by_hand]
    by_person = baseline.configurations()[0]
    config = config | {name: by_person[name] for name in ("learning_rate", "batch_size")}
    assert model.space.resolve(config) == config
    network = model.build(config, (2,), 4)
    other = baseline.network((2,), 4)
    assert network.count_params() == sum(parameter.numel() for parameter in other.parameters())
    rates = [layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"]
    assert rates == [layer.p for layer in other if isinstance(layer, nn.Dropout)]
    shown = baseline.architecture(by_person, (2,), 4)
    assert shown.split(",")[0] == model.architecture(config, (2,), 4).split(",")[0]


ITSELF = """
import sys, datasets, keras_tuner
from datasets.plugins import scan
from tuners.tunable import HYPERMODELS, Tunable
folder, directory = sys.argv[1:]
split = datasets.load(folder).split.for_tuning()
scaling = datasets.Scaling.fit(split.train.x)
for name, model in scan(HYPERMODELS, Tunable).items():
    hypermodel = model.hypermodel((2,), 2)
    assert isinstance(hypermodel, keras_tuner.HyperModel)
    tuner = keras_tuner.RandomSearch(
        hypermodel, objective=keras_tuner.Objective("val_error", "min"), max_trials=2, seed=1,
        directory=directory, project_name=name,
    )
    dev = (scaling.apply(split.dev.x), split.dev.y)
    tuner.search(scaling.apply(split.train.x), split.train.y, validation_data=dev, epochs=1, verbose=0)
    trials = list(tuner.oracle.trials.values())
    assert [trial.status for trial in trials] == ["COMPLETED"] * 2
    for trial in trials:
        assert 0 <= trial.score <= 1
        model.space.resolve(trial.hyperparameters.values)
    print(name)
"""


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
def test_keras_tuner_itself_runs_the_hypermodels(backend, own_data, command, tmp_path):
    done = command(str(own_data), str(tmp_path), program=("-c", ITSELF), KERAS_BACKEND=backend)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-2:] == list(MODELS_A)[-2:]


def test_a_keras_network_learns_keeps_its_best_weights_and_reports_exact_errors(split):
    config = layers((32,)) | {"learning_rate": 0.05, "batch_size": 64}
    reports: list = []
    fitted = MODELS_A["mlp-a1"].train(config, split, 2, Plan(8, 3), reports_of(reports))
    assert [report.epoch for report in reports] == list(range(1, 9))
    best = min(reports, key=lambda report: (report.dev_error, report.epoch))
    assert fitted.best_epoch == best.epoch
    error = float(np.mean(fitted.predict(split.dev.x) != split.dev.y))
    assert error == best.dev_error < 0.15
    assert np.allclose(fitted.probabilities(split.dev.x).sum(axis=1), 1, atol=1e-5)
    assert fitted.parameters == sum(array.size for array in fitted.weights())


def test_a_keras_network_follows_its_seed_goes_on_and_stops_when_told(split):
    model, config = MODELS_A["mlp-a2"], layers((16,), dropout=0.2)
    one, two, other = (
        model.train(config, split, 2, Plan(1, seed), lambda report: True).weights() for seed in (4, 4, 5)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    epochs: list[int] = []

    def stop(report):
        epochs.append(report.epoch)
        return False

    model.train(config, split, 2, Plan(6, 1, first_epoch=2, start=one), stop)
    assert epochs == [3]
    same = model.train(config, split, 2, Plan(2, 9, first_epoch=2, start=one), stop)
    assert all(np.array_equal(a, b) for a, b in zip(one, same.weights(), strict=True))


def test_a_keras_network_that_diverges_says_so(split):
    config = layers((16,)) | {"optimizer": "sgd", "learning_rate": 1e30}
    with pytest.raises(Diverged, match="training diverged"):
        MODELS_A["mlp-a1"].train(config, split, 2, Plan(5, 1), lambda report: True)


def test_a_network_that_cannot_be_built_says_so():
    with pytest.raises(ImpossibleArchitecture, match="no network can be built"):
        MODELS_A["mlp-a1"].check(layers((-3,)), (2,), 2)
    MODELS_A["mlp-a1"].check(layers((3,)), (2,), 2)
