"""The command `python -m imld_synth`."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import imld_synth
from imld_synth.cli import main


def test_writes_three_files_that_hold_the_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", "10", "--out", str(tmp_path / "new"), "--seed", "4"]) == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["dev.csv", "eval.csv", "train.csv"]
    x, y = imld_synth.preset("10").generate(4)["dev"]
    data = imld_synth.read_csv(tmp_path / "new" / "dev.csv")
    assert np.abs(data.x - x).max() < 1e-6 and (data.y == y).all()
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 3 and "10,000 rows" in err


def test_refuses_to_overwrite_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "eval.csv").write_text("mine")
    assert main(["--set", "10", "--out", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["eval.csv"] and (
        tmp_path / "eval.csv"
    ).read_text() == "mine"
    assert main(["--set", "10", "--out", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "eval.csv").read_text() != "mine"


@pytest.mark.parametrize("name", ["8", "set_08", "#08", "088"])
def test_wrong_set_gets_a_suggestion(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", name, "--out", str(tmp_path / "x")]) == 2
    assert "Did you mean '08'?" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "argv", [[], ["--set", "10"], ["--set", "10", "--out", "x", "--seed", "-1"], ["--list", "--set", "10"]]
)
def test_wrong_arguments_exit_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


def test_unwritable_folder_is_a_plain_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--set", "10", "--out", str(tmp_path / "file" / "sub")]) == 2
    err = capsys.readouterr().err
    assert err.startswith("Cannot write to") and err.count("\n") == 1


def test_list_and_help_as_a_process() -> None:
    command = [sys.executable, "-m", "imld_synth"]
    listed = subprocess.run([*command, "--list"], capture_output=True, text=True, check=True)
    assert [line[:2] for line in listed.stdout.splitlines()] == ["08", "09", "10"]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "python -m imld_synth --set 10 --out" in shown.stdout
