"""The presets: sizes, seeds, names, and what is exactly known about them."""

import numpy as np
import pytest

import imld_synth
from imld_synth import SPLITS, UnknownSetError, preset, presets

SIZES = {
    "08": (3, 300_000, 15_000, 15_000),
    "09": (2, 500_000, 250_000, 250_000),
    "10": (2, 100_000, 10_000, 10_000),
}
NAMES = tuple(SIZES)


def test_the_scan_finds_the_sets_in_order() -> None:
    assert tuple(item.name for item in presets()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_sizes_and_balance(name: str) -> None:
    classes, *sizes = SIZES[name]
    item = preset(name)
    data = item.generate(0)
    assert list(data) == list(SPLITS) and len(item.class_names) == classes
    for (x, y), size in zip(data.values(), sizes, strict=True):
        assert x.shape == (size, 2) and x.dtype == np.float64 and np.isfinite(x).all()
        assert np.bincount(y).tolist() == [size // classes] * classes


def test_same_seed_same_bytes_and_other_seed_others() -> None:
    item = preset("10")
    a, b, c = item.generate(5), item.generate(5), item.generate(6)
    for split in SPLITS:
        assert a[split][0].tobytes() == b[split][0].tobytes()
        assert a[split][1].tobytes() == b[split][1].tobytes()
        assert not (a[split][0] == c[split][0]).any()


def test_splits_have_streams_of_their_own() -> None:
    item = preset("09")  # dev and eval are the same shapes moved: a shared stream would show
    dev, evaluation = item.generate_split("dev", 1, 1_000)[0], item.generate_split("eval", 1, 1_000)[0]
    moved = dev - evaluation
    assert moved.std() > 0.05
    assert (item.generate_split("dev", 1)[0] == item.generate(1)["dev"][0]).all()


def test_sets_have_streams_of_their_own() -> None:
    a, b = preset("08").generate_split("dev", 1, 90)[1], preset("08").generate_split("dev", 2, 90)[1]
    assert (a != b).any()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("split", SPLITS)
def test_bayes_error_agrees_with_counting(name: str, split: str) -> None:
    item = preset(name)
    x, y = item.generate_split(split, 11, 30_000)
    posterior = item.drawing(split).posterior(x)
    assert posterior.sum(axis=1) == pytest.approx(np.ones(len(x)))
    exact = item.drawing(split).bayes_error()
    assert exact.bound <= 2.5e-4
    missed = np.mean(posterior.argmax(axis=1) != y)
    assert missed == pytest.approx(exact.value, abs=4 * np.sqrt(exact.value / len(x)))
    # The posteriors are calibrated: they expect as many mistakes as there are.
    assert np.mean(1 - posterior.max(axis=1)) == pytest.approx(exact.value, abs=3e-3)


@pytest.mark.parametrize("name", NAMES)
def test_settings_are_complete_and_frozen(name: str) -> None:
    item = preset(name)
    assert set(item.closed_loop) == set(SPLITS)
    assert min(item.poster_knn_k, item.poster_rnf_trees, item.poster_rnf_depth) > 0
    with pytest.raises(AttributeError):
        item.poster_knn_k = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        item.closed_loop["dev"] = item.closed_loop["train"]  # type: ignore[index]


@pytest.mark.parametrize(("wrong", "hint"), [("8", "'08'"), ("set_10", "'10'"), ("#09", "'09'"), ("0", "")])
def test_wrong_names_get_a_suggestion(wrong: str, hint: str) -> None:
    with pytest.raises(UnknownSetError, match="The sets are: 08, 09, 10") as caught:
        preset(wrong)
    assert caught.value.exit_code == 2
    assert hint in str(caught.value)


def test_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="train, dev, eval"):
        preset("10").generate_split("test", 0)


def test_public_names_exist() -> None:
    assert all(hasattr(imld_synth, name) for name in imld_synth.__all__)
