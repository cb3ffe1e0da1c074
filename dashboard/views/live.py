"""A race of searches as they go on in another process, and its podium once they are over."""

from typing import cast, get_args

import streamlit as st

from dashboard import deep_links, figures, jobs, live_charts, messages, podium, projector, reading, viewers
from dashboard.live_table import progress_table, troubles_table
from dashboard.progress import OVER, Against, Lane
from dashboard.race import race
from dashboard.study_picker import pick_study
from dashboard.ticker import ticker
from reports.collapse import EXPLAINED
from reports.palette import system_colours
from tuners.record import HAND, StudyRecord, StudyState, SystemRecord, TrialRecord, TrialState

TITLE = "Live race"
ICON = ":material/sports_score:"
SECTION = "Watch"
POSITION = 2

#: A study that was cut off may be resumed at any moment, so it is looked at now and then.
RESTING_SECONDS = 5.0


def refresh_every(study: StudyRecord) -> float | None:
    """Seconds between two looks; None once the study is over and nothing can change any more."""
    if study.state == StudyState.FINISHED:
        return None
    return viewers.seconds_between() if study.state == StudyState.RUNNING else RESTING_SECONDS


def show(name: str, state: StudyState, against: Against, chosen: list[str]) -> None:
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        draw(name, state, against, chosen)


def draw(name: str, state: StudyState, against: Against, chosen: list[str]) -> None:
    viewers.here()
    study = next((study for study in reading.studies() if study.name == name), None)
    if study is None or study.state != state:
        st.rerun()  # the whole page: its picker, its pace, its podium and its advice depend on the state
    now = race(reading.source(), name, against, tuple(chosen))
    labels = [system.label for system in study.spec.systems]
    chart, words = st.columns([0.68, 0.32])
    with chart:
        st.header("Best so far", anchor=False)
        show_race(now.lanes, study, against, labels)
    with words:
        st.header("What happened", anchor=False)
        if now.happened:
            st.html(ticker(now.happened, system_colours(labels)))
        elif study.state == StudyState.RUNNING:
            st.caption("Nothing yet: the first trial is still being trained.")
        else:
            st.caption("Nothing: it ended before the first result.")
    st.html(progress_table(now.rows, labels))
    st.header("Learning curves", anchor=False)
    show_chart(
        live_charts.curves_chart(now.curves, labels, figures.ground().text, figures.font()),
        "curves",
        "Dev error per epoch of the trials that run and of the last few that ended",
    )
    show_troubles(study, now.failures, now.failed)


def show_race(found: list[Lane], study: StudyRecord, against: Against, labels: list[str]) -> None:
    option = live_charts.race_chart(
        found,
        against,
        labels,
        limit=limit_of(study, against),
        ink=figures.ground().text,
        font=figures.font(),
        narrow=figures.phone(),
    )
    ends = ", ".join(f"{lane.system} {100 * lane.head[1]:.2f} %" for lane in found if lane.main)
    show_chart(option, "race", f"Best dev error so far against {against}: {ends}")
    if any(not lane.main for lane in found):
        st.caption(
            "Thin lines are further searches of the same system, from other seeds. The thick one is the search that runs; "
            "once all are over, the middle one."
        )


def limit_of(study: StudyRecord, against: Against) -> float | None:
    """What the budget allows a search, in what it is drawn against; None where that is not limited."""
    budget = study.spec.budget
    limit = {"trials": budget.max_trials, "epochs": budget.total_epochs, "seconds": budget.max_seconds}[
        against
    ]
    return None if limit is None else float(limit)


def show_chart(option: live_charts.Option, key: str, alt: str) -> None:
    if not option["series"]:
        st.caption("Nothing to draw yet: the first trial has not got that far.")
        return
    st.echarts_chart(option, key=key, height=440 if projector.on() else 400, alt=alt)


def show_troubles(study: StudyRecord, latest: list[TrialRecord], count: int) -> None:
    st.header("Failed and degenerate trials", anchor=False)
    if not latest:
        st.caption("None so far.")
        return
    st.html(troubles_table(latest))
    if any(trial.state == TrialState.DEGENERATE for trial in latest):
        st.caption(EXPLAINED)
    if count > len(latest):
        st.caption(f"and {count - len(latest):,} before these")
    with st.container(horizontal=True):
        for state in sorted({trial.state.value for trial in latest}):
            st.page_link(
                "views/trials.py",
                label=f"All {state} trials, with their settings",
                icon=":material/arrow_forward:",
                query_params={"study": study.name, "state": state},
            )


def show_podium(study: StudyRecord) -> None:
    """The end of the race: eval is open now, and says what the choice by dev was worth."""
    summary = reading.summary(study.name)
    found = podium.places(summary.systems)
    if not found:
        st.warning("The race is over, and no system could be scored.", icon=":material/error:")
        return
    st.header("The podium", anchor=False)
    st.html(podium.podium(found, [system.label for system in study.spec.systems]))
    st.markdown(messages.escaped(podium.gap_in_words(found)))
    st.caption(
        "What a search chose was trained anew from a seed of its own and scored once: where its dev error is far from the one "
        "it was chosen by, that trial was lucky."
    )
    show_verdict(study, found)
    rest = podium.others(found)
    if rest:
        st.html(rest)
    with st.container(horizontal=True):
        for page, label in (("errors", "Its errors"), ("comparison", "Is the difference shown?")):
            st.page_link(
                f"views/{page}.py",
                label=label,
                icon=":material/arrow_forward:",
                query_params={"study": study.name},
            )


def show_verdict(study: StudyRecord, found: list[podium.Place]) -> None:
    """Whether the order is more than luck, as far as repeats say it."""
    if all(one.repeats == 1 for one in found):
        if len(found) > 1:
            st.info(
                "Each system ran once, so nothing says whether another seed would give the same order. "
                "Repeated searches do:",
                icon=":material/casino:",
            )
            st.code(repeated(study), language="bash")
        return
    verdict = reading.frame(study, "final").attrs["verdict"]
    if verdict:
        st.info(messages.escaped(verdict), icon=":material/gavel:")


def repeated(study: StudyRecord) -> str:
    """The same race, run seven times."""
    tuners = list(dict.fromkeys(spec.tuner for spec in study.spec.systems if spec.tuner != HAND))
    budget = study.spec.budget
    words = ["--dataset", study.data.name, *(["--tuner", *tuners] if tuners else ["--baselines"])]
    if tuners and budget.max_trials:
        words += ["--max-trials", str(budget.max_trials)]
    return jobs.command([*words, "--max-epochs", str(budget.max_epochs), "--repeats", "7"])


def running_first(systems: list[SystemRecord]) -> list[str]:
    """The labels in the study's order, those that search no more behind the others."""
    return [system.label for system in sorted(systems, key=lambda system: system.state in OVER)]


def show_way_on(study: StudyRecord) -> None:
    """How a study that was cut off goes on: by a button where it was started here, else by its command."""
    job = jobs.job_of(study.name)
    if job is not None and study.state in (StudyState.INTERRUPTED, StudyState.FAILED):
        jobs.show(job)
    else:
        messages.resume(study)


st.title(TITLE)
first, second, third = st.columns([0.5, 0.3, 0.2], vertical_alignment="bottom")
study = pick_study(first)
with second:
    against = cast(
        Against, deep_links.segmented("Against", get_args(Against), key="against", default="trials")
    )
with third, st.popover("In the race", icon=":material/groups:", width="stretch"):
    labels = running_first(reading.systems(study.name))
    chosen = deep_links.multiselect(
        "Systems in the race",
        labels,
        key="racing",
        parameter="systems",
        default=labels,
        placeholder="Choose systems",
    )
st.markdown(f"{messages.STATE_BADGES[study.state]} {messages.provenance(study)}")
show_way_on(study)
if study.state == StudyState.FINISHED:
    show_podium(study)
if chosen:
    st.fragment(show, run_every=refresh_every(study))(study.name, study.state, against, chosen)
else:
    st.info("Choose at least one system above.", icon=":material/arrow_upward:")
st.caption(
    "All errors of the race are on **dev**, in percent. Eval stays closed until a search has selected its configuration: "
    "nothing that tunes can see it."
)
