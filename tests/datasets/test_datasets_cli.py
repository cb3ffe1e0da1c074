"""The commands as a user runs them: output, exit codes, one plain message for an error."""

from __future__ import annotations

import json

import numpy as np
import pytest

#: Tests without a `command` in a process of its own call the same main() from inside.
HEAVY = ("sklearn", "torch", "tensorflow", "keras", "pandas")


def failed(result, code: int, *words: str) -> None:
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2
    for word in words:
        assert word in result.stderr


def test_list(command):
    result = command("datasets", "list")
    assert result.returncode == 0
    assert result.stderr == ""
    for name in ("08", "09", "10", "folder"):
        assert name in result.stdout
    rows = json.loads(command("datasets", "list", "--json").stdout)
    assert [row["name"] for row in rows] == [
        "08",
        "09",
        "10",
        "11",
        "12",
        "cifar10",
        "digits",
        "digits-32",
        "imagenette",
        "imagenette-64",
    ]
    assert rows[0]["class_names"] == ["0", "1", "2"]
    assert all(row["missing"] is None for row in rows)


def test_nothing_heavy_is_imported_to_list(command, tmp_path):
    code = f"""
import runpy, sys
import datasets
sys.argv = ["datasets", "list"]
try:
    runpy.run_module("datasets", run_name="__main__")
except SystemExit as end:
    assert end.code == 0
heavy = {HEAVY!r}
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""
    (tmp_path / "probe.py").write_text(code)
    result = command("probe")
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["datasets", "datasets.bayes_error"])
def test_help_shows_examples(command, module):
    result = command(module, "--help")
    assert result.returncode == 0
    assert "examples:" in result.stdout
    assert "exit codes:" in result.stdout


def test_info_of_a_generated_set(answer):
    result = answer("datasets", "info", "#9", "--seed", "4")
    assert result.returncode == 0, result.stderr
    for text in ("generated", "seed 4", "500,000", "250,000", "exact BER", "50.00"):
        assert text in result.stdout
    found = json.loads(answer("datasets", "info", "9", "--seed", "4", "--json").stdout)
    assert (found["dataset"], found["provenance"], found["seed"]) == ("09", "generated", 4)
    assert found["content_hash"] in result.stdout
    assert found["splits"]["dev"]["class_counts"] == [125_000, 125_000]
    assert 0 < found["splits"]["dev"]["exact_bayes_error"] < 5


def test_info_of_a_folder(answer, folder_of):
    folder = folder_of("own")
    found = json.loads(answer("datasets", "info", str(folder), "--json").stdout)
    assert found["provenance"] == "real"
    train = found["splits"]["train"]
    assert train["points"] == 4
    assert train["mean"] == pytest.approx([-0.1, 0.325])
    assert train["exact_bayes_error"] is None
    assert "–" in answer("datasets", "info", str(folder)).stdout


def test_prepare_writes_what_it_names(answer, folder_of, tmp_path):
    folder_of("root/set_10")
    result = answer("datasets", "prepare", "10", "--data-root", "root")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / result.stdout.split("folder")[-1].strip()
    assert folder.parent == tmp_path / "runs" / "cache"
    assert folder.name in result.stdout.split("hash")[1]
    assert "train 4, dev 2, eval 2" in result.stdout
    assert np.load(folder / "dev_y.npy").tolist() == [0, 1]
    limited = answer("datasets", "prepare", "10", "--data-root", "root", "--train-limit", "2", "--out", "x")
    assert "train 2, dev 2, eval 2" in limited.stdout


def test_the_data_root_of_the_environment(answer, folder_of, tmp_path):
    folder_of("root/set_10")
    result = answer("datasets", "info", "10", HANDTUNE_DATA=str(tmp_path / "root"))
    assert "real: read from the files in" in result.stdout


def test_wrong_arguments_end_with_2(answer):
    failed(answer("datasets"), 2, "list | info | prepare")
    failed(answer("datasets", "info", "1O"), 2, "Did you mean 10?")
    failed(answer("datasets", "info", "10", "--seed", "-1"), 2, "--seed", "0 to")
    failed(answer("datasets", "prepare", "10", "--train-limit", "1"), 2, "at least 2")
    failed(answer("datasets", "prepare", "10", "--train-limit", "many"), 2, "not a whole number")


def test_bad_data_end_with_3(answer, folder_of):
    failed(answer("datasets", "info", "10", "--data-root", "absent"), 3, "--data-root")
    failed(answer("datasets", "info", "absent/folder"), 3, "there is no folder")
    folder = folder_of("own", dev="0,1,2\n1,nan,2\n")
    failed(answer("datasets", "prepare", str(folder)), 3, "dev.csv, line 2")


def test_bayes_error_of_a_file(answer, tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{i % 2},{a + i % 2:.6f},{b:.6f}" for i, (a, b) in enumerate(rng.normal(size=(200, 2)))]
    (tmp_path / "own.csv").write_text("\n".join(rows))
    words = ("--csv", "own.csv", "--trees", "5", "--depth", "3")
    result = answer("datasets.bayes_error", *words)
    assert result.returncode == 0, result.stderr
    assert "own.csv" in result.stdout
    assert "exact" not in result.stdout.splitlines()[2]
    found = json.loads(answer("datasets.bayes_error", *words, "--json").stdout)
    (row,) = found["splits"]
    assert (row["points"], row["k"], row["trees"], row["depth"]) == (200, 5, 5, 3)
    assert row["ber"] == min(row["knn"], row["rnf"])
    assert f"{row['ber']:.2f}" in result.stdout


def test_bayes_error_of_a_folder_has_no_figure_of_the_study(answer, folder_of):
    folder = str(folder_of("own"))
    found = json.loads(
        answer("datasets.bayes_error", "--dataset", folder, "--k", "1", "--trees", "3", "--json").stdout
    )
    assert [row["split"] for row in found["splits"]] == ["train", "dev", "eval"]
    assert {(row["study"], row["exact"], row["knn"]) for row in found["splits"]} == {(None, None, 0.0)}


STUDY_ROWS = ("--estimators", "closed-loop-knn", "closed-loop-rnf")


@pytest.mark.slow
def test_bayes_error_as_the_study_did_it(answer, folder_of, tmp_path):
    """On few points in the place of the real ones: the figures follow from the set and the settings alone."""
    folder = folder_of("root/set_10")
    rng = np.random.default_rng(0)
    for part in ("train", "dev", "eval"):
        rows = [f"{i % 2},{a + i % 2:.6f},{b:.6f}" for i, (a, b) in enumerate(rng.normal(size=(300, 2)))]
        (folder / f"{part}.csv").write_text("\n".join(rows))
    words = ("--dataset", "10", "--preset", "poster", "--data-root", "root", *STUDY_ROWS, "--json")
    found = json.loads(answer("datasets.bayes_error", *words).stdout)
    assert [row["study"] for row in found["splits"]] == [2.15, 11.70, 13.74]


@pytest.mark.slow
def test_the_figure_of_the_study_stands_only_beside_its_own_settings(answer):
    words = ("--dataset", "10", "--train-limit", "5000", "--trees", "20", *STUDY_ROWS, "--json")
    found = json.loads(answer("datasets.bayes_error", *words).stdout)
    assert {row["study"] for row in found["splits"]} == {None}
    for row in found["splits"]:
        assert row["ber_off"] == pytest.approx(row["ber"] - row["exact"], abs=0.005)


def test_wrong_arguments_of_bayes_error(answer, folder_of):
    folder = str(folder_of("own"))
    name = "datasets.bayes_error"
    failed(answer(name), 2, "--dataset", "--csv")
    failed(answer(name, "--dataset", "10", "--preset", "poster", "--k", "3"), 2, "leave out --k")
    failed(answer(name, "--csv", "x.csv", "--data-root", "."), 2, "leave out --data-root")
    failed(answer(name, "--csv", "x.csv"), 3, "x.csv")
    failed(answer(name, "--dataset", folder, "--preset", "poster"), 2, "no settings")
    failed(answer(name, "--dataset", "10", "--k", "0"), 2, "--k")
