"""How the surface of a network came about, epoch by epoch, and how a search moved, trial by trial."""

from functools import partial
from typing import cast, get_args

import streamlit as st

from dashboard import deep_links, figures, jobs, messages, projector, reading
from dashboard.study_picker import pick_study
from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, SplitName
from reports import tables
from reports.replay import NoCourse, Over, Replay, epochs_replay, nearest, trials_replay
from reports.replay_figure import pace, replay_figure
from reports.replay_gif import gif
from reports.section import caption, units
from reports.sections.surfaces import POINTS
from reports.surfaces import Mode
from tuners.record import HAND, StudyRecord, StudyState
from tuners.summary import StudySummary

TITLE = "Replay"
ICON = ":material/motion_play:"
SECTION = "Analyse"
POSITION = 26

FRAME = "frame"

LEADS: dict[Over, str] = {
    "epochs": (
        "The final training of a system, epoch by epoch: what the network answered at every place of the plane after "
        "that epoch, and where its learning curve stood. The network of the best dev error is the one that is kept."
    ),
    "trials": (
        "A search, trial by trial in the order of their results: what the network of each trial answered, its "
        "configuration, its dev error and the best so far. The trial of the lowest dev error is selected."
    ),
}


def not_planar(study: StudyRecord) -> None:
    st.info(
        f"Data set {messages.escaped(study.data.name)} holds {units(study.data.kind)}: only the answers to two features "
        "can be drawn on a plane and played.",
        icon=":material/grid_off:",
    )
    st.page_link("views/live.py", label="See its searches", query_params={"study": study.name})
    st.stop()


def first_system(summary: StudySummary, over: Over) -> str:
    """The system of the lowest dev error whose course there is; for trials, one that was searched."""
    fitting = [
        system
        for system in summary.systems
        if system.scores and (system.scores[0].best_epoch if over == "epochs" else system.tuner != HAND)
    ]
    best = min(fitting, key=lambda system: system.errors["dev"], default=None)
    tuned = [system.label for system in summary.systems if system.tuner != HAND]
    return best.label if best else (tuned or [summary.systems[0].label])[0]


def no_course(study: StudyRecord, over: Over, reason: str) -> None:
    """Nothing to play by nature, or not yet."""
    st.info(f"{messages.escaped(reason)}.", icon=":material/videocam_off:")
    if study.state == StudyState.RUNNING:
        st.markdown("Trials can be played as they end, epochs once their system is scored.")
        st.page_link("views/live.py", label="Watch its search", query_params={"study": study.name})
    elif over == "epochs":
        st.caption("Choose another system above, or its trials instead of epochs.")


def absent(study: StudyRecord, system: str, reason: str) -> None:
    """A recording is missing or damaged: why that may be, and what to type to have one."""
    st.info(f"Nothing to play: {messages.escaped(reason)}.", icon=":material/videocam_off:")
    st.markdown(
        "Studies of earlier versions kept no course, and a store that was copied alone has none beside it. "
        "The same search once more, with its course:"
    )
    spec = next(one for one in study.spec.systems if one.label == system)
    words = ["--dataset", study.data.name]
    if spec.tuner == HAND:
        words += ["--baselines", spec.learner]
    else:
        words += ["--model", spec.learner, "--tuner", spec.tuner]
        if study.spec.budget.max_trials is not None:
            words += ["--max-trials", str(study.spec.budget.max_trials)]
        words += ["--max-epochs", str(study.spec.budget.max_epochs)]
    words += ["--seed", str(study.spec.seed)]
    st.code(jobs.command(words, f"{study.name}-replay"), language="bash")


def load(study: StudyRecord, summary: StudySummary, over: Over, system: str, repeat: int) -> Replay:
    """Raises DataError with the reason where there is nothing to play."""
    if over == "trials":
        asked = st.query_params.get(FRAME, "")
        wanted = int(asked) if asked.isdecimal() else None
        return trials_replay(reading.store(), study, reading.trials(study.name), system, repeat, wanted)
    scores = {score.repeat: score for one in summary.systems if one.label == system for score in one.scores}
    if repeat not in scores:
        raise NoCourse(f"{system} has no final training {repeat + 1} that is scored")
    return epochs_replay(reading.store(), scores[repeat])


def summary_text(replay: Replay) -> str:
    """What the frames are of, and what was left out."""
    what = "epochs" if replay.over == "epochs" else "trials"
    drawn = len(replay.moments)
    text = f"{drawn} of {replay.total} {what}" if drawn < replay.total else f"all {drawn} {what}"
    if replay.total == 1:
        text = f"one {what[:-1]} only, so nothing moves"
    if replay.kept < replay.total:
        text += f"; surfaces of the first {replay.kept} trials of a search are kept"
    if replay.damaged:
        text += f"; damaged recordings that are left out: {replay.damaged}"
    best = next((moment for moment in replay.moments if moment.number == replay.best), None)
    if best is not None:
        kept = "kept is epoch" if replay.over == "epochs" else "selected is trial"
        text += f"; {kept} {best.number}, dev error {tables.error(best.dev)} %"
    return text


def begin_anew() -> None:
    """For the callback of "Over": the fourth epoch and the fourth trial have nothing to do with each other."""
    st.session_state.pop(FRAME, None)
    deep_links.forget(FRAME)


def show_steps(numbers: list[str], frame: str) -> None:
    """One frame back and on, for who has no mouse at hand; the keys are those that a presenter's clicker sends."""
    place = numbers.index(frame)
    for word, key, to in (("Frame −1", "PageUp", place - 1), ("Frame +1", "PageDown", place + 1)):
        there = 0 <= to < len(numbers)
        st.button(
            word,
            key=f"replay_{key}",
            shortcut=None if figures.phone() else key,
            disabled=not there,
            on_click=deep_links.follow,
            args=(FRAME, numbers[to] if there else frame),
        )


st.title("Replay")
first, second, third = st.columns(3)
study = pick_study(first)
if study.data.kind != POINTS:
    not_planar(study)
summary = reading.summary(study.name)
choices = st.container(horizontal=True, vertical_alignment="bottom")
with choices:
    over = cast(
        Over,
        deep_links.segmented("Over", get_args(Over), key="over", default="epochs", on_change=begin_anew),
    )
    mode = cast(Mode, deep_links.segmented("Ground", get_args(Mode), key="mode", default="probability"))
    # Points of eval wait until nothing can be tuned by looking at them.
    splits = SPLIT_NAMES if study.state == StudyState.FINISHED else SPLIT_NAMES[:2]
    split = cast(SplitName, deep_links.segmented("Points of", splits, key="split", default="dev"))
    repeat = "1"
    if study.spec.repeats > 1:
        numbers = [str(number + 1) for number in range(study.spec.repeats)]
        repeat = deep_links.segmented("Search", numbers, key="repeat", default="1")
labels = [system.label for system in summary.systems]
with second:
    system = deep_links.selectbox("System", labels, key="system", default=first_system(summary, over))
try:
    replay = load(study, summary, over, system, int(repeat) - 1)
except NoCourse as error:
    no_course(study, over, str(error))
    st.stop()
except DataError as error:
    absent(study, system, str(error))
    st.stop()
titles = {str(moment.number): moment.title for moment in replay.moments}
with third:
    frame = deep_links.selectbox(
        "Begin at", list(titles), key=FRAME, default=next(iter(titles)), format_func=titles.__getitem__
    )
with choices.container(horizontal=True, width="content"):
    show_steps(list(titles), frame)
samples = figures.points(study, split)
figure = replay_figure(
    replay,
    samples,
    study.data.class_names,
    split,
    caption=caption(study),
    ink=figures.ground().text,
    mode=mode,
    start=nearest(replay, int(frame)),
    narrow=figures.phone(),
    scale=projector.scale(),
)
about = figure.layout.title.text
words = summary_text(replay)
figures.stand_out(figure)
figure.update_layout(legend_y=0)
figures.show_figure(figure, "replay", f"Decision surfaces of {system}, {words}; {about}", study)
st.markdown(LEADS[over])
st.caption(
    f"{words[:1].upper()}{words[1:]}. Ground: the class answered there, pale where the network is undecided; dots: "
    f"{about.rpartition('; ')[2]}. Nothing is made up between two frames."
)
st.download_button(
    "GIF for slides",
    partial(
        gif,
        replay,
        samples,
        len(study.data.class_names),
        f"{system}, {caption(study)}, points of {split}",
        mode,
        pace(replay),
    ),
    f"{study.name}-{over}.gif",
    "image/gif",
    on_click="ignore",
)
st.page_link(
    "views/surfaces.py",
    label="Compare with other systems",
    query_params={"study": study.name, "systems": system},
)
