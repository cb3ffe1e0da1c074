"""The instructor's form for a new contest: every field has a default, so that one click is enough for a class."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import streamlit as st

from dashboard import deep_links, messages
from dashboard.age import lasting
from dashboard.contest import desk
from dashboard.deep_values import number, reset, several, text
from datasets.plugins import scan
from tuners.contest.consent import own_version, standard
from tuners.contest.cost import Cost, cost
from tuners.contest.record import ClockKind, Consent, Contest, Terms
from tuners.contest.task import ContestTask, tasks
from tuners.record import HAND
from tuners.searcher import SEARCH, SearcherPlugin

CLOCKS = {
    ClockKind.TOGETHER: "One clock for all, from the start on (a class)",
    ClockKind.EACH: "Everybody's own, from their first look at the task (a study)",
}

#: People in the estimate of what it costs.
CLASS = 20

#: In the session: whether the form is shown though there are contests.
NEW = "contest-new"

LARGEST_SEED = 2**32 - 1

STANDARD = Terms()


def show() -> None:
    """The form; a contest that was created is the one that the page shows next."""
    ready = {name: one for name, one in tasks().items() if one.missing() is None}
    title = text(
        "Title",
        key="new-title",
        parameter="title",
        placeholder=default_title(),
        max_chars=120,
        help="Shown to participants; left empty, it is called as shown in grey",
    )
    name = deep_links.selectbox(
        "Task",
        list(ready),
        key="task",
        default=STANDARD.task,
        format_func=lambda one: f"{one}: {ready[one].title}",
        help="Participants are told neither network nor data",
    )
    missing = {name: why for name, one in tasks().items() if (why := one.missing()) is not None}
    if missing:
        st.caption(
            "; ".join(f"{messages.escaped(one)} {messages.escaped(why)}" for one, why in missing.items())
        )
    terms = _terms(ready[name])
    consent = _consent(terms)
    people = _cost(terms, ready[name])
    wanted = st.button(
        "Create the contest",
        type="primary",
        icon=":material/add:",
        key="create-contest",
        help=f"It opens a lobby; nobody sees the task before you start it. Estimated for {people} people",
    )
    if wanted:  # not as a callback, which would not know what was typed just before the click
        _create(title or default_title(), terms, consent)


def default_title() -> str:
    return f"Tuning contest, {date.today():%d %B %Y}".replace(" 0", " ")


def _terms(task: ContestTask) -> Terms:
    one, two, three = st.columns(3)
    with one:
        minutes = number(
            "Minutes", float, key="new-minutes", parameter="minutes", default=task.minutes, low=0.5, high=600.0,
            empty=f"{task.minutes:g}", step=1.0, format="%g",
        )  # fmt: skip
    with two:
        trials = _whole("Tries of each entrant", "tries", STANDARD.max_trials, empty="no limit")
    with three:
        epochs = _whole(
            "Epochs of each entrant",
            "epochs",
            None,
            empty="no limit",
            help="Summed over tries, cancelled ones too",
        )
    left, right = st.columns([0.67, 0.33])
    names = [
        name for name, one in scan(SEARCH, SearcherPlugin).items() if name != HAND and one.missing() is None
    ]
    with left:
        tuners = several(
            "Autotuners that take part", names, key="new-tuners", parameter="tuner", default=STANDARD.tuners,
            help="On the same task, budget and seeds; they use what people leave idle",
        )  # fmt: skip
    with right:
        searches = _whole(
            "Runs of each", "runs", STANDARD.searches, empty=str(STANDARD.searches),
            help="A run is what compares with a person. For a class 5, for a study 20",
        )  # fmt: skip
    published = st.checkbox(
        "The 31 configurations of the published study take part as well",
        key="new-published",
        help="Its participants' final configurations, brought into the ranges of this task",
    )
    with st.expander("Clock and seed"):
        clock = st.radio("Clock", list(CLOCKS), format_func=CLOCKS.__getitem__, key="new-clock")
        seed = _whole("Seed", "seed", STANDARD.seed, empty=str(STANDARD.seed), low=0, high=LARGEST_SEED)
    return Terms(
        task=task.name,
        minutes=minutes or task.minutes,
        clock=clock,
        max_trials=trials,
        total_epochs=epochs,
        seed=STANDARD.seed if seed is None else seed,
        tuners=tuple(tuners),
        searches=searches or STANDARD.searches,
        published=published,
    )


def _whole(label: str, parameter: str, default: int | None, *, low: int = 1, **more: Any) -> int | None:
    return number(label, int, key=f"new-{parameter}", parameter=parameter, default=default, low=low, **more)


def _consent(terms: Terms) -> Consent:
    with st.expander("What participants agree to"):
        left, right = st.columns(2)
        institution = left.text_input(
            "Who runs it", key="new-institution", placeholder="University, course", max_chars=200
        )
        contact = right.text_input(
            "Contact", key="new-contact", placeholder="An address for questions", max_chars=200
        )
        usual = standard(terms, institution, contact)
        written = st.text_area(
            "Text",
            value=usual.text,
            height=320,
            max_chars=20_000,
            key=f"new-consent-{terms.minutes:g}-{terms.clock}",
            help="Each agreement is recorded with the version of the text; a changed text has a version of its own",
        )
        if written.strip() == usual.text.strip() or not written.strip():
            st.caption(f"Version: {usual.version}")
            return usual
        version = own_version(written)
        st.caption(
            f"Version: {version}. Say what is recorded and who sees it as truly as the standard text does."
        )
        return Consent(version, written.strip(), usual.institution, usual.contact)


def _cost(terms: Terms, task: ContestTask) -> int:
    """What it costs in machine time; returns for how many people."""
    people = CLASS
    found = cost(terms, people, task.seconds, os.cpu_count() or 1)
    st.markdown(in_words(found, terms, people))
    load = found.waiting(terms.minutes)
    if load > 1:
        st.warning(
            f"People could ask for {load:.1f} times more training than this machine can do in {terms.minutes:g} minutes: they "
            "would wait for each other. Give more minutes, fewer tries, or take a smaller task.",
            icon=":material/hourglass_top:",
        )
    return people


def in_words(found: Cost, terms: Terms, people: int) -> str:
    """Trainings and time, as markdown."""
    return (
        f"**On this machine** ({found.cores} cores, about {found.seconds:g} s a training), with {people} people: at most "
        f"{found.people:,} trainings by people, {found.tuners:,} by tuners (about {lasting(found.tuner_seconds)} of idle machine), "
        f"and after the end {found.finals:,} to score everybody with {terms.final_seeds} seeds: about "
        f"{lasting(found.final_seconds)}."
    )


def _create(title: str, terms: Terms, consent: Consent) -> None:
    made: list[Contest] = []
    # Before it: a second quick click ends this run wherever it next asks Streamlit, and shall not find the form again.
    asked = st.session_state.pop(NEW, None)
    trouble = desk.attempt(lambda book: made.append(book.create(title, terms, consent)))
    if trouble:
        st.session_state[NEW] = asked
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
        return
    reset("new-title")
    deep_links.follow("contest", made[0].id)
    st.rerun()
