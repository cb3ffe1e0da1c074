"""LeNet-5 and the small CNN by hand: their sizes, layer by layer, and that they learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import datasets
from datasets.plugins import scan
from manual import MODELS, Baseline
from manual.learner import ImpossibleArchitecture, Plan
from manual.models.digits_cnn import digits_cnn
from manual.models.lenet5 import Widths, lenet5

BASELINES = scan(MODELS, Baseline)
IMAGE, DIGIT = (32, 32, 3), (8, 8, 1)


@pytest.fixture(autouse=True)
def one_thread():
    """Batches this small gain nothing from a second thread, and lose much where it has to wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def count(network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_lenet_5_has_62006_parameters():
    layers = [3 * 25 * 6 + 6, 6 * 25 * 16 + 16, 16 * 25 * 120 + 120, 120 * 84 + 84, 84 * 10 + 10]
    assert layers == [456, 2416, 48120, 10164, 850]
    assert count(lenet5(Widths(), IMAGE, 10)) == sum(layers) == 62_006 == Widths().parameters(3, 10)


@pytest.mark.parametrize(
    ("widths", "channels", "classes"), [(Widths(3, 8, 60, 42), 3, 10), (Widths(2, 64, 16, 256), 1, 4)]
)
def test_the_number_of_parameters_is_known_without_building_the_network(widths, channels, classes):
    network = lenet5(widths, (32, 32, channels), classes)
    assert count(network) == widths.parameters(channels, classes)


def test_the_maps_of_lenet_5_have_the_published_sizes():
    sizes, x = [], torch.zeros(2, *IMAGE)
    for layer in lenet5(Widths(), IMAGE, 10):
        x = layer(x)
        if isinstance(layer, torch.nn.Conv2d | torch.nn.MaxPool2d | torch.nn.Linear):
            sizes.append(tuple(x.shape[1:]))
    assert sizes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84,), (10,)]


def test_the_small_cnn_has_6090_parameters_and_starts_after_he():
    network = digits_cnn(DIGIT, 10)
    assert count(network) == (9 * 16 + 16) + (16 * 9 * 32 + 32) + (32 * 2 * 2 * 10 + 10) == 6_090
    second = [layer for layer in network if isinstance(layer, torch.nn.Conv2d)][1]
    assert second.weight.std().item() == pytest.approx((2 / (16 * 9)) ** 0.5, rel=0.05)
    assert not any(parameter.any() for name, parameter in network.named_parameters() if "bias" in name)


@pytest.mark.parametrize(("name", "shape"), [("lenet5-m", IMAGE), ("digits-cnn-m", DIGIT)])
def test_a_network_takes_samples_as_they_are_stored_and_answers_a_logit_a_class(name, shape):
    model = BASELINES[name]
    assert model.network(shape, 10)(torch.zeros(3, *shape)).shape == (3, 10)
    assert model.architecture(model.configurations()[0], shape, 10).endswith("10")


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("lenet5-m", DIGIT, "takes images of 32 x 32 pixels, and these samples are 8 x 8 x 1"),
        ("lenet5-m", (33, 32, 3), "33 x 32 x 3"),
        ("lenet5-m", (2,), "these samples are 2:"),
        ("digits-cnn-m", (3, 8, 1), "4 x 4 pixels at least"),
        ("digits-cnn-m", (2,), "these samples are 2"),
    ],
)
def test_samples_of_another_shape_are_refused_in_words(name, shape, words):
    with pytest.raises(ImpossibleArchitecture, match=words):
        BASELINES[name].check(BASELINES[name].configurations()[0], shape, 10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dataset", "least", "most"),
    [("digits-cnn-m", "digits", 0.15, 0.35), ("lenet5-m", "digits-32", 0.1, 0.3)],
)
def test_a_baseline_learns_its_set_which_is_neither_trivial_nor_hopeless(name, dataset, least, most):
    model, data = BASELINES[name], datasets.load(dataset)
    split = data.split.for_tuning(data.kind)
    fitted = model.train(model.configurations()[0], split, 10, Plan(6, 1), lambda report: True)
    assert least < np.mean(fitted.predict(split.dev.x) != split.dev.y) < most
