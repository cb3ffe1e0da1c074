"""NNI and Vizier by themselves, in their own environments: a script there drives the library as its manual does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from direct.problems import Run

from tuners.environments import python_of

FOLDER = Path(__file__).parent


@cache
def process(environment: str) -> subprocess.Popen[str]:
    """The script NAME_by_itself.py in its Python, which ends when its standard input does."""
    script = FOLDER / f"{environment}_by_itself.py"
    return subprocess.Popen(
        [str(python_of(environment)), "-u", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def method(environment: str, algorithm: str) -> Callable[[Run, int, int], None]:
    def direct(run: Run, trials: int, seed: int) -> None:
        problem = run.problem
        child = process(environment)

        def call(message: dict[str, Any]) -> Any:
            assert child.stdin is not None and child.stdout is not None
            print(json.dumps(message), file=child.stdin, flush=True)
            return json.loads(child.stdout.readline())

        bounds = {"names": problem.names, "low": problem.low, "high": problem.high}
        point = call({"start": algorithm, "seed": seed, **bounds})
        for trial in range(1, trials + 1):
            values = [point[name] for name in problem.names]
            error = [run.train(values, epoch) for epoch in range(1, problem.epochs + 1)][-1]
            if trial < trials:
                point = call({"error": error})

    return direct


DIRECT = {
    "nni-tpe": method("nni", "tpe"),
    "nni-anneal": method("nni", "anneal"),
    "vizier-gp-bandit": method("vizier", "gp-bandit"),
}
