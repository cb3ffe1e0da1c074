"""How long an epoch of the networks for EEG and pathology takes, by hand and as hypermodels, on this device.

Prints seconds of the second epoch (the first one builds and traces), samples a second, and the ratio to the
network by hand of the same data, all in one run. Random samples of the right shape: speed does not depend
on what they show. Keras runs on both backends, each training in a process of its own. The hypermodels are
trained with their default configuration; those of CNN-A2 and CNN-LSTM-A are the networks by hand. Last, the network by hand
for EEG without what a worker tells the allocator (see tuners/engines/local.py).

  python benchmarks/corpus_networks.py [SAMPLES]        400 by default; take 4000 on a GPU
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np

from tuners.engines.local import ENVIRONMENT

#: Runs with glibc's own idea of when to give memory back.
PLAIN = "pytorch, plain malloc"

#: Kind of data, and (library, learner) in the order of the table; the first is what the others are set against.
NETWORKS = {
    "patches": (("manual", "cnn-m"), ("manual", "cnn-m2"), ("keras", "cnn-a2"), ("keras", "cnn-a")),
    "eeg": (
        ("manual", "cnn-lstm-m"),
        ("manual", "cnn-lstm-m2"),
        ("keras", "cnn-lstm-a"),
        ("keras", "lstm-a"),
        (PLAIN, "cnn-lstm-m"),
    ),
}


def main(samples: int) -> None:
    """Prints the table."""
    print(f"{'network':<14}{'library':<23}{'device':<28}{'s an epoch':>11}{'samples/s':>11}{'ratio':>8}")
    for kind, networks in NETWORKS.items():
        first = None
        for library, name in networks:
            for backend in ("tensorflow", "torch") if library == "keras" else ("",):
                device, seconds = _in_process(kind, library, name, samples, backend)
                first = first or seconds
                shown = {"keras": f"keras/{backend}", "manual": "pytorch"}.get(library, library)
                row = f"{name:<14}{shown:<23}{device:<28}{seconds:>11.2f}"
                print(f"{row}{samples / seconds:>11.0f}{seconds / first:>8.2f}", flush=True)


def _in_process(kind: str, library: str, name: str, samples: int, backend: str) -> tuple[str, float]:
    environment = os.environ | ENVIRONMENT
    if library == PLAIN:
        environment = {key: value for key, value in environment.items() if not key.startswith("MALLOC_")}
    if backend:
        environment["KERAS_BACKEND"] = backend
    command = [sys.executable, __file__, "measure", kind, library, name, str(samples)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    device, seconds = done.stdout.strip().splitlines()[-1].rsplit(" ", 1)
    return device, float(seconds)


def measure(kind: str, library: str, name: str, samples: int) -> float:
    """Seconds of the second epoch, its dev part (a tenth as large) included."""
    from datasets import Samples, TuningSplit
    from datasets.plugins import find
    from manual import MODELS
    from manual.learner import Baseline, EpochReport, Plan
    from tuners.tunable import HYPERMODELS, Tunable

    split = TuningSplit(_samples(kind, samples, 0, Samples), _samples(kind, samples // 10, 1, Samples), kind)
    if library != "keras":
        learner = find(MODELS, Baseline, name, "baseline")
        config = learner.configurations()[0]
    else:
        learner = find(HYPERMODELS, Tunable, name, "model")
        config = learner.space.defaults()
    ends: list[float] = []

    def report(_: EpochReport) -> bool:
        ends.append(time.perf_counter())
        return True

    learner.train(config, split, 2, Plan(2, 1), report)
    return ends[1] - ends[0]


def _samples(kind: str, count: int, seed: int, samples: type) -> object:
    rng = np.random.default_rng(seed)
    y = np.arange(count, dtype=np.int64) % 2
    if kind == "patches":
        return samples(rng.integers(0, 255, size=(count, 256, 256, 3), dtype=np.uint8), y)
    return samples(rng.normal(size=(count, 100, 20, 15)).astype(np.float32), y)


def _device() -> str:
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU, one thread"


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        took = measure(*sys.argv[2:5], int(sys.argv[5]))
        print(_device(), took)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
