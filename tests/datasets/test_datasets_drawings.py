"""Drawings as data sets: saved whole, loaded by name, with densities only where these are true."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import datasets
from datasets import DataError, UsageError, drawings
from datasets.__main__ import main
from datasets.cache import read_dataset, write
from datasets.densities import densities_of
from imld_synth import read_csv
from imld_synth.canvas import Canvas, add, add_class, clear, copy_marks
from imld_synth.marks import Eraser, Import, Stroke


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(drawings.FOLDER, str(tmp_path / "drawn"))
    return tmp_path / "drawn"


def canvas(**changes: object) -> Canvas:
    drawn = Canvas("Two <b>bows</b>", ("rot", "blau"))
    drawn = add(
        drawn,
        "train",
        Stroke(0, ((-0.5, 0.0), (0.5, 0.4)), 0.1, 60),
        Stroke(1, ((-0.5, 0.3), (0.5, 0.0)), 0.1, 40),
    )
    drawn = copy_marks(copy_marks(drawn, "train", "dev"), "train", "eval")
    return replace(drawn, **changes)  # type: ignore[arg-type]


def test_a_saved_drawing_is_a_data_set_with_exact_densities(place):
    assert drawings.names() == ()
    folder = drawings.save("my-drawing", canvas())
    assert folder == place / "my-drawing" and drawings.names() == ("my-drawing",)
    assert sorted(path.name for path in place.rglob("*")) == [
        *("SHA256SUMS", "dev.csv", "drawing.json", "eval.csv", "my-drawing", "train.csv")
    ]
    assert drawings.read("my-drawing") == canvas()
    dataset = datasets.load(" my-drawing ", seed=5)
    assert (dataset.name, dataset.kind, dataset.class_names) == ("my-drawing", "points2d", ("rot", "blau"))
    assert dataset.provenance.kind == "drawn" and "Two <b>bows</b>" in dataset.provenance.source
    x, y = canvas().points("dev")
    assert np.array_equal(dataset.split.dev.x, np.round(x, 6)) and np.array_equal(dataset.split.dev.y, y)
    assert dataset.densities == canvas().densities() and dataset.densities["train"].priors == (0.6, 0.4)
    assert datasets.kind_of("my-drawing") == "points2d"
    assert read_csv(folder / "train.csv").colors == canvas().colours


def test_a_drawing_is_found_by_its_path_and_in_the_cache_too(place, tmp_path):
    folder = drawings.save("mine", canvas())
    moved = folder.rename(tmp_path / "elsewhere")
    dataset = datasets.load(str(moved))
    assert dataset.provenance.kind == "drawn" and dataset.densities is not None
    assert read_dataset(write(dataset, tmp_path / "cache")).provenance == dataset.provenance


def test_densities_are_found_again_only_for_the_very_points(place):
    drawings.save("mine", canvas())
    whole, part = datasets.load("mine"), datasets.load("mine", train_limit=20)
    assert densities_of("mine", "drawn", whole.provenance.content_hash) == whole.densities
    assert densities_of("mine", "drawn", part.provenance.content_hash, train_limit=20) == whole.densities
    version = drawings.version("mine")
    drawings.save("mine", canvas(eval=canvas().dev), replace=True)
    assert drawings.version("mine") != version
    assert densities_of("mine", "drawn", whole.provenance.content_hash) is None
    assert densities_of("gone", "drawn", whole.provenance.content_hash) is None
    assert densities_of("mine", "real", whole.provenance.content_hash) is None


@pytest.mark.parametrize(
    "mark", [Eraser(((0.0, 0.2),), 0.1), Import.of("f", np.zeros((2, 2)), np.array([0, 1]))]
)
def test_erased_or_imported_points_leave_no_density(mark):
    drawings.save("mine", add(canvas(), "eval", mark))
    dataset = datasets.load("mine")
    assert dataset.densities is None and "not known" in dataset.provenance.source


@pytest.mark.parametrize(
    "name", ["", "a b", "a" * 61, "ü", "../x", ".x", "-x", "10", "set_08", "EEG", "Digits", "7"]
)
def test_a_name_that_could_be_mistaken_is_refused(name, place):
    with pytest.raises(UsageError, match=r"letters, digits|set of the catalogue"):
        drawings.save(name, canvas())
    assert not place.exists()


def test_what_no_study_could_use_is_not_saved(place):
    for changes, words in (
        ({"dev": ()}, "dev has no points; draw it, or copy the marks"),
        ({"eval": canvas().eval[:1]}, "eval has no points of the class blau"),
    ):
        with pytest.raises(DataError, match=words):
            drawings.save("mine", canvas(**changes))
    with pytest.raises(DataError, match="train has no points of the class grün"):
        drawings.save("mine", add_class(canvas(), "grün"))
    with pytest.raises(DataError, match="second class"):
        drawings.save("mine", Canvas(class_names=("one",), colours=("red",)))
    everything = Eraser(((0.0, 0.0),), 100.0)
    with pytest.raises(DataError, match="train has no points"):
        drawings.save("mine", add(canvas(), "train", everything))
    assert not place.exists()


def test_saving_again_needs_leave_and_changes_all_files_or_none(place, monkeypatch):
    drawings.save("mine", canvas())
    with pytest.raises(UsageError, match="already; choose another name, or replace it"):
        drawings.save("mine", canvas(title="new"))
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", lambda path, raw: (_ for _ in ()).throw(OSError(28, "disk full")))
        with pytest.raises(UsageError, match="disk full"):
            drawings.save("mine", canvas(title="new"), replace=True)
    assert drawings.read("mine") == canvas() and [path.name for path in place.iterdir()] == ["mine"]


def test_a_changed_or_damaged_drawing_is_named(place, capsys):
    folder = drawings.save("mine", canvas())
    assert drawings.holds("mine", canvas()) and not drawings.holds("mine", canvas(title="new"))
    with (folder / "dev.csv").open("a") as file:
        file.write("rot, 0.0, 0.0\n")
    with pytest.raises(DataError, match=r"dev\.csv was changed since the drawing was saved"):
        datasets.load("mine")
    assert not drawings.holds("mine", canvas())
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True).returncode == 1
    (folder / "dev.csv").unlink()
    with pytest.raises(DataError, match=r"not complete.*dev\.csv"):
        datasets.load("mine")
    (folder / "drawing.json").write_text("{")
    with pytest.raises(DataError, match=r"drawing\.json: a drawing is no JSON"):
        drawings.read("mine")
    assert main(["list"]) == 0 and "not available here" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no drawing called 'other'"):
        drawings.read("other")


def test_the_commands_know_drawings(capsys):
    drawings.save("two-bows", canvas())
    assert main(["list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["two-bows"]["title"] == "Two <b>bows</b>" and rows["two-bows"]["missing"] is None
    assert main(["info", "two-bows", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["provenance"] == "drawn" and told["splits"]["dev"]["exact_bayes_error"] > 0
    assert main(["info", "two-bow"]) == 2
    assert "Did you mean two-bows?" in capsys.readouterr().err


def test_an_empty_split_is_not_filled_in_silence():
    with pytest.raises(DataError, match="eval has no points"):
        drawings.save("mine", clear(canvas(), "eval"))
