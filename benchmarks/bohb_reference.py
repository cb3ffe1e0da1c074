"""Our BOHB beside HpBandSter's: the same brackets, functions, seeds and trials; prints the median best values.

HpBandSter draws the configurations in an environment of its own (python -m tuners.environments hpbandster).
The functions have
their optimum at 0; what short trials show is shifted, so that the best of them is not the best in the end.
p is that of a rank-sum test: seeds mean nothing in common to two libraries.

    python benchmarks/bohb_reference.py [--seeds 10] [--trials 90]
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from scipy.stats import mannwhitneyu

from datasets.errors import HandtuneError
from manual.learner import Config
from tuners.bohb import BohbSearcher, Rung
from tuners.isolated_process import IsolatedProcess, process_of
from tuners.isolated_search import config_from_plain, config_to_plain, space_to_plain
from tuners.record import Outcome, Suggestion, TrialState
from tuners.results import error_of
from tuners.searcher import Task
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

EPOCHS = 9


@dataclass(frozen=True)
class Problem:
    """A function in [0, 1] of a configuration and of the share of the epochs that were trained."""

    name: str
    space: SearchSpace
    value: Callable[[Config, float], float]


class Reference(BohbSearcher):
    """Our brackets with the configurations of HpBandSter."""

    def __init__(self, task: Task, space: SearchSpace, process: IsolatedProcess) -> None:
        super().__init__(task, space)
        self.process = process
        plain = space_to_plain(space)
        for item in plain:
            when = space[item["name"]].when
            if when is not None:
                parents = [config_to_plain(space, {when.parent: value}) for value in when.values]
                item["when"] = [when.parent, [parent[when.parent] for parent in parents]]
        answer = process.call("start", algorithm="bohb", seed=task.seed, space=plain, settings={})
        self.handle: int = answer["handle"]

    def _fresh(self, number: int, rung: Rung) -> Suggestion | None:
        answer = self.process.call("ask", handle=self.handle, number=number, budget=rung.epochs)
        rest: dict[str, Any] = {item["name"]: item["rest"] for item in space_to_plain(self.space)}
        return Suggestion(number, config_from_plain(self.space, rest | answer["values"]), rung.epochs)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        super().tell(suggestion, outcome)
        values = config_to_plain(self.space, suggestion.config)
        self.process.call(
            "tell",
            handle=self.handle,
            number=suggestion.number,
            values=values,
            error=error_of(outcome),
            budget=suggestion.epochs,
        )


def best_after(searcher: BohbSearcher, problem: Problem, trials: int) -> float:
    """The lowest value of a trial that was trained to the end, after so many trials."""
    best = 1.0
    for _ in range(trials):
        suggestion = searcher.ask()
        assert suggestion is not None
        share = suggestion.epochs / EPOCHS
        value = problem.value(suggestion.config, share)
        searcher.tell(suggestion, Outcome(TrialState.COMPLETE, value, suggestion.epochs, 0.0))
        if share == 1:
            best = min(best, value)
    return best


def compare(problem: Problem, trials: int, seeds: int, of_reference: int) -> tuple[list[float], list[float]]:
    """The best values of ours for so many seeds, and of the reference, which takes 20 times as long, for its own."""
    process = process_of("hpbandster")
    tasks = [Task(problem.space, seed, EPOCHS) for seed in range(1, max(seeds, of_reference) + 1)]
    ours = [best_after(BohbSearcher(task, problem.space), problem, trials) for task in tasks[:seeds]]
    theirs = [
        best_after(Reference(task, problem.space, process), problem, trials) for task in tasks[:of_reference]
    ]
    return ours, theirs


def _bowl(config: Config, share: float) -> float:
    shift = 0.1 * (1 - share)
    return sum((float(x) - 0.3 - shift) ** 2 for x in config.values()) / len(config)


def _ones(config: Config, share: float) -> float:
    """Counting ones, after the paper: options that should be "yes", numbers that should be 1."""
    values = [float(v == "yes") if isinstance(v, str) else float(v) for v in config.values()]
    return 1 - sum(values) / len(values) * (0.8 + 0.2 * share)


def _network(config: Config, share: float) -> float:
    rate = abs(math.log10(float(config["rate"])) + 2.0 + 0.3 * (1 - share)) / 4
    width = abs(math.log2(float(config["width"]) / 48)) / 8
    kind = {"sgd": 0.0, "adam": 0.05, "adagrad": 0.2}[str(config["optimizer"])]
    momentum = abs(float(config.get("momentum", 0.9)) - 0.9) / 2
    return min(1.0, 0.3 * rate + 0.2 * width + kind + momentum)


PROBLEMS = (
    Problem(
        "bowl, 4 numbers",
        SearchSpace(tuple(Parameter(f"x{i}", Float(0.0, 1.0), 0.5) for i in range(4))),
        _bowl,
    ),
    Problem(
        "counting ones, 3 options and 3 numbers",
        SearchSpace(
            tuple(Parameter(f"o{i}", Choice(("no", "yes")), "no") for i in range(3))
            + tuple(Parameter(f"x{i}", Float(0.0, 1.0), 0.5) for i in range(3))
        ),
        _ones,
    ),
    Problem(
        "network, log scales and a condition",
        SearchSpace(
            (
                Parameter("rate", Float(1e-5, 1.0, log=True), 1e-3),
                Parameter("width", Int(4, 512, log=True), 16),
                Parameter("optimizer", Choice(("sgd", "adam", "adagrad")), "adam"),
                Parameter("momentum", Float(0.0, 0.99), 0.0, Condition("optimizer", ("sgd",))),
            )
        ),
        _network,
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=90)
    args = parser.parse_args()
    print(f"median best of {args.seeds} seeds after {args.trials} trials of up to {EPOCHS} epochs")
    print(f"{'function':<40} {'ours':>8} {'HpBandSter':>11} {'ratio':>7} {'p':>6}")
    try:
        for problem in PROBLEMS:
            found = compare(problem, args.trials, args.seeds, args.seeds)
            ours, theirs = (median(values) for values in found)
            p = mannwhitneyu(*found).pvalue
            print(f"{problem.name:<40} {ours:8.4f} {theirs:11.4f} {ours / theirs:7.2f} {p:6.2f}", flush=True)
    except HandtuneError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
