"""HpBandSter's BOHB, the part that draws configurations, inside an environment of its own.

The reference that our BOHB is held against; no tuner of Handtune. The space is that of `vizier_side`,
without `ordered`, which HpBandSter refuses; `when` = [parent, values] makes a parameter conditional.
"""

from __future__ import annotations

from typing import Any

import ConfigSpace as cs  # type: ignore[import-not-found,unused-ignore]
import numpy as np
from hpbandster.core.dispatcher import Job  # type: ignore[import-not-found]
from hpbandster.optimizers.config_generators.bohb import BOHB  # type: ignore[import-not-found]


def start(algorithm: str, seed: int, space: list[dict[str, Any]], settings: dict[str, Any]) -> Any:
    if algorithm == "densities":
        return Densities(settings)
    if algorithm != "bohb":
        raise ValueError(f"no algorithm is called {algorithm}")
    return Reference(seed, space, settings)


class Reference:
    def __init__(self, seed: int, space: list[dict[str, Any]], settings: dict[str, Any]) -> None:
        self.space = cs.ConfigurationSpace(seed=seed % 2**32)
        made = {item["name"]: _hyperparameter(item) for item in space}
        self.space.add_hyperparameters(list(made.values()))
        self.space.add_conditions(
            [
                cs.InCondition(made[item["name"]], made[item["when"][0]], item["when"][1])
                for item in space
                if item.get("when")
            ]
        )
        self.generator = BOHB(self.space, **settings)

    def ask(self, request: dict[str, Any]) -> dict[str, float]:
        config, _ = self.generator.get_config(request["budget"])
        return {name: value.item() if hasattr(value, "item") else value for name, value in config.items()}

    def tell(self, request: dict[str, Any]) -> None:
        job = Job((0, 0, request["number"]), config=request["values"], budget=request["budget"])
        job.result = None if request["error"] is None else {"loss": request["error"]}
        self.generator.new_result(job)


class Densities:
    """The kernel densities that HpBandSter takes from statsmodels, at points that are asked for."""

    def __init__(self, settings: dict[str, Any]) -> None:
        import statsmodels.api as sm  # type: ignore[import-not-found,unused-ignore]

        self.density = sm.nonparametric.KDEMultivariate(
            np.array(settings["data"]), var_type=settings["kinds"], bw="normal_reference"
        )
        self.density.bw = np.clip(self.density.bw, settings["narrowest"], None)
        self.points = np.array(settings["points"])

    def ask(self, request: dict[str, Any]) -> dict[str, list[float]]:
        return {
            "bandwidths": [float(width) for width in self.density.bw],
            "densities": [float(value) for value in np.atleast_1d(self.density.pdf(self.points))],
        }


def _hyperparameter(item: dict[str, Any]) -> Any:
    match item["kind"]:
        case "float":
            return cs.UniformFloatHyperparameter(item["name"], item["low"], item["high"], log=item["log"])
        case "int":
            return cs.UniformIntegerHyperparameter(item["name"], item["low"], item["high"], log=item["log"])
        case "category":
            return cs.CategoricalHyperparameter(item["name"], list(range(item["size"])))
        case kind:
            raise ValueError(f"HpBandSter has no {kind} parameters")
