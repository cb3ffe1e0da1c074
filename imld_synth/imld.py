"""The distributions of IMLD, the ISIP Machine Learning Demonstration, with its own parameters.

Source: IMLD's parameter file and data generators. Where IMLD gives classes different numbers of
points, the priors here have the same proportions. One deliberate difference: IMLD walks the ring
in equal steps of angle; here the angle is random, so that the points are independent.
"""

from imld_synth.drawing import Drawing
from imld_synth.shapes import Gaussian, Ring, YinYang, round_gaussian
from imld_synth.shapes.base import Pair

_ROUND = 0.025
_LONG, _SHORT = 0.0333, 0.0043
_CORNERS: tuple[Pair, ...] = ((-0.5, 0.5), (0.5, -0.5), (-0.5, -0.5), (0.5, 0.5))


def _gaussians(means: tuple[Pair, ...], *variances: Pair) -> Drawing:
    """One class for each mean; the last pair of variances serves all classes that follow."""
    padded = variances + variances[-1:] * (len(means) - len(variances))
    return Drawing(
        tuple(Gaussian(mean, ((a, 0.0), (0.0, b))) for mean, (a, b) in zip(means, padded, strict=True))
    )


def two_gaussian() -> Drawing:
    """Two round Gaussians far apart."""
    return _gaussians(_CORNERS[:2], (_ROUND, _ROUND))


def four_gaussian() -> Drawing:
    """Four round Gaussians, one class in each corner."""
    return _gaussians(_CORNERS, (_ROUND, _ROUND))


def overlapping_gaussian() -> Drawing:
    """Two round Gaussians close together."""
    return _gaussians(((-0.14, 0.14), (0.14, -0.14)), (_ROUND, _ROUND))


def two_ellipses() -> Drawing:
    """Two level Gaussian ellipses."""
    return _gaussians(_CORNERS[:2], (_LONG, _SHORT))


def four_ellipses() -> Drawing:
    """Four level Gaussian ellipses, one class in each corner."""
    return _gaussians(_CORNERS, (_LONG, _SHORT))


def rotated_ellipses() -> Drawing:
    """Two Gaussian ellipses, the second one upright."""
    return _gaussians(_CORNERS[:2], (_LONG, _SHORT), (_SHORT, _LONG))


def toroidal() -> Drawing:
    """A ring (class 0) around a Gaussian (class 1), one to five in number of points."""
    return Drawing((Ring((0.0, 0.0), 0.65, 0.85), round_gaussian((0.0, 0.0), 0.0083**0.5)), (1 / 6, 5 / 6))


def yin_yang(overlap: float = 0.0) -> Drawing:
    """The halves of the yin-yang sign; IMLD offers overlap 0 and 0.1.

    IMLD's radius of 1.5 is the diameter's: the disc it draws has radius 0.75.
    """
    size = 1.5
    radius, spread = size / 2, 0.75 * size
    return Drawing(tuple(YinYang((0.0, 0.0), radius, spread, yang, overlap) for yang in (False, True)))


def distributions() -> dict[str, Drawing]:
    """All of them by name, with IMLD's defaults."""
    makers = (
        two_gaussian,
        four_gaussian,
        overlapping_gaussian,
        two_ellipses,
        four_ellipses,
        rotated_ellipses,
        toroidal,
        yin_yang,
    )
    return {maker.__name__: maker() for maker in makers}
