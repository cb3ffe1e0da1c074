"""A participant's own tries: as a table, as a file, to take up again, to mark as final."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from dashboard.contest import desk, settings_form
from dashboard.contest.joining import SAID
from datasets.percent import percent_text
from manual.learner import Config
from tuners.contest.closing import best
from tuners.contest.export import inert
from tuners.contest.form import Field, fields, plain
from tuners.contest.record import SCORED_TRIES, Contest, Person, Try, TryState
from tuners.contest.task import ContestTask
from tuners.record import ONE_CLASS

#: In the session: the number of the try that was the newest when this was drawn last.
NEWEST = "part-newest"

#: States as people say them.
WORDS = {
    TryState.QUEUED: "waits",
    TryState.RUNNING: "trains",
    TryState.COMPLETE: "done",
    TryState.DEGENERATE: ONE_CLASS,
    TryState.FAILED: "failed",
    TryState.CANCELLED: "cancelled",
    TryState.CUT: "cut off",
}


def accuracy(one: Try) -> str:
    """Dev accuracy in percent; "–" where there is none."""
    return "–" if one.dev_error is None else f"{percent_text(1 - one.dev_error)} %"


def outcome(one: Try) -> str:
    """What there is to say of a try beside its accuracy; nothing of one that simply completed."""
    if one.state == TryState.COMPLETE:
        return one.note
    words = WORDS[one.state]
    return one.note if one.note.startswith(words) else f"{words}: {one.note}" if one.note else words


def settings(config: Config, entries: Sequence[Field]) -> str:
    """What was chosen, in the order of the form, such as "Adam, learning rate 0.01, else defaults"."""
    parts = []
    left = False
    for one in entries:
        if one.name not in config:
            continue
        value = config[one.name]
        if not one.mandatory and value == one.parameter.default:
            left = True
        else:
            parts.append(one.options[value] if one.options else f"{one.label.lower()} {plain(value)}")
    return ", ".join([*parts, *(["else defaults"] if left else [])])


def show(contest: Contest, person: Person, tries: Sequence[Try], task: ContestTask, prefix: str) -> None:
    """Table, file and what can be done with a try. prefix: of the form that settings are copied to."""
    st.header("Your tries", anchor=False)
    if not tries:
        st.caption("None yet. What you submit stands here, with its dev accuracy.")
        return
    entries = fields(task)
    top = best(tries)
    if person.final is not None:
        st.markdown(f":material/flag: **Try {person.final}** is your final one.")
    elif top is not None:
        st.markdown(f":material/star: Nothing is marked: your best one counts, **try {top.number}**.")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _actions(contest, person, tries, task, prefix)
        download(tries, entries)
    st.html(table(tries, entries, top, person.final))


def _actions(contest: Contest, person: Person, tries: Sequence[Try], task: ContestTask, prefix: str) -> None:
    """What can be done with one of them."""
    by_number = {one.number: one for one in reversed(tries)}
    newest = tries[-1].number
    if st.session_state.get(NEWEST) != newest:  # a choice of before is not meant for what came after it
        st.session_state[NEWEST] = st.session_state["part-try"] = newest
    number = st.selectbox(
        "A try", list(by_number), format_func=lambda number: f"Try {number}", key="part-try", width=110
    )
    st.button(
        f"Copy settings from try {number}",
        icon=":material/content_copy:",
        on_click=settings_form.load,
        args=(prefix, by_number[number], task),
        key="part-copy",
    )
    marked = number == person.final
    st.button(
        "Not final after all" if marked else f"Mark try {number} as final",
        icon=":material/flag:",
        on_click=_mark,
        args=(contest.id, person.id, None if marked else number),
        disabled=by_number[number].state not in SCORED_TRIES,
        key="part-final",
    )


def download(tries: Sequence[Try], entries: Sequence[Field]) -> None:
    st.download_button(
        "CSV",
        as_csv(tries, entries),
        "my-tries.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="All your tries, with their settings and reasons",
        key="part-csv",
    )


def table(tries: Sequence[Try], entries: Sequence[Field], top: Try | None, final: int | None) -> str:
    """The newest first. top: which one is marked as best."""
    rows = "".join(_row(one, entries, one == top, one.number == final) for one in reversed(tries))
    return (
        "<div class='errors trial tries'><table><thead><tr><th scope='col'>Try</th>"
        "<th scope='col'>Dev accuracy</th><th scope='col' class='words'>Settings</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def as_csv(tries: Sequence[Try], entries: Sequence[Field]) -> str:
    """One row for each try; a cell of a value that did not count is empty. Accuracies are percent."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in entries]
    writer.writerow(
        ["try", "state", "dev_accuracy_percent", "epochs_trained", "seconds", *names]
        + [f"why_{name}" for name in names]
        + ["comment", "note"]
    )
    for one in tries:
        score = "" if one.dev_error is None else percent_text(1 - one.dev_error)
        reasons: Mapping[str, str] = one.reasons
        writer.writerow(
            [one.number, one.state.value, score, one.epochs, f"{one.seconds:.2f}"]
            + [one.config.get(name, "") for name in names]
            + [str(reasons.get(name, "")) for name in names]
            + [inert(one.comment), inert(one.note)]
        )
    return out.getvalue()


def _row(one: Try, entries: Sequence[Field], top: bool, final: bool) -> str:
    marks = (["best"] if top else []) + (["final"] if final else [])
    mark = f"<span class='note warn'>{' · '.join(marks)}</span>" if marks else ""
    said = outcome(one)
    told = f"<span class='note warn'>{escape(said)}</span>" if said else ""
    score = f"<span class='best'>{accuracy(one)}</span>" if top else accuracy(one)
    return (
        f"<tr><th scope='row'>{one.number}{mark}</th><td>{score}</td>"
        f"<td class='words'>{escape(settings(one.config, entries))}{told}</td></tr>"
    )


def _mark(contest: str, person: str, number: int | None) -> None:
    st.session_state[SAID] = desk.attempt(lambda book: book.mark_final(contest, person, number))
