"""The project's search space in Optuna's words, whole: types, log scales, steps, conditions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import CmaEsSampler, GridSampler

from manual.learner import Config, Value
from tuners.space import Choice, Domain, Fixed, Float, Int, SearchSpace, SpaceError, is_active


def suggest(space: SearchSpace, trial: optuna.Trial) -> dict[str, Value]:
    """The configuration of `trial`, its active parameters suggested in the order of the space.

    Optuna's spaces are defined by running: a parameter of a branch that is not taken is never suggested.
    """
    config: dict[str, Value] = {}
    for parameter in space.parameters:
        if is_active(parameter, config):
            config[parameter.name] = _suggest(parameter.name, parameter.domain, trial)
    return config


def _suggest(name: str, domain: Domain, trial: optuna.Trial) -> Value:
    match domain:
        case Float(low, high, log):
            # The way back from a log scale may miss a bound by the last digit.
            return min(high, max(low, float(trial.suggest_float(name, low, high, log=log))))
        case Int(low, high, step, log):
            return int(trial.suggest_int(name, low, _last(domain), step=step, log=log))
        case Choice(options):
            return options[options.index(trial.suggest_categorical(name, options))]
        case Fixed(value):
            return value


def _last(domain: Int) -> int:
    """The highest value that the steps reach; Optuna warns where the range does not end there."""
    return domain.low + (domain.high - domain.low) // domain.step * domain.step


class RootCmaEsSampler(CmaEsSampler):
    """CMA-ES over the numbers that every configuration has.

    Optuna's own sampler takes the parameters that all trials so far have in common. In a conditional space
    the first generation may share a child by chance; when a later trial lacks it, the dimension changes and
    the sampler draws at random for the rest of the search.
    Raises SpaceError where the space has no such number.
    """

    def __init__(self, space: SearchSpace, seed: int) -> None:
        super().__init__(seed=seed, warn_independent_sampling=False)
        # Sorted as Optuna sorts the parameters that trials have in common.
        self._roots = dict(sorted(_root_numbers(space).items()))
        if not self._roots:
            raise SpaceError(
                "optuna-cmaes needs a number that every configuration has, and in this space every parameter "
                "is a category or has a condition. Choose another tuner, for example optuna-tpe"
            )

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict[str, BaseDistribution]:
        # The first trial is drawn at random, as by Optuna's own sampler, which then knows no parameter yet.
        return dict(self._roots) if self._get_trials(study) else {}


def _root_numbers(space: SearchSpace) -> dict[str, BaseDistribution]:
    found: dict[str, BaseDistribution] = {}
    for parameter in space.parameters:
        if parameter.when is not None:
            continue
        match parameter.domain:
            case Float(low, high, log):
                found[parameter.name] = FloatDistribution(low, high, log=log)
            case Int(low, high, step, log) if low < _last(parameter.domain):
                found[parameter.name] = IntDistribution(low, _last(parameter.domain), log=log, step=step)
    return found


class PointSampler(GridSampler):
    """Optuna's grid over listed points, in its seeded shuffle.

    Optuna's grid is a product and compares whole axes with those of every earlier trial, which takes seconds
    for one long axis: the index of a point is split into a row and a column, of which the last few are empty.
    """

    def __init__(self, points: Sequence[Config], seed: int) -> None:
        self.points = points
        self._columns = math.isqrt(len(points) - 1) + 1
        self._rows = math.ceil(len(points) / self._columns)
        super().__init__({"row": range(self._rows), "column": range(self._columns)}, seed=seed)

    def point(self, trial: optuna.Trial) -> Config | None:
        """The configuration of a trial, or None where its place is empty."""
        row = trial.suggest_int("row", 0, self._rows - 1)
        index = row * self._columns + trial.suggest_int("column", 0, self._columns - 1)
        return self.points[index] if index < len(self.points) else None

    def after_trial(self, *args: object, **kwargs: object) -> None:
        """Optuna's own stops the study after the last point, which is an error under ask and tell."""
