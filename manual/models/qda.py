"""QDA: quadratic discriminant analysis, Gaussians with a covariance each."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.gaussian_classes import GaussianClasses
from manual.learner import Baseline, Config, Fitted, Plan, Report


class Qda(Baseline):
    """Bayes' rule for Gaussians, each with its own covariance: borders are conics (Hastie, Tibshirani and Friedman,
    2009, section 4.3). A class of fewer than three points takes the covariance that all classes share."""

    name = "qda"
    system = "QDA"
    title = "quadratic discriminant analysis: Gaussians with a covariance each"
    kinds = frozenset({"points2d"})
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # As of LDA: priors are the only choice that the method leaves.
        return tuple({"priors": priors} for priors in ("shares", "equal"))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{classes} Gaussians, a covariance each, priors {config['priors']}"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        return fit_once(GaussianClasses("full", config["priors"] == "equal"), split, classes, report)
