"""What each search spent against what it was allowed."""

from __future__ import annotations

from reports.check import Check, Result
from tuners.path import searches
from tuners.record import HAND
from tuners.store import Store


class Budgets(Check):
    name = "budgets"
    title = "no search of a tuner spent more trials or epochs than it was allowed"

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        spec = store.study(study).spec
        tuners = {system.label: system.tuner for system in store.systems(study)}
        for (system, repeat), trials in searches(store.trials(study)).items():
            who = f"{system}, search {repeat + 1}"
            trained = [trial for trial in trials if trial.repeat_of is None]
            epochs = sum(trial.epochs for trial in trained)
            for trial in trained:
                allowed = trial.epochs_planned - trial.first_epoch
                result.expect(
                    0 <= trial.epochs <= allowed,
                    f"{who}, trial {trial.number}: {trial.epochs} epochs were trained of {allowed} planned",
                )
            if tuners.get(system) == HAND:  # its list is its limit
                continue
            budget = spec.budget
            if budget.max_trials is not None:
                result.expect(
                    len(trained) <= budget.max_trials, f"{who}: {len(trained)} trials of {budget.max_trials}"
                )
            if budget.total_epochs is not None:
                result.expect(
                    epochs <= budget.total_epochs, f"{who}: {epochs} epochs of {budget.total_epochs}"
                )
            for trial in trained:
                result.expect(
                    trial.epochs_planned <= budget.max_epochs,
                    f"{who}, trial {trial.number}: planned to epoch {trial.epochs_planned} of {budget.max_epochs}",
                )
        return result
