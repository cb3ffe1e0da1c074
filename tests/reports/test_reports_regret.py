"""Regret: what a search lost is read off a whole grid of the same task, and off nothing else."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reports import story
from reports.grid_regret import grids, picks
from reports.markdown import write_report
from reports.pictures import png
from reports.section import section
from tuners.record import (
    Budget,
    DataInfo,
    Environment,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)
from tuners.store import Store
from tuners.summary import summarize

REGRET = section("regret")
RANDOM, TPE = "LeNet-5-grid (keras-random)", "LeNet-5-grid (optuna-tpe)"
GRID = "LeNet-5-grid (optuna-grid)"
EXHAUSTED, CUT = "search ended: nothing left to try", "search ended: 4 trials"

POINTS = [
    {"c1": c1, "c3": c3, "c5": 60, "f6": 42, "learning_rate": 1e-3, "batch_size": 32}
    for c1, c3 in itertools.product((3, 6), (8, 16))
]

#: Dev errors of the four points in the grid: wider is better, but for the last.
TRUTH = (0.30, 0.25, 0.20, 0.21)

DATA = DataInfo(
    name="digits-32",
    kind="images",
    provenance="stand-in",
    source="digits",
    content_hash="ab" * 32,
    seed=0,
    class_names=tuple("0123456789"),
    shape=(32, 32, 3),
    sizes={"train": 100, "dev": 50, "eval": 50},
    folder="data/ab",
)
MACHINE = Environment("3.11", {}, "unknown", "Linux", "cpu", 2, 4.0, "cpu")


def add_study(
    store: Store,
    name: str,
    searches: dict[str, list[list[tuple[int, float]]]],
    note: str = CUT,
    data: DataInfo = DATA,
    epochs: int = 5,
) -> None:
    """searches: by system, for each of its searches the (point, dev error) of its trials in their order."""
    specs = tuple(SystemSpec(label, "lenet5-grid", label.partition("(")[2].rstrip(")")) for label in searches)
    repeats = max(map(len, searches.values()))
    study = StudyRecord(
        name=name,
        spec=StudySpec("digits-32", specs, Budget(9, epochs), repeats=repeats),
        data=data,
        environment=MACHINE,
        command="python tuners/run.py",
        created=f"2026-01-01T00:00:0{len(store.studies())}Z",
        state=StudyState.FINISHED,
        heartbeat=0.0,
    )
    systems = [
        SystemRecord(
            name,
            spec.label,
            spec.learner,
            spec.tuner,
            place,
            searches=tuple(SearchRecord(n) for n in range(repeats)),
        )
        for place, spec in enumerate(specs)
    ]
    store.create_study(study, systems)
    for label, found in searches.items():
        for repeat, trials in enumerate(found):
            store.update_search(name, label, repeat, state="scored", note=note)
            for number, (point, error) in enumerate(trials):
                store.add_trial(trial(name, label, repeat, number, point, error))


def trial(study: str, label: str, repeat: int, number: int, point: int, error: float | None) -> TrialRecord:
    return TrialRecord(
        study=study,
        system=label,
        number=number,
        state=TrialState.FAILED if error is None else TrialState.COMPLETE,
        config=POINTS[point],
        seed=number,
        epochs_planned=5,
        first_epoch=0,
        parent=None,
        asked=2 * number,
        told=2 * number + 1,
        dev_error=error,
        epochs=5,
        repeat=repeat,
    )


def whole(*errors: float) -> list[tuple[int, float]]:
    return list(enumerate(errors))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A whole grid, and a race of two systems with two searches each on the same data."""
    store = Store(str(tmp_path / "s.sqlite"))
    add_study(store, "truth", {GRID: [whole(*TRUTH)]}, EXHAUSTED)
    add_study(
        store,
        "race",
        {
            # Lucky with point 1 in its second trial, and stays with it; the other finds the best at last.
            RANDOM: [[(0, 0.31), (1, 0.15), (3, 0.19)], [(3, 0.22), (0, 0.3), (2, 0.18)]],
            TPE: [[(2, 0.21), (3, 0.2), (0, 0.4)], [(0, 0.9), (2, 0.2), (2, 0.3)]],
        },
    )
    return store


def frame_of(store: Store, study: str = "race") -> pd.DataFrame:
    return REGRET.frame(store, study)


def picked(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    return frame[(frame["part"] == "pick") & (frame["system"] == label)].set_index("search")


def curve(frame: pd.DataFrame, label: str) -> list[float]:
    return frame[(frame["part"] == "curve") & (frame["system"] == label)]["regret"].round(6).tolist()


def test_regret_is_the_truth_of_what_was_selected_less_the_best(store: Store) -> None:
    found = picked(frame_of(store), RANDOM)
    # What the search itself measured, 15 %, was luck; the grid says 25 %, and the best has 20 %.
    assert found["dev_error"].tolist() == [0.15, 0.18]
    assert found["truth"].tolist() == [0.25, 0.20]
    assert found["regret"].round(6).tolist() == [0.05, 0.0]
    assert found["rank"].tolist() == [3, 1]
    assert found["trials"].tolist() == [3, 3]


def test_the_curve_is_the_mean_over_searches_of_what_they_would_have_selected(store: Store) -> None:
    frame = frame_of(store)
    # Search 1 holds points 0, 1, 1 and search 2 points 3, 3, 2.
    assert curve(frame, RANDOM) == [0.055, 0.03, 0.025]
    # Search 1 holds points 2, 3, 3 and search 2 points 0, 2, 2.
    assert curve(frame, TPE) == [0.05, 0.005, 0.005]


def test_parameters_are_those_of_the_network_without_building_it(store: Store) -> None:
    grid = frame_of(store).query("part == 'grid'")
    assert grid["truth"].tolist() == sorted(TRUTH)
    assert grid["rank"].tolist() == [1, 2, 3, 4]
    best = dict(grid["config"].iloc[0])
    assert best == POINTS[2]
    c1, c3, c5, f6 = 6, 8, 60, 42
    expected = 76 * c1 + (25 * c1 + 1) * c3 + (25 * c3 + 1) * c5 + (c5 + 1) * f6 + (f6 + 1) * 10
    assert grid["parameters"].iloc[0] == expected


def test_several_grids_are_averaged(store: Store) -> None:
    add_study(
        store, "again", {GRID: [whole(0.30, 0.15, 0.26, 0.21), whole(0.30, 0.14, 0.26, 0.21)]}, EXHAUSTED
    )
    frame = frame_of(store)
    assert frame.query("part == 'grid'")["truth"].round(6).tolist() == [0.18, 0.21, 0.24, 0.30]
    assert picked(frame, RANDOM)["regret"].round(6).tolist() == [0.0, 0.06]
    assert "each trained 3 times (study `again` and `truth`)" in REGRET.markdown(frame)


def test_a_grid_within_the_study_is_the_truth_and_no_competitor(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "one.sqlite"))
    add_study(store, "both", {GRID: [whole(*TRUTH)]}, EXHAUSTED)
    assert not REGRET.applies(frame_of(store, "both"))
    assert "No search of this study" in REGRET.markdown(frame_of(store, "both"))


@pytest.mark.parametrize(
    "change",
    [
        {"note": CUT},
        {"note": f"search ended: 9 trials; {EXHAUSTED}"},
        {"data": replace(DATA, content_hash="cd" * 32)},
        {"epochs": 6},
    ],
)
def test_another_task_or_half_a_grid_is_no_ground_truth(tmp_path: Path, change) -> None:
    store = Store(str(tmp_path / "s.sqlite"))
    add_study(store, "truth", {GRID: [whole(*TRUTH)]}, **{"note": EXHAUSTED} | change)
    add_study(store, "race", {RANDOM: [whole(*TRUTH)]})
    frame = frame_of(store)
    assert frame.empty and not REGRET.applies(frame)
    assert REGRET.figure(store, frame) is None and REGRET.picture(store, frame) is None


def test_random_search_that_tried_all_it_could_is_no_grid(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite"))
    add_study(store, "truth", {RANDOM: [whole(*TRUTH)]}, EXHAUSTED)
    assert grids(store, store.study("truth")) == {}


def test_a_configuration_that_is_no_point_of_the_grid_has_no_regret(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite"))
    add_study(store, "truth", {GRID: [whole(*TRUTH)[:3]]}, EXHAUSTED)
    add_study(store, "race", {RANDOM: [[(0, 0.3), (3, 0.1), (1, 0.2)], [(1, 0.2), (0, 0.3), (2, 0.4)]]})
    frame = frame_of(store)
    found = picked(frame, RANDOM)
    assert found["truth"].isna().tolist() == [True, False]
    assert found["rank"].isna().tolist() == [True, False]
    assert curve(frame, RANDOM) == [0.075]  # later one of the two holds what the grid does not know
    text = REGRET.markdown(frame)
    assert "nan" not in text.lower() and "None" not in text and "<NA>" not in text


def test_failed_trials_count_and_hold_nothing(store: Store) -> None:
    grid = grids(store, store.study("race"))["lenet5-grid"]
    trials = [trial("race", RANDOM, 0, n, p, e) for n, (p, e) in enumerate([(0, None), (1, 0.2), (2, None)])]
    found = picks(trials, grid)
    assert [(pick.trials, pick.point.truth) for pick in found] == [(2, 0.25), (3, 0.25)]
    assert picks(trials[:1], grid) == []


def test_the_table_says_what_the_truth_is_worth(store: Store) -> None:
    text = REGRET.markdown(frame_of(store))
    lines = text.splitlines()
    row = next(line for line in lines if line.startswith(f"| {RANDOM}"))
    assert [cell.strip() for cell in row.strip("|").split("|")][1:8] == [
        *("2", "3", "16.50", "22.50", "2.50", "5.00", "2 of 4")
    ]
    assert "all 4 points of lenet5-grid, each trained once (study `truth`)" in text
    assert "dev error of 20.00 %" in text and "c1=6, c3=8" in text
    assert "One training a point leaves chance in the truth too" in text
    assert "Rank correlation of parameters and dev error over the grid: -0.40" in text


def test_page_and_report_draw_it(store: Store) -> None:
    frame = frame_of(store)
    untouched = frame.copy(deep=True)
    figure, picture = REGRET.figure(store, frame), REGRET.picture(store, frame)
    assert figure is not None and picture is not None
    pd.testing.assert_frame_equal(frame, untouched)
    drawn = json.loads(figure.to_json())
    assert "data set digits-32, stand-in" in drawn["layout"]["title"]["text"]
    assert [trace["name"] for trace in drawn["data"]] == [RANDOM, TPE, "the grid", RANDOM, TPE]
    assert len(png(picture)) > 5_000


def test_networks_of_unknown_size_have_no_second_panel(store: Store) -> None:
    frame = frame_of(store)
    frame["parameters"] = pd.NA
    figure, picture = REGRET.figure(store, frame), REGRET.picture(store, frame)
    assert [trace.name for trace in figure.data] == [RANDOM, TPE]
    assert len(picture.axes) == 1 and len(REGRET.picture(store, frame_of(store)).axes) == 2
    assert "Rank correlation" not in REGRET.markdown(frame)


def test_a_report_calls_digits_real_samples_with_noise_and_not_made_up(store: Store) -> None:
    opening = story.opening(summarize(store, "race"))
    assert "The data are a stand-in, real samples with noise added" in opening
    provenance = section("provenance").markdown(section("provenance").frame(store, "race"))
    assert "stand-in: real samples with noise added" in provenance
    assert "made" not in opening + provenance


@pytest.mark.slow
def test_a_report_has_it_where_there_is_a_ground_truth(store: Store, tmp_path: Path) -> None:
    report = write_report(store, "race", tmp_path / "out")
    assert "## Regret" in report.read_text() and (report.parent / "regret.png").exists()
    assert "## Regret" not in write_report(store, "truth", tmp_path / "out").read_text()
