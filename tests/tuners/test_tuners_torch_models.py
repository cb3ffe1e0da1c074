"""Networks of PyTorch with a space: one seed gives one network, training goes on, spaces are whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from datasets.plugins import scan
from datasets.source import sources
from manual import MODELS, Baseline
from manual.learner import Diverged, ImpossibleArchitecture, Plan
from manual.settings import Settings
from tuners.draw import draw
from tuners.grid import grid
from tuners.hypermodels._by_hand import ByHand
from tuners.hypermodels._torch import TorchTunable
from tuners.presets import DEFAULT_MODELS, systems_of
from tuners.space import Constraint, SpaceError
from tuners.tunable import HYPERMODELS, Tunable

#: Those of contests have tests of their own.
MODELS_T = {
    name: m
    for name, m in scan(HYPERMODELS, Tunable).items()
    if isinstance(m, TorchTunable) and not isinstance(m, ByHand)
}
SHAPES = {"images": (32, 32, 3), "small-images": (8, 8, 1), "large-images": (64, 64, 3)}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def shape_of(name: str) -> tuple[int, ...]:
    return SHAPES[min(MODELS_T[name].kinds)]


def train(name, toy, plan, config=None, report=lambda report: True):
    model = MODELS_T[name]
    return model.train(config or model.space.defaults(), toy(min(model.kinds)), 2, plan, report)


def equal(one, two) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_the_networks_are_found():
    assert set(MODELS_T) == {"lenet5", "lenet5-grid", "digits-cnn"}


@pytest.mark.parametrize("name", MODELS_T)
def test_any_point_of_a_space_makes_a_network_and_its_settings(name):
    model, rng = MODELS_T[name], np.random.default_rng(0)
    for _ in range(25):
        config = draw(model.space, rng)
        assert model.space.resolve(config) == config
        model.check(config, shape_of(name), 10)
        settings = Settings.of({**config, "patience": 1})
        network = {"c1", "c3", "c5", "f6"} if name.startswith("lenet5") else set()
        assert set(config) - set(vars(settings)) == network  # no value is without effect
        assert model.architecture(config, shape_of(name), 10)


@pytest.mark.parametrize("name", ["lenet5", "lenet5-grid"])
def test_the_widths_of_a_configuration_are_those_of_the_network(name):
    model, rng = MODELS_T[name], np.random.default_rng(1)
    for _ in range(10):
        config = draw(model.space, rng)
        network = model.network(config, (32, 32, 3), 10)
        widths = [layer.out_channels for layer in network if isinstance(layer, torch.nn.Conv2d)]
        widths += [layer.out_features for layer in network if isinstance(layer, torch.nn.Linear)]
        assert widths == [config["c1"], config["c3"], config["c5"], config["f6"], 10]
        weights = sum(parameter.numel() for parameter in network.parameters())
        assert model.parameters(config, (32, 32, 3), 10) == weights


def test_the_network_by_hand_is_the_default_point():
    for name, by_hand in (("lenet5", "lenet5-m"), ("digits-cnn", "digits-cnn-m")):
        person = scan(MODELS, Baseline)[by_hand].configurations()[0]
        defaults = MODELS_T[name].space.defaults()
        assert Settings.of({**defaults, "patience": person["patience"]}) == Settings.of(person)
    assert MODELS_T["lenet5"].parameters(MODELS_T["lenet5"].space.defaults(), (32, 32, 3), 10) == 62_006


def test_the_grid_has_64_points_all_of_which_the_wider_space_holds():
    points = grid(MODELS_T["lenet5-grid"].space, 1000)
    assert len(points) == 4 * 4 * 2 * 2
    for point in points:
        assert (
            MODELS_T["lenet5-grid"].space.resolve(point) == MODELS_T["lenet5"].space.resolve(point) == point
        )
    assert MODELS_T["lenet5"].space.defaults() in points  # LeCun's own


def test_settings_of_other_optimizers_belong_to_no_configuration():
    space = MODELS_T["digits-cnn"].space
    own = {
        "adam": {"beta1", "beta2"},
        "sgd": {"momentum"},
        "asgd": {"lambd"},
        "adagrad": {"lr_decay"},
        "adadelta": {"rho"},
        "rmsprop": {"momentum", "alpha"},
    }
    rng = np.random.default_rng(0)
    drawn = [draw(space, rng) for _ in range(200)]
    assert {config["optimizer"] for config in drawn} == set(own)
    for config in drawn:
        assert set(config) == {"optimizer", "learning_rate", "batch_size"} | own[config["optimizer"]]
    with pytest.raises(SpaceError, match="outside"):
        space.resolve(space.defaults() | {"batch_size": 7})


@pytest.mark.parametrize("name", MODELS_T)
def test_one_seed_gives_one_network(name, toy):
    one, two, other = (train(name, toy, Plan(2, seed)).weights() for seed in (4, 4, 5))
    assert equal(one, two)
    assert not equal(one, other)


@pytest.mark.parametrize("name", ["lenet5", "digits-cnn"])
def test_training_goes_on_from_weights(name, toy):
    first = train(name, toy, Plan(1, 1)).weights()
    epochs = []
    after = train(
        name, toy, Plan(3, 9, first_epoch=1, start=first), report=lambda r: epochs.append(r.epoch) is None
    )
    assert epochs == [2, 3] and after.best_epoch in (2, 3)
    none = train(name, toy, Plan(1, 9, first_epoch=1, start=first))
    assert equal(none.weights(), first) and none.best_epoch == 1


def test_a_trial_trains_every_epoch_and_stops_when_told(toy):
    epochs = []
    slow = MODELS_T["digits-cnn"].space.defaults() | {"learning_rate": 1e-4}
    train("digits-cnn", toy, Plan(12, 1), slow, lambda report: epochs.append(report.epoch) is None)
    assert epochs == list(range(1, 13))
    train(
        "digits-cnn", toy, Plan(12, 1), None, lambda report: epochs.append(report.epoch) or report.epoch < 2
    )
    assert epochs[12:] == [1, 2]


def test_a_rate_that_is_too_high_is_a_divergence_in_words(toy):
    config = {"optimizer": "sgd", "learning_rate": 1e30, "batch_size": 8, "momentum": 0.9}
    with pytest.raises(Diverged, match="learning rate is too high"):
        train("digits-cnn", toy, Plan(3, 1), config)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "asgd", "adagrad", "adadelta", "rmsprop"])
def test_every_optimizer_learns(optimizer, toy):
    rates = {"adam": 3e-3, "sgd": 0.05, "asgd": 0.05, "adagrad": 0.03, "adadelta": 1.0, "rmsprop": 3e-3}
    space = MODELS_T["digits-cnn"].space
    config = {p.name: p.default for p in space.parameters if p.when is None or optimizer in p.when.values} | {
        "optimizer": optimizer,
        "learning_rate": rates[optimizer],
        "batch_size": 8,
    }
    fitted = train("digits-cnn", toy, Plan(8, 1), space.resolve(config))
    split = toy("small-images")
    assert np.mean(fitted.predict(split.dev.x) != split.dev.y) < 0.1


def test_what_cannot_be_built_is_refused_before_anything_is_trained(toy):
    class Narrow(TorchTunable):
        space = MODELS_T["digits-cnn"].space

        def space_for(self, shape):
            from dataclasses import replace

            rule = Constraint(
                "batch", "batches are small", lambda c: "too large" if c["batch_size"] > 16 else None
            )
            return replace(self.space, constraints=(rule,))

        def network(self, config, shape, classes):
            raise AssertionError("an impossible network must not be built")

        def architecture(self, config, shape, classes):
            return ""

    with pytest.raises(ImpossibleArchitecture, match="too large"):
        Narrow().check(Narrow.space.defaults(), (8, 8, 1), 2)
    with pytest.raises(ImpossibleArchitecture, match="too large"):
        Narrow().train(Narrow.space.defaults(), toy("small-images"), 2, Plan(1, 1), lambda report: True)
    with pytest.raises(ImpossibleArchitecture, match="32 x 32"):
        MODELS_T["lenet5"].check(MODELS_T["lenet5"].space.defaults(), (8, 8, 1), 10)


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
def test_every_kind_of_data_has_a_model_and_a_baseline_of_its_own(source):
    assert source.kind in scan(HYPERMODELS, Tunable)[DEFAULT_MODELS[source.kind]].kinds
    baselines, models = systems_of(source.name, source.kind)
    assert all(source.kind in scan(MODELS, Baseline)[name].kinds for name in baselines)
    assert all(source.kind in scan(HYPERMODELS, Tunable)[name].kinds for name in models)
