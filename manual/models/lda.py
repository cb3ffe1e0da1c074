"""LDA: linear discriminant analysis, Gaussians that share one covariance."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.gaussian_classes import GaussianClasses
from manual.learner import Baseline, Config, Fitted, Plan, Report


class Lda(Baseline):
    """Bayes' rule for Gaussians with a common covariance: straight borders (Fisher, 1936; Hastie, Tibshirani and
    Friedman, "The Elements of Statistical Learning", 2009, section 4.3)."""

    name = "lda"
    system = "LDA"
    title = "linear discriminant analysis: Gaussians with one covariance"
    kinds = frozenset({"points2d"})
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # Priors by the classes' shares are Bayes' rule for the points; equal ones win where dev is balanced and
        # train is not.
        return tuple({"priors": priors} for priors in ("shares", "equal"))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{classes} Gaussians, one covariance, priors {config['priors']}"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        return fit_once(GaussianClasses("shared", config["priors"] == "equal"), split, classes, report)
