"""Networks that collapse and networks that cannot be built, through real workers and a real store."""

from __future__ import annotations

import numpy as np
import pytest

from datasets import cache
from datasets.types import Dataset, Provenance, Samples, Split, content_hash
from manual.learner import ImpossibleArchitecture
from tuners import scoring_jobs, tuning_jobs
from tuners import study as studies
from tuners.engine import DataFolder, ScoreJob, TrainJob
from tuners.progress import Progress
from tuners.record import Budget, Environment, StudyRecord, StudySpec, StudyState, SystemSpec, TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

#: On points that are all the same it can give one answer only; its loss wavers around that of guessing.
BLIND = {
    "layers": 1,
    "units_1": 16,
    "activation_1": "relu",
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "batch_size": 64,
}


def dataset(kind: str, parts: dict[str, Samples]) -> Dataset:
    split = Split(**parts)
    provenance = Provenance("generated", "made for a test", content_hash(split))
    return Dataset("toy", split, ("a", "b"), kind, provenance)


class Pipe:
    def __init__(self) -> None:
        self.sent: list = []

    def send(self, event) -> None:
        self.sent.append(event)

    def poll(self) -> bool:
        return False


@pytest.fixture(scope="module")
def nothing_to_see(tmp_path_factory) -> DataFolder:
    """Points that are all the same, whatever their class."""
    parts = {
        name: Samples(np.ones((count, 2)), np.arange(count) % 2)
        for name, count in (("train", 400), ("dev", 100), ("eval", 100))
    }
    path = cache.write(dataset("points2d", parts), tmp_path_factory.mktemp("same"))
    return DataFolder(str(path), 2)


def test_a_network_that_answers_one_class_is_stopped_and_scored_honestly(nothing_to_see, tmp_path):
    pipe = Pipe()
    trial = tuning_jobs.train(pipe, 1, TrainJob(nothing_to_see, "mlp-a1", BLIND, 5, 10))
    assert trial["degenerate"] and trial["dev_error"] == 0.5
    assert 3 <= trial["collapsed"] == trial["epochs"] == len(pipe.sent) < 10
    assert [event.report.dev_answers for event in pipe.sent] == [1] * trial["epochs"]
    score = scoring_jobs.score(ScoreJob(nothing_to_see, "mlp-a1", BLIND, 5, 10, str(tmp_path / "x")))
    assert (score["degenerate"], score["collapsed"]) == (True, trial["collapsed"])
    assert score["epochs"] == trial["epochs"]


def run(tmp_path, data: Dataset, guard: bool, trials: int = 8) -> Store:
    """A study of CNN-A by random search on some patches, from its record to its end."""
    store = Store(str(tmp_path / "s.sqlite"))
    system = SystemSpec("CNN-A (keras-random)", "cnn-a", "keras-random")
    spec = StudySpec("toy", (system,), Budget(trials, 1), seed=2, guard=guard)
    study = StudyRecord(
        name="s",
        spec=spec,
        data=studies._data_info(data, cache.write(data, tmp_path / "data"), spec),
        environment=Environment("3", {}, "unknown", "Linux", "cpu", 2, 4.0, "cpu"),
        command="python",
        created="2026-01-01T00:00:00Z",
        state=StudyState.RUNNING,
        heartbeat=0.0,
    )
    store.create_study(study, [studies._system_record(study, 0, system)])
    studies.run(store, study, Progress(), workers=1)
    return store


@pytest.fixture(scope="module")
def patches() -> Dataset:
    rng = np.random.default_rng(0)

    def part(count):
        y = np.arange(count) % 2
        return Samples(
            (60 * y[:, None, None, None] + rng.integers(0, 99, (count, 20, 20, 3))).astype(np.uint8), y
        )

    return dataset("patches", {"train": part(32), "dev": part(16), "eval": part(16)})


def test_without_the_guard_impossible_networks_fail_with_the_reason_and_the_search_goes_on(
    patches, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    store = run(tmp_path, patches, guard=False)
    assert store.study("s").spec.guard is False
    trials = store.trials("s")
    failed = [trial for trial in trials if trial.state == TrialState.FAILED]
    assert len(trials) == 8 and 2 <= len(failed) < 8
    for trial in failed:
        assert (
            "cannot be built: its " in trial.reason and " is larger than the feature map of " in trial.reason
        )
        assert "Error" not in trial.reason and trial.epochs == 0
    assert store.systems("s")[0].searches[0].selected is not None
    assert store.study("s").state == StudyState.FINISHED


def test_with_the_guard_every_trial_is_trained(patches, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    store = run(tmp_path, patches, guard=True, trials=4)
    assert TrialState.FAILED not in [trial.state for trial in store.trials("s")]
    (system,) = store.systems("s")
    assert system.rules == [
        {
            "constraint": "feature map",
            "rule": "no kernel and no pool may be larger than the feature map that reaches it; the input is 20 x 20",
        }
    ]


def test_a_worker_names_an_impossible_network_without_a_word_of_keras():
    from datasets.plugins import scan
    from tuners.tunable import HYPERMODELS, Tunable

    model = scan(HYPERMODELS, Tunable)["cnn-a"]
    with pytest.raises(ImpossibleArchitecture) as caught:
        model.check(model.space.defaults(), (10, 10, 3), 2)
    assert tuning_jobs.reason(caught.value) == (
        "convolution 2 cannot be built: its kernel of 3 x 3 is larger than the feature map of 2 x 2 that reaches it"
    )
