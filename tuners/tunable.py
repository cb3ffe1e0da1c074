"""A learner with a search space: what every autotuner of the project tunes, Keras and PyTorch alike."""

from __future__ import annotations

from typing import ClassVar

from manual.learner import Learner
from tuners.space import SearchSpace

HYPERMODELS = "tuners.hypermodels"


class Tunable(Learner):
    """space: declared as data, so that no library is needed to read it or to translate it."""

    space: ClassVar[SearchSpace]

    def space_for(self, shape: tuple[int, ...]) -> SearchSpace:
        """The space for inputs of a shape: the same parameters, with what their size forbids."""
        return self.space
