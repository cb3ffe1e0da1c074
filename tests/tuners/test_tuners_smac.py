"""SMAC behind ask and tell: the space arrives whole, nothing is written, processes agree."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from search_drive import drive, good, start

from datasets.plugins import all_plugins_required, scan
from tuners.draw import draw
from tuners.record import Outcome, TrialState
from tuners.search.smac_random_forest import INITIAL_TRIALS, Smac
from tuners.smac_space import SmacSpace
from tuners.space import Choice, Condition, Constraint, Fixed, Float, Int, Parameter, SearchSpace
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

SPACE = SearchSpace(
    (
        Parameter("kind", Fixed("mlp"), "mlp"),
        Parameter("layers", Int(2, 8, step=3), 5),
        Parameter("one", Int(3, 4, step=9), 3),
        Parameter("width", Int(1, 999, log=True), 10, Condition("layers", (5, 8))),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("batch", Choice((16, 64, 512)), 64),
        Parameter("bias", Choice((True, False)), True),
        Parameter("shape", Choice(("cone", "box")), "box", Condition("batch", (64,))),
        Parameter("slope", Float(-1.0, 1.0), 0.0, Condition("shape", ("cone",))),
        Parameter("extra", Choice((0.5, 1.5)), 0.5, Condition("kind", ("mlp",))),
    )
)


@pytest.fixture(autouse=True)
def library():
    reason = Smac().missing()
    if reason and all_plugins_required():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def test_every_part_of_a_space_arrives():
    from ConfigSpace.hyperparameters import (
        CategoricalHyperparameter,
        Constant,
        OrdinalHyperparameter,
        UniformFloatHyperparameter,
        UniformIntegerHyperparameter,
    )

    found = SmacSpace(SPACE, 1).configspace
    assert isinstance(found["kind"], Constant) and isinstance(found["one"], Constant)
    layers = found["layers"]
    assert isinstance(layers, UniformIntegerHyperparameter) and (layers.lower, layers.upper) == (0, 2)
    width = found["width"]
    assert isinstance(width, UniformIntegerHyperparameter) and width.log
    assert (width.lower, width.upper) == (1, 999)
    rate = found["rate"]
    assert isinstance(rate, UniformFloatHyperparameter) and rate.log
    assert (rate.lower, rate.upper, rate.default_value) == (1e-4, 1e-1, 1e-3)
    assert isinstance(found["batch"], OrdinalHyperparameter)
    assert isinstance(found["bias"], CategoricalHyperparameter)
    assert {child for child in found if found.parents_of[child]} == {"width", "shape", "slope", "extra"}
    assert dict(SmacSpace(SPACE, 1).config(found.get_default_configuration())) == SPACE.defaults()


@pytest.mark.parametrize("space", [SPACE, *(model.space for model in scan(HYPERMODELS, Tunable).values())])
def test_configurations_go_there_and_back(space):
    translation = SmacSpace(space, 1)
    rng = np.random.default_rng(1)
    for _ in range(30):
        config = draw(space, rng)
        again = translation.config(translation.configuration(config))
        assert again == pytest.approx(config)
        assert {k: type(v) for k, v in again.items()} == {k: type(v) for k, v in config.items()}
    for configuration in translation.configspace.sample_configuration(30):
        config = translation.config(configuration)
        assert space.resolve(config) == config
        assert translation.configuration(config) == configuration


def test_nothing_is_left_on_disk_and_nothing_is_said(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    drive(start("smac"), INITIAL_TRIALS + 2)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_it_learns_from_results_and_shuns_what_failed():
    space = SearchSpace((Parameter("x", Float(0.0, 1.0), 0.5), Parameter("y", Float(0.0, 1.0), 0.5)))

    def outcome(suggestion):
        x, y = suggestion.config["x"], suggestion.config["y"]
        if x > 0.5:
            return Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")
        return Outcome(TrialState.COMPLETE, (x - 0.3) ** 2 + (y - 0.7) ** 2, 9, 1.0)

    later = drive(start("smac", seed=2, space=space), 16, outcome)[6:]
    errors = [trial.dev_error for trial in later if trial.dev_error is not None]
    assert len(errors) >= 7, "of random draws, half fail"
    assert np.median(errors) < 0.04, "of random draws that do not fail, the median is 0.09"


def test_a_failed_trial_is_a_crash_with_the_worst_cost():
    from smac.runhistory import StatusType

    searcher = start("smac")
    first, second = searcher.ask(), None
    searcher.tell(first, Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory"))
    second = searcher.ask()
    searcher.tell(second, good(second))
    told = list(searcher.facade.runhistory.values())
    assert [value.status for value in told] == [StatusType.CRASHED, StatusType.SUCCESS]
    assert told[0].cost == 1.0


def test_what_is_impossible_is_told_as_failed_and_replaced():
    rule = Constraint("corner", "x is 0.2 at most", lambda c: "too large" if c["x"] > 0.2 else None)
    space = SearchSpace((Parameter("x", Float(0.0, 1.0), 0.1), Parameter("y", Float(0.0, 1.0), 0.5)), (rule,))
    searcher = start("smac", space=space)
    trials = drive(searcher, INITIAL_TRIALS + 5)
    assert all(trial.config["x"] <= 0.2 for trial in trials)
    rejected = [
        key
        for key, value in searcher.facade.runhistory.items()
        if searcher.facade.runhistory.get_config(key.config_id)["x"] > 0.2 and value.status.name == "CRASHED"
    ]
    assert len(searcher.facade.runhistory) == len(trials) + len(rejected)
    assert rejected, "the forest learns where nothing can be built"


def test_a_finite_space_ends():
    space = SearchSpace((Parameter("a", Int(1, 3), 1), Parameter("b", Choice(("x", "y")), "x")))
    searcher = start("smac", space=space)
    trials = drive(searcher, 20)
    assert len({tuple(trial.config.values()) for trial in trials}) == len(trials) == 6
    assert searcher.ask() is None and searcher.ask() is None
