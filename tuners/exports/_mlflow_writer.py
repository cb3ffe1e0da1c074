"""Writes runs through MLflow. Runs in MLflow's own environment and imports nothing of this project.

Reads one JSON document on standard input (see `to_mlflow`) and prints {"runs": N}. Exit code 3 where the
experiment holds runs already and must not be replaced.
"""

import json
import os
import sys
from typing import Any

TAKEN = 3

#: What MLflow takes at most in one batch.
METRICS, PARAMS, TAGS = 1000, 100, 100


def main() -> int:
    job = json.load(sys.stdin)
    answer = os.dup(1)
    os.dup2(2, 1)  # what MLflow prints is no answer
    from mlflow.tracking import MlflowClient  # type: ignore[import-not-found]

    client = MlflowClient(tracking_uri=job["uri"])
    experiment = client.get_experiment_by_name(job["experiment"])
    if experiment is None:
        place = client.create_experiment(job["experiment"], job["artifacts"], job["tags"])
    else:
        place = experiment.experiment_id
        if experiment.lifecycle_stage == "deleted":
            client.restore_experiment(place)
        if not _empty(client, place):
            if not job["overwrite"]:
                return TAKEN
            _clear(client, place)
        for key, value in job["tags"].items():
            client.set_experiment_tag(place, key, value)
    runs = 0
    for search in job["searches"]:
        parent = _write(client, place, search, {})
        for trial in search["trials"]:
            _write(client, place, trial, {"mlflow.parentRunId": parent})
        runs += 1 + len(search["trials"])
    os.write(answer, json.dumps({"runs": runs}).encode())
    return 0


def _empty(client: Any, experiment: str) -> bool:
    return not client.search_runs([experiment], max_results=1)


def _clear(client: Any, experiment: str) -> None:
    while runs := client.search_runs([experiment], max_results=500):
        for run in runs:
            client.delete_run(run.info.run_id)


def _write(client: Any, experiment: str, run: dict[str, Any], more: dict[str, str]) -> str:
    from mlflow.entities import (  # type: ignore[import-not-found]
        Metric,
        Param,
        RunTag,
    )

    tags = {**run["tags"], **more}
    made = client.create_run(experiment, start_time=run["start"], tags=more, run_name=run["name"])
    name = made.info.run_id
    metrics = [Metric(*values) for values in run["metrics"]]
    params = [Param(key, value[:6000]) for key, value in run["params"].items()]
    labels = [RunTag(key, value[:8000]) for key, value in tags.items()]
    client.log_batch(name, metrics[:METRICS], params[:PARAMS], labels[:TAGS])
    for start in range(METRICS, len(metrics), METRICS):
        client.log_batch(name, metrics[start : start + METRICS])
    for start in range(PARAMS, len(params), PARAMS):
        client.log_batch(name, params=params[start : start + PARAMS])
    if run["status"] != "RUNNING":
        client.set_terminated(name, run["status"], end_time=run["end"])
    return name


if __name__ == "__main__":
    sys.exit(main())
