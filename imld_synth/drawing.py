"""A drawing: what one split of a set is drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imld_synth.bayes import BayesError, Part, bayes_error
from imld_synth.mixture import Mixture
from imld_synth.shapes.base import Floats, Shape


@dataclass(frozen=True)
class Drawing:
    """One density for each class, and the classes' prior probabilities (equal when left out).

    Raises ValueError when priors and classes differ in number or the priors do not sum to 1.
    """

    classes: tuple[Shape | Mixture, ...]
    priors: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.priors:
            object.__setattr__(self, "priors", (1 / len(self.classes),) * len(self.classes))
        if len(self.priors) != len(self.classes) or min(self.priors) <= 0:
            raise ValueError("a drawing needs one positive prior for each class")
        if abs(sum(self.priors) - 1) > 1e-9:
            raise ValueError(f"the priors must sum to 1, not {sum(self.priors)}")

    def counts(self, n: int) -> tuple[int, ...]:
        """How many of n points each class gets: exact shares, left-overs to the largest remainders."""
        shares = n * np.array(self.priors)
        # The small step keeps 3 * (1/3) from falling below 1 through rounding.
        counts = np.floor(shares + 1e-9).astype(np.int64)
        order = np.argsort(-(shares - counts), kind="stable")
        counts[order[: n - int(counts.sum())]] += 1
        return tuple(int(k) for k in counts)

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        """Draw n points in random order: x (n, 2) float64 and y (n,) int64 with the counts of `counts`."""
        counts = self.counts(n)
        x = np.concatenate([shape.sample(k, rng) for k, shape in zip(counts, self.classes, strict=True)])
        y = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        order = rng.permutation(n)
        return x[order], y[order]

    def joint(self, x: Floats) -> Floats:
        """prior * density of each class at the (n, 2) points, shape (n, classes)."""
        return np.column_stack(
            [prior * shape.density(x) for prior, shape in zip(self.priors, self.classes, strict=True)]
        )

    def density(self, x: Floats) -> Floats:
        """Density of all classes together, shape (n,)."""
        total: Floats = self.joint(x).sum(axis=1)
        return total

    def posterior(self, x: Floats) -> Floats:
        """P(class | x), shape (n, classes), rows summing to 1.

        Where every density is zero (outside hard edges, or further out than doubles reach) nothing
        is known about the class: the row then holds the priors.
        """
        joint = self.joint(x)
        total = joint.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total > 0, joint / total, np.array(self.priors))

    def bayes_error(self) -> BayesError:
        """The Bayes error, a fraction in [0, 1], with a bound on its numerical error, as a rule 2e-4."""
        parts = tuple(
            Part(label, prior * weight, leaf)
            for label, (prior, shape) in enumerate(zip(self.priors, self.classes, strict=True))
            for weight, leaf in shape.leaves()
        )
        return bayes_error(parts, len(self.classes))
