"""Speed of sampling and of exact densities, against a plain loop over points.

    python benchmarks/imld_synth_speed.py [--points 1000000]

Prints CPU seconds. The loop draws one point at a time with numpy's generator, as a first version
would; it is timed on fewer points and scaled up.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from imld_synth import SPLITS, Drawing, presets

LOOP_POINTS = 2_000


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call, the better of two."""
    times = []
    for _ in range(2):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def loop(drawing: Drawing, n: int) -> None:
    """Class, shape and point drawn one at a time."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        shape = drawing.classes[rng.choice(len(drawing.classes), p=drawing.priors)]
        leaves = shape.leaves()
        which = rng.choice(len(leaves), p=[weight for weight, _ in leaves])
        leaves[which][1].sample(1, rng)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=1_000_000, help="points to draw (default: 1000000)")
    n = parser.parse_args().points
    presets()[0].dev.bayes_error()  # so that no row pays for the imports
    print(f"{'set':4}{'split':7}{'sample s':>9}{'loop s':>9}{'ratio':>7}{'posterior s':>13}{'Bayes s':>9}")
    for item in presets():
        for split in SPLITS:
            drawing = item.drawing(split)
            fast = seconds(partial(item.generate_split, split, 1, n))
            slow = seconds(partial(loop, drawing, LOOP_POINTS)) * n / LOOP_POINTS
            x, _ = item.generate_split(split, 2, n // 10)
            posterior = seconds(partial(drawing.posterior, x)) * 10
            bayes = seconds(drawing.bayes_error)
            print(
                f"{item.name:4}{split:7}{fast:9.2f}{slow:9.1f}{slow / fast:7.0f}{posterior:13.2f}{bayes:9.2f}"
            )


if __name__ == "__main__":
    main()
