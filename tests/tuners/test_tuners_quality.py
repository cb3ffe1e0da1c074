"""The measurement of quality: its functions, its verdicts, and one small case of each way to use a library."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import searcher_quality
from direct.problems import Run, bbob, hartmann


def test_the_error_of_a_function_is_a_share_of_its_spread():
    problem = bbob(1, 2, 1)
    assert problem.error([5.0, 5.0], 1) <= 1
    # BBOB's sphere is the squared distance to its optimum.
    optimum = min(
        ((x, y) for x in np.linspace(-5, 5, 101) for y in np.linspace(-5, 5, 101)),
        key=lambda point: problem.value(point, 1.0),
    )
    assert problem.error(optimum, 1) < 1e-3
    far = [optimum[0] + 1, optimum[1]]
    assert problem.value(far, 1.0) - problem.value(optimum, 1.0) == pytest.approx(1, abs=0.2)
    assert problem.error(far, 1) == pytest.approx(
        (problem.value(far, 1.0) - problem.optimum) / problem.spread
    )


def test_hartmann_reaches_its_minimum_at_full_fidelity_alone():
    problem = hartmann(9)
    best = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]
    assert problem.value(best, 1.0) == pytest.approx(-3.32237, abs=1e-5)
    errors = [problem.error(best, epoch) for epoch in range(1, 10)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.01 > errors[-1]


def test_a_run_keeps_the_point_that_looked_best():
    run = Run(bbob(1, 2, 1))
    for point in ([5.0, 5.0], [0.0, 0.0], [-5.0, -5.0]):
        run.train(point, 1)
    values = [run.problem.value(point, 1.0) for point in ([5.0, 5.0], [0.0, 0.0], [-5.0, -5.0])]
    assert run.reached == min(values) - run.problem.optimum


@pytest.mark.slow
def test_a_searcher_is_called_worse_where_it_is_so_on_most_seeds():
    problem = bbob(1, 2, 1)
    rng = np.random.default_rng(1)
    base = rng.uniform(1, 2, 12)
    other = rng.permutation(base)
    rows = [
        searcher_quality.Row("a", problem, tuple(base), tuple(base)),
        searcher_quality.Row("a", problem, tuple(base), tuple(other)),
        searcher_quality.Row("a", problem, tuple(base + 0.1), tuple(base)),
        searcher_quality.Row("a", problem, tuple(base - 0.1), tuple(base)),
    ]
    assert searcher_quality.verdicts(rows) == ["the same", "no worse", "WORSE", "no worse"]


@pytest.mark.slow
@pytest.mark.parametrize("tuner", ["optuna-tpe", "optuna-cmaes"])
def test_a_searcher_finds_what_its_library_finds_by_itself(tuner):
    direct = searcher_quality.counterparts()[tuner]
    for function in searcher_quality.QUICK:
        row = searcher_quality.compare(tuner, direct, function, trials=15, seeds=3)
        assert row.here == pytest.approx(row.library, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("tuner", ["optuna-hyperband", "optuna-median"])
def test_a_pruner_prunes_as_the_library_does_by_itself(tuner):
    direct = searcher_quality.counterparts()[tuner]
    row = searcher_quality.compare(tuner, direct, lambda instance: hartmann(), trials=15, seeds=2)
    assert row.here == pytest.approx(row.library, rel=1e-6)
