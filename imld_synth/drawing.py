"""A drawing: what one split of a set is drawn from."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from imld_synth.bayes import BayesError, Part, bayes_error
from imld_synth.mixture import Mixture
from imld_synth.rule import RuleError, answers, rule_error
from imld_synth.shapes.base import Floats, Shape


@dataclass(frozen=True)
class MonteCarlo:
    """A mean over n points drawn with `seed`, and its standard error, both fractions."""

    value: float
    standard_error: float
    n: int
    seed: int


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

    def decide(self, x: Floats) -> NDArray[np.int64]:
        """The best answer at the (n, 2) points: the class of the largest joint density, shape (n,).

        Where every density is zero it is the class of the largest prior, the first of several.
        """
        return answers(self.joint(x).T, np.array(self.priors))

    def bayes_error(self) -> BayesError:
        """The Bayes error, a fraction in [0, 1], by integration, with a bound on its numerical error.

        The bound is below 2e-4 for every split of every preset, within a second (see `imld_synth.bayes`).
        """
        return _bayes_error(self)

    def error_of(self, rule: "Drawing") -> RuleError:
        """The error rate on this drawing of the rule that is optimal for another, by integration.

        Raises ValueError where the two have different numbers of classes.
        """
        if len(rule.classes) != len(self.classes):
            raise ValueError(f"a rule for {len(rule.classes)} classes cannot answer {len(self.classes)}")
        if rule == self:  # a copy of a hand drawing: its own rule errs as little as anything can
            least = self.bayes_error()
            return RuleError(least.value, least.bound)
        return _rule_error(self, rule)

    def monte_carlo_bayes_error(self, n: int, seed: int) -> MonteCarlo:
        """A check of `bayes_error` that shares nothing with its integration: the mean of 1 - the largest
        posterior over n drawn points.

        Its standard error is a third to a half of that of counting the mistakes on these points, since
        only the points are drawn and not their classes. Raises ValueError for fewer than two points.
        """
        if n < 2:
            raise ValueError(f"a standard error needs two points or more, not {n}")
        return _monte_carlo(self, n, seed)

    def parts(self) -> tuple[Part, ...]:
        """The shapes of all classes with their shares of the whole, mixtures unfolded."""
        return tuple(
            Part(label, prior * weight, leaf)
            for label, (prior, shape) in enumerate(zip(self.priors, self.classes, strict=True))
            for weight, leaf in shape.leaves()
        )


# Drawings never change, so what was computed once stays true.
@cache
def _bayes_error(drawing: Drawing) -> BayesError:
    return bayes_error(drawing.parts(), len(drawing.classes))


@cache
def _rule_error(drawing: Drawing, rule: Drawing) -> RuleError:
    return rule_error(drawing.parts(), rule.parts(), len(drawing.classes))


@cache
def _monte_carlo(drawing: Drawing, n: int, seed: int) -> MonteCarlo:
    x, _ = drawing.sample(n, np.random.default_rng(seed))
    missed = 1 - drawing.posterior(x).max(axis=1)
    return MonteCarlo(float(missed.mean()), float(missed.std(ddof=1) / np.sqrt(n)), n, seed)
