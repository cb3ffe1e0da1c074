"""Weighted mixtures of shapes."""

from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Shape


@dataclass(frozen=True)
class Mixture:
    """Each point comes from `shapes[i]` with probability proportional to `weights[i]`.

    Raises ValueError when the lists differ in length, are empty, or a weight is not positive.
    """

    shapes: "tuple[Shape | Mixture, ...]"
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.shapes or len(self.shapes) != len(self.weights) or min(self.weights) <= 0:
            raise ValueError("a mixture needs as many positive weights as shapes, and at least one")

    def leaves(self) -> tuple[tuple[float, Shape], ...]:
        """The (probability, shape) pairs of the mixture, nested mixtures unfolded; they sum to 1."""
        total = sum(self.weights)
        return tuple(
            (weight / total * inner, leaf)
            for weight, shape in zip(self.weights, self.shapes, strict=True)
            for inner, leaf in shape.leaves()
        )

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw n points, shape (n, 2), grouped by shape (`Drawing.sample` shuffles them)."""
        leaves = self.leaves()
        counts = rng.multinomial(n, [weight for weight, _ in leaves])
        return np.concatenate([leaf.sample(int(k), rng) for k, (_, leaf) in zip(counts, leaves, strict=True)])

    def density(self, x: Floats) -> Floats:
        """Exact probability density at the (n, 2) points, shape (n,)."""
        total = np.zeros(len(x))
        for weight, leaf in self.leaves():
            total += weight * leaf.density(x)
        return total
