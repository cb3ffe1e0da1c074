"""Algorithms for a drawing: which, with what budget, and the study that trains them."""

from __future__ import annotations

from functools import cache

import streamlit as st

from dashboard import deep_links, jobs, reading
from dashboard.drawing import saved
from dashboard.drawing.drafts import Draft
from datasets.plugins import scan
from manual import MODELS, Baseline
from tuners.jobs.queue import new_token
from tuners.jobs.record import OPEN, Job
from tuners.searcher import SEARCH, SearcherPlugin

POINTS = "points2d"

#: What is chosen at first: a straight line, a curve, neighbours and a forest, fitted within a second each.
FIRST = ("lda", "qda", "knn", "rnf")

#: Trials of an autotuner, and epochs of every network.
TRIALS, EPOCHS = 5, 5

#: Needs a file that a person wrote.
BY_HAND = "hand"


@cache
def algorithms() -> dict[str, str]:
    """Baselines that take points in the plane and can run here: name, and what it is called in tables."""
    found = scan(MODELS, Baseline)
    return {one.name: one.system for one in found.values() if POINTS in one.kinds and one.missing() is None}


@cache
def autotuners() -> dict[str, str]:
    """Tuners that can run here: name and title."""
    found = scan(SEARCH, SearcherPlugin)
    return {one.name: one.title for one in found.values() if one.name != BY_HAND and one.missing() is None}


def show(draft: Draft) -> None:
    """The choice and the button."""
    known, tuners = algorithms(), autotuners()
    left, right = st.columns(2)
    with left:
        chosen = deep_links.multiselect(
            "Algorithms",
            list(known),
            key="algorithms",
            default=[name for name in FIRST if name in known],
            format_func=known.__getitem__,
        )
    with right:
        searched = deep_links.multiselect(
            "Autotuners of a network (MLP-A1)",
            list(tuners),
            key="autotuners",
            default=[],
            placeholder="None; one may search for a network",
            help="\n".join(f"- {name}: {title}" for name, title in tuners.items()),
        )
    busy = any(job.state in OPEN for job in jobs_of(draft.name))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        trials = int(st.number_input("Trials a tuner", 1, 100, TRIALS, key="apply-trials", width=130))
        epochs = int(st.number_input("Epochs a trial", 1, 100, EPOCHS, key="apply-epochs", width=130))
        pressed = st.button(
            "Train and evaluate",
            key="apply",
            type="primary",
            icon=":material/play_arrow:",
            disabled=draft.empty or busy or not (chosen or searched),
        )
    if pressed and not busy:  # of a double click the second finds the first at work
        _start(draft, *saved.chosen(draft), arguments(chosen, searched, trials, epochs))
    if draft.empty:
        st.caption("Nothing is drawn yet: fill the canvas, or begin with an example.")
    elif busy:
        st.caption("A study of this drawing is under way: see Results, below.")
    else:
        st.caption(
            "The drawing is saved under its name, and a study of it waits in the queue. Every algorithm learns train, "
            "networks and settings are chosen by dev, and eval is scored once at the end."
        )


def arguments(baselines: list[str], tuners: list[str], trials: int, epochs: int) -> list[str]:
    """What `tuners/run.py` is told, besides the data set and the study."""
    words: list[str] = []
    if baselines:
        words += ["--baselines", *dict.fromkeys(baselines)]  # an address may name one twice
    if tuners:
        words += ["--tuner", *dict.fromkeys(tuners), "--max-trials", str(trials)]
    return [*words, "--max-epochs", str(epochs)]


def _start(draft: Draft, name: str, replace: bool, words: list[str]) -> None:
    if not saved.save(draft, name, replace):
        st.rerun()
    study, token = free_study(name), new_token()
    draft.trouble = jobs.attempt(lambda: jobs.start(study, ["--dataset", name, *words], token))
    if not draft.trouble:
        draft.note(f"Asked for study {study}: {' '.join(words)}")
        draft.save()
    st.rerun()


def jobs_of(drawing: str) -> list[Job]:
    """What was asked for on a drawing, newest first."""
    return [job for job in jobs.jobs() if drawing and job.arguments[:2] == ("--dataset", drawing)]


def free_study(drawing: str) -> str:
    """The first name after the drawing's that no study and no job has."""
    taken = {study.name for study in reading.studies()} | {job.study for job in jobs.jobs()}
    number = 1
    while f"{drawing}-{number}" in taken:
        number += 1
    return f"{drawing}-{number}"
