"""What is kept of the course of a study, and that keeping it changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from memory_study import MemoryRunner, searcher

import datasets
from datasets import cache
from datasets.errors import DataError
from datasets.types import Samples
from manual.learner import EpochReport
from tuners import scoring_jobs, tuning_jobs
from tuners.clock import Clock
from tuners.engine import DataFolder, ScoreJob, Trained, TrainJob
from tuners.engines.ray_cluster import _home
from tuners.record import Budget, EpochRecord, StudySpec, SystemSpec
from tuners.recording import (
    MOST_FRAMES,
    MOST_IN_STUDY,
    MOST_TRIALS,
    Recorder,
    kept_trials,
    one_frame,
    plane,
    read_frames,
    replay_file,
    trial_file,
)

WHERE = plane([Samples(np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([0, 1]))], 4)
KERAS = {
    "layers": 1,
    "units_1": 8,
    "activation_1": "relu",
    "dropout_1": 0.3,
    "optimizer": "adam",
    "learning_rate": 0.01,
    "batch_size": 64,
}
MLP = {"learning_rate": 1e-2, "batch_size": 64, "patience": 20}
AVERAGED = MLP | {"optimizer": "asgd", "learning_rate": 0.1}


def record(errors: list[float], most: int = MOST_FRAMES) -> tuple[list[int], int]:
    """The epochs that are kept of a training with these dev errors, and how often the network was asked."""
    recorder, asked = Recorder(WHERE, most), 0

    def probabilities(x):
        nonlocal asked
        asked += 1
        return np.full((len(x), 2), 0.5, dtype=np.float32)

    for epoch, error in enumerate(errors, start=1):
        report = EpochReport(epoch, 0.5, 0.5, 0.5, error)
        recorder.look(report, epoch == len(errors), probabilities)
    frames = recorder.frames()
    assert frames is not None and len(frames.classes) == len(frames.numbers)
    return frames.numbers.tolist(), asked


def test_a_short_training_is_kept_whole():
    assert record([0.5, 0.4, 0.3]) == ([1, 2, 3], 3)
    assert Recorder(WHERE).frames() is None


@pytest.mark.parametrize("epochs", [47, 48, 51, 150, 1000])
def test_a_long_training_is_thinned_to_its_first_best_and_last_epoch_and_even_ones_between(epochs):
    errors = [0.5 - 0.3 * (epoch < 7) for epoch in range(epochs)]
    errors[-9] = 0.1
    numbers, asked = record(errors)
    assert len(numbers) <= MOST_FRAMES
    assert {1, epochs, epochs - 8} <= set(numbers)
    even = np.array(sorted(set(numbers) - {1, epochs, epochs - 8}))
    assert len(even) >= MOST_FRAMES // 2 - 4
    steps = set(np.diff(even).tolist())
    assert max(steps) <= 2 * min(steps)  # a place of an even one may be that of the best
    assert asked <= epochs and (epochs < 1000 or asked < 250)


def test_the_best_epoch_so_far_gives_way_to_a_better_one():
    numbers, _ = record([0.5 - epoch / 1000 for epoch in range(200)], most=10)
    assert len(numbers) <= 10 and numbers[-1] == 200


def test_a_recording_comes_back_as_it_was_written_and_leaves_no_half(tmp_path):
    probabilities = np.random.default_rng(0).dirichlet(np.ones(3), 16).astype(np.float32)
    path = tmp_path / "new" / "one.surface.npz"
    one_frame(WHERE, 7, probabilities).write(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    found = read_frames(path)
    assert found.numbers.tolist() == [7] and found.count == 3
    assert np.array_equal(found.classes[0].ravel(), probabilities.argmax(1))
    assert np.array_equal(found.certainty[0].ravel(), np.rint(255 * probabilities.max(1)))
    assert (found.plane.x[0], found.plane.y[-1]) == (-0.05, 2.1)


def test_a_network_that_answers_no_number_is_drawn_as_undecided():
    frame = one_frame(WHERE, 1, np.full((16, 2), np.nan, dtype=np.float32))
    assert not frame.certainty.any()


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04broken", "misfit", "foreign"])
def test_a_recording_that_cannot_be_read_is_an_error_in_plain_words(tmp_path, content):
    path = tmp_path / "r.npz"
    good = one_frame(WHERE, 1, np.full((16, 2), 0.5, dtype=np.float32))
    if content == "misfit":
        replace(good, certainty=good.certainty[:, 1:]).write(path)
    elif content == "foreign":
        replace(good, classes=good.classes + np.uint8(5)).write(path)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"there is no recording|is damaged: "):
        read_frames(path)


def test_a_study_of_many_searches_keeps_fewer_trials_of_each():
    systems = tuple(SystemSpec(f"S{number}", "s", "t") for number in range(4))
    spec = StudySpec("10", systems, Budget(9, 9))
    assert kept_trials(replace(spec, systems=systems[:1])) == MOST_TRIALS
    assert kept_trials(replace(spec, repeats=20)) * 80 == MOST_IN_STUDY
    assert kept_trials(replace(spec, repeats=10**6)) == 1


def test_files_of_a_trial_find_home_from_a_cluster():
    job = TrainJob(DataFolder("d", 2), "knn", {}, 1, 1, keep="/a/k.npz", record=(3, "/b/t.surface.npz"))
    assert _home(job, "k.npz") == Path("/a/k.npz")
    assert _home(job, "t.surface.npz") == Path("/b/t.surface.npz")
    score = ScoreJob(DataFolder("d", 2), "knn", {}, 1, 1, "/c/stem")
    assert _home(score, replay_file("stem.surface.npz")) == Path("/c/stem.replay.npz")


def test_a_clock_does_not_count_while_it_is_paused(monkeypatch):
    now = iter([0.0, 3.0, 10.0, 12.0])
    monkeypatch.setattr("tuners.clock.time.monotonic", lambda: next(now))
    clock = Clock()
    with clock.paused():
        pass
    assert clock.seconds == 5.0


def test_every_trial_of_a_planar_study_is_told_where_to_leave_its_surface(lab):
    runner = MemoryRunner()
    lab.loop({"A": searcher(250, 300)}, runner).run()
    files = [str(lab.store.folder / "s" / trial_file(0, 0, number)) for number in range(2)]
    jobs = [job for job in runner.jobs if isinstance(job, TrainJob)]
    assert [job.record for job in jobs] == list(enumerate(files))
    assert [job.record for job in runner.jobs if isinstance(job, ScoreJob)] == [True]


def test_looking_at_a_trained_trial_is_charged_to_no_budget(lab, monkeypatch):
    """While one trial is drawn, the limit of time of its search does not come nearer."""
    now = 0.0
    monkeypatch.setattr("tuners.system_run.time.monotonic", lambda: now)
    lab.budget = Budget(5, 2, max_seconds=10.0)
    searchers = {"A": searcher(250, 300)}
    (run,) = lab.runs(lab.study(["A"]), searchers)
    for number in range(2):
        assert run.next_trial() is not None
        run.start_clock(number)
    now = 4.0
    run.stop_clock(0)
    now = 5.9
    assert run.epoch(1, EpochRecord("A", 1, 1, 0.5, 0.5, 0.5, 0.5, 5.9))
    now = 6.1
    assert not run.epoch(1, EpochRecord("A", 1, 2, 0.5, 0.5, 0.5, 0.5, 0.2))


class Pipe:
    """The end of a pipe that a job writes to."""

    def __init__(self) -> None:
        self.sent: list = []

    def send(self, event) -> None:
        self.sent.append(event)

    def poll(self) -> bool:
        return False


@pytest.fixture(scope="module")
def folder(own_data, tmp_path_factory) -> DataFolder:
    path = cache.write(datasets.load(str(own_data)), tmp_path_factory.mktemp("cache"))
    return DataFolder(str(path), 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("learner", "config"), [("mlp-a2", KERAS), ("mlp-m1", MLP), ("mlp-m1", AVERAGED), ("knn", {"k": 5})]
)
def test_recording_changes_no_digit_of_a_result(folder, learner, config, tmp_path):
    score = ScoreJob(folder, learner, config, 77, 5, str(tmp_path / "plain"))
    plain = scoring_jobs.score(score)
    recorded = scoring_jobs.score(replace(score, files=str(tmp_path / "kept"), record=True))
    files = {"surface", "weights"}
    assert {k: v for k, v in recorded.items() if k not in files} == {
        k: v for k, v in plain.items() if k not in files
    }
    with np.load(tmp_path / plain["surface"]) as one, np.load(tmp_path / recorded["surface"]) as two:
        assert all(np.array_equal(one[name], two[name]) for name in one.files)
    replay = tmp_path / replay_file(recorded["surface"])
    assert not (tmp_path / replay_file(plain["surface"])).exists()

    trial = TrainJob(folder, learner, config, 77, 5)
    quiet, told = Pipe(), Pipe()
    record = (4, str(tmp_path / "trial.npz"))
    assert tuning_jobs.train(told, 1, replace(trial, record=record)) == tuning_jobs.train(quiet, 1, trial)
    ended = [event for event in told.sent if isinstance(event, Trained)]
    assert ended == [Trained(1)] and told.sent[-1] is ended[0]
    assert len(quiet.sent) == len(told.sent) - 1
    last = read_frames(Path(record[1]))
    assert last.numbers.tolist() == [4]
    if learner == "knn":  # fitted at once: it has no course to be shown
        assert not replay.exists()
        return
    course = read_frames(replay)
    assert course.numbers.tolist() == list(range(1, recorded["epochs"] + 1))
    # The network that was kept is that of the best epoch.
    best = course.numbers.tolist().index(recorded["best_epoch"])
    assert np.mean(course.classes[best] == last.classes[0]) > 0.999
    assert len({one.tobytes() for one in course.certainty}) == len(course.numbers)
