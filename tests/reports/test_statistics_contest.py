"""Statistics of contests, against SciPy, cases worked by hand, and what the study on people printed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from datasets.study import study_figures, study_people
from reports import statistics

#: Weeks of remission with 6-mercaptopurine and without (Freireich et al. 1963, Blood 21), the case of most textbooks.
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [bool(int(letter)) for letter in "111010100110001100000"]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


@pytest.fixture
def groups() -> dict[str, list[float]]:
    rng = np.random.default_rng(4)
    sizes = {"novice": (8, 0.3), "medium": (11, 0.5), "expert": (12, 0.6)}
    return {name: list(rng.normal(mean, 0.2, count)) for name, (count, mean) in sizes.items()}


def test_kaplan_meier_and_greenwood_are_the_textbooks() -> None:
    found = statistics.kaplan_meier(DRUG, RELAPSED)
    assert list(found.times) == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    assert found.error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=6e-5)
    assert list(found.at_risk) == [21, 17, 15, 12, 11, 7, 6]
    assert (found.count, found.events, found.median) == (21, 9, 23)
    other = stats.ecdf(
        stats.CensoredData(
            uncensored=[t for t, e in zip(DRUG, RELAPSED, strict=True) if e],
            right=[t for t, e in zip(DRUG, RELAPSED, strict=True) if not e],
        )
    ).sf
    interval = other.confidence_interval(method="log-log")
    for place, share, low, high in zip(found.times, found.share, found.low, found.high, strict=True):
        expected = tuple(float(sf.evaluate(place)) for sf in (other, interval.low, interval.high))
        assert (share, low, high) == pytest.approx(expected)


def test_nobody_who_never_arrived_counts_as_arrived() -> None:
    """Three of four made 5, 8 and 10 tries and never reached it: the imputed median would be 6.5."""
    found = statistics.kaplan_meier([2, 5, 8, 10], [True, False, False, False])
    assert math.isinf(found.median)
    assert list(found.share) == [0.75]
    everybody = statistics.kaplan_meier([1, 2, 2, 5], [True] * 4)
    assert list(everybody.share) == pytest.approx([0.75, 0.25, 0])
    assert math.isnan(everybody.low[-1])
    nobody = statistics.kaplan_meier([4, 4], [False, False])
    assert (len(nobody.times), nobody.events, nobody.median) == (0, 0, math.inf)


def test_log_rank_is_the_textbooks_and_scipys() -> None:
    two = {"drug": (DRUG, RELAPSED), "placebo": (PLACEBO, [True] * 21)}
    statistic, p = statistics.log_rank(two) or (0, 1)
    assert statistic == pytest.approx(16.79, abs=0.01)
    drug = stats.CensoredData.right_censored(DRUG, [not one for one in RELAPSED])
    assert p == pytest.approx(stats.logrank(drug, stats.CensoredData(PLACEBO)).pvalue)


def test_log_rank_of_three_groups() -> None:
    """Of three equal groups nothing; and the third group splits the placebo group without adding anything."""
    alike = {name: (PLACEBO, [True] * 21) for name in "abc"}
    assert statistics.log_rank(alike) == pytest.approx((0, 1))
    three = {
        "drug": (DRUG, RELAPSED),
        "odd": (PLACEBO[::2], [True] * 11),
        "even": (PLACEBO[1::2], [True] * 10),
    }
    statistic, p = statistics.log_rank(three) or (0, 1)
    assert 16.79 < statistic < 18 and p == pytest.approx(stats.chi2.sf(statistic, 2))
    assert statistics.log_rank({"few": ([1, 2, 3, 4], [True] * 4), "drug": (DRUG, RELAPSED)}) is None
    assert statistics.log_rank({name: ([3] * 6, [False] * 6) for name in "ab"}) is None


def test_groups_agree_with_scipy(groups: dict[str, list[float]]) -> None:
    found = statistics.compare_groups(groups)
    assert found is not None
    expected = stats.kruskal(*groups.values())
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    single = {
        (pair.first, pair.second): stats.mannwhitneyu(
            groups[pair.first], groups[pair.second], method="exact"
        ).pvalue
        for pair in found.pairs
    }
    assert [pair.p for pair in found.pairs] == pytest.approx(list(single.values()))
    assert [pair.corrected for pair in found.pairs] == pytest.approx(statistics.holm(list(single.values())))
    assert dict(found.sizes) == {"novice": 8, "medium": 11, "expert": 12}


def test_four_against_four_is_not_compared(groups: dict[str, list[float]]) -> None:
    assert statistics.compare_groups(groups | {"novice": [0.1] * 4, "medium": [0.9] * 4}) is None
    least = stats.mannwhitneyu([1, 2, 3, 4], [5, 6, 7, 8]).pvalue
    assert 3 * least > 0.05 > 3 * stats.mannwhitneyu(range(5), range(5, 10)).pvalue
    assert statistics.GROUP_FROM == 5


def test_a_reference_leaves_out_the_pairs_of_others(groups: dict[str, list[float]]) -> None:
    found = statistics.compare_groups(groups, reference="novice")
    assert found is not None
    assert [(pair.first, pair.second) for pair in found.pairs] == [("medium", "novice"), ("expert", "novice")]
    assert statistics.compare_groups(groups, reference="nobody") is None
    equal = statistics.compare_groups({"a": [0.5] * 6, "b": [0.5] * 7})
    assert equal is not None and equal.p == 1 and equal.pairs[0].delta == 0 and not equal.pairs[0].shown


def test_cliffs_delta_by_hand() -> None:
    # Of the pairs (1|2, 2|2, 4|2, 1|3, 2|3, 4|3) two are up and three down.
    delta, low, high = statistics.cliffs_delta([1, 2, 4], [2, 3])
    assert delta == pytest.approx(-1 / 6)
    assert -1 <= low < delta < high <= 1
    delta, low, high = statistics.cliffs_delta([5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 0])
    assert (delta, high) == (1, 1) and 0 < low < 0.2  # (5 - 3.84) / (5 + 3.84)
    mirrored = statistics.cliffs_delta([1, 2, 3, 4, 0], [5, 6, 7, 8, 9, 10, 11, 12])
    assert mirrored == pytest.approx((-delta, -high, -low))


def test_the_interval_of_cliffs_delta_holds() -> None:
    rng = np.random.default_rng(1)
    truth = 2 * stats.norm.cdf(1 / math.sqrt(2)) - 1
    inside = 0
    for _ in range(400):
        _, low, high = statistics.cliffs_delta(rng.normal(1, 1, 8), rng.normal(0, 1, 12))
        inside += low <= truth <= high
    assert 0.91 < inside / 400 < 0.975


def test_spearman_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    months = rng.integers(0, 20, 31)
    accuracy = 0.02 * months + rng.normal(0.4, 0.15, 31)
    found, expected = statistics.associate(months, accuracy), stats.spearmanr(months, accuracy)
    assert found is not None
    assert (found.rho, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.low < found.rho < found.high
    assert statistics.associate(months[:9], accuracy[:9]) is None
    assert statistics.associate([3] * 31, accuracy) is None
    perfect = statistics.associate(range(12), range(12))
    assert perfect is not None and perfect.rho == 1 and perfect.p == pytest.approx(2 / math.factorial(12))
    with pytest.raises(ValueError, match="no pairs"):
        statistics.associate([1, 2], [1])


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_levene_agrees_with_scipy(groups: dict[str, list[float]], centre: str) -> None:
    two = [groups["novice"], groups["expert"]]
    found, expected = statistics.levene(two, centre), stats.levene(*two, center=centre)
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert (found.first, found.second) == (1, 18)
    assert statistics.levene_p(found.statistic, 1, 18) == pytest.approx(found.p)


def test_levene_sees_scatter_and_no_shift() -> None:
    """The study's reading, that its groups differ in how good they are, does not follow."""
    rng = np.random.default_rng(2)
    shifted = [(rng.normal(40, 5, 8), rng.normal(60, 5, 12)) for _ in range(200)]
    levene = np.mean([statistics.levene(pair, "median").p < 0.05 for pair in shifted])
    ranks = np.mean([statistics.mann_whitney(*pair) < 0.05 for pair in shifted])
    assert levene < 0.12 and ranks > 0.97


def test_the_bell_curve_agrees_with_scipy() -> None:
    values = np.random.default_rng(5).gamma(1.0, size=31)
    found, expected = statistics.bell(values), stats.normaltest(values)
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert statistics.bell_p(found.statistic) == pytest.approx(found.p)
    assert statistics.bell(values[:19]) is None


def test_a_person_against_runs_shares_the_luck_of_the_seeds() -> None:
    """A seed that is good for everybody tells nothing of who is better."""
    rng = np.random.default_rng(6)
    luck = rng.normal(0, 0.1, 10)
    runs = 0.30 + luck + rng.normal(0, 0.004, (8, 1)) + rng.normal(0, 0.002, (8, 10))
    better = statistics.against_runs(0.27 + luck, runs)
    assert better.shown and better.difference.high < 0
    assert (better.beaten, better.runs, better.seeds) == (8, 8, 10)
    shuffled = statistics.against_runs(0.27 + rng.permutation(luck), runs)
    assert not shuffled.shown
    assert better == statistics.against_runs(0.27 + luck, runs)


def test_the_interval_against_runs_holds() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(150):
        luck = rng.normal(0, 0.01, 10)
        runs = 0.3 + luck + rng.normal(0, 0.02, (5, 1)) + rng.normal(0, 0.01, (5, 10))
        found = statistics.against_runs(0.3 + luck + rng.normal(0, 0.01, 10), runs)
        inside += found.difference.low <= 0 <= found.difference.high
    assert inside / 150 > 0.92


def test_few_runs_and_other_shapes_give_no_interval() -> None:
    few = statistics.against_runs([0.2] * 10, [[0.3] * 10] * 4)
    assert not few.enough and not few.shown and few.difference.mean == pytest.approx(-0.1)
    with pytest.raises(ValueError, match="do not fit"):
        statistics.against_runs([0.2] * 9, [[0.3] * 10] * 4)
    with pytest.raises(ValueError, match="finite"):
        statistics.against_runs([0.2, math.nan], [[0.3] * 2] * 5)


def test_the_power_of_the_studys_numbers() -> None:
    sizes = [(8, 11), (8, 12), (11, 12)]
    single = [statistics.detectable_effect(*pair) for pair in sizes]
    corrected = [statistics.detectable_effect(*pair, tests=3) for pair in sizes]
    assert 1.2 < min(single) < max(single) < 1.45
    assert 1.45 < min(corrected) < max(corrected) < 1.7
    assert statistics.detectable_correlation(31) == pytest.approx(0.5, abs=0.01)
    assert abs((statistics.people_for_effect(0.8, 3) or 0) - 37) <= 1
    assert statistics.detectable_effect(1, 30) == math.inf
    assert statistics.detectable_correlation(3) == 1
    assert statistics.people_for_correlation(0.01) is None


def test_the_power_is_what_simulated_contests_have() -> None:
    rng = np.random.default_rng(8)
    shift = statistics.detectable_effect(11, 12)
    seen = [
        statistics.mann_whitney(rng.normal(shift, 1, 11), rng.normal(0, 1, 12)) < 0.05 for _ in range(500)
    ]
    assert 0.74 < np.mean(seen) < 0.86
    rho, count = statistics.detectable_correlation(31), 31
    # Bell-shaped values with this rank correlation (Pearson 1907).
    both = rng.multivariate_normal(
        [0, 0],
        [[1, 2 * math.sin(math.pi * rho / 6)]] * 1 + [[2 * math.sin(math.pi * rho / 6), 1]],
        (500, count),
    )
    found = [statistics.associate(*pairs.T) for pairs in both]
    assert 0.74 < np.mean([one is not None and one.shown for one in found]) < 0.86


def test_what_the_study_printed() -> None:
    """Its p-values from its own statistics: which hold, and which do not."""
    sizes = {name: int(study_people(name)) for name in ("novice", "medium", "expert")}
    assert sum(sizes.values()) == study_people("people")
    for pair, printed in (("novice_medium", 0.01), ("novice_expert", 0.001), ("medium_expert", 0.029)):
        first, second = pair.split("_")
        p = statistics.levene_p(study_people(f"{pair}_levene"), 1, sizes[first] + sizes[second] - 2)
        assert p == pytest.approx(printed, abs=5e-4), pair
        assert f"p = {printed:g}".replace("0.", ".") in study_figures()[f"{pair}_levene"].printed
    assert statistics.bell_p(study_people("months_k2")) == pytest.approx(0.02, abs=0.005)
    assert statistics.bell_p(study_people("accuracy_k2")) == pytest.approx(0.000019, abs=5e-7)
    for quantity, thirty, thirty_one in (
        ("spearman_article", 0.0004, 0.00034),
        ("spearman_chapter", 0.00018, 0.00014),
    ):
        rho = study_people(quantity)
        assert statistics.spearman_p(rho, 30) == pytest.approx(thirty, rel=0.1)
        assert statistics.spearman_p(rho, 31) == pytest.approx(thirty_one, rel=0.02)
        assert statistics.spearman_p(rho, 31) < 0.9 * thirty
    low, high = statistics.spearman_interval(study_people("spearman_article"), 31)
    assert (low, high) == pytest.approx((0.29, 0.80), abs=0.006)
    assert math.sqrt(642.52) == pytest.approx(25.35, abs=0.005)
    assert round(math.sqrt(642.52), 1) == study_people("random_sd")
    assert math.sqrt(692.65) == pytest.approx(study_people("final_accuracy_sd"), abs=0.005)
    assert round(study_people("configurations") / study_people("people"), 1) == 14.9
    # Printed to two digits, the correlation goes with a p from .0005 to .0009: its .0007 holds.
    assert statistics.spearman_p(-0.585, 31) < 0.0007 < statistics.spearman_p(-0.575, 30)
    assert study_people("guess_rho") == -0.58
