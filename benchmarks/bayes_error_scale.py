"""Time and memory of estimates of the Bayes error at the full size of set 09, against scikit-learn.

    python benchmarks/bayes_error_scale.py [--points 500000]

500,000 points of train vote on 250,000 of dev, in the plane. Every way runs in a process of its own, which
has read the points and imported its libraries before the measurement starts. Time is that of the
processors (threads added up), so that other programs matter little and several threads are no advantage;
memory is what the peak of the process grew by. Prints a markdown table, and for each goal whether it is held.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from datasets.bayes_error import estimators
from datasets.bayes_error._neighbours import K_VALUES, errors_by_k
from datasets.types import Samples
from imld_synth import preset

SET = "09"
CLASSES = 2
ONE_K = 100
TREE_POINTS = 100_000


def ours(folder: Path, ks: tuple[int, ...]) -> list[float]:
    """Errors for each k, from one query."""
    errors = errors_by_k(read(folder, "train"), read(folder, "dev"), ks=ks, classes=CLASSES)
    return list(errors.values())


def sklearn_loop(folder: Path, ks: tuple[int, ...]) -> list[float]:
    """Errors for each k, as one would write it first."""
    from sklearn.neighbors import KNeighborsClassifier

    train, dev = read(folder, "train"), read(folder, "dev")
    classifiers = (KNeighborsClassifier(n_neighbors=k).fit(train.x, train.y) for k in ks)
    return [float((classifier.predict(dev.x) != dev.y).mean()) for classifier in classifiers]


def exact(folder: Path) -> list[float]:
    """By the densities of the three parts."""
    return [preset(SET).drawing(part).bayes_error().value for part in ("train", "dev", "eval")]


def estimate(folder: Path, name: str, points: int | None = None) -> list[float]:
    """By an estimator, on train."""
    train = read(folder, "train")
    return [estimators()[name].estimate(Samples(train.x[:points], train.y[:points])).value]


WAYS: dict[str, Callable[[Path], list[float]]] = {
    "k-curve, one query": lambda folder: ours(folder, K_VALUES),
    "k-curve, scikit-learn loop": lambda folder: sklearn_loop(folder, K_VALUES),
    f"k = {ONE_K}, one query": lambda folder: ours(folder, (ONE_K,)),
    f"k = {ONE_K}, scikit-learn": lambda folder: sklearn_loop(folder, (ONE_K,)),
    "exact, three parts": exact,
    "knn-midpoint, train": lambda folder: estimate(folder, "knn-midpoint"),
    "kde-plugin, train": lambda folder: estimate(folder, "kde-plugin"),
    f"henze-penrose, {TREE_POINTS:,}": lambda folder: estimate(folder, "henze-penrose", TREE_POINTS),
}


def read(folder: Path, part: str) -> Samples:
    return Samples(np.load(folder / f"{part}_x.npy"), np.load(folder / f"{part}_y.npy"))


def one(name: str, folder: Path) -> None:
    """Measures one way in this process and prints the result as JSON."""
    import scipy.fft
    import scipy.spatial  # noqa: F401 - so that no way pays for an import
    import sklearn.neighbors  # noqa: F401

    for part in ("train", "dev"):
        read(folder, part)
    before, started, clock = peak(), time.process_time(), time.perf_counter()
    values = WAYS[name](folder)
    used, waited = time.process_time() - started, time.perf_counter() - clock
    print(json.dumps({"cpu": used, "wall": waited, "memory": peak() - before, "values": values}))


def peak() -> float:
    """The largest memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=500_000, help="of train; half as many of dev")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one[0], Path(args.one[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, points in (("train", args.points), ("dev", args.points // 2)):
            x, y = preset(SET).generate_split(part, 0, points)
            np.save(folder / f"{part}_x.npy", x)
            np.save(folder / f"{part}_y.npy", y)
        found = {way: in_child(way, folder) for way in WAYS}
    print(f"set {SET}, {args.points:,} points of train, {args.points // 2:,} of dev\n")
    print("| way | CPU s | wall s | extra MB |\n|---|---:|---:|---:|")
    for way, row in found.items():
        print(f"| {way} | {row['cpu']:.2f} | {row['wall']:.2f} | {row['memory']:.0f} |")
    curves = [found[way]["values"] for way in WAYS if way.startswith("k-curve")]
    apart = max(abs(a - b) for a, b in zip(*curves, strict=True))
    print(f"\nThe two curves differ by at most {100 * apart:.4f} points (equally distant neighbours).\n")
    goals(found)


def goals(found: dict[str, dict[str, float]]) -> None:
    """Prints each goal, what was measured, and whether it is held."""
    curve, loop = found["k-curve, one query"], found["k-curve, scikit-learn loop"]
    single, plain = found[f"k = {ONE_K}, one query"], found[f"k = {ONE_K}, scikit-learn"]
    rows = [
        ("k-curve: CPU time over scikit-learn's", curve["cpu"] / loop["cpu"], 1 / 8),
        ("k-curve: extra MB", curve["memory"], 100),
        (f"k = {ONE_K}: CPU time over scikit-learn's", single["cpu"] / plain["cpu"], 0.6),
        (f"k = {ONE_K}: memory over scikit-learn's", single["memory"] / plain["memory"], 0.1),
        ("exact: CPU s a part", found["exact, three parts"]["cpu"] / 3, 1),
        ("kde-plugin: CPU s", found["kde-plugin, train"]["cpu"], 3),
    ]
    print("| goal | measured | at most | |\n|---|---:|---:|---|")
    for what, measured, most in rows:
        print(f"| {what} | {measured:.3f} | {most:g} | {'held' if measured <= most else 'MISSED'} |")


def in_child(way: str, folder: Path) -> dict[str, float]:
    """The measurement of one way in a process of its own."""
    print(way, file=sys.stderr)
    done = subprocess.run(
        [sys.executable, __file__, "--one", way, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise SystemExit(f"{way} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
