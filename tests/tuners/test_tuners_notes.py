"""Notes and tags on trials: kept beside the records, with limits, and no change is lost in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from insight_records import RANDOM, add_searched_study

from datasets.errors import UsageError
from tuners import schema
from tuners.export import main
from tuners.notes import Note, NoteChanged, notes, write
from tuners.store import Store

FIRST = Note(RANDOM, 0, 3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(str(tmp_path / "h.sqlite"))
    add_searched_study(store, trials=5, repeats=1)
    return store


def test_a_note_comes_back_and_the_trial_stays_as_it_is(store: Store) -> None:
    before = store.trials("searched")
    said = write(
        store, "searched", replace(FIRST, text="  odd curve\r\nlook again ", tags=("odd", " odd ", "a  b"))
    )
    assert said is not None
    assert (said.text, said.tags) == ("odd curve\nlook again", ("odd", "a b"))
    assert said.changed > "2024"
    assert notes(store, "searched") == [said]
    assert store.trials("searched") == before
    pasted = write(store, "searched", replace(said, text="a\0b", tags=("c\0", "\0")))
    assert pasted is not None and (pasted.text, pasted.tags) == ("ab", ("c",))
    assert notes(store, "searched") == [pasted]
    assert write(store, "searched", replace(pasted, text="\0", tags=())) is None
    assert notes(store, "searched") == []


def test_a_change_of_somebody_else_is_noticed_and_the_last_writer_wins(store: Store) -> None:
    mine = write(store, "searched", replace(FIRST, text="mine"))
    assert mine is not None
    theirs = write(store, "searched", replace(mine, text="theirs"))
    for late in (replace(FIRST, text="late"), replace(mine, text="late"), replace(mine, text=""), FIRST):
        with pytest.raises(NoteChanged) as caught:
            write(store, "searched", late)
        assert caught.value.now == theirs
    assert theirs is not None
    assert notes(store, "searched") == [theirs]
    last = write(store, "searched", replace(mine, text="late", changed=theirs.changed))
    assert notes(store, "searched") == [last]
    write(store, "searched", replace(last, text=""))  # type: ignore[type-var]
    with pytest.raises(NoteChanged) as gone:
        write(store, "searched", replace(theirs, text="again"))
    assert gone.value.now is None


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (replace(FIRST, text="x" * 2001), "at most 2,000 characters, and this one has 2,001"),
        (replace(FIRST, tags=tuple("abcdefghijk")), "at most 10 tags, and these are 11"),
        (replace(FIRST, tags=("y" * 31,)), "at most 30 characters"),
        (replace(FIRST, tags=("a\x07b",)), "cannot be shown"),
        (replace(FIRST, number=99, text="x"), "no trial 99 of MLP-A1"),
    ],
)
def test_limits_are_said_with_the_value(store: Store, note: Note, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        write(store, "searched", note)
    assert notes(store, "searched") == []


def test_a_store_without_the_table_has_no_notes_until_it_is_written_to(store: Store) -> None:
    schema.trial_notes.drop(store.engine)
    assert notes(Store(store.address, readonly=True), "searched") == []
    write(Store(store.address), "searched", replace(FIRST, text="now"))
    assert notes(store, "searched")[0].text == "now"


def test_notes_are_exported_beside_the_trials(store: Store, tmp_path: Path) -> None:
    write(store, "searched", replace(FIRST, text='says "a, b"\nand more', tags=("odd", "look")))
    main(["searched", "--to", "csv", "--out", str(tmp_path / "out"), "--store", store.address])
    rows = pd.read_csv(tmp_path / "out" / "notes.csv").to_dict("records")
    assert [(row["system"], row["repeat"], row["number"]) for row in rows] == [(RANDOM, 0, 3)]
    assert rows[0]["note"] == 'says "a, b"\nand more'
    assert rows[0]["tags"] == "odd, look"
