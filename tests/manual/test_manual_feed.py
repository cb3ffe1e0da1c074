"""How samples reach a network: the same batches from memory and from a file, and never all at once."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest
import torch

from datasets.inputs import Inputs, fit_inputs
from datasets.types import Samples, TuningSplit
from manual import feed as feeding
from manual.feed import Resident, Streamed, ahead, chunk_rows, evaluation_chunks, feed

CPU = torch.device("cpu")


def eeg(count: int = 37) -> Samples:
    x = np.random.default_rng(0).normal(size=(count, 8, 4, 15)).astype(np.float32)
    return Samples(x, np.arange(count) % 2)


def patches(count: int = 20, side: int = 48) -> Samples:
    x = np.random.default_rng(1).integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    return Samples(x, np.arange(count) % 2)


def inputs_of(samples: Samples, kind: str) -> Inputs:
    return fit_inputs(TuningSplit(samples, samples, kind))


class Counted:
    """An array that notes how many rows were read at once, as a memory map would read them."""

    def __init__(self, array):
        self.array, self.most, self.rows = array, 0, 0
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        part = self.array[key]
        rows = 1 if part.ndim < self.ndim else len(part)
        self.most, self.rows = max(self.most, rows), self.rows + rows
        return part


def test_a_small_set_lies_on_the_device_and_a_large_or_augmented_one_does_not(monkeypatch):
    samples, images = eeg(), patches()
    inputs, crops = inputs_of(samples, "eeg"), inputs_of(images, "patches")
    assert isinstance(feed(samples, inputs, CPU, train=True, seed=1), Resident)
    assert isinstance(feed(images, crops, CPU, train=True, seed=1), Streamed)
    assert isinstance(feed(images, crops, CPU, train=False, seed=1), Resident)
    monkeypatch.setattr(feeding, "RESIDENT", samples.x.nbytes - 1)
    assert isinstance(feed(samples, inputs, CPU, train=True, seed=1), Streamed)
    assert isinstance(feed(samples, inputs, CPU, train=False, seed=1), Streamed)


def test_both_feeds_give_the_same_batches_where_nothing_is_augmented(monkeypatch):
    samples = eeg()
    inputs = inputs_of(samples, "eeg")
    monkeypatch.setattr(feeding, "CHUNK", 5 * samples.x[0].nbytes)
    resident, streamed = Resident(samples, inputs, CPU), Streamed(samples, inputs, CPU, 1)
    order = torch.randperm(37, generator=torch.Generator().manual_seed(3))
    one, two = list(resident.batches(order, 8, 1)), list(streamed.batches(order, 8, 1))
    assert [len(y) for _, y in one] == [8, 8, 8, 8, 5]
    assert np.array_equal(torch.cat([y for _, y in one]).numpy(), samples.y[order.numpy()])
    for whole, parts in ((one, two), (list(resident.chunks()), list(streamed.chunks()))):
        assert len(whole) == len(parts) > 1
        for (x, y), (other_x, other_y) in zip(whole, parts, strict=True):
            assert torch.equal(x, other_x) and torch.equal(y, other_y)


def test_augmentation_follows_seed_and_epoch_and_nothing_else():
    samples = patches()
    inputs = inputs_of(samples, "patches")
    order = torch.arange(20)

    def drawn(seed: int, epoch: int, threads: int = 1):
        source = Streamed(samples, inputs, CPU, seed)
        source.threads = threads
        return torch.cat([x for x, _ in source.batches(order, 6, epoch)])

    again = Streamed(samples, inputs, CPU, 1)
    list(again.batches(order, 6, 1))
    assert torch.equal(drawn(1, 2), torch.cat([x for x, _ in again.batches(order, 6, 2)]))
    assert torch.equal(drawn(1, 2), drawn(1, 2, threads=3))
    assert not torch.equal(drawn(1, 2), drawn(1, 3))
    assert not torch.equal(drawn(1, 2), drawn(2, 2))


@pytest.mark.parametrize("kind", ["eeg", "patches"])
def test_a_streamed_part_is_never_read_whole(kind, monkeypatch):
    samples = eeg(400) if kind == "eeg" else patches(400, 36)
    inputs = inputs_of(samples, kind)
    monkeypatch.setattr(feeding, "CHUNK", 10 * 4 * int(np.prod(inputs.shape)))
    x = Counted(samples.x)
    source = Streamed(Samples(x, samples.y), inputs, CPU, 1)
    batches = source.batches(torch.randperm(400), 8, 1)
    next(batches)
    assert x.rows <= 8 * (feeding.AHEAD + 1)  # not further ahead than promised
    assert sum(len(y) for _, y in batches) == 392
    assert x.rows == 400 and x.most <= 8
    x.rows = 0
    assert sum(len(y) for _, y in source.chunks()) == 400
    assert sum(len(part) for part in evaluation_chunks(x, inputs, CPU)) == 400
    assert x.most <= 10


def test_a_chunk_is_bounded_in_bytes_and_rows():
    class Sized(Inputs):
        def __init__(self, *shape: int) -> None:
            self.values = shape

        @property
        def shape(self):
            return self.values

        def evaluation(self, x):
            raise NotImplementedError

    assert chunk_rows(Sized(2)) == feeding.CHUNK_ROWS
    assert chunk_rows(Sized(128, 128, 3)) == feeding.CHUNK // (128 * 128 * 3 * 4)
    assert chunk_rows(Sized(10**6, 100)) == 1


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("feed")]


def test_jobs_give_their_results_in_order_and_few_run_ahead():
    begun = []

    def job(number: int) -> int:
        begun.append(number)
        return number

    results = ahead((partial(job, number) for number in range(20)), 2)
    assert next(results) == 0
    assert len(begun) <= feeding.AHEAD + 1
    assert list(results) == list(range(1, 20))
    assert threads() == []


def test_a_loop_that_is_left_early_leaves_no_thread():
    results = ahead((partial(int, number) for number in range(20)), 1)
    next(results)
    assert threads() != []
    results.close()
    assert threads() == []


def test_what_a_job_raises_reaches_the_loop():
    def fail() -> int:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(ahead([partial(int, 1), fail, partial(int, 2)], 1))
    assert threads() == []
