"""Ray Tune's schedulers in the one loop: what they decide, compared with the rules of their papers."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest
from search_drive import start

from datasets.plugins import all_plugins_required, scan
from tuners.draw import draw
from tuners.ray_schedulers import OwnRandomness
from tuners.record import Outcome, TrialState
from tuners.search.ray_asha import RayAsha
from tuners.search.ray_pbt import POPULATION, RayPbt
from tuners.searcher import Task
from tuners.space import Choice, Condition, Constraint, Fixed, Float, Int, Parameter, SearchSpace, SpaceError
from tuners.tunable import HYPERMODELS, Tunable

EPOCHS = 12
SPACE = SearchSpace(
    (
        Parameter("kind", Fixed("mlp"), "mlp"),
        Parameter("units", Int(8, 64, step=8), 16),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3, trains_on=True),
        Parameter("optimizer", Choice(("sgd", "adam", "rmsprop")), "adam", trains_on=True),
        Parameter("momentum", Float(0.0, 0.9), 0.5, Condition("optimizer", ("sgd",)), trains_on=True),
        Parameter("batch", Int(8, 256, log=True), 32, trains_on=True),
        Parameter("steps", Int(1, 9, step=2), 3, trains_on=True),
        Parameter("shuffle", Choice((True, False)), True, trains_on=True),
    )
)
CHANGING = {"rate", "optimizer", "momentum", "batch", "steps", "shuffle"}


@pytest.fixture(scope="module", autouse=True)
def library():
    reason = RayAsha().missing()
    if reason and all_plugins_required():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def complete(suggestion, error) -> Outcome:
    return Outcome(TrialState.COMPLETE, error, suggestion.epochs - suggestion.first_epoch, 1.0)


# ASHA ------------------------------------------------------------------------------------------------


def asha(curves) -> list[int]:
    """How many epochs each trial got; trial i has the dev errors curves[i], of which it reports one an epoch."""
    searcher = RayAsha().start(Task(SPACE, 1, EPOCHS))
    lengths = []
    for curve in curves:
        suggestion = searcher.ask()
        for epoch in range(1, EPOCHS + 1):
            if not searcher.report(suggestion, epoch, curve[epoch - 1]):
                break
        state = TrialState.COMPLETE if epoch == EPOCHS else TrialState.PRUNED
        searcher.tell(suggestion, Outcome(state, min(curve[:epoch]), epoch, 1.0))
        lengths.append(epoch)
    return lengths


def by_the_rule(curves) -> list[int]:
    """The same, by successive halving as it is written: stop at a rung unless among the best third there."""
    rungs: dict[int, list[float]] = defaultdict(list)
    lengths = []
    for curve in curves:
        length = EPOCHS
        for rung in (1, 3, 9):
            error, before = curve[rung - 1], rungs[rung]
            stopped = bool(before) and error > np.quantile(before, 1 / 3)
            before.append(error)
            if stopped:
                length = rung
                break
        lengths.append(length)
    return lengths


def test_asha_decides_as_the_rule_of_the_paper_says():
    rng = np.random.default_rng(1)
    curves = np.sort(rng.random((120, EPOCHS)), axis=1)[:, ::-1]
    lengths = asha(curves)
    assert lengths == by_the_rule(curves)
    assert set(lengths) == {1, 3, 9, EPOCHS}
    share = np.mean(np.array(lengths[20:]) > 1)
    assert 0.2 < share < 0.5, "about a third passes the first rung"


def test_asha_stops_what_is_worse_and_lets_go_on_what_is_better():
    worse = [[0.1 * (number + 1)] * EPOCHS for number in range(8)]
    assert asha(worse) == [EPOCHS] + [1] * 7
    assert asha(worse[::-1]) == [EPOCHS] * 8


def test_asha_draws_as_a_random_search_and_keeps_the_constraints_only_with_a_guard():
    rule = Constraint("narrow", "units is 32 at most", lambda c: "wide" if c["units"] > 32 else None)
    space = SearchSpace(SPACE.parameters, (rule,))
    for guard in (True, False):
        searcher = RayAsha().start(Task(space, 1, EPOCHS, guard=guard))
        widths = {searcher.ask().config["units"] for _ in range(60)}
        assert (max(widths) <= 32) == guard


def test_reports_that_are_no_number_reach_no_rung():
    searcher = RayAsha().start(Task(SPACE, 1, EPOCHS))
    for _ in range(3):
        suggestion = searcher.ask()
        assert searcher.report(suggestion, 1, float("nan"))
        searcher.tell(suggestion, Outcome(TrialState.FAILED, None, 1, 1.0, "diverged"))
    (bracket,) = searcher.scheduler._brackets
    assert all(recorded == {} for _, recorded in bracket._rungs)


# Population based training ---------------------------------------------------------------------------


def pbt(space=SPACE, seed=1, epochs=EPOCHS, guard=True):
    return RayPbt().start(Task(space, seed, epochs, guard=guard))


def segment(searcher, errors, order=1):
    """Asks for a segment of all members, tells their errors in an order, and returns what was asked."""
    asked = []
    while (suggestion := searcher.ask()) is not None:
        asked.append(suggestion)
    told = list(zip(asked, errors, strict=True))[::order]
    for suggestion, error in told:
        failed = Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")
        searcher.tell(suggestion, failed if error is None else complete(suggestion, error))
    return asked


def test_the_worst_goes_on_from_the_weights_of_the_best():
    searcher = pbt()
    first = segment(searcher, [0.3, 0.1, 0.4, 0.2])
    assert [(s.first_epoch, s.epochs, s.parent) for s in first] == [(0, 3, None)] * POPULATION
    second = segment(searcher, [0.3, 0.25, 0.2, 0.1])
    assert [(s.first_epoch, s.epochs) for s in second] == [(3, 6)] * POPULATION
    assert [s.parent for s in second] == [0, 1, 1, 3], "member 2 was the worst, member 1 the best"
    for place in (0, 1, 3):
        assert second[place].config == first[place].config
    copied, best = second[2].config, first[1].config
    assert {n: v for n, v in copied.items() if n not in CHANGING} == {
        n: v for n, v in best.items() if n not in CHANGING
    }
    assert copied != best
    third = segment(searcher, [0.3, 0.25, 0.2, 0.1])
    assert [s.parent for s in third] == [7, 5, 6, 7], "now member 0 copies member 3"


def test_a_population_trains_for_all_its_epochs_and_then_another_one_starts():
    searcher = pbt(epochs=10)
    rounds = [segment(searcher, [0.1, 0.2, 0.3, 0.4]) for _ in range(5)]
    assert [(r[0].first_epoch, r[0].epochs) for r in rounds] == [(0, 3), (3, 6), (6, 9), (9, 10), (0, 3)]
    assert all(s.parent is None for s in rounds[4])
    assert not {repr(s.config) for s in rounds[4]} & {repr(s.config) for r in rounds[:4] for s in r}


def test_the_order_of_results_changes_nothing():
    forward, backward = pbt(seed=4), pbt(seed=4)
    rng = np.random.default_rng(1)
    for _ in range(6):
        errors = rng.random(POPULATION).tolist()
        assert segment(forward, errors) == segment(backward, errors, order=-1)


def test_a_member_that_failed_is_out_and_the_others_go_on():
    searcher = pbt()
    segment(searcher, [0.3, None, 0.4, 0.2])
    second = segment(searcher, [0.3, 0.5, None])
    assert [s.parent for s in second] == [0, 3, 3], "of members 0, 2 and 3, the worst copies the best"
    third = segment(searcher, [None, None])
    assert len(third) == 2
    fourth = segment(searcher, [0.1] * POPULATION)
    assert [s.parent for s in fourth] == [None] * POPULATION, "nobody is left: another population"


def test_changed_parameters_stay_in_the_space_and_the_others_as_they_were():
    rng = np.random.default_rng(2)
    seen = defaultdict(set)
    for seed in range(6):
        searcher = pbt(seed=seed)
        by_number = {}
        for _ in range(12):
            for suggestion in segment(searcher, rng.random(POPULATION).tolist()):
                by_number[suggestion.number] = suggestion
                assert SPACE.resolve(suggestion.config) == suggestion.config
                if suggestion.parent is None:
                    continue
                parent = by_number[suggestion.parent]
                assert parent.epochs == suggestion.first_epoch
                changed = {
                    name
                    for name in suggestion.config.keys() | parent.config.keys()
                    if suggestion.config.get(name) != parent.config.get(name)
                }
                assert changed <= CHANGING
                for name in changed & parent.config.keys() & suggestion.config.keys():
                    seen[name].add(suggestion.config[name])
    assert seen.keys() == CHANGING


def test_a_change_that_cannot_be_built_is_not_made():
    rule = Constraint("small", "batch is 64 at most", lambda c: "large" if c["batch"] > 64 else None)
    space = SearchSpace(SPACE.parameters, (rule,))
    rng = np.random.default_rng(3)
    for guard in (True, False):
        batches = set()
        for seed in range(4):
            searcher = pbt(space, seed=seed, guard=guard)
            for _ in range(8):
                asked = segment(searcher, rng.random(POPULATION).tolist())
                batches |= {suggestion.config["batch"] for suggestion in asked}
        assert (max(batches) <= 64) == guard


def test_a_space_that_may_not_change_in_mid_training_is_refused():
    with pytest.raises(SpaceError, match=r"ray-pbt changes parameters in the middle .* another --model"):
        pbt(SearchSpace((Parameter("units", Int(8, 64), 16), Parameter("rate", Fixed(0.1), 0.1))))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(scan(HYPERMODELS, Tunable)))
def test_weights_fit_whatever_may_change_in_mid_training(name):
    """The shapes of a network's weights follow from the parameters that PBT leaves alone."""
    model = scan(HYPERMODELS, Tunable)[name]
    changing = [p for p in model.space.parameters if p.trains_on]
    if not changing:
        with pytest.raises(SpaceError, match="ray-pbt"):
            start("ray-pbt", space=model.space)
        return
    kind = max(model.kinds)
    shape = {
        "points2d": (2,),
        "patches": (128, 128, 3),
        "images": (32, 32, 3),
        "eeg": (4, 20, 15),
        "small-images": (8, 8, 1),
        "large-images": (64, 64, 3),
    }[kind]

    def shapes(config):
        if hasattr(model, "network"):
            return [tuple(array.shape) for array in model.network(config, shape, 3).state_dict().values()]
        return [array.shape for array in model.build(config, shape, 3).get_weights()]

    rng = np.random.default_rng(1)
    base = model.space.defaults()
    expected = shapes(base)
    for _ in range(4):
        drawn = draw(model.space, rng)
        changed = {name: value for name, value in drawn.items() if model.space[name].trains_on}
        assert shapes(base | changed) == expected


# The library ------------------------------------------------------------------------------------------


def test_global_randomness_is_left_as_it_was_and_seeds_the_scheduler():
    def draws(disturb):
        own = OwnRandomness(7)
        found = []
        for _ in range(3):
            disturb()
            with own.use():
                found.append((random.random(), np.random.random()))
        return found

    random.seed(1)
    np.random.seed(1)
    expected = [random.random(), np.random.random(), random.random()]
    random.seed(1)
    np.random.seed(1)
    quiet = draws(lambda: None)
    assert [random.random(), np.random.random(), random.random()] == expected
    assert draws(lambda: (random.random(), np.random.random(3))) == quiet
    with pytest.raises(ValueError), OwnRandomness(1).use():
        raise ValueError
    assert len({pair[0] for pair in quiet}) == 3


def test_a_search_depends_on_nobody_elses_draws():
    rng = np.random.default_rng(1)
    errors = [rng.random(POPULATION).tolist() for _ in range(6)]
    plain = pbt(seed=3)
    expected = [segment(plain, row) for row in errors]
    disturbed = pbt(seed=3)
    for row, wanted in zip(errors, expected, strict=True):
        random.random()
        np.random.random(5)
        assert segment(disturbed, row) == wanted


@pytest.mark.slow
def test_no_cluster_starts_and_nothing_is_written_or_said(tmp_path, repo_root):
    script = (
        "from tuners.search.ray_asha import RayAsha\n"
        "from tuners.search.ray_pbt import RayPbt\n"
        "from tuners.hypermodels.mlp_a1 import MlpA1\n"
        "from tuners.record import Outcome, TrialState\n"
        "from tuners.searcher import Task\n"
        "for plugin in (RayAsha(), RayPbt()):\n"
        "    searcher = plugin.start(Task(MlpA1.space, 1, 8))\n"
        "    for number in range(9):\n"
        "        one = searcher.ask()\n"
        "        searcher.report(one, 1, 0.5)\n"
        "        searcher.tell(one, Outcome(TrialState.COMPLETE, 0.1 * number, 2, 1.0))\n"
        "import os, ray\n"
        "assert not ray.is_initialized()\n"
        "assert os.environ['RAY_USAGE_STATS_ENABLED'] == '0'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": "", "PYTHONPATH": str(repo_root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
