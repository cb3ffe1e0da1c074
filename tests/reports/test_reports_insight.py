"""The sections on hyperparameters, on a study whose truth is known: the records follow a rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tuners"))

from insight_records import COLLAPSED, DIVERGED, RANDOM, SPACE, TPE, add_searched_study

from reports.section import section
from reports.sections.contour import grid_of, pair_of
from reports.trial_frame import Axis, axes_of, drawn, of_system, trial_frame
from tuners.insight import store_insights
from tuners.space import Choice, Float, Int
from tuners.store import Store

NAMES = ("importances", "parallel", "slices", "contour", "boundaries", "failure-map")
STUDY, OLD, SMALL = "searched", "old", "small"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(str(tmp_path_factory.mktemp("insight") / "h.sqlite"))
    add_searched_study(store, STUDY, trials=30, repeats=2)
    store_insights(store, STUDY)
    texts = [{k: row[k] for k in ("parameter", "values", "scale", "active when")} for row in SPACE.describe()]
    add_searched_study(store, OLD, trials=20, repeats=1, space=texts)
    add_searched_study(store, SMALL, trials=5, repeats=1)
    yield store
    store.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("study", [STUDY, OLD])
def test_sections_apply_and_draw_the_same_twice(store: Store, name: str, study: str) -> None:
    part = section(name)
    frame = part.frame(store, study)
    assert part.applies(frame)
    figure, picture = part.figure(store, frame), part.picture(store, frame)
    assert (figure is None) == (picture is None)
    text = part.markdown(frame)
    assert "nan" not in text.replace("became nan", "")
    assert text == part.markdown(part.frame(store, study))


@pytest.mark.parametrize("name", NAMES)
def test_a_small_study_has_none_of_them_in_its_report(store: Store, name: str) -> None:
    part = section(name)
    assert not part.applies(part.frame(store, SMALL))


def test_importances_name_the_learning_rate_and_how_far_to_trust_them(store: Store) -> None:
    part = section("importances")
    frame = part.frame(store, STUDY)
    first = frame.groupby("system").first()["parameter"]
    assert dict(first) == {RANDOM: "learning_rate", TPE: "learning_rate"}
    text = part.markdown(frame)
    assert f"- {RANDOM}: the forest predicts" in text
    assert "of trials with layers in 2, 3" in text


def test_importances_that_are_not_computed_say_how(store: Store) -> None:
    text = section("importances").markdown(section("importances").frame(store, OLD))
    assert "python -m tuners.insight old" in text


def test_importances_of_fewer_trials_than_now_say_so(store: Store) -> None:
    found = store.insights(STUDY, "importance")[TPE]
    store.add_insight(STUDY, TPE, "importance", found | {"trials": 3})
    try:
        text = section("importances").markdown(section("importances").frame(store, STUDY))
        assert "computed when 3 of now" in text
    finally:
        store.add_insight(STUDY, TPE, "importance", found)


@pytest.mark.parametrize(
    ("domain", "values", "places"),
    [
        (Float(1e-4, 1e-1, log=True), [1e-4, 10**-2.5, 1e-1], [0, 0.5, 1]),
        (Float(-1.0, 1.0), [-1.0, 0.5, None], [0, 0.75, np.nan]),
        (Int(8, 24, step=8), [8, 16, 24], [0, 0.5, 1]),
        (Int(1, 100, log=True), [1, 10, 100], [0, 0.5, 1]),
        (Choice(("a", "b", "c")), ["c", "a", pd.NA], [1, 0, np.nan]),
        (Choice((True, False)), [False, True], [1, 0]),
    ],
)
def test_a_value_has_its_place_on_the_scale(domain, values, places) -> None:
    np.testing.assert_allclose(Axis("p", domain).positions(values), places, atol=1e-12)


def test_marks_of_an_axis_are_its_values_or_decades() -> None:
    assert Axis("p", Float(1e-4, 1e-1, log=True)).ticks()[1] == ["0.0001", "0.001", "0.01", "0.1"]
    assert Axis("p", Choice((32, 64, 128))).ticks() == ([0.0, 0.5, 1.0], ["32", "64", "128"])
    assert Axis("p", Int(1, 3)).ticks()[1] == ["1", "2", "3"]
    assert not Axis("p", Choice(("a", "b"))).ordered
    assert not Axis("p", Choice((True, False))).ordered
    assert Axis("p", Choice((32, 64))).ordered
    assert not Axis("p", Choice((64, 32))).ordered


def test_older_rows_keep_their_log_scale_and_know_no_edge(store: Store) -> None:
    frame = trial_frame(store, OLD)
    axes = {axis.name: axis for axis in axes_of(frame)}
    assert axes["learning_rate"].domain.log
    assert not any(axis.exact for axis in axes.values())
    part = section("boundaries")
    edges = part.frame(store, OLD)
    assert edges.empty
    assert f"{RANDOM} was recorded without the numbers of its search space" in part.markdown(edges)


def test_the_most_important_axis_comes_first(store: Store) -> None:
    assert axes_of(trial_frame(store, STUDY))[0].name == "learning_rate"


def test_cells_hold_the_mean_of_their_trials_and_nothing_else(store: Store) -> None:
    frame = trial_frame(store, STUDY)
    frame.attrs["pair"] = ("learning_rate", "activation")
    x, y = pair_of(frame)
    grid = grid_of(frame)
    rows = of_system(frame)
    rows = rows[rows["dev_error"].notna()]
    assert grid.count.sum() == len(rows)
    assert np.isnan(grid.mean[grid.count == 0]).all()
    inside = rows[(rows[x.column] < 10**-3.5) & (rows[y.column] == "tanh")]
    assert grid.count[1, 0] == len(inside)
    assert grid.mean[1, 0] == pytest.approx(inside["dev_error"].mean())


def test_results_that_were_told_again_count_once_and_are_said(store: Store) -> None:
    frame = trial_frame(store, STUDY)
    frame.attrs["system"] = TPE
    again = sum(t.repeat_of is not None for t in store.trials(STUDY, TPE))
    assert again > 0
    assert len(of_system(frame)) == 2 * 30 - again
    text = section("boundaries").markdown(section("boundaries").frame(store, STUDY))
    assert f"{TPE} asked for {again} of 60 configurations again" in text


def test_an_edge_is_a_warning_with_the_way_out(store: Store, tmp_path: Path) -> None:
    other = Store(str(tmp_path / "h.sqlite"))
    add_searched_study(other, trials=60, repeats=1)
    part = section("boundaries")
    with other.engine.begin() as connection:
        # The winner's rate moves to within 2 % of the scale's upper end, its dropout into the middle.
        connection.exec_driver_sql(
            "UPDATE trials SET dev_error = 0.01, config = json_set(config, '$.learning_rate', 0.095, "
            f"'$.dropout', 0.2) WHERE system = '{RANDOM}' AND number = (SELECT number FROM trials WHERE "
            f"system = '{RANDOM}' AND state = 'complete' ORDER BY number LIMIT 1)"
        )
    frame = part.frame(other, "searched")
    own = frame[frame["system"] == RANDOM].set_index("parameter")
    assert own.loc["learning_rate", "end"] == "upper"
    assert own.loc["learning_rate", "chance"] == pytest.approx(0.02)
    assert "dropout" not in own.index
    assert not {"activation", "batch_norm"} & set(frame["parameter"]), "they have no order"
    assert (
        "learning\\_rate = 0.095 lies at the upper end (0.0001 to 0.1, log): widen the space upwards"
        in part.markdown(frame)
    )


def test_failures_are_counted_where_they_were(store: Store) -> None:
    part = section("failure-map")
    frame = part.frame(store, STUDY)
    own = frame[(frame["system"] == RANDOM) & (frame["parameter"] == "learning_rate")]
    records = [t for t in store.trials(STUDY, RANDOM) if t.repeat_of is None]
    assert own["trials"].sum() == len(records)
    troubled = [t for t in records if t.state in ("failed", "degenerate")]
    assert own["troubled"].sum() == len(troubled)
    assert own.iloc[-1]["share"] > 0.6 > own.iloc[0]["share"]
    assert own.iloc[-1]["reason"] == DIVERGED
    text = part.markdown(frame)
    assert "`learning_rate` 0.0178 to 0.1" in text
    assert COLLAPSED in text, "high dropout answers one class"


def test_of_very_many_trials_the_best_are_drawn_and_the_rest_sampled(store: Store) -> None:
    frame = trial_frame(store, STUDY)
    many = pd.concat([of_system(frame)] * 20, ignore_index=True)
    shown, note = drawn(many)
    assert len(shown) == 1000
    assert note.startswith(f"1,000 of {len(many):,} trials drawn")
    assert set(many["dev_error"].nsmallest(100).index) <= set(shown.index)
    assert list(drawn(many)[0].index) == list(shown.index)
