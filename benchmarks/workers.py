"""How much faster a study of small networks is with two workers than with one.

    python benchmarks/workers.py [PAIRS]

Runs the same random search of MLPs on set 10 with one worker and with two, in turn, PAIRS times
(default 2), and once with two tasks at once of a Ray instance on this machine. Wall seconds are those of the
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
SEARCH = (
    *("--dataset", "10", "--tuner", "keras-random", "--model", "mlp-a1", "--seed", "1"),
    *("--train-limit", "10000", "--max-trials", "24", "--max-epochs", "10", "--json"),
)


def main(pairs: int) -> None:
    print(f"{os.cpu_count()} cores; {' '.join(SEARCH)}")
    print(
        f"{'pair':<6}{'1 worker':>10}{'2 workers':>11}{'ratio':>8}{'busy':>8}   seconds of the whole command"
    )
    ratios = []
    found = []
    for pair in range(1, pairs + 1):
        (one, _, first), (two, busy, second) = _study(1, "local"), _study(2, "local")
        found += [first, second]
        ratios.append(one / two)
        print(f"{pair:<6}{one:>10.1f}{two:>11.1f}{ratios[-1]:>8.2f}{busy:>8.2f}", flush=True)
    print(f"{'median':<27}{statistics.median(ratios):>8.2f}")
    ray, busy, third = _study(2, "ray")
    print(f"{'ray':<6}{'':>10}{ray:>11.1f}{'':>8}{busy:>8.2f}")
    print("results are equal" if all(item == third for item in found) else "RESULTS DIFFER")


def _study(workers: int, engine: str) -> tuple[float, float, object]:
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
            [sys.executable, "tuners/run.py", *SEARCH, *where], cwd=ROOT, capture_output=True, text=True
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(done.stderr)
        trials = [trial for trial in Store(f"{folder}/s.sqlite").trials("s") if trial.repeat_of is None]
    ends = [trial.started + trial.seconds for trial in trials]
    span = max(ends) - min(trial.started for trial in trials)
    busy = sum(trial.seconds for trial in trials) / (workers * span)
    system = json.loads(done.stdout)["systems"][0]
    return seconds, busy, (system["config"], system["dev_error"], system["eval_error"])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
