"""The live race: its lanes and their chart, what happened in words, and the podium at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from study_records import HANDS, REASON, TUNED, add_study

from dashboard import podium
from dashboard.live_charts import race_chart
from dashboard.progress import Lane, lanes
from dashboard.ticker import Event, events, ticker
from tuners.record import EpochRecord, SearchRecord, StudyState, SystemRecord, TrialRecord, TrialState
from tuners.store import Store
from tuners.summary import summarize

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

ONE = "one (random)"


def system(label: str, *states: str) -> SystemRecord:
    searches = tuple(SearchRecord(repeat, state) for repeat, state in enumerate(states))
    return SystemRecord("now", label, "mlp", "random", 0, searches=searches)


def trial(number: int, error: float | None, **more: object) -> TrialRecord:
    """A trial of 4 epochs and 2 seconds, begun `number` seconds after the search."""
    done = TrialRecord(
        study="now",
        system=ONE,
        number=number,
        state=TrialState.COMPLETE if error is not None else TrialState.FAILED,
        config={},
        seed=1,
        epochs_planned=4,
        first_epoch=0,
        parent=None,
        asked=2 * number,
        told=2 * number + 1,
        dev_error=error,
        epochs=4,
        seconds=2.0,
        started=float(number),
    )
    return replace(done, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("against", "head"), [("trials", 3.5), ("epochs", 14.0), ("seconds", 7.0)])
def test_head_of_a_lane_moves_with_the_trial_that_runs(against: str, head: float) -> None:
    trials = [
        trial(0, 0.4),
        trial(1, 0.3),
        trial(2, None),
        trial(3, None, state=TrialState.RUNNING, told=None),
    ]
    half = [EpochRecord(ONE, 3, epoch, 0.5, 0.5, 0.5, 0.2, 0.5) for epoch in (1, 2)]
    (lane,) = lanes(trials, half, [system(ONE, "searching")], against)  # type: ignore[arg-type]
    assert lane.head == (head, 0.3), "an error of a trial that runs counts for nothing yet"
    assert [error for _, error in lane.points] == [0.4, 0.3]
    assert lane.main and not lane.over


def test_race_follows_the_search_that_runs_and_then_the_middle_one() -> None:
    trials = [trial(0, error, repeat=repeat) for repeat, error in enumerate((0.4, 0.2, 0.3))]
    running = lanes(trials, [], [system(ONE, "scored", "searching", "waiting")], "trials")
    assert [lane.main for lane in running if not lane.over][-1]
    over = lanes(trials, [], [system(ONE, "scored", "scored", "scored")], "trials")
    assert [(lane.head[1], lane.main) for lane in over] == [(0.4, False), (0.2, False), (0.3, True)]


def test_lines_end_with_name_and_error_and_run_on_when_over() -> None:
    one = Lane(ONE, 0, [(1.0, 0.5), (7.0, 0.3)], (8.0, 0.3), over=False, main=True)
    knn = Lane("KNN", 0, [(1.0, 0.4)], (1.0, 0.4), over=True, main=True)
    option = race_chart([knn, one], "trials", ["KNN", ONE], limit=12.0)
    first, runs_on, second = option["series"]
    assert "endLabel" not in first and runs_on["lineStyle"]["type"] == "dotted"
    assert runs_on["data"] == [[1.0, 40.0], {"value": [8.0, 40.0]}]
    assert runs_on["endLabel"]["formatter"] == "{mark|●} {error|40.00} KNN"
    assert second["endLabel"]["formatter"] == "{mark|■} {error|30.00} one\n(random)"
    assert second["data"][-1]["value"] == [8.0, 30.0]
    assert all(line["labelLayout"] == {"moveOverlap": "shiftY"} for line in (runs_on, second))
    assert option["xAxis"]["max"] == 12.0
    assert "legend" not in option
    assert "legend" in race_chart([knn, one], "trials", ["KNN", ONE], narrow=True)


def test_events_in_words_with_the_latest_first() -> None:
    trials = [
        trial(0, 0.4),
        trial(1, 0.45),
        trial(2, 0.3),
        trial(3, None, reason=REASON),
        trial(4, 0.35, state=TrialState.PRUNED, epochs=2),
        trial(5, 0.5, state=TrialState.DEGENERATE, reason="predicts one class for everything"),
        trial(0, 0.35, system="KNN", started=0.5),
        trial(6, 0.3, repeat_of=2),
    ]
    found = events(trials, [system(ONE, "searched"), system("KNN", "searching")])
    assert [(event.system, event.kind, event.text) for event in found] == [
        (ONE, "over", "search over: chose #2, dev 30.00 %"),
        (ONE, "degenerate", "#5 degenerate: predicts one class for everything"),
        (ONE, "pruned", "#4 stopped early, after epoch 2 of 4, at 35.00 %"),
        (ONE, "failed", f"#3 failed: {REASON}"),
        (ONE, "lead", "takes the lead: 30.00 % with #2, down from 40.00"),
        ("KNN", "lead", "takes the lead: 35.00 % with #0"),
        (ONE, "best", "new best: 40.00 % with #0"),
    ]


def test_ticker_takes_no_markup_from_reasons() -> None:
    text = ticker([Event(1.0, ONE, "failed", REASON)] * 3, {ONE: "#000000"})
    assert text.count("<li") == 3
    assert "&lt;script&gt;" in text and "<script>" not in text
    assert "role='log'" in text


def test_podium_is_by_eval_and_says_the_place_on_dev(finished: Store) -> None:
    found = podium.places(summarize(finished, "demo").systems)
    assert [(one.label, one.place, one.dev_place) for one in found] == [
        (TUNED[1], 1, 5),
        ("MLP-M1", 2, 3),
        ("RNF", 3, 2),
        ("KNN", 4, 1),
        (TUNED[0], 5, 4),
    ]
    steps = podium.podium(found, [*HANDS, *TUNED])
    assert steps.count("<li") == 3
    assert "29.15 %<small> eval</small>" in steps and "32.00 % dev, 5th there" in steps
    assert "KNN" not in steps and "KNN" in podium.others(found)
    words = podium.gap_in_words(found)
    assert "On dev KNN led with 28.00 %; on eval, which nobody could choose by, it comes 4th." in words
    assert "change by −2.85 to +11.07 points" in words


def place(label: str, dev: float, eval: float, at: int = 1, **more: object) -> podium.Place:
    one = podium.Place(label, at, at, dev, eval, None, None, dev, 1, degenerate=False)
    return replace(one, **more)  # type: ignore[arg-type]


def test_systems_with_the_same_printed_error_share_a_step(finished: Store) -> None:
    rows = {system.label: system for system in summarize(finished, "demo").systems}
    like = [replace(rows[label], errors={"dev": 0.3, "eval": 0.2}) for label in HANDS[:2]]
    found = podium.places([*like, replace(rows[TUNED[0]], degenerate=True, errors={"dev": 0.1, "eval": 0.1})])
    assert [(one.label, one.place) for one in found] == [("KNN", 1), ("RNF", 1), (TUNED[0], 3)]
    assert "one class for everything" in podium.podium(found, [*HANDS, *TUNED])
    assert "it stands behind the others, whatever its error" in podium.gap_in_words(found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([place("KNN", 0.2, 0.25)], "Eval errors are 5.00 points higher than dev errors"),
        ([place("KNN", 0.3, 0.25), place("RNF", 0.3, 0.28, 2)], "are 2.00 to 5.00 points lower"),
        ([place("KNN", 0.5, 0.5, degenerate=True)], "those of constant answers"),
    ],
)
def test_gap_from_dev_to_eval_in_words(found: list[podium.Place], words: str) -> None:
    assert words in podium.gap_in_words(found)


def test_page_of_a_race_that_is_over_begins_with_its_podium(
    finished: Store, open_page: Open, words: Words
) -> None:
    app = open_page("live", study="demo")
    assert [header.value for header in app.header][:2] == ["The podium", "Best so far"]
    text = words(app)
    assert "Each system ran once" in text
    assert app.code[0].value.startswith(
        "python tuners/run.py --dataset 10 --tuner keras-random --max-trials 6"
    )
    assert not app.exception


def test_podium_of_repeated_searches_says_what_is_shown(
    finished: Store, open_page: Open, words: Words
) -> None:
    for score in finished.scores("demo"):
        finished.add_score(replace(score, repeat=1))
    text = words(open_page("live", study="demo"))
    assert "mean ± sd of 2 searches" in text
    assert "Each system ran once" not in text


def test_race_of_chosen_systems_stands_in_the_address(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    app = open_page("live", study="now", systems=[TUNED[1], "KNN"])
    assert set(app.multiselect(key="racing").value) == {TUNED[1], "KNN"}
    rows = next(html.proto.body for html in app.get("html") if "errors live" in html.proto.body)
    assert "KNN" in rows and "RNF" not in rows
    app.multiselect(key="racing").set_value([]).run()
    assert "Choose at least one system" in app.info[0].value


def test_choice_of_the_race_is_not_that_of_the_surfaces(finished: Store, open_page: Open) -> None:
    app = open_page("live", study="demo")
    for key in list(app.query_params):  # as the browser does when the menu is used
        del app.query_params[key]
    app.switch_page("views/surfaces.py").run()
    assert len(app.multiselect(key="systems").value) == 2
