"""A study as Optuna stores its own: one of Optuna's studies for every search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from datasets.errors import UsageError
from tuners.exporter import ExporterPlugin, SearchData, StudyData, about, database
from tuners.record import EpochRecord, TrialRecord, TrialState
from tuners.space import Domain, parameters_of
from tuners.store import shown

if TYPE_CHECKING:
    from optuna.storages import BaseStorage, RDBStorage
    from optuna.trial import FrozenTrial

#: A degenerate network is selected only for want of others, so it must not be the best of Optuna's study.
STATES = {
    TrialState.COMPLETE: "COMPLETE",
    TrialState.PRUNED: "PRUNED",
    TrialState.DEGENERATE: "PRUNED",
    TrialState.FAILED: "FAIL",
    TrialState.CANCELLED: "FAIL",
    TrialState.RUNNING: "RUNNING",
}

#: Fields of a trial that Optuna has no place for.
ATTRIBUTES = ("epochs", "best_epoch", "seconds", "seed", "first_epoch", "parent", "repeat_of", "reason")


class ToOptuna(ExporterPlugin):
    name = "optuna"
    title = "a storage of Optuna with one study for every search, as optuna-dashboard opens it"
    requires = ("optuna",)
    target = "an SQLite file, a database URL, or a journal (a name that ends in .journal)"

    def write(self, data: StudyData, out: str, *, overwrite: bool, say: Callable[[str], None]) -> list[str]:
        import optuna

        from tuners.optuna_search import quiet

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with quiet():
            storage, address = _storage(out)
            found = data.searches()
            names = {search.title: f"{data.study.name}: {search.title}" for search in found}
            there = {study.study_name for study in storage.get_all_studies()}
            taken = [name for name in names.values() if name in there]
            if taken and not overwrite:
                raise UsageError(
                    f"{shown(address)} holds an Optuna study called {taken[0]!r} already; choose another --out, "
                    "or add --overwrite to replace it"
                )
            for name in taken:
                optuna.delete_study(study_name=name, storage=storage)
            for search in found:
                study = optuna.create_study(
                    storage=storage, study_name=names[search.title], direction="minimize"
                )
                for key, value in (about(data) | _about(search)).items():
                    study.set_user_attr(key, value)
                study.set_metric_names(["dev error"])
                study.add_trials(_trials(search))
                say(f"{names[search.title]}: {len(search.trials):,} trials")
        return [
            f"{shown(address)}: {len(found)} Optuna studies, {len(data.trials):,} trials",
            f"open it with: optuna-dashboard {shown(address)}",
        ]


def _storage(out: str) -> tuple[BaseStorage, str]:
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    if out.endswith(".journal"):
        return JournalStorage(JournalFileBackend(out)), out
    address = database(out, {"version_info", "trial_values"}, "storage of Optuna")
    storage = RDBStorage(address)
    if storage.engine.dialect.name == "sqlite":
        _without_waiting(storage)
    return storage, address


def _without_waiting(storage: RDBStorage) -> None:
    """Optuna commits several times a trial, each of which would wait for the disk: an export can be repeated."""
    from sqlalchemy import event

    storage.engine.dispose()

    @event.listens_for(storage.engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def _about(search: SearchData) -> dict[str, Any]:
    found: dict[str, Any] = {
        "system": search.system.label,
        "tuner": search.system.tuner,
        "model": search.system.learner,
        "search": search.repeat + 1,
    }
    if search.score is not None:
        found |= {f"final {split} error": error for split, error in search.score.errors.items()}
    return found


def _trials(search: SearchData) -> list[FrozenTrial]:
    from tuners.optuna_trials import domains_of

    parameters = parameters_of(search.system.space) or ()
    domains = domains_of({p.name: p.domain for p in parameters}, (trial.config for trial in search.trials))
    return [_trial(trial, search.epochs.get(trial.number, []), domains) for trial in search.trials]


def _trial(trial: TrialRecord, epochs: list[EpochRecord], domains: dict[str, Domain]) -> FrozenTrial:
    from optuna.trial import TrialState as State
    from optuna.trial import create_trial

    from tuners.optuna_trials import distribution

    state = State[STATES[trial.state]]
    valued = state in (State.COMPLETE, State.PRUNED)
    made = create_trial(
        state=state,
        value=trial.dev_error if valued else None,
        params=dict(trial.config),
        distributions={name: distribution(domains[name]) for name in trial.config},
        user_attrs={"state": trial.state.value}
        | {name: value for name in ATTRIBUTES if (value := getattr(trial, name)) is not None and value != ""},
        intermediate_values={epoch.epoch: epoch.dev_error for epoch in epochs},
    )
    made.datetime_start = datetime.fromtimestamp(trial.started)
    if state != State.RUNNING:
        made.datetime_complete = datetime.fromtimestamp(trial.started + trial.seconds)
    return made
