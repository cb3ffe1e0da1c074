"""Four mixtures of known Bayes error, 2 and 3 classes, on which estimators of it are judged.

The values are those of `Drawing.bayes_error`: 2.0, 12.5, 22.1 and 30.2 %.
"""

from __future__ import annotations

from imld_synth import Drawing, Mixture
from imld_synth.shapes.gaussian import round_gaussian, turned_gaussian


def known_mixtures() -> dict[str, Drawing]:
    """By name, in the order of their Bayes error."""
    pairs = Drawing(
        (
            Mixture((round_gaussian((0, 0), 1), round_gaussian((3, 3), 1)), (1, 1)),
            Mixture((round_gaussian((0, 3), 1), round_gaussian((3, 0), 1)), (1, 1)),
        )
    )
    triangle = Drawing(
        (round_gaussian((0, 0), 1), round_gaussian((2, 0), 1), turned_gaussian((1, 2), (1.5, 0.7), 30)),
        (0.5, 0.3, 0.2),
    )
    nested = Drawing(
        (
            round_gaussian((0, 0), 0.7),
            Mixture((round_gaussian((-1.5, 0), 0.9), round_gaussian((1.5, 0), 0.9)), (1, 1)),
            round_gaussian((0, 0.5), 2.5),
        )
    )
    return {
        "two Gaussians": Drawing((round_gaussian((0, 0), 1), round_gaussian((4.1, 0), 1))),
        "two pairs": pairs,
        "triangle": triangle,
        "nested": nested,
    }
