"""`python -m datasets.bayes_error` from inside: what the table and the JSON document say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from datasets.bayes_error import estimators
from datasets.bayes_error.__main__ import main
from datasets.bayes_error._table import judged_table, legend


def printed(capsys, *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def refused(capsys, *words: str) -> str:
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert not said.out
    return said.err


def test_the_list_names_every_estimator_with_formula_and_source(capsys):
    text = printed(capsys, "--list")
    rows = json.loads(printed(capsys, "--list", "--json"))
    assert [row["estimator"] for row in rows] == list(estimators())
    assert text.startswith("knn-midpoint  (recommended")
    for row in rows:
        assert row["formula"] in text and row["source"] in text
    assert "2 classes only" in text


@pytest.mark.slow  # integrates three densities
def test_a_table_says_how_far_each_estimator_is_off(capsys):
    chosen = ("knn-midpoint", "cover-hart", "closed-loop-knn", "closed-loop-rnf")
    words = ("--dataset", "10", "--limit", "1000", "--trees", "3", "--json", "--estimators", *chosen)
    document = json.loads(printed(capsys, *words))
    assert [part["split"] for part in document["splits"]] == ["train", "dev", "eval"]
    for part in document["splits"]:
        assert part["points"] == 1000
        assert [row["estimator"] for row in part["estimates"]] == list(chosen)
        for row in part["estimates"]:
            assert row["off"] == pytest.approx(row["value"] - part["exact"], abs=0.005)
        assert part["ber"] == min(part["knn"], part["rnf"])
        assert part["study"] is None  # its figure is that of all points
    rows = document["splits"][1]["estimates"]
    line = judged_table(rows).splitlines()[1]
    assert line.startswith("knn-midpoint") and line.endswith("recommended")
    for figure in ("value", "lower", "upper", "low", "high"):
        assert f"{rows[0][figure]:.2f}" in line
    assert f"{rows[0]['off']:+.2f}" in line
    assert "It is no Bayes error." in legend(document["splits"])


@pytest.fixture
def three_classes(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{i % 3},{a + i % 3:.6f},{b:.6f}" for i, (a, b) in enumerate(rng.normal(size=(120, 2)))]
    path = tmp_path / "three.csv"
    path.write_text("\n".join(rows))
    return str(path)


def test_all_estimators_run_on_a_file(capsys, three_classes):
    text = printed(capsys, "--csv", three_classes, "--trees", "3")
    for name in estimators():
        assert name in text
    assert "left out devroye: is valid for 2 classes, not for 3" in text
    assert "off" not in text.splitlines()[3]  # nothing exact is known of a file


def test_copies_are_counted_once_on_request(capsys, tmp_path, three_classes):
    copied = tmp_path / "copied.csv"
    copied.write_text("\n".join(2 * [(tmp_path / "three.csv").read_text()]))
    words = ("--estimators", "knn-midpoint", "--json")
    once, twice, distinct = (
        json.loads(printed(capsys, *arguments, *words))["splits"][0]
        for arguments in (
            ("--csv", three_classes),
            ("--csv", str(copied)),
            ("--csv", str(copied), "--distinct"),
        )
    )
    assert "50 % of the samples are copies" in twice["estimates"][0]["note"]
    assert (twice["points"], distinct["points"]) == (240, 120)
    assert distinct["estimates"][0]["value"] == once["estimates"][0]["value"]


def test_impossible_requests_are_refused(capsys, three_classes):
    words = ("--csv", three_classes)
    assert "devroye is valid for 2 classes" in refused(capsys, *words, "--estimators", "devroye")
    assert "Did you mean knn-midpoint?" in refused(capsys, *words, "--estimators", "knn-midpont")
    assert "--limit must be at least 3" in refused(capsys, *words, "--limit", "2")
    assert "which --estimators leaves out" in refused(capsys, *words, "--k", "3", "--estimators", "devroye")


def test_samples_that_are_no_points_are_measured_in_features(capsys):
    text = printed(capsys, "--dataset", "digits", "--limit", "60")
    assert "no estimate of the Bayes error" in text.replace("\n", " ")
    assert "leave out --k" in refused(capsys, "--dataset", "digits", "--k", "5")
