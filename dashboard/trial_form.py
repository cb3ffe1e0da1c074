"""Notes and tags on a trial: the one thing that pages write to the store, through a store opened for just that."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import messages
from datasets.errors import HandtuneError
from tuners.notes import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, Note, NoteChanged, write
from tuners.record import StudyRecord, TrialRecord
from tuners.store import Store, location

#: By form, the note as whoever writes in it has read it.
READ = "trial_notes_read"


def show(study: StudyRecord, trial: TrialRecord, note: Note | None, known: list[str]) -> None:
    """note: as it stands; known: tags of this study."""
    st.header("Note and tags", anchor=False)
    now = note or Note(trial.system, trial.repeat, trial.number)
    form = f"note/{study.name}/{trial.system}/{trial.repeat}/{trial.number}"
    read: dict[str, Note] = st.session_state.setdefault(READ, {})
    if f"{form}/text" not in st.session_state:  # shown for the first time, or again after another trial
        read[form] = now
        st.session_state[f"{form}/text"] = now.text
        st.session_state[f"{form}/tags"] = list(now.tags)
    elif read[form].changed != now.changed:
        _theirs(now)
    with st.form(form, border=True):
        text = st.text_area(
            "Note",
            key=f"{form}/text",
            max_chars=LONGEST_NOTE,
            height=100,
            placeholder="What you saw, for whoever comes next",
        )
        tags = st.multiselect(
            "Tags",
            sorted({*known, *now.tags, *st.session_state[f"{form}/tags"]}),
            key=f"{form}/tags",
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder=f"Choose or type; {LONGEST_TAG} characters at most",
        )
        saved = st.form_submit_button("Save note and tags", icon=":material/save:")
    if now.changed:
        st.caption(
            f"Last changed {now.changed[:19].replace('T', ' at ')} UTC. Everybody who opens this store sees it."
        )
    if saved:
        _save(study, replace(read[form], text=text, tags=tuple(tags)), form)


def _save(study: StudyRecord, note: Note, form: str) -> None:
    read: dict[str, Note] = st.session_state[READ]
    try:
        with closing(Store(location(None))) as store:
            kept = write(store, study.name, note)
    except NoteChanged as error:
        read[form] = error.now or replace(note, changed="")
        _theirs(error.now or replace(note, text="", tags=()))
        return
    except HandtuneError as error:
        st.error(messages.escaped(f"Not saved: {error}."), icon=":material/error:")
        return
    except SQLAlchemyError as error:
        reason = messages.escaped(str(getattr(error, "orig", None) or error))
        st.error(
            f"Not saved: the store {messages.escaped(messages.address())} cannot be written to ({reason}).",
            icon=":material/error:",
        )
        return
    read[form] = kept or replace(note, text="", tags=(), changed="")
    st.toast("Saved." if kept else "Note and tags removed.", icon=":material/check:")
    st.rerun()  # the table and the badges above show it


def _theirs(note: Note) -> None:
    """What somebody else has written meanwhile; the text in the form stays."""
    tags = f" Tags: {messages.escaped(', '.join(note.tags))}." if note.tags else ""
    words = messages.escaped(note.text).replace("\n", "  \n> ") or "(removed)"
    st.warning(
        f"Somebody else changed this note after you had opened it. It reads now:\n\n> {words}\n\n{tags} "
        "Yours is still in the form and not saved; save again to replace theirs.",
        icon=":material/group:",
    )
