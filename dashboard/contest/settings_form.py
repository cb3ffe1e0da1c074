"""The form of a try: every hyperparameter that counts, its default in grey, and why somebody chose what they chose.

What is typed lies in the session, and every change of it is handed on to be kept, so that a page that is opened anew
goes on where the last one was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard import messages
from manual.learner import Config, Value
from tuners.contest.book_drafts import LONGEST_VALUE
from tuners.contest.form import Field, active, exact, fields, mistakes, plain, resolve
from tuners.contest.record import Draft, Reason, Try
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


#: Keeps what is filled in for a page that is opened anew; answers what is wrong, or "".
Keep = Callable[[Draft], str]

#: The pause in typing after which a value counts as given. Without one only Enter or another field would tell the server
#: of it, and a reload before that would lose it.
PAUSE = "500ms"


@dataclass
class Filled:
    """What the form holds: text and options by name, None where nothing was given.

    whose: of whom it is; several people may use one browser after another. number: of the forms so far; the widgets of
    each are new ones, as the browser goes on showing in old ones what was typed there. sent: the same for the comment,
    which belongs to one try, while settings are the beginning of the next. kept: what was handed on last.
    """

    whose: str
    number: int = 0
    sent: int = 0
    values: dict[str, Value | None] = field(default_factory=dict)
    reasons: dict[str, Reason | None] = field(default_factory=dict)
    comment: str = ""
    kept: Draft = field(default_factory=Draft)

    def fill(self, draft: Draft) -> None:
        """Holds that draft and nothing else, in new widgets."""
        self.number += 1
        self.values, self.reasons = dict(draft.given), dict(draft.reasons)
        self.comment = draft.comment

    def draft(self) -> Draft:
        given = {name: value for name, value in self.values.items() if value is not None}
        reasons = {name: reason for name, reason in self.reasons.items() if reason is not None}
        return Draft(given, reasons, self.comment)


def draft_of(one: Try, task: ContestTask) -> Draft:
    """A try as it was filled in. What was left blank cannot be told from a default, and is left blank again."""
    chosen = [
        entry
        for entry in active(task, one.config)
        if entry.mandatory or one.config[entry.name] != entry.parameter.default
    ]
    values = {
        entry.name: one.config[entry.name] if entry.options else exact(one.config[entry.name])
        for entry in chosen
    }
    reasons = {name: one.reasons[name] for name in values if name in one.reasons}
    return Draft(values, reasons, one.comment if Reason.OTHER in one.reasons.values() else "")


def load(prefix: str, one: Try, task: ContestTask) -> None:
    """For callbacks: the form holds the settings of that try now."""
    filled: Filled = st.session_state[f"{prefix}-filled"]
    filled.fill(draft_of(one, task))


def show(
    prefix: str,
    task: ContestTask,
    whose: str,
    begin: Callable[[], Draft],
    send: Send,
    *,
    keep: Keep | None,
    locked: bool,
    label: str,
) -> None:
    """The form and its button. prefix: of its keys. begin: what it holds at first in this session. locked: nothing can be
    submitted now; the fields stay open, so that the next try can be thought over meanwhile.

    send: called with what was filled in; the page runs again where it answers "". keep: called after every change; None
    for practice, of which nothing is kept and no reason is asked for.
    """
    filled = _filled(prefix, whose, begin)
    why = keep is not None
    with st.container(key=f"{prefix}-form"):
        given: dict[str, Value] = {}
        blank = False
        for entry in fields(task):  # an optimizer stands above what belongs to it
            if not is_active(entry.parameter, given):
                continue
            if not blank and not entry.mandatory:
                blank = True
                st.caption("What follows may be left blank: the value in grey counts then.")
            value = _entry(prefix, entry, filled, why)
            if value is not None:
                given[entry.name] = value
    asked = list(given) if why else []
    if why:
        other = any(filled.reasons.get(name) == Reason.OTHER for name in asked)
        filled.comment = st.text_input(
            "Which other reason?" if other else "Your thoughts on this try (may be left blank)",
            value=filled.comment,
            key=f"{prefix}-{filled.number}-comment-{filled.sent}",
            max_chars=300,
            live=PAUSE,
        )
    if st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        disabled=locked,
        key=f"{prefix}-send",
        width="stretch",
    ):
        _submit(task, given, asked, filled, send)
    if keep is not None and filled.draft() != filled.kept:
        _keep(filled, keep)


def _filled(prefix: str, whose: str, begin: Callable[[], Draft]) -> Filled:
    key = f"{prefix}-filled"
    before: Filled | None = st.session_state.get(key)
    if before is not None and before.whose == whose:
        return before
    filled = Filled(whose, before.number if before is not None else -1)
    filled.fill(begin())
    filled.kept = filled.draft()
    st.session_state[key] = filled
    return filled


def _keep(filled: Filled, keep: Keep) -> None:
    draft = filled.draft()
    trouble = keep(draft)
    if trouble:  # with the next run of the page it is handed on again
        st.caption(f":material/error: A reload would lose what you filled in: {messages.escaped(trouble)}.")
    else:
        filled.kept = draft


def _entry(prefix: str, entry: Field, filled: Filled, why: bool) -> Value | None:
    """One row: the value, and the reason where a value is given."""
    name, key = entry.name, f"{prefix}-{filled.number}-{entry.name}"
    given = filled.values.get(name)
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
                max_chars=LONGEST_VALUE,
                live=PAUSE,
            ).strip()
        filled.values[name] = value or None
        if why:
            filled.reasons[name] = st.selectbox(
                f"Why this {entry.label.lower()}?",
                list(REASONS),
                format_func=REASONS.__getitem__,
                key=f"{key}-why",
                index=_place(REASONS, filled.reasons.get(name)),
                placeholder="Why?" if value or entry.mandatory else REASONS[Reason.DEFAULT],
                label_visibility="collapsed",
            )
    return filled.values[name]


def _place(options: Collection[object], chosen: object) -> int | None:
    """Where something stands among the options; None where it is none of them."""
    return next((place for place, option in enumerate(options) if option == chosen), None)


def _submit(
    task: ContestTask, given: Mapping[str, Value], asked: Sequence[str], filled: Filled, send: Send
) -> None:
    chosen = {name: filled.reasons.get(name) for name in asked}
    missing = [entry.label for entry in active(task, given) if chosen.get(entry.name, "") is None]
    wrong = mistakes(task, given) + ([f"Say why you chose: {', '.join(missing)}."] if missing else [])
    if wrong:
        st.error("\n\n".join(map(messages.escaped, wrong)), icon=":material/error:")
        return
    config = resolve(task, given)
    # What was left blank took the suggested default.
    reasons = {name: chosen.get(name) or Reason.DEFAULT for name in config} if asked else {}
    trouble = send(config, reasons, filled.comment)
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
    else:
        if Reason.OTHER not in reasons.values():
            filled.comment, filled.sent = "", filled.sent + 1
        filled.kept = filled.draft()  # the try itself keeps it now
        st.rerun()
