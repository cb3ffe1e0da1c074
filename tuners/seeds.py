"""Every random number of a study follows from its seed, and systems that are compared share theirs."""

from __future__ import annotations

import zlib

import numpy as np


def derive(seed: int, purpose: str, number: int = 0) -> int:
    """A 31-bit seed for one purpose, unrelated to the seeds of other purposes and numbers.

    The same for every system of a study, so that trial 3 of two tuners and repeat 0 of two networks
    start alike. Neighbouring seeds would not do: Keras Tuner's oracle with seed s + 1 draws almost
    what the one with seed s draws, one place further on.
    """
    state = np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), number]).generate_state(1)
    return int(state[0] >> 1)


def search_seed(seed: int, repeat: int) -> int:
    """The seed from which a search of a study starts; its first search starts from the study's own."""
    return seed if repeat == 0 else derive(seed, "repeated search", repeat)


def second_dev_seed(seed: int) -> int:
    """The seed by which a study divides dev: one division for all its systems and repeats."""
    return derive(seed, "second dev set")
