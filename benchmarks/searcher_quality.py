"""Whether a searcher finds here what its library finds by itself: both on functions with a known minimum.

    python benchmarks/searcher_quality.py                        every searcher that has a counterpart
    python benchmarks/searcher_quality.py --tuner optuna-tpe --trials 50 --seeds 20
    python benchmarks/searcher_quality.py --quick

A row is one function: how far above its minimum the best point lies after the same number of trials, in the
function's own units, as medians over the seeds; a seed has the same instance of the function on both sides.
"worse" is a Wilcoxon signed-rank test over the pairs (one-sided, 5 % over the rows of a searcher by Holm's
method). Functions are BBOB's, and Hartmann's with nine fidelities, the only one on which pruning counts.

Libraries are used directly in direct/*_direct.py: each has a table DIRECT from the name of a searcher to a
function of a run, the number of trials and a seed.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from direct.problems import Problem, Run, bbob, hartmann
from scipy.stats import wilcoxon

from datasets.plugins import scan
from tuners.record import Outcome, TrialState
from tuners.searcher import SEARCH, SearcherPlugin, Task
from tuners.space import Float, Parameter, SearchSpace

Direct = Callable[[Run, int, int], None]
Function = Callable[[int], Problem]

#: By instance. Separable, ill-conditioned, a curved valley, many optima in a pattern, many without one.
FUNCTIONS: tuple[Function, ...] = (
    lambda instance: bbob(1, 2, instance),
    lambda instance: bbob(2, 2, instance),
    lambda instance: bbob(8, 3, instance),
    lambda instance: bbob(15, 5, instance),
    lambda instance: bbob(21, 2, instance),
    lambda instance: hartmann(),
)
QUICK = FUNCTIONS[:2]
INSTANCES = 5
LEVEL = 0.05


@dataclass(frozen=True)
class Row:
    """Distances to the minimum by seed, here and by the library itself. p: of being worse here by chance."""

    tuner: str
    problem: Problem
    here: tuple[float, ...]
    library: tuple[float, ...]

    @property
    def p(self) -> float:
        differences = np.subtract(self.here, self.library)
        return float(wilcoxon(differences, alternative="greater").pvalue) if differences.any() else 1.0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tuner", nargs="+", metavar="NAME", help="searchers to measure (default: all)")
    parser.add_argument("--trials", type=int, default=20, help="trials of a search (default: 20)")
    parser.add_argument("--seeds", type=int, default=10, help="searches of each (default: 10)")
    parser.add_argument("--quick", action="store_true", help="two functions, 12 trials, 5 seeds")
    options = parser.parse_args()
    trials, seeds = (12, 5) if options.quick else (options.trials, options.seeds)
    known = counterparts()
    strange = sorted(set(options.tuner or ()) - set(known))
    if strange:
        parser.error(f"{strange[0]} has no counterpart in direct/; choose from: {', '.join(sorted(known))}")
    print(f"{trials} trials, {seeds} seeds; distance to the minimum, median")
    print(f"{'searcher':<18}{'function':<22}{'d':>3}{'here':>12}{'library':>12}{'ratio':>8}{'p':>8}  verdict")
    for tuner in options.tuner or sorted(known):
        missing = scan(SEARCH, SearcherPlugin)[tuner].missing()
        if missing:
            print(f"{tuner:<18}{missing}")
            continue
        functions = QUICK if options.quick else FUNCTIONS
        rows = [compare(tuner, known[tuner], function, trials, seeds) for function in functions]
        for row, verdict in zip(rows, verdicts(rows), strict=True):
            print(line(row, verdict), flush=True)


def counterparts() -> dict[str, Direct]:
    """What direct/ holds, by the name of the searcher."""
    found: dict[str, Direct] = {}
    for path in sorted((Path(__file__).parent / "direct").glob("*_direct.py")):
        found |= importlib.import_module(f"direct.{path.stem}").DIRECT
    return found


def compare(tuner: str, direct: Direct, function: Function, trials: int, seeds: int) -> Row:
    """Both ways on the same instances from the same seeds."""
    here, library = [], []
    for seed in range(1, seeds + 1):
        problem = function(1 + seed % INSTANCES)
        here.append(search_here(tuner, problem, trials, seed))
        run = Run(problem)
        direct(run, trials, seed)
        library.append(run.reached)
    return Row(tuner, function(1), tuple(here), tuple(library))


def search_here(tuner: str, problem: Problem, trials: int, seed: int) -> float:
    """How far above the minimum the best point of a search lies, in the function's own units."""
    domain = Float(problem.low, problem.high)
    middle = (problem.low + problem.high) / 2
    space = SearchSpace(tuple(Parameter(name, domain, middle) for name in problem.names))
    searcher = scan(SEARCH, SearcherPlugin)[tuner].start(Task(space, seed, problem.epochs))
    run = Run(problem)
    for _ in range(trials):
        suggestion = searcher.ask()
        if suggestion is None:
            break
        point = [float(suggestion.config[name]) for name in problem.names]
        state, error, epoch = TrialState.COMPLETE, 1.0, 0
        for epoch in range(suggestion.first_epoch + 1, suggestion.epochs + 1):
            error = run.train(point, epoch)
            if searcher.wants_reports and not searcher.report(suggestion, epoch, error):
                state = TrialState.PRUNED if epoch < suggestion.epochs else TrialState.COMPLETE
                break
        searcher.tell(suggestion, Outcome(state, error, epoch - suggestion.first_epoch, 0.0))
    return run.reached


def verdicts(rows: list[Row]) -> list[str]:
    """Row by row; Holm (1979): the k-th smallest of n values p is held against LEVEL / (n - k + 1)."""
    found = ["the same" if np.allclose(row.here, row.library, rtol=1e-6) else "no worse" for row in rows]
    for rank, place in enumerate(sorted(range(len(rows)), key=lambda place: rows[place].p)):
        if rows[place].p > LEVEL / (len(rows) - rank):
            break
        found[place] = "WORSE"
    return found


def line(row: Row, verdict: str) -> str:
    here, library = float(np.median(row.here)), float(np.median(row.library))
    ratio = here / library if library else float("nan") if here else 1.0
    return (
        f"{row.tuner:<18}{row.problem.name:<22}{row.problem.dimension:>3}{here:>12.4g}{library:>12.4g}"
        f"{ratio:>8.2f}{row.p:>8.3f}  {verdict}"
    )


if __name__ == "__main__":
    main()
