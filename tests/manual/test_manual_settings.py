"""What the settings of a training do: optimizer, clipping, the course of the rate, and what epochs report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from datasets.plugins import scan
from datasets.types import Samples, TuningSplit
from manual import MODELS, Baseline
from manual.collapse import Collapse
from manual.learner import Plan
from manual.settings import Settings, rate
from manual.training import choose_device, fit, precision

PLAIN = Settings(learning_rate=0.1, batch_size=200, patience=50, optimizer="sgd")


def clouds(count: int = 200, distance: float = 4.0) -> TuningSplit:
    rng = np.random.default_rng(0)
    y = np.arange(count) % 2
    return TuningSplit(*(Samples(rng.normal(size=(count, 2)) + distance * y[:, None], y) for _ in "td"))


def linear(weight: float = 0.5) -> nn.Linear:
    layer = nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[weight, -weight], [weight, weight]]))
        layer.bias.zero_()
    return layer


def flat(network: nn.Module) -> np.ndarray:
    return np.concatenate([parameter.detach().numpy().ravel() for parameter in network.parameters()])


def after(settings: Settings, epochs: int = 1, plan: Plan | None = None) -> np.ndarray:
    """The weights after the last epoch, which need not be the best one."""
    network, weights = linear(), []
    fit(network, clouds(), settings, plan or Plan(epochs, 1), lambda r: weights.append(flat(network)) is None)
    return weights[-1]


START = flat(linear())


def test_a_step_is_no_longer_than_the_clip_allows():
    step = np.linalg.norm(after(PLAIN) - START) / PLAIN.learning_rate
    assert step > 0.02
    clipped = np.linalg.norm(after(replace(PLAIN, clip=0.01)) - START) / PLAIN.learning_rate
    assert clipped == pytest.approx(0.01, rel=1e-3)
    assert np.allclose(after(replace(PLAIN, clip=100.0)), after(PLAIN))


def test_sgd_is_told_apart_from_momentum_decay_and_the_adams():
    ways = [
        PLAIN,
        replace(PLAIN, momentum=0.9),
        replace(PLAIN, weight_decay=0.5),
        replace(PLAIN, optimizer="adam"),
        replace(PLAIN, optimizer="adamw", weight_decay=0.9),
        replace(PLAIN, optimizer="adam", weight_decay=0.5),
        replace(PLAIN, optimizer="adam", beta1=0.5),
        replace(PLAIN, optimizer="adam", beta2=0.9),
        replace(PLAIN, optimizer="adagrad"),
        replace(PLAIN, optimizer="adagrad", lr_decay=0.5),
        replace(PLAIN, optimizer="adadelta"),
        replace(PLAIN, optimizer="adadelta", rho=0.5),
        replace(PLAIN, optimizer="rmsprop"),
        replace(PLAIN, optimizer="rmsprop", alpha=0.5),
        replace(PLAIN, optimizer="rmsprop", momentum=0.5),
        replace(PLAIN, optimizer="asgd", lambd=0.9),
    ]
    ends = [after(way, epochs=3) for way in ways]
    assert all(
        not np.allclose(one, two, atol=1e-4) for place, one in enumerate(ends) for two in ends[place + 1 :]
    )


def test_averaged_sgd_answers_with_the_mean_of_its_weights_and_goes_on_from_the_last_ones():
    settings = replace(PLAIN, optimizer="asgd", batch_size=40, learning_rate=0.5)
    passed: list[np.ndarray] = []

    class Traced(nn.Linear):
        """Notes its weights at every training step."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if self.training:
                passed.append(flat(self))
            return super().forward(x)

    network, last, dev = Traced(2, 2), [], []
    network.load_state_dict(linear().state_dict())

    def report(result) -> bool:
        last.append(flat(network))
        dev.append(result.dev_loss)
        return True

    fit(network, clouds(), settings, Plan(3, 1), report)
    # Five steps an epoch. Averaging begins after the first one: until then the mean is the last weights.
    after_each = [*passed[1:], last[-1]]
    means = [after_each[4], np.mean(after_each[5:10], axis=0), np.mean(after_each[5:15], axis=0)]
    for mean, loss in zip(means, dev, strict=True):
        assert dev_loss(mean) == pytest.approx(loss, abs=1e-4)
        assert dev_loss(mean) != pytest.approx(dev_loss(START), abs=1e-3)
    assert np.array_equal(passed[5], last[0])  # training itself never sees the mean
    assert dev_loss(last[-1]) != pytest.approx(dev[-1], abs=1e-4)


def dev_loss(weights: np.ndarray) -> float:
    """Of the linear network with these weights, on dev of the clouds."""
    from datasets.inputs import fit_inputs

    layer, split = linear(), clouds()
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weights[:4].reshape(2, 2)))
        layer.bias.copy_(torch.from_numpy(weights[4:]))
        logits = layer(torch.from_numpy(fit_inputs(split).evaluation(split.dev.x)))
    return float(nn.functional.cross_entropy(logits, torch.from_numpy(split.dev.y)))


def test_the_courses_of_the_rate():
    steps = np.arange(1000) / 1000
    assert {rate("constant", step) for step in steps} == {1.0}
    cosine = np.array([rate("cosine", step) for step in steps])
    assert cosine[0] == 1 and (np.diff(cosine) < 0).all() and 0 < cosine[-1] < 0.01
    assert cosine[500] == pytest.approx(0.5)
    cycle = np.array([rate("one-cycle", step) for step in steps])
    top = int(cycle.argmax())
    assert top == 300 and cycle[top] == pytest.approx(1) and cycle[0] == pytest.approx(0.04)
    assert (np.diff(cycle[:top]) > 0).all() and (np.diff(cycle[top:]) < 0).all()


def test_a_course_scales_the_steps_and_goes_on_where_it_stood():
    settings = replace(PLAIN, schedule="one-cycle")
    first = np.linalg.norm(after(settings) - START)
    assert first == pytest.approx(0.04 * np.linalg.norm(after(PLAIN) - START), rel=1e-3)
    # Epoch 4 of 10 stands at the top of the cycle, whatever came before it in this process.
    start = [parameter.detach().numpy() for parameter in linear().parameters()]
    network, moved = linear(), []
    fit(network, clouds(), settings, Plan(10, 1, 3, start), lambda report: moved.append(flat(network)))
    assert np.linalg.norm(moved[0] - START) == pytest.approx(np.linalg.norm(after(PLAIN) - START), rel=1e-3)


def test_settings_come_from_a_configuration_and_unknown_names_are_refused():
    config = {"learning_rate": 0.1, "batch_size": 4, "patience": 2, "clip": 1.0, "width": 32}
    assert Settings.of(config) == Settings(0.1, 4, 2, clip=1.0)
    for wrong in ({"optimizer": "sdg"}, {"schedule": "one cycle"}):
        with pytest.raises(ValueError, match="is none of"):
            Settings.of(config | wrong)


@pytest.mark.parametrize(
    "model",
    [model for model in scan(MODELS, Baseline).values() if "torch" in model.requires],
    ids=lambda model: model.name,
)
def test_every_configuration_of_a_network_is_a_setting(model):
    for config in model.configurations():
        settings = Settings.of(config)
        unknown = set(config) - set(vars(settings))
        assert unknown == set()
        assert settings.patience <= model.epochs()


class Spy(nn.Linear):
    """Notes the inputs of every training step."""

    def __init__(self) -> None:
        super().__init__(40 * 40 * 3, 2)
        self.seen: list[float] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.seen.append(float(x.double().sum()))
        return super().forward(x.flatten(1))


def test_a_training_that_goes_on_sees_what_a_straight_one_would():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (24, 44, 44, 3), dtype=np.uint8)[:, :40, :40]
    samples = Samples(x, np.arange(24) % 2)
    split, settings = TuningSplit(samples, samples, "patches"), replace(PLAIN, batch_size=5)
    straight, halves = Spy(), Spy()
    fit(straight, split, settings, Plan(4, 7), lambda report: True)
    middle = fit(halves, split, settings, Plan(2, 7), lambda report: True)
    fit(halves, split, settings, Plan(4, 7, 2, middle.weights()), lambda report: True)
    assert straight.seen == halves.seen
    assert len(set(straight.seen)) == 4 * 5  # drawn anew in every epoch


def test_epochs_report_how_many_classes_were_answered():
    reports = []
    frozen = replace(PLAIN, learning_rate=0.0)
    one_sided = linear(0.0)
    with torch.no_grad():
        one_sided.bias[1] = 1
    watch = Collapse(clouds().train.y, 2)
    fit(one_sided, clouds(), frozen, Plan(6, 1), lambda r: (reports.append(r), not watch.collapsed(r))[1])
    assert [report.dev_answers for report in reports] == [1, 1, 1]  # and the watch stopped it
    fit(linear(), clouds(), PLAIN, Plan(1, 1), lambda report: reports.append(report) is None)
    assert reports[-1].dev_answers == 2


@pytest.mark.parametrize(("name", "config"), [("knn", {"k": 1}), ("rnf", {"trees": 3, "depth": 3})])
def test_classifiers_report_their_answers_too(name, config):
    reports = []
    scan(MODELS, Baseline)[name].train(config, clouds(), 2, Plan(1, 1), lambda r: reports.append(r) is None)
    assert [report.dev_answers for report in reports] == [2]


def test_points_and_processors_keep_their_precision():
    from datasets.inputs import fit_inputs

    points = fit_inputs(clouds())
    for device in ("cpu", "cuda"):
        with precision(points, torch.device(device)):
            assert not torch.is_autocast_enabled("cpu") and not torch.is_autocast_enabled("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is here")
@pytest.mark.parametrize("name", ["cnn-m", "cnn-m2", "cnn-lstm-m", "cnn-lstm-m2"])
def test_on_a_gpu_the_same_seed_gives_the_same_weights(name):
    assert choose_device().type == "cuda"
    model, rng = scan(MODELS, Baseline)[name], np.random.default_rng(0)
    kind = "eeg" if "eeg" in model.kinds else "patches"
    x = (
        rng.normal(size=(32, 20, 8, 15)).astype(np.float32)
        if kind == "eeg"
        else rng.integers(0, 256, (32, 64, 64, 3), dtype=np.uint8)
    )
    samples = Samples(x, np.arange(32) % 2)
    one, two = (
        model.train(
            model.configurations()[0],
            TuningSplit(samples, samples, kind),
            2,
            Plan(2, 3),
            lambda report: True,
        )
        for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one.weights(), two.weights(), strict=True))
