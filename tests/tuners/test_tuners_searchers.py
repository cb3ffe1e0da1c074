"""What every search algorithm must do, whatever library it is made of: one contract for all plug-ins."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from search_drive import (
    CONFIGS,
    EPOCHS,
    SEARCHERS,
    SPACE,
    dev_error,
    drive,
    failing,
    good,
    mixed,
    recorded,
    start,
    suggestions,
)

from datasets.plugins import scan
from tuners.record import TrialRecord, TrialState
from tuners.searcher import ResumeError, Searcher, Task
from tuners.space import Constraint, Float, Int, Parameter, SearchSpace, SpaceError, config_key
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

#: Asks of a driven search: past the random trials that most algorithms begin with.
ASKS = 6

#: Their suggestions are the same whatever the seed.
SEEDLESS = {"hand", "keras-grid"}

#: Those that search a space, which a person's list does not.
ALGORITHMS = [name for name in SEARCHERS if name != "hand"]
algorithms = pytest.mark.parametrize("name", ALGORITHMS)

MODELS = scan(HYPERMODELS, Tunable)

#: At its second ask Vizier compiles functions for the space, for five seconds and more. By then the space is a box of
#: numbers; what becomes of those shows in the spaces of this file and in the widest of the project.
COMPILING = {"vizier-gp-bandit"}
COMPILED = {"cnn-a"}

#: Two numbers, as in the narrow space below: what is compiled for one serves the other.
FOUR_POINTS = SearchSpace((Parameter("a", Int(1, 2), 1), Parameter("b", Int(1, 2), 1, trains_on=True)))

LOGARITHMIC = SearchSpace(
    tuple(Parameter(f"rate_{i}", Float(1e-6, 1.0, log=True), 1e-3, trains_on=True) for i in range(6))
    + tuple(Parameter(f"width_{i}", Int(1, 10**6, log=True), 1000) for i in range(6))
)


def too_wide(config) -> str | None:
    return "too wide" if config["width"] > 16 else None


#: Three quarters of it are impossible, its defaults as well.
NARROW = SearchSpace(
    (
        Parameter("width", Int(1, 64), 64),
        Parameter("rate", Float(1e-3, 1.0, log=True), 0.1, trains_on=True),
    ),
    (Constraint("width", "the width is 16 at most", too_wide),),
)


@pytest.fixture(scope="module")
def searched():
    """The first trials of every algorithm for one seed, searched once."""
    found: dict[str, list[TrialRecord]] = {}

    def get(name: str) -> list[TrialRecord]:
        if name not in found:
            found[name] = drive(start(name), ASKS)
        return found[name]

    return get


@pytest.fixture(scope="module")
def elsewhere(request, repo_root, quick):
    """The same searches in another process, where strings have other hashes, as text."""
    wanted = {
        item.callspec.params["name"]
        for item in request.session.items
        if getattr(item, "originalname", "").startswith("test_the_same_seed_asks_for_the_same")
    }
    names = sorted(name for name in wanted if SEARCHERS[name].missing() is None)
    code = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from search_drive import drive, start, suggestions
found = {{}}
for name in {names!r}:
    try:
        found[name] = [repr(one) for one in suggestions(drive(start(name), {ASKS}))]
    except Exception as error:
        found[name] = repr(error)
print("result", json.dumps(found))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repo_root,
        env=os.environ | quick | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("result ")]
    assert lines, done.stderr
    return json.loads(lines[0].removeprefix("result "))


@pytest.fixture(scope="module")
def troubled():
    """Trials of every algorithm of which some failed, and the epochs that were reported."""
    found: dict = {}

    def get(name: str):
        if name not in found:
            reports: dict = {}
            found[name] = (drive(start(name), ASKS, mixed, reports=reports), reports)
        return found[name]

    return get


class TestContract:
    # What is suggested -------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_suggestions_are_numbered_from_0_and_lie_in_the_space(self, name, searched):
        trials = searched(name)
        promotes = start(name).promotes
        assert [trial.number for trial in trials] == list(range(ASKS))
        for trial in trials:
            assert SPACE.resolve(trial.config) == trial.config  # bounds, steps, conditions
            assert {k: type(v) for k, v in trial.config.items()} == {
                k: type(SPACE[k].default) for k in trial.config
            }
            assert 0 <= trial.first_epoch < trial.epochs_planned <= EPOCHS
            assert (trial.parent is None) == (trial.first_epoch == 0)
            if trial.parent is not None:
                assert promotes and trial.parent < trial.number
        assert len({config_key(t.config, t.epochs_planned, t.first_epoch) for t in trials}) > 3

    @pytest.mark.parametrize("name", [name for name in ALGORITHMS if name not in SEEDLESS])
    def test_a_log_scale_arrives(self, name):
        trials = drive(start(name, space=LOGARITHMIC), 3)
        values = [(key, value) for trial in trials for key, value in trial.config.items()]
        for kind, middle in (("rate", 1e-3), ("width", 1e3)):
            below = [value < middle for key, value in values if key.startswith(kind)]
            # On a linear scale one in a thousand would be.
            assert 0.2 < sum(below) / len(below) < 0.8

    @algorithms
    # The spaces of contests differ in ranges alone: one stands for them.
    @pytest.mark.parametrize(
        "model", [m for m in MODELS if not m.startswith("by-hand-") or m == "by-hand-digits"]
    )
    def test_every_space_of_the_project_is_searched_or_refused_in_plain_words(self, name, model):
        space = MODELS[model].space
        try:
            searcher = start(name, space=space)
        except SpaceError as error:
            assert name in str(error) and "hoose" in str(error), "the way out is missing"
            return
        asks = 1 if name in COMPILING and model not in COMPILED else 2
        trials = drive(searcher, asks)
        assert len(trials) == asks
        for trial in trials:
            assert space.resolve(trial.config) == trial.config
            assert space.problem(trial.config) is None

    @algorithms
    def test_an_algorithm_without_a_space_is_refused(self, name):
        start(name)
        with pytest.raises(SpaceError, match=f"{name} needs a search space"):
            SEARCHERS[name].start(Task(None, 1, EPOCHS, CONFIGS))

    # Seeds -------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_the_same_seed_asks_for_the_same_in_another_process(self, name, searched, elsewhere):
        expected = [repr(suggestion) for suggestion in suggestions(searched(name))]
        assert elsewhere[name] == expected

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_another_seed_asks_for_something_else(self, name, searched):
        other = suggestions(drive(start(name, seed=6), 4))
        assert (other == suggestions(searched(name))[:4]) == (name in SEEDLESS)

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_seed_0_is_a_seed_too(self, name):
        assert suggestions(drive(start(name, seed=0), 2)) == suggestions(drive(start(name, seed=0), 2))

    # Results -----------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_failures_do_not_stop_a_search(self, name):
        assert len(drive(start(name), ASKS, failing)) == ASKS

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_what_is_no_number_never_reaches_an_algorithm(self, name):
        odd = {1: math.nan, 2: math.inf, 3: -math.inf}

        def strange(suggestion):
            return replace(
                good(suggestion), dev_error=odd.get(suggestion.number, dev_error(suggestion.config))
            )

        def failed(suggestion):
            return failing(suggestion) if suggestion.number in odd else good(suggestion)

        assert suggestions(drive(start(name), 5, strange)) == suggestions(drive(start(name), 5, failed))

    @algorithms
    def test_a_space_of_four_points_ends_or_repeats_itself_without_harm(self, name):
        searcher = start(name, space=FOUR_POINTS)
        count = 20 if searcher.promotes else 6  # more epochs of a known configuration are no repetition
        trials = drive(searcher, count)
        assert trials[0].repeat_of is None
        assert all(FOUR_POINTS.resolve(trial.config) == trial.config for trial in trials)
        if len(trials) < count:
            # How often a loop asks depends on the clock: it must change nothing.
            assert [searcher.ask() for _ in range(20)] == [None] * 20
        else:
            assert any(trial.repeat_of is not None for trial in trials)

    @pytest.mark.parametrize("name", [n for n, plugin in SEARCHERS.items() if plugin.parallel is None])
    def test_where_any_number_may_be_outstanding_the_order_of_results_changes_nothing(self, name):
        searcher, backwards = start(name), start(name)
        # A generation at most, where there are generations.
        asked = list(takewhile(lambda one: one is not None, (searcher.ask() for _ in range(12))))
        assert [backwards.ask() for _ in asked] == asked
        for one in asked:
            searcher.tell(one, good(one))
        for one in reversed(asked):
            backwards.tell(one, good(one))
        last = 2 * len(asked) - 1
        trials = [recorded(one, good(one), i, last - i) for i, one in enumerate(asked)]
        resumed = start(name)
        resumed.resume(trials)
        following = suggestions(drive(searcher, 3, trials=trials[:]))
        assert len(following) == len(asked) + 3
        assert suggestions(drive(backwards, 3, trials=trials[:])) == following
        assert suggestions(drive(resumed, 3, trials=trials[:])) == following

    # Resume ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", SEARCHERS)
    @pytest.mark.parametrize("cut", [1, ASKS - 2])
    def test_a_search_that_was_cut_off_goes_on_as_if_it_was_not(self, name, cut, troubled):
        """Even in the middle of a trial, which is not asked for again but trained and told."""
        whole, reports = troubled(name)
        assert [trial.number for trial in whole] == list(range(ASKS))
        under_way = replace(whole[cut], state=TrialState.RUNNING, told=None, dev_error=None, epochs=0)
        resumed = start(name)
        resumed.resume([*whole[:cut], under_way], reports)
        assert resumed.asked == cut + 1
        if whole[cut].repeat_of is None and resumed.wants_reports:
            for epoch, error in reports[cut]:
                resumed.report(whole[cut].suggestion, epoch, error)
        resumed.tell(whole[cut].suggestion, whole[cut].outcome)
        rest = drive(resumed, ASKS - cut - 1, mixed, whole[: cut + 1])
        assert rest == whole

    @pytest.mark.parametrize("name", SEARCHERS)
    def test_a_record_that_cannot_be_replayed_is_refused(self, name, searched):
        trials = searched(name)[:3]
        other = next(config for config in CONFIGS if config != trials[1].config)
        trials[1] = replace(trials[1], config=other)
        searcher = start(name)
        try:
            searcher.resume(trials)
        except ResumeError as error:
            assert "trial 1 cannot be replayed" in str(error)
            assert error.exit_code == 3
        else:  # a costly algorithm takes the record's word
            assert type(searcher)._replay is not Searcher._replay
            assert SPACE.resolve(searcher.ask().config)

    # Constraints -------------------------------------------------------------------------------------

    @algorithms
    def test_a_guarded_search_keeps_the_constraints_and_can_be_resumed(self, name):
        reports: dict = {}
        trials = drive(start(name, space=NARROW), 4, reports=reports)
        assert [NARROW.problem(trial.config) for trial in trials] == [None] * 4
        resumed = start(name, space=NARROW)
        resumed.resume(trials[:3], reports)
        assert suggestions(drive(resumed, 1, trials=trials[:3])) == suggestions(trials)

    @algorithms
    def test_a_space_of_which_nothing_can_be_built_is_refused_at_once(self, name):
        never = replace(NARROW, constraints=(Constraint("never", "nothing", lambda config: "no input"),))
        with pytest.raises(SpaceError, match="no input"):
            start(name, space=never)
        assert start(name, space=never, guard=False).ask() is not None
