"""The page of all trials: a long table, one trial in full, two side by side, notes and tags."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from study_records import REASON, TRIALS, TUNED, add_study, add_trials

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tuners"))

import big_store
from insight_records import RANDOM, TPE, add_searched_study

from dashboard import reading, shared_store
from dashboard.shared_store import SharedStore
from datasets.percent import percent_text
from reports.section import section
from reports.trial_compare import SAME, SETTINGS, compare
from reports.trial_list import Filter, chosen_rows, rows
from reports.trial_story import story
from tuners.notes import Note, notes, write
from tuners.path import winner
from tuners.record import StudyState, TrialState
from tuners.space import parameters_of
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

SYSTEM = "MLP-A1 (optuna-tpe)"


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """10,000 trials; read only."""
    store = Store(str(tmp_path_factory.mktemp("big") / "runs" / "handtune.sqlite"))
    big_store.write(store, big_store.Size())
    return store


@pytest.mark.slow
def test_ten_thousand_trials_are_searched_and_opened(
    big: Store, monkeypatch: pytest.MonkeyPatch, open_page: Open, words: Words
) -> None:
    monkeypatch.setenv("HANDTUNE_STORE", big.address)
    app = open_page(
        "trials", study="big", find="tanh learning_rate", system=SYSTEM, state="failed", order="seconds"
    )
    assert not app.exception
    failed = [
        t
        for t in big.trials("big", SYSTEM)
        if t.state == TrialState.FAILED and t.config["activation"] == "tanh"
    ]
    slowest = max(failed, key=lambda trial: trial.seconds)
    said = words(app)
    assert f"{len(failed):,} of 10,000 trials" in said
    frame = app.dataframe[0].value
    assert len(frame) == len(failed)
    assert list(frame["trial"])[:1] == [slowest.number]
    assert "became nan in epoch 2" in said and "What to try" in said
    assert "higher than" in said, "of the learning rates that were tried"
    assert "`learning_rate` 0.0178 to 0.1" in said, "what failures share"
    assert app.query_params["trial"] in (
        f"{SYSTEM}/{slowest.repeat + 1}/{slowest.number}",
        [f"{SYSTEM}/{slowest.repeat + 1}/{slowest.number}"],
    )
    best = winner(big.trials("big"))
    assert best is not None
    app = open_page("trials", study="big")
    assert percent_text(best.dev_error) + " %" in words(app), "the best trial is open, and it has been scored"
    assert [metric.label for metric in app.metric][-3:] == ["train error", "dev error", "eval error"]


def test_a_trial_beside_another_and_eval_of_the_winner_alone(
    store: Store, open_page: Open, words: Words
) -> None:
    add_searched_study(store)
    app = open_page("trials", study="searched", trial=f"{RANDOM}/1/2", **{"with": f"{TPE}/2/3"})
    assert not app.exception
    said = words(app)
    assert "Eval stays closed" in said
    assert not [metric for metric in app.metric if metric.label == "eval error"]
    assert f"{TPE} \\#3 of search 2" in said.replace("\\(", "(").replace("\\)", ")").replace("\\-", "-")
    assert "≠" in said and "Settings and outcome" in said
    app = open_page("trials", study="searched", trial="nobody/1/1")
    assert "There is no trial nobody/1/1" in words(app)
    add_study(store, "demo")
    app = open_page("trials", study="demo", trial=f"{TUNED[0]}/1/2")
    assert not app.exception
    assert "<script>" not in words(app) and "![x]" not in words(app), "a reason is shown as text"
    assert REASON.split()[0] in words(app)


def test_a_note_is_written_and_a_late_one_is_told(store: Store, open_page: Open, words: Words) -> None:
    add_searched_study(store, trials=12, repeats=1)
    app = open_page("trials", study="searched", trial=f"{RANDOM}/1/3")
    app.text_area[0].set_value("<b>odd</b> curve")
    app.button[0].click().run()
    assert not app.exception
    kept = notes(store, "searched")
    assert [(note.key, note.text) for note in kept] == [((RANDOM, 0, 3), "<b>odd</b> curve")]
    theirs = write(store, "searched", replace(kept[0], text="mine now", tags=("theirs",)))
    assert theirs is not None
    app.text_area[0].set_value("late")
    app.button[0].click().run()
    assert "mine now" in words(app) and "Somebody else changed this note" in words(app)
    assert notes(store, "searched") == [theirs]
    app.button[0].click().run()
    assert [note.text for note in notes(store, "searched")] == ["late"]
    app = open_page("trials", study="searched", tag="theirs")
    assert "0 of" not in words(app)


def test_an_empty_study_and_a_filter_that_nothing_passes(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "demo")
    assert "No trial is like that" in words(open_page("trials", study="demo", find="no such thing"))
    add_study(store, "bare", state=StudyState.INTERRUPTED)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM trials WHERE study = 'bare'")
    said = words(open_page("trials", study="bare"))
    assert "has no trial yet" in said and "--resume bare" in said


def test_rows_are_found_by_words_tags_and_state(store: Store) -> None:
    add_searched_study(store)
    trials = store.trials("searched")
    tagged = [Note(RANDOM, 0, 4, "strange CURVE", ("odd",), "2024")]
    frame = rows(trials, [RANDOM, TPE, "MLP-M1"], [(RANDOM, 0, 7)], tagged)
    assert len(frame) == len(trials)
    assert list(chosen_rows(frame, Filter(tag="odd"), "trial")["trial"]) == [4]
    assert list(chosen_rows(frame, Filter(find="strange curve"), "trial")["trial"]) == [4]
    again = chosen_rows(frame, Filter(state="told again"), "trial")
    assert len(again) == sum(trial.repeat_of is not None for trial in trials) > 0
    best = chosen_rows(frame, Filter(system=TPE, search="2"), "dev error")
    errors = [t.dev_error for t in trials if (t.system, t.repeat) == (TPE, 1) and t.dev_error is not None]
    assert best["dev error"].iloc[0] == float(percent_text(min(errors)))


def test_fields_are_compared_in_words(store: Store) -> None:
    add_searched_study(store)
    space = parameters_of(store.systems("searched")[1].space)
    assert space is not None
    first = next(t for t in store.trials("searched", RANDOM) if t.dev_error is not None)
    config = {"layers": 1, "units_1": 8, "activation": "relu", "dropout": 0.5, "learning_rate": 0.001}
    config |= {"batch_norm": True, "batch_size": 64, "optimizer": "adam"}
    this = replace(first, config=config, dev_error=0.2, class_errors=(0.1, 0.3))
    other = replace(this, config=config | {"layers": 2, "units_2": 32, "learning_rate": 0.01}, dev_error=0.15)
    found = {row.name: row for row in compare(this, other, space, ("a", "b"))}
    assert found["learning_rate"].difference == "smaller by a factor of 10"
    assert found["units_2"].difference == "not in use here" and found["units_2"].this == "–"
    assert found["dropout"].difference == SAME and found["dropout"].edge == "at the upper end"
    assert found["layers"].edge == "", "of three values, two lie at an end"
    assert found["dev error, %"].difference == "5.00 points higher"
    assert found["b"].this == "30.00"
    settings = [row.differs for row in compare(this, other, space) if row.group == SETTINGS]
    assert settings == sorted(settings, reverse=True), "what differs comes first"
    assert not any(row.differs for row in compare(this, None, space, ("a", "b")))


def test_every_end_of_a_trial_has_its_story(store: Store) -> None:
    add_searched_study(store)
    trials = store.trials("searched", RANDOM)
    broken = next(trial for trial in trials if trial.state == TrialState.FAILED)
    told = story(broken, trials)
    assert told is not None and "became nan" in told.happened and "ended for the same reason" in told.alike
    killed = story(replace(broken, reason="its process was killed, out of memory"), trials)
    assert killed is not None and "--workers 1" in " ".join(killed.tries)
    pruned = story(
        replace(broken, state=TrialState.PRUNED, epochs=2, dev_error=0.9),
        trials,
        store.epochs("searched", RANDOM),
    )
    assert (
        pruned is not None
        and "had a lower dev error than its 90.00 %" in pruned.happened
        and not pruned.tries
    )
    assert story(next(t for t in trials if t.state == TrialState.COMPLETE), trials) is None


def test_what_is_shared_is_what_the_store_holds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_store, "FRESH", 0.0)
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    shared = SharedStore(store.address)

    def same() -> None:
        for label in (None, TUNED[0]):
            assert shared.trials("now", label) == store.trials("now", label)
            assert shared.epochs("now", label) == store.epochs("now", label)
        assert shared.trials("now", TUNED[0], repeat=0, first=2) == store.trials(
            "now", TUNED[0], repeat=0, first=2
        )

    same()
    kept = shared.trials("now", TUNED[1])
    last = store.trials("now", TUNED[0])[-1]
    running = replace(last, number=last.number + 1, state=TrialState.RUNNING, dev_error=None, told=None)
    store.add_trial(running)
    same()
    epoch = replace(store.epochs("now", TUNED[0])[-1], trial=running.number)
    store.add_epoch("now", epoch)
    same()
    store.restart_trial(running)
    store.add_epoch("now", replace(epoch, dev_error=0.4))
    store.add_trial(replace(running, number=running.number + 1))
    same()
    store.finish_trial(replace(running, state=TrialState.COMPLETE, dev_error=0.2, told=99))
    same()
    store.update_study("now", state="finished")
    same()
    assert all(a is b for a, b in zip(kept, shared.trials("now", TUNED[1]), strict=True)), "read once"


def test_figures_of_a_study_that_has_just_ended_show_its_last_trials(store: Store) -> None:
    study = add_study(store, "now", state=StudyState.RUNNING, scored=False)
    assert reading.trials("now") == store.trials("now")  # as the page of another viewer reads them
    add_trials(store, "now", TUNED[0], 2, first=TRIALS)
    store.update_study("now", state=StudyState.FINISHED)
    shown = reading.frame(replace(study, state=StudyState.FINISHED), "progress")
    pd.testing.assert_frame_equal(shown, section("progress").frame(store, "now"))


def test_memory_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_store, "MOST_KEPT", 100)
    for name in ("first", "second", "third"):
        add_searched_study(store, name, trials=10, repeats=1)
    shared = SharedStore(store.address)
    for name in ("first", "second", "third", "first"):
        assert shared.epochs(name) == store.epochs(name)
        assert shared.kept() <= 100
    assert shared.trials("nobody") == []
