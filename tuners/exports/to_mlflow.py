"""A study as runs of MLflow, written by MLflow itself in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasets.errors import HandtuneError, UsageError
from tuners.environments import environment, python_of
from tuners.exporter import ExporterPlugin, SearchData, StudyData, about, database
from tuners.record import EpochRecord, TrialRecord, TrialState
from tuners.store import shown

#: The program that runs in that environment; it knows MLflow and nothing of this project.
WRITER = Path(__file__).with_name("_mlflow_writer.py")

#: What the writer answers with where the experiment holds runs already.
TAKEN = 3

STATES = {
    TrialState.COMPLETE: "FINISHED",
    TrialState.PRUNED: "KILLED",
    TrialState.DEGENERATE: "FINISHED",
    TrialState.FAILED: "FAILED",
    TrialState.CANCELLED: "KILLED",
    TrialState.RUNNING: "RUNNING",
}

#: Measures of an epoch that become metrics with the epoch as their step.
MEASURES = ("dev_error", "dev_loss", "train_error", "train_loss", "second_error")


class ToMlflow(ExporterPlugin):
    name = "mlflow"
    title = "runs of MLflow: an experiment a study, a parent run a search, a child run a trial"
    target = "an SQLite file, or the URI of a tracking store"

    def missing(self) -> str | None:
        return environment("mlflow").missing()

    def write(self, data: StudyData, out: str, *, overwrite: bool, say: Callable[[str], None]) -> list[str]:
        uri = database(out, {"experiments", "runs"}, "tracking store of MLflow")
        job = {
            "uri": uri,
            # Without one, MLflow would name a folder below wherever this command was started.
            "artifacts": None if "://" in out else f"{Path(out).expanduser().resolve().as_uri()}.artifacts",
            "experiment": data.study.name,
            "tags": _texts(about(data)),
            "overwrite": overwrite,
            "searches": [_search(search, data) for search in data.searches()],
        }
        # A file, not a pipe: MLflow's own lines must not run into the answer.
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(
                [str(python_of("mlflow")), "-I", str(WRITER)],
                input=json.dumps(job),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"},
            )
            errors.seek(0)
            last = errors.read().strip().splitlines()[-1:]
        if done.returncode == TAKEN:
            raise UsageError(
                f"{shown(uri)} holds an MLflow experiment called {data.study.name!r} with runs already; choose "
                "another --out, or add --overwrite to replace them"
            )
        if done.returncode != 0:
            raise HandtuneError(
                f"MLflow could not write to {shown(uri)}: {shown((last or ['no reason given'])[0])}"
            )
        return [
            f"{shown(uri)}: {json.loads(done.stdout)['runs']:,} runs in the experiment {data.study.name}",
            f"open it with: mlflow ui --backend-store-uri {shown(uri)}",
        ]


def _search(search: SearchData, data: StudyData) -> dict[str, Any]:
    score = search.score
    metrics = [] if score is None else [[f"{split}_error", e, 0, 0] for split, e in score.errors.items()]
    tags = about(data) | {
        "system": search.system.label,
        "tuner": search.system.tuner,
        "model": search.system.learner,
        "search": search.repeat + 1,
        "selected trial": search.system.searches[search.repeat].selected,
    }
    begun = [trial.started for trial in search.trials]
    ended = [trial.started + trial.seconds for trial in search.trials]
    return {
        "name": search.title,
        "status": "RUNNING" if any(t.state == TrialState.RUNNING for t in search.trials) else "FINISHED",
        "start": _milliseconds(min(begun, default=0)),
        "end": _milliseconds(max(ended, default=0)),
        "params": {} if score is None else _texts(score.config),
        "tags": _texts(tags),
        "metrics": metrics,
        "trials": [_run(trial, search.epochs.get(trial.number, [])) for trial in search.trials],
    }


def _run(trial: TrialRecord, epochs: list[EpochRecord]) -> dict[str, Any]:
    now = trial.started
    metrics = []
    for epoch in epochs:
        now += epoch.seconds
        values = ((name, getattr(epoch, name)) for name in MEASURES)
        metrics += [[name, v, _milliseconds(now), epoch.epoch] for name, v in values if v is not None]
    end = _milliseconds(trial.started + trial.seconds)
    last = trial.first_epoch + trial.epochs
    if trial.dev_error is not None:  # the trial's result, beside the curve of every epoch
        metrics.append(["best_dev_error", trial.dev_error, end, last])
    metrics += [["epochs", trial.epochs, end, last], ["seconds", trial.seconds, end, last]]
    tags = {
        "state": trial.state.value,
        "trial": trial.number,
        "search": trial.repeat + 1,
        "seed": trial.seed,
        "first epoch": trial.first_epoch,
        "parent trial": trial.parent,
        "repeat of trial": trial.repeat_of,
        "reason": trial.reason or None,
    }
    return {
        "name": f"trial {trial.number}",
        "status": STATES[trial.state],
        "start": _milliseconds(trial.started),
        "end": end,
        "params": _texts(trial.config),
        "tags": _texts(tags),
        "metrics": metrics,
    }


def _texts(values: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items() if value is not None}


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
