"""KNN: k nearest neighbours, k tuned on dev over a grid that is recorded trial by trial."""

from __future__ import annotations

from datasets.types import TuningSplit
from manual.classical import fit_once
from manual.learner import Baseline, Config, Fitted, Plan, Report


class Knn(Baseline):
    name = "knn"
    system = "KNN"
    title = "k nearest neighbours, k from a grid by dev error"
    kinds = frozenset({"points2d"})
    requires = ("sklearn",)
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # From a memory of every point to an average over a drawing's stroke width, each step about
        # a factor of two: neighbouring values of k differ by less than the noise of a dev error.
        return tuple({"k": k} for k in (1, 3, 5, 11, 21, 51, 101, 201, 401))

    def poster(self, dataset: str) -> Config | None:
        from imld_synth import preset

        return {"k": preset(dataset).poster_knn_k}

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"k = {config['k']}"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        from sklearn.neighbors import KNeighborsClassifier

        neighbours = min(int(config["k"]), len(split.train))
        return fit_once(KNeighborsClassifier(n_neighbors=neighbours), split, classes, report)
