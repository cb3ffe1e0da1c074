"""The course of a training and of a search: which frames there are, and what is drawn of them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from report_records import FULL, TUNED, build_store

from datasets.errors import DataError
from datasets.types import Samples
from reports.replay import NoCourse, Replay, epochs_replay, in_words, nearest, thin, trials_replay
from reports.replay_figure import MOST_POINTS, QUICKEST, SLOWEST, pace, replay_figure
from reports.replay_gif import gif
from tuners.path import Step
from tuners.record import TrialRecord, TrialState
from tuners.recording import MOST_FRAMES, Frames, Plane, replay_file, trial_file
from tuners.store import Store

POSITION = 2
PLANE = Plane(np.linspace(-1, 1, 9), np.linspace(-2, 2, 7))


def made_up(*numbers: int) -> Frames:
    random = np.random.default_rng(0)
    shape = (len(numbers), len(PLANE.y), len(PLANE.x))
    classes = random.integers(0, 2, shape).astype(np.uint8)
    return Frames(PLANE, np.array(numbers), classes, random.integers(128, 256, shape).astype(np.uint8), 2)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The finished study, with the course of its autotuned system."""
    store = Store(str(build_store(tmp_path_factory.mktemp("recorded"))))
    made_up(1, 2, 5, 7).write(store.folder / FULL / replay_file(f"system{POSITION}-repeat0.surface.npz"))
    for trial in store.trials(FULL, TUNED):
        if trial.repeat == 0 and trial.dev_error is not None and trial.repeat_of is None:
            made_up(trial.number).write(store.folder / FULL / trial_file(POSITION, 0, trial.number))
    return store


def epochs(store: Store) -> Replay:
    return epochs_replay(store, next(one for one in store.scores(FULL) if one.system == TUNED))


def trials(store: Store) -> Replay:
    return trials_replay(store, store.study(FULL), store.trials(FULL), TUNED, 0)


def test_epochs_have_the_errors_of_their_curve(recorded: Store) -> None:
    replay = epochs(recorded)
    assert [moment.number for moment in replay.moments] == [1, 2, 5, 7]
    assert (replay.best, replay.total, replay.damaged) == (7, 7, 0)
    row = replay.curve.set_index("place").loc[5]
    assert (replay.moments[2].dev, replay.moments[2].other) == (row["dev"], row["other"])
    assert replay.moments[2].title == f"epoch 5 of 7: dev {100 * row['dev']:.2f} %"
    assert replay.moments[-1].title.endswith("(kept)")


def test_trials_come_in_the_order_of_their_results_with_the_best_so_far(recorded: Store) -> None:
    replay = trials(recorded)
    places = [moment.place for moment in replay.moments]
    assert places == sorted(places) and len(places) > 2
    best = [moment.other for moment in replay.moments if moment.other is not None]
    assert best == sorted(best, reverse=True)
    assert sum(moment.title.endswith("(selected)") for moment in replay.moments) == 1
    assert replay.best == 4


def test_what_cannot_be_played_says_why(recorded: Store) -> None:
    scores = {(one.system, one.repeat): one for one in recorded.scores(FULL)}
    with pytest.raises(NoCourse, match="fitted at once"):
        epochs_replay(recorded, scores["KNN", 0])
    with pytest.raises(DataError, match="there is no recording"):
        epochs_replay(recorded, scores[TUNED, 1])
    with pytest.raises(NoCourse, match="no trial of search 9"):
        trials_replay(recorded, recorded.study(FULL), recorded.trials(FULL), TUNED, 8)
    with pytest.raises(DataError, match="there is none"):
        trials_replay(recorded, recorded.study(FULL), recorded.trials(FULL), TUNED, 1)


def steps(errors: list[float]) -> list[Step]:
    best, found = 1.0, []
    for number, error in enumerate(errors):
        best = min(best, error)
        trial = TrialRecord("s", "S", number, TrialState.COMPLETE, {}, 1, 1, 0, None, number, dev_error=error)
        found.append(Step(trial, number + 1, 1, 1.0, best))
    return found


@pytest.mark.parametrize("count", [1, 50, 51, 60, 500])
def test_many_trials_are_thinned_to_the_ends_the_wanted_the_records_and_even_ones(count: int) -> None:
    errors = [0.5 - 0.1 * (number > 30) - 0.1 * (number > 41) for number in range(count)]
    places = thin(steps(errors), {33})
    assert len(places) == min(count, MOST_FRAMES) == len(set(places))
    assert places == sorted(places) and {0, count - 1} <= set(places)
    assert count < 51 or {33, *range(0, count, count)} <= set(places)
    gaps = np.diff(places)
    assert count < 51 or gaps.max() <= max(4, 2 * count / (MOST_FRAMES // 2))
    falling = thin(steps([1 / (number + 1) for number in range(count)]), set())
    assert len(falling) == min(count, MOST_FRAMES)


def test_a_record_is_never_thinned_out_where_there_are_few() -> None:
    errors = [0.5] * 200
    errors[77] = errors[78] = 0.3
    errors[143] = 0.2
    kept = set(thin(steps([error + 1e-4 * (200 - place) for place, error in enumerate(errors)]), set()))
    assert {78, 143} <= kept


def test_a_figure_has_one_frame_a_moment_and_its_points_once(recorded: Store) -> None:
    random = np.random.default_rng(0)
    samples = Samples(random.normal(size=(9_000, 2)), random.integers(0, 2, 9_000))
    replay = trials(recorded)
    drawn = replay_figure(replay, samples, ("a", "<b>"), "dev", caption="c", ink="#000000", start=1)
    content = json.loads(drawn.to_json())
    assert len(content["frames"]) == len(replay.moments)
    assert all(frame["traces"] == [0, len(content["data"]) - 1] for frame in content["frames"])
    dots = [trace for trace in drawn.data if trace.type == "scattergl"]
    assert sum(len(trace.x) for trace in dots) == MOST_POINTS
    assert content["layout"]["sliders"][0]["active"] == 1
    assert content["layout"]["annotations"][0]["text"] == f"<b>{replay.moments[1].title}</b>"
    assert {frame["data"][0]["z"]["dtype"] for frame in content["frames"]} == {"u1"}
    assert not any("duration" in step for step in content["layout"]["updatemenus"])
    assert QUICKEST <= pace(replay) <= SLOWEST
    narrow = replay_figure(replay, None, ("a", "b"), "dev", caption="c", ink="#000000", narrow=True)
    assert narrow.layout.xaxis2.domain == (0, 1) and narrow.layout.height > drawn.layout.height


def test_fifty_frames_of_a_plane_stay_light(recorded: Store) -> None:
    one = epochs(recorded)
    shape = (MOST_FRAMES, 100, 100)
    frames = Frames(
        Plane(np.linspace(0, 1, 100), np.linspace(0, 1, 100)),
        np.arange(MOST_FRAMES),
        np.zeros(shape, np.uint8),
        np.full(shape, 200, np.uint8),
        2,
    )
    many = replace(one, frames=frames, moments=one.moments[:1] * MOST_FRAMES)
    assert len(replay_figure(many, None, ("a", "b"), "dev", caption="c", ink="#000000").to_json()) < 1_000_000


def test_a_gif_holds_all_frames_and_rests_on_the_last(recorded: Store, tmp_path: Path) -> None:
    replay = epochs(recorded)
    samples = Samples(np.array([[0.0, 0.0], [50.0, 50.0]]), np.array([0, 1]))
    picture = Image.open(io.BytesIO(gif(replay, samples, 2, "made up", "probability", 300)))
    assert getattr(picture, "n_frames", 1) == len(replay.moments)
    assert picture.info["duration"] == 300
    picture.seek(len(replay.moments) - 1)
    assert picture.info["duration"] == 3_000


def test_a_wanted_frame_that_is_not_there_gives_way_to_the_one_before(recorded: Store) -> None:
    replay = epochs(recorded)
    assert [nearest(replay, number) for number in (None, 1, 4, 7, 99, 0)] == [0, 0, 1, 3, 3, 0]


def test_a_configuration_is_short_enough_to_be_read_from_a_distance() -> None:
    config = {
        "layers": 2,
        "units_1": 176,
        "activation_1": "tanh",
        "units_2": 8,
        "learning_rate": 0.00076060032,
    }
    assert in_words(config) == "layers 2, units 176/8, activation tanh, learning_rate 0.000761"
