"""What it costs to keep the course of a study (`tuners.recording`): trials and final trainings of set 10, with
and without.

    python benchmarks/replay_cost.py [LEARNER ...] [--train-limit N] [--epochs E] [--rounds R]

Jobs run in this process as a worker runs them, on one thread, with and without in turn. The table holds medians
of processor time, which is what passes on the clock of a machine that does nothing else, and the share of it that
went into recording.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tuners.engines.local import ENVIRONMENT

os.environ.update(ENVIRONMENT)  # read by the libraries when they start

import datasets
from datasets import cache
from manual.learner import Value
from tuners import scoring_jobs, tuning_jobs
from tuners.clock import Clock
from tuners.draw import first_look
from tuners.engine import DataFolder, Event, ScoreJob, TrainJob
from tuners.tunable import Tunable, find_learner

LEARNERS = ("mlp-m1", "mlp-a1", "knn", "rnf")


class Processor(Clock):
    """Sums the processor time of what is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.recording = 0.0

    @contextmanager
    def paused(self) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.recording += time.process_time() - begun


class Pipe:
    """A loop that never stops a trial."""

    def send(self, event: Event) -> None: ...

    def recv(self) -> bool:
        return True

    def poll(self) -> bool:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("learners", nargs="*", default=LEARNERS, metavar="LEARNER")
    parser.add_argument("--train-limit", type=int, help="training points (default: all 100,000)")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    print(f"{'job':<16}{'without, s':>12}{'with, s':>10}{'ratio':>8}{'share, %':>10}{'kept, kB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = cache.write(datasets.load("10", train_limit=wanted.train_limit), root / "data")
        data = DataFolder(str(path), 2)
        for name in wanted.learners:
            learner = find_learner(name)
            learner.prepare()
            config = _config(name)
            trial = TrainJob(data, name, config, 1, wanted.epochs)
            score = ScoreJob(data, name, config, 1, wanted.epochs, str(root / name / "plain"))
            kept = replace(score, files=str(root / name / "kept"), record=True)
            drawn = replace(trial, record=(0, str(root / name / "trial.npz")))
            tuning_jobs.train(Pipe(), 1, trial)  # so that no round loads a library
            _row(f"{name} trial", [trial, drawn], wanted.rounds, root / name / "trial.npz")
            _row(f"{name} score", [score, kept], wanted.rounds, root / name / "kept.replay.npz")


def _config(name: str) -> Mapping[str, Value]:
    learner = find_learner(name)
    if isinstance(learner, Tunable):
        return first_look(learner.space_for((2,)))
    return learner.configurations()[0]  # type: ignore[attr-defined, no-any-return]


def _row(label: str, jobs: list[TrainJob] | list[ScoreJob], rounds: int, file: Path) -> None:
    taken: list[list[float]] = [[], []]
    shares: list[float] = []
    for _ in range(rounds):
        for place, job in enumerate(jobs):
            started, clock = time.process_time(), Processor()
            if isinstance(job, TrainJob):
                tuning_jobs.train(Pipe(), 1, job, clock)
            else:
                scoring_jobs.score(job, clock)
            taken[place].append(time.process_time() - started)
        shares.append(100 * clock.recording / taken[1][-1])
    without, with_ = (statistics.median(times) for times in taken)
    size = file.stat().st_size / 1000 if file.exists() else 0.0
    print(
        f"{label:<16}{without:>12.2f}{with_:>10.2f}{with_ / without:>8.3f}{statistics.median(shares):>10.2f}{size:>10.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
