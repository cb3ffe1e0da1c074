"""Canvases: their operations, and their files in and out."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from imld_synth import DataError, read_csv
from imld_synth.canvas import (
    COLOURS,
    Canvas,
    add,
    add_class,
    clear,
    copy_marks,
    delete_class,
    recolour_class,
    rename_class,
    undo,
)
from imld_synth.canvas_json import canvas_from_json, canvas_to_json
from imld_synth.csv_imld import imld_csv
from imld_synth.csv_io import parse_csv
from imld_synth.marks import Brush, Component, Distribution, Eraser, Import, Stroke, gaussian, ring, yin_yang


def full() -> Canvas:
    """A mark of every kind in train, fresh points in dev, imported ones in eval."""
    canvas = Canvas("Zwei Kreise", ("rot", "blau"), ("red", "#0072B2"), (-2.0, 2.0, -1.0, 1.5), seed=7)
    canvas = add(
        canvas,
        "train",
        Stroke(0, ((0.0, 0.0), (0.3, 0.5), (1.0, 0.0)), 0.05, 20),
        Brush(1, ((0.5, 0.5),)),
        Distribution(
            "several",
            (
                Component(0, gaussian((0.0, 0.1), ((0.02, 0.01), (0.01, 0.03))), 5),
                Component(1, ring((0.1, 0.0), 0.2, 0.4), 6),
                Component(1, yin_yang((0.0, 0.0), 0.5, 0.4, True, 0.1), 7),
            ),
        ),
        Eraser(((0.9, 0.1),), 0.05),
    )
    canvas = copy_marks(canvas, "train", "dev")
    return add(canvas, "eval", Import.of("p.csv", np.array([[1 / 3, 2.0], [0.0, 1e-7]]), np.array([0, 1])))


def test_a_canvas_survives_its_file_exactly() -> None:
    canvas = full()
    text = canvas_to_json(canvas)
    again = canvas_from_json(text.encode())
    assert again == canvas and canvas_to_json(again) == text
    for split in ("train", "dev", "eval"):
        assert np.array_equal(again.points(split)[0], canvas.points(split)[0])


def test_undo_and_redo_leave_all_other_points_alone() -> None:
    one = add(Canvas(seed=3), "train", Stroke(0, ((0.0, 0.0),), 0.1, 5))
    two = add(one, "train", Stroke(1, ((0.0, 0.0),), 0.1, 5))
    assert undo(two, "train").train == one.train
    assert np.array_equal(two.points("train")[0][:5], one.points("train")[0])
    other = add(undo(two, "train"), "train", Stroke(1, ((0.0, 0.0),), 0.1, 5))
    assert not np.array_equal(other.points("train")[0][5:], two.points("train")[0][5:])
    assert undo(Canvas(), "dev") == Canvas()
    assert clear(two, "train").train == ()


def test_a_copy_has_fresh_points_from_the_same_density() -> None:
    canvas = replace(full(), train=full().train[:3], dev=(), eval=())
    copied = copy_marks(canvas, "train", "eval")
    assert copied.density("eval") == canvas.density("train") is not None
    assert copied.counts("eval") == canvas.counts("train") == (25, 28)
    shared = np.isin(copied.points("eval")[0], canvas.points("train")[0])
    assert not shared.any()
    seeds = [mark.seed for mark in (*copied.train, *copied.eval)]
    assert len(set(seeds)) == len(seeds)
    with pytest.raises(DataError, match=r"2 imported points.*same points in eval and dev"):
        copy_marks(full(), "eval", "dev")


def test_classes_are_added_renamed_coloured_and_deleted_with_their_points() -> None:
    canvas = add_class(full(), "grün")
    assert canvas.class_names == ("rot", "blau", "grün") and canvas.colours[2] == COLOURS[1]
    canvas = recolour_class(rename_class(canvas, 1, "hellblau"), 1, "skyblue")
    assert (canvas.class_names[1], canvas.colours[1]) == ("hellblau", "skyblue")
    less = delete_class(canvas, 0)
    assert less.class_names == ("hellblau", "grün") and less.counts("train") == (28, 0)
    assert less.counts("eval") == (1, 0)
    with pytest.raises(DataError, match="at least one class"):
        delete_class(delete_class(less, 0), 0)
    many = Canvas()
    for i in range(8):
        many = add_class(many, f"more {i}")
    assert len(set(many.colours)) == 10
    with pytest.raises(DataError, match="from 1 to 10 classes, not 11"):
        add_class(many, "too many")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"class_names": ("a", "a")}, "two classes are called 'a'"),
        ({"class_names": ("a", "b,c")}, "may not contain ','"),
        ({"class_names": ("a", "#b")}, "may not contain '#'"),
        ({"class_names": ("a", " b")}, "space at an end"),
        ({"class_names": ("a", "b\u2028c")}, "cannot be shown"),
        ({"class_names": ("a", "\u202eb")}, "cannot be shown"),
        ({"class_names": ("a", "b" * 65)}, "from 1 to 64 characters"),
        ({"class_names": ("a", "01")}, "without leading zeros"),
        ({"class_names": ("a", "nan")}, "whole one"),
        ({"colours": ("red", "url(x)")}, "'url(x)' is neither"),
        ({"colours": ("red",)}, "as many colours"),
        ({"limits": (1.0, -1.0, 0.0, 1.0)}, "xmin < xmax"),
        ({"limits": (0.0, float("nan"), 0.0, 1.0)}, "xmin < xmax"),
        ({"title": "two\nlines"}, "one line"),
        ({"train": (Stroke(2, ((0.0, 0.0),), 0.1, 5),)}, "index 2"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_an_impossible_canvas_is_refused_in_plain_words(changes, words) -> None:
    with pytest.raises(DataError) as caught:
        replace(Canvas(), **changes)
    assert words in str(caught.value)


def changed(place: list, value: object) -> str:
    """The JSON of `full` with another value at a place, such as ["train", 0, "width"]."""
    document = json.loads(canvas_to_json(full()))
    inside = document
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "an object"),
        ("{}", "begins with the format"),
        (b"\xff\xfe\x00", "no JSON"),
        ('{"format": NaN}', "finite"),
        ('{"format": 1, "format": 2}', "occurs twice"),
        (changed(["surprise"], 1), "unknown key 'surprise'"),
        (changed(["format"], "other 2"), "found 'other 2'"),
        (changed(["train"], {}), "train must be a list"),
        (changed(["train", 0, "kind"], "worm"), "train, mark 1 must be an object whose kind"),
        (changed(["train", 0, "width"], "wide"), "train, mark 1, width must be a number"),
        (changed(["train", 0, "width"], -1), "train, mark 1: the width"),
        (changed(["train", 0, "count"], 1.5), "train, mark 1, count must be a whole number"),
        (changed(["train", 0, "count"], True), "whole number"),
        (changed(["train", 0, "extra"], 1), "train, mark 1: unknown key 'extra'"),
        (changed(["train", 0, "path"], [[0, 0]] * 5_001), "at most 5,000 values"),
        (changed(["train", 0, "path", 1], [0, 1, 2]), "train, mark 1, path, place 2 holds exactly 2"),
        (changed(["train", 0, "path", 1], [0, 10**400]), "ordinary size"),
        (changed(["train", 2, "parts", 0, "shape"], "star"), "shape is one of"),
        (changed(["train", 2, "parts", 0, "covariance"], [[1, 2], [2, 1]]), "positive definite"),
        (changed(["train", 2, "parts", 2, "yang"], 1), "true or false"),
        (changed(["eval", 0, "x"], "***"), "base64"),
        (changed(["eval", 0, "y"], ""), "differ in number"),
        (changed(["class_names", 0], "a]"), "may not contain ']'"),
        (changed(["title"], "\ud800"), "must be a text"),
    ],
)
def test_a_file_that_is_no_drawing_is_refused_with_the_place(text, words) -> None:
    with pytest.raises(DataError) as caught:
        canvas_from_json(text)
    assert words in str(caught.value)


def test_imlds_csv_files_are_written_and_read_back(tmp_path) -> None:
    canvas = full()
    x, y = canvas.points("train")
    text = imld_csv(
        x, y, canvas.class_names, colours=canvas.colours, limits=canvas.limits, filename="train.csv"
    )
    lines = text.splitlines()
    assert lines[:5] == [
        "# filename: train.csv",
        "# classes: [rot,blau]",
        "# colors: [red,#0072B2]",
        "# limits: [-2.0,2.0,-1.0,1.5]",
        "#",
    ]
    assert lines[5] == f"rot, {x[0, 0]:.6f}, {x[0, 1]:.6f}"
    (tmp_path / "train.csv").write_text(text, encoding="utf-8")
    for data in (read_csv(tmp_path / "train.csv"), parse_csv(text.encode(), "upload.csv")):
        assert np.array_equal(data.x, np.round(x, 6)) and np.array_equal(data.y, y)
        assert (data.class_names, data.colors, data.limits) == (
            canvas.class_names,
            canvas.colours,
            canvas.limits,
        )


def test_an_upload_is_checked_like_a_file_and_for_its_rows() -> None:
    with pytest.raises(DataError, match=r"up\.csv, line 2: x2 must be a number"):
        parse_csv(b"0,1,2\n1,2,x\n", "up.csv")
    rows = b"# note\n" + b"0,1,2\n" * 5
    assert len(parse_csv(rows, "up.csv", most_rows=5).y) == 5
    with pytest.raises(DataError, match=r"up\.csv: at most 4 rows are taken, not 5"):
        parse_csv(rows, "up.csv", most_rows=4)


def test_a_key_that_occurs_twice_is_found_at_once_in_a_large_file() -> None:
    document = "{" + ",".join(f'"{number}": 0' for number in range(100_000)) + ', "z": 1, "z": 1}'
    started = time.process_time()
    with pytest.raises(DataError, match="'z' occurs twice"):
        canvas_from_json(document)
    assert time.process_time() - started < 5
