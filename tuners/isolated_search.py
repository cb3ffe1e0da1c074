"""Searchers whose library runs in an environment of its own, behind a pipe.

Spaces, points and results are translated here into plain numbers by name; what a library makes of them is
decided by its side in `tuners/isolated/`. Inactive parameters never leave: a configuration is resolved to
its active part, and that is what the library is told.
"""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

import numpy as np

from datasets.plugins import Plugin
from manual.learner import Config, Value
from tuners.draw import draw_possible, first_look
from tuners.environments import environment
from tuners.isolated_process import IsolatedProcess, process_of
from tuners.record import Outcome, Suggestion, TrialRecord
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.seeds import derive
from tuners.space import Choice, Fixed, Float, Int, Parameter, SearchSpace, SpaceError

#: Suggestions for one trial that break a constraint before one is drawn at random.
MOST_REFUSED = 100


class IsolatedSearcher(Searcher):
    """Asks and tells through the pipe. recheck: how many recorded trials a resumed search asks for again
    (None: all); the others are taken from the record, where the library needs their results alone.
    """

    def __init__(
        self,
        task: Task,
        process: IsolatedProcess,
        algorithm: str,
        settings: dict[str, Any],
        recheck: int | None = None,
        most_refused: int = MOST_REFUSED,
    ) -> None:
        super().__init__(task)
        assert task.space is not None
        self.space = task.space
        self.recheck = recheck
        self.most_refused = most_refused
        self._process = process
        self._foreign: set[int] = set()
        answer = process.call(
            "start", algorithm=algorithm, seed=task.seed, space=space_to_plain(task.space), settings=settings
        )
        self._handle: int = answer["handle"]
        weakref.finalize(self, process.drop, self._handle)

    def _suggest(self, number: int) -> Suggestion | None:
        refused: list[dict[str, float]] = []
        while len(refused) < self.most_refused:
            values = self._process.call(
                "ask", handle=self._handle, number=number, attempt=len(refused), refused=refused
            )["values"]
            config = config_from_plain(self.space, values)
            if not self.task.guard or self.space.problem(config) is None:
                return Suggestion(number, config, self.task.max_epochs)
            refused.append(config_to_plain(self.space, config))
        self._foreign.add(number)
        rng = np.random.default_rng(derive(self.task.seed, "guard", number))
        return Suggestion(number, draw_possible(self.space, rng), self.task.max_epochs)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        self._process.call(
            "tell",
            handle=self._handle,
            number=suggestion.number,
            values=config_to_plain(self.space, suggestion.config),
            error=error_of(outcome),
            asked=suggestion.number not in self._foreign,
        )

    def _replay(self, trial: TrialRecord) -> Suggestion | None:
        if self.recheck is None or trial.number < self.recheck:
            return self.ask()
        self.asked += 1
        return trial.suggestion


class IsolatedPlugin(SearcherPlugin):
    """A tuner of a library in the environment `environment`.

    algorithm: what its side of the pipe calls it; settings: what that is started with.
    """

    environment: ClassVar[str]
    algorithm: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {}
    recheck: ClassVar[int | None] = None
    most_refused: ClassVar[int] = MOST_REFUSED

    def missing(self) -> str | None:
        return Plugin.missing(self) or environment(self.environment).missing()

    def start(self, task: Task) -> Searcher:
        if task.space is None:
            raise SpaceError(f"{self.name} needs a search space")
        if task.guard:
            first_look(task.space)
        process = process_of(self.environment)
        return IsolatedSearcher(task, process, self.algorithm, self.settings, self.recheck, self.most_refused)


# Translation ----------------------------------------------------------------------------------------


def space_to_plain(space: SearchSpace) -> list[dict[str, Any]]:
    """The searched parameters as documents; what has one value only is not searched."""
    return [
        {"name": parameter.name, "rest": _to_plain(parameter, parameter.default), **_domain(parameter)}
        for parameter in space.parameters
        if not _single(parameter)
    ]


def config_to_plain(space: SearchSpace, config: Config) -> dict[str, float]:
    """The active values that are searched, as numbers."""
    return {name: _to_plain(space[name], value) for name, value in config.items() if not _single(space[name])}


def config_from_plain(space: SearchSpace, values: dict[str, float]) -> dict[str, Value]:
    """The active part of a point. Raises SpaceError where it lies outside the space."""
    config = {
        parameter.name: parameter.default
        if _single(parameter)
        else _from_plain(parameter, values[parameter.name])
        for parameter in space.parameters
    }
    return space.resolve(config)


def _single(parameter: Parameter) -> bool:
    domain = parameter.domain
    if isinstance(domain, Int):
        return domain.low + domain.step > domain.high
    return isinstance(domain, Fixed) or (isinstance(domain, Choice) and len(domain.options) == 1)


def _domain(parameter: Parameter) -> dict[str, Any]:
    match parameter.domain:
        case Float(low, high, log):
            return {"kind": "float", "low": low, "high": high, "log": log}
        case Int(low, high, step, log):
            # The last step may end below the bound.
            high = low + (high - low) // step * step
            return {"kind": "int", "low": low, "high": high, "step": step, "log": log}
        case Choice(options) if _ordered(options):
            return {"kind": "ordered", "options": list(options)}
        case Choice(options):
            return {"kind": "category", "size": len(options)}
        case domain:
            raise AssertionError(f"{domain} is not searched")


def _ordered(options: tuple[Value, ...]) -> bool:
    return isinstance(options[0], int | float) and not isinstance(options[0], bool)


def _to_plain(parameter: Parameter, value: Value) -> float:
    if isinstance(parameter.domain, Choice):
        return parameter.domain.options.index(value)
    assert isinstance(value, int | float)
    return value


def _from_plain(parameter: Parameter, value: float) -> Value:
    match parameter.domain:
        case Choice(options):
            return options[int(value)]
        case Float(low, high):
            # Bounds that went through a logarithm or single precision come back a hair off.
            return min(high, max(low, float(value)))
        case _:
            return int(value)
