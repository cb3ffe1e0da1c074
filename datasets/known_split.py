"""What a known density says of the samples of a split, kept as files beside them.

`{split}_posterior.npy` holds P(class | x), float32, shape (n, C), and `{split}_train_rule.npy` the answers of the
rule that is optimal for train, int16, shape (n,). So a process that scores a model measures its regret without
knowing the density. They follow from the samples and are no part of the content hash. Those of eval say more
about eval than its labels do, and only a scoring job opens them.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, Dataset, IntArray

#: Points whose densities are computed at once.
CHUNK = 100_000

#: A mean over samples and its standard error.
Mean = tuple[float, float]


@dataclass(frozen=True)
class KnownSplit:
    """posterior: P(class | x) of the samples, shape (n, C). train_rule: the rule's answers, shape (n,)."""

    posterior: NDArray[np.float32]
    train_rule: NDArray[np.int16]

    def rows(self, rows: IntArray) -> KnownSplit:
        """The same of some samples."""
        return KnownSplit(self.posterior[rows], self.train_rule[rows])

    def regret(self, answers: IntArray) -> Mean:
        """How much likelier the likeliest class is than the answered one: max_c P(c|x) - P(answer|x).

        Its expectation is the model's error rate minus the Bayes error; as no label takes part, its standard
        error is far below that of an error rate.
        """
        return _mean(self.posterior.max(axis=1) - self._of(answers))

    def excess(self, answers: IntArray) -> Mean:
        """How much likelier the answer of the rule that is optimal for train is: P(rule|x) - P(answer|x).

        Its expectation is the model's error rate minus that of the rule. Both are judged at the same points, so
        most of what these points happen to be cancels. Negative where the model does better than the rule.
        """
        return _mean(self._of(self.train_rule) - self._of(answers))

    def _of(self, answers: NDArray[np.integer]) -> NDArray[np.float64]:
        chosen = np.take_along_axis(self.posterior, np.asarray(answers, dtype=np.int64)[:, None], axis=1)
        return chosen[:, 0].astype(np.float64)


def write_known(dataset: Dataset, folder: Path) -> None:
    """Adds the files of all splits to the set's own folder where they are missing and the densities known.

    Each appears under its name once it is complete; several writers at once write the same bytes.
    Raises OSError where the folder cannot be written.
    """
    if dataset.densities is None:
        return
    for split in SPLIT_NAMES:
        if all(path.is_file() for path in _paths(folder, split)):
            continue
        x = np.asarray(dataset.split.part(split).x, dtype=np.float64)
        parts = [x[start : start + CHUNK] for start in range(0, len(x), CHUNK)]
        here, train = dataset.densities[split], dataset.densities["train"]
        posterior = np.concatenate([here.posterior(part).astype(np.float32) for part in parts])
        answers = np.concatenate([train.decide(part).astype(np.int16) for part in parts])
        for path, array in zip(_paths(folder, split), (posterior, answers), strict=True):
            _write(path, array)


def read_known(folder: Path, split: str) -> KnownSplit | None:
    """What the folder knows of a split, mapped into memory; None where no density was known.

    Raises DataError where a file is damaged.
    """
    paths = _paths(folder, split)
    if not all(path.is_file() for path in paths):
        return None
    try:
        return KnownSplit(*(np.load(path, mmap_mode="r", allow_pickle=False) for path in paths))
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"what is known of the {split} part in {folder} cannot be read: {error}."
            " Delete the folder and prepare the set again."
        ) from None


def _paths(folder: Path, split: str) -> tuple[Path, Path]:
    return folder / f"{split}_posterior.npy", folder / f"{split}_train_rule.npy"


def _write(path: Path, array: NDArray[np.generic]) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".npy", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, array, allow_pickle=False)
        Path(temporary).chmod(0o644)  # mkstemp's files are closed to other users
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _mean(values: NDArray[np.float64]) -> Mean:
    spread = values.std(ddof=1) if len(values) > 1 else 0.0
    return float(values.mean()), float(spread / np.sqrt(len(values)))
