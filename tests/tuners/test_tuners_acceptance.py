"""The study's own figures: the whole table on the generated set 10, and KNN on the real points."""

from __future__ import annotations

import json
import shutil

import pytest

import datasets
from datasets import cache
from datasets.percent import percent
from datasets.study import study_error, study_systems
from tuners import scoring_jobs
from tuners.engine import DataFolder, ScoreJob
from tuners.record import TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

#: Points of percent within which a generated drawing of the set meets the study's figures.
NEAR = 3.0
PARTS = ("train", "dev", "eval")


@pytest.fixture(scope="module")
def poster(inside, quick, tmp_path_factory):
    """The study's table on set 10, with searches cut to one trial of one epoch, from a sixth of the points of train.

    The whole train meets the same figures in tests/imld_synth/test_imld_study.py.
    """
    store = str(tmp_path_factory.mktemp("poster") / "s.sqlite")
    result = inside(
        *("--preset", "poster", "--dataset", "10", "--max-trials", "1", "--max-epochs", "1"),
        *("--train-limit", "15000", "--workers", "1", "--store", store, "--json"),
        **quick,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_poster_has_every_system_of_the_study(poster):
    names = [row["system"] for row in poster["systems"]]
    assert names == [*("KNN", "RNF", "MLP-M1", "MLP-M2"), "MLP-A1 (keras-random)", "MLP-A2 (keras-random)"]
    assert {name.partition(" (")[0] for name in names} | {"BER"} == set(study_systems("10"))
    assert poster["provenance"] == "generated"
    assert poster["systems"][0]["config"] == {"k": 100}


@pytest.mark.parametrize("system", ["KNN", "RNF", "MLP-M1", "MLP-M2", "BER"])
@pytest.mark.parametrize("part", PARTS)
def test_systems_by_hand_meet_the_figures_of_the_study(poster, system, part):
    rows = {row["system"]: row for row in poster["systems"] + poster["bayes_error"]}
    assert rows[system][f"{part}_error"] == pytest.approx(study_error("10", system, part), abs=NEAR)


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    """A data root with the real points of set 10; the study's eval is not among them, so dev stands for it."""
    root = tmp_path_factory.mktemp("real")
    (root / "set_10").mkdir()
    for source, target in (("train", "train"), ("dev", "dev"), ("dev", "eval")):
        shutil.copy(shared_data / "set_10" / f"{source}.csv", root / "set_10" / f"{target}.csv")
    return root


def test_knn_errs_on_the_real_points_as_the_study_says(real, tmp_path):
    dataset = datasets.load("10", data_root=real)
    assert dataset.provenance.kind == "real"
    folder = DataFolder(str(cache.write(dataset, tmp_path)), dataset.classes)
    scores = scoring_jobs.score(ScoreJob(folder, "knn", {"k": 100}, 1, 1, str(tmp_path / "knn")))
    found = {part: percent(scores["errors"][part]) for part in ("train", "dev")}
    assert found == {part: study_error("10", "KNN", part) for part in ("train", "dev")}
    assert found == {"train": 7.63, "dev": 38.83}


def test_the_command_runs_on_the_real_points(real, command, tmp_path):
    store = str(tmp_path / "s.sqlite")
    result = command(
        *("--dataset", "10", "--data-root", str(real), "--baselines", "knn", "--workers", "1"),
        *("--store", store, "--study", "s", "--json"),
    )
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["provenance"] == "real"
    trials = Store(store, readonly=True).trials("s")
    assert [dict(trial.config)["k"] for trial in trials] == [1, 3, 5, 11, 21, 51, 101, 201, 401]
    assert all(trial.state == TrialState.COMPLETE for trial in trials)
    (row,) = document["systems"]
    assert row["dev_error"] == percent(min(trial.dev_error for trial in trials))
    assert row["eval_error"] == row["dev_error"]  # the same points
    near = {dict(trial.config)["k"]: trial.dev_error for trial in trials}
    assert percent(near[101]) == pytest.approx(38.83, abs=0.1)
