"""How much tuners lose against the best of a grid: LeNet-5 on digits-32.

Trains all 64 points of the space of `lenet5-grid`, three times each, as ground truth, then lets every tuner
search the same space with a fraction of that budget, several times from paired seeds. With the defaults these are
392 trainings of 1.5 s on an idle core. Prints for each tuner:

    regret   dev error that the grid measured for what it selected, less the best of the grid, in points
    after n  the same after n of its trials
    rank     of the selected point among all
    chance   (last line) the regret of a point drawn blindly, which is what a tuner has to beat

Everything runs through `python tuners/run.py`, and is kept in the store that is named at the end.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from reports.section import section
from tuners.store import Store

ROOT = Path(__file__).resolve().parents[1]
TUNERS = ("keras-random", "keras-bayesian", "keras-hyperband", "optuna-tpe")
EPOCHS = 5

#: More than the grid has points, so that it ends for want of another one and not by its budget.
ALL = 100

TRUTH, RACE = "lenet5-truth", "lenet5-race"


def main() -> None:
    args = _arguments()
    folder = Path(args.out or tempfile.mkdtemp(prefix="lenet5-regret-"))
    store = folder / "lenet5.sqlite"
    started = time.perf_counter()
    _run(store, TRUTH, ["optuna-grid"], ALL, args.trainings, args.seed)
    _run(store, RACE, args.tuners, args.trials, args.repeats, args.seed)
    frame = section("regret").frame(Store(str(store), readonly=True), RACE)
    _print(frame, args.trials)
    print(
        f"\n{time.perf_counter() - started:.0f} seconds; python -m reports {RACE} --store {store} --out report"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Regret of tuners against a grid that was trained whole.")
    parser.add_argument("--tuners", nargs="+", default=list(TUNERS), metavar="NAME")
    parser.add_argument("--trials", type=int, default=10, metavar="N", help="of each search (default 10)")
    parser.add_argument(
        "--repeats", type=int, default=5, metavar="N", help="searches of each tuner (default 5)"
    )
    # One training a point would not do: its error differs by a point from seed to seed, as much as most widths do.
    parser.add_argument(
        "--trainings", type=int, default=3, metavar="N", help="of each point of the grid (default 3)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--out", metavar="DIR", help="folder of the store (default: a temporary one)")
    return parser.parse_args()


def _run(store: Path, study: str, tuners: list[str], trials: int, repeats: int, seed: int) -> None:
    """Runs a study, or goes on with the one that the store has."""
    words = ["--dataset", "digits-32", "--model", "lenet5-grid", "--study", study, "--seed", str(seed)]
    words += ["--tuner", *tuners, "--max-trials", str(trials), "--max-epochs", str(EPOCHS)]
    words += ["--repeats", str(repeats)]
    if store.exists() and any(known.name == study for known in Store(str(store), readonly=True).studies()):
        words = ["--resume", study]
    command = [sys.executable, "tuners/run.py", *words, "--store", str(store)]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(done.returncode)


def _print(frame: pd.DataFrame, trials: int) -> None:
    grid = frame[frame["part"] == "grid"]
    steps = sorted({1, 2, max(1, trials // 2), trials})
    print(f"{'system':<32}{'regret':>8}{'  ' + 'rank':>8}" + "".join(f"{f'after {n}':>10}" for n in steps))
    picks = frame[frame["part"] == "pick"]
    for label in frame.attrs["systems"]:
        own = picks[picks["system"] == label]
        curve = frame[(frame["part"] == "curve") & (frame["system"] == label)].set_index("trials")["regret"]
        cells = [f"{100 * curve[n]:>10.2f}" if n in curve.index else f"{'–':>10}" for n in steps]
        rank = f"{own['rank'].mean():.1f}"
        print(f"{label:<32}{100 * own['regret'].mean():>8.2f}{rank:>8}{''.join(cells)}")
    chance = f"{(len(grid) + 1) / 2:.1f}"
    print(f"{'chance':<32}{100 * grid['regret'].mean():>8.2f}{chance:>8}   (mean over {len(grid)} points)")


if __name__ == "__main__":
    main()
