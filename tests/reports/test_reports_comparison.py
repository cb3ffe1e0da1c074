"""Tuners in comparison: curves, ranks, and sentences that claim no more than the repeats allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from report_records import TUNED, make_data, make_score, make_study, make_trial

from reports import statistics, story
from reports.comparison import bands, ranking, verdict
from reports.markdown import write_report
from reports.section import section
from tuners.record import SearchRecord, StudyRecord, SystemRecord, SystemSpec
from tuners.store import Store
from tuners.summary import summarize

TUNERS = ("keras-random", "pso", "optuna-tpe")

#: Eval errors by tuner, for any number of repeats.
Errors = dict[str, list[float]]


@pytest.fixture
def compared(tmp_path: Path) -> Callable[[Errors], Store]:
    """`compared(errors)`: a store with a study "race" of these tuners on one model, a repeat an error."""

    def make(errors: Errors) -> Store:
        store = Store(str(tmp_path / "handtune.sqlite"))
        labels = {tuner: f"MLP-A1 ({tuner})" for tuner in errors}
        specs = tuple(SystemSpec(label, "mlp-a1", tuner) for tuner, label in labels.items())
        repeats = max(len(own) for own in errors.values())
        study: StudyRecord = make_study("race", make_data(tmp_path / "data"), repeats)
        study = replace(study, spec=replace(study.spec, systems=specs))
        done = [SearchRecord(n, "scored", 0.1, 1, "search ended: 3 trials") for n in range(repeats)]
        systems = [
            SystemRecord(
                "race",
                spec.label,
                spec.learner,
                spec.tuner,
                place,
                searches=tuple(done[: len(errors[spec.tuner])]),
            )
            for place, spec in enumerate(specs)
        ]
        store.create_study(study, systems)
        for spec in specs:
            for repeat, error in enumerate(errors[spec.tuner]):
                for number, dev in enumerate((0.5, error - 0.05, error)):
                    trial = make_trial(spec.label, number, "complete", dev, seconds=10.0, epochs=2)
                    store.add_trial(replace(trial, study="race", repeat=repeat))
                score = make_score("race", TUNED, repeat, (0.1, error - 0.02, error), 1)
                store.add_score(replace(score, system=spec.label, surface=None))
        return store

    return make


def noisy(base: float, count: int, seed: int) -> list[float]:
    return list(base + np.random.default_rng(seed).normal(0, 0.01, count))


def test_a_curve_is_the_mean_of_its_searches_at_what_they_had_spent(compared):
    store = compared({"keras-random": [0.3, 0.4], "pso": [0.2, 0.2]})
    trials = store.trials("race")
    band = bands(trials, "trials")["MLP-A1 (keras-random)"]
    assert list(band.x) == [1, 2, 3]
    assert list(band.mean) == pytest.approx([0.5, 0.3, 0.3])
    assert list(bands(trials, "epochs")["MLP-A1 (pso)"].x) == [2, 4, 6]
    assert list(bands(trials, "seconds")["MLP-A1 (pso)"].x) == [10, 20, 30]
    assert (band.low <= band.mean).all() and (band.mean <= band.high).all()


def test_a_curve_that_stands_still_is_drawn_by_its_ends(compared):
    store = compared({"keras-random": [0.4, 0.4], "pso": [0.3, 0.3]})
    part = section("race")
    frame = part.frame(store, "race")
    curve = frame[(frame["system"] == "MLP-A1 (pso)") & (frame["against"] == "trials")]
    flat = frame.drop(curve.index)
    count = 200
    still = {"system": "MLP-A1 (pso)", "against": "trials", "low": 0.2, "high": 0.3, "searches": 2}
    long = [still | {"spent": n + 1, "mean": 0.25 if n < 150 else 0.24} for n in range(count)]
    longer = pd.concat([flat, pd.DataFrame(long)], ignore_index=True)
    longer.attrs = frame.attrs
    lines = [t for t in part.figure(store, longer).data if t.name == "MLP-A1 (pso)" and t.line.width == 2.5]
    assert list(lines[0].x) == [1, 151, 200]
    assert list(lines[0].y) == [0.25, 0.24, 0.24]
    assert list(lines[1].x) == [200], "the mark stands at the end"


def test_two_repeats_show_nothing_and_the_report_says_so(compared):
    store = compared({"keras-random": [0.40, 0.41], "pso": [0.20, 0.21], "optuna-tpe": [0.3, 0.3]})
    text = verdict(ranking(store, "race"))
    assert "With 2 paired repeats no difference from random search, however large" in text
    assert "need at least 7 paired repeats" in text


def test_a_clear_difference_is_claimed_with_its_size_and_no_other(compared):
    store = compared(
        {"keras-random": noisy(0.4, 9, 1), "pso": noisy(0.3, 9, 2), "optuna-tpe": noisy(0.4, 9, 3)}
    )
    found = ranking(store, "race")
    assert found.by_rank[0] == "pso"
    assert found.overall < 0.01
    text = verdict(found)
    gap = found.against("pso")
    assert gap is not None and gap.shown and gap.interval.high < 0 and (gap.lower, gap.pairs) == (9, 9)
    assert (
        f"pso has a lower eval error than random search in 9 of 9 ({100 * -gap.mean:.2f} points on average"
        in text
    )
    assert "No difference from random search is shown for optuna-tpe." in text
    assert "This holds for this data set, model and budget." in text


def test_a_worse_tuner_is_called_worse(compared):
    store = compared({"keras-random": noisy(0.3, 8, 1), "pso": noisy(0.4, 8, 2)})
    text = verdict(ranking(store, "race"))
    assert "pso has a higher eval error than random search in 8 of 8" in text


def test_no_difference_is_no_proof_that_tuners_are_alike(compared):
    store = compared({tuner: noisy(0.4, 8, seed) for seed, tuner in enumerate(TUNERS)})
    found = ranking(store, "race")
    text = verdict(found)
    assert "no tuner's eval error can be told from that of random search" in text
    assert "this is no proof that they are alike" in text
    largest = max(pair.paired.detectable for pair in found.pairs)
    assert f"A difference of about {100 * largest:.2f} points would have been seen" in text


def test_without_random_search_each_tuner_is_compared_with_each(compared):
    errors = {"bohb": noisy(0.4, 9, 1), "pso": noisy(0.3, 9, 2), "optuna-tpe": noisy(0.4, 9, 3)}
    found = ranking(compared(errors), "race")
    assert found.reference is None and len(found.pairs) == 3
    text = verdict(found)
    assert "pso has a lower eval error than bohb in 9 of 9" in text
    assert "No difference is shown among optuna-tpe and bohb." in text


def test_the_table_of_pairs_shows_what_the_layer_computed(compared):
    store = compared({"keras-random": noisy(0.31, 9, 1), "pso": noisy(0.3, 9, 2)})
    part = section("final")
    frame = part.frame(store, "race")
    gap = ranking(store, "race").against("pso")
    row = next(
        line for line in part.markdown(frame).splitlines() if line.startswith("| pso less keras-random")
    )
    cells = [cell.strip().replace("−", "-") for cell in row.split("|")[2:-1]]
    numbers = [float(cells[place]) for place in (0, 4, 5, 6)]
    assert numbers == pytest.approx(
        [100 * gap.mean, gap.effect, gap.corrected, 100 * gap.detectable], abs=0.0051
    )
    assert cells[3] == f"{gap.lower} of 9"


def opening(store: Store) -> str:
    return story.opening(summarize(store, "race"))


def test_the_opening_pairs_what_was_searched_from_the_same_seeds(compared):
    text = opening(compared({"keras-random": noisy(0.4, 9, 1), "pso": noisy(0.38, 9, 2)}))
    assert "Over 9 paired repeats MLP-A1 (pso) has the lower eval error, in 9 of 9" in text
    assert "the luck of the samples alone leaves this difference anywhere from" in text
    assert "whether other samples would say the same is open" in text  # 2 points on 400 samples
    assert "were picked" not in text  # there was one pair only


def test_the_opening_says_how_many_repeats_it_would_take(compared):
    errors = {"keras-random": [0.40, 0.42, 0.41], "pso": [0.39, 0.42, 0.40], "bohb": [0.5, 0.5, 0.5]}
    text = opening(compared(errors))
    assert "picked by their eval errors out of 3 such pairs" in text
    assert (
        "Over 3 paired repeats no difference between MLP-A1 (pso) and MLP-A1 (keras-random), however large"
        in text
    )
    needed = statistics.pairs_to_detect(0.02 / 3, float(np.std([0.01, 0.0, 0.01], ddof=1)), 3)
    assert f"it takes about {needed} paired repeats to be seen" in text


def test_a_system_that_was_trained_once_is_taken_as_fixed(compared):
    text = opening(compared({"keras-random": [0.41], "pso": noisy(0.3, 7, 2)}))
    assert "Over 7 repeats MLP-A1 (pso) has the lower eval error, in 7 of 7" in text
    assert "MLP-A1 (keras-random) was trained once, and its error is taken as fixed there." in text


def test_only_repeats_that_all_tuners_have_are_compared(compared):
    store = compared({"keras-random": [0.4, 0.41, 0.42], "pso": [0.3, 0.31]})
    assert ranking(store, "race").blocks == 2


def test_optimism_is_split_into_the_luck_of_a_training_and_the_way_to_eval(compared):
    store = compared({"keras-random": [0.4, 0.42], "pso": [0.3, 0.3]})
    frame = section("optimism").frame(store, "race").set_index("system")
    row = frame.loc["MLP-A1 (keras-random)"]
    # The winner of each search had dev error - 0.05; trained anew it has - 0.02 on dev.
    assert (row["luck"], row["shift"], row["optimism"]) == pytest.approx((0.03, 0.02, 0.05))
    assert row["low"] <= row["optimism"] <= row["high"]


@pytest.mark.slow
def test_the_report_has_the_comparison_and_one_tuner_alone_has_none(compared, store, tmp_path):
    text = write_report(
        compared({"keras-random": [0.4, 0.4], "pso": [0.3, 0.3]}), "race", tmp_path / "a"
    ).read_text()
    assert "## Searches in comparison" in text and "## Which tuner found more" in text
    assert (tmp_path / "a" / "race" / "race.png").stat().st_size > 10_000
    alone = write_report(store, "full", tmp_path / "b").read_text()
    assert "## Searches in comparison" not in alone and "## Which tuner found more" not in alone
