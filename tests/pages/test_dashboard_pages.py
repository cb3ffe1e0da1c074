"""Every page in every state of a store: what it says, and that it never shows an exception."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from study_records import HANDS, LABELS, TUNED, add_study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tuners"))

from insight_records import add_searched_study

from reports import palette
from reports.section import section
from tuners.record import StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def take_the_nearest(app: AppTest) -> None:
    """On a page of a study called demmo, which there is not."""
    assert "no study called **demmo**" in app.warning[0].value
    assert "Did you mean **demo**" in app.warning[0].value
    assert not app.exception
    app.button[0].click().run()
    assert app.query_params["study"] in ("demo", ["demo"])
    assert not app.warning


@pytest.mark.parametrize("known_page", ["live", "errors", "surfaces"])
def test_unknown_study_names_the_nearest(known_page: str, finished: Store, open_page: Open) -> None:
    take_the_nearest(open_page(known_page, study="demmo"))


def test_overview_of_a_finished_study(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("overview")
    text = words(app)
    assert "Newest comparison: demo" in text
    assert "No search is running" in text
    assert "finished" in text
    assert "generated data" in text
    metrics = {metric.label: metric.value for metric in app.metric}
    # The best on dev is KNN, and its eval error is shown even though another system's is lower.
    assert metrics == {"trials done": "18", "best dev error": "28.00 %", "its eval error": "33.44 %"}
    assert not app.get("plotly_chart"), "the first page does without its 4.6 MB"
    assert any("class='bars'" in block.body for block in app.get("html"))
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    of_study = ("live", "replay", "errors", "comparison", "surfaces", "report")
    assert links == dict.fromkeys(of_study, "study=demo") | dict.fromkeys(("start", "draw", "lesson"), "")


def test_overview_of_an_interrupted_study_shows_the_way_on(
    store: Store, open_page: Open, words: Words
) -> None:
    add_study(store, "cut", state=StudyState.RUNNING, scored=False, heartbeat=1.0)
    app = open_page("overview")
    assert "interrupted" in words(app)
    assert app.code[0].value == f"python tuners/run.py --resume cut --store {store.address}"
    assert {metric.label: metric.value for metric in app.metric}["its eval error"] == "closed"


def test_overview_of_a_study_without_densities_shows_its_splits(
    store: Store, open_page: Open, words: Words
) -> None:
    add_searched_study(store, trials=3, repeats=1)
    app = open_page("overview")
    assert section("gaps").lead in words(app)
    assert not app.exception


def test_live_page_of_a_running_study(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    app = open_page("live", study="now")
    text = words(app)
    assert not app.exception
    assert "Eval stays closed" in text
    assert "<td>4 / 6</td>" in text  # trials of an autotuned system
    assert "<td>2 / 2</td>" in text  # a person's list is its own budget
    assert "33.00" in text  # best dev of MLP-A1
    assert "29.15" not in text, "an eval error on the live page"
    assert len(app.get("echarts_chart")) == 2


def test_live_page_shows_reasons_of_failures_as_plain_text(
    store: Store, open_page: Open, words: Words
) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    text = words(open_page("live"))
    assert "loss is NaN at epoch 2" in text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("state", "scored", "refreshes"),
    [(StudyState.RUNNING, False, True), (StudyState.FINISHED, True, False)],
)
def test_live_page_refreshes_while_the_study_runs_only(
    state: StudyState, scored: bool, refreshes: bool, store: Store, open_page: Open
) -> None:
    add_study(store, "study", state=state, scored=scored)
    from dashboard.views import live

    study = store.study("study")
    assert (live.refresh_every(study) is not None) == refreshes


def test_live_page_of_an_interrupted_study_shows_the_way_on(
    store: Store, open_page: Open, words: Words
) -> None:
    add_study(store, "cut", state=StudyState.RUNNING, scored=False, heartbeat=1.0)
    app = open_page("live", study="cut")
    assert "--resume cut" in app.code[0].value


def test_errors_page_tells_ours_from_the_studys(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("errors", study="demo")
    table = next(html.proto.body for html in app.get("html") if "class='study'" in html.proto.body)
    for label in LABELS:
        assert f"<th scope='row'>{label}</th>" in table
    assert (
        "<span class='best' title='lowest of the column'>29.15</span><span class='study'>study 32.34" in table
    )
    assert table.count("class='best'") == 7  # train is the same for all five
    assert "closed" in words(app) and "not** a bound" in words(app)
    assert not app.exception


def test_errors_page_shows_the_spread_over_repeats(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "twice")
    first = next(score for score in store.scores("twice") if score.system == "RNF")
    store.add_score(replace(first, repeat=1, errors={"train": 0.1, "dev": 0.33, "eval": 0.3528}))
    text = words(open_page("errors", study="twice", system="RNF", repeat="2"))
    assert "34.28<span class='spread'> ± 1.41</span>" in text
    assert "Mean ± standard deviation over up to 2 final trainings" in text


def test_errors_page_shows_the_confusion_of_the_chosen_system(
    finished: Store, open_page: Open, words: Words
) -> None:
    app = open_page("errors", study="demo", system=TUNED[1])
    text = words(app)
    assert app.selectbox(key="system").value == TUNED[1]
    assert "3,543" in text and "1,457" in text
    app.selectbox(key="system").select("KNN").run()
    assert "3,328" in words(app)
    assert app.query_params["system"] in ("KNN", ["KNN"])


@pytest.mark.parametrize("analysis", ["errors", "surfaces", "report"])
def test_pages_of_a_study_without_scores_point_to_the_search(
    analysis: str, store: Store, open_page: Open, words: Words
) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    app = open_page(analysis, study="now")
    assert "No system of study **now** is scored yet" in words(app)
    assert [link.proto.page for link in app.get("page_link")] == ["live"]
    assert not app.exception


@pytest.mark.parametrize("analysis", ["errors", "surfaces", "report"])
def test_pages_of_an_interrupted_study_without_scores_show_the_way_on(
    analysis: str, store: Store, open_page: Open
) -> None:
    add_study(store, "cut", state=StudyState.RUNNING, scored=False, heartbeat=1.0)
    app = open_page(analysis, study="cut")
    assert "--resume cut" in app.code[0].value


def test_surfaces_page_opens_with_hand_beside_tuner(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("surfaces", study="demo")
    assert app.multiselect(key="systems").value == [HANDS[0], TUNED[0]]
    assert "100 points of eval" in words(app)
    assert len(app.get("plotly_chart")) == 1
    assert not app.exception


def test_surfaces_are_zoomed_together(finished: Store, open_page: Open) -> None:
    spec = open_page("surfaces", study="demo").get("plotly_chart")[0].proto.spec
    assert '"matches":"x"' in spec and '"matches":"y"' in spec
    assert '"fixedrange":true' not in spec


def test_points_are_told_from_the_ground(finished: Store, open_page: Open) -> None:
    spec = json.loads(open_page("surfaces", study="demo").get("plotly_chart")[0].proto.spec)
    colours = {trace["marker"]["color"] for trace in spec["data"] if trace["type"] == "scattergl"}
    assert len(colours) == 2
    assert colours.isdisjoint(palette.CLASSES)


def test_surfaces_page_without_any_surface(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "plain", surfaces=False)
    app = open_page("surfaces", study="plain")
    assert "has a decision surface" in words(app)
    assert not app.exception


def test_surfaces_page_with_a_missing_file_shows_the_others(
    finished: Store, open_page: Open, words: Words
) -> None:
    (finished.folder / "demo" / "0.surface.npz").unlink()
    app = open_page("surfaces", study="demo", systems=["KNN", "RNF"])
    assert "surface of KNN cannot be read" in app.warning[0].value
    assert len(app.get("plotly_chart")) == 1
    assert not app.exception


def test_surfaces_page_without_the_points(finished: Store, open_page: Open, words: Words) -> None:
    for file in (finished.folder / "data").rglob("eval_*.npy"):
        file.unlink()
    app = open_page("surfaces", study="demo")
    assert "Drawn without points" in app.warning[0].value
    assert len(app.get("plotly_chart")) == 1


def test_report_page_shows_text_and_pictures(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("report", study="demmo")
    take_the_nearest(app)
    text = words(app)
    assert "## Study demo" in text
    assert "29.15" in text
    assert len(app.image) >= 3
    assert [d.proto.label for d in app.get("download_button")] == [
        "Download the report (zip)",
        "Download as HTML",
        "Download as PDF",
    ]
    assert "handtune-report" not in text
    assert "python -m reports verify report/demo/report.md" in app.code[0].value
    assert not app.exception
