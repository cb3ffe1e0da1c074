"""Naive Bayes: Gaussians whose coordinates are independent within a class."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.gaussian_classes import GaussianClasses
from manual.learner import Baseline, Config, Fitted, Plan, Report


class NaiveBayes(Baseline):
    """Bayes' rule for Gaussians with variances alone, as if the coordinates were independent within a class (Hastie,
    Tibshirani and Friedman, 2009, section 6.6.3): it cannot see that a class lies aslant."""

    name = "naive-bayes"
    system = "Naive Bayes"
    title = "Gaussian naive Bayes: coordinates independent within a class"
    kinds = frozenset({"points2d"})
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # As of LDA: priors are the only choice that the method leaves.
        return tuple({"priors": priors} for priors in ("shares", "equal"))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{classes} upright Gaussians, priors {config['priors']}"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        return fit_once(GaussianClasses("diagonal", config["priors"] == "equal"), split, classes, report)
