"""smac: SMAC3's hyperparameter optimization, a random forest and expected improvement.

Hutter, Hoos and Leyton-Brown, Sequential model-based optimization for general algorithm configuration,
LION 2011; Lindauer et al., SMAC3, JMLR 23, 2022.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.draw import draw_possible, first_look
from tuners.record import Outcome, Suggestion
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.seeds import derive
from tuners.smac_space import SmacSpace
from tuners.space import SpaceError

if TYPE_CHECKING:
    from smac import HyperparameterOptimizationFacade
    from smac.runhistory import TrialInfo

#: Sobol points before the forest takes over. SMAC's own default is ten a parameter, at most a quarter of
#: the trials, which for budgets of a few dozen trials is what this says.
INITIAL_TRIALS = 5

#: Sobol points among which the initial ones that can be built are looked for.
INITIAL_DRAWN = 256

#: Impossible suggestions after which a random draw takes the place of the next one.
MOST_REJECTED = 100

#: Leaves of a tree of the forest.
MOST_LEAVES = 4096

#: The cost of a trial that failed: no dev error is higher.
WORST = 1.0


class SmacSearcher(Searcher):
    """SMAC's facade, asked and told; it never runs anything itself and leaves no file behind."""

    def __init__(self, task: Task, name: str) -> None:
        super().__init__(task)
        if task.space is None:
            raise SpaceError(f"{name} needs a search space")
        self.space = task.space
        self.translation = SmacSpace(task.space, derive(task.seed, "smac space"))
        self._guarded = task.guard and bool(task.space.constraints)
        if self._guarded:
            first_look(task.space)
        self._asked: dict[int, TrialInfo] = {}
        self._over = False
        # It would write its history to disk on every tell; the store of this project is the memory of a
        # search. What it writes when it is made goes where nobody looks.
        with TemporaryDirectory(prefix="handtune-smac-") as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it calls what ConfigSpace calls old
            self.facade = self._facade(Path(folder))

    def _facade(self, folder: Path) -> HyperparameterOptimizationFacade:
        from smac import HyperparameterOptimizationFacade, Scenario

        # It warns when the forest's candidates run out, which nobody here can change.
        logging.getLogger("smac").setLevel(logging.CRITICAL + 1)
        scenario = Scenario(
            self.translation.configspace,
            output_directory=folder,
            deterministic=True,  # one training a configuration
            n_trials=10**9,  # limits belong to the ledger of the loop
            seed=derive(self.task.seed, "smac"),
        )
        facade = HyperparameterOptimizationFacade
        design = facade.get_initial_design(scenario, n_configs=INITIAL_TRIALS)
        if self._guarded:
            drawn = facade.get_initial_design(scenario, n_configs=INITIAL_DRAWN).select_configurations()
            possible = [one for one in drawn if self._is_possible(one)][:INITIAL_TRIALS]
            design = facade.get_initial_design(scenario, n_configs=0, additional_configs=possible)
        model = facade.get_model(scenario)
        # One thread: its own setting is every core, which are those of the trials, and threads add in any
        # order. And room for so many leaves a tree: its own setting reserves memory for a million of them,
        # which takes a quarter of a second a tree. No tree has more leaves than there are trials.
        model._rf_opts |= {"n_jobs": 1, "max_leaf_nodes": MOST_LEAVES}
        return facade(
            scenario,
            target_function=None,
            model=model,
            acquisition_maximizer=_ordered(facade.get_acquisition_maximizer(scenario)),
            initial_design=design,
            # The default of 8 would ask for eight trials before it looks at the results again.
            config_selector=facade.get_config_selector(scenario, retrain_after=1),
            logging_level=False,
            overwrite=True,
        )

    def _suggest(self, number: int) -> Suggestion | None:
        with warnings.catch_warnings():
            # A forest of few points has leaves whose spread is that of nothing, which nobody here can change.
            warnings.simplefilter("ignore")
            info = None if self._over else self._next(number)
        if info is None:
            self._over = True
            return None
        self._asked[number] = info
        return Suggestion(number, self.translation.config(info.config), self.task.max_epochs)

    def _next(self, number: int) -> TrialInfo | None:
        from smac.main.exceptions import ConfigurationSpaceExhaustedException
        from smac.runhistory import TrialInfo

        try:
            info = self.facade.ask()
            if not self._guarded:
                return info
            for _ in range(MOST_REJECTED):
                if self._is_possible(info.config):
                    return info
                self._tell(info, None, 0.0)
                info = self.facade.ask()
        except (StopIteration, ConfigurationSpaceExhaustedException):
            return None  # a finite space of which everything was tried
        if self._is_possible(info.config):
            return info
        self._tell(info, None, 0.0)
        drawn = draw_possible(self.space, np.random.default_rng(derive(self.task.seed, "guard", number)))
        return TrialInfo(self.translation.configuration(drawn), seed=info.seed)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        self._tell(self._asked[suggestion.number], error_of(outcome), outcome.seconds)

    def _tell(self, info: TrialInfo, error: float | None, seconds: float) -> None:
        from smac.runhistory import StatusType, TrialValue

        value = (
            TrialValue(cost=WORST, time=seconds, status=StatusType.CRASHED)
            if error is None
            else TrialValue(cost=error, time=seconds)
        )
        self.facade.tell(info, value, save=False)

    def _is_possible(self, configuration: Any) -> bool:
        return self.space.problem(self.translation.config(configuration)) is None


def _ordered(maximizer: Any) -> Any:
    """Makes a local search begin with the same points in the same order in every process.

    SMAC takes them from a set, whose order follows from Python's hashes of strings, which differ by process.
    """
    local = maximizer._local_search
    original = local._get_init_points_from_previous_configs

    def sorted_points(*arguments: Any) -> list[Any]:
        return sorted(original(*arguments), key=lambda one: np.nan_to_num(one.get_array(), nan=-1.0).tolist())

    local._get_init_points_from_previous_configs = sorted_points
    return maximizer


class Smac(SearcherPlugin):
    name = "smac"
    title = f"SMAC3: a random forest and expected improvement after {INITIAL_TRIALS} Sobol points"
    requires = ("smac", "ConfigSpace")

    def start(self, task: Task) -> Searcher:
        return SmacSearcher(task, self.name)
