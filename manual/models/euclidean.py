"""Euclidean: the class of the nearest mean, IMLD's simplest algorithm."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.gaussian_classes import GaussianClasses
from manual.learner import Baseline, Config, Fitted, Plan, Report


class Euclidean(Baseline):
    """Answers the class whose mean is nearest by Euclidean distance (Duda, Hart and Stork, 2001, section 2.6.1).

    Its probabilities are those of round Gaussians about the means, all of one size: the same answers, and a surface
    that says how near the border is.
    """

    name = "euclidean"
    system = "Euclidean"
    title = "nearest class mean by Euclidean distance"
    kinds = frozenset({"points2d"})
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # The distance leaves nothing to choose.
        return ({"distance": "euclidean"},)

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{classes} means"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        return fit_once(GaussianClasses("spherical", equal_priors=True), split, classes, report)
