"""optuna-grid: Optuna's grid search over the distinct configurations of a space, in random order.

Optuna's grid is the product of all parameters; here the points are enumerated along the conditions, so that
none comes twice through a parameter that does not count. Optuna keeps a grid in memory: a space with more
than 20,000 points is searched on a coarser grid, with fewer values of every number and, where that is not
enough, with some parameters at their defaults (`tuners.grid` says which).
"""

from __future__ import annotations

from typing import Any

from manual.learner import Config
from tuners.grid import grid
from tuners.optuna_search import OptunaSearcherPlugin, StudySearcher
from tuners.record import Suggestion
from tuners.searcher import Searcher, Task
from tuners.space import SpaceError

MOST_POINTS = 20_000


class GridSearcher(StudySearcher):
    """Every point once, whatever became of it; then none."""

    def __init__(self, task: Task, study: Any) -> None:
        super().__init__(task, study)
        self.grid = study.sampler

    def _suggest(self, number: int) -> Suggestion | None:
        return super()._suggest(number) if number < len(self.grid.points) else None

    def _draw(self, number: int) -> tuple[Any, Config]:
        import optuna

        while True:
            trial = self.study.ask()
            config = self.grid.point(trial)
            if config is not None:
                return trial, config
            self.study.tell(trial, state=optuna.trial.TrialState.FAIL)


class OptunaGrid(OptunaSearcherPlugin):
    name = "optuna-grid"
    title = f"Optuna grid search: at most {MOST_POINTS:,} configurations, each once, in random order"
    parallel = None

    def sampler(self, task: Task) -> Any:
        from tuners.optuna_space import PointSampler

        assert task.space is not None
        points = grid(task.space, MOST_POINTS)
        if task.guard:
            points = [point for point in points if task.space.problem(point) is None]
        if not points:
            raise SpaceError(
                f"no point of the grid of optuna-grid, {MOST_POINTS:,} at most, can be built for these data. "
                "Choose another tuner, for example optuna-tpe"
            )
        return PointSampler(points, task.seed)

    def searcher(self, task: Task, study: Any) -> Searcher:
        return GridSearcher(task, study)
