"""The four losses, the epoch that is kept, settings that are PyTorch's where nobody chose, and the pulse of a training."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from datasets.types import Samples, TuningSplit
from manual import pulse
from manual.learner import Plan, Pulse, Stopped
from manual.losses import loss_function
from manual.settings import ALPHA, EPSILON, Settings
from manual.training import TorchModel, fit

PLAIN = Settings(learning_rate=0.05, batch_size=16, patience=99, optimizer="sgd")
LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0], [1.0, 1.0, 1.0]], requires_grad=True)
Y = torch.tensor([0, 2, 1])


def clouds(seed: int, distance: float = 1.5) -> Samples:
    rng = np.random.default_rng(seed)
    y = np.arange(80) % 2
    return Samples(rng.normal(size=(80, 2)) + distance * y[:, None], y)


SPLIT = TuningSplit(clouds(0), clouds(1))


def train(settings: Settings, plan: Plan | None = None, report=lambda report: True) -> TorchModel:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    return fit(network, SPLIT, settings, plan or Plan(2, 1), report)


def same(one: TorchModel, other: TorchModel) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.weights(), other.weights(), strict=True))


def test_the_likelihood_is_the_cross_entropy_to_the_last_digit():
    one, other = loss_function("nll")(LOGITS, Y), loss_function("cross-entropy")(LOGITS, Y)
    assert torch.equal(one, other)
    assert all(
        torch.equal(a, b)
        for a, b in zip(*(torch.autograd.grad(x, LOGITS) for x in (one, other)), strict=True)
    )
    assert same(train(replace(PLAIN, loss="nll")), train(PLAIN))


@pytest.mark.parametrize(("loss", "power"), [("mse", 2), ("l1", 1)])
def test_other_losses_compare_probabilities_with_one_hot_classes(loss, power):
    raw = LOGITS.detach().double().numpy()
    probabilities = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    expected = np.mean(np.abs(probabilities - np.eye(3)[Y]) ** power)
    # Three samples of three classes: class indices would broadcast to a wrong number here, without an error.
    assert loss_function(loss)(LOGITS, Y).item() == pytest.approx(expected, rel=1e-6)
    assert not same(train(replace(PLAIN, loss=loss)), train(PLAIN))


@pytest.mark.parametrize("loss", ["nll", "mse", "l1"])
def test_every_loss_learns_and_is_what_an_epoch_reports(loss):
    reports = []
    settings = replace(PLAIN, loss=loss, optimizer="adam")
    fitted = train(settings, Plan(20, 1), lambda report: reports.append(report) is None)
    assert np.mean(fitted.predict(SPLIT.dev.x) != SPLIT.dev.y) < 0.25
    assert reports[-1].train_loss < reports[0].train_loss < (1 if loss == "nll" else 0.6)


@pytest.mark.parametrize(("optimizer", "value"), [*EPSILON.items()])
def test_an_epsilon_that_nobody_chose_is_that_of_pytorch(optimizer, value):
    class_ = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adadelta": "Adadelta"}[optimizer]
    assert getattr(torch.optim, class_)([nn.Parameter(torch.zeros(1))]).defaults["eps"] == value
    settings = replace(PLAIN, optimizer=optimizer)
    assert same(train(settings), train(replace(settings, epsilon=value)))
    assert not same(train(settings), train(replace(settings, epsilon=0.1)))


@pytest.mark.parametrize(("optimizer", "value"), [*ALPHA.items()])
def test_an_alpha_that_nobody_chose_is_that_of_pytorch(optimizer, value):
    settings = replace(PLAIN, optimizer=optimizer, lambd=0.5)
    assert same(train(settings), train(replace(settings, alpha=value)))
    assert not same(train(settings), train(replace(settings, alpha=0.55)))


def test_the_sum_of_adagrad_starts_where_it_is_told_to():
    settings = replace(PLAIN, optimizer="adagrad")
    assert not same(train(settings), train(replace(settings, initial_accumulator_value=0.5)))


@pytest.mark.parametrize("optimizer", ["sgd", "asgd"])
def test_the_last_epoch_is_kept_where_it_should_be(optimizer):
    """As averaged SGD stands then: with the mean of its weights."""
    settings = replace(PLAIN, optimizer=optimizer, learning_rate=3.0)
    errors: list[float] = []

    def until_it_rises(report) -> bool:
        errors.append(report.dev_error)
        return errors[-1] <= min(errors)

    last = train(replace(settings, keep="last", patience=1), Plan(200, 1), until_it_rises)
    assert last.best_epoch == len(errors) < 200  # no patience ended it, and the last epoch was worse
    assert np.mean(last.predict(SPLIT.dev.x) != SPLIT.dev.y) == errors[-1]
    best = train(settings, Plan(len(errors), 1))
    assert best.best_epoch < len(errors)
    assert np.mean(best.predict(SPLIT.dev.x) != SPLIT.dev.y) == min(errors) < errors[-1]


def test_averaging_is_on_and_is_not_sgd():
    """With lambda 0 the steps of both are alike, so that the mean is all that differs, from the second epoch on."""
    sgd = replace(PLAIN, keep="last")
    averaged = replace(sgd, optimizer="asgd", lambd=0.0)
    for epochs, alike in ((1, True), (3, False)):
        one, other = (train(settings, Plan(epochs, 1)).weights() for settings in (sgd, averaged))
        assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True)) is alike


def test_a_pulse_brings_the_loss_of_every_batch_and_changes_nothing(monkeypatch):
    monkeypatch.setattr(pulse, "PACE", 0.0)
    seen: list[Pulse] = []
    plan = Plan(2, 1, pulse=lambda one: seen.append(one) is None)
    reports = []
    watched = train(PLAIN, plan, lambda report: reports.append(report) is None)
    assert same(watched, train(PLAIN))
    trained = [one for one in seen if one.losses]
    assert [(one.epoch, one.done) for one in trained] == [(e, b) for e in (1, 2) for b in range(1, 6)]
    assert {(one.epochs, one.batches) for one in seen} == {(2, 5)}
    for epoch, report in enumerate(reports, start=1):
        losses = [loss for one in trained if one.epoch == epoch for loss in one.losses]
        assert np.mean(losses) == pytest.approx(report.train_loss, rel=1e-5)
    assert any(one.done == 5 and not one.losses for one in seen)  # while dev is measured


def test_pulses_keep_their_pace_and_collect_what_lies_between(monkeypatch):
    monkeypatch.setattr(pulse, "PACE", 0.01)
    seen: list[tuple[float, Pulse]] = []
    plan = Plan(15, 1, pulse=lambda one: seen.append((time.monotonic(), one)) is None)
    train(replace(PLAIN, batch_size=2), plan)
    times = np.array([when for when, _ in seen])
    assert len(seen) > 3 and (np.diff(times) >= 0.01).all()
    for (_, before), (_, one) in pairwise(seen):
        begun = before.done if before.epoch == one.epoch else 0
        assert len(one.losses) == one.done - begun


def test_a_pulse_ends_a_training_within_an_epoch(monkeypatch):
    monkeypatch.setattr(pulse, "PACE", 0.0)
    for epoch, batch in ((1, 1), (3, 4)):
        seen = []

        def go_on(one, seen=seen, until=(epoch, batch)):
            seen.append((one.epoch, one.done))
            return seen[-1] < until

        with pytest.raises(Stopped) as stopped:
            train(PLAIN, Plan(50, 1, pulse=go_on))
        assert seen[-1] == (epoch, batch)
        assert (stopped.value.epochs, stopped.value.begun) == (epoch - 1, True)
