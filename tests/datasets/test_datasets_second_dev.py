"""The second dev set: which samples it takes of dev, and when dev cannot be divided."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.errors import UsageError
from datasets.second_dev import check_second, divide_dev, second_rows
from datasets.types import Samples, TuningSplit


def samples(counts: tuple[int, ...], shape: tuple[int, ...] = (2,)) -> Samples:
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    x = np.arange(len(y), dtype=float).reshape(-1, *(1 for _ in shape)) * np.ones(shape)
    return Samples(x, y)


def of_patients(patients: int, each: int, classes: int = 2) -> Samples:
    """Patients with `each` samples and one more than the one before; every third has one class only."""
    rng = np.random.default_rng(1)
    owners = np.repeat(np.arange(patients), each + np.arange(patients))
    y = np.where(owners % 3 == 0, owners % classes, rng.integers(0, classes, len(owners)))
    return Samples(rng.normal(size=(len(owners), 2)), y, owners)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_both_parts_have_the_class_shares_of_dev(share):
    dev = samples((600, 300, 100))
    divided = divide_dev(TuningSplit(dev, dev), share, 3, seed=4)
    for part, size in ((divided.second, share), (divided.dev, 1 - share)):
        assert np.bincount(part.y).tolist() == pytest.approx([600 * size, 300 * size, 100 * size], abs=1)
    rows = np.concatenate([divided.dev.x[:, 0], divided.second.x[:, 0]])
    assert sorted(rows.astype(int)) == list(range(1000))
    assert divided.train is dev


def test_the_seed_decides_and_nothing_else():
    dev = samples((50, 50))
    first = second_rows(dev, 0.5, 2, seed=1)
    assert np.array_equal(first, second_rows(dev, 0.5, 2, seed=1))
    assert not np.array_equal(first, second_rows(dev, 0.5, 2, seed=2))
    assert np.array_equal(first, np.sort(first))


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_patients_stay_whole_and_classes_keep_near_the_share(share):
    dev = of_patients(40, 5)
    divided = divide_dev(TuningSplit(dev, dev), share, 2, seed=3)
    assert not set(divided.dev.patients) & set(divided.second.patients)
    assert len(divided.dev) + len(divided.second) == len(dev)
    shares = np.bincount(divided.second.y) / np.bincount(dev.y)
    assert shares == pytest.approx([share, share], abs=0.02)


def test_large_samples_are_read_when_they_are_asked_for():
    asked = []

    class Watched(np.ndarray):
        def __getitem__(self, rows):
            asked.append(len(rows))
            return super().__getitem__(rows)

    whole = samples((40, 40), (6, 5))
    split = TuningSplit(whole, Samples(whole.x.view(Watched), whole.y), "eeg")
    divided = divide_dev(split, 0.5, 2, seed=1)
    assert asked == []
    second = divided.second
    assert (len(second.x), second.x.shape, second.x.dtype) == (40, (40, 6, 5), whole.x.dtype)
    rows = second_rows(split.dev, 0.5, 2, seed=1)
    assert np.array_equal(second.x[10:20], whole.x[rows[10:20]])
    assert np.array_equal(second.x[:], whole.x[rows])
    assert asked == [10, 40]


def test_a_class_that_would_be_missing_from_a_part_is_refused_by_name():
    dev = samples((50, 1))
    with pytest.raises(UsageError, match="class rare has too few samples there \\(1\\)"):
        check_second(dev, second_rows(dev, 0.5, 2, seed=1), ("usual", "rare"))
    one = Samples(np.zeros((20, 2)), np.repeat([0, 1], 10), np.repeat([0, 0, 1, 2], 5))
    with pytest.raises(UsageError, match="class a has too few samples there \\(10 of 1 patient\\)"):
        check_second(one, second_rows(one, 0.5, 2, seed=1), ("a", "b"))
    enough = samples((50, 2))
    check_second(enough, second_rows(enough, 0.5, 2, seed=1), ("usual", "rare"))


def test_a_class_that_dev_lacks_altogether_hinders_nothing():
    dev = samples((50, 50))
    check_second(dev, second_rows(dev, 0.5, 3, seed=1), ("a", "b", "c"))
