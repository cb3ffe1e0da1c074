"""A learner with a search space: what every autotuner of the project tunes, Keras and PyTorch alike."""

from __future__ import annotations

from typing import ClassVar

from datasets.plugins import find, scan
from manual import MODELS
from manual.learner import Config, Learner
from tuners.space import SearchSpace

HYPERMODELS = "tuners.hypermodels"


class Tunable(Learner):
    """space: declared as data, so that no library is needed to read it or to translate it."""

    space: ClassVar[SearchSpace]

    def space_for(self, shape: tuple[int, ...]) -> SearchSpace:
        """The space for inputs of a shape: the same parameters, with what their size forbids."""
        return self.space

    def parameters(self, config: Config, shape: tuple[int, ...], classes: int) -> int | None:
        """Trained weights of the network, where arithmetic tells; None where it would have to be built."""
        return None


def find_learner(name: str) -> Learner:
    """A baseline or a hypermodel by name. Raises UsageError, MissingLibraryError."""
    if name in scan(HYPERMODELS, Tunable):
        return find(HYPERMODELS, Tunable, name, "model")
    return find(MODELS, Learner, name, "baseline")
