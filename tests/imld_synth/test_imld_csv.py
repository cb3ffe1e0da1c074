"""IMLD's CSV files in and out."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imld_synth import DataError, read_csv, write_csv


def put(path: Path, content: str | bytes) -> Path:
    file = path / "points.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_round_trip(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(1_000, 2)), rng.integers(0, 3, 1_000)
    write_csv(tmp_path / "a.csv", x, y)
    data = read_csv(tmp_path / "a.csv")
    assert np.abs(data.x - x).max() <= 5.1e-7
    assert (data.y == y).all() and data.y.dtype == np.int64 and data.class_names == ("0", "1", "2")
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_rows_look_like_the_real_files(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", np.array([[0.022375, -0.64561]]), np.array([1]))
    assert (tmp_path / "a.csv").read_text() == "1,0.022375,-0.645610\n"


def test_names_survive_with_their_order(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", np.zeros((2, 2)), np.array([1, 1]), class_names=("zebra", "ape"))
    data = read_csv(tmp_path / "a.csv")
    assert data.class_names == ("zebra", "ape") and data.y.tolist() == [1, 1]


def test_imld_comments_header_spaces_and_line_ends(tmp_path: Path) -> None:
    text = (
        "# filename: x.csv\r\n# classes: [Class1,Class0]\r\n# colors: [red, blue]\r\n"
        "# limits: [-1.0,1.0,-2,2.5]\r\n#\r\n"
        "class, x1, x2\r\n Class0 , 0.5, -1e-3\r\n\r\nClass1,1, 2 # odd\r\n"
    )
    data = read_csv(put(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert data.class_names == ("Class1", "Class0") and data.y.tolist() == [1, 0]
    assert data.x.tolist() == [[0.5, -0.001], [1.0, 2.0]]
    assert data.colors == ("red", "blue") and data.limits == (-1.0, 1.0, -2.0, 2.5)


def test_lines_of_spaces_count_as_blank(tmp_path: Path) -> None:
    data = read_csv(put(tmp_path, "0,1,2\n  \n  # note\n\t\n1,3,4\n "))
    assert data.x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("text", "names", "order", "codes"),
    [
        ("10,0,0\n2,0,0\n", None, ("2", "10"), [1, 0]),  # integers sort by value
        ("b,0,0\na,0,0\n", None, ("a", "b"), [1, 0]),  # names as text
        ("1.0,0,0\n0.0,0,0\n", None, ("0", "1"), [1, 0]),
        ("b,0,0\n", ("b", "a"), ("b", "a"), [0]),  # the caller's order
        ("1,0,0\n", ("red", "blue"), ("red", "blue"), [1]),  # indices into names
        ("7,0,0\n", ("7", "1"), ("7", "1"), [0]),  # names that are integers are names
    ],
)
def test_class_order(tmp_path: Path, text: str, names, order, codes) -> None:
    data = read_csv(put(tmp_path, text), names)
    assert data.class_names == order and data.y.tolist() == codes


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("0,1,2\n0,1\n", 2, ["3 columns", "this one has 2"]),
        ("0,1,2\n# c\n\n0,1,2,3\n", 4, ["3 columns", "this one has 4"]),
        ("0 1 2\n", 1, ["3 columns", "this one has 1"]),
        ("1,2\n3,4\n", 1, ["3 columns", "this one has 2"]),
        ("class,x1,x2\n0,1,2\n0,1,two\n", 3, ["x2", "number", "'two'"]),
        ("a,1,2\nb,,2\n", 2, ["x1", "number", "''"]),
        ("0,1,2\n0,nan,2\n", 2, ["x1", "finite", "'nan'"]),
        ("a,1,2\na,1,-inf\n", 2, ["x2", "finite", "'-inf'"]),
        ("0,1,2\n0,1e999,2\n", 2, ["x1", "finite", "'1e999'"]),
        ("0,1,2\n,1,2\n", 2, ["label is empty"]),
        ("5,x1,x2\n0,1,2\n", 1, ["x1", "number", "'x1'"]),
        ("a,1,2\n" + "b" * 65 + ",1,2\n", 2, ["at most 64", "'bbb"]),
        ("", 1, ["no data"]),
        ("# classes: [a]\n\n", 1, ["no data"]),
        ("class,x1,x2\n", 1, ["no data"]),
        ("0,1,2\n0,\xff,2\n".encode("latin-1"), 2, ["UTF-8", "0xff"]),
        (b"0,1,2\n0,1,2\n\x00\x01,1,2\n", 3, ["zero byte"]),
        ("# classes: [a,b]\na,1,2\nc,1,2\n", 3, ["one of a, b", "'c'"]),
    ],
)
def test_bad_files_name_line_rule_and_value(tmp_path: Path, content, line: int, words: list[str]) -> None:
    file = put(tmp_path, content)
    with pytest.raises(DataError) as caught:
        read_csv(file)
    message = str(caught.value)
    assert message.startswith(f"{file}, line {line}: ")
    assert all(word in message for word in words), message
    assert message.count("\n") <= 1 and len(message) < 300 + len(str(file))
    assert caught.value.exit_code == 3 and isinstance(caught.value, ValueError)


def test_unknown_label_is_found_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 3: the class must be one of 0, 1; found '5'"):
        read_csv(put(tmp_path, "0,1,2\n1,1,2\n5.0,1,2\n5,1,2\n"), ["0", "1"])


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(tmp_path)


def test_writing_refuses_what_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one label a row"):
        write_csv(tmp_path / "a.csv", np.zeros((2, 2)), np.zeros(3, np.int64))
    assert not list(tmp_path.iterdir())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="0123.,,,-+eainfx# \n\n\r\t_\"'[]é", max_size=60))
def test_any_text_is_read_or_refused_plainly(tmp_path: Path, text: str) -> None:
    try:
        data = read_csv(put(tmp_path, text))
    except DataError as error:
        assert "points.csv" in str(error) and str(error).count("\n") <= 1
    else:
        assert len(data.x) == len(data.y) > 0 and np.isfinite(data.x).all()
        assert data.y.min() >= 0 and data.y.max() < len(data.class_names)
