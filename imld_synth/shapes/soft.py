"""The one-dimensional building block of soft edges: a uniform stretch blurred by a Gaussian."""

from scipy.special import ndtr

from imld_synth.shapes.base import Floats


def blurred_uniform(s: Floats, length: float, sigma: float) -> Floats:
    """Density at s of U(0, length) + N(0, sigma^2).

    It is symmetric about length/2, so only the lower half is evaluated: there the difference of
    the two normal probabilities keeps its relative precision far out in the tail.
    """
    near = length / 2 - abs(s - length / 2)
    density: Floats = (ndtr(near / sigma) - ndtr((near - length) / sigma)) / length
    return density
