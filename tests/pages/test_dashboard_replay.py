"""The page that plays the course of a training and of a search."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from streamlit.testing.v1 import AppTest
from study_records import EPOCHS, TUNED, add_recordings, add_study

from tuners.record import StudyState
from tuners.recording import replay_file, trial_file
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]
LABEL = TUNED[0]
POSITION = 3


def figure(app: AppTest) -> dict[str, Any]:
    (chart,) = app.get("plotly_chart")
    found: dict[str, Any] = json.loads(chart.proto.spec)
    return found


def test_a_study_without_recordings_says_how_to_get_one(
    finished: Store, open_page: Open, words: Words
) -> None:
    for over in ("epochs", "trials"):
        app = open_page("replay", study="demo", over=over, system=LABEL)
        assert not app.exception and not app.get("plotly_chart")
        assert "Nothing to play: there is no" in words(app) or "there is none" in words(app)
        assert "--tuner keras-random --max-trials 6 --max-epochs 4 --seed 1 --study demo-replay" in words(app)


def test_epochs_and_trials_are_frames_and_every_choice_stands_in_the_address(
    finished: Store, open_page: Open, words: Words
) -> None:
    add_recordings(finished, "demo", LABEL)
    app = open_page("replay", study="demo", system=LABEL, split="eval", frame="3", mode="class")
    shown = figure(app)
    assert [frame["name"] for frame in shown["frames"]] == ["1", "2", "3", "4"]
    assert shown["layout"]["sliders"][0]["active"] == 2
    assert f"all {EPOCHS} epochs; kept is epoch 3" in words(app).lower()
    assert "all 100 points of eval" in words(app)
    assert {key: app.query_params[key] for key in ("over", "frame", "mode")} == {
        "over": "epochs",
        "frame": "3",
        "mode": "class",
    }
    app.button(key="replay_PageDown").click().run()
    assert app.query_params["frame"] == "4" and figure(app)["layout"]["sliders"][0]["active"] == 3
    assert app.button(key="replay_PageDown").disabled and not app.button(key="replay_PageUp").disabled
    app.segmented_control(key="over").select("trials").run()
    shown = figure(app)
    assert shown["layout"]["sliders"][0]["active"] == 0  # another course begins anew
    assert [frame["name"] for frame in shown["frames"]] == ["0", "1", "3", "4", "5"]  # the third one failed
    assert "5 of 6 trials; selected is trial 5" in words(app)
    assert "units 8, optimizer adam" in shown["frames"][0]["layout"]["annotations"][1]["text"]
    assert "GIF for slides" in [button.proto.label for button in app.get("download_button")]
    assert not app.exception


def test_damaged_recordings_are_an_explanation(finished: Store, open_page: Open, words: Words) -> None:
    add_recordings(finished, "demo", LABEL)
    (finished.folder / "demo" / trial_file(POSITION, 0, 1)).write_bytes(b"PK\x03\x04broken")
    (finished.folder / "demo" / replay_file(f"{POSITION}.surface.npz")).write_bytes(b"")
    app = open_page("replay", study="demo", over="trials", system=LABEL)
    assert len(figure(app)["frames"]) == 4 and "damaged recordings that are left out: 1" in words(app)
    app.segmented_control(key="over").select("epochs").run()
    assert "is damaged" in words(app) and not app.exception and not app.error


def test_what_has_no_course_says_so(finished: Store, open_page: Open, words: Words) -> None:
    add_study(finished, "now", state=StudyState.RUNNING, scored=False)
    app = open_page("replay", study="now", system=LABEL)
    assert "has no final training 1 that is scored" in words(app)
    assert app.segmented_control(key="split").options == ["train", "dev"]  # eval waits for the end
    add_study(finished, "segments")
    data = finished.study("segments").data
    finished.update_study("segments", data=asdict(replace(data, kind="eeg", shape=(20, 500))))
    app = open_page("replay", study="segments")
    assert "holds segments" in words(app) and not app.exception
