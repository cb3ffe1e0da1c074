"""`python -m reports`: what it writes, says and ends with; the main path in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tuners.store import Store

Answer = Callable[..., subprocess.CompletedProcess[str]]


def run(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "HANDTUNE_STORE"}
    return subprocess.run(
        [sys.executable, "-m", "reports", *words],
        cwd=root,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


@pytest.mark.slow
def test_one_study(repo_root: Path, store_path: Path, tmp_path: Path) -> None:
    done = run(repo_root, "full", "--out", str(tmp_path / "a" / "b"), "--store", str(store_path))
    assert done.returncode == 0, done.stderr
    report = tmp_path / "a" / "b" / "full" / "report.md"
    assert done.stdout == f"{report}\n"
    assert report.read_text(encoding="utf-8").startswith("# Study full\n")
    assert "full: Decision surfaces" in done.stderr
    assert not (tmp_path / "a" / "b" / "index.md").exists()


@pytest.mark.slow
def test_several_studies_have_an_index_and_the_store_comes_from_the_environment(
    repo_root: Path, store_path: Path, tmp_path: Path
) -> None:
    names = ("full", "unfinished", "full")
    done = run(repo_root, *names, "--out", str(tmp_path), "--split", "dev", HANDTUNE_STORE=str(store_path))
    assert done.returncode == 0, done.stderr
    paths = ("full/report.md", "unfinished/report.md", "index.md")
    assert done.stdout.splitlines() == [str(tmp_path / path) for path in paths]
    index = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert (
        "| [full](full/report.md) | 10, generated | finished | 3 of 3 | 30.80 (MLP-A1 (keras-random)) |"
        in index
    )
    assert "| [unfinished](unfinished/report.md) | 10, generated | interrupted | 0 of 3 | none yet |" in index
    assert "under points of dev" in (tmp_path / "full" / "report.md").read_text(encoding="utf-8")


def test_an_unknown_study_is_answered_with_the_closest_and_nothing_is_written(
    answer: Answer, store_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = answer("reports", "full", "unfinishd", "--out", str(out), "--store", str(store_path))
    assert_refused(done, 2, "'unfinishd'", "Did you mean unfinished?")
    assert not out.exists()


@pytest.mark.parametrize("words", [(), ("demo",)])
def test_an_empty_store_says_how_to_begin(answer: Answer, tmp_path: Path, words: tuple[str, ...]) -> None:
    missing = tmp_path / "none.sqlite"
    done = answer("reports", *words, "--out", str(tmp_path / "out"), "--store", str(missing))
    assert_refused(done, 2, "empty", "python tuners/run.py --preset demo")
    assert not missing.exists()
    empty = tmp_path / "empty.sqlite"
    Store(str(empty)).close()
    done = answer("reports", *words, "--out", str(tmp_path / "out"), "--store", str(empty))
    assert_refused(done, 2, "empty", "python tuners/run.py --preset demo")


def test_no_study_named_lists_what_there_is(answer: Answer, store_path: Path, tmp_path: Path) -> None:
    done = answer("reports", "--out", str(tmp_path / "out"), "--store", str(store_path))
    assert_refused(done, 2, "all-failed", "full", "unfinished")


def test_a_file_that_is_no_store(answer: Answer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_text("not a database, but long enough to be mistaken for one" * 40, encoding="utf-8")
    assert_refused(
        answer("reports", "full", "--out", str(tmp_path / "out"), "--store", str(broken)), 3, "broken.sqlite"
    )


def test_a_store_that_is_cut_off(answer: Answer, store_path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "cut.sqlite"
    whole = store_path.read_bytes()
    broken.write_bytes(whole[:8192] + b"\0" * (len(whole) - 8192))
    assert_refused(answer("reports", "full", "--out", str(tmp_path / "out"), "--store", str(broken)), 3)


@pytest.mark.parametrize("where", ["", "/below"])
def test_an_out_that_is_a_file(answer: Answer, store_path: Path, tmp_path: Path, where: str) -> None:
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")
    done = answer("reports", "full", "--out", f"{file}{where}", "--store", str(store_path))
    assert_refused(done, 2, "--out")
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("full",), "--out is missing"),
        (("full", "--out", "x", "--split", "test"), "invalid choice"),
        (("full", "--out", "x", "--colour"), "--colour"),
        (("full", "--out", "x", "--store", "nothing://here"), "--store"),
    ],
)
def test_wrong_arguments(answer: Answer, words: tuple[str, ...], part: str) -> None:
    assert_refused(answer("reports", *words), 2, part)


def test_help_has_examples(repo_root: Path) -> None:
    done = run(repo_root, "--help")
    assert done.returncode == 0
    assert "python -m reports demo --out report" in done.stdout
    assert "exit codes" in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_reports_import_nothing_heavy(repo_root: Path, store_path: Path, tmp_path: Path) -> None:
    """Not when they are imported, not when a report is written; and drawing libraries only when they draw."""
    code = """
import sys
from pathlib import Path
HEAVY = {"torch", "tensorflow", "keras", "keras_tuner", "sklearn", "ray", "optuna"}
import reports.__main__, reports.markdown, reports.surfaces
from reports.section import sections
sections()
drawing = {"matplotlib", "plotly"} & set(sys.modules)
assert not drawing, drawing
from tuners.store import Store
store = Store(sys.argv[1], readonly=True)
for part in sections():
    part.figure(store, part.frame(store, "full"))
reports.markdown.write_report(store, "full", Path(sys.argv[2]))
found = (HEAVY | {"plotly.express", "matplotlib.pyplot"}) & set(sys.modules)
assert not found, found
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(store_path), str(tmp_path)],
        cwd=repo_root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
