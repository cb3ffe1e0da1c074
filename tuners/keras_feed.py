"""How samples reach a Keras network: whole where they are few, batch by batch from the files where not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datasets.inputs import Inputs
from datasets.types import Features, Samples

if TYPE_CHECKING:
    import keras

#: Inputs of train and dev together that are kept as arrays; larger ones are gathered batch by batch.
KEPT_BYTES = 256 * 2**20

#: Inputs that go through a network at once where no gradient is needed. Feature maps take many times the
#: memory of the inputs they are made of: those of 40 images about 150 MB for 64 filters.
CHUNK_BYTES = 8 * 2**20

#: The most rows that do.
CHUNK_ROWS = 8192

#: Inputs that are made at once from stored samples in a prediction.
PART_BYTES = 64 * 2**20


def input_bytes(shape: tuple[int, ...]) -> int:
    """Of one float32 input."""
    return 4 * math.prod(shape)


def chunk_rows(shape: tuple[int, ...]) -> int:
    """Inputs of a shape that go through a network at once where no gradient is needed."""
    return max(1, min(CHUNK_ROWS, CHUNK_BYTES // input_bytes(shape)))


def is_kept(inputs: Inputs, rows: int) -> bool:
    """Whether so many rows are turned into inputs once and kept."""
    return not inputs.augments and rows * input_bytes(inputs.shape) <= KEPT_BYTES


class Feed:
    """train and dev as `fit` takes them, and what a network makes of the second dev set.

    seed: of order and augmentation. epoch: how many epochs are behind the network; a training that goes on
    at epoch 3 draws what one that came there by itself would draw.
    """

    def __init__(
        self,
        inputs: Inputs,
        train: Samples,
        dev: Samples,
        batch_size: int,
        seed: int,
        second: Samples | None = None,
    ) -> None:
        self.inputs = inputs
        self.second = second
        self.streams = not is_kept(inputs, len(train) + len(dev))
        self.epoch = 0
        self._train, self._dev = train, dev
        self._batch_size, self._seed = batch_size, seed
        self._second_x: NDArray[np.float32] | None = None
        if second is not None and is_kept(inputs, len(second)):
            self._second_x = inputs.evaluation(second.x[:])

    def begin(self, epoch: int) -> None:
        """Called before every epoch with the number of those behind the network."""
        self.epoch = epoch

    def arguments(self) -> dict[str, Any]:
        """What `fit` is called with for the data."""
        rows = chunk_rows(self.inputs.shape)
        if self.streams:
            training = _batches(self, self._train, self._batch_size, self._seed)
            return {"x": training, "shuffle": False, "validation_data": _chunks(self.inputs, self._dev, rows)}
        train_x, dev_x = (self.inputs.evaluation(part.x[:]) for part in (self._train, self._dev))
        return {
            "x": train_x,
            "y": np.asarray(self._train.y),
            "batch_size": self._batch_size,
            "validation_data": (dev_x, np.asarray(self._dev.y)),
            "validation_batch_size": rows,
        }

    def second_error(self, network: keras.Model) -> float | None:
        """The error on the second dev set, None without one; batch by batch as `quick_logits`."""
        if self.second is None:
            return None
        wrong, rows = 0, chunk_rows(self.inputs.shape)
        for start in range(0, len(self.second), rows):
            part = slice(start, start + rows)
            kept = self._second_x
            x = self.inputs.evaluation(self.second.x[part]) if kept is None else kept[part]
            answers = np.asarray(network.predict_on_batch(x)).argmax(axis=1)
            wrong += int(np.count_nonzero(answers != self.second.y[part]))
        return wrong / len(self.second)


def logits(network: keras.Model, inputs: Inputs, x: Features) -> NDArray[np.float32]:
    """What a network answers to stored samples, shape (n, C), in bounded memory whatever n is."""
    rows = max(1, PART_BYTES // input_bytes(inputs.shape))
    parts = [
        np.asarray(
            network.predict(
                inputs.evaluation(x[start : start + rows]), batch_size=chunk_rows(inputs.shape), verbose=0
            )
        )
        for start in range(0, len(x), rows)
    ]
    return np.concatenate(parts)


def quick_logits(network: keras.Model, inputs: Inputs, x: Features) -> NDArray[np.float32]:
    """The same, for asking a small network after every epoch.

    `evaluate` and `predict` set up a pipeline of data at every call, which takes 30 times as long as the
    answers of a small network do.
    """
    rows = chunk_rows(inputs.shape)
    parts = [
        np.asarray(network.predict_on_batch(inputs.evaluation(x[start : start + rows])))
        for start in range(0, len(x), rows)
    ]
    return np.concatenate(parts)


def _batches(feed: Feed, train: Samples, batch_size: int, seed: int) -> keras.utils.PyDataset:
    """Mini-batches in random order, drawn anew in every epoch.

    Order and augmentation follow from seed, epoch and batch alone: Keras fetches ahead in a thread of its
    own, and looks at the first batches once more to learn their shape.
    """
    import keras

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return math.ceil(len(train) / batch_size)

        def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
            order = np.random.default_rng([seed, feed.epoch]).permutation(len(train))
            rows = order[index * batch_size : (index + 1) * batch_size]
            rng = np.random.default_rng([seed, feed.epoch, index])
            return feed.inputs.training(train.x, rows, rng), np.asarray(train.y[rows])

    return Batches()


def _chunks(inputs: Inputs, samples: Samples, size: int) -> keras.utils.PyDataset:
    """Evaluation inputs in order."""
    import keras

    class Chunks(keras.utils.PyDataset):
        def __len__(self) -> int:
            return math.ceil(len(samples) / size)

        def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
            part = slice(index * size, (index + 1) * size)
            return inputs.evaluation(samples.x[part]), np.asarray(samples.y[part])

    return Chunks()
