"""How samples reach a PyTorch network: from the device's memory, or batch by batch from a file.

A small set without augmentation becomes inputs once and lies on the device whole: a loader that fetches
single points would cost more than the network. Larger and augmented sets are gathered batch by batch from
their memory map, a few batches ahead of the network, so that memory holds those batches and no more.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from math import prod
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datasets.inputs import Inputs
from datasets.types import Features, Samples

#: Most bytes of inputs that lie on the device whole: 4,000 segments of EEG, 2,500 crops of 128 pixels.
RESIDENT = 512 * 2**20

#: Share of a GPU's free memory that inputs may take where that is more: other workers may share the GPU.
FREE_SHARE = 8

#: Most bytes and rows of inputs that go through a network at once where no gradient is needed. Between
#: its layers a network holds 5 to 20 times as much.
CHUNK = 16 * 2**20
CHUNK_ROWS = 65_536

#: Batches that are ready or being made while the network is busy with one.
AHEAD = 3

#: Most threads that gather batches for a GPU, which eats them faster than one thread makes them.
THREADS = 4

Batch = tuple[Tensor, Tensor]
T = TypeVar("T")


class Feed(ABC):
    """The samples of one part as inputs x, float32, and classes y, int64, on the device."""

    def __init__(self, count: int) -> None:
        self.count = count

    @abstractmethod
    def batches(self, order: Tensor, size: int, epoch: int) -> Iterator[Batch]:
        """Training batches of `size` rows (the last may be smaller) in this order, int64, shape (n,)."""

    @abstractmethod
    def chunks(self) -> Iterator[Batch]:
        """All samples in their own order, as evaluation sees them."""


class Resident(Feed):
    """Inputs that lie on the device. Not for inputs that are drawn anew in every epoch."""

    def __init__(self, samples: Samples, inputs: Inputs, device: torch.device) -> None:
        super().__init__(len(samples))
        # Filled in parts: whole, a copy in the host's memory would lie beside it.
        self.x = torch.empty((len(samples), *inputs.shape), dtype=torch.float32, device=device)
        self.y = _classes(samples).to(device)
        self.rows = chunk_rows(inputs)
        for start in range(0, len(samples), self.rows):
            part = inputs.evaluation(samples.x[start : start + self.rows])
            self.x[start : start + self.rows] = torch.from_numpy(part)

    def batches(self, order: Tensor, size: int, epoch: int) -> Iterator[Batch]:
        for rows in order.to(self.x.device).split(size):
            yield self.x[rows], self.y[rows]

    def chunks(self) -> Iterator[Batch]:
        return zip(self.x.split(self.rows), self.y.split(self.rows), strict=True)


class Streamed(Feed):
    """Inputs that are gathered from memory or a memory map while the network works on earlier ones.

    The augmentation of a batch is drawn from (seed, epoch, number of the batch): it depends neither on
    threads nor on the epochs before it, so that a training that goes on draws what a straight one would.
    """

    def __init__(self, samples: Samples, inputs: Inputs, device: torch.device, seed: int) -> None:
        super().__init__(len(samples))
        self.samples = samples
        self.inputs = inputs
        self.device = device
        self.seed = seed
        self.y = _classes(samples)
        self.threads = 1 if device.type == "cpu" else min(THREADS, os.cpu_count() or 1)

    def batches(self, order: Tensor, size: int, epoch: int) -> Iterator[Batch]:
        jobs = (
            partial(self._training, rows, (self.seed, epoch, number))
            for number, rows in enumerate(order.split(size))
        )
        return map(self._moved, ahead(jobs, self.threads))

    def chunks(self) -> Iterator[Batch]:
        rows = chunk_rows(self.inputs)
        jobs = (partial(self._evaluation, slice(start, start + rows)) for start in range(0, self.count, rows))
        return map(self._moved, ahead(jobs, self.threads))

    def _training(self, rows: Tensor, seed: tuple[int, ...]) -> Batch:
        x = self.inputs.training(self.samples.x, rows.numpy(), np.random.default_rng(seed))
        return self._ready(x, self.y[rows])

    def _evaluation(self, rows: slice) -> Batch:
        return self._ready(self.inputs.evaluation(self.samples.x[rows]), self.y[rows])

    def _ready(self, x: NDArray[np.float32], y: Tensor) -> Batch:
        tensor = torch.from_numpy(x)
        # Only from pinned memory can a GPU fetch a batch while it computes.
        return (tensor.pin_memory(), y.pin_memory()) if self.device.type == "cuda" else (tensor, y)

    def _moved(self, batch: Batch) -> Batch:
        x, y = batch
        return x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)


def feed(samples: Samples, inputs: Inputs, device: torch.device, *, train: bool, seed: int) -> Feed:
    """The feed that suits a part of this size. train: whether its batches are trained on."""
    size = 4 * prod(inputs.shape) * len(samples)
    if size <= _most_resident(device) and not (train and inputs.augments):
        return Resident(samples, inputs, device)
    return Streamed(samples, inputs, device, seed)


def chunk_rows(inputs: Inputs) -> int:
    """Rows that go through a network at once where no gradient is needed."""
    return max(1, min(CHUNK_ROWS, CHUNK // (4 * prod(inputs.shape))))


def evaluation_chunks(x: Features, inputs: Inputs, device: torch.device) -> Iterator[Tensor]:
    """Inputs of all rows of x in their order, on the device, a few parts at a time."""
    rows = chunk_rows(inputs)
    for start in range(0, len(x), rows):
        yield torch.from_numpy(inputs.evaluation(x[start : start + rows])).to(device)


def ahead(jobs: Iterable[Callable[[], T]], threads: int) -> Iterator[T]:
    """The results of jobs in their order, AHEAD of them under way or waiting at any time.

    What a job raises is raised here. Leaving the loop early leaves no thread behind.
    """
    queue = iter(jobs)
    with ThreadPoolExecutor(threads, thread_name_prefix="feed") as pool:
        waiting: deque[Future[T]] = deque(pool.submit(job) for job in islice(queue, AHEAD))
        try:
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(job) for job in islice(queue, 1))
                yield result
        finally:
            pool.shutdown(cancel_futures=True)


def _most_resident(device: torch.device) -> int:
    if device.type != "cuda":
        return RESIDENT
    free, _ = torch.cuda.mem_get_info(device)
    return max(RESIDENT, free // FREE_SHARE)


def _classes(samples: Samples) -> Tensor:
    return torch.from_numpy(np.array(samples.y))  # a copy: torch warns of read-only memory
