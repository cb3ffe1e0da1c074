"""Importances: right where the truth is known, silent where trials say nothing, and kept in the store."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insight_records import HAND, RANDOM, TPE, add_searched_study
from sqlalchemy import text

from datasets.errors import UsageError
from tuners.draw import draw
from tuners.insight import EPOCHS, MOST, judge, main
from tuners.progress import Progress
from tuners.record import SystemRecord, TrialRecord, TrialState
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace
from tuners.store import Store
from tuners.study import _insights
from tuners.trials import FEWEST, IMPORTANCE

SPACE = SearchSpace(
    (
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("units", Int(8, 128, step=8), 64),
        Parameter("kind", Choice(("a", "b")), "a"),
        Parameter("slope", Float(0.0, 1.0), 0.5, Condition("kind", ("b",))),
        Parameter("idle", Choice((True, False)), True),
    )
)


def system(space: SearchSpace = SPACE) -> SystemRecord:
    return SystemRecord("s", "m", "m", "keras-random", 0, space.describe())


def trials(error, count: int, space: SearchSpace = SPACE) -> list[TrialRecord]:
    """Trials drawn evenly from the space; `error` gives the dev error of a configuration."""
    rng = np.random.default_rng(0)
    configs = [draw(space, rng) for _ in range(count)]
    return [
        TrialRecord(
            "s",
            "m",
            number,
            TrialState.COMPLETE,
            c,
            1,
            3,
            0,
            None,
            2 * number,
            2 * number + 1,
            None,
            error(c),
        )
        for number, c in enumerate(configs)
    ]


def additive(config) -> float:
    """Shares of the variance: with u, v even in [0, 1] it is 4 to 1, and no other parameter counts."""
    u = math.log(config["rate"] / 1e-4) / math.log(1e3)
    v = (config["units"] - 8) / 120
    return 0.1 + 0.2 * u + 0.1 * v


@pytest.mark.slow
def test_shares_of_an_additive_error_are_those_of_its_variance() -> None:
    """On a plain scale the rate's would be another: nine in ten of its values lie in the highest decade."""
    found = judge(system(), trials(additive, 80))
    shares = {i.parameter: i.value for i in found.importances if not i.within}
    assert shares["rate"] == pytest.approx(0.8, abs=0.05)
    assert shares["units"] == pytest.approx(0.2, abs=0.05)
    assert max(shares["kind"], shares["idle"]) < 0.02
    assert [i.parameter for i in found.importances][:2] == ["rate", "units"]
    assert found.fit > 0.9
    few = trials(additive, 20)
    assert judge(system(), few) == judge(system(), few)


def test_a_conditional_parameter_is_judged_among_the_trials_that_have_it() -> None:
    def error(config) -> float:
        return 0.2 + 0.2 * config.get("slope", 0.0)

    some = trials(error, 80)
    found = {i.parameter: i for i in judge(system(), some).importances}
    having = sum("slope" in trial.config for trial in some)
    assert found["slope"].within == "kind in b"
    assert found["slope"].trials == having < 80
    assert found["slope"].value > 0.8
    assert found["kind"].within == ""
    assert found["kind"].trials == 80


def test_a_parameter_that_few_trials_have_is_named_and_not_judged() -> None:
    some = [t for t in trials(additive, 60) if t.config["kind"] == "a"][:20]
    lone = [t for t in trials(additive, 60) if t.config["kind"] == "b"][:3]
    found = {i.parameter: i for i in judge(system(), [*some, *lone]).importances}
    assert found["slope"].value is None
    assert found["slope"].note == "only 3 trials have it"


def test_noise_is_recognised_by_the_fit() -> None:
    rng = np.random.default_rng(5)
    found = judge(system(), trials(lambda config: float(rng.uniform(0.1, 0.4)), 40))
    assert found.fit < 0.2


def test_epochs_take_part_where_they_differ() -> None:
    some = [
        replace(t, epochs=1 + 8 * (t.number % 2), dev_error=0.4 - 0.2 * (t.number % 2))
        for t in trials(additive, 40)
    ]
    found = {i.parameter: i.value for i in judge(system(), some).importances if not i.within}
    assert found[EPOCHS] > 0.8
    same = judge(system(), [replace(t, epochs=3) for t in some])
    assert EPOCHS not in {i.parameter for i in same.importances}


@pytest.mark.parametrize(
    ("some", "words"),
    [
        ([], f"at least {FEWEST} completed trials, and there are 0"),
        (trials(additive, FEWEST - 1), "and there are 9"),
        (trials(lambda config: 0.25, 20), "the same dev error"),
        ([replace(t, state=TrialState.DEGENERATE) for t in trials(additive, 20)], "there are 0"),
        ([replace(t, repeat_of=0) for t in trials(additive, 20)], "there are 0"),
        ([replace(t, dev_error=math.nan) for t in trials(additive, 20)], "there are 0"),
    ],
)
def test_what_says_nothing_gives_no_numbers_and_a_reason(some: list[TrialRecord], words: str) -> None:
    found = judge(system(), some)
    assert found.importances == ()
    assert words in found.note


def test_rows_of_an_older_store_are_not_guessed() -> None:
    rows = [{"parameter": "rate", "values": "0.0001 to 0.1", "scale": "log", "active when": ""}]
    found = judge(replace(system(), space=rows), trials(additive, 20))
    assert found.importances == ()
    assert "without the numbers of its search space" in found.note


@pytest.mark.slow
def test_of_very_many_trials_a_sample_is_judged_and_said() -> None:
    found = judge(system(), trials(additive, MOST + 50))
    assert (found.used, found.trials) == (MOST, MOST + 50)
    assert found.note == f"a sample of {MOST} of {MOST + 50} completed trials"


@pytest.mark.slow
def test_the_command_writes_what_pages_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(str(tmp_path / "s.sqlite"))
    add_searched_study(store, trials=25, repeats=1)
    assert store.insights("searched", IMPORTANCE) == {}
    assert main(["searched", "--store", store.address]) == 0
    assert f"{TPE}: learning_rate" in capsys.readouterr().out
    found = store.insights("searched", IMPORTANCE)
    assert set(found) == {RANDOM, TPE}
    assert HAND not in found, "a list of a person is no search"
    assert found[TPE]["importances"][0]["parameter"] == "learning_rate"
    main(["searched", "--store", store.address])  # in place of the first, not beside it
    assert store.insights("searched", IMPORTANCE) == found
    with pytest.raises(UsageError, match="Did you mean searched"):
        main(["serched", "--store", store.address])
    with pytest.raises(UsageError, match="name a study"):
        main([])


def test_a_store_without_the_table_reads_as_empty_and_gets_it_when_written(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite"))
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE insights"))
    store.close()
    assert Store(store.address, readonly=True).insights("s", IMPORTANCE) == {}
    again = Store(store.address)
    again.add_insight("s", "m", IMPORTANCE, {"trials": 3})
    assert again.insights("s", IMPORTANCE) == {"m": {"trials": 3}}


def test_a_finished_study_is_not_harmed_by_what_cannot_be_computed(tmp_path: Path) -> None:
    class Heard(Progress):
        lines: list[str] = []

        def say(self, text: str) -> None:
            self.lines.append(text)

    store = Store(str(tmp_path / "s.sqlite"))
    study = add_searched_study(store, trials=25, repeats=1)
    with store.engine.begin() as connection:  # as a damaged record might be
        connection.execute(text('UPDATE trials SET config = \'{"learning_rate": "high"}\''))
    _insights(store, study, Heard())
    assert len(Heard.lines) == 1
    assert "could not be computed" in Heard.lines[0]
    assert "python -m tuners.insight searched" in Heard.lines[0]
