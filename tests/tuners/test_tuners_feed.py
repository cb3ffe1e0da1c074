"""How samples reach a Keras network, what is counted of its answers, and what a collapsed one looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from datasets.inputs import Inputs, fit_inputs
from datasets.plugins import scan
from datasets.types import Samples, TuningSplit
from manual.learner import Plan
from tuners import keras_feed
from tuners.keras_feed import Feed, chunk_rows, is_kept
from tuners.tunable import HYPERMODELS, Tunable

MLP = scan(HYPERMODELS, Tunable)["mlp-a1"]
CONFIG = MLP.space.defaults() | {"layers": 1, "units_1": 16, "optimizer": "sgd", "batch_size": 64}
CONFIG = MLP.space.resolve({k: v for k, v in CONFIG.items() if not k.endswith("_2")})


@dataclass(frozen=True)
class Watched(Inputs):
    """Inputs that note how many rows are asked for at once."""

    asked: list
    augments = False

    @property
    def shape(self):
        return (100, 20, 15)

    def evaluation(self, x):
        self.asked.append(len(x))
        return np.zeros((len(x), *self.shape), np.float32)


@pytest.fixture
def split():
    rng = np.random.default_rng(0)

    def part(count):
        y = rng.integers(0, 3, count)
        return Samples(rng.normal(size=(count, 2)) + 2 * y[:, None], y)

    return TuningSplit(part(1003), part(301))


def test_points_stay_arrays_and_what_is_large_or_augmented_is_gathered_batch_by_batch(split, toy):
    assert is_kept(fit_inputs(split), 10**6)
    eeg = Watched([])
    assert is_kept(eeg, 1000) and not is_kept(eeg, 15_000)
    patches = fit_inputs(toy("patches"))
    assert patches.augments and not is_kept(patches, 10)


def test_chunks_are_measured_in_bytes():
    assert chunk_rows((2,)) == 8192
    assert chunk_rows((128, 128, 3)) * 128 * 128 * 3 * 4 <= 8 * 2**20
    assert chunk_rows((100, 20, 15)) == 69
    assert chunk_rows((4000, 4000, 3)) == 1


@pytest.mark.slow
def test_a_stream_asks_for_no_more_than_a_batch_or_a_chunk_of_rows_at_once(monkeypatch):
    monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)
    inputs = Watched([])
    x, y = np.broadcast_to(np.float32(0), (500, 1)), np.zeros(500, np.int64)
    feed = Feed(inputs, Samples(x, y), Samples(x, y), 32, 1)
    arguments = feed.arguments()
    batches = [arguments["x"][index] for index in range(len(arguments["x"]))]
    chunks = [arguments["validation_data"][index] for index in range(len(arguments["validation_data"]))]
    assert max(inputs.asked) <= 69
    assert [len(batch[1]) for batch in batches] == [32] * 15 + [20]
    assert sum(len(chunk[1]) for chunk in chunks) == 500

    class Network:
        def predict(self, x, batch_size, verbose):
            assert batch_size == 69
            return x[:, 0, 0, :2]

    inputs.asked.clear()
    many = np.broadcast_to(np.float32(0), (5000, 1))
    assert keras_feed.logits(Network(), inputs, many).shape == (5000, 2)
    assert max(inputs.asked) * 120_000 <= 64 * 2**20


@pytest.mark.slow
def test_a_stream_draws_every_row_once_an_epoch_by_seed_and_epoch(split, monkeypatch):
    monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)
    inputs = fit_inputs(split)

    def rows(seed, epoch):
        feed = Feed(inputs, split.train, split.dev, 64, seed)
        feed.begin(epoch)
        batches = feed.arguments()["x"]
        order = reversed(range(len(batches)))  # whatever order they are fetched in
        found = {index: batches[index] for index in order}
        return np.concatenate([found[index][0] for index in sorted(found)])

    first = rows(1, 0)
    assert np.array_equal(first, rows(1, 0))
    assert not np.array_equal(first, rows(1, 1)) and not np.array_equal(first, rows(2, 0))
    whole = inputs.evaluation(split.train.x)
    assert np.array_equal(np.sort(first, axis=0), np.sort(whole, axis=0))


@pytest.mark.slow
def test_a_training_from_a_stream_that_goes_on_is_the_one_that_never_stopped(split, monkeypatch):
    """Plain SGD has no state, so that weights are all there is of a training."""
    monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)

    def train(plan):
        best = float("inf")

        def report(result):
            nonlocal best
            improved, best = result.dev_error < best, min(best, result.dev_error)
            assert improved, "this test needs a training whose last epoch is its best"
            return True

        config = CONFIG | {"learning_rate": 0.003}
        return MLP.train(config, split, 3, plan, report).weights()

    half = train(Plan(2, 7))
    straight, onwards = train(Plan(3, 7)), train(Plan(3, 7, first_epoch=2, start=half))
    assert all(np.array_equal(a, b) for a, b in zip(straight, onwards, strict=True))


@pytest.mark.slow
def test_arrays_and_a_stream_agree_on_dev(split, monkeypatch):
    def first_reports():
        reports = []
        fitted = MLP.train(CONFIG, split, 3, Plan(1, 5), lambda r: bool(reports.append(r)) or True)
        predicted = fitted.predict(split.dev.x)
        assert reports[0].dev_error == np.mean(predicted != split.dev.y)
        assert reports[0].dev_answers == len(np.unique(predicted))
        return predicted

    kept = first_reports()
    monkeypatch.setattr(keras_feed, "KEPT_BYTES", 0)
    monkeypatch.setattr(keras_feed, "CHUNK_ROWS", 50)
    streamed = first_reports()
    assert kept.shape == streamed.shape


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "count"),
    [([[3, 1, 0], [2, 1, 0]], 1), ([[3, 1, 0], [0, 1, 0]], 2), ([[1, 1, 1]], 1), (np.eye(3), 3)],
)
def test_answers_are_counted_over_all_batches_of_an_epoch(values, count):
    from tuners.keras_metrics import answers

    metric = answers(3)
    for row in values:
        metric.update_state(np.zeros(1), np.array([row], np.float32))
    assert float(metric.result()) == count
    metric.reset_state()
    assert float(metric.result()) == 0
