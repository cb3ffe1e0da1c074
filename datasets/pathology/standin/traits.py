"""What one patient's tissue has in common on all slides; drawn without regard to class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.pathology.standin.noise import FloatMap, fibre_tiles, white_tile
from datasets.pathology.standin.nuclei import (
    Bank,
    lymphocyte_bank,
    red_cell_bank,
    spindle_bank,
    tumour_bank,
)

#: Share of patients with tumour of one class only.
ONE_CLASS = 0.08


@dataclass(frozen=True)
class Traits:
    """spacing: between tumour nuclei in pixels. scale: factor on the lengths of the architecture.
    stroma, cytoplasm, basophilia: amounts of eosin in stroma and cytoplasm, of haematoxylin in cytoplasm.
    contrast: of the fibres. lymphocytes, spindles: per square pixel. fat: groups of vacuoles a slide.
    cleft: strength of the shrinkage gap around cell masses, 0-1."""

    only: str | None
    spacing: float
    scale: float
    stroma: float
    cytoplasm: float
    basophilia: float
    contrast: float
    lymphocytes: float
    spindles: float
    fat: float
    cleft: float
    fibres: FloatMap
    grain: FloatMap
    tumour: Bank
    lymphocyte: Bank
    spindle: Bank
    red_cell: Bank


def draw_traits(rng: np.random.Generator) -> Traits:
    diameter = float(rng.uniform(8.4, 10.4))
    only = str(rng.choice(["dcis", "indc"])) if rng.random() < ONE_CLASS else None
    return Traits(
        only=only,
        spacing=diameter * float(rng.uniform(1.28, 1.46)),
        scale=float(rng.uniform(0.88, 1.12)),
        stroma=float(rng.uniform(0.13, 0.19)),
        cytoplasm=float(rng.uniform(0.13, 0.19)),
        basophilia=float(rng.uniform(0.05, 0.09)),
        contrast=float(rng.uniform(0.16, 0.32)),
        lymphocytes=float(np.exp(rng.normal(np.log(2.2e-4), 0.5))),
        spindles=float(rng.uniform(5e-4, 8e-4)),
        fat=float(rng.gamma(2.0, 2.0)),
        cleft=float(rng.uniform(0.0, 0.5)),
        fibres=fibre_tiles(rng, float(rng.uniform(7.0, 15.0)), float(rng.uniform(0.9, 1.5))),
        grain=white_tile(rng),
        tumour=tumour_bank(rng, diameter, float(rng.uniform(0.05, 0.14))),
        lymphocyte=lymphocyte_bank(rng),
        spindle=spindle_bank(rng),
        red_cell=red_cell_bank(rng),
    )
