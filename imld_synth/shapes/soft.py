"""The one-dimensional building block of soft edges: a uniform stretch blurred by a Gaussian."""

from scipy.special import ndtr

from imld_synth.shapes.base import Floats


def blurred_uniform(s: Floats, length: float, sigma: float) -> Floats:
    """Density at s of U(0, length) + N(0, sigma^2).

    It is symmetric about length/2, so only the lower half is evaluated: there the difference of
    the two normal probabilities keeps its relative precision far out in the tail. There the second is at most
    ndtr(-length / 2 sigma) of the first: beyond 17 sigma less than the last digit of a float64, which saves half.
    """
    near = length / 2 - abs(s - length / 2)
    density: Floats = ndtr(near / sigma)
    if length < 17 * sigma:
        density -= ndtr((near - length) / sigma)
    return density / length
