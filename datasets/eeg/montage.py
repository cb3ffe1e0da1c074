"""Electrodes and the TCP montage: which differences of electrodes are the channels of a sample."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

# The temporal central parasagittal montage of TUSZ without A1-T3 and T4-A2: the derivations that all four
# of its montage definitions (01 to 04) share, in the corpus' order. They need no ear electrode.
DERIVATIONS: tuple[str, ...] = (
    *("FP1-F7", "F7-T3", "T3-T5", "T5-O1"),
    *("FP2-F8", "F8-T4", "T4-T6", "T6-O2"),
    *("T3-C3", "C3-CZ", "CZ-C4", "C4-T4"),
    *("FP1-F3", "F3-C3", "C3-P3", "P3-O1"),
    *("FP2-F4", "F4-C4", "C4-P4", "P4-O2"),
)

ELECTRODES: tuple[str, ...] = (
    *("FP1", "FP2", "F7", "F3", "F4", "F8", "T3", "C3", "CZ", "C4", "T4"),
    *("T5", "P3", "P4", "T6", "O1", "O2"),
)

# The names of the 10-10 system for four electrodes of the 10-20 system.
_SAME_PLACE = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}

_LABEL = re.compile(r"(?:EEG)?(?P<electrode>[A-Z]+\d*)-(?P<reference>REF|LE)")

_PLUS, _MINUS = (np.array([ELECTRODES.index(name.split("-")[end]) for name in DERIVATIONS]) for end in (0, 1))


def electrode_of(label: str) -> tuple[str, str] | None:
    """Electrode and reference that a signal's label names, such as ("FP1", "REF") for "EEG FP1-REF".

    Case and blanks do not matter; T7, T8, P7 and P8 are given as T3, T4, T5 and T6. None for any other
    signal, and for electrodes that the montage does not need.
    """
    found = _LABEL.fullmatch("".join(label.upper().split()))
    if found is None:
        return None
    electrode = _SAME_PLACE.get(found["electrode"], found["electrode"])
    return (electrode, found["reference"]) if electrode in ELECTRODES else None


def derive(electrodes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 20 derivations, shape (20, n), from the 17 electrodes in the order of ELECTRODES, shape (17, n)."""
    derived: NDArray[np.float32] = electrodes[_PLUS] - electrodes[_MINUS]
    return derived
