"""How much faster a study of small networks is with two workers than with one.

    python benchmarks/workers.py [PAIRS]

Runs the same studies of MLPs on set 10 with one worker and with two, in turn, PAIRS times (default 1), and once with
two tasks at once of a Ray instance on this machine: the networks by hand in PyTorch, which compute with one thread,
and a random search of Keras networks, of which TensorFlow feeds the data from threads of its own: a single worker
uses a second core for that, which two workers have to share. Wall seconds are those of the
whole command: imports, workers that warm up, the search, the final training. Busy is the share of the workers'
time from the first trial to the last that was training: what is missing is warm-up and waiting for the loop, and
unlike the ratio it hardly depends on what else the machine does. Results must be equal.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tuners.store import Store

ROOT = Path(__file__).resolve().parents[1]
COMMON = ("--dataset", "10", "--seed", "1", "--train-limit", "10000", "--json")
STUDIES = {
    "PyTorch": (*COMMON, "--baselines", "mlp-m1", "mlp-m2", "--repeats", "50"),
    "Keras": (*COMMON, "--tuner", "keras-random", "--max-trials", "48", "--max-epochs", "10"),
}


def main(pairs: int) -> None:
    head = f"{'study':<10}{'pair':<7}{'1 worker':>9}{'2 workers':>11}{'ratio':>8}{'busy':>8}"
    print(f"{os.cpu_count()} cores\n{head}   seconds of the whole command")
    for name, words in STUDIES.items():
        ratios = []
        found = []
        for pair in range(1, pairs + 1):
            (one, _, first), (two, busy, second) = _study(words, 1, "local"), _study(words, 2, "local")
            found += [first, second]
            ratios.append(one / two)
            print(f"{name:<10}{pair:<7}{one:>9.1f}{two:>11.1f}{ratios[-1]:>8.2f}{busy:>8.2f}", flush=True)
        print(f"{name:<10}{'median':<27}{statistics.median(ratios):>8.2f}")
        ray, busy, third = _study(words, 2, "ray")
        print(f"{name:<10}{'ray':<16}{ray:>11.1f}{'':>8}{busy:>8.2f}")
        print("results are equal" if all(item == third for item in found) else "RESULTS DIFFER", flush=True)


def _study(words: tuple[str, ...], workers: int, engine: str) -> tuple[float, float, object]:
    """Seconds of one study, the share of them that its workers were busy, and what it found."""
    with tempfile.TemporaryDirectory() as folder:
        where = [
            "--workers",
            str(workers),
            "--engine",
            engine,
            "--store",
            f"{folder}/s.sqlite",
            "--study",
            "s",
        ]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "tuners/run.py", *words, *where], cwd=ROOT, capture_output=True, text=True
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(done.stderr)
        trials = [trial for trial in Store(f"{folder}/s.sqlite").trials("s") if trial.repeat_of is None]
    ends = [trial.started + trial.seconds for trial in trials]
    span = max(ends) - min(trial.started for trial in trials)
    busy = sum(trial.seconds for trial in trials) / (workers * span)
    systems = json.loads(done.stdout)["systems"]
    return seconds, busy, [(row["config"], row["dev_error"], row["eval_error"]) for row in systems]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
