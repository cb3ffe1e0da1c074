"""The jobs of a study: what they are given, the files they leave, and the records that their results become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tuners.draw import first_look
from tuners.engine import BayesJob, CheckJob, DataFolder, ScoreJob, TrainJob
from tuners.record import BayesRecord, ScoreRecord, StudyRecord, TrialRecord, degenerate_reason, epochs_of
from tuners.recording import kept_trials, trial_file
from tuners.seeds import derive, second_dev_seed
from tuners.system_run import SystemRun


class StudyJobs:
    """Builds the jobs of one study, whose files lie below `folder` of its store."""

    def __init__(self, study: StudyRecord, folder: Path) -> None:
        self._study = study
        self._data = DataFolder(
            study.data.folder,
            len(study.data.class_names),
            study.spec.second_dev,
            second_dev_seed(study.spec.seed),
        )
        self._files = folder / study.name
        #: Whether a plane shows what is learned.
        self._planar = tuple(study.data.shape) == (2,)

    def check(self, run: SystemRun) -> CheckJob:
        """The first look at a system, with a configuration that its space allows."""
        space = run.searcher.task.space
        config = run.spec.configs[0] if space is None else first_look(space)
        return CheckJob(self._data, run.spec.learner, config)

    def train(self, run: SystemRun, trial: TrialRecord) -> TrainJob:
        """A trial; one that goes on with another starts from the weights that this other one kept."""
        source = run.source(trial.parent)
        return TrainJob(
            data=self._data,
            learner=run.spec.learner,
            config=trial.config,
            seed=trial.seed,
            epochs=run.last_epoch(trial),
            first_epoch=trial.first_epoch,
            start=None if source is None else str(self._checkpoint(run, source)),
            keep=str(self._checkpoint(run, trial.number)) if run.searcher.promotes else None,
            synchronous=run.searcher.wants_reports,
            record=self._recording(run, trial.number),
        )

    def score(self, run: SystemRun, trial: TrialRecord, epochs: int) -> ScoreJob:
        """The final training of a winner, for so many epochs."""
        return ScoreJob(
            data=self._data,
            learner=run.spec.learner,
            config=trial.config,
            seed=run.score_seed,
            epochs=epochs,
            files=str(self._files / f"system{self._position(run)}-repeat{run.repeat}"),
            record=self._planar,
        )

    def bayes(self, split: str, estimators: dict[str, dict[str, int]]) -> BayesJob:
        """Estimates of a part's Bayes error, each with its settings."""
        return BayesJob(self._data, split, estimators, derive(self._study.spec.seed, "closed-loop"))

    def drop_checkpoints(self, run: SystemRun) -> None:
        """Deletes the weights that a search which has ended kept; nothing trains on from them any more."""
        for weights in self._files.glob(f"checkpoints/{self._checkpoint_name(run, '*')}"):
            weights.unlink()

    def score_record(self, run: SystemRun, trial: TrialRecord, epochs: int, values: Any) -> ScoreRecord:
        """What is kept of a final training. epochs: how many were planned. values: what its job returned."""
        folder = self._study.name
        return ScoreRecord(
            study=self._study.name,
            system=run.spec.label,
            repeat=run.repeat,
            seed=run.score_seed,
            trial=trial.number,
            config=trial.config,
            errors=values["errors"],
            confusion=values["confusion"],
            architecture=values["architecture"],
            parameters=values["parameters"],
            epochs=values["epochs"],
            best_epoch=values["best_epoch"],
            seconds=values["seconds"],
            degenerate=values["degenerate"],
            curve=values["curve"],
            surface=values["surface"] and f"{folder}/{values['surface']}",
            weights=values["weights"] and f"{folder}/{values['weights']}",
            reason=degenerate_reason(values["collapsed"], epochs_of(trial.config, epochs))
            if values["degenerate"]
            else "",
            patients=values["patients"],
            regret=values["regret"],
            excess=values["excess"],
        )

    def bayes_records(self, split: str, values: Any) -> list[BayesRecord]:
        """What is kept of the estimates of a part."""
        return [
            BayesRecord(
                self._study.name,
                split,
                found.estimator,
                found.value,
                0.0,
                {**found.settings, **found.chosen},
                found.low,
                found.high,
            )
            for found in values["estimates"]
        ]

    def _recording(self, run: SystemRun, number: int) -> tuple[int, str] | None:
        if not self._planar or number >= kept_trials(self._study.spec):
            return None
        return number, str(self._files / trial_file(self._position(run), run.repeat, number))

    def _checkpoint(self, run: SystemRun, number: int) -> Path:
        return self._files / "checkpoints" / self._checkpoint_name(run, number)

    def _checkpoint_name(self, run: SystemRun, number: int | str) -> str:
        return f"system{self._position(run)}-search{run.repeat}-trial{number}.npz"

    def _position(self, run: SystemRun) -> int:
        return [spec.label for spec in self._study.spec.systems].index(run.spec.label)
