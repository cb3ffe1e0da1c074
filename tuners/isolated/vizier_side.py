"""Google Vizier's Gaussian-process bandit, inside its own environment.

A space is a list of {"name", "kind", "rest", ...}, every value a number:
    float     low, high, log
    int       low, high, step, log
    ordered   options: the numbers that may be chosen; a value is an option's place
    category  size: how many there are; a value is a place
`rest` is the value that a parameter has where it is inactive: the designer refuses conditional spaces, so
its points are whole, and inactive parameters stand at rest in what it is told.
"""

from __future__ import annotations

import json
from typing import Any

import jax  # type: ignore[import-not-found,unused-ignore]
from vizier import algorithms as vza  # type: ignore[import-not-found]
from vizier import pyvizier as vz
from vizier._src.algorithms.designers import gp_bandit  # type: ignore[import-not-found]
from vizier.pyvizier.converters import padding  # type: ignore[import-not-found]

METRIC = "error"

#: By space: a designer compiles its functions anew, for seconds, and what it knows is set at every ask.
_designers: dict[str, Any] = {}


def start(algorithm: str, seed: int, space: list[dict[str, Any]], settings: dict[str, Any]) -> GPBandit:
    if algorithm != "gp-bandit":
        raise ValueError(f"no algorithm is called {algorithm}")
    return GPBandit(seed, space)


class GPBandit:
    """A suggestion follows from the seed, its number, its attempt and the results told before it alone.

    So a search can be resumed from its results without fitting anything again.
    """

    def __init__(self, seed: int, space: list[dict[str, Any]]) -> None:
        self.key = jax.random.PRNGKey(seed)
        self.space = space
        self.trials: list[Any] = []
        name = json.dumps(space, sort_keys=True)
        if name not in _designers:
            _designers[name] = gp_bandit.VizierGPBandit(
                _problem(space),
                rng=self.key,
                # Arrays grow by ten trials at a time: a new shape is compiled anew.
                padding_schedule=padding.PaddingSchedule(num_trials=padding.PaddingType.MULTIPLES_OF_10),
            )
        self.designer = _designers[name]

    def ask(self, request: dict[str, Any]) -> dict[str, float]:
        refused = [self._trial(values, None) for values in request["refused"]]
        designer = self.designer
        # Private names of the pinned version: the public way, a new designer an ask, costs the compiling.
        designer._trials = []
        designer._incorporated_trials_count = -1
        designer._rng = jax.random.fold_in(
            jax.random.fold_in(self.key, request["number"]), request["attempt"]
        )
        completed = [*self.trials, *refused]
        designer.update(vza.CompletedTrials(completed), vza.ActiveTrials([]))
        point = designer.suggest(1)[0].parameters
        return {item["name"]: _value(item, point.get_value(item["name"])) for item in self.space}

    def tell(self, request: dict[str, Any]) -> None:
        self.trials.append(self._trial(request["values"], request["error"]))

    def _trial(self, values: dict[str, float], error: float | None) -> Any:
        point = {item["name"]: _point(item, values.get(item["name"], item["rest"])) for item in self.space}
        trial = vz.Trial(id=len(self.trials) + 1, parameters=point)
        if error is None:
            return trial.complete(vz.Measurement(), infeasibility_reason="failed")
        return trial.complete(vz.Measurement({METRIC: error}))


def _problem(space: list[dict[str, Any]]) -> Any:
    problem = vz.ProblemStatement()
    root = problem.search_space.root
    for item in space:
        name = item["name"]
        match item["kind"]:
            case "float":
                root.add_float_param(name, item["low"], item["high"], scale_type=_scale(item))
            case "int" if item["step"] == 1:
                root.add_int_param(name, item["low"], item["high"], scale_type=_scale(item))
            case "int":
                steps = range(item["low"], item["high"] + 1, item["step"])
                root.add_discrete_param(name, [float(step) for step in steps])
            case "ordered":
                root.add_discrete_param(name, sorted(float(option) for option in item["options"]))
            case "category":
                root.add_categorical_param(name, [str(place) for place in range(item["size"])])
    problem.metric_information.append(vz.MetricInformation(METRIC, goal=vz.ObjectiveMetricGoal.MINIMIZE))
    return problem


def _scale(item: dict[str, Any]) -> Any:
    return vz.ScaleType.LOG if item["log"] else vz.ScaleType.LINEAR


def _value(item: dict[str, Any], value: Any) -> float:
    """A value of Vizier's as one of the protocol's."""
    if item["kind"] == "ordered":
        distances = [abs(option - float(value)) for option in item["options"]]
        return distances.index(min(distances))
    return float(value) if item["kind"] == "float" else round(float(value))


def _point(item: dict[str, Any], value: float) -> Any:
    """A value of the protocol's as one of Vizier's."""
    match item["kind"]:
        case "ordered":
            return float(item["options"][int(value)])
        case "category":
            return str(int(value))
        case "int":
            return int(value) if item["step"] == 1 else float(value)
        case _:
            return float(value)
