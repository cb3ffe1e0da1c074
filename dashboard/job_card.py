"""A job as people see it: its state in words, how far it is, why it ended, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard import jobs, messages, reading, viewers
from dashboard.age import ago, lasting
from dashboard.progress import OVER, progress
from datasets.percent import percent_text
from tuners.jobs.process import last_words, log_of
from tuners.jobs.record import OPEN, Job, JobState
from tuners.record import StudyRecord

BADGES = {
    JobState.QUEUED: ":gray-badge[:material/hourglass_top: waits]",
    JobState.RUNNING: ":blue-badge[:material/play_arrow: running]",
    JobState.DONE: ":green-badge[:material/check: done]",
    JobState.FAILED: ":red-badge[:material/error: failed]",
    JobState.CANCELLED: ":orange-badge[:material/pause: cancelled]",
}
STOPPING = ":orange-badge[:material/stop_circle: is being ended]"

#: Jobs that are over and shown at once.
RECENT = 6


def show_job(job: Job) -> None:
    """One job on any page."""
    every = viewers.seconds_between() if job.state in OPEN else None
    st.fragment(_look, run_every=every)(job.token, job.state)


def show_jobs() -> None:
    """All jobs: what runs and waits first, in its order, then what is over."""
    active = any(job.state in OPEN for job in jobs.jobs())
    st.fragment(_look_at_all, run_every=viewers.seconds_between() if active else None)(active)


def _look(token: str, state: JobState) -> None:
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        viewers.here()
        _say(jobs.wake())
        found = jobs.jobs()
        job = next((job for job in found if job.token == token), None)
        if job is None or job.state != state:
            st.rerun()  # the page around it may have something to show now
        _card(job, found)


def _look_at_all(active: bool) -> None:
    with messages.plain_words():
        viewers.here()
        _say(jobs.wake())
        found = jobs.jobs()
        if active != any(job.state in OPEN for job in found):
            st.rerun()  # the pace of the page depends on it
        now = [job for job in reversed(found) if job.state in OPEN]
        over = sorted((job for job in found if job.state not in OPEN), key=_finished, reverse=True)
        for job in [*sorted(now, key=lambda job: job.state != JobState.RUNNING), *over[:RECENT]]:
            _card(job, found)
        if over[RECENT:]:
            with st.expander(f"{len(over) - RECENT} that ended before these"):
                for job in over[RECENT:]:
                    _card(job, found)


def _finished(job: Job) -> float:
    return job.finished or 0.0


def _say(trouble: str) -> None:
    if trouble:
        st.error(messages.escaped(trouble), icon=":material/error:")


def _card(job: Job, found: Sequence[Job]) -> None:
    studies = {study.name: study for study in reading.studies()}
    study = studies.get(job.study)
    with st.container(border=True, key=f"job-{job.token}"):
        badge = STOPPING if job.cancel and job.state == JobState.RUNNING else BADGES[job.state]
        st.markdown(f"**{messages.escaped(job.study)}** {badge} {messages.escaped(when(job, found))}")
        if job.state == JobState.RUNNING:
            _progress(job, study)
        elif job.message:
            show = st.error if job.state == JobState.FAILED else st.caption
            show(messages.escaped(_sentence(job.message)).replace("\n", "  \n"))
        with st.container(horizontal=True, vertical_alignment="center"):
            if study is not None and job.started is not None:
                _links(study)
            _controls(job)
            with st.popover("Command", icon=":material/terminal:", key=f"command-{job.token}"):
                st.markdown("The same in a terminal:")
                st.code(jobs.command(job.arguments, job.study), language="bash")
                if job.started is not None:
                    st.caption(f"What it says goes to `{log_of(reading.store(), job.token)}`.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def when(job: Job, found: Sequence[Job]) -> str:
    """The place of a job in the queue, or since when and how long it ran."""
    if job.state == JobState.QUEUED:
        before = sum(one.state == JobState.QUEUED and one.place < job.place for one in found)
        running = any(one.state == JobState.RUNNING for one in found)
        if before:
            return f"{before} before it in the queue"
        return "next, when the running one is over" if running else "begins in a moment"
    if job.state == JobState.RUNNING:
        return f"for {lasting(time.time() - (job.started or time.time()))}"
    ended = "" if job.finished is None else ago(_iso(job.finished))
    if job.started is None or job.finished is None or job.started > job.finished:
        return ended
    return f"{ended}, after {lasting(job.finished - job.started)}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _progress(job: Job, study: StudyRecord | None) -> None:
    if study is None:
        said = last_words(log_of(reading.store(), job.token))
        st.progress(0.0, text=messages.escaped(f"Begins: {said}" if said else "Begins: loading libraries"))
        return
    trials = reading.trials(study.name)
    if not trials:
        st.progress(0.0, text="The study has begun; the libraries that train are being loaded")
        return
    rows = progress(study, reading.systems(study.name), trials)
    done, planned = sum(row.done for row in rows), [row.planned for row in rows]
    of = f" of {sum(filter(None, planned)):,}" if None not in planned else ""
    errors = [row.best_dev for row in rows if row.best_dev is not None]
    text = f"{done:,}{of} trials; {sum(row.state in OVER for row in rows)} of {len(rows)} systems searched"
    if all(row.state in OVER for row in rows):
        text += "; what was selected is being scored"
    if errors:
        text += f"; best dev error {percent_text(min(errors))} %"
    st.progress(sum(row.fraction for row in rows) / len(rows), text=text)


def _links(study: StudyRecord) -> None:
    question = {"study": study.name}
    st.page_link("views/live.py", label="Live", icon=":material/monitoring:", query_params=question)
    st.page_link("views/errors.py", label="Errors", icon=":material/table:", query_params=question)


def _controls(job: Job) -> None:
    if job.state in OPEN and job.cancel:  # no popover, so that an open one goes away
        st.button("Cancel …", icon=":material/cancel:", key=f"cancelled-{job.token}", disabled=True)
    elif job.state in OPEN:
        with st.popover("Cancel …", icon=":material/cancel:", key=f"cancel-{job.token}"):
            st.markdown(
                "It leaves the queue, and can be put back."
                if job.state == JobState.QUEUED
                else "The search ends within seconds. What is finished is kept, and it can go on later; the "
                "trials under way begin anew then."
            )
            if st.button("Cancel this search", key=f"cancel-now-{job.token}", type="primary"):
                _do(lambda: jobs.cancel(job.token))
    elif job.resumable:
        label = "Start" if job.started is None else "Resume"
        if st.button(label, icon=":material/play_arrow:", key=f"again-{job.token}"):
            _do(lambda: jobs.again(job.token))


def _do(action: Callable[[], None]) -> None:
    trouble = jobs.attempt(action)
    if trouble:
        _say(_sentence(trouble))
    else:
        st.rerun()
