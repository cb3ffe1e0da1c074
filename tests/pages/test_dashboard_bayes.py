"""The page of what is possible: without a study, with one, and where nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from study_records import add_study

from datasets import drawings
from imld_synth.canvas import Canvas, add, copy_marks
from imld_synth.marks import Eraser, Stroke
from imld_synth.marks_points import MOST_PIECES
from tuners.record import BayesRecord
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def test_the_sets_are_shown_without_a_study(address: str, open_page: Open, words: Words) -> None:
    app = open_page("bayes", truth="09", split="dev")
    text = words(app)
    assert not app.exception
    assert "| train | **2.21** |" in text and "| 2.21 | 0.00 |" in text
    assert "| dev | **2.34** |" in text and "| 3.67 | +1.33 |" in text
    assert "| eval | **1.89** |" in text and "| 17.18 | +15.29 |" in text
    assert len(app.get("plotly_chart")) == 1
    assert "holds no study yet" in text and "make demo" in text


def test_a_study_with_densities_is_split_into_parts(finished: Store, open_page: Open, words: Words) -> None:
    for split in ("dev", "eval"):
        finished.add_bayes(BayesRecord("demo", split, "train-rule", 0.2821, 2e-4, {}))
    app = open_page("bayes", study="demo", truth="09")
    text = words(app)
    assert not app.exception
    assert "| KNN | 33.44 | 7.21 | +21.00 | +5.23 |" in text
    assert len(app.get("plotly_chart")) == 2
    labels = [download.proto.label for download in app.get("download_button")]
    assert labels == ["CSV of the Bayes errors", "CSV of the parts"]


def test_a_study_that_knows_nothing_is_told_why(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("bayes", study="demo", truth="09")
    assert "made by an earlier version" in words(app) and "--resume demo" in words(app)
    real = add_study(finished, "real")
    finished.update_study("real", data=asdict(replace(real.data, provenance="real")))
    st.cache_data.clear()
    text = words(open_page("bayes", study="real", truth="09"))
    assert "The density of these points is not known" in text


@pytest.mark.slow
def test_a_drawing_is_among_the_sets_and_one_saved_again_is_computed_again(
    address: str, open_page: Open, words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(drawings.FOLDER, str(tmp_path / "drawn"))
    for distance, error in (
        (1.0, "15.87"),
        (2.0, "2.28"),
    ):  # of normals at distances 2 and 4 standard deviations
        dabs = (Stroke(0, ((-distance, 0.0),), 1.0, 50), Stroke(1, ((distance, 0.0),), 1.0, 50))
        canvas = copy_marks(copy_marks(add(Canvas("Dabs"), "train", *dabs), "train", "dev"), "train", "eval")
        drawings.save("my-dabs", canvas, replace=True)
        app = open_page("bayes", truth="my-dabs")
        assert not app.exception
        assert f"| eval | **{error}** |" in words(app)
    zigzag = Stroke(0, tuple((0.001 * i, i % 2) for i in range(MOST_PIECES + 2)), 0.01, 50)
    for mark in (Eraser(((9.0, 9.0),), 0.1), zigzag):  # no density, and one that nobody can wait for
        drawings.save("my-dabs", add(canvas, "train", mark), replace=True)
        assert "my-dabs · Dabs" not in open_page("bayes", truth="my-dabs").selectbox[0].options
