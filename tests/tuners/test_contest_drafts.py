"""Drafts: one a person, theirs alone, gone when it is a try or nobody's any more, and never larger than a form."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from contest_people import CONSENT
from sqlalchemy import inspect

from datasets.errors import UsageError
from tuners.contest import export, tables
from tuners.contest.book import Book, Joined
from tuners.contest.form import defaults
from tuners.contest.record import Background, ClockKind, Contest, Draft, Education, Reason, Source, Terms
from tuners.contest.task import task
from tuners.contest.work import Work
from tuners.store import Store

SAID = Background(6, Education.BACHELOR, 3)
DRAFT = Draft(
    {"epochs": "1e-400", "learning_rate": "١٢", "optimizer": "adam"},
    {"epochs": Reason.OTHER, "learning_rate": Reason.GUESS},
    "half a thought, Zwetschgenbaum",
)
LATER = Draft({"epochs": "3"})


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    store = Store(str(tmp_path / "store.sqlite"))
    yield Book(store)
    store.close()


@pytest.fixture
def contest(book: Book) -> Contest:
    contest = book.create("Monday", Terms(tuners=()), CONSENT)
    book.open(contest.id)
    return book.contest(contest.id)


def begun(book: Book, contest: Contest) -> Joined:
    joined = book.join(contest.id, consent_version=CONSENT.version, reuse=True)
    book.tell_background(contest.id, joined.person.id, SAID)
    book.begin(contest.id, joined.person.id)
    return joined


@pytest.fixture
def who(book: Book, contest: Contest) -> Joined:
    return begun(book, contest)


def test_the_last_one_is_kept_as_it_was_typed_until_it_is_submitted(
    book: Book, contest: Contest, who: Joined
) -> None:
    other = begun(book, contest).person.id
    id, person = contest.id, who.person.id
    assert book.draft(id, person) is None
    book.keep_draft(id, person, DRAFT)
    book.keep_draft(id, other, LATER)
    assert book.draft(id, person) == DRAFT
    assert Book(Store(book.store.address, readonly=True)).draft(id, person) == DRAFT
    book.keep_draft(id, person, LATER)  # as from another tab
    assert book.draft(id, person) == LATER
    book.submit(id, person, defaults(task("digits")))
    assert book.draft(id, person) is None and book.draft(id, other) == LATER
    book.submit(id, other, defaults(task("digits")))
    book.keep_draft(id, other, DRAFT)  # while a try of theirs waits, the next one is thought over
    with pytest.raises(UsageError, match="one training at a time"):
        book.submit(id, other, defaults(task("digits")))
    assert book.draft(id, other) == DRAFT


def test_two_tabs_at_the_same_moment_leave_one(book: Book, contest: Contest, who: Joined) -> None:
    drafts = [Draft({"epochs": str(number)}) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda draft: book.keep_draft(contest.id, who.person.id, draft), drafts))
    assert book.draft(contest.id, who.person.id) in drafts
    with book.store.engine.connect() as connection:
        assert len(connection.execute(tables.drafts.select()).all()) == 1


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft({"lr": "1"}), "no hyperparameter called 'lr'"),
        (Draft({}, {"lr": Reason.GUESS}), "no hyperparameter called 'lr'"),
        (Draft({"epochs": "1" * 21}), "text of at most 20 characters"),
        (Draft({"epochs": "1\0"}), "text of at most 20 characters"),
        (Draft({"epochs": 3}), "text of at most 20 characters"),
        (Draft({"optimizer": "lion"}), "Optimizer = lion is not possible. It must be one of: Adam"),
        (Draft({"optimizer": ["adam"] * 1000}), "is not possible. It must be one of"),  # type: ignore[dict-item]
        (Draft({}, {"epochs": "because"}), "the reason for epochs must be one of"),  # type: ignore[dict-item]
        (Draft(comment="x" * 2001), "at most 2000 characters"),
    ],
)
def test_what_no_form_holds_does_not_grow_the_store(
    book: Book, contest: Contest, who: Joined, draft: Draft, said: str
) -> None:
    book.keep_draft(contest.id, who.person.id, DRAFT)
    with pytest.raises(UsageError, match=said):
        book.keep_draft(contest.id, who.person.id, draft)
    assert book.draft(contest.id, who.person.id) == DRAFT


def test_it_is_kept_while_they_could_submit_and_goes_with_their_part(book: Book, contest: Contest) -> None:
    id = contest.id
    new = book.join(id, consent_version=CONSENT.version, reuse=True).person.id
    with pytest.raises(UsageError, match="look at the task first"):
        book.keep_draft(id, new, DRAFT)
    with pytest.raises(UsageError, match="nobody called"):
        book.keep_draft(id, "somebody", DRAFT)
    done, late, last = (begun(book, contest).person.id for _ in range(3))
    for one in (done, late, last):
        book.keep_draft(id, one, DRAFT)
    book.finish(id, done)
    Work(book.store).time_over(contest, book.person(id, late), 1.0)
    assert [book.draft(id, one) for one in (done, late, last)] == [None, None, DRAFT]
    book.end(id)
    assert book.draft(id, last) is None
    for one, why in ((done, "they finished"), (last, "the contest was ended")):
        with pytest.raises(UsageError, match=why):
            book.keep_draft(id, one, DRAFT)
        assert book.draft(id, one) is None


def test_withdrawal_and_deletion_leave_no_byte(
    book: Book, contest: Contest, who: Joined, tmp_path: Path
) -> None:
    other = begun(book, contest)
    for number in range(40):  # rows that are written over and grow
        thought = "Zwetschgenbaum " * number
        book.keep_draft(contest.id, who.person.id, Draft({"epochs": f"77{number}"}, {}, thought))
    book.keep_draft(contest.id, other.person.id, Draft(comment="Mirabellenbaum"))

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.glob("store.sqlite*"))

    assert b"Zwetschgenbaum" in on_disk()
    book.withdraw(who.code)
    assert b"Zwetschgenbaum" not in on_disk() and b"7739" not in on_disk()
    assert b"Mirabellenbaum" in on_disk()
    book.end(contest.id)
    book.delete(contest.id)
    assert b"Mirabellenbaum" not in on_disk()


def test_no_export_holds_it(book: Book, contest: Contest, tmp_path: Path) -> None:
    """Not even one that was left behind, as by a server that died between two writes."""
    people = [begun(book, contest).person for _ in range(6)]
    for one in people:
        assert one.source == Source.PERSON
        book.submit(contest.id, one.id, defaults(task("digits")), {}, "submitted")
        book.keep_draft(contest.id, one.id, DRAFT)
    with book.store.engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(tables.drafts.select()).mappings()]
    book.end(contest.id)
    with book.store.engine.begin() as connection:
        connection.execute(tables.drafts.insert(), rows)
    made = export.export(book, contest.id, free_text=True, before_freeze=True)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"submitted" in content and b"Zwetschgenbaum" not in content


def test_a_store_that_is_older_than_drafts_gets_them_with_its_first_writer(
    book: Book, contest: Contest, who: Joined, tmp_path: Path
) -> None:
    tables.drafts.drop(book.store.engine)
    address = str(tmp_path / "store.sqlite")
    reader = Book(Store(address, readonly=True))
    assert reader.draft(contest.id, who.person.id) is None
    Book(Store(address)).keep_draft(contest.id, who.person.id, DRAFT)
    assert reader.draft(contest.id, who.person.id) == DRAFT
    alone = Store(str(tmp_path / "studies.sqlite"))  # without a contest there is no table of one
    assert not inspect(Store(alone.address).engine).has_table(tables.drafts.name)


def test_a_clock_of_ones_own_ends_it(book: Book) -> None:
    contest = book.create("Study", Terms(minutes=5, clock=ClockKind.EACH, tuners=()), CONSENT)
    book.open(contest.id)
    who = begun(book, contest).person.id
    with book.store.engine.begin() as connection:
        connection.execute(tables.people.update().values(started=1.0))
    with pytest.raises(UsageError, match="5 minutes are over"):
        book.keep_draft(contest.id, who, DRAFT)
