"""The analysis of a contest: what each part owes, what it tells of few people, and its report.

After a wanted change: REFRESH_GOLDEN=1 python -m pytest tests/reports/test_reports_people.py
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from people_records import MONTHS, add_contest, build_contest
from sqlalchemy import delete, update

from datasets.errors import UsageError
from reports.__main__ import main
from reports.contest_data import DEFAULTS, PEOPLE, ContestData, group_of
from reports.contest_reading import in_order, random_studies, read_contest
from reports.kind import Request, kind, silent
from reports.people_cells import share, told
from reports.people_part import SIMULATED, PeoplePart, part, parts
from tuners.contest import tables
from tuners.contest.book import Book
from tuners.contest.record import ContestState, Source
from tuners.store import Store

GOLDEN = Path(__file__).parent / "golden" / "report_people.md"

#: Contests of the store by their ids: many people, few, none, programs, both; one whose groups are small.
CONTESTS = ("tuesday", "few", "nobody", "programs", "mixed", "small")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contests")
    path, _ = build_contest(folder)
    store = Store(str(path))
    add_contest(store, (0, 5, 20), searches=2, id="few", study="contest-few")
    add_contest(store, (), searches=1, id="nobody", study="contest-nobody")
    add_contest(
        store, (0, 1, 2, 12, 30), source=Source.SIMULATED, searches=1, id="programs", study="contest-programs"
    )
    add_contest(store, (0,) * 6 + (5,) * 3, searches=1, id="mixed", study="contest-mixed")
    add_contest(store, (0,) * 6 + (5,) * 2 + (20,) * 5, searches=1, id="small", study="contest-small")
    with store.engine.begin() as connection:
        change = update(tables.people).where(tables.people.c.id == "mixed-person-8")
        connection.execute(change.values(source=str(Source.SIMULATED)))
    store.close()
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(str(path), readonly=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def data(path: Path) -> dict[tuple[str, bool], ContestData]:
    """Every contest, for a report and for a page."""
    store = Store(str(path), readonly=True)
    found = {(id, True): read_contest(store, id) for id in CONTESTS}
    found |= {(id, False): read_contest(store, id, public=False) for id in ("tuesday", "small")}
    store.close()
    return found


@pytest.fixture(scope="module")
def texts(path: Path) -> dict[str, str]:
    """Reports without their pictures."""
    store = Store(str(path), readonly=True)
    found = {id: report(store, id) for id in ("tuesday", "few", "programs", "mixed")}
    store.close()
    return found


def report(store: Store, id: str, **options: str) -> str:
    return kind("people").document(store, Request((id,), draw=False, **options), silent).markdown


def test_parts_stand_in_their_order() -> None:
    names = [found.name for found in parts()]
    assert (names[0], names[1], names[-1]) == ("flow", "finals", "power")
    positions = [found.position for found in parts()]
    assert positions == sorted(set(positions))
    chapters = [found.chapter for found in parts()]
    assert chapters == sorted(chapters, key=chapters.index)  # the parts of a chapter stand together
    with pytest.raises(UsageError, match="Did you mean finals"):
        part("final")


@pytest.mark.parametrize("found", parts(), ids=lambda found: found.name)
def test_every_part_keeps_the_contract(data: dict[tuple[str, bool], ContestData], found: PeoplePart) -> None:
    assert found.lead.endswith(".") and found.title and found.chapter
    for (id, public), contest in data.items():
        frame = found.frame(contest)
        if id == "tuesday":
            pd.testing.assert_frame_equal(frame, found.frame(contest))
        untouched = frame.copy(deep=True)
        text, chart = found.markdown(frame), found.stamped(frame)
        pd.testing.assert_frame_equal(frame, untouched)
        assert text.strip() and not re.search(r"\bnan\b|None|inf\b", text), (id, public, text)
        if frame.empty:
            assert chart is None and text == frame.attrs["nothing"] and text.endswith(".")
            continue
        machines = found.name == "random_search"
        assert (SIMULATED in text) == (id == "programs" and not machines)
        assert chart is None or (chart.stamp == SIMULATED) == (id == "programs" and not machines)
        assert frame.attrs["caption"] in found.alt(frame)


def test_a_contest_of_many_has_every_part(data: dict[tuple[str, bool], ContestData]) -> None:
    for public in (True, False):
        assert [found.name for found in parts() if found.frame(data["tuesday", public]).empty] == []


@pytest.mark.slow
def test_figures_of_pages_and_reports_show_the_same(data: dict[tuple[str, bool], ContestData]) -> None:
    found = part("experience")
    frame = found.frame(data["tuesday", False])
    figure, picture = found.figure(frame), found.picture(frame)
    assert figure is not None and picture is not None
    months = [month for trace in figure.data[:3] for month in trace.x]
    assert sorted(months) == sorted(MONTHS)
    assert len(picture.axes) == 2
    dots = [len(drawn.get_offsets()) for drawn in picture.axes[0].collections]
    assert dots == [8, 7, 9]


@pytest.mark.slow
@pytest.mark.parametrize("found", parts(), ids=lambda found: found.name)
def test_every_chart_can_be_drawn_both_ways(
    data: dict[tuple[str, bool], ContestData], found: PeoplePart
) -> None:
    for contest in (data["tuesday", False], data["few", True], data["programs", True]):
        frame = found.frame(contest)
        if found.stamped(frame) is None:
            assert found.figure(frame) is None and found.picture(frame) is None
            continue
        figure, picture = found.figure(frame), found.picture(frame)
        assert figure is not None and picture is not None
        picture.canvas.draw()
        words = [text.get_text() for text in picture.texts]
        stamped = contest.simulated and found.name != "random_search"
        assert (SIMULATED in words) == stamped
        assert any(note.text == SIMULATED for note in figure.layout.annotations) == stamped


def test_reading_what_people_did(data: dict[tuple[str, bool], ContestData]) -> None:
    contest = data["tuesday", False]
    assert len(contest.people) == 24 and contest.tuners == ["keras-random", "optuna-tpe"]
    assert [len(contest.of(name)) for name in (PEOPLE, *contest.tuners, DEFAULTS)] == [24, 6, 6, 1]
    assert sorted(one.label for one in contest.people) == sorted(f"P{number}" for number in range(1, 25))
    assert (contest.flow.agreed, contest.flow.scored) == (24, 24)
    one = contest.people[0]
    assert [step.epochs for step in one.steps] == sorted(step.epochs for step in one.steps)
    assert all(0 < step.seconds < 1000 for step in one.steps)
    assert one.eval_error == pytest.approx(sum(one.scored) / 10)
    assert len(contest.random) == 90 and None in contest.random
    groups = [group_of(months) for months in (0, 1, 9, 10)]
    assert groups[0] != groups[1] == groups[2] != groups[3]
    assert data["mixed", True].left_out == 1 and len(data["mixed", True].people) == 8
    assert not data["mixed", True].simulated and data["programs", True].simulated


def test_an_open_contest_is_not_analysed(path: Path, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path / "copy.sqlite")
    store = Store(str(copy))
    with store.engine.begin() as connection:
        connection.execute(
            update(tables.contests).where(tables.contests.c.id == "few").values(state=str(ContestState.OPEN))
        )
    with pytest.raises(UsageError, match=r"contest few is open.*end it first"):
        read_contest(store, "few")
    with pytest.raises(UsageError, match="no contest 'tusday'"):
        read_contest(store, "tusday")
    assert "few" not in kind("people").offered(store)
    store.close()


def test_while_scoring_goes_on_eval_is_of_the_seeds_that_all_have(path: Path, tmp_path: Path) -> None:
    store = Store(str(shutil.copy(path, tmp_path / "copy.sqlite")))
    finals = tables.finals
    with store.engine.begin() as connection:
        change = update(tables.contests).where(tables.contests.c.id == "tuesday")
        connection.execute(change.values(state=str(ContestState.ENDED)))
        later = update(finals).where(finals.c.contest == "tuesday", finals.c.place >= 2)
        lucky = finals.c.entrant == "defaults"  # the third training is over for one entrant alone
        connection.execute(later.where(~lucky).values(state="waiting", eval_error=None))
        connection.execute(later.where(lucky).values(eval_error=0.0))
    found = read_contest(store, "tuesday")
    assert found.rounds == 2 and {len(one.scored) for one in found.competitors if one.errors} == {2}
    (defaults,) = found.of(DEFAULTS)
    assert defaults.eval_error is not None and defaults.eval_error > 0.1
    text = report(store, "tuesday")
    assert "is provisional, after 2 of 10 trainings each with the same seeds for all" in text
    assert text.count("accuracies on eval provisional, after 2 of 10 trainings each") > 10
    assert read_contest(store, "few").rounds is None
    store.close()


def test_of_few_people_nothing_is_tested(texts: dict[str, str]) -> None:
    text = texts["few"]
    assert not re.search(r"\bp [=<]", text.replace(", p = .", ""))  # the study's own figures apart
    assert text.count("Nothing can be concluded") >= 6
    assert "Kruskal-Wallis H" not in text and "log-rank, chi" not in text
    assert "| P1 |" in text and "| P3 |" in text


def test_groups_of_fewer_than_five_are_not_told_of_in_a_report(
    data: dict[tuple[str, bool], ContestData],
) -> None:
    """6 novices, 2 in between, 5 experts: leaving out the two alone would tell of them by the total."""
    for found in parts():
        frame = found.frame(data["small", True])
        if "group" in frame:
            assert set(frame["group"]) <= {"novices (0 months)", "everybody"}, found.name
    page = part("experience").frame(data["small", False])
    assert page["group"].nunique() == 3 and page["months"].notna().all()
    assert part("experience").frame(data["tuesday", True])["months"].isna().all()
    assert told({"a": 8, "b": 3, "c": 12}, True) == ["c"]
    assert told({"a": 8, "b": 0, "c": 12}, True) == ["a", "c"]
    assert told({"a": 8, "b": 3, "c": 2}, True) == ["a"]
    assert told({"a": 8, "b": 3, "c": 12}, False) == ["a", "b", "c"]
    assert (share(3, 9, True)[:3], share(3, 9, False), share(5, 10, True)) == ("not", "3 of 9", "5 of 10")


def test_a_report_names_nobody(store: Store, texts: dict[str, str]) -> None:
    text = texts["tuesday"]
    for person in Book(store).people("tuesday"):
        assert person.alias not in text and person.id not in text
    assert "months of experience" in text and "| 60 |" not in text


def test_who_is_who_changes_with_every_withdrawal() -> None:
    ids = [f"person-{number}" for number in range(40)]
    order = in_order(ids)
    assert sorted(order) == sorted(ids) and order != ids and order == in_order(reversed(ids))
    fewer = in_order(ids[1:])
    assert fewer != [id for id in order if id != ids[0]]


def test_the_report_is_the_golden_one(texts: dict[str, str]) -> None:
    text = texts["tuesday"].split("[handtune-report]")[0]  # versions stand in the last line
    if os.environ.get("REFRESH_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_programs_are_never_taken_for_people(texts: dict[str, str]) -> None:
    text = texts["programs"]
    assert "> **Simulated participants.** Nobody took part" in text
    assert "5 simulated participants, no people" in text
    assert "**Simulated participants are left out (1).**" in texts["mixed"]


def test_another_studys_random_search_can_stand_in(store: Store) -> None:
    assert "contest-few" in random_studies(store)
    assert "drawn by keras-random of study contest-small" in report(
        store, "few", random_study="contest-small"
    )
    with pytest.raises(UsageError, match="there is no study"):
        report(store, "tuesday", random_study="nothing")


def test_a_report_is_verified_and_a_withdrawal_explained(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = str(shutil.copy(path, tmp_path / "copy.sqlite"))
    out = tmp_path / "out"
    store = Store(copy)
    document = kind("people").document(store, Request(("few",), draw=False), silent)
    (out / "people-few").mkdir(parents=True)
    written = out / "people-few" / "report.md"
    written.write_text(document.markdown, encoding="utf-8")
    verify = ["verify", str(written), "--store", copy, "--skip", "pictures", "data"]
    assert main(verify) == 0
    with store.engine.begin() as connection:  # as a withdrawal does
        for table, column in ((tables.people, "id"), (tables.tries, "person"), (tables.entrants, "person")):
            connection.execute(delete(table).where(table.c[column] == "few-person-1"))
    store.close()
    capsys.readouterr()
    assert main(verify) == 1
    answer = capsys.readouterr().out
    assert "may withdraw until" in answer and "no fault of either" in answer
    assert main(["people", "nothing", "--out", str(out), "--store", copy]) == 2
    assert "there is no contest 'nothing'" in capsys.readouterr().err
    assert main(["people", "--out", str(out), "--store", copy]) == 2
    assert "name at least one contest. The store has:" in capsys.readouterr().err
