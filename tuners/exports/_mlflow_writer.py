"""Writes runs into MLflow. Runs in MLflow's own environment and imports nothing of this project.

Reads one JSON document on standard input (see `to_mlflow`) and prints {"runs": N}. Exit code 3 where the
experiment holds runs already and must not be replaced.
"""

import json
import math
import os
import sys
import time
import uuid
from typing import Any

TAKEN = 3

#: How the addresses of databases begin; the others are those of servers.
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")

#: What MLflow takes at most in one batch.
METRICS, PARAMS, TAGS = 1000, 100, 100

#: The longest text that it takes as a parameter and as a tag.
PARAM, TAG = 6000, 8000

#: Stands for somebody whom nothing names, as in MLflow's own client.
NOBODY = "unknown"

LARGEST = sys.float_info.max


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
        if client.search_runs([place], max_results=1) and not job["overwrite"]:
            return TAKEN
        for key, value in job["tags"].items():
            client.set_experiment_tag(place, key, value)
    target = IntoTables if job["uri"].startswith(DATABASES) else ThroughClient
    runs = write(job["searches"], target(job["uri"], place))
    os.write(answer, json.dumps({"runs": runs}).encode())
    return 0


def write(searches: list[dict[str, Any]], target: "ThroughClient | IntoTables") -> int:
    """A run for every search and below it one for every trial, in place of those that are there; returns how many."""
    target.clear()
    runs = 0
    for search in searches:
        parent = target.add(search, {})
        for trial in search["trials"]:
            target.add(trial, {"mlflow.parentRunId": parent})
        runs += 1 + len(search["trials"])
    target.finish()
    return runs


class ThroughClient:
    """Run by run, to a server, whose database is its own matter."""

    def __init__(self, uri: str, experiment: str) -> None:
        from mlflow.tracking import MlflowClient

        self.client = MlflowClient(tracking_uri=uri)
        self.experiment = experiment

    def clear(self) -> None:
        while runs := self.client.search_runs([self.experiment], max_results=500):
            for run in runs:
                self.client.delete_run(run.info.run_id)

    def add(self, run: dict[str, Any], more: dict[str, str]) -> str:
        from mlflow.entities import Metric, Param, RunTag  # type: ignore[import-not-found]

        client = self.client
        made = client.create_run(self.experiment, start_time=run["start"], tags=more, run_name=run["name"])
        name: str = made.info.run_id
        metrics = [Metric(*values) for values in run["metrics"]]
        params = [Param(key, value[:PARAM]) for key, value in run["params"].items()]
        labels = [RunTag(key, value[:TAG]) for key, value in {**run["tags"], **more}.items()]
        client.log_batch(name, metrics[:METRICS], params[:PARAMS], labels[:TAGS])
        for start in range(METRICS, len(metrics), METRICS):
            client.log_batch(name, metrics[start : start + METRICS])
        for start in range(PARAMS, len(params), PARAMS):
            client.log_batch(name, params=params[start : start + PARAMS])
        if run["status"] != "RUNNING":
            client.set_terminated(name, run["status"], end_time=run["end"])
        return name

    def finish(self) -> None:
        """Everything is written already."""


class IntoTables:
    """The rows that the client would write, into a database as MLflow has made it: all or none of them.

    The client takes eight transactions a run, which takes minutes for thousands.
    """

    def __init__(self, uri: str, experiment: str) -> None:
        from mlflow.tracking import MlflowClient
        from sqlalchemy import MetaData, create_engine

        self.experiment = int(experiment)
        self.folder = MlflowClient(tracking_uri=uri).get_experiment(experiment).artifact_location
        self.rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("runs", "tags", "params", "metrics", "latest_metrics")
        }
        self.engine = create_engine(uri)
        self.tables = MetaData()
        self.tables.reflect(self.engine, only=list(self.rows))

    def clear(self) -> None:
        """Nothing yet: earlier runs go when these come."""

    def add(self, run: dict[str, Any], more: dict[str, str]) -> str:
        name = uuid.uuid4().hex
        self.rows["runs"].append(
            {
                "run_uuid": name,
                "name": run["name"],
                "experiment_id": self.experiment,
                "artifact_uri": f"{self.folder}/{name}/artifacts",
                "status": run["status"],
                "start_time": run["start"],
                "end_time": None if run["status"] == "RUNNING" else run["end"],
                "lifecycle_stage": "active",
                "user_id": NOBODY,
                "source_type": "UNKNOWN",
                "source_name": "",
                "source_version": "",
                "entry_point_name": "",
            }
        )
        tags = {**run["tags"], **more, "mlflow.runName": run["name"]}
        self.rows["tags"] += [
            {"run_uuid": name, "key": key, "value": text[:TAG]} for key, text in tags.items()
        ]
        self.rows["params"] += [
            {"run_uuid": name, "key": key, "value": text[:PARAM]} for key, text in run["params"].items()
        ]
        metrics = [{"run_uuid": name} | _metric(*values) for values in run["metrics"]]
        self.rows["metrics"] += metrics
        metrics.sort(key=lambda metric: (metric["step"], metric["timestamp"], metric["value"]))
        self.rows["latest_metrics"] += {metric["key"]: metric for metric in metrics}.values()
        return name

    def finish(self) -> None:
        from sqlalchemy import insert, update

        runs = self.tables.tables["runs"]
        earlier = (runs.c.experiment_id == self.experiment) & (runs.c.lifecycle_stage == "active")
        gone = {"lifecycle_stage": "deleted", "deleted_time": round(1000 * time.time())}
        with self.engine.begin() as connection:
            connection.execute(update(runs).where(earlier).values(gone))
            for name, found in self.rows.items():
                if found:
                    connection.execute(insert(self.tables.tables[name]), found)


def _metric(key: str, value: float, timestamp: int, step: int) -> dict[str, Any]:
    """As MLflow keeps it: no number stands as nought with a mark, infinity as the largest number."""
    kept = 0.0 if math.isnan(value) else max(-LARGEST, min(LARGEST, value))
    return {"key": key, "value": kept, "timestamp": timestamp, "step": step, "is_nan": math.isnan(value)}


if __name__ == "__main__":
    sys.exit(main())
