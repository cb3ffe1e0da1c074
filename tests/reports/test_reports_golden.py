"""The report as bytes: against a golden file, and against itself.

After a wanted change: REFRESH_GOLDEN=1 python -m pytest tests/reports/test_reports_golden.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from sqlalchemy import update

from reports.markdown import write_report
from tuners import schema
from tuners.store import Store

GOLDEN = Path(__file__).parent / "golden" / "report.md"
STUDIES = ("full", "unfinished", "all-failed")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def written(store_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of every study."""
    store = Store(str(store_path), readonly=True)
    paths = {study: write_report(store, study, tmp_path_factory.mktemp("out")) for study in STUDIES}
    store.close()
    return paths


@pytest.fixture(scope="module")
def report(written: dict[str, Path]) -> Path:
    return written["full"]


def test_the_report_is_the_golden_one(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    if os.environ.get("REFRESH_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_same_store_gives_the_same_bytes_in_another_process(
    report: Path, store_path: Path, tmp_path: Path, repo_root: Path
) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "COLUMNS": "40"}
    done = subprocess.run(
        [sys.executable, "-m", "reports", "full", "--out", str(tmp_path), "--store", str(store_path)],
        cwd=repo_root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second = contents(report.parent), contents(tmp_path / "full")
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_pictures_are_pngs_without_date_and_version(report: Path) -> None:
    pictures = sorted(path.name for path in report.parent.glob("*.png"))
    assert {"curves.png", "errors.png", "gaps.png", "progress.png", "search.png", "surfaces.png"} <= set(
        pictures
    )
    for name in pictures:
        data = (report.parent / name).read_bytes()
        assert data.startswith(b"\x89PNG")
        for chunk in (b"tEXt", b"iTXt", b"zTXt", b"tIME"):
            assert chunk not in data, (name, chunk)


def test_seconds_and_dates_stand_in_the_last_block_only(
    report: Path, store_path: Path, tmp_path: Path
) -> None:
    """The same study run again on a slower machine: nothing but the block of times may differ."""
    shutil.copytree(store_path.parent, tmp_path / "runs")
    store = Store(str(tmp_path / "runs" / store_path.name))
    with store.engine.begin() as connection:
        connection.execute(update(schema.trials).values(seconds=987.5, started=1.0))
        connection.execute(update(schema.searches).values(overhead=55.5))
        connection.execute(update(schema.scores).values(seconds=4321.0))
        connection.execute(update(schema.epochs).values(seconds=77.0))
        connection.execute(
            update(schema.studies).values(
                created="2031-01-01T00:00:00Z", finished="2031-01-02T00:00:00Z", heartbeat=5.0
            )
        )
    slower = write_report(store, "full", tmp_path / "out")
    store.close()
    before, after = contents(report.parent), contents(slower.parent)
    first, second = (files.pop("report.md").decode().split("## Times") for files in (before, after))
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert "2031-01-02" in second[1]
    assert "4,321.0" in second[1]
    assert before == after


@pytest.mark.parametrize("study", STUDIES)
def test_the_report_is_plain_markdown(written: dict[str, Path], study: str) -> None:
    path = written[study]
    text = path.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert not [token for token in [*tokens, *inline] if token.type in ("html_block", "html_inline")]
    images = [token for token in inline if token.type == "image"]
    shown = [str(image.attrs["src"]) for image in images]
    assert all(image.content and "generated" in image.content for image in images)
    assert sorted(shown) == sorted(file.name for file in path.parent.glob("*.png"))
    assert "://" not in "".join(shown)
    # A row that an unescaped pipe had broken would have another number of cells than its head.
    heads = [token for token in tokens if token.type == "thead_open"]
    raw = [line for line in text.splitlines() if line.startswith("| ---")]
    assert len(heads) == len(raw) > 0


def test_text_with_markup_stays_text(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "blue\\|class, orange" in text


def test_an_unfinished_study_says_so_first(written: dict[str, Path]) -> None:
    text = written["unfinished"].read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "# Study unfinished"
    assert lines[1].startswith("> **Unfinished: 0 of 3 systems scored.**")
    assert "python tuners/run.py --resume unfinished" in lines[1]
    assert "No system is scored yet" in text


def test_a_study_whose_trials_all_failed_says_so_first(written: dict[str, Path]) -> None:
    text = written["all-failed"].read_text(encoding="utf-8")
    assert (
        "> **Incomplete: 0 of 3 systems scored.** Every trial of KNN, MLP-M1 and MLP-A1 (keras-random) failed"
        in text
    )
    assert text.count("out of memory: the network or its batches are too large for this machine") == 6


def test_a_reviewer_finds_what_is_needed_to_repeat_the_run(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    for needed in (
        "python tuners/run.py --dataset 10 --tuner keras-random --baselines knn mlp-m1 --study full",
        "git checkout 0123456789ab",
        "| numpy | 2.4.6 |",
        "5e" * 32,
        "| MLP-M1 | 2 | 7001 |",
        "learning_rate=0.001, batch_size=128, patience=5",
        "8 to 256 in steps of 8",
        "| seed of the study | `1` |",
        "Example CPU @ 2.00GHz, 2 cores",
    ):
        assert needed in text, needed


def test_a_picture_that_is_no_longer_shown_goes(store: Store, tmp_path: Path) -> None:
    stale = tmp_path / "unfinished" / "surfaces.png"
    foreign = tmp_path / "unfinished" / "mine.png"
    stale.parent.mkdir()
    stale.write_bytes(b"old")
    foreign.write_bytes(b"mine")
    write_report(store, "unfinished", tmp_path)
    assert not stale.exists()
    assert foreign.read_bytes() == b"mine"
