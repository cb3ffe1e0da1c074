"""What the difficulty of a stand-in changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hardness:
    """snr: RMS of the seizure's rhythm against the background without it, at the derivation where it is
    largest.

    mimic_share: share of the time with a rhythm that does not evolve, less within seizures; mimic_snr: its
    strength. falls_per_10s: median fall of a seizure's frequency in octaves. sharper: by how
    much the sharpness of seizures is above that of mimics.
    """

    snr: float
    mimic_share: float
    mimic_snr: float
    falls_per_10s: float
    sharper: float


def hardness_of(difficulty: float) -> Hardness:
    """difficulty: from 0 (easy) to 1 (hard)."""
    snr = 2.2 - 1.2 * difficulty
    return Hardness(
        snr=snr,
        mimic_share=0.85 + 0.15 * difficulty,
        mimic_snr=snr * (0.95 + 0.2 * difficulty),
        falls_per_10s=0.9 - 0.3 * difficulty,
        sharper=0.4 - 0.25 * difficulty,
    )
