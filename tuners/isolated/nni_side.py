"""NNI's tuners, inside an environment of their own; the space is that of `vizier_side`.

Whole numbers in steps and ordered options become places with NNI's `quniform`, half a place wider at both
ends so that the outer ones are as likely as the others. A flat space is searched; what a trial did not use
(an inactive parameter) is struck from what the tuner learns of it, as if it had stood under a choice.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from nni.algorithms.hpo.hyperopt_tuner import HyperoptTuner, _add_index  # type: ignore[import-not-found]
from nni.algorithms.hpo.tpe_tuner import TpeTuner  # type: ignore[import-not-found]
from nni.common.hpo_utils import format_parameters  # type: ignore[import-not-found]


def start(algorithm: str, seed: int, space: list[dict[str, Any]], settings: dict[str, Any]) -> NniSearch:
    if algorithm not in ("tpe", "anneal"):
        raise ValueError(f"no algorithm is called {algorithm}")
    return Tpe(seed, space, settings) if algorithm == "tpe" else Anneal(seed, space)


class NniSearch(ABC):
    """One tuner of NNI, driven as its dispatcher would: numbers of its own, a result or an end for each."""

    tuner: Any

    def __init__(self, space: list[dict[str, Any]]) -> None:
        self.space = space
        self.asked = 0
        self.places: dict[int, int] = {}

    def ask(self, request: dict[str, Any]) -> dict[str, float]:
        if request["attempt"]:
            self.tuner.trial_end(self.places[request["number"]], False)
        self.asked += 1
        found = self.tuner.generate_parameters(self.asked)
        self.places[request["number"]] = self.asked
        return {item["name"]: _value(item, found[item["name"]]) for item in self.space}

    def tell(self, request: dict[str, Any]) -> None:
        place = self.places.pop(request["number"])
        if request["error"] is None:
            self.tuner.trial_end(place, False)
            return
        values = request["values"]
        if not request["asked"]:
            self.replace(
                place, {i["name"]: _point(i, values[i["name"]]) for i in self.space if i["name"] in values}
            )
        self.learn(
            place, request["error"], [item["name"] for item in self.space if item["name"] not in values]
        )

    @abstractmethod
    def replace(self, place: int, point: dict[str, float]) -> None:
        """Another point than the tuner's own was trained."""

    @abstractmethod
    def learn(self, place: int, error: float, unused: list[str]) -> None:
        """The error of a point, of which the `unused` parameters had no part in it."""


class Tpe(NniSearch):
    def __init__(self, seed: int, space: list[dict[str, Any]], settings: dict[str, Any]) -> None:
        super().__init__(space)
        self.tuner = TpeTuner("minimize", seed=seed, tpe_args=settings)
        self.tuner.update_search_space(_search_space(space))
        # A point that it had before gives way to the next one of a grid, which it may look for without end
        # once all were had. Our loop answers repeated points from the record.
        self.tuner.dedup = lambda point: point

    def replace(self, place: int, point: dict[str, float]) -> None:
        specs = {key: spec for key, spec in self.tuner.space.items() if key[0] in point}
        self.tuner._running_params[place] = format_parameters(point, specs)

    def learn(self, place: int, error: float, unused: list[str]) -> None:
        for name in unused:
            self.tuner._running_params[place].pop((name,), None)
        self.tuner.receive_trial_result(place, None, error)
        self.tuner.trial_end(place, True)


class Anneal(NniSearch):
    def __init__(self, seed: int, space: list[dict[str, Any]]) -> None:
        super().__init__(space)
        self.tuner = HyperoptTuner("anneal", "minimize")
        self.tuner.update_search_space(_search_space(space))
        self.tuner.rval.rstate = np.random.RandomState(seed % 2**32)

    def replace(self, place: int, point: dict[str, float]) -> None:
        known = self.tuner.total_data[place]
        own = _add_index(self.tuner.json, point)
        self.tuner.total_data[place] = {name: own.get(name, value) for name, value in known.items()}

    def learn(self, place: int, error: float, unused: list[str]) -> None:
        self.tuner.receive_trial_result(place, None, error)
        trials = self.tuner.rval.trials
        record = trials._dynamic_trials[-1]["misc"]
        for name in unused:
            label = f"root[{name}]-{self.tuner.json[name]['_type']}"
            record["idxs"][label], record["vals"][label] = [], []
        trials.refresh()
        self.tuner.trial_end(place, True)


def _search_space(space: list[dict[str, Any]]) -> dict[str, Any]:
    return {item["name"]: _spec(item) for item in space}


def _spec(item: dict[str, Any]) -> dict[str, Any]:
    match item["kind"]:
        case "float":
            return {
                "_type": "loguniform" if item["log"] else "uniform",
                "_value": [item["low"], item["high"]],
            }
        case "int" if item["log"]:
            return {"_type": "qloguniform", "_value": [item["low"] - 0.5, item["high"] + 0.5, 1]}
        case "category":
            return {"_type": "choice", "_value": list(range(item["size"]))}
        case _:
            return {"_type": "quniform", "_value": [-0.5, _count(item) - 0.5, 1]}


def _count(item: dict[str, Any]) -> int:
    if item["kind"] == "ordered":
        return len(item["options"])
    return (item["high"] - item["low"]) // item["step"] + 1


def _value(item: dict[str, Any], value: float) -> float:
    """A value of NNI's as one of the protocol's."""
    match item["kind"]:
        case "float":
            return float(value)
        case "category":
            return int(value)
        case "int" if item["log"]:
            return min(item["high"], max(item["low"], math.floor(value + 0.5)))
    place = min(_count(item) - 1, max(0, math.floor(value + 0.5)))
    if item["kind"] == "int":
        return item["low"] + item["step"] * place
    order = sorted(range(len(item["options"])), key=lambda option: item["options"][option])
    return order[place]


def _point(item: dict[str, Any], value: float) -> float:
    """A value of the protocol's as one of NNI's."""
    match item["kind"]:
        case "int" if not item["log"]:
            return (value - item["low"]) / item["step"]
        case "ordered":
            return sum(option < item["options"][int(value)] for option in item["options"])
        case "category":
            return int(value)
        case _:
            return value
