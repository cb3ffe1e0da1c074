"""The networks by hand for patches and EEG, on toy sets whose answer is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from datasets.eeg.framing import windows
from datasets.inputs import input_shape
from datasets.plugins import scan
from datasets.types import Samples, TuningSplit
from manual import MODELS, Baseline
from manual.learner import ImpossibleArchitecture, Plan
from manual.models.cnn import flat_features

BASELINES = scan(MODELS, Baseline)
PATCHES, EEG = (128, 128, 3), (100, 20, 15)
SHAPES = {"cnn-m": PATCHES, "cnn-m2": PATCHES, "cnn-lstm-m": EEG, "cnn-lstm-m2": EEG}
SMALLEST = {"cnn-m": (36, 36, 3), "cnn-m2": (32, 32, 3), "cnn-lstm-m": (3, 4, 4), "cnn-lstm-m2": (4, 1, 15)}
TOO_SMALL = {
    "cnn-m": (50, 35, 3),
    "cnn-m2": (31, 50, 3),
    "cnn-lstm-m": (3, 20, 3),
    "cnn-lstm-m2": (3, 20, 15),
}


@pytest.fixture(autouse=True)
def one_thread():
    """Batches this small gain nothing from a second thread, and lose much where it has to wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def stripes(count: int, seed: int, side: int = 40) -> Samples:
    """Grey noise with stripes at any angle and phase: wide in class 0, narrow in class 1."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    angle, phase = rng.uniform(0, 2 * np.pi, (2, count, 1, 1))
    rows, columns = np.mgrid[:side, :side]
    wave = np.sin(
        2 * np.pi * (columns * np.cos(angle) + rows * np.sin(angle)) / np.where(y, 6, 16)[:, None, None]
        + phase
    )
    x = 128 + 50 * wave[..., None] + rng.normal(0, 20, (count, side, side, 3))
    return Samples(x.clip(0, 255).astype(np.uint8), y)


def rhythms(count: int, seed: int, frames: int = 20) -> Samples:
    """Noise on 8 derivations, with a rhythm of 5 Hz common to them in class 1; equal power in both."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    time = np.arange(5 * frames + 10) / 50
    x = rng.normal(size=(count, 8, len(time)))
    rhythm = np.sin(2 * np.pi * 5 * time + rng.uniform(0, 2 * np.pi, (count, 1, 1)))
    x = np.where(y[:, None, None] == 1, 0.6 * x + 1.1 * rhythm, x)
    x *= rng.lognormal(3, 0.5, (count, 1, 1)) / x.std(axis=(1, 2), keepdims=True)
    return Samples(windows(x.astype(np.float32)), y)


def toy(name: str) -> TuningSplit:
    if name.startswith("cnn-lstm"):
        return TuningSplit(rhythms(160, 0), rhythms(80, 1), "eeg")
    return TuningSplit(stripes(160, 0), stripes(80, 1), "patches")


def train(name, split, plan, **changes):
    reports = []
    config = BASELINES[name].configurations()[0] | changes
    fitted = BASELINES[name].train(config, split, 2, plan, lambda report: reports.append(report) is None)
    return fitted, reports


def equal(one, two) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.weights(), two.weights(), strict=True))


@pytest.mark.parametrize("name", SHAPES)
def test_a_network_takes_samples_as_they_are_stored_and_answers_a_logit_a_class(name):
    network = BASELINES[name].network(SHAPES[name], 3).eval()
    assert network(torch.zeros(2, *SHAPES[name])).shape == (2, 3)


def test_the_studys_cnn_has_the_studys_sizes():
    assert flat_features(PATCHES) == 64 * 12 * 12 == 9216
    network = BASELINES["cnn-m"].network(PATCHES, 2)
    by_hand = (
        (3 * 25 * 16 + 16) + (16 * 25 * 32 + 32) + (32 * 25 * 64 + 64) + (9216 * 128 + 128) + (128 * 2 + 2)
    )
    assert sum(parameter.numel() for parameter in network.parameters()) == by_hand == 1_245_346
    kinds = [type(layer).__name__ for layer in network]
    block = ["Conv2d", "ReLU", "MaxPool2d"]
    assert kinds == ["ChannelsFirst", *block * 3, "Flatten", "Linear", "ReLU", "Dropout", "Linear"]
    assert network[-2].p == 0.25


def test_the_studys_cnn_has_the_studys_settings():
    (config,) = BASELINES["cnn-m"].configurations()
    assert (config["optimizer"], config["learning_rate"], config["batch_size"]) == ("sgd", 1e-3, 8)
    assert BASELINES["cnn-m"].epochs() == 15 == config["patience"]


def test_the_cnn_lstm_has_two_convolutions_and_two_lstm_layers_and_is_clipped():
    model = BASELINES["cnn-lstm-m"]
    network = model.network(EEG, 2)
    layers = list(network.modules())
    assert sum(isinstance(layer, torch.nn.Conv2d) for layer in layers) == 2
    (lstm,) = (layer for layer in layers if isinstance(layer, torch.nn.LSTM))
    assert lstm.num_layers == 2
    convolutions = (9 * 16 + 16) + (16 * 9 * 32 + 32)
    lstms = 4 * 64 * (32 * 5 * 3 + 64 + 2) + 4 * 64 * (64 + 64 + 2)
    assert sum(parameter.numel() for parameter in network.parameters()) == convolutions + lstms + 64 * 2 + 2
    assert all(config["clip"] > 0 for config in model.configurations())


def test_images_come_with_the_channels_last_and_are_not_mixed_up():
    from manual.layers import ChannelsFirst, EachFrame

    x = torch.arange(2 * 4 * 5 * 3).reshape(2, 4, 5, 3)
    assert torch.equal(ChannelsFirst()(x)[1, 2], x[1, :, :, 2])
    frames = torch.arange(2.0 * 7 * 4 * 3).reshape(2, 7, 4, 3)
    assert torch.equal(EachFrame(torch.nn.Flatten())(frames), frames.reshape(2, 7, 12))


def test_amplitude_is_taken_out_of_a_segment():
    from manual.layers import SegmentNorm

    x = torch.randn(3, 6, 4, 5)
    assert torch.allclose(SegmentNorm()(1000 * x), SegmentNorm()(x), atol=1e-5)
    assert torch.allclose(SegmentNorm()(x).square().mean(dim=(1, 2, 3)), torch.ones(3), atol=1e-4)
    assert torch.equal(SegmentNorm()(0 * x), 0 * x)


def test_stain_and_brightness_are_taken_out_of_an_image():
    from manual.layers import ColourNorm

    x = torch.rand(3, 8, 6, 3)
    normed = ColourNorm()(x)
    assert torch.allclose(normed.mean(dim=(1, 2)), torch.zeros(3, 3), atol=1e-5)
    assert torch.allclose(normed.square().mean(dim=(1, 2)), torch.ones(3, 3), atol=1e-4)
    stained = x * torch.tensor([0.5, 2.0, 1.3]) + torch.tensor([0.1, -0.2, 3.0])
    assert torch.allclose(ColourNorm()(stained), normed, atol=1e-3)
    assert torch.equal(ColourNorm()(torch.full((1, 4, 4, 3), 0.25)), torch.zeros(1, 4, 4, 3))


def test_cnn_m2_answers_the_same_for_another_stain():
    network = BASELINES["cnn-m2"].network(PATCHES, 2).eval()
    x = torch.rand(2, *PATCHES)
    with torch.no_grad():
        assert torch.allclose(network(x * torch.tensor([0.5, 2.0, 1.3]) + 0.1), network(x), atol=1e-3)
        assert not torch.allclose(network(x.flip(0)), network(x), atol=1e-6)


def test_the_signal_is_put_together_from_its_frames():
    from manual.layers import Signal

    stored = np.random.default_rng(0).normal(size=(3, 8, 110)).astype(np.float32)
    assert np.array_equal(Signal()(torch.from_numpy(np.array(windows(stored)))), stored[:, :, 5:-5])


def test_derivations_are_left_out_and_signs_flipped_in_training_only():
    from manual.layers import FlipSign, KeepDerivations

    x = torch.arange(20.0 * 10).reshape(20, 10, 1).expand(-1, -1, 5) + 1
    keep, flip = KeepDerivations(0.6), FlipSign()
    kept = keep(x)
    assert kept.shape == (20, 6, 5)
    for one, all_of_it in zip(kept, x, strict=True):  # six different ones, of this segment, whole
        assert len(set(one[:, 0].tolist())) == 6 and set(one[:, 0].tolist()) <= set(all_of_it[:, 0].tolist())
        assert torch.equal(one, one[:, :1].expand(-1, 5))
    assert len({tuple(sorted((one[:, 0] % 10).tolist())) for one in kept}) > 5
    signs = flip(x) / x
    assert torch.equal(signs.amin(dim=(1, 2)), signs.amax(dim=(1, 2))) and set(signs.unique().tolist()) == {
        -1,
        1,
    }
    assert torch.equal(keep.eval()(x), x) and torch.equal(flip.eval()(x), x)


def test_the_better_cnn_lstm_sees_neither_amplitude_nor_the_order_of_derivations():
    network = BASELINES["cnn-lstm-m2"].network(EEG, 2).eval()
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(2, *EEG)).astype(np.float32))
    with torch.no_grad():
        found = network(x)
        assert torch.allclose(network(50 * x), found, atol=1e-4)
        assert torch.allclose(network(x.flip(2)), found, atol=1e-4)
        assert not torch.allclose(network(x.flip(1)), found, atol=1e-4)


@pytest.mark.parametrize("name", SHAPES)
def test_the_smallest_inputs_are_taken_and_smaller_ones_refused_in_words(name):
    model = BASELINES[name]
    config = model.configurations()[0]
    model.check(config, SMALLEST[name], 2)
    assert model.network(SMALLEST[name], 2).eval()(torch.zeros(1, *SMALLEST[name])).shape == (1, 2)
    with pytest.raises(ImpossibleArchitecture, match=r"too (small|short)"):
        model.check(config, TOO_SMALL[name], 2)


def test_the_dense_layer_follows_the_feature_map_of_smaller_images():
    split = TuningSplit(stripes(4, 0, 50), stripes(4, 1, 50), "patches")  # as those of Kaggle's IDC set
    assert input_shape(split) == (50, 50, 3)
    assert flat_features((50, 50, 3)) == 64 * 2 * 2
    assert "256-128-2" in BASELINES["cnn-m"].architecture({}, (50, 50, 3), 2)
    _, (report,) = train("cnn-m", split, Plan(1, 1))
    assert report.dev_answers in (1, 2)


@pytest.mark.parametrize("name", SHAPES)
def test_a_network_computes_in_bfloat16(name):
    network = BASELINES[name].network(SMALLEST[name], 2)
    x = torch.randn(6, *SMALLEST[name])
    with torch.autocast("cpu", torch.bfloat16):
        loss = torch.nn.functional.cross_entropy(network(x), torch.tensor([0, 1] * 3))
    loss.backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters())
    assert all(parameter.dtype == torch.float32 for parameter in network.parameters())


@pytest.mark.parametrize("name", SHAPES)
def test_the_architecture_line_names_the_network(name):
    line = BASELINES[name].architecture(BASELINES[name].configurations()[0], SHAPES[name], 2)
    assert line.startswith(("conv", "colour norm; conv", "RMS 1")) and "-2" in line and len(line) < 140


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_a_network_learns_what_can_be_learnt(name):
    split = toy(name)
    fitted, reports = train(name, split, Plan(12, 1))
    assert np.mean(fitted.predict(split.dev.x) != split.dev.y) <= 0.05
    assert min(report.dev_error for report in reports) <= 0.05
    assert reports[fitted.best_epoch - 1].dev_answers == 2
    assert fitted.probabilities(split.dev.x).shape == (80, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_the_same_seed_gives_the_same_weights_and_another_one_others(name):
    split = toy(name)
    one, two, other = (train(name, split, Plan(1, seed))[0] for seed in (4, 4, 5))
    assert equal(one, two)
    assert not equal(one, other)


@pytest.mark.slow
def test_a_streamed_training_ends_with_the_weights_of_a_resident_one(monkeypatch):
    split = toy("cnn-lstm-m")
    resident, _ = train("cnn-lstm-m", split, Plan(2, 1))
    monkeypatch.setattr("manual.feed.RESIDENT", 0)
    monkeypatch.setattr("manual.feed.AHEAD", 2)
    streamed, _ = train("cnn-lstm-m", split, Plan(2, 1))
    assert equal(resident, streamed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cnn-m2", "cnn-lstm-m2"])
@pytest.mark.parametrize("resident", [0, 2**29])
def test_samples_that_lie_in_read_only_files_train_without_a_warning(name, resident, tmp_path, monkeypatch):
    monkeypatch.setattr("manual.feed.RESIDENT", resident)
    plain = toy(name)
    stored = plain.train.x if name == "cnn-m2" else np.random.default_rng(0).normal(size=(160, 8, 110))
    np.save(tmp_path / "x.npy", stored.astype(np.uint8 if name == "cnn-m2" else np.float32))
    np.save(tmp_path / "y.npy", plain.train.y)
    x, y = (np.load(tmp_path / f"{array}.npy", mmap_mode="r") for array in "xy")
    mapped = Samples(x if name == "cnn-m2" else windows(x), y)
    copied = Samples(np.array(mapped.x), np.array(y))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, _ = train(name, TuningSplit(mapped, mapped, plain.kind), Plan(1, 1))
    two, _ = train(name, TuningSplit(copied, copied, plain.kind), Plan(1, 1))
    assert equal(one, two)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_a_training_goes_on_from_given_weights(name):
    split = toy(name)
    first, _ = train(name, split, Plan(3, 1))
    second, reports = train(name, split, Plan(4, 1, first_epoch=3, start=first.weights()))
    assert [report.epoch for report in reports] == [4] and second.best_epoch == 4
    # Without an epoch to train, the network is the one that was given, running means and all.
    same, reports = train(name, split, Plan(3, 9, first_epoch=3, start=first.weights()))
    assert reports == [] and equal(same, first)
    assert np.array_equal(same.probabilities(split.dev.x), first.probabilities(split.dev.x))
