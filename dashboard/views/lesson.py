"""The guided lesson: seven questions over set 10, each with a guess, an answer in numbers, and a picture."""

import streamlit as st

from dashboard import deep_links, figures, jobs, messages, reading
from dashboard.lesson.scene import SET, Scene, lesson_studies
from dashboard.lesson.step import Answer, Missing, Picture, Question, Scale, Step, steps
from dashboard.study_picker import KEY
from tuners.record import StudyRecord

TITLE = "Lesson"
ICON = ":material/school:"
SECTION = "Do"
POSITION = 42

STEP, ANSWER, DRAW = "step", "answer", "draw"

#: In the session: the last guess with its step, and what was wrong with the last start.
GUESS, SAID = "lesson_guessed", "lesson_said"


def pick_study() -> StudyRecord | None:
    """The study of the address where the lesson can show it, else the one that suits best; None without any."""
    asked = deep_links.followed(KEY)
    fitting = lesson_studies(reading.studies(asked))
    names = [study.name for study in fitting]
    if asked is not None and asked not in names:
        shown = f"this is **{messages.escaped(names[0])}**" if names else "there is none in the store"
        st.warning(
            f"The lesson needs a study of the generated set {SET}, and **{messages.escaped(asked)}** is none: {shown}.",
            icon=":material/info:",
        )
    if not fitting:
        return None
    name = names[0]
    if len(names) > 1:
        with st.sidebar:
            name = deep_links.selectbox("Study of the lesson", names, key=KEY, default=names[0])
    else:
        deep_links.write(KEY, [name])
    return next(study for study in fitting if study.name == name)


def pick_step(every: list[Step], keys: bool) -> Step:
    """A way back and on, and all steps in a row. keys: whether there may be a keyboard or a presenter's clicker, which
    sends the keys of the first two."""
    numbers = [str(step.position) for step in every]
    with st.container(horizontal=True, vertical_alignment="center", key="lesson-steps"):
        back, on = st.empty(), st.empty()
        number = deep_links.segmented(
            "Step", numbers, key=STEP, default=numbers[0], label_visibility="collapsed"
        )
    place = numbers.index(number)
    for slot, word, key, to, icon in (
        (back, "Previous step", "PageUp", place - 1, ":material/arrow_back:"),
        (on, "Next step", "PageDown", place + 1, ":material/arrow_forward:"),
    ):
        there = 0 <= to < len(numbers)
        slot.button(
            word,
            icon=icon,
            key=f"lesson_{key}",
            shortcut=key if keys else None,
            disabled=not there,
            on_click=deep_links.follow,
            args=(STEP, numbers[to] if there else number),
        )
    return every[place]


def show_question(question: Question, hint: bool) -> None:
    with st.container(key="lesson-question"):
        st.header(question.text, anchor=False)
        if hint and question.hint:
            st.markdown(question.hint)


def take_guess(step: Step, question: Question) -> None:
    """The guess of the class, which is kept until the answer is shown, and nowhere else."""
    key = f"lesson_guess_{step.name}"
    if isinstance(question.guess, Scale):
        scale = question.guess
        middle = (scale.low + scale.high) // 2
        number = st.slider(f"Your guess ({scale.unit})", scale.low, scale.high, middle, key=key, width=420)
        guess = "" if number == middle else f"{number} {scale.unit}"
    else:
        guess = st.segmented_control("Your guess", question.guess, key=key, wrap=True) or ""
    st.session_state[GUESS] = (step.name, guess)


def show_right(step: Step, answer: Answer) -> None:
    """The answer in one line, beside what the class thought."""
    guessed, guess = st.session_state.get(GUESS, ("", ""))
    told = f" · your guess: {guess}" if guess and guessed == step.name else ""
    st.success(f"**Answer: {answer.right}**{told}", icon=":material/lightbulb:")


def show_picture(picture: Picture) -> None:
    figures.show_plain(picture.figure, f"lesson_{picture.name}", picture.alt, zoom=picture.zoom)
    st.markdown(picture.label)
    if picture.note:
        st.caption(picture.note)


def show_missing(missing: Missing) -> None:
    """What the store lacks, and how to get it: here, where it was not asked for yet, or in a terminal."""
    st.info(missing.words, icon=":material/inbox:")
    job = jobs.job_of(missing.study)
    if job is not None:
        jobs.show(job)
        return
    st.code(jobs.command(missing.arguments, missing.study), language="bash")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Run it here", icon=":material/rocket_launch:", on_click=start, args=(missing,))
        st.page_link(
            "views/start.py",
            label="Change it first",
            icon=":material/tune:",
            query_params=missing.parameters,
        )
    if said := st.session_state.pop(SAID, ""):
        st.error(messages.escaped(said), icon=":material/error:")


def start(missing: Missing) -> None:
    """Once for a study: the token is its name, so that a second click and a second teacher change nothing."""
    st.session_state[SAID] = jobs.attempt(
        lambda: jobs.start(missing.study, missing.arguments, f"lesson-{missing.study}")
    )


def draw_number() -> int:
    """Which draw of the points is shown; the address keeps it."""
    asked = st.query_params.get(DRAW, "0")
    return int(asked) % 1000 if asked.isdecimal() else 0


heading = st.empty()
every = steps()
study = pick_study()
phone = figures.phone()
step = pick_step(every, keys=not phone)
heading.title(f"{step.position} · {step.title}", anchor=False)
scene = Scene(study, draw_number(), phone)
question = step.question(scene)
answered = st.query_params.get(ANSWER) == str(step.position)
answer = step.answer(scene) if answered else None
show_question(question, hint=answer is None)
with st.container(horizontal=True, vertical_alignment="bottom" if answer is None else "center"):
    if answer is None:
        take_guess(step, question)
    else:
        show_right(step, answer)
    st.button(
        "Hide the answer" if answered else "Show the answer",
        icon=":material/visibility_off:" if answered else ":material/visibility:",
        type="secondary" if answered else "primary",
        shortcut=None if phone else "A",
        key="lesson_answer",
        on_click=deep_links.follow,
        args=(ANSWER, "no" if answered else str(step.position)),
    )
    if step.anew:
        st.button(
            "Draw anew",
            icon=":material/refresh:",
            shortcut=None if phone else "D",
            on_click=deep_links.follow,
            args=(DRAW, str(scene.draw + 1)),
        )
first, *others = step.pictures(scene, answered)
show_picture(first)
if answer is not None:
    st.markdown(answer.words)
    for picture in others:
        show_picture(picture)
    with st.container(border=True):
        st.markdown(f"**To keep.** {step.takeaway}")
missing = step.lacks(scene)
if missing is not None:
    show_missing(missing)
with st.container(horizontal=True):
    for link in step.links(scene):
        st.page_link(
            f"views/{link.page}.py",
            label=link.label,
            icon=":material/search:",
            query_params=dict(link.parameters),
        )
st.caption(
    f"Step {step.position} of {len(every)}, about {step.minutes} minutes of {sum(one.minutes for one in every)}. "
    + ("" if phone else "Keys: Page up and Page down change the step, A shows the answer. ")
    + "No guess is kept."
)
