"""Networks and classifiers tuned by hand, readable from top to bottom: one model per file."""

from manual.learner import Baseline
from manual.learner import Learner as Learner

MODELS = "manual.models"

__all__ = ["MODELS", "Baseline", "Learner"]
