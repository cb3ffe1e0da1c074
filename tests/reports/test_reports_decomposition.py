"""The parts of an error: their arithmetic as printed, and what is said of them."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from report_records import FULL, TUNED, UNFINISHED, build_store
from sqlalchemy import delete, update

from datasets.percent import percent
from reports.decomposition import behind, known
from reports.section import section
from reports.sections.decomposition import answer, compared, drawn, signed
from tuners import schema
from tuners.record import BayesRecord
from tuners.store import Store


@pytest.fixture
def own_store(tmp_path: Path) -> Store:
    """A store that may be written to."""
    return Store(str(build_store(tmp_path)))


def test_every_row_adds_up_as_printed(store: Store) -> None:
    frame = section("decomposition").frame(store, FULL)
    assert len(frame) == 9  # three systems on three splits
    for _, row in frame.iterrows():
        whole = percent(row["ber"]) + percent(row["mismatch"]) + percent(row["excess"])
        assert round(whole, 2) == percent(row["error"])
        assert round(percent(row["model"]) + percent(row["chance"]), 2) == percent(row["excess"])
    knn = drawn(frame).set_index("system").loc["KNN"]
    assert (knn["error"], knn["ber"], knn["mismatch"]) == (0.3344, 0.11, 0.2)
    assert (knn["excess"], knn["model"], knn["chance"]) == (0.0244, 0.0218, 0.0026)
    assert (knn["regret"], knn["regret_error"], knn["model_error"]) == (0.2218, 0.004, 0.0015)
    assert set(frame[frame["split"] == "train"]["mismatch"]) == {0.0}


def test_rows_add_up_where_rounding_would_spoil_them() -> None:
    records = [
        BayesRecord("s", "eval", "exact", 0.182_049, 1e-4, {}),
        BayesRecord("s", "eval", "train-rule", 0.320_351, 2e-4, {}),
    ]
    found = known(records)["eval"]
    assert (found.ber, found.rule, found.mismatch, found.bound) == (0.182, 0.3204, 0.1384, 2e-4)
    assert known(records[:1]) == {}
    assert list(known([replace(records[0], split="train")])) == ["train"]


def test_repeats_are_averaged_but_not_their_points(store: Store) -> None:
    row = drawn(section("decomposition").frame(store, FULL)).set_index("system").loc[TUNED]
    assert row["repeats"] == 2
    assert row["error"] == 0.308  # of 0.31 and 0.306
    assert row["model_error"] == 0.0015  # both trainings answer the same points


def test_systems_are_compared_by_regret_over_the_same_points(store: Store) -> None:
    frame = section("decomposition").frame(store, FULL)
    own = drawn(frame).set_index("system")
    best, others = behind(frame)
    assert best == own["model"].idxmin() == own["regret"].idxmin()
    assert [other.gap for other in others] == sorted(other.gap for other in others)
    for other in others:
        gap = own["model"][other.system] - own["model"][best]
        errors = own["model_error"][other.system] + own["model_error"][best]
        assert other.gap == pytest.approx(gap)
        assert other.luck == pytest.approx(2.2414 * errors, rel=1e-4)  # 97.5 % for each of two comparisons
        assert other.shown == (gap > other.luck)
    (text,) = compared(frame)
    assert f"{best} loses least" in text
    told = text.partition("more than the luck of the points: ")[2].partition("No difference")[0]
    assert all((other.system in told) == other.shown for other in others)


def test_nothing_is_compared_without_regrets(store: Store) -> None:
    frame = section("decomposition").frame(store, FULL)
    assert compared(frame.assign(model=float("nan"))) == []
    assert compared(frame[frame["system"] == "KNN"]) == []


def test_the_answer_names_the_most_and_the_least(store: Store) -> None:
    frame = section("decomposition").frame(store, FULL)
    text = answer(frame)
    assert "less than 11.00 % of eval" in text and "31.00 %: 20.00 points" in text
    assert "**2.36 ± 0.15 points at most for MLP-M1**" in text
    assert text.endswith(f"and nothing for {TUNED}, which errs 0.35 ± 0.15 points less than that rule.")
    one = answer(frame[frame["system"] == "KNN"])
    assert one.endswith("could save: **2.18 ± 0.15 points at most for KNN**.")


def test_negative_excess_is_drawn_backwards_and_explained(store: Store) -> None:
    part = section("decomposition")
    frame = part.frame(store, FULL)
    text = part.markdown(frame)
    assert f"| {TUNED} | 30.80 | 11.00 | +20.00 | −0.20 | −0.35 ± 0.15 | +0.15 | 19.65 ± 0.40 |" in text
    assert "no way past the Bayes error" in text
    figure = part.figure(store, frame)
    back = next(trace for trace in figure.data if trace.name.startswith("excess below 0"))
    assert (list(back.y), list(back.base), list(back.x)) == ([TUNED], [0.31], [-0.002])
    ends = {
        name: base + width
        for trace in figure.data
        if trace.name in ("excess", back.name)
        for name, base, width in zip(trace.y, trace.base, trace.x, strict=True)
        if width
    }
    assert ends == pytest.approx({"KNN": 0.3344, "MLP-M1": 0.332, TUNED: 0.308})
    assert part.picture(store, frame) is not None
    above = frame[frame["system"] != TUNED]
    above.attrs = frame.attrs
    assert "no way past" not in part.markdown(above)


def test_without_densities_the_section_is_left_out(own_store: Store) -> None:
    part = section("decomposition")
    assert not part.applies(part.frame(own_store, UNFINISHED))
    with own_store.engine.begin() as connection:
        connection.execute(delete(schema.bayes).where(schema.bayes.c.estimator == "train-rule"))
    frame = part.frame(own_store, FULL)
    assert not part.applies(frame)
    assert part.figure(own_store, frame) is None and part.picture(own_store, frame) is None


def test_a_study_of_an_earlier_version_has_the_parts_but_no_regret(own_store: Store) -> None:
    with own_store.engine.begin() as connection:
        connection.execute(update(schema.scores).values(regret=None, excess=None))
    part = section("decomposition")
    frame = part.frame(own_store, FULL)
    text = part.markdown(frame)
    assert part.applies(frame) and "regret" not in text and "chance set aside" not in text
    assert re.search(r"\| KNN \| 33.44 \| 11.00 \| \+20.00 \| \+2.44 \|\n", text)
    assert "**2.44 points at most for KNN**" in text
    assert part.figure(own_store, frame) is not None


def test_signs_and_errors_are_printed_with_the_digits_they_have() -> None:
    assert signed(0.0) == "0.00" and signed(-0.00001) == "0.00"
    assert signed(-0.0123, 0.0021) == "−1.23 ± 0.21"
    assert signed(0.0123, 0.000_031) == "+1.23 ± 0.003"
    assert signed(float("nan")) == "–"


def test_points_without_a_density_get_an_estimate_with_its_interval(own_store: Store) -> None:
    data = own_store.study(FULL).data
    own_store.update_study(FULL, data=asdict(replace(data, provenance="real")))
    with own_store.engine.begin() as connection:
        known_ones = ("exact", "monte-carlo", "train-rule")
        connection.execute(delete(schema.bayes).where(schema.bayes.c.estimator.in_(known_ones)))
    part = section("errors")
    frame = part.frame(own_store, FULL)
    row = frame.set_index("system").loc["BER (estimated)"]
    assert (row["kind"], row["eval"]) == ("estimate", 0.116)
    text = part.markdown(frame)
    assert "eval 10.60 to 12.60 %" in text and "no proof that nothing better is possible" in text
    assert "an error cannot be split" in text
    assert "BER (exact)" not in text


def test_no_estimate_stands_beside_a_known_value(store: Store) -> None:
    frame = section("errors").frame(store, FULL)
    assert list(frame["system"][3:]) == ["BER", "BER (exact)"]
    assert "an error cannot be split" not in section("errors").markdown(frame)
