"""What algorithms share that move a population: a generation is asked for, told, and only then moved on.

Within a generation nothing depends on the order of the results, so any number of its trials may be
under way at once.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from manual.learner import Config
from tuners.draw import first_look
from tuners.encoding import Encoding, Vector
from tuners.record import Outcome, Suggestion
from tuners.results import error_of
from tuners.searcher import Searcher, Task
from tuners.seeds import derive
from tuners.space import SearchSpace, SpaceError, config_key

#: Generations in a row without a new configuration after which a search has seen all that it can reach.
MOST_STALE = 1000


class GenerationalSearcher(Searcher):
    """A population of points in the unit cube of the space. points: of the generation under way.

    Every configuration is asked for once. A point that decodes to one that is known takes the result on
    record and costs nothing; a generation without a new configuration is moved on at once. With a guard,
    a configuration that breaks a constraint counts as a failed one and is never asked for.
    Raises SpaceError where the task has no space, or one of which nothing can be built.
    """

    def __init__(self, task: Task, name: str) -> None:
        super().__init__(task)
        if task.space is None:
            raise SpaceError(f"{name} needs a search space")
        if task.guard and task.space.constraints:
            first_look(task.space)
        self.space: SearchSpace = task.space
        self.encoding = Encoding(task.space)
        self.rng = np.random.default_rng(derive(task.seed, name))
        self.points: Sequence[Vector] = ()
        self._waiting: list[Config] = []
        self._outstanding: set[int] = set()
        self._errors: dict[str, float | None] = {}
        self._over = False

    @abstractmethod
    def first(self) -> Sequence[Vector]:
        """The points of the first generation."""

    @abstractmethod
    def following(self, errors: list[float | None]) -> Sequence[Vector]:
        """The points of the next generation; none at all ends the search.

        errors: of the points of the generation before, in order; None where a trial failed.
        """

    def is_known(self, point: Vector) -> bool:
        """Whether the configuration at a point was asked for before, or is none to ask for."""
        config = self.encoding.decode(point)
        return self._is_impossible(config) or self._key(config) in self._errors

    def _suggest(self, number: int) -> Suggestion | None:
        if not self._waiting and not self._outstanding and not self._over:
            self._move_on()
        if not self._waiting:
            return None
        self._outstanding.add(number)
        return Suggestion(number, self._waiting.pop(0), self.task.max_epochs)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        self._outstanding.remove(suggestion.number)
        self._errors[self._key(suggestion.config)] = error_of(outcome)

    def _move_on(self) -> None:
        for _ in range(MOST_STALE):
            errors = [self._errors[self._key(self.encoding.decode(point))] for point in self.points]
            self.points = self.following(errors) if errors else self.first()
            new: dict[str, Config] = {}
            for point in self.points:
                config = self.encoding.decode(point)
                if self._is_impossible(config):
                    self._errors[self._key(config)] = None
                elif self._key(config) not in self._errors:
                    new[self._key(config)] = config
            self._waiting = list(new.values())
            if new:
                return
            if not self.points:
                break
        self._over = True

    def _is_impossible(self, config: Config) -> bool:
        return self.task.guard and self.space.problem(config) is not None

    def _key(self, config: Config) -> str:
        return config_key(config, self.task.max_epochs)
