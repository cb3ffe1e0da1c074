"""The networks that are tuned: the study's own are points of their spaces, and Keras Tuner itself runs Keras ones."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from keras_networks import search

import datasets
from datasets.inputs import input_shape
from datasets.plugins import scan
from manual import MODELS, Baseline
from manual.learner import Diverged, ImpossibleArchitecture, Plan
from tuners.draw import first_look
from tuners.keras_network import KerasNetwork
from tuners.space import Fixed
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

MODELS_A = scan(HYPERMODELS, Tunable)
KERAS = [name for name, model in MODELS_A.items() if isinstance(model, KerasNetwork)]
KINDS = sorted({kind for model in MODELS_A.values() for kind in model.kinds})
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


#: One of each sort for Keras Tuner itself, which builds every network of a condition first.
SEARCHED = ["cnn-a", "lstm-a", "mlp-a1"]


@pytest.fixture(scope="module")
def on_torch(toy, command, quick, tmp_path_factory) -> list[str]:
    """What a process on PyTorch has done; one for both tests, as its start is what takes the time."""
    folder = tmp_path_factory.mktemp("torch")
    file = folder / "splits"
    file.write_bytes(pickle.dumps({kind: toy(kind) for kind in KINDS}))
    program = (str(Path(__file__).with_name("keras_networks.py")),)
    done = command(str(file), str(folder), *SEARCHED, "--", *KERAS, program=program, **quick)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_keras_tuner_itself_runs_the_hypermodels_on_torch(on_torch):
    assert [line for line in on_torch if line.startswith("searched ")] == [f"searched {n}" for n in SEARCHED]


def test_keras_tuner_itself_runs_a_hypermodel_on_tensorflow(toy, tmp_path):
    import keras

    assert keras.backend.backend() == os.environ.get("KERAS_BACKEND", "tensorflow")
    search("cnn-a", toy("patches"), str(tmp_path))


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


def torch_parameters(name, shape):
    network = scan(MODELS, Baseline)[name].network(shape, 2)
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_cnn_by_hand_is_a_point_of_the_wider_space():
    model, baseline = MODELS_A["cnn-a2"], scan(MODELS, Baseline)["cnn-m"]
    by_person = baseline.configurations()[0]
    config = model.space.defaults() | {
        name: by_person[name] for name in ("optimizer", "learning_rate", "momentum", "batch_size")
    }
    assert model.space.resolve(config) == config
    assert model.space.problem(config) is None
    assert [config[f"{name}_{n}"] for n in (1, 2, 3) for name in ("filters", "kernel", "pool")] == [
        *(16, 5, 2, 32, 5, 2, 64, 5, 2)
    ]
    network = model.build(config, (128, 128, 3), 2)
    convolutions = 16 * 3 * 25 + 16 + 32 * 16 * 25 + 32 + 64 * 32 * 25 + 64
    assert network.count_params() == convolutions + 9216 * 128 + 128 + 128 * 2 + 2
    assert network.count_params() == torch_parameters("cnn-m", (128, 128, 3))
    rates = [layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"]
    assert rates == [0.25]
    assert (type(network.optimizer).__name__, float(network.optimizer.learning_rate)) == (
        "SGD",
        pytest.approx(1e-3),
    )


def test_the_cnn_lstm_by_hand_is_a_point_of_the_wider_space():
    from manual.models import cnn_lstm

    model, baseline = MODELS_A["cnn-lstm-a"], scan(MODELS, Baseline)["cnn-lstm-m"]
    by_person = baseline.configurations()[0]
    config = model.space.defaults() | {
        name: by_person[name] for name in ("learning_rate", "batch_size", "clip")
    }
    assert model.space.resolve(config) == config
    assert model.space.problem(config) is None
    assert (config["filters_1"], config["filters_2"]) == cnn_lstm.CHANNELS
    assert config["units_1"] == config["units_2"] == cnn_lstm.UNITS
    network = model.build(config, (100, 20, 15), 2)
    # PyTorch gives each of an LSTM's four gates two vectors of biases, which it only ever adds up; Keras one.
    second_biases = 2 * 4 * cnn_lstm.UNITS
    assert network.count_params() + second_biases == torch_parameters("cnn-lstm-m", (100, 20, 15))
    assert network.optimizer.global_clipnorm == 1.0


@pytest.mark.parametrize("name", list(MODELS_A))
def test_every_model_learns_toy_data_of_its_kinds(name, toy):
    model = MODELS_A[name]
    for kind in sorted(model.kinds):
        split = toy(kind)
        shape = input_shape(split)
        space = model.space_for(shape)
        config = first_look(space)
        last = "epochs" in config  # people's networks: as many epochs as they chose, and the last one is kept
        wanted = {"learning_rate": 3e-3, "batch_size": 64 if kind == "points2d" and not last else 16}
        for name, value in wanted.items():
            if not isinstance(space[name].domain, Fixed):
                config[name] = value
        model.check(config, shape, 2)
        reports: list = []
        fitted = model.train(model.space.resolve(config), split, 2, Plan(6, 1), reports_of(reports))
        assert all(report.dev_answers in (1, 2) for report in reports)
        errors = [report.dev_error for report in reports]
        kept = errors[-1] if last else min(errors)
        assert np.mean(fitted.predict(split.dev.x) != split.dev.y) == kept < 0.3


def test_every_keras_model_trains_on_the_torch_backend(on_torch):
    assert [line for line in on_torch if line.startswith("trained ")] == [f"trained {name}" for name in KERAS]
