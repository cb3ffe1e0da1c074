"""Handwritten digits that lie in scikit-learn, made harder by noise: image sets that need no download.

The 1,797 digits are the test part of UCI's "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak,
1998), 8 x 8 pixels of 17 levels. As they are they are too easy to tell tuners apart: noise of a standard
deviation of 0.7 on values in [-1, 1] leaves the best small networks an error of about 20 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.train_limit import stratified_rows
from datasets.types import SPLIT_NAMES, IntArray, Samples, Split, SplitName

CLASS_NAMES = tuple("0123456789")

#: Of the 1,797 digits.
DEV_SIZE, EVAL_SIZE = 250, 250

#: Standard deviation of the noise on values in [-1, 1].
NOISE = 0.7

#: The same for the enlarged digits, where each colour has noise of its own and the mean of three has less.
COLOUR_NOISE = 1.2

#: Draws of the noise for each digit of the enlarged set. Noise makes most of their errors, so that four draws
#: of each make an error rate of 250 digits nearly as sure as one of 1,000.
DRAWS: Mapping[SplitName, int] = {"train": 1, "dev": 4, "eval": 4}

#: Pixels of a side of the enlarged digits, for each pixel of the original.
ENLARGED = 4

#: Values beyond these become black or white in the enlarged digits, whose pixels are bytes.
RANGE = 3.0


@dataclass(frozen=True)
class Digits:
    """x: float64, shape (1797, 8, 8), in [-1, 1]; y: int64, shape (1797,); rows: of each part, ascending."""

    x: NDArray[np.float64]
    y: IntArray
    rows: Mapping[SplitName, IntArray]


def noisy_digits(seed: int) -> Split:
    """Digits of 8 x 8 x 1 with noise, float32, about [-3, 3]: 1,297 / 250 / 250, stratified by class."""
    rng = np.random.default_rng(seed)
    digits = _digits(rng)
    parts = {}
    for name in SPLIT_NAMES:
        x = digits.x[digits.rows[name], :, :, None]
        noisy = (x + rng.normal(0.0, NOISE, x.shape)).astype(np.float32)
        parts[name] = Samples(noisy, digits.y[digits.rows[name]])
    return Split(parts["train"], parts["dev"], parts["eval"])


def enlarged_digits(seed: int) -> Split:
    """The same digits with more noise, enlarged to 32 x 32 x 3, uint8: 1,297 / 1,000 / 1,000.

    The noise is drawn before they are enlarged, for each pixel of 8 x 8 and each colour; drawn for each pixel
    of 32 x 32, the sum over 4 x 4 of them would take it out again.
    """
    rng = np.random.default_rng(seed)
    digits = _digits(rng)
    parts = {}
    for name in SPLIT_NAMES:
        rows = np.repeat(digits.rows[name], DRAWS[name])
        grey = digits.x[rows, :, :, None]
        coloured = grey + rng.normal(0.0, COLOUR_NOISE, (*grey.shape[:3], 3))
        pixels = np.rint(127.5 * (1 + np.clip(coloured / RANGE, -1, 1))).astype(np.uint8)
        parts[name] = Samples(pixels.repeat(ENLARGED, axis=1).repeat(ENLARGED, axis=2), digits.y[rows])
    return Split(parts["train"], parts["dev"], parts["eval"])


def _digits(rng: np.random.Generator) -> Digits:
    from sklearn.datasets import load_digits

    bundle = load_digits()
    y = bundle.target.astype(np.int64)
    held_out = stratified_rows(y, DEV_SIZE + EVAL_SIZE, len(CLASS_NAMES), rng)
    dev = held_out[stratified_rows(y[held_out], DEV_SIZE, len(CLASS_NAMES), rng)]
    rows: dict[SplitName, IntArray] = {
        "train": np.setdiff1d(np.arange(len(y)), held_out),
        "dev": dev,
        "eval": np.setdiff1d(held_out, dev),
    }
    return Digits(bundle.images / 8 - 1, y, rows)
