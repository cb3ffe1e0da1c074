"""Kinds of reports beside the one of a study: comparison, data set, contest; each is verified as it is written."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from report_records import FULL, UNFINISHED

from datasets.errors import UsageError
from datasets.types import SPLIT_NAMES
from reports.__main__ import main
from reports.document import Document, Stamp
from reports.kind import Request, kind, kinds, silent
from reports.markdown import write_document
from reports.reproducibility import looks, resolved
from reports.sections.checklist import SEARCHES
from reports.verify import LEFT_OUT, verify
from tuners.record import SystemRecord
from tuners.store import Store


@pytest.fixture(scope="module")
def two(store_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with a second study like FULL: other seed, other data set, another budget."""
    path = tmp_path_factory.mktemp("two") / "two.sqlite"
    shutil.copy(store_path, path)
    with sqlite3.connect(path) as connection:
        for table in ("studies", "systems", "searches", "trials", "scores", "bayes"):
            key = "name" if table == "studies" else "study"
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for copy in ("verify", "other"):
                chosen = ", ".join(f"'{copy}'" if name == key else name for name in names)
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE {key} = ?",
                    (FULL,),
                )
        change = "UPDATE studies SET spec = replace(spec, '\"max_trials\": 6', '\"max_trials\": 60') WHERE name = 'verify'"
        assert connection.execute(change).rowcount == 1
        connection.execute("UPDATE studies SET data = replace(data, '5e5e', '6f6f') WHERE name = 'other'")
        connection.execute("UPDATE studies SET created = '2026-01-02T09:00:00Z' WHERE name != ?", (FULL,))
    connection.close()
    return path


def made(path: Path, name: str, *of: str) -> Document:
    store = Store(str(path), readonly=True)
    try:
        return kind(name).document(store, Request(of, draw=False), silent)
    finally:
        store.close()


def test_every_kind_keeps_the_contract() -> None:
    assert set(kinds()) == {"comparison", "dataset", "league", "people", "study"}
    for name, found in kinds().items():
        assert found.example.startswith("python -m reports ")
        request = Request(("a", "b"))
        assert found.request(Stamp.read(found.stamp(request).line())) == request
        assert found.request(Stamp(name, ("a", "b"), {"colour": "red"})) is None
        assert found.folder(Request(("a",))) not in ("", ".", "..")


@pytest.mark.parametrize(
    ("name", "of"), [("comparison", (FULL, "verify", "other")), ("league", (FULL, "verify"))]
)
def test_what_is_written_holds(two: Path, tmp_path: Path, name: str, of: tuple[str, ...]) -> None:
    report = write_document(made(two, name, *of), tmp_path)
    store = Store(str(two), readonly=True)
    text = report.read_text(encoding="utf-8")
    assert not [p for part in verify(report, store, LEFT_OUT).sections for p in part.problems]
    place = text.index("33.44")
    report.write_text(f"{text[:place]}33.45{text[place + 5 :]}", encoding="utf-8")
    found = [p for part in verify(report, store, LEFT_OUT).sections for p in part.problems]
    store.close()
    assert len(found) == 1
    assert "the report says 33.45, the store gives 33.44" in found[0]


def test_a_comparison_ranks_and_marks_what_differs(two: Path) -> None:
    text = made(two, "comparison", FULL, "verify", "other").markdown
    assert "| MLP-A1 (keras-random) | **30.80** | **30.80** | **30.80** |" in text
    assert "| MLP-A1 (keras-random) | 1.00 |" in text
    assert "no difference between systems, however large, could be told from chance" in text
    assert "| budget of a search | **DIFFERS** | full: 6 trials, 10 epochs a trial; verify: 60 trials" in text
    assert "Only 2 of these 3 studies have data of their own" in text


def test_a_comparison_with_a_study_that_scored_nothing(two: Path) -> None:
    text = made(two, "comparison", FULL, UNFINISHED).markdown
    assert "| KNN | 33.44 | – |" in text
    assert "Fewer than two systems are scored in all of these studies" in text


def test_a_league_ranks_by_eval_error_and_claims_no_more(two: Path) -> None:
    text = made(two, "league", FULL).markdown
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith(("| 1 |", "| 2 |", "| 3 |"))]
    assert [row[1] for row in rows] == ["MLP-A1 (keras-random)", "MLP-M1", "KNN"]
    assert [row[6] for row in rows] == ["leader", "not told apart", "not told apart"]
    assert [row[8] for row in rows] == ["12", "2", "2"]
    assert "MLP-M1 and KNN cannot be told apart from the leader" in text
    assert "| model | **DIFFERS** | mlp-a1, mlp-m1, knn |" in text
    assert "| budget of a search | **DIFFERS** |" in made(two, "league", FULL, "verify").markdown


def test_a_league_on_other_samples_is_refused(two: Path) -> None:
    with pytest.raises(UsageError, match=r"a league is on the same samples.*python -m reports comparison"):
        made(two, "league", FULL, "other")


@pytest.mark.slow
def test_a_data_set_needs_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dataset", "10", "--train-limit", "500", "--seed", "3", "--out", str(tmp_path)]
    assert main(words) == 0
    report = tmp_path / "dataset-10" / "report.md"
    text = report.read_text(encoding="utf-8")
    assert "| train | 500 | 250 | 250 |" in text
    assert "| dev | 13.69 | " in text
    assert "**knn-midpoint**" in text
    assert "left out: " in text
    report.write_text(text.replace("13.69", "13.96", 1), encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(report)]) == 1
    answer = capsys.readouterr().out
    assert "the report says 13.96, the store gives 13.69" in answer
    assert answer.splitlines()[-1] == "DOES NOT HOLD: 1 of 6 parts differ."


def test_points_without_a_density_get_estimates_that_are_called_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part in SPLIT_NAMES:
        y = np.arange(300) % 2
        x = rng.normal(size=(300, 2)) + np.column_stack([2.0 * y, 0 * y])  # the Bayes error is 15.87 %
        rows = [f"{label},{a:.6f},{b:.6f}\n" for label, (a, b) in zip(y, x, strict=True)]
        (tmp_path / f"{part}.csv").write_text("".join(rows), encoding="utf-8")
    text = (
        kind("dataset").document(Store("sqlite://"), Request((str(tmp_path),), draw=False), silent).markdown
    )
    assert "not known either. These are estimates" in text
    assert "| Bayes error in % |" not in text
    for part in SPLIT_NAMES:
        (row,) = re.findall(rf"\| {part} \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|", text)
        value, low, high = map(float, row)
        assert low < value < high
        assert 8 < value < 26


def test_samples_that_are_no_points(tmp_path: Path) -> None:
    text = kind("dataset").document(Store("sqlite://"), Request(("digits",)), silent).markdown
    assert "No density of these data is known" in text
    assert "estimators would have to look at features" in text
    assert "## Picture" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["comparison", FULL], "name at least 2 studies"),
        (["league"], "name at least one study"),
        (
            ["contest", FULL],
            "a report of the kind contest is called league now: python -m reports league STUDY",
        ),
        (["contest", FULL], "contest of people is another kind: python -m reports people CONTEST"),
        (["dataset"], "name a data set: python -m reports dataset 10"),
        (["dataset", "11111"], "there is no"),
        (["dataset", "10", "--split", "dev"], "--split"),
        (["verify"], "REPORT"),
        (["verify", "x.pdf"], "a PDF cannot be verified"),
        ([FULL, "--format", "docx"], "invalid choice"),
    ],
)
def test_wrong_arguments(
    two: Path, tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [] if words[0] == "dataset" else ["--store", str(two)]
    out = [] if words[0] == "verify" else ["--out", str(tmp_path / "out")]
    assert main([*words, *out, *more]) == 2
    answer = capsys.readouterr()
    assert answer.err.splitlines()[-1].startswith("error: ")
    assert said in answer.err


@pytest.mark.slow
def test_a_study_that_is_called_like_a_command(two: Path, tmp_path: Path) -> None:
    words = ["study", "verify", "--out", str(tmp_path), "--store", str(two), "--format", "html"]
    assert main(words) == 0
    assert [path.name for path in (tmp_path / "verify").iterdir()] == ["report.html"]


def test_an_index_links_to_the_format_that_was_written(two: Path, tmp_path: Path) -> None:
    from reports.markdown import write_index

    store = Store(str(two), readonly=True)
    text = write_index(store, [FULL], tmp_path, "report.html").read_text(encoding="utf-8")
    store.close()
    assert "[full](full/report.html)" in text


def test_looks_at_eval_are_those_before_a_study(two: Path) -> None:
    store = Store(str(two), readonly=True)
    assert [look.study for look in looks(store, store.study(FULL))][-1] == FULL
    found = {look.study: look for look in looks(store, store.study("verify"))}
    assert found[FULL].scored == 5
    assert found[FULL].same
    assert not found["other"].same  # the same eval samples by name, seed and size; another hash
    store.close()


def test_defaults_of_networks_by_hand_are_named() -> None:
    system = SystemRecord("s", "MLP-M1", "mlp-m1", "hand", 0)
    found = {
        s.name: (s.value, s.origin) for s in resolved(system, {"learning_rate": 0.1, "optimizer": "sgd"})
    }
    assert found["learning_rate"] == ("0.1", "a person")
    assert found["momentum"] == ("0.0", "default")
    assert found["clip"] == ("none", "default")
    assert "beta1" not in found
    keras = SystemRecord("s", "MLP-A1", "mlp-a1", "keras-random", 0)
    assert [s.origin for s in resolved(keras, {"layers": 2})] == ["the tuner"]


def test_the_checklist_counts(store: Store) -> None:
    from reports.section import section

    frame = section("checklist").frame(store, FULL).set_index("question")["answer"]
    assert frame["Are the data real?"] == "no"
    assert frame[[name for name in frame.index if f"{SEARCHES} times" in name]].tolist() == ["partly"]
    assert frame["Is every search scored, once?"] == "yes"
    empty = section("checklist").frame(store, UNFINISHED).set_index("question")["answer"]
    assert empty["Is every search scored, once?"] == "no"
