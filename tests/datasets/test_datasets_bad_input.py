"""Every way in which data files can be wrong: one plain DataError (exit code 3) with file and line."""

from __future__ import annotations

import pytest

import datasets
from datasets import DataError

# The file that is broken, its content (None: missing), and what the message must say.
BAD = {
    "missing train": ("train", None, r"train\.csv: there is no such file"),
    "missing dev": ("dev", None, r"dev\.csv: there is no such file"),
    "missing eval": ("eval", None, r"eval\.csv: there is no such file"),
    "two columns": ("train", "0,1,2\n1,2\n", r"train\.csv, line 2: .*3 columns"),
    "four columns": ("dev", "0,1,2\n1,2,3,4\n", r"dev\.csv, line 2: .*3 columns"),
    "four columns everywhere": ("train", "0,1,2,3\n1,2,3,4\n", r"train\.csv, line 1: .*3 columns"),
    "semicolons": ("eval", "0;1;2\n1;2;3\n", r"eval\.csv, line 1: .*3 columns"),
    "no number": ("train", "0,1,2\n1,two,3\n", r"train\.csv, line 2: x1 must be a number"),
    "empty cell": ("train", "0,1,2\n1,,3\n", r"train\.csv, line 2: x1"),
    "nan": ("dev", "0,1,2\n1,2,nan\n", r"dev\.csv, line 2: x2 must be a finite number"),
    "infinity": ("eval", "0,1,2\n\n1,-inf,3\n", r"eval\.csv, line 3: x1 must be a finite number"),
    "overflow": ("train", "0,1,2\n1,1e999,3\n", r"train\.csv, line 2: x1 must be a finite number"),
    "label unknown to train": (
        "dev",
        "0,1,2\n2,1,2\n",
        r"dev\.csv, line 2: .*must be one of 0, 1; found '2'",
    ),
    "label unknown in eval": ("eval", "0,1,2\nx,1,2\n", r"eval\.csv, line 2: .*one of 0, 1; found 'x'"),
    "empty file": ("dev", "", r"dev\.csv.*holds no data"),
    "comments alone": ("train", "# classes: [0,1]\n", r"train\.csv.*holds no data"),
    "no text": ("train", b"0,1,2\n\xff\xfe\x00", r"train\.csv, line 2: .*text"),
    "a zip file": ("eval", b"PK\x03\x04\x00\x00", r"eval\.csv, line 1: .*text"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("where", ["set_10", "own"])
def test_bad_files_are_named_with_their_line(case, where, folder_of, tmp_path):
    file, text, message = BAD[case]
    folder = folder_of(where, **{file: text})
    with pytest.raises(DataError, match=message) as caught:
        if where == "own":
            datasets.load(str(folder))
        else:
            datasets.load("10", data_root=tmp_path)
    assert caught.value.exit_code == 3
    assert str(caught.value).count("\n") <= 1


def test_a_label_outside_the_classes_of_a_set(folder_of, tmp_path):
    folder_of("set_10", train="0,1,2\n1,1,2\n2,1,2\n")
    with pytest.raises(DataError, match=r"train\.csv, line 3: .*one of 0, 1; found '2'"):
        datasets.load("10", data_root=tmp_path)


def test_a_class_of_a_set_without_a_point_in_train(folder_of, tmp_path):
    folder_of("set_10", train="0,1,2\n0,1,2\n")
    with pytest.raises(DataError, match=r"train\.csv: no row has the class '1'"):
        datasets.load("10", data_root=tmp_path)


def test_a_listed_class_without_a_point_in_train(folder_of):
    folder = folder_of("own", train="# classes: [a,b,c]\na,1,2\nc,1,2\n", dev="a,1,2\n", eval="a,1,2\n")
    with pytest.raises(DataError, match=r"train\.csv: no row has the class 'b'"):
        datasets.load(str(folder))


def test_one_class_is_nothing_to_learn(folder_of):
    folder = folder_of("own", train="0,1,2\n0,2,3\n", dev="0,1,2\n", eval="0,1,2\n")
    with pytest.raises(DataError, match="two classes or more"):
        datasets.load(str(folder))


def test_a_missing_split_of_a_real_set_is_never_filled_in(folder_of, tmp_path):
    folder_of("set_10", eval=None)
    with pytest.raises(DataError, match=r"eval\.csv.*Add the file, or use the generated set"):
        datasets.load("10", data_root=tmp_path)


@pytest.mark.parametrize("name", ["absent/folder", "./absent", "~/absent-folder", "absent/"])
def test_a_path_that_is_not_there(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="there is no folder"):
        datasets.load(name)


def test_a_file_in_place_of_a_folder(folder_of):
    with pytest.raises(DataError, match="is a file; give the folder"):
        datasets.load(str(folder_of("own") / "train.csv"))


def test_a_file_in_place_of_a_data_root(folder_of):
    with pytest.raises(DataError, match="is no folder"):
        datasets.load("10", data_root=folder_of("own") / "train.csv")
