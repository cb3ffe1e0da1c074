"""SqueezeNet by hand: its size, layer by layer, how it starts, and the images it can be built for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from datasets.plugins import scan
from manual import MODELS, Baseline
from manual.learner import ImpossibleArchitecture
from manual.models import squeezenet as squeezenet_file
from manual.models.squeezenet import LAYOUTS, described, squeezenet

MODEL = scan(MODELS, Baseline)["squeezenet-m"]
IMAGE = (160, 160, 3)


def count(network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def fire(before: int, squeeze: int, expand: int) -> int:
    return (before + 1) * squeeze + (squeeze + 1) * expand + (9 * squeeze + 1) * expand


def test_version_1_0_has_740554_parameters():
    fires = [(96, 16, 64), (128, 16, 64), (128, 32, 128), (256, 32, 128), (256, 48, 192), (384, 48, 192)]
    fires += [(384, 64, 256), (512, 64, 256)]
    layers = [3 * 49 * 96 + 96, *(fire(*one) for one in fires), 512 * 10 + 10]
    assert count(MODEL.network(IMAGE, 10)) == sum(layers) == 740_554


def test_version_1_1_has_727626_parameters():
    assert count(squeezenet(IMAGE, 10, "1.1")) == 727_626


@pytest.mark.parametrize(("version", "sides"), [("1.0", [109, 54, 27, 13]), ("1.1", [111, 55, 27, 13])])
def test_the_maps_have_the_sizes_that_go_with_224_pixels(version, sides):
    """The paper's table has 111, 55, 27 and 13 for version 1.0, which pads its first convolution of 7 x 7 by 2."""
    found, x = [], torch.zeros(1, 224, 224, 3)
    with torch.no_grad():
        for layer in squeezenet((224, 224, 3), 10, version).eval():
            before, x = x.shape[-1], layer(x)
            if isinstance(layer, torch.nn.MaxPool2d):
                found += [before, x.shape[-1]]
    assert sorted(set(found), reverse=True) == sides
    assert x.shape == (1, 10)


@pytest.mark.parametrize("version", LAYOUTS)
def test_the_smallest_images_are_taken_and_smaller_ones_refused_in_words(version, monkeypatch):
    least = LAYOUTS[version].least
    answer = squeezenet((least, least + 9, 1), 3, version).eval()(torch.zeros(2, least, least + 9, 1))
    assert answer.shape == (2, 3)
    with pytest.raises(ImpossibleArchitecture, match=f"{least} x {least} pixels at least, and these"):
        squeezenet((least - 1, 99, 1), 3, version)
    with pytest.raises(ImpossibleArchitecture, match="these samples are 2:"):
        squeezenet((2,), 3, version)
    unguarded = {version: replace(LAYOUTS[version], least=0)}
    monkeypatch.setattr(squeezenet_file, "LAYOUTS", unguarded)
    with pytest.raises(RuntimeError):  # the least side is no smaller than it has to be
        squeezenet((least - 1, 99, 1), 3, version)(torch.zeros(1, least - 1, 99, 1))


def test_weights_start_after_he_and_all_classes_about_equally_likely():
    torch.manual_seed(0)
    network = squeezenet((64, 64, 3), 10)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert len(convolutions) == 1 + 8 * 3 + 1
    for layer in convolutions[:-1]:
        fan_in = layer.weight[0].numel()
        assert layer.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.06)
    assert not any(layer.bias.any() for layer in convolutions)
    shares = torch.softmax(network.eval()(torch.randn(8, 64, 64, 3)), dim=1)
    assert shares.max() < 0.3


def test_it_has_no_batch_norm_and_drops_half_before_the_last_layer():
    layers = list(squeezenet(IMAGE, 10))
    kinds = [type(layer).__name__ for layer in layers]
    assert kinds[-3:] == ["Dropout", "Conv2d", "MeanOverMap"] and layers[-3].p == 0.5
    assert not any("Norm" in type(layer).__name__ for layer in squeezenet(IMAGE, 10).modules())


def test_one_line_says_what_it_is():
    line = described(IMAGE, 10, "1.1")
    assert (
        line
        == "160x160x3, SqueezeNet 1.1: 64@3x3/2 | fire 128-128 | 256-256 | 384-384-512-512 | 10, dropout 0.5"
    )
    assert MODEL.architecture(MODEL.configurations()[0], IMAGE, 10).startswith(
        "160x160x3, SqueezeNet 1.0: 96@7x7/2"
    )


def test_no_set_of_small_images_is_offered_to_it():
    assert MODEL.kinds == {"large-images"}
