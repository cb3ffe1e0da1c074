"""ray-pbt: Ray Tune's population based training.

Jaderberg et al., Population based training of neural networks, arXiv 1711.09846, 2017. A small population is
trained in segments of a few epochs. After each, the worst quarter takes over the weights and the configuration
of a member of the best quarter and changes some parameters: it resamples them, or moves them a little. When a
population has trained for all its epochs, a new one starts.

One suggestion is one segment of one member, which trains on from the weights that `parent` ended with. Which
member copies which, and what becomes of its parameters, Ray's own scheduler decides, in its synchronous mode:
it is told the results of a segment in the order of the members, so that the order of the trials is nothing
to it. Only parameters that may change in the middle of a training are changed (`Parameter.trains_on`): the
weights of a network fit no other shape. A member whose training failed is out, as in Ray.

The loop trains the winner once more from the beginning, with the configuration of its last segment: the way
its parameters went is on record but is not gone again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from manual.learner import Config, Value
from tuners.draw import MOST_REJECTED, draw, first_look, nothing_possible
from tuners.ray_schedulers import METRIC, RESULTS, TIME, OwnRandomness, Trial, schedulers, stub
from tuners.record import Outcome, Suggestion
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.seeds import derive
from tuners.space import Choice, Domain, Fixed, Float, Int, Parameter, SearchSpace, SpaceError, is_active

#: Members, of which the worst quarter copies the best: one the other.
POPULATION = 4

#: Segments of a training.
SEGMENTS = 4


@dataclass(frozen=True)
class Weights:
    """What stands for a checkpoint: the number of the suggestion that left it."""

    number: int


class Controller:
    """The part of Ray's loop that a scheduler asks for: who takes part."""

    search_alg = None

    def __init__(self, members: list[Trial]) -> None:
        self.members = members

    def get_trials(self) -> list[Trial]:
        """Those that are still in, so that nobody copies into one that failed."""
        return [member for member in self.members if not member.is_finished()]

    get_live_trials = get_trials


class PbtSearcher(Searcher):
    """members: of the present population. reached: epochs that they have behind them."""

    promotes = True

    def __init__(self, task: Task, name: str) -> None:
        super().__init__(task)
        if task.space is None:
            raise SpaceError(f"{name} needs a search space")
        self.space = task.space
        self._changing = [p for p in self.space.parameters if p.trains_on and not isinstance(p.domain, Fixed)]
        if not self._changing:
            raise SpaceError(
                f"{name} changes parameters in the middle of a training, as a learning rate, and this space "
                "has none that may change then. Choose another --tuner or another --model"
            )
        if task.guard and self.space.constraints:
            first_look(self.space)
        # Ray keeps one flat dictionary a member: inactive parameters have values there too, for the day
        # that a change makes them active.
        self._flat = SearchSpace(tuple(replace(p, when=None) for p in self.space.parameters))
        self._interval = max(1, math.ceil(task.max_epochs / SEGMENTS))
        self._rng = np.random.default_rng(derive(task.seed, name))
        self._randomness = OwnRandomness(derive(task.seed, "ray-pbt scheduler"))
        self._populations = 0
        self.members: list[Trial] = []
        self.reached = 0
        self._waiting: list[Trial] = []
        self._outstanding: dict[int, Trial] = {}
        self._errors: dict[Trial, float | None] = {}

    def _suggest(self, number: int) -> Suggestion | None:
        if not self._waiting:
            if self._outstanding:
                return None
            self._next_segment()
        member = self._waiting.pop(0)
        self._outstanding[number] = member
        return Suggestion(
            number,
            self._active(member.config),
            epochs=min(self.reached + self._interval, self.task.max_epochs),
            first_epoch=self.reached,
            parent=None if member.checkpoint is None else member.checkpoint.number,
        )

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        member = self._outstanding.pop(suggestion.number)
        self._errors[member] = error_of(outcome)
        _leave_weights(member, Weights(suggestion.number))

    def _next_segment(self) -> None:
        if self.members:
            self.reached += self._interval
        for member, error in self._errors.items():
            if error is None:
                member.set_status(member.ERROR)
                self.scheduler.on_trial_error(self._controller, member)
        staying = [member for member in self.members if not member.is_finished()]
        if not staying or self.reached >= self.task.max_epochs:
            self._new_population()
        else:
            self._exploit(staying)
        self._errors = {}
        self._waiting = self._controller.get_trials()

    def _new_population(self) -> None:
        names = [f"{self._populations}-{place}" for place in range(POPULATION)]
        self._populations += 1
        self.reached = 0
        self.members = [stub(name, self._draw()) for name in names]
        self._controller = Controller(self.members)
        self.scheduler = schedulers().PopulationBasedTraining(
            **RESULTS,
            perturbation_interval=self._interval,
            hyperparam_mutations={p.name: self._mutation(p) for p in self._changing},
            custom_explore_fn=self._snapped,
            log_config=False,
            synch=True,
        )
        with self._randomness.use():
            for member in self.members:
                self.scheduler.on_trial_add(self._controller, member)

    def _exploit(self, staying: list[Trial]) -> None:
        """Lets Ray decide who copies whom and what changes; the members' trials hold its decisions."""
        before = {_weights(member).number: member.config for member in staying}
        # All are paused first, as Ray has them when it decides; a paused trial has its weights at hand.
        for member in staying:
            member.set_status(member.PAUSED)
        with self._randomness.use():
            for member in staying:
                result = {TIME: self.reached, METRIC: self._errors[member]}
                self.scheduler.on_trial_result(self._controller, member, result)
        for member in staying:
            if self.task.guard and self.space.problem(self._active(member.config)) is not None:
                # A change that cannot be built is not made: the copy goes on as what it was copied from.
                member.set_config(dict(before[_weights(member).number]))

    def _draw(self) -> dict[str, Value]:
        """Values of all parameters, inactive ones too."""
        for _ in range(MOST_REJECTED):
            values = draw(self._flat, self._rng)
            if not self.task.guard or self.space.problem(self._active(values)) is None:
                return values
        raise nothing_possible(self.space)

    def _active(self, values: Config) -> dict[str, Value]:
        config: dict[str, Value] = {}
        for parameter in self.space.parameters:
            if is_active(parameter, config):
                config[parameter.name] = values[parameter.name]
        return config

    def _mutation(self, parameter: Parameter) -> list[Value] | Callable[[], Value]:
        """What Ray needs to change a parameter: a list, of which it takes a neighbour or any value; or a way
        to draw a value, which it does or multiplies the old one by 0.8 or 1.2."""
        match parameter.domain:
            case Choice(options):
                return list(options)
            case Int(low, high, step, log) if not log:
                return list(range(low, high + 1, step))
        alone = SearchSpace((replace(parameter, when=None),))
        return lambda: draw(alone, self._rng)[parameter.name]

    def _snapped(self, values: dict[str, Any]) -> dict[str, Any]:
        """Factors may lead out of the bounds; there, the bound counts."""
        return values | {p.name: _within(p.domain, values[p.name]) for p in self._changing}


def _within(domain: Domain, value: Value) -> Value:
    match domain:
        case Float(low, high):
            return min(high, max(low, float(value)))
        case Int(low, high):
            return min(high, max(low, int(value)))
        case _:
            return value


def _weights(member: Trial) -> Weights:
    weights = member.checkpoint
    assert isinstance(weights, Weights)
    return weights


def _leave_weights(member: Trial, weights: Any) -> None:
    from ray.train._internal.session import _TrainingResult

    manager = member.run_metadata.checkpoint_manager
    manager._latest_checkpoint_result = _TrainingResult(checkpoint=weights, metrics={})


class RayPbt(SearcherPlugin):
    name = "ray-pbt"
    title = (
        f"Ray Tune PopulationBasedTraining: {POPULATION} networks, the worst copies the best and changes it"
    )
    requires = ("ray", "pandas", "pyarrow")
    parallel = None

    def start(self, task: Task) -> Searcher:
        return PbtSearcher(task, self.name)
