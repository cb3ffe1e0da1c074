"""Draw data: points of classes by hand, algorithms on them, and what they make of them."""

from typing import cast

import streamlit as st

from dashboard import deep_links, messages, projector
from dashboard.drawing import (
    actions,
    apply,
    canvas,
    classes,
    company,
    distributions,
    drafts,
    examples,
    files,
    overview,
    pictures,
    points,
    results,
    saved,
    statistics,
)
from dashboard.drawing.canvas import Overlay, Scene
from dashboard.drawing.colours import shown
from dashboard.drawing.drafts import Draft
from datasets import drawings
from datasets.types import SPLIT_NAMES, SplitName
from imld_synth.canvas import Canvas, clear, copy_marks
from imld_synth.errors import DataError
from imld_synth.preset import SPLITS

TITLE = "Draw data"
ICON = ":material/brush:"
SECTION = "Do"
POSITION = 41

CANVAS, SPLIT = "canvas", "split"


def draft_of_address() -> Draft:
    """The draft that the address means; a saved drawing that a link names is opened as a new one."""
    asked = deep_links.followed(saved.KEY)
    draft = drafts.current()
    if asked and draft.name != asked:
        if asked in drawings.names():
            saved.open_saved(asked)
            draft = drafts.current()
        else:
            st.session_state["drawing_trouble"] = (
                f"there is no drawing called {asked!r}; here is what you drew last, or choose one that is saved"
            )
    if draft.name:
        deep_links.write(saved.KEY, [draft.name])
    else:
        deep_links.forget(saved.KEY)
    return draft


def take(draft: Draft) -> None:
    """Does what the canvas has sent and was not done yet."""
    try:
        found = actions.actions(canvas.letter(CANVAS), draft.token, draft.taken)
    except DataError as error:
        draft.trouble = str(error)
        return
    for action in found:
        with draft.lock:
            if action.number <= draft.taken.get(action.pen, 0):
                continue
            draft.taken[action.pen] = action.number
            do(draft, action)
    if found:
        draft.save()


def do(draft: Draft, action: actions.Action) -> None:
    if action.trouble:
        draft.trouble = action.trouble
    elif action.kind == "undo":
        draft.undo()
    elif action.kind == "redo":
        draft.redo()
    elif action.kind == "clear":
        draft.change(lambda one: clear(one, action.split), f"Cleared {action.split}")
    else:
        try:
            after, words = actions.drawn(draft.canvas, action)
        except DataError as error:
            draft.trouble = str(error)
        else:
            draft.change(lambda _: after, words, stroke=True)


def like_train(draft: Draft, split: SplitName) -> None:
    """Fresh points from the strokes of train: on both other splits, or on the one that is shown."""
    targets = SPLIT_NAMES[1:] if split == "train" else (split,)

    def make(one: Canvas) -> Canvas:
        for target in targets:
            one = copy_marks(one, "train", target)
        return one

    draft.change(make, f"Drew {' and '.join(targets)} like train: the same strokes, fresh points")


def head(draft: Draft) -> SplitName:
    """The split that is drawn on, with the number of points of each."""
    totals = {split: sum(points.counts(draft.canvas, split)) for split in SPLITS}
    with st.container(horizontal=True, vertical_alignment="center"):
        split = cast(
            SplitName,
            deep_links.segmented(
                "Split to draw on",
                SPLIT_NAMES,
                key=SPLIT,
                default="train",
                format_func=lambda split: f"{split} · {totals[split]:,}",
                label_visibility="collapsed",
            ),
        )
        st.button(
            "Dev and eval like train" if split == "train" else f"{split.capitalize()} like train",
            key="like-train",
            icon=":material/content_copy:",
            on_click=like_train,
            args=(draft, split),
            disabled=not draft.canvas.train,
            help="The same strokes and distributions, with fresh points from the same densities",
        )
    return split


def show_trouble(draft: Draft) -> None:
    """Why the last wish was not fulfilled, once."""
    trouble = draft.trouble or st.session_state.pop("drawing_trouble", "")
    draft.trouble = ""
    if trouble:
        st.warning(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")


def scene(draft: Draft, split: SplitName, overlays: list[Overlay]) -> Scene:
    one = draft.canvas
    counts = points.counts(one, split)
    return Scene(
        draft=draft.token,
        split=split,
        limits=one.limits,
        classes=list(zip(one.class_names, shown(one.colours), counts, strict=True)),
        picture=points.image(one, split, pictures.SIDE),
        undo=bool(draft.past),
        redo=bool(draft.future),
        chosen=draft.chosen_label,
        choice=f"{draft.token}-{draft.choice}",
        said=draft.said,
        taken=draft.taken,
        overlays=overlays,
    )


@st.fragment
def editor() -> None:
    """Canvas and panels; a stroke runs this part of the page only."""
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        edit(drafts.current())


def edit(draft: Draft) -> None:
    take(draft)
    draft.show()
    left, right = st.columns([0.63, 0.37], gap="medium")
    with left:
        split = head(draft)
        place = st.container()
    with right:
        with st.container():  # one place whatever it holds: tabs that move forget which of them is open
            show_trouble(draft)
            company.note(draft)
            if draft.empty:
                examples.show(draft)
            else:
                st.html(overview.overview(draft.canvas))
        filling, renaming, numbers, saving, exchange = st.tabs(
            ["Fill", "Classes", "Numbers", "Save", "Files"]
        )
        with filling:
            distributions.show(draft, split)
        with renaming:
            classes.show(draft)
        with numbers:
            overlays = statistics.show(draft, split)
        with saving:
            saved.panel(draft)
        with exchange:
            files.show(draft, split)
    with place:
        canvas.show(scene(draft, split, overlays), CANVAS)
    st.header("Apply algorithms", anchor=False)
    apply.show(draft)


#: As much of the window for the canvas as there is: nothing that is needed while drawing lies below its edge.
ROOMY = """<style>
[data-testid="stMainBlockContainer"] { padding: 2.2rem 2rem 3rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 2rem; padding: 0 0 0.25rem; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 4.25rem 1rem 3rem; } }
</style>"""

if not projector.on():  # which is roomy by itself
    st.html(ROOMY)
st.title("Draw data", anchor=False)
draft = draft_of_address()
editor()
results.show(draft)
saved.saved_list(draft.name)
