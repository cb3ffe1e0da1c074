"""`python -m reports verify`: what was not touched holds, and whatever was changed is found and named."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from report_records import FULL, TUNED
from verify_records import build_consistent_store

from datasets.errors import UsageError
from reports import verify as module
from reports.__main__ import main
from reports.check import checks
from reports.differences import differences
from reports.document import Document, Stamp, installed
from reports.kind import Request, kind, silent
from reports.markdown import write_document, write_report
from reports.pictures import png
from reports.verify import Verdict, verify
from tuners.store import Store


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_consistent_store(tmp_path_factory.mktemp("consistent"))


@pytest.fixture(scope="module")
def store(path: Path) -> Iterator[Store]:
    opened = Store(str(path), readonly=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def document(store: Store) -> Document:
    """The text alone: drawing takes longer than all of the tests that change words and figures."""
    return kind("study").document(store, Request((FULL,), draw=False), silent)


@pytest.fixture
def again(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is made again once for all tests that change the file only."""
    monkeypatch.setattr(type(kind("study")), "document", lambda *_: document)


@pytest.fixture
def report(document: Document, tmp_path: Path) -> Path:
    return write_document(document, tmp_path / FULL)


def change(report: Path, old: str, new: str, after: str = "") -> int:
    """Replaces one piece of text after another one; returns the line it stands in."""
    text = report.read_text(encoding="utf-8")
    place = text.index(old, text.index(after))
    report.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    return text.count("\n", 0, place) + 1


def problems(verdict: Verdict) -> dict[str, list[str]]:
    return {part.title: part.problems for part in [*verdict.sections, *verdict.rules] if part.problems}


@pytest.mark.slow
def test_an_untouched_report_holds(tmp_path: Path) -> None:
    """All of it for once: made again, pictures drawn again, data hashed, densities integrated."""
    store = Store(str(build_consistent_store(tmp_path, exact=True)), readonly=True)
    report = write_report(store, FULL, tmp_path)
    verdict = verify(report, store)
    assert problems(verdict) == {}
    assert verdict.holds
    assert not verdict.left_out
    assert sum(part.compared for part in verdict.sections) > 300
    assert sum(part.pictures for part in verdict.sections) == len(list(report.parent.glob("*.png"))) >= 6
    assert [part.title for part in verdict.rules] == [check.title for check in checks()]
    assert all(part.compared for part in verdict.rules)
    store.close()


@pytest.mark.usefixtures("again")
@pytest.mark.parametrize(
    ("section", "old", "new", "said"),
    [
        ("Error rates", "30.75 ± 0.35", "30.57 ± 0.35", "the report says 30.57, the store gives 30.75"),
        ("Study full", "% (MLP-A1 (keras-random))", "4 % (MLP-A1 (keras-random))", "differ"),
        ("Study full", "6,000 train", "6,001 train", "the report says 6,001, the store gives 6,000"),
        ("Times", "183.0", "138.0", "the report says 138.0, the store gives 183.0"),
        ("Times", "03:04:05Z", "03:04:06Z", "the report says 2026-01-02T03:04:06Z, the store gives"),
        ("Searches", "trained and", "trained, and", "only words differ, no figure"),
        ("Settings", "| seed of the study | `1` |", "| seed of the study | `2` |", "the store gives 1"),
    ],
)
def test_one_change_is_found_and_named(
    store: Store, report: Path, section: str, old: str, new: str, said: str
) -> None:
    line = change(report, old, new, f"# {section}")
    verdict = verify(report, store, skip=module.LEFT_OUT)
    found = problems(verdict)
    assert not verdict.holds
    assert list(found) == [section]
    assert found[section][0].startswith(f"line {line}: ")
    assert said in found[section][0]


def test_every_digit_of_every_line_counts(document: Document) -> None:
    """Digits of the report changed one at a time: each change is one difference of its line."""
    lines = document.markdown.rstrip("\n").split("\n")
    places = [(i, j) for i, line in enumerate(lines) for j, letter in enumerate(line) if letter.isdigit()]
    for i, j in places[::7]:
        changed = lines[i][:j] + str((int(lines[i][j]) + 1) % 10) + lines[i][j + 1 :]
        (found,) = differences([changed], [lines[i]])
        assert found.text, (i, changed)


@pytest.mark.usefixtures("again")
def test_rows_that_are_missing_or_added(store: Store, report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| MLP-M1 | 2 | 7001 |"))
    report.write_text(text.replace(row + "\n", "", 1), encoding="utf-8")
    (found,) = problems(verify(report, store, skip=module.LEFT_OUT)).values()
    assert "a line is missing here: | MLP-M1 | 2 | 7001" in found[0]
    report.write_text(text.replace(row, f"{row}\n{row.replace('7001', '7002')}", 1), encoding="utf-8")
    (found,) = problems(verify(report, store, skip=module.LEFT_OUT)).values()
    assert "the store gives no such line: | MLP-M1 | 2 | 7002" in found[0]


@pytest.fixture
def drawn(document: Document, report: Path, monkeypatch: pytest.MonkeyPatch) -> Document:
    """The same report with two real pictures."""
    from matplotlib.figure import Figure

    pictures = {}
    for name, height in (("errors.png", 1), ("gaps.png", 2)):
        figure = Figure(figsize=(2, 2))
        figure.subplots().plot([0, height])
        pictures[name] = png(figure)
    found = replace(document, pictures=pictures)
    write_document(found, report.parent)
    monkeypatch.setattr(type(kind("study")), "document", lambda *_: found)
    return found


@pytest.mark.usefixtures("drawn")
def test_pictures(store: Store, report: Path) -> None:
    picture = report.parent / "gaps.png"
    assert verify(report, store, skip=["data"]).holds
    with Image.open(picture) as image:
        image.save(picture, compress_level=1)  # other bytes, the same pixels
    assert verify(report, store, skip=["data"]).holds
    with Image.open(picture) as image:
        image.putpixel((20, 20), (200, 0, 0, 255))
        image.save(picture)
    (found,) = problems(verify(report, store, skip=["data"])).values()
    assert found == ["gaps.png is not the picture that the store gives"]
    shutil.copy(report.parent / "errors.png", picture)
    (found,) = problems(verify(report, store, skip=["data"])).values()
    assert found == ["gaps.png is not the picture that the store gives"]
    picture.unlink()
    (found,) = problems(verify(report, store, skip=["data"])).values()
    assert found == ["gaps.png is missing"]


@pytest.mark.usefixtures("drawn")
def test_pictures_of_another_matplotlib_are_never_passed_over(store: Store, report: Path) -> None:
    change(report, f'"matplotlib": "{installed("matplotlib")}"', '"matplotlib": "3.0.0"', "[handtune-report]")
    shutil.copy(report.parent / "errors.png", report.parent / "gaps.png")
    verdict = verify(report, store, skip=["data"])
    assert "gaps.png cannot be compared: it was drawn by matplotlib 3.0.0" in str(problems(verdict))
    assert not verdict.holds


TAMPERED = [
    (
        "UPDATE scores SET errors = replace(errors, '0.31', '0.11') WHERE study = 'full'",
        "every error rate follows",
        f"{TUNED}, final training 1: the eval error is 11.00 %, and its table has 124 of 400 wrong",
    ),
    (
        "UPDATE scores SET confusion = replace(confusion, '[[76,', '[[86,') WHERE study = 'full'",
        "the error of a system is the mean",
        f"{TUNED}: the mean eval error is 30.75 %, counted from its tables ",
    ),
    (
        "UPDATE scores SET regret = '{\"eval\": [0.01, 0.001]}' WHERE study = 'full'",
        "the regret on eval",
        "KNN, final training 1: the regret is 1.00 points, and its error less the Bayes error 22.50",
    ),
    (
        "UPDATE epochs SET dev_error = 0.01 WHERE system = 'KNN' AND trial = 0",
        "the dev error of a trial",
        "KNN, trial #0: its dev error is 12.25 %, the lowest of its epochs 1.00 %",
    ),
    (
        "UPDATE searches SET selected = 2 WHERE study = 'full' AND system LIKE 'MLP-A1%'",
        "each search selected",
        f"{TUNED}, search 1: trial 2 is selected, and trial 4 has the lowest dev error",
    ),
    (
        "UPDATE trials SET epochs = 11 WHERE system LIKE 'MLP-A1%' AND number = 5",
        "no search of a tuner spent more",
        f"{TUNED}, search 1, trial 5: 11 epochs were trained of 10 planned",
    ),
    (
        "UPDATE scores SET regret = '{\"eval\": [1.5, 0.1]}' WHERE system = 'KNN'",
        "error rates, regrets",
        "KNN, final training 1: the regret on eval is 150.00 %",
    ),
    pytest.param(
        "UPDATE bayes SET value = 0.05 WHERE estimator = 'exact' AND split = 'train'",
        "the exact Bayes errors",
        "train: recorded 5.00 %, integrated anew 6.93 %",
        marks=pytest.mark.slow,
    ),
    (
        "UPDATE studies SET data = replace(data, '\"dev\": 400', '\"dev\": 401')",
        "the samples have",
        "dev has 400 samples, the study recorded 401",
    ),
]


@pytest.mark.parametrize(("statement", "rule", "problem"), TAMPERED)
def test_a_store_that_contradicts_itself(
    path: Path, tmp_path: Path, statement: str, rule: str, problem: str
) -> None:
    """Its reports would agree with it, so the records are compared with each other."""
    copy = tmp_path / "tampered.sqlite"
    shutil.copy(path, copy)
    with sqlite3.connect(copy) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()
    store = Store(str(copy), readonly=True)
    check = next(check for check in checks() if check.title.startswith(rule))
    result = check.run(store, FULL)
    store.close()
    assert result.problems
    assert result.problems[0].startswith(problem)


def test_a_report_of_another_store(
    store_path: Path, report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(report, '["full"]', '["elsewhere"]', "[handtune-report]")
    assert main(["verify", str(report), "--store", str(store_path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert not answer["holds"]
    assert "has no study elsewhere" in answer["sections"][0]["problems"][0]


def test_the_command_says_what_it_found(
    path: Path, report: Path, again: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["verify", str(report), "--store", str(path), "--skip", "pictures", "data"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "\nHOLDS: every one of " in out
    assert "not compared: pictures" in out
    line = change(report, "33.50", "33.51", "## Final trainings")
    assert main(words) == 1
    out = capsys.readouterr().out
    assert "  DIFFERS  Final trainings (" in out
    assert f"line {line}: the report says 33.51, the store gives" in out
    assert out.rstrip().splitlines()[-1].startswith("DOES NOT HOLD: 1 of ")


REFUSED: list[tuple[Callable[[Path], object], str]] = [
    (lambda report: report.unlink(), "cannot be read"),
    (lambda report: report.write_text("# Another text\n", encoding="utf-8"), "no line"),
    (lambda report: report.write_bytes(b"\xff\xfe"), "no text in UTF-8"),
    (lambda report: change(report, '"handtune-report": 1', '"handtune-report": 9'), "format 9"),
    (lambda report: change(report, '"kind": "study"', '"kind": "stdy"'), "Did you mean study?"),
    (lambda report: change(report, '{"handtune', '["handtune'), "cannot be read"),
]


@pytest.mark.parametrize(("damage", "said"), REFUSED)
def test_what_is_no_report_is_refused(
    store: Store, report: Path, damage: Callable[[Path], object], said: str
) -> None:
    damage(report)
    with pytest.raises(UsageError, match=said):
        verify(report, store)


def test_options_that_no_report_has(store: Store, report: Path) -> None:
    change(report, '"split": "eval"', '"split": "all"', "[handtune-report]")
    verdict = verify(report, store)
    assert not verdict.holds
    assert "no such report can be" in str(problems(verdict))


def test_a_stamp_ends_nothing(tmp_path: Path) -> None:
    stamp = Stamp("study", ("it's <b>&\"[x](y)\n",), {"split": "eval"}, "0", "1")
    assert len(stamp.line().splitlines()) == 1
    assert not {"<", ">", "&"} & set(stamp.line())
    assert stamp.line().count("'") == 2
    assert Stamp.read(stamp.line()) == stamp
