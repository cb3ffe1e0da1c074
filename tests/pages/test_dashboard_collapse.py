"""What the pages say of networks that answer one class, and of the errors of each patient."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from corpus_records import add_corpus_study
from streamlit.testing.v1 import AppTest

from dashboard import downloads
from dashboard.live_charts import curves_chart
from dashboard.progress import answers_one_class, curves, progress
from datasets.types import Dataset
from reports.section import section
from tuners.record import EpochRecord, StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

TUNED = "LSTM-A (keras-random)"


@pytest.fixture
def searching(store: Store, cached: dict[str, Dataset]) -> Store:
    add_corpus_study(store, "now", cached["eeg"], state=StudyState.RUNNING, scored=False)
    return store


@pytest.fixture
def scored(store: Store, cached: dict[str, Dataset]) -> Store:
    add_corpus_study(store, "eeg", cached["eeg"])
    return store


def epoch(number: int, answers: int | None) -> EpochRecord:
    return EpochRecord(TUNED, 0, number, 0.7, 0.5, 0.7, 0.5, 0.4, dev_answers=answers)


@pytest.mark.parametrize(
    ("answers", "flat"), [([1], True), ([1, 1], True), ([1, 2], False), ([2, 1], False), ([None], False)]
)
def test_one_class_so_far_means_every_epoch(answers: list[int | None], flat: bool) -> None:
    records = [epoch(number, count) for number, count in enumerate(answers, start=1)]
    assert bool(answers_one_class(records)) == flat


def test_live_page_flags_a_trial_that_answers_one_class_so_far(
    searching: Store, open_page: Open, words: Words
) -> None:
    app = open_page("live", study="now")
    text = words(app)
    assert "⚠ a trial answers one class so far" in text
    assert text.count("one class so far") == 1  # trial 2 recovered, trial 0 is over
    assert "degenerate" in text
    assert "predicts one class for everything since its first epoch; stopped after epoch 2 of 4" in text
    assert "its dev error is that of a constant answer" in text
    assert not app.exception


def test_curves_say_which_network_answers_one_class(searching: Store) -> None:
    found = curves(searching.trials("now"), searching.epochs("now"), recent=4)
    option = curves_chart(found, ["CNN-LSTM-M", TUNED])
    names = {line["name"]: line["data"][-1] for line in option["series"]}
    assert set(names) == {
        "CNN-LSTM-M #0",
        f"{TUNED} #0 (answers one class)",
        f"{TUNED} #1 (running, one class so far)",
        f"{TUNED} #2 (running)",
    }
    assert names[f"{TUNED} #1 (running, one class so far)"]["label"]["formatter"] == "one class so far"
    assert isinstance(names["CNN-LSTM-M #0"], list)


def test_trial_of_a_study_that_was_cut_off_is_not_flagged_as_running(searching: Store) -> None:
    study = replace(searching.study("now"), state=StudyState.INTERRUPTED)
    rows = progress(study, searching.systems("now"), searching.trials("now"), searching.epochs("now"))
    assert [row.one_class for row in rows] == [0, 0]


def test_errors_page_marks_the_collapsed_system(scored: Store, open_page: Open, words: Words) -> None:
    text = words(open_page("errors", study="eeg"))
    assert f"<th scope='row'>{TUNED} †<span class='note warn'>one class for everything</span>" in text
    assert "† This network answers one class for everything" in text
    assert "LSTM-A with 50.00 / 50.00 / 50.00 has the error of a constant answer" in text
    assert "There are no BER rows" in text
    assert "What the BER rows are" not in text and "Shaded rows" not in text
    assert "study 36.08" in text


def test_latex_marks_the_collapsed_system(scored: Store) -> None:
    text = downloads.latex(section("errors").frame(scored, "eeg"))
    assert r"LSTM-A (keras-random) $\dagger$ &" in text
    assert r"% \dagger: answers one class for everything" in text


def test_errors_page_shows_patients_of_the_chosen_split(scored: Store, open_page: Open, words: Words) -> None:
    app = open_page("errors", study="eeg", split="dev")
    assert "Errors of each patient" in [element.value for element in app.header]
    assert "The dev error in percent and how far it differs between patients" in words(app)
    figure = json.loads(app.get("plotly_chart")[-1].proto.spec)
    assert [trace["customdata"][0][0] for trace in figure["data"]] == [
        "p08",
        "p06",
    ]  # the worst; by name where equal
    app.segmented_control(key="split").select("eval").run()
    assert "The eval error in percent and how far it differs between patients" in words(app)
    labels = [download.proto.label for download in app.get("download_button")]
    assert [label for label in labels if "PNG" not in label] == [
        *("CSV", "Markdown", "LaTeX"),
        *("CSV of the classes", "CSV of all patients"),
    ]
    assert not app.exception


def test_file_of_patients_holds_all_of_them(scored: Store) -> None:
    frame = section("patients").frame(scored, "eeg")
    read = pd.read_csv(io.StringIO(downloads.csv(frame)))
    assert len(read) == 2 * (5 + 6 + 6)  # one file of train is bad
    assert set(read["split"]) == {"train", "dev", "eval"}
    assert read["samples"].sum() == 2 * 40
