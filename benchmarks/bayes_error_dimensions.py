"""What figures read off nearest neighbours are worth where samples have many numbers.

    python benchmarks/bayes_error_dimensions.py [--repeats 3]

Two Gaussian classes with unit covariance whose means are 3.29 apart, in a direction that all coordinates
share: the Bayes error is 5.00 % with any number of coordinates. 3,000 points of train, 4,000 of dev, 4,000
of eval. Prints a markdown table, errors in percent, means over repeats with other seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict

import numpy as np
from scipy.stats import norm

from datasets.bayes_error import estimators
from datasets.bayes_error.features import measure
from datasets.types import Dataset, Provenance, Samples, Split

TRUTH = 0.05
DIMENSIONS = (10, 50, 200, 1000)
TRAIN, HELD_OUT = 3000, 4000


def drawn(dimensions: int, seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    apart = -2 * norm.ppf(TRUTH)

    def part(n: int) -> Samples:
        y = rng.integers(0, 2, n)
        shift = np.outer(y - 0.5, np.full(dimensions, apart / np.sqrt(dimensions)))
        return Samples(rng.normal(size=(n, dimensions)) + shift, y)

    split = Split(part(TRAIN), part(HELD_OUT), part(HELD_OUT))
    return Dataset("two Gaussians", split, ("a", "b"), "numbers", Provenance("generated", "drawn", "", seed))


def errors(dimensions: int, seed: int) -> dict[str, float]:
    """Percent by column of the table."""
    dataset = drawn(dimensions, seed)
    found = {}
    for name, title in (("cover-hart", "1-NN"), ("henze-penrose", "spanning tree")):
        bracket = estimators()[name].estimate(dataset.split.train)
        assert bracket.lower is not None and bracket.upper is not None
        found[f"{title}: lower bound"] = bracket.lower
        found[f"{title}: upper bound"] = bracket.upper
    report = measure(dataset, seed, limit=max(TRAIN, HELD_OUT))
    tried = {one.feature: one.dev_error for one in report.tried}
    found |= {f"dev: {name}": tried[name] for name in sorted(tried)}
    found["eval: chosen on dev"] = report.eval_error
    return {name: 100 * value for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="sets drawn for each row (default: 3)")
    repeats = parser.parse_args().repeats
    table: dict[int, dict[str, float]] = {}
    for dimensions in DIMENSIONS:
        print(f"{dimensions} numbers", file=sys.stderr)
        sums: dict[str, float] = defaultdict(float)
        for seed in range(repeats):
            for name, value in errors(dimensions, seed).items():
                sums[name] += value / repeats
        table[dimensions] = dict(sums)
    print(f"Bayes error {100 * TRUTH:.2f} % throughout; {TRAIN:,} points of train; means of {repeats}\n")
    print("| figure | " + " | ".join(f"d = {d:,}" for d in table) + " |")
    print("|---|" + "---:|" * len(table))
    for name in table[DIMENSIONS[0]]:
        print(f"| {name} | " + " | ".join(f"{row[name]:.1f}" for row in table.values()) + " |")


if __name__ == "__main__":
    main()
