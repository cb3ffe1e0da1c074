"""BOHB: Hyperband whose configurations come from a model of the good ones; see `tuners.bohb_model`.

A bracket starts many short trials, or few long ones, and trains the best third on, again and again
(Li et al. 2017, Hyperband, JMLR 18). The model is fitted anew for every configuration, as in the paper, so
that one trial is under way at a time; a model that is kept for a whole rung finds clearly less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from manual.learner import Config, Value
from tuners.bohb_model import Matrix, Model, fit
from tuners.draw import draw, draw_possible, first_look
from tuners.encoding import Encoding, Vector
from tuners.record import Outcome, Suggestion
from tuners.results import error_of
from tuners.searcher import Searcher, Task
from tuners.seeds import derive
from tuners.space import SearchSpace, config_key

#: One trial in so many goes on to the next rung, which trains so many times as long.
ETA = 3

#: Share of the configurations that are drawn at random, whatever the model says.
RANDOM_FRACTION = 1 / 3

#: Draws in a row that were suggested before, after which a space counts as exhausted.
MOST_KNOWN = 100


@dataclass
class Rung:
    """Trials of the same length. halved: rungs below the last one, whose trials train to the end.

    parents: which trials go on here, best first; none in the first rung of a bracket.
    """

    halved: int
    epochs: int
    size: int
    parents: list[Suggestion] = field(default_factory=list)
    asked: list[Suggestion] = field(default_factory=list)
    errors: dict[int, float] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        return len(self.errors) == self.size


class BohbSearcher(Searcher):
    """Brackets one after the other, without end, or until every configuration of a small space was tried."""

    promotes = True

    def __init__(self, task: Task, space: SearchSpace) -> None:
        super().__init__(task)
        self.space = space
        if task.guard:
            first_look(space)
        self.encoding = Encoding(space)
        self.levels = [
            0 if ordered else cells
            for cells, ordered in zip(self.encoding.cells, self.encoding.ordered, strict=True)
        ]
        self._known: set[str] = set()
        self._results: dict[int, list[tuple[int, Vector, float]]] = {}
        self._bracket = -1
        self._over = False
        self._begin_bracket()

    def _suggest(self, number: int) -> Suggestion | None:
        while not self._over:
            rung = self._rung
            if len(rung.asked) < rung.size:
                suggestion = self._promoted(number, rung) if rung.parents else self._fresh(number, rung)
                if suggestion is not None:
                    rung.asked.append(suggestion)
                    return suggestion
                # The space has nothing new: the bracket goes on with what it has, and no other follows.
                rung.size = len(rung.asked)
                self._over = not rung.asked
            elif not rung.told:
                return None
            else:
                self._move_on()
        return None

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        error = error_of(outcome)
        # A failed trial is the worst of its rung, and has no weights to train on from.
        self._rung.errors[suggestion.number] = math.inf if error is None else error
        result = (suggestion.number, self._point(suggestion.config), self._rung.errors[suggestion.number])
        self._results.setdefault(suggestion.epochs, []).append(result)

    # Hyperband -------------------------------------------------------------------------------------

    def _begin_bracket(self) -> None:
        self._bracket += 1
        rungs = halvings(self.task.max_epochs)
        halved = rungs - self._bracket % (rungs + 1)
        size = math.ceil((rungs + 1) / (halved + 1) * ETA**halved)
        self._rung = Rung(halved, rung_epochs(self.task.max_epochs, halved), size)

    def _move_on(self) -> None:
        """Trains the best of a rung on, or begins the next bracket."""
        rung = self._rung
        ranked = sorted(rung.asked, key=lambda one: (rung.errors[one.number], one.number))
        parents = [one for one in ranked if math.isfinite(rung.errors[one.number])]
        parents = parents[: max(1, rung.size // ETA)]
        if rung.halved == 0 or not parents:
            self._begin_bracket()
            return
        halved = rung.halved - 1
        self._rung = Rung(halved, rung_epochs(self.task.max_epochs, halved), len(parents), parents)

    def _promoted(self, number: int, rung: Rung) -> Suggestion:
        parent = rung.parents[len(rung.asked)]
        return Suggestion(number, parent.config, rung.epochs, parent.epochs, parent.number)

    # Configurations --------------------------------------------------------------------------------

    def _fresh(self, number: int, rung: Rung) -> Suggestion | None:
        """A configuration that was never suggested; None where there seems to be no other."""
        rng = np.random.default_rng(derive(self.task.seed, "bohb", number))
        choices: list[dict[str, Value]] = []
        if rng.random() >= RANDOM_FRACTION and (model := self._fit(rng)) is not None:
            choices = [self._decode(point) for point in model.candidates(rng)]
        for attempt in range(len(choices) + MOST_KNOWN):
            if attempt < len(choices):
                config = choices[attempt]
            else:
                config = (draw_possible if self.task.guard else draw)(self.space, rng)
            key = config_key(config, self.task.max_epochs)
            if key in self._known or (self.task.guard and self.space.problem(config) is not None):
                continue
            self._known.add(key)
            return Suggestion(number, config, rung.epochs)
        return None

    def _fit(self, rng: np.random.Generator) -> Model | None:
        """The model of the longest trials that suffice for one."""
        for epochs in sorted(self._results, reverse=True):
            results = sorted(self._results[epochs], key=lambda result: result[0])
            points: Matrix = np.array([point for _, point, _ in results])
            model = fit(points, [error for *_, error in results], self.levels, rng)
            if model is not None:
                return model
        return None

    def _point(self, config: Config) -> Vector:
        """A configuration as the model sees it: options are counted, inactive parameters are NaN."""
        point = self.encoding.encode(config)
        for place, levels in enumerate(self.levels):
            if levels:
                point[place] = min(levels - 1, int(point[place] * levels))
        point[~self.encoding.active(config)] = np.nan
        return point

    def _decode(self, point: Vector) -> dict[str, Value]:
        unit = [
            (value + 0.5) / levels if levels else value
            for value, levels in zip(point, self.levels, strict=True)
        ]
        return self.encoding.decode(np.array(unit))


def halvings(max_epochs: int) -> int:
    """How often `max_epochs` can be divided by ETA without falling below one epoch."""
    count = 0
    while ETA ** (count + 1) <= max_epochs:
        count += 1
    return count


def rung_epochs(max_epochs: int, halved: int) -> int:
    """Epochs of a trial in the rung that is `halved` rungs below the last one."""
    return max(1, round(max_epochs / ETA**halved))
