"""The Errors page beyond its table: order of the rows, classes, parts of the errors, pictures to take away."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from study_records import EVAL, LABELS, TUNED, add_study

from dashboard import downloads
from dashboard.class_table import class_table
from dashboard.error_table import ordered
from datasets.errors import DataError
from reports.class_errors import class_errors
from reports.pictures import png
from reports.section import section
from tuners.record import BayesRecord, StudyState
from tuners.store import Store
from tuners.summary import summarize

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

BER = ["BER", "BER (exact)"]


def rows(app: AppTest) -> list[str]:
    """The first cells of the error table, from top to bottom."""
    table = next(html.proto.body for html in app.get("html") if "class='effort'" in html.proto.body)
    return re.findall(r"<th scope='row'>([^<]*)<", table)


def test_rows_are_in_the_order_of_the_address(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("errors", study="demo", sort="eval")
    text = words(app)
    assert rows(app) == [*sorted(LABELS, key=lambda label: EVAL[label]), *BER]
    assert "<th scope='col' aria-sort='ascending'>eval</th>" in text
    assert class_table(class_errors(summarize(finished, "demo"))) in text
    assert [chart.key for chart in app.get("plotly_chart")] == ["gaps", "optimism"]
    app.button_group(key="sort").set_value("study").run()
    assert rows(app) == [*LABELS, *BER]
    assert "aria-sort" not in words(app)
    assert app.query_params["sort"] in ("study", ["study"])
    assert not app.exception


def test_a_system_without_a_figure_stands_between_the_others_and_the_bayes_rows(finished: Store) -> None:
    frame = section("errors").frame(finished, "demo")
    frame.loc[frame["system"] == "KNN", "dev"] = np.nan
    shown = ordered(frame, "dev")
    assert list(shown["system"]) == ["RNF", "MLP-M1", *TUNED, "KNN", *BER]
    assert shown.attrs == frame.attrs  # footnotes and caption go along into the files


def test_class_errors_are_means_over_the_final_trainings(store: Store) -> None:
    add_study(store, "twice")
    first = next(score for score in store.scores("twice") if score.system == "RNF")
    second = {split: [[4_000, 1_000], [2_000, 3_000]] for split in first.confusion}
    store.add_score(replace(first, repeat=1, errors={**first.errors, "eval": 0.3}, confusion=second))
    summary = summarize(store, "twice")
    frame = class_errors(summary)
    own = frame[frame["system"] == "RNF"]
    assert list(own["class"]) == ["a", "b"] and list(own["samples"]) == [5_000, 5_000]
    assert list(own["error"]) == pytest.approx([(0.3328 + 0.2) / 2, (0.3328 + 0.4) / 2])
    for system, of_system in frame.groupby("system"):  # all classes together are the error of the table
        errors = next(row.errors for row in summary.systems if row.label == system)
        assert np.average(of_system["error"], weights=of_system["samples"]) == pytest.approx(errors["eval"])
    assert re.search(r"<th scope='row'>RNF</th><td [^>]*>26.64</td><td [^>]*>36.64</td>", class_table(frame))


def test_a_class_without_samples_has_no_error(finished: Store) -> None:
    first = finished.scores("demo")[0]
    empty = {split: [[0, 0], [1, 3]] for split in first.confusion}
    summary = summarize(finished, "demo")
    alone = replace(summary.systems[0], scores=[replace(first, confusion=empty)])
    frame = class_errors(replace(summary, systems=[alone]))
    assert list(frame["error"].isna()) == [True, False]
    assert frame["error"].iloc[1] == 0.25
    assert ">–</td>" in class_table(frame)


def test_parts_are_shown_where_densities_are_known(finished: Store, open_page: Open, words: Words) -> None:
    for split in ("dev", "eval"):  # as studies of generated sets record it
        finished.add_bayes(BayesRecord("demo", split, "train-rule", 0.2821, 2e-4, {}))
    app = open_page("errors", study="demo")
    assert [chart.key for chart in app.get("plotly_chart")] == ["decomposition", "gaps", "optimism"]
    assert "No classifier errs on less than 7.21 % of eval" in words(app)
    parts = next(link for link in app.get("page_link") if link.proto.page == "bayes")
    assert parts.proto.query_string == "study=demo"
    app = open_page("overview")
    assert "No classifier errs on less than 7.21 % of eval" in words(app)
    assert "class='bars'" in words(app), "their parts are drawn"


@pytest.mark.slow
def test_pictures_are_drawn_when_somebody_asks(
    finished: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "matplotlib", None)  # an import of it fails
        app = open_page("errors", study="demo")
        assert not app.exception
    labels = [download.proto.label for download in app.get("download_button")]
    assert labels == [
        *("CSV", "Markdown", "LaTeX", "PNG"),
        *("PNG of the splits", "PNG of the optimism", "CSV of the classes"),
    ]
    part = section("gaps")
    drawn = part.picture(finished, part.frame(finished, "demo"))
    assert drawn is not None
    assert downloads.picture("demo", "gaps") == png(drawn)


def test_a_picture_of_nothing_is_explained(store: Store) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    with pytest.raises(DataError, match="study now has nothing to draw under “Train, dev and eval"):
        downloads.picture("now", "gaps")


def test_home_opens_on_the_search_that_runs(finished: Store, open_page: Open, words: Words) -> None:
    add_study(finished, "now", state=StudyState.RUNNING, scored=False, created="2025-02-01T10:00:00Z")
    app = open_page("overview")
    assert "**now** is running" in words(app)
    doors = [(link.proto.page, link.proto.query_string) for link in app.get("page_link")][:3]
    assert doors == [("live", "study=now"), ("replay", "study=now"), ("errors", "study=demo")]


def test_home_tells_how_to_tune_by_hand(address: str, open_page: Open, words: Words) -> None:
    text = words(open_page("overview"))
    command = "--tuner hand keras-random --configs my-settings.toml --max-trials 6"
    assert f"{command} --store {address}\n" in text  # the guide's command, for the store that is shown
    assert "[[configuration]]" in text
