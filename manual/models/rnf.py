"""RNF: a random forest, depth tuned on dev over a grid that is recorded trial by trial."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.learner import Baseline, Config, Fitted, Plan, Report


class RandomForest(Baseline):
    name = "rnf"
    system = "RNF"
    title = "random forest, depth from a grid by dev error"
    kinds = frozenset({"points2d"})
    requires = ("sklearn",)

    def configurations(self) -> tuple[Config, ...]:
        # 100 trees: more change the error by less than its noise. Depth is what overfits in 2-D.
        return tuple({"trees": 100, "depth": depth} for depth in (4, 6, 8, 10, 14, 20))

    def poster(self, dataset: str) -> Config | None:
        from imld_synth import preset

        known = preset(dataset)
        return {"trees": known.poster_rnf_trees, "depth": known.poster_rnf_depth}

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{config['trees']} trees, depth up to {config['depth']}"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(
            n_estimators=int(config["trees"]),
            max_depth=int(config["depth"]),
            random_state=plan.seed,
            n_jobs=1,
        )
        return fit_once(forest, split, classes, report)
