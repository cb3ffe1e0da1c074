"""Exports, read back by the programs that they are for."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from insight_records import HAND, RANDOM, SPACE, TPE, add_searched_study

from datasets.errors import UsageError
from datasets.plugins import all_plugins_required
from tuners.environments import environment
from tuners.export import main
from tuners.path import searches, winner
from tuners.record import StudyState, TrialState
from tuners.space import Choice, Fixed, Float, Int
from tuners.store import Store

COUNT, REPEATS = 9, 2


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    store = Store(str(tmp_path_factory.mktemp("exports") / "h.sqlite"))
    add_searched_study(store, trials=COUNT, repeats=REPEATS)
    add_searched_study(store, "cut", trials=4, repeats=1, state=StudyState.INTERRUPTED)
    trial = store.trials("cut", RANDOM)[-1]
    running = replace(
        trial, number=9, state=TrialState.RUNNING, told=None, dev_error=None, class_errors=(), epochs=0
    )
    store.add_trial(running)
    store.close()
    return store.address


@pytest.fixture(scope="module")
def store(path: str) -> Store:
    return Store(path, readonly=True)


def export(path: str, study: str, form: str, out: Path, *more: str) -> int:
    return main([study, "--to", form, "--out", str(out), "--store", path, *more])


def journal(path: Path) -> optuna.storages.JournalStorage:
    return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(path)))


def test_parquet_comes_back_with_its_types(path: str, store: Store, tmp_path: Path) -> None:
    export(path, "searched", "parquet", tmp_path / "out")
    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    records = store.trials("searched")
    assert len(trials) == len(records) == REPEATS * (2 * COUNT + 1)
    kinds = {name: str(trials[name].dtype) for name in trials}
    assert kinds["params_layers"] == kinds["params_units_2"] == "Int64"
    assert kinds["params_learning_rate"] == kinds["dev_error"] == "float64"
    assert kinds["params_batch_norm"] == "boolean"
    assert kinds["state"] == kinds["params_activation"] == "string"
    assert kinds["number"] == kinds["repeat_of"] == "Int64"
    for row, record in zip(trials.to_dict("records"), records, strict=True):
        assert (row["system"], row["repeat"], row["number"]) == (record.system, record.repeat, record.number)
        given = {n[7:]: v for n, v in row.items() if n.startswith("params_") and not pd.isna(v)}
        assert given == dict(record.config), "inactive parameters are empty, the others exact"
        assert list(row["class_errors"]) == list(record.class_errors)
    epochs = pd.read_parquet(tmp_path / "out" / "epochs.parquet")
    assert len(epochs) == len(store.epochs("searched"))
    scores = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    assert list(scores["eval_error"]) == [score.errors["eval"] for score in store.scores("searched")]
    about = json.loads((tmp_path / "out" / "study.json").read_text())
    assert about["data"]["provenance"] == "generated"
    assert about["systems"][1]["space"][5]["domain"] == {
        "kind": "float",
        "low": 1e-4,
        "high": 0.1,
        "log": True,
    }


def test_csv_keeps_every_digit(path: str, store: Store, tmp_path: Path) -> None:
    export(path, "searched", "csv", tmp_path)
    trials = pd.read_csv(tmp_path / "trials.csv")
    errors = [np.nan if t.dev_error is None else t.dev_error for t in store.trials("searched")]
    np.testing.assert_array_equal(trials["dev_error"], errors)
    rates = [t.config["learning_rate"] for t in store.trials("searched")]
    np.testing.assert_array_equal(trials["params_learning_rate"], rates)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["o.db", "o.journal"])
def test_optuna_reads_the_same_searches(path: str, store: Store, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    export(path, "searched", "optuna", out)
    address = f"sqlite:///{out}"
    storage = address
    if name.endswith(".journal"):
        storage = journal(out)
    for (system, repeat), records in searches(store.trials("searched")).items():
        study = optuna.load_study(study_name=f"searched: {system}, search {repeat + 1}", storage=storage)
        best = winner(records)
        assert study.direction == optuna.study.StudyDirection.MINIMIZE
        assert (study.best_value, study.best_params) == (best.dev_error, dict(best.config))
        assert study.user_attrs["provenance"] == "generated"
        assert len(study.trials) == len(records)
        curves = {r.number: {} for r in records}
        for epoch in store.epochs("searched", system):
            if epoch.repeat == repeat:
                curves[epoch.trial][epoch.epoch] = epoch.dev_error
        for trial, record in zip(study.trials, records, strict=True):
            assert trial.number == record.number
            assert trial.params == dict(record.config)
            assert {n: type(v) for n, v in trial.params.items()} == {
                n: type(v) for n, v in record.config.items()
            }
            assert trial.intermediate_values == curves[record.number]
            assert trial.user_attrs["seed"] == record.seed
            expected = {"complete": "COMPLETE", "failed": "FAIL", "degenerate": "PRUNED"}[record.state]
            assert trial.state.name == expected


def test_optuna_gets_the_space_as_it_was_searched(path: str, tmp_path: Path) -> None:
    export(path, "searched", "optuna", tmp_path / "o.journal")
    storage = journal(tmp_path / "o.journal")
    study = optuna.load_study(study_name=f"searched: {RANDOM}, search 1", storage=storage)
    seen = {name: d for trial in study.trials for name, d in trial.distributions.items()}
    for parameter in SPACE.parameters:
        found = seen[parameter.name]
        match parameter.domain:
            case Float(low, high, log):
                assert found == optuna.distributions.FloatDistribution(low, high, log=log)
            case Int(low, high, step):
                assert found == optuna.distributions.IntDistribution(low, high, step=step)
            case Choice(options):
                assert found.choices == options
            case Fixed(value):
                assert found.choices == (value,)
    assert all(("units_2" in trial.params) == (trial.params["layers"] > 1) for trial in study.trials)


@pytest.mark.parametrize("form", ["csv", "optuna"])
def test_nothing_is_written_over_without_being_told(
    path: str, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    export(path, "cut", form, out)
    before = {f: f.read_bytes() for f in sorted(tmp_path.rglob("*")) if f.is_file()}
    with pytest.raises(UsageError, match="already; choose another --out, or add --overwrite"):
        export(path, "cut", form, out)
    assert {f: f.read_bytes() for f in sorted(tmp_path.rglob("*")) if f.is_file()} == before
    assert export(path, "cut", form, out, "--overwrite") == 0


def test_two_studies_share_a_database(path: str, tmp_path: Path) -> None:
    out = tmp_path / "both.journal"
    export(path, "searched", "optuna", out)
    export(path, "cut", "optuna", out)
    export(path, "cut", "optuna", out, "--overwrite")
    names = optuna.study.get_all_study_names(journal(out))
    assert len(names) == 3 * REPEATS + 3


@pytest.mark.parametrize("form", ["optuna", "mlflow"])
def test_a_store_of_studies_is_not_written_into(path: str, tmp_path: Path, form: str) -> None:
    if form == "mlflow":
        _mlflow()
    before = Path(path).read_bytes()
    with pytest.raises(UsageError, match="exists and is no"):
        export(path, "searched", form, Path(path))
    assert Path(path).read_bytes() == before


def test_an_unfinished_study_is_exported_and_says_so(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o.journal"
    export(path, "cut", "optuna", out)
    assert "study cut is interrupted: exported as far as it is" in capsys.readouterr().err
    study = optuna.load_study(study_name=f"cut: {RANDOM}", storage=journal(out))
    assert study.trials[-1].state == optuna.trial.TrialState.RUNNING


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a study"),
        (["searched"], "no format called ''"),
        (["searched", "--to", "parket"], "Did you mean parquet"),
        (["searched", "--to", "csv"], "--out is missing: name a folder"),
        (["serched", "--to", "csv", "--out", "x"], "Did you mean searched"),
    ],
)
def test_wrong_words_are_answered_plainly(path: str, words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        main([*words, "--store", path])


@pytest.mark.slow
def test_help_answers_without_the_libraries(repo_root: Path) -> None:
    code = (
        "import sys\nfrom tuners.export import parser\nparser().format_help()\n"
        "print([m for m in ('optuna', 'pandas', 'sqlalchemy', 'torch') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, timeout=240
    )
    assert answer.stdout.strip() == "[]", answer.stderr


READ = """
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1])
place = client.get_experiment_by_name("searched")
runs = client.search_runs([place.experiment_id], max_results=1000)
curve = lambda run: [[m.step, m.value] for m in client.get_metric_history(run.info.run_id, "dev_error")]
print(json.dumps({"tags": place.tags, "runs": [
    {"status": r.info.status, "params": r.data.params, "tags": r.data.tags, "metrics": r.data.metrics,
     "curve": curve(r), "id": r.info.run_id} for r in runs]}))
"""


@pytest.mark.slow
def test_mlflow_reads_the_same_trials(path: str, store: Store, tmp_path: Path) -> None:
    python = _mlflow()
    out = tmp_path / "m.db"
    export(path, "searched", "mlflow", out)
    with pytest.raises(UsageError, match="add --overwrite"):
        export(path, "searched", "mlflow", out)
    answer = subprocess.run(
        [python, "-I", "-c", READ, f"sqlite:///{out}"], capture_output=True, text=True, timeout=240
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout)
    assert found["tags"]["provenance"] == "generated"
    records = {(t.system, t.repeat, t.number): t for t in store.trials("searched")}
    parents = {run["id"]: run for run in found["runs"] if "mlflow.parentRunId" not in run["tags"]}
    assert {(run["tags"]["system"], run["tags"]["search"]) for run in parents.values()} == {
        (system, str(repeat + 1)) for system in (HAND, RANDOM, TPE) for repeat in range(REPEATS)
    }
    children = [run for run in found["runs"] if "mlflow.parentRunId" in run["tags"]]
    assert len(children) == len(records)
    for run in children:
        system = parents[run["tags"]["mlflow.parentRunId"]]["tags"]["system"]
        trial = records[system, int(run["tags"]["search"]) - 1, int(run["tags"]["trial"])]
        assert run["params"] == {name: str(value) for name, value in trial.config.items()}
        assert run["tags"]["state"] == trial.state
        assert run["status"] == ("FAILED" if trial.state == TrialState.FAILED else "FINISHED")
        assert run["metrics"].get("best_dev_error") == trial.dev_error
        epochs = [e for e in store.epochs("searched", system) if e.repeat == trial.repeat]
        assert run["curve"] == [[e.epoch, e.dev_error] for e in epochs if e.trial == trial.number]


def _mlflow() -> str:
    reason = environment("mlflow").missing()
    if reason and all_plugins_required():
        pytest.fail(f"mlflow {reason}")
    if reason:
        pytest.skip(f"mlflow {reason}")
    return str(environment("mlflow").python)
