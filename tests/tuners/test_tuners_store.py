"""The store: what is written comes back, what is finished stays, and what is no store is refused."""

from __future__ import annotations

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from datasets.errors import DataError, UsageError
from tuners import schema
from tuners.record import (
    BayesRecord,
    Budget,
    DataInfo,
    Environment,
    EpochRecord,
    ScoreRecord,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)
from tuners.store import DEFAULT, Store, location, shown
from tuners.store_reading import SILENCE

#: Tables as earlier formats of the store had them.
OLDER = Path(__file__).parent / "older"

STUDY = StudyRecord(
    name="first",
    spec=StudySpec(
        dataset="10",
        systems=(
            SystemSpec("KNN", "knn", "hand", ({"k": 1}, {"k": 3}), 1),
            SystemSpec("MLP-A1 (keras-random)", "mlp-a1", "keras-random"),
        ),
        budget=Budget(5, 3, 60.5),
        seed=0,
        repeats=2,
        train_limit=100,
        preset="poster",
        workers=2,
        data_root="/data",
    ),
    data=DataInfo(
        "10",
        "points2d",
        "generated",
        "drawn",
        "ab" * 32,
        0,
        ("a", "ä"),
        (2,),
        {"train": 4, "dev": 2},
        "data/ab",
    ),
    environment=Environment("3.11", {"numpy": "2.0"}, "abc", "Linux", "cpu", 2, 7.5, "cpu"),
    command="python tuners/run.py --dataset '#10'",
    created="2026-01-01T00:00:00Z",
    state=StudyState.FINISHED,
    heartbeat=123.5,
    finished="2026-01-01T00:01:00Z",
    note="done",
)
SYSTEMS = [
    SystemRecord("first", "KNN", "knn", "hand", 0),
    SystemRecord("first", "MLP-A1 (keras-random)", "mlp-a1", "keras-random", 1, [{"parameter": "layers"}]),
]
RUNNING = TrialRecord(
    study="first",
    system="KNN",
    number=0,
    state=TrialState.RUNNING,
    config={"k": 1, "rate": 0.1, "shape": "cone", "flag": True},
    seed=7,
    epochs_planned=3,
    first_epoch=0,
    parent=None,
    asked=0,
    started=1.5,
)
FINISHED = replace(
    RUNNING,
    state=TrialState.COMPLETE,
    told=1,
    dev_error=0.1 + 0.2,
    class_errors=(0.25, 1 / 3),
    epochs=3,
    best_epoch=2,
    seconds=1.25,
    reason="",
)
SCORE = ScoreRecord(
    study="first",
    system="KNN",
    repeat=0,
    seed=9,
    trial=0,
    config={"k": 1},
    errors={"train": 0.0, "dev": 1 / 3, "eval": 0.5},
    confusion={"dev": [[1, 2], [3, 4]]},
    architecture="k = 1",
    parameters=None,
    epochs=1,
    best_epoch=1,
    seconds=0.5,
    degenerate=False,
    curve=[{"epoch": 1, "dev_error": 0.5, "train_loss": None}],
    surface="first/a.npz",
)


@pytest.fixture
def address(tmp_path) -> str:
    return str(tmp_path / "new" / "s.sqlite")


@pytest.fixture
def store(address) -> Store:
    store = Store(address)
    store.create_study(STUDY, SYSTEMS)
    return store


def test_every_record_comes_back_as_it_was_written(store, address):
    store.add_trial(RUNNING)
    assert store.trials("first") == [RUNNING]
    store.finish_trial(FINISHED)
    failed = replace(
        RUNNING, number=1, state=TrialState.FAILED, reason="out of memory", parent=0, asked=2, told=3
    )
    again = replace(FINISHED, number=2, repeat_of=0, asked=4, told=5)
    store.add_trial(failed)
    store.add_trial(again)
    epochs = [EpochRecord("KNN", 0, epoch, 0.5, None, 0.25, 1 / 3, 0.1) for epoch in (1, 2)]
    for epoch in reversed(epochs):
        store.add_epoch("first", epoch)
    store.add_score(SCORE)
    bayes = BayesRecord("first", "dev", "closed-loop-knn", 1 / 7, 1e-9, {"k": 5})
    store.add_bayes(bayes)
    for reader in (store, Store(address, readonly=True)):
        assert reader.study("first") == STUDY
        assert reader.studies() == [STUDY]
        assert reader.systems("first") == SYSTEMS
        assert reader.trials("first") == [FINISHED, failed, again]
        assert reader.trials("first", "MLP-A1 (keras-random)") == []
        assert reader.epochs("first") == reader.epochs("first", "KNN") == epochs
        assert reader.scores("first") == [SCORE]
        assert reader.bayes("first") == [bayes]
        assert reader.search_counts("first") == {("KNN", 0): (3, 0)}
        assert reader.trials("other") == []


def test_a_finished_trial_never_changes(store):
    store.add_trial(RUNNING)
    store.finish_trial(FINISHED)
    with pytest.raises(RuntimeError, match="trial 0 of KNN was finished before"):
        store.finish_trial(replace(FINISHED, dev_error=0.0))
    with pytest.raises(RuntimeError):
        store.finish_trial(replace(FINISHED, number=5))
    assert store.trials("first") == [FINISHED]


def test_a_trial_that_runs_again_forgets_its_own_epochs_only(store):
    for trial in (0, 1):
        store.add_epoch("first", EpochRecord("KNN", trial, 1, 0.5, 0.5, 0.5, 0.5, 0.1))
    store.restart_trial(RUNNING)
    assert [epoch.trial for epoch in store.epochs("first")] == [1]


def test_text_that_no_database_keeps_is_kept_without_what_it_cannot_keep(store):
    """A NUL comes by a paste, half a character by a path that is no text."""
    store.update_study("first", note="a\0b", command="run \udcff ä")
    assert (store.study("first").note, store.study("first").command) == ("ab", "run ? ä")
    assert store.trials("first\0") == store.trials("first"), "neither does a page of that address break"


def test_two_studies_cannot_have_one_name(store):
    with pytest.raises(
        UsageError, match=r"a study called 'first' is in .* already; continue it with --resume first"
    ):
        store.create_study(replace(STUDY, note="second"), SYSTEMS)
    assert store.study("first").note == "done"


def test_an_unknown_study_gets_a_suggestion(store, tmp_path):
    with pytest.raises(UsageError, match=r"no study called 'frist'\. Did you mean first\?"):
        store.study("frist")
    with pytest.raises(UsageError, match=r"no study 'x': the store .* is empty\. Start one with"):
        Store(str(tmp_path / "empty.sqlite")).study("x")


def test_studies_are_listed_newest_first(store):
    for name, created in (("old", "2025-01-01T00:00:00Z"), ("new", "2027-01-01T00:00:00Z")):
        store.create_study(replace(STUDY, name=name, created=created), [replace(SYSTEMS[0], study=name)])
    assert [study.name for study in store.studies()] == ["new", "first", "old"]


@pytest.mark.parametrize(
    ("silence", "state"), [(0, StudyState.RUNNING), (SILENCE + 5, StudyState.INTERRUPTED)]
)
def test_a_running_study_that_fell_silent_was_cut_off(store, silence, state):
    store.update_study("first", state=StudyState.RUNNING, heartbeat=time.time() - silence)
    assert store.study("first").state == state
    store.beat("first")
    assert store.study("first").state == StudyState.RUNNING


def test_updates_touch_what_they_name(store):
    store.update_search("first", "KNN", 0, state="searched", selected=3, note="x")
    knn, other = store.systems("first")
    assert (knn.state, knn.searches[0].selected, knn.note) == ("searched", 3, "x")
    assert other == SYSTEMS[1]


def test_a_missing_store_reads_as_empty_and_is_not_made(tmp_path):
    path = tmp_path / "none" / "s.sqlite"
    reader = Store(str(path), readonly=True)
    assert reader.missing
    assert reader.studies() == [] and reader.search_counts("first") == {}
    assert not path.parent.exists()


def test_a_store_that_is_being_made_reads_as_empty_and_is_left_to_its_writer(tmp_path):
    path = tmp_path / "s.sqlite"
    path.touch()  # what a writer leaves between opening the file and making the tables
    reader = Store(str(path), readonly=True)
    assert reader.missing
    assert reader.studies() == []
    assert path.stat().st_size == 0


def test_writers_and_readers_may_come_all_at_once(tmp_path):
    def open_store(number):
        path = str(tmp_path / f"{number // 8}.sqlite")
        if number % 2:
            name = f"study {number}"
            systems = [replace(system, study=name) for system in SYSTEMS]
            Store(path).create_study(replace(STUDY, name=name), systems)
        else:
            Store(path, readonly=True).studies()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_store, range(80)))
    for number in range(10):
        assert len(Store(str(tmp_path / f"{number}.sqlite")).studies()) == 4


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path, readonly):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be taken for one" * 40)
    with pytest.raises(DataError, match="is not a Handtune store, or cannot be opened"):
        Store(str(path), readonly=readonly)
    assert path.read_text().startswith("not a database")


def test_the_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table birds (name text)")
    with pytest.raises(DataError, match="is a database, but not a Handtune store"):
        Store(str(path), readonly=True)


@pytest.mark.parametrize("readonly", [False, True])
def test_the_store_of_another_version_is_refused(store, address, readonly):
    with store.engine.begin() as connection:
        connection.execute(schema.meta.update().values(value="999"))
    with pytest.raises(DataError, match=r"another version .store format 999, this one reads"):
        Store(address, readonly=readonly)


def make_older(store: Store, version: str) -> None:
    """Brings the tables of a store into the form of an earlier format."""
    trials, epochs = store.trials("first"), store.epochs("first")
    with store.engine.begin() as connection:
        for table, column in schema.ADDED_IN_4:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(schema.meta.update().values(value=version))
        if version == "3":
            return
        for table in ("systems", "trials", "epochs"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP TABLE searches"))
        for statement in (OLDER / "format_2.sql").read_text().split(";\n"):
            connection.execute(text(statement))
        for place, system in enumerate(SYSTEMS):
            connection.execute(
                text(
                    "INSERT INTO systems (study, label, learner, tuner, position, space, state, overhead, selected, note, rules) "
                    "VALUES ('first', :label, :learner, :tuner, :place, '[]', 'searched', 0.5, 3, 'search ended: x', NULL)"
                ),
                {"label": system.label, "learner": system.learner, "tuner": system.tuner, "place": place},
            )
        for table, records in (("trials", trials), ("epochs", epochs)):
            for record in records:
                row = asdict(record) | ({"study": "first"} if table == "epochs" else {})
                del row["repeat"]
                row.pop("second_error", None)
                row = {name: json.dumps(v) if isinstance(v, dict | tuple) else v for name, v in row.items()}
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
        if version == "1":
            for table, column in schema.ADDED_IN_2:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize("readonly", [False, True])
def test_an_older_store_is_brought_up_to_date(store, address, readonly, version):
    store.add_trial(RUNNING)
    store.finish_trial(FINISHED)
    store.add_epoch("first", EpochRecord("KNN", 0, 1, 0.5, None, 0.25, 0.5, 0.1))
    store.update_search("first", "KNN", 0, state="searched", overhead=0.5, selected=3, note="search ended: x")
    make_older(store, version)
    store.close()
    again = Store(address, readonly=readonly)
    assert [study.name for study in again.studies()] == ["first"]
    assert again.trials("first") == [FINISHED]
    assert [(e.epoch, e.repeat) for e in again.epochs("first")] == [(1, 0)]
    assert again.systems("first")[0].searches == (SearchRecord(0, "searched", 0.5, 3, "search ended: x"),)
    again.close()
    writer = Store(address)
    writer.add_trial(replace(RUNNING, repeat=1))
    writer.add_epoch("first", EpochRecord("KNN", 0, 1, 0.5, None, 0.25, 0.5, 0.1, 2, 1, 0.125))
    assert [trial.repeat for trial in writer.trials("first")] == [0, 1]
    assert (writer.epochs("first")[1].dev_answers, writer.epochs("first")[1].second_error) == (2, 0.125)
    score = replace(SCORE, regret={"eval": (0.01, 0.001)}, excess={"eval": (-0.01, 0.002)})
    writer.add_score(score)
    assert writer.scores("first") == [score]


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(UsageError, match="is a folder"):
        Store(str(tmp_path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"folder .* cannot be made"):
        Store(str(tmp_path / "file" / "below" / "s.sqlite"))


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:s3:c@ret@host:5432/db", "postgresql://me:***@host:5432/db"),
        ("postgresql://me:a/b@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("runs/handtune.sqlite", "runs/handtune.sqlite"),
    ],
)
def test_the_password_of_an_address_is_never_shown(address, text):
    assert shown(address) == text


@pytest.mark.parametrize(
    "address", ["nonsense://me:secret@host/db", "postgresql+nodriver://me:secret@host/db"]
)
def test_an_address_without_a_driver_is_refused_without_its_password(address):
    with pytest.raises(UsageError, match="a path or an SQLAlchemy URL") as caught:
        Store(address)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_argument_comes_before_the_environment_before_the_default(monkeypatch):
    monkeypatch.delenv("HANDTUNE_STORE", raising=False)
    assert location(None) == DEFAULT
    monkeypatch.setenv("HANDTUNE_STORE", "elsewhere.sqlite")
    assert location(None) == "elsewhere.sqlite"
    assert location("mine.sqlite") == "mine.sqlite"


def test_readers_are_not_blocked_by_a_writer(store, address):
    with store.engine.begin() as connection:
        connection.execute(schema.studies.update().values(note="half"))
        assert Store(address, readonly=True).study("first").note == "done"
