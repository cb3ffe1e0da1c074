"""What results are called: no claim beyond the numbers, and always how much could have been missed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from reports.statistics import (
    compare,
    compare_systems,
    count_difference,
    pairs_to_detect,
    patient_difference,
    sentences,
)
from reports.statistics.__main__ import main, repeats_for, repeats_table


def scattered(shift: float, count: int, seed: int = 1) -> np.ndarray:
    return shift + np.random.default_rng(seed).normal(0, 0.01, count)


def test_a_difference_is_said_with_its_size_its_interval_and_how_often():
    found = compare(scattered(-0.05, 8))
    text = sentences.paired(found, "A", "B")
    assert text.startswith("Over 8 paired repeats A has the lower eval error, in 8 of 8")
    numbers = [float(number.replace("−", "-")) for number in re.findall(r"[+−]\d+\.\d\d", text)]
    assert numbers == pytest.approx(
        [100 * found.mean, 100 * found.interval.low, 100 * found.interval.high], abs=0.0051
    )
    assert f"p = {found.p:.3f}" in text and "no difference" not in text
    assert "B has the lower eval error" in sentences.paired(compare(scattered(0.05, 8)), "A", "B")


def test_no_difference_is_said_with_what_could_have_been_seen_and_is_no_proof():
    found = compare(scattered(0.0, 9))
    text = sentences.paired(found, "A", "B")
    assert "no difference is shown between A and B" in text
    assert f"A difference of about {100 * found.detectable:.2f} points would have been seen" in text
    assert "no proof that they are alike" in text


@pytest.mark.parametrize(
    ("count", "tests", "needed"),
    [(1, 1, "needs at least 6"), (2, 1, "needs at least 6"), (6, 2, "need at least 7")],
)
def test_too_few_repeats_show_nothing_however_large(count, tests, needed):
    text = sentences.paired(compare(scattered(-0.5, count), tests), "A", "B")
    assert "no difference between A and B, however large, could be told from chance" in text
    assert needed in text and "lower" not in text


def test_identical_values_are_called_so():
    text = sentences.paired(compare([0.0] * 7), "A", "B")
    assert text == "Over 7 paired repeats A and B have the same eval error each time: no difference is shown."
    errors = np.full((8, 3), 0.3)
    assert "all systems have the same eval error each time" in sentences.several(
        compare_systems("abc", errors)
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 7, 12])
@pytest.mark.parametrize("systems", [2, 4])
@pytest.mark.parametrize("scatter", [0.0, 0.02])
def test_no_sentence_holds_what_is_no_number(count, systems, scatter):
    rng = np.random.default_rng(count)
    errors = 0.3 + rng.normal(0, scatter, (count, systems)) + 0.01 * np.arange(systems)
    names = [f"S{place}" for place in range(systems)]
    gap = compare(errors[:, 0] - errors[:, 1], tests=3)
    texts = [
        sentences.paired(gap, "A", "B"),
        sentences.planning(gap),
        sentences.several(compare_systems(names, errors)),
        sentences.several(compare_systems(names, errors, reference="S1"), reference="chance"),
        sentences.several(compare_systems(names, errors, ranked=True), "data set"),
        sentences.samples_luck(count_difference(0.0, 0.0, 10)),
        sentences.samples_luck(patient_difference([1] * count, [0] * count, [9] * count)),
    ]
    assert not re.search(r"\b(nan|inf|None)\b", " ".join(texts)), texts


def test_the_luck_of_samples_is_told_from_a_difference():
    small, large = (sentences.samples_luck(count_difference(rate, 0.30, 400)) for rate in (0.32, 0.45))
    assert "Counted on 400 eval samples" in small and "no evidence that either is better" in small
    assert "would have shown in four of five such counts" in small
    assert "so it is more than the luck of the samples" in large
    few = sentences.samples_luck(patient_difference([3, 4], [1, 2], [9, 9]))
    assert "come from 2 patients" in few and "so few patients do not say" in few


def test_a_plan_names_the_repeats_that_such_a_difference_takes():
    found = compare([-0.01, -0.03, 0.01])
    needed = pairs_to_detect(found.mean, found.spread)
    assert f"about {needed} paired repeats" in sentences.planning(found)
    assert sentences.planning(compare(scattered(-0.05, 8))) == ""  # it is shown already


def test_several_systems_on_data_sets_of_different_difficulty():
    """A point on an easy set and ten on a hard one count alike, by ranks."""
    base = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5])
    errors = np.stack([0.9 * base, base, base * 1.001], axis=1)
    text = sentences.several(compare_systems(["a", "b", "c"], errors, ranked=True), "data set")
    assert "Over 8 data sets" in text and "a has a lower eval error than b in 8 of 8" in text
    assert "no proof" not in text


def test_the_direction_is_that_of_the_test():
    """Lower on eleven data sets, far higher on one: ranks say lower, the mean alone would not."""
    gaps = np.append(-np.linspace(0.011, 0.021, 11), 0.3)
    found = compare(gaps, ranked=True)
    assert found.mean > 0 and found.shown and found.first_is_lower
    assert "A has the lower eval error, in 11 of 12" in sentences.paired(found, "A", "B", "data set")


def test_the_page_holds_the_table_that_the_command_prints(repo_root: Path):
    assert repeats_table() in (repo_root / "docs" / "statistics.md").read_text(encoding="utf-8")


def test_the_command_answers_how_many_repeats_it_takes(capsys: pytest.CaptureFixture[str]):
    assert repeats_for(1.0, 1.3, 3).startswith(f"About {pairs_to_detect(1.0, 1.3, 3)} paired repeats")
    assert repeats_for(0.0001, 9.0, 1).startswith("No number of paired repeats")
    with pytest.raises(SystemExit) as left:
        main(["--difference", "much"])
    assert left.value.code == 2 and "much is no number above 0" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--difference", "1"])
    assert "belong together" in capsys.readouterr().err
    main(["--difference", "1", "--scatter", "1.3", "--comparisons", "3"])
    assert capsys.readouterr().out.strip() == repeats_for(1.0, 1.3, 3)
