"""Weights of a network as a file: arrays alone, no code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from manual.learner import Weights


def read_weights(path: str | None) -> Weights | None:
    """The arrays of a file, in their order; None without a path."""
    if path is None:
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[f"w{index}"] for index in range(len(arrays.files))]


def write_weights(path: str, weights: Weights | None) -> None:
    """Writes the arrays, and their folder where it is missing; nothing for a learner that has no weights."""
    if weights is None:
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f"w{index}": array for index, array in enumerate(weights)}
    np.savez(path, **arrays)
