"""A second dev set: what learners measure on it, and that it changes nothing but the dev that is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from memory_study import MemoryRunner, searcher

import datasets
from datasets import Dataset, cache
from datasets.inputs import fit_inputs
from datasets.second_dev import divide_dev, second_rows
from datasets.types import Provenance, Samples, Split
from imld_synth import write_csv
from manual.learner import Plan
from tuners import keras_feed, scoring_jobs, study
from tuners.cli import main
from tuners.cli_parser import parser
from tuners.engine import DataFolder, ScoreJob
from tuners.loop import Loop
from tuners.progress import Progress
from tuners.record import Budget, StudySpec, StudyState, TrialState
from tuners.seeds import second_dev_seed
from tuners.store import Store
from tuners.study_jobs import StudyJobs
from tuners.tunable import find_learner

SEED = 3
WORDS = (
    "--baselines",
    "knn",
    "mlp-m1",
    "--max-epochs",
    "2",
    "--seed",
    str(SEED),
    "--workers",
    "1",
    "--study",
    "s",
)
SECOND = ("--second-dev", "0.5")
#: Each worker more would import the libraries once more.
ONE = ("--workers", "1")


@pytest.mark.parametrize("value", ["0", "1", "-0.5", "nan", "half"])
def test_a_share_is_a_number_between_0_and_1(value, capsys):
    assert main(["--dataset", "10", "--baselines", "knn", f"--second-dev={value}"]) == 2
    error = capsys.readouterr().err
    assert "above 0 and below 1, such as 0.5" in error and repr(value) in error


def test_it_is_off_unless_asked_for_and_cannot_be_added_on_the_way(capsys):
    assert parser().parse_args(["--dataset", "10"]).second_dev is None
    assert main(["--resume", "s", *SECOND]) == 2
    assert "--second-dev cannot be given" in capsys.readouterr().err


def test_a_preset_that_goes_on_does_not_take_one_up_silently(lab, capsys):
    begun = lab.study(["A"])
    systems = [replace(system, study="demo") for system in lab.store.systems("s")]
    lab.store.create_study(replace(begun, name="demo"), systems)
    assert main(["--preset", "demo", *SECOND, "--store", str(lab.store.folder / "s.sqlite")]) == 2
    assert "cannot be added later; start another with --study NAME" in capsys.readouterr().err


def test_a_study_whose_dev_cannot_be_divided_does_not_begin(tmp_path):
    rng = np.random.default_rng(0)
    for name, rare in (("train", 20), ("dev", 1), ("eval", 20)):
        y = np.repeat([0, 1], [20, rare])
        write_csv(tmp_path / f"{name}.csv", rng.normal(size=(len(y), 2)), y)
    store = Store(str(tmp_path / "s.sqlite"))
    spec = StudySpec(str(tmp_path), (), Budget(1, 1), second_dev=0.5)
    with pytest.raises(datasets.UsageError, match="class 1 has too few samples there"):
        study.create(store, "s", spec, "", Progress())
    assert store.studies() == []


def test_all_jobs_of_a_study_divide_dev_by_one_seed(lab):
    lab.repeats = 2
    runner = MemoryRunner()
    plain = lab.loop({"A": searcher(300, 200), "B": searcher(100)}, runner)
    divided = replace(plain.study, spec=replace(plain.study.spec, second_dev=0.25))
    Loop(lab.store, divided, plain.runs, runner, Progress(), {}).run()
    assert len(runner.jobs) == 2 * (2 + 1) + 2 * 2  # trials and scores
    assert {(job.data.second_dev, job.data.seed) for job in runner.jobs} == {(0.25, second_dev_seed(3))}
    assert StudyJobs(plain.study, lab.store.folder).bayes("dev", {}).data.second_dev is None


@pytest.mark.parametrize("kind", ["points2d", "eeg", "patches", "images", "small-images", "large-images"])
@pytest.mark.parametrize("kept", [True, False])
def test_every_kind_of_sample_reaches_networks_from_both_parts(toy, kind, kept, monkeypatch):
    import torch

    from manual import feed

    if not kept:
        monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)
        monkeypatch.setattr(feed, "RESIDENT", 0)
    monkeypatch.setattr(keras_feed, "CHUNK_ROWS", 5)
    whole = toy(kind)
    split, inputs = divide_dev(whole, 0.5, 2, seed=1), fit_inputs(whole)
    rows = second_rows(whole.dev, 0.5, 2, seed=1)
    for part, own in ((split.second, rows), (split.dev, np.setdiff1d(np.arange(24), rows))):
        expected = inputs.evaluation(whole.dev.x)[own]
        chunks = list(feed.feed(part, inputs, torch.device("cpu"), train=False, seed=1).chunks())
        assert np.array_equal(np.concatenate([x.numpy() for x, _ in chunks]), expected)
        assert np.array_equal(np.concatenate([y.numpy() for _, y in chunks]), whole.dev.y[own])

    class Network:
        """Answers class 1 to all, and keeps what it was shown."""

        def __init__(self):
            self.seen = []

        def predict_on_batch(self, x):
            self.seen.append(x)
            return np.tile([0.0, 1.0], (len(x), 1))

    network = Network()
    found = keras_feed.Feed(inputs, split.train, split.dev, 8, 1, split.second)
    assert found.second_error(network) == np.mean(split.second.y != 1)
    assert [len(x) for x in network.seen] == [5, 5, 2]
    assert np.array_equal(np.concatenate(network.seen), inputs.evaluation(whole.dev.x)[rows])
    assert keras_feed.Feed(inputs, split.train, split.dev, 8, 1).second_error(network) is None


@pytest.mark.slow
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("learner", "config"),
    [
        ("mlp-a1", {"layers": 1, "units_1": 16, "activation_1": "relu", "optimizer": "adam",
                    "learning_rate": 1e-2, "batch_size": 64}),
        ("mlp-m1", {"learning_rate": 1e-2, "batch_size": 64, "patience": 20}),
        ("knn", {"k": 5}),
    ],
)  # fmt: skip
def test_every_learner_measures_it_and_learns_nothing_from_it(
    own_data, learner, config, streamed, monkeypatch
):
    if streamed:
        from manual import feed

        monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)
        monkeypatch.setattr(keras_feed, "CHUNK_ROWS", 30)
        monkeypatch.setattr(feed, "RESIDENT", 0)
        monkeypatch.setattr(feed, "CHUNK_ROWS", 30)
    split = divide_dev(datasets.load(str(own_data)).split.for_tuning(), 0.4, 2, seed=1)

    def train(split):
        curve = []
        found = find_learner(learner).train(config, split, 2, Plan(4, 7), lambda r: not curve.append(r))
        return found, curve

    fitted, curve = train(split)
    at_best = curve[max(fitted.best_epoch - 1, 0)]
    assert at_best.second_error == np.mean(fitted.predict(split.second.x) != split.second.y)
    without, bare = train(replace(split, second=None))
    assert [replace(point, second_error=None) for point in curve] == bare
    assert np.array_equal(fitted.predict(split.second.x), without.predict(split.second.x))


@pytest.mark.slow
def test_patients_of_a_score_are_in_one_part_alone(toy, tmp_path):
    names = tuple(f"patient {number}" for number in range(8))
    train, dev = (
        replace(part, patients=np.arange(len(part)) // 2 % 8)
        for part in vars(toy("small-images")).values()
        if isinstance(part, Samples)
    )
    origin = Provenance("generated", "made up", "ab" * 32)
    whole = Dataset("toy", Split(train, dev, dev), ("0", "1"), "small-images", origin, patients=names)
    folder = DataFolder(str(cache.write(whole, tmp_path)), 2, 0.5, seed=2)
    config = find_learner("digits-cnn-m").configurations()[0]
    score = scoring_jobs.score(ScoreJob(folder, "digits-cnn-m", config, 1, 1, str(tmp_path / "x")))
    second, first = ({name for name, *_ in score["patients"][part]} for part in ("second", "dev"))
    assert second and first and not second & first
    assert second | first == {name for name, *_ in score["patients"]["eval"]}
    assert score["errors"]["second"] == score["curve"][0]["second_error"]


def first_part(folder: Path, target: Path) -> Path:
    """The folder with the part of dev that is left to searches for its dev."""
    shutil.copytree(folder, target)
    split = datasets.load(str(folder)).split.for_tuning()
    dev = divide_dev(split, 0.5, 2, second_dev_seed(SEED)).dev
    write_csv(target / "dev.csv", dev.x, dev.y)
    return target


def facts(address: str) -> tuple[list, list, list]:
    """What a study found: trials, learning curves, scores; without times."""
    store = Store(address, readonly=True)
    trials = [
        (t.system, t.number, t.state, dict(t.config), t.dev_error, t.best_epoch) for t in store.trials("s")
    ]
    points = [replace(epoch, seconds=0.0) for epoch in store.epochs("s")]
    scores = [(s.system, dict(s.errors), s.trial, s.epochs, s.best_epoch) for s in store.scores("s")]
    return sorted(trials, key=str), sorted(points, key=str), sorted(scores, key=str)


@pytest.fixture(scope="module")
def whole(own_data, inside, tmp_path_factory) -> tuple[str, dict]:
    """The store of a study with a second dev set, and its document."""
    address = str(tmp_path_factory.mktemp("whole") / "s.sqlite")
    done = inside("--dataset", str(own_data), *WORDS, *SECOND, *ONE, "--store", address, "--json")
    assert done.returncode == 0, done.stderr
    return address, json.loads(done.stdout)


@pytest.mark.slow
def test_a_study_with_it_is_the_study_whose_dev_is_the_first_part(own_data, whole, inside, tmp_path):
    address = str(tmp_path / "s.sqlite")
    folder = first_part(own_data, tmp_path / "own")
    done = inside("--dataset", str(folder), *WORDS, *ONE, "--store", address, "--json")
    assert done.returncode == 0, done.stderr
    trials, points, scores = facts(whole[0])
    assert (trials, [replace(point, second_error=None) for point in points]) == facts(address)[:2]
    assert all(0 <= point.second_error <= 1 for point in points)
    left = [
        (name, {k: v for k, v in errors.items() if k != "second"}, *rest) for name, errors, *rest in scores
    ]
    assert left == facts(address)[2]
    assert Store(whole[0], readonly=True).study("s").data.sizes == {
        "train": 400,
        "dev": 100,
        "eval": 200,
        "second": 100,
    }
    errors = dict((name, errors) for name, errors, *_ in scores)
    for system in whole[1]["systems"]:
        assert system["second_dev_error"] == round(100 * errors[system["system"]]["second"], 2)
        assert system["repeats"][0]["second_dev_error"] == system["second_dev_error"]
    assert "second_dev" not in done.stdout


@pytest.mark.slow
def test_an_interrupted_study_says_how_to_go_on_and_divides_dev_again_as_before(
    own_data, whole, inside, environment, repo_root, tmp_path
):
    address = str(tmp_path / "s.sqlite")
    words = ["--dataset", str(own_data), *WORDS, *SECOND, "--store", address, "--json"]
    process = subprocess.Popen(
        [sys.executable, "tuners/run.py", *words],
        cwd=repo_root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    said = b""
    try:
        assert process.stderr is not None
        for line in process.stderr:  # until the first trial is over
            said += line
            if b"trial" in line:
                break
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches every process of a terminal
        out, rest = process.communicate(timeout=240)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    said += rest
    assert process.returncode == 130, "the study ended before it was interrupted"
    assert out == b""
    assert b"Traceback" not in said
    assert f"python tuners/run.py --resume s --store {address}" in said.decode()
    store = Store(address, readonly=True)
    assert store.study("s").state == StudyState.INTERRUPTED
    kept = finished(store)
    assert kept
    done = inside("--resume", "s", *ONE, "--store", address, "--json")
    assert done.returncode == 0, done.stderr
    assert store.study("s").state == StudyState.FINISHED
    after = finished(store)
    assert {key: after[key] for key in kept} == kept
    assert facts(address) == facts(whole[0])


def finished(store: Store) -> dict:
    return {(t.system, t.number): t for t in store.trials("s") if t.state != TrialState.RUNNING}
