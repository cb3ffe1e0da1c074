"""What people say of trials: a note and tags beside each record, which itself never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from datasets.errors import UsageError
from tuners.schema import trial_notes, trials
from tuners.store import Store
from tuners.store_text import storable

#: Characters of a note, tags of a trial, characters of a tag.
LONGEST_NOTE, MOST_TAGS, LONGEST_TAG = 2000, 10, 30


@dataclass(frozen=True)
class Note:
    """A note on one trial. repeat: which search of its system, from 0; changed: when it was written, UTC."""

    system: str
    repeat: int
    number: int
    text: str = ""
    tags: tuple[str, ...] = ()
    changed: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        """The trial within its study."""
        return self.system, self.repeat, self.number


class NoteChanged(UsageError):
    """Somebody else wrote the note since it was read. now: as it stands, None where it was deleted."""

    def __init__(self, now: Note | None) -> None:
        super().__init__(
            "somebody else has changed this note since you opened it; read theirs, and save again to replace it"
        )
        self.now = now


def notes(store: Store, study: str) -> list[Note]:
    """All notes on the trials of a study; a store may lack the table."""
    if not inspect(store.engine).has_table(trial_notes.name):
        return []
    order = (trial_notes.c.system, trial_notes.c.repeat, trial_notes.c.number)
    query = select(trial_notes).where(trial_notes.c.study == study).order_by(*order)
    with store.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        Note(row["system"], row["repeat"], row["number"], row["note"], tuple(row["tags"]), row["changed"])
        for row in rows
    ]


def write(store: Store, study: str, note: Note) -> Note | None:
    """Writes a note and returns it with the time; None where it is empty, which takes it off the trial.

    note.changed: that of the note which the writer has read, empty where there was none. Raises NoteChanged
    where another has been written since, and UsageError for a note that is too long, tags that are none, or a
    trial that the study has not.
    """
    text, tags = checked_text(note.text), checked_tags(note.tags)
    table = trial_notes
    place = {"study": study, "system": note.system, "repeat": note.repeat, "number": note.number}
    here = [table.c[name] == value for name, value in place.items()]
    changed = datetime.now(UTC).isoformat(timespec="microseconds")
    values = {"note": text, "tags": list(tags), "changed": changed}
    with store.engine.begin() as connection:
        there = [trials.c[name] == value for name, value in place.items()]
        if connection.execute(select(trials.c.number).where(*there)).first() is None:
            raise UsageError(
                f"study {study!r} has no trial {note.number} of {note.system}, search {note.repeat + 1}"
            )
        known = [*here, table.c.changed == note.changed]
        if not note.changed:
            try:
                with connection.begin_nested():
                    if text or tags:
                        connection.execute(insert(table).values(**place, **values))
                    elif connection.execute(select(table.c.note).where(*here)).first() is not None:
                        raise NoteChanged(_read(store, study, note))
            except IntegrityError:
                raise NoteChanged(_read(store, study, note)) from None
        else:
            change = (
                update(table).where(*known).values(**values) if text or tags else delete(table).where(*known)
            )
            if connection.execute(change).rowcount != 1:
                raise NoteChanged(_read(store, study, note))
    return Note(*note.key, text, tags, changed) if text or tags else None


def checked_text(text: str) -> str:
    """A note without blank ends. Raises UsageError where it is too long."""
    text = storable(text).replace("\r\n", "\n").strip()
    if len(text) > LONGEST_NOTE:
        raise UsageError(f"a note has at most {LONGEST_NOTE:,} characters, and this one has {len(text):,}")
    return text


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without blanks at their ends, each once, in their order. Raises UsageError where they break a limit."""
    kept = (" ".join(storable(tag).split()) for tag in tags)
    found = tuple(dict.fromkeys(tag for tag in kept if tag))
    if len(found) > MOST_TAGS:
        raise UsageError(f"a trial has at most {MOST_TAGS} tags, and these are {len(found)}")
    for tag in found:
        if len(tag) > LONGEST_TAG:
            raise UsageError(f"a tag has at most {LONGEST_TAG} characters, and {tag[:40]!r} has {len(tag)}")
        if not tag.isprintable():
            raise UsageError(f"a tag is plain text, and {tag!r} has characters that cannot be shown")
    return found


def _read(store: Store, study: str, note: Note) -> Note | None:
    return next((one for one in notes(store, study) if one.key == note.key), None)
