"""How long an epoch of a small Keras network takes, by batches per call and by backend.

Prints seconds of the second epoch (the first one traces the graph) on 100,000 points, the ratio to the
first row of each batch size, and a checksum of the weights, which is equal where the results are. Each backend needs a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time

BATCHES = (32, 128, 512)
POINTS = 100_000


def main() -> None:
    print(f"{'backend':<12}{'batch':>6}{'steps per call':>16}{'seconds an epoch':>18}{'ratio':>8}  weights")
    for batch in BATCHES:
        first = None
        for backend, steps in (("tensorflow", 1), ("tensorflow", 32), ("torch", 1)):
            seconds, weights = _in_process(backend, batch, steps)
            first = first or seconds
            print(f"{backend:<12}{batch:>6}{steps:>16}{seconds:>18.2f}{seconds / first:>8.2f}  {weights}")


def _in_process(backend: str, batch: int, steps: int) -> tuple[float, str]:
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "measure", str(batch), str(steps)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds, weights = done.stdout.split()[-2:]
    return float(seconds), weights


def measure(batch: int, steps: int) -> tuple[float, str]:
    """Seconds of the second epoch, and a checksum of the weights after it."""
    import keras
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(POINTS, 2)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype("int64")
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(units, activation="relu") for units in (64, 32, 16)]
    network = keras.Sequential([keras.layers.Input((2,)), *layers, keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("adam", loss, steps_per_execution=steps, jit_compile=False)
    network.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    started = time.perf_counter()
    network.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    seconds = time.perf_counter() - started
    weights = b"".join(np.asarray(array).tobytes() for array in network.get_weights())
    return seconds, hashlib.sha256(weights).hexdigest()[:8]


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(*measure(int(sys.argv[2]), int(sys.argv[3])))
    else:
        main()
