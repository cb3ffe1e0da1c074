"""The form of a try: every hyperparameter that counts, its default in grey, and why somebody chose what they chose.

What is typed lies in the session. A page that was opened anew begins with the settings that were submitted last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from dashboard import messages
from datasets.errors import UsageError
from manual.learner import Config, Value
from tuners.contest.form import Field, active, fields, plain, resolve
from tuners.contest.record import Reason, Try
from tuners.contest.task import ContestTask
from tuners.space import is_active

#: How the reasons are offered.
REASONS = {
    Reason.GUESS: "A guess",
    Reason.DEFAULT: "The suggested default",
    Reason.BEFORE: "Worked for me before this contest",
    Reason.LEARNT: "Learnt from my tries in this contest",
    Reason.OTHER: "Another reason",
}

#: Submits a configuration with its reasons and a comment; answers what is wrong, or "".
Send = Callable[[Config, Mapping[str, Reason], str], str]


@dataclass
class Draft:
    """What the form holds: text and options by name, None where nothing was given. number: of the drafts so far; the
    widgets of each are new ones, as the browser goes on showing in old ones what was typed there. sent: the same for the
    comment, which belongs to one try, while settings are the beginning of the next."""

    number: int = 0
    sent: int = 0
    values: dict[str, Value | None] = field(default_factory=dict)
    reasons: dict[str, Reason | None] = field(default_factory=dict)
    comment: str = ""


def draft_of(one: Try, task: ContestTask) -> Draft:
    """A try as it was filled in. What was left blank cannot be told from a default, and is left blank again."""
    draft = Draft(comment=one.comment if Reason.OTHER in one.reasons.values() else "")
    for entry in active(task, one.config):
        value = one.config[entry.name]
        if entry.mandatory or value != entry.parameter.default:
            draft.values[entry.name] = value if entry.options else plain(value)
            draft.reasons[entry.name] = one.reasons.get(entry.name)
    return draft


def load(prefix: str, one: Try, task: ContestTask) -> None:
    """For callbacks: the form holds the settings of that try now."""
    key = f"{prefix}-draft"
    number = st.session_state[key].number + 1 if key in st.session_state else 0
    st.session_state[key] = replace(draft_of(one, task), number=number)


def show(
    prefix: str, task: ContestTask, last: Try | None, send: Send, *, locked: bool, why: bool, label: str
) -> None:
    """The form and its button. prefix: of its keys. last: what it begins with. locked: nothing can be submitted now;
    the fields stay open, so that the next try can be thought over meanwhile.

    why: ask for reasons. send: called with what was filled in; the page runs again where it answers "".
    """
    draft: Draft = st.session_state.setdefault(f"{prefix}-draft", draft_of(last, task) if last else Draft())
    with st.container(key=f"{prefix}-form"):
        given: dict[str, Value] = {}
        blank = False
        for entry in fields(task):  # an optimizer stands above what belongs to it
            if not is_active(entry.parameter, given):
                continue
            if not blank and not entry.mandatory:
                blank = True
                st.caption("What follows may be left blank: the value in grey counts then.")
            value = _entry(prefix, entry, draft, why)
            if value is not None:
                given[entry.name] = value
    asked = list(given) if why else []
    if why:
        other = any(draft.reasons.get(name) == Reason.OTHER for name in asked)
        draft.comment = st.text_input(
            "Which other reason?" if other else "Your thoughts on this try (may be left blank)",
            value=draft.comment,
            key=f"{prefix}-{draft.number}-comment-{draft.sent}",
            max_chars=300,
        )
    if st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        disabled=locked,
        key=f"{prefix}-send",
        width="stretch",
    ):
        _submit(task, given, asked, draft, send)


def _entry(prefix: str, entry: Field, draft: Draft, why: bool) -> Value | None:
    """One row: the value, and the reason where a value is given."""
    name, key = entry.name, f"{prefix}-{draft.number}-{entry.name}"
    given = draft.values.get(name)
    help = f"{entry.help} {entry.rule[:1].upper()}{entry.rule[1:]}."
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{prefix}-row-{name}"):
        value: Value | None
        if entry.options:
            value = st.selectbox(
                entry.label,
                list(entry.options),
                format_func=entry.options.__getitem__,
                key=key,
                index=_place(entry.options, given),
                placeholder="Choose one",
                help=help,
            )
        else:
            value = st.text_input(
                entry.label,
                value=str(given or ""),
                key=key,
                placeholder="Required" if entry.mandatory else plain(entry.parameter.default),
                help=help,
                max_chars=20,
            ).strip()
        draft.values[name] = value or None
        if why:
            draft.reasons[name] = st.selectbox(
                f"Why this {entry.label.lower()}?",
                list(REASONS),
                format_func=REASONS.__getitem__,
                key=f"{key}-why",
                index=_place(REASONS, draft.reasons.get(name)),
                placeholder="Why?" if value or entry.mandatory else REASONS[Reason.DEFAULT],
                label_visibility="collapsed",
            )
    return draft.values[name]


def _place(options: Collection[object], chosen: object) -> int | None:
    """Where something stands among the options; None where it is none of them."""
    return next((place for place, option in enumerate(options) if option == chosen), None)


def _submit(
    task: ContestTask, given: Mapping[str, Value], asked: Sequence[str], draft: Draft, send: Send
) -> None:
    try:
        config = resolve(task, given)
    except UsageError as error:
        st.error(messages.escaped(str(error)), icon=":material/error:")
        return
    chosen = {name: draft.reasons.get(name) for name in asked}
    missing = [entry.label for entry in active(task, given) if chosen.get(entry.name, "") is None]
    if missing:
        st.error(f"Say why you chose: {', '.join(missing)}.", icon=":material/error:")
        return
    # What was left blank took the suggested default.
    reasons = {name: chosen.get(name) or Reason.DEFAULT for name in config} if asked else {}
    trouble = send(config, reasons, draft.comment)
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
    else:
        if Reason.OTHER not in reasons.values():
            draft.comment, draft.sent = "", draft.sent + 1
        st.rerun()
