"""What the lowest of many dev errors is worth: arithmetic from fixed records, and chance where there is nothing else."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from report_records import TUNED, make_data
from selection_records import luck, write_searches

from reports.section import Section
from reports.sections.optimism import Optimism
from reports.sections.selection import Selection
from reports.selection import RULES, TURNED, candidates, incumbents, mean_incumbents, recheck
from reports.statistics import mean_interval
from tuners.store import Store

BEST, LAST = RULES["best"], RULES["last"]

#: By trial the errors on dev and on the second dev set after each epoch. The best epoch of the second is its first.
SEARCH = [
    [(0.40, 0.42), (0.30, 0.36)],
    [(0.25, 0.40), (0.35, 0.33)],
    None,
    [(0.28, 0.29), (0.27, 0.31)],
]
OTHER = [[(0.20, 0.30), (0.24, 0.26)], [(0.50, 0.50)], [(0.22, 0.24), (0.20, 0.26)], [(0.40, 0.40)]]


@pytest.fixture
def opened(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "s.sqlite"))


def read(store: Store, name: str, repeat: int = 0) -> list:
    trials = [trial for trial in store.trials(name) if trial.repeat == repeat]
    return candidates(trials, [epoch for epoch in store.epochs(name) if epoch.repeat == repeat])


def written(store: Store, tmp_path: Path, *searches: list, label: str = TUNED) -> str:
    return write_searches(store, make_data(tmp_path / "data"), searches, label)


def test_incumbents_follow_the_error_that_chooses(opened, tmp_path):
    search = read(opened, written(opened, tmp_path, SEARCH))
    best, last = incumbents(search, BEST), incumbents(search, LAST)
    assert best.chosen.tolist() == [0.30, 0.25, 0.25, 0.25]
    assert best.held.tolist() == [0.36, 0.40, 0.40, 0.40]
    assert last.chosen.tolist() == [0.30, 0.30, 0.30, 0.27]
    assert last.held.tolist() == [0.36, 0.36, 0.36, 0.31]
    turned = incumbents(search, TURNED["best"])
    assert turned.chosen.tolist() == [0.36, 0.33, 0.33, 0.29]
    assert turned.held.tolist() == [0.30, 0.35, 0.35, 0.28]


def test_there_is_no_incumbent_before_the_first_trial_that_could_win(opened, tmp_path):
    search = read(opened, written(opened, tmp_path, [None, *SEARCH]))
    assert np.isnan(incumbents(search, BEST).chosen[0])
    assert incumbents(search, BEST).chosen[1:].tolist() == [0.30, 0.25, 0.25, 0.25]


@pytest.mark.parametrize("rule", [BEST, LAST, TURNED["best"]])
def test_the_mean_over_all_orders_is_the_one_that_going_through_them_gives(opened, tmp_path, rule):
    search = read(opened, written(opened, tmp_path, SEARCH))
    curves = [incumbents(order, rule) for order in itertools.permutations(search)]
    mean = mean_incumbents(search, rule)
    for name in ("chosen", "held"):
        expected = np.nanmean([getattr(curve, name) for curve in curves], axis=0)
        assert getattr(mean, name) == pytest.approx(expected)


def test_the_short_list_is_rechecked_by_the_second_dev_set(opened, tmp_path):
    found = recheck(read(opened, written(opened, tmp_path, SEARCH)))
    assert (found.dev, found.second) == (0.25, 0.40)
    assert (found.chosen_dev, found.chosen_second) == (0.27, 0.31)


def test_rows_are_means_over_searches_with_their_interval(opened, tmp_path):
    name = written(opened, tmp_path, SEARCH, OTHER, label="MLP-A1 (x)")
    section: Section = Selection()
    frame = section.frame(opened, name)
    last = frame[(frame["rule"] == "best") & (frame["trials"] == 4)].iloc[0]
    assert (last["searches"], last["all_orders"]) == (2, True)  # keras-random
    assert last["dev"] == pytest.approx((0.25 + 0.20) / 2)
    assert last["second"] == pytest.approx((0.40 + 0.30) / 2)  # of equal dev errors, the earlier trial
    expected = mean_interval([0.15, 0.10])
    assert (last["gap"], last["gap_low"], last["gap_high"]) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )
    # In each other's place: chosen by the second 0.29 and 0.24, with dev errors of 0.28 and 0.22.
    assert last["curse"] == pytest.approx(np.mean([(0.15 - 0.01) / 2, (0.10 - 0.02) / 2]))
    assert last["eval"] == pytest.approx(0.3)
    again = frame[frame["rule"] == "recheck"].iloc[0]
    # Of the second search: trial 0 (0.20, 0.30) wins by dev, trial 2 (0.20, 0.26) among the short list.
    assert again["gap"] == pytest.approx(np.mean([0.31 - 0.40, 0.26 - 0.30]))
    text = section.markdown(frame)
    assert "| MLP-A1 (x) | 4 | 22.50 | 35.00 | +5.50 |" in text
    assert "second dev 35.00 %" in section.alt(frame)


def test_without_a_second_dev_set_the_promise_is_shown_and_called_one(opened, tmp_path):
    bare = [None if curve is None else [(dev, None) for dev, _ in curve] for curve in SEARCH]
    section = Selection()
    frame = section.frame(opened, written(opened, tmp_path, bare))
    text = section.markdown(frame)
    assert frame["second"].isna().all() and "curse" not in text
    assert f"| {TUNED} | 4 | 25.00 | 27.00 | 30.00 |" in text
    assert "nothing here tells how much of the fall of the dev error is luck" in text
    figure = section.figure(opened, frame)
    assert {trace.name for trace in figure.data} == {
        "dev, best epoch (chosen by it)",
        "dev, last epoch (chosen by it)",
    }


def test_a_study_with_nothing_to_choose_has_no_such_section(opened, tmp_path):
    section = Selection()
    frame = section.frame(opened, written(opened, tmp_path, [None, None]))
    assert not section.applies(frame) and section.figure(opened, frame) is None


def curses(trials: int, epochs: int, searches: int = 400, samples: int = 400) -> tuple[float, float, float]:
    """On random labels: what is promised, what is held, the curse both ways; means over searches."""
    rng = np.random.default_rng(3)
    drawn = [luck(rng, trials, samples, epochs) for _ in range(searches)]
    one = [incumbents(search, BEST) for search in drawn]
    other = [incumbents(search, TURNED["best"]) for search in drawn]
    chosen, held = (
        float(np.mean([getattr(curve, name)[-1] for curve in one])) for name in ("chosen", "held")
    )
    back = float(np.mean([curve.held[-1] - curve.chosen[-1] for curve in other]))
    return chosen, held, (held - chosen + back) / 2


def test_on_random_labels_the_chosen_error_is_too_low_and_the_held_one_is_not():
    deviation = 0.5 / np.sqrt(400)
    known = {2: 0.5642, 10: 1.5388, 30: 2.0428}  # expected largest of n standard normals
    spread = 4 * deviation / np.sqrt(400)  # of means over 400 searches
    for trials, expected in known.items():
        chosen, held, curse = curses(trials, epochs=1)
        assert held == pytest.approx(0.5, abs=spread)
        assert 0.5 - chosen == pytest.approx(expected * deviation, abs=spread)
        assert curse == pytest.approx(expected * deviation, abs=spread)


def test_the_best_of_more_epochs_is_luckier_than_the_last():
    once, often = curses(10, epochs=1)[2], curses(10, epochs=8)[2]
    assert often > 1.3 * once


def test_a_second_dev_set_tells_adaptation_from_the_way_to_eval(opened, tmp_path):
    section = Optimism()
    frame = section.frame(opened, written(opened, tmp_path, SEARCH))
    row = frame.iloc[0]
    # In the search 0.30; trained anew 0.20 on dev, 0.25 on the second dev set, 0.30 on eval.
    parts = (row["luck"], row["adapted"], row["unlike"], row["optimism"])
    assert parts == pytest.approx((-0.10, 0.05, 0.05, 0.0))
    assert "| 30.00 | 20.00 | 25.00 | 30.00 | −10.00 | +5.00 | +5.00 | +0.00 |" in section.markdown(frame)
    assert len(section.figure(opened, frame).data) == 3
