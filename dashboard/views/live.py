"""A search as it goes on in another process."""

from typing import cast, get_args

import streamlit as st

from dashboard import deep_links, live_charts, messages, reading, viewers
from dashboard.figures import ground
from dashboard.live_table import SHOWN, progress_table, troubles_table
from dashboard.progress import OVER, Against, best_so_far, curves, progress, troubles
from dashboard.study_picker import pick_study
from reports.collapse import EXPLAINED
from tuners.path import searches
from tuners.record import StudyRecord, StudyState, TrialRecord, TrialState

TITLE = "Live race"
ICON = ":material/sports_score:"
SECTION = "Watch"
POSITION = 2

#: Learning curves of ended trials that stay in the picture.
RECENT = 4

#: A study that was cut off may be resumed at any moment, so it is looked at now and then.
RESTING_SECONDS = 5.0


def refresh_every(study: StudyRecord) -> float | None:
    """Seconds between two looks; None once the study is over and nothing can change any more."""
    if study.state == StudyState.FINISHED:
        return None
    return viewers.seconds_between() if study.state == StudyState.RUNNING else RESTING_SECONDS


def show(name: str, state: StudyState, against: Against) -> None:
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        draw(name, state, against)


def draw(name: str, state: StudyState, against: Against) -> None:
    viewers.here()
    study = next((study for study in reading.studies() if study.name == name), None)
    if study is None or study.state != state:
        st.rerun()  # the whole page: its picker, its pace and its advice depend on the state
    trials = reading.trials(name)
    epochs = reading.epochs(name)
    systems = reading.systems(name)
    labels = [system.label for system in systems]
    st.html(progress_table(progress(study, systems, trials, epochs)))
    left, right = st.columns(2)
    with left:
        st.header("Best so far", anchor=False)
        points = [(key[0], best_so_far(found, against)) for key, found in searches(trials).items()]
        over = [system.label for system in systems if system.state in OVER]
        show_chart(
            live_charts.best_chart(points, against, labels, over, ground().text),
            "best",
            f"Best dev error so far of {', '.join(labels)}, against {against}",
        )
    with right:
        st.header("Learning curves", anchor=False)
        recent = curves(trials, epochs, RECENT, alive=study.state == StudyState.RUNNING)
        show_chart(
            live_charts.curves_chart(recent, labels, ground().text),
            "curves",
            "Dev error per epoch of the trials that run and of the last few that ended",
        )
    show_troubles(troubles(trials))


def show_chart(option: live_charts.Option, key: str, alt: str) -> None:
    if not option["series"]:
        st.caption("Nothing to draw yet: the first trial has not got that far.")
        return
    st.echarts_chart(option, key=key, height=420, alt=alt)


def show_troubles(found: list[TrialRecord]) -> None:
    st.header("Failed and degenerate trials", anchor=False)
    if not found:
        st.caption("None: every trial so far gave a result.")
        return
    st.html(troubles_table(found))
    if any(trial.state == TrialState.DEGENERATE for trial in found):
        st.caption(EXPLAINED)
    if len(found) > SHOWN:
        st.caption(f"and {len(found) - SHOWN} before these")


st.title(TITLE)
study = pick_study()
st.markdown(f"{messages.STATE_BADGES[study.state]} {messages.provenance(study)}")
st.caption(
    "Errors on **dev**, in percent. Eval stays closed until a search has selected its configuration: "
    "nothing that tunes can see it."
)
messages.resume(study)
against = cast(Against, deep_links.segmented("Against", get_args(Against), key="against", default="trials"))
st.fragment(show, run_every=refresh_every(study))(study.name, study.state, against)
if study.state == StudyState.FINISHED:
    st.page_link("views/errors.py", label="See its errors", query_params={"study": study.name})
