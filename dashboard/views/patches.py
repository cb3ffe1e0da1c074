"""Tissue patches: a gallery, each beside what a network sees of it, and where it lies on its slide."""

from typing import cast

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import deep_links, figures, messages
from dashboard.patch_pictures import pixels, slide_figure, small, with_centre
from dashboard.prepared import Prepared, index, preview_arrays, preview_with
from dashboard.set_picker import badge, pick_set, show_origin
from datasets.cache import read_part
from datasets.errors import DataError
from datasets.inputs.patches import CROP
from datasets.pathology.augment import centre_crops, training_crops
from datasets.types import SPLIT_NAMES, Samples, SplitName

TITLE = "Tissue patches"
ICON = ":material/biotech:"
SECTION = "Analyse"
POSITION = 35

ALL = "all"

#: Small pictures at once, and their width in pixels.
A_PAGE, WIDTH = 24, 112

#: Training crops of the chosen patch, and the seeds to choose from.
CROPS = 5
SEEDS = ("0", "1", "2", "3")

#: Width of a crop in pixels.
ONE_CROP = 150


def filtered(prepared: Prepared) -> tuple[SplitName, pd.DataFrame]:
    """The rows of the index that the filters leave; ends the run where there are none."""
    rows = index(prepared)
    with st.container(horizontal=True):
        split = deep_links.segmented("Split", SPLIT_NAMES, key="split", default="eval")
        label = deep_links.segmented("Class", [ALL, *prepared.class_names], key="class", default=ALL)
        rows = rows[rows["split"] == split]
        kept = {preview.patient for preview in prepared.previews_of(split)}
        patients = sorted(set(rows["patient"]), key=lambda patient: (patient not in kept, patient))
        patient = deep_links.selectbox(
            "Patient",
            [ALL, *patients],
            key="patient",
            default=ALL,
            format_func=lambda name: f"{name} · slide kept" if name in kept else name or "not known",
            width=340,
        )
    if label != ALL:
        rows = rows[rows["label"] == prepared.class_names.index(label)]
    if patient != ALL:
        rows = rows[rows["patient"] == patient]
    if rows.empty:
        st.info("No patch is left: choose another class or patient.", icon=":material/filter_alt_off:")
        st.stop()
    return cast(SplitName, split), rows.set_index("row", drop=False)


def show_gallery(prepared: Prepared, part: Samples, rows: pd.DataFrame) -> int:
    """The small pictures of one page; returns the row of the chosen one."""
    order = in_turn(rows)
    pages = [str(number + 1) for number in range(-(-len(order) // A_PAGE))]
    page = pages[0]
    if len(pages) > 1:
        page = deep_links.selectbox(
            "Page",
            pages,
            key="page",
            default=pages[0],
            format_func=lambda page: f"{page} of {len(pages)}",
            width=160,
        )
    shown = order[(int(page) - 1) * A_PAGE : int(page) * A_PAGE]
    asked = st.query_params.get("patch", "")
    chosen = int(asked) if asked.isdecimal() and int(asked) in rows.index else shown[0]
    with st.container(horizontal=True, key="gallery", gap="small"):
        for row in shown:
            label = prepared.class_names[cast(int, rows.loc[row, "label"])]
            with st.container(width=WIDTH, gap=None):
                st.image(small(part.x[row]), width=WIDTH, alt=f"Patch {row}, {label}")
                st.button(
                    f"{row} · {label}",
                    key=f"patch-{row}",
                    on_click=deep_links.follow,
                    args=("patch", str(row)),
                    type="primary" if row == chosen else "tertiary",
                    width="stretch",
                    help="Show this patch below",
                )
    st.caption(
        f"{len(order):,} patches, the classes in turn; {len(shown)} here. A button below a patch shows it at full size."
    )
    st.markdown(badge(prepared))
    return chosen


def in_turn(rows: pd.DataFrame) -> list[int]:
    """Rows with the classes in turn, so that a page of the gallery shows all of them."""
    place = rows.groupby("label").cumcount()
    return [int(row) for row in rows.assign(place=place).sort_values(["place", "label"])["row"]]


def show_patch(prepared: Prepared, split: SplitName, part: Samples, one: pd.Series) -> None:
    row, label = int(one["row"]), prepared.class_names[one["label"]]
    st.header(f"Patch {row}: {label}", anchor=False)
    where = ", ".join(one["position"].split())
    if one["file"]:
        st.caption(f"{split}, patient {one['patient']}, left and top at pixel {where} of `{one['file']}`")
    seed = deep_links.segmented("Seed of the training crops", SEEDS, key="seed", default=SEEDS[0])
    rows = np.array([row])
    side = min(CROP, *part.x.shape[1:3])
    crops = pixels(training_crops(part.x, np.repeat(rows, CROPS), side, rng=np.random.default_rng(int(seed))))
    whole, seen = st.columns([2, 3])
    with whole:
        st.image(
            with_centre(part.x[row], side),
            width="stretch",
            caption=f"whole, {part.x.shape[2]} × {part.x.shape[1]} pixels; framed: the centre",
            alt=f"Patch {row}, {label}, whole",
        )
    with seen, st.container(horizontal=True):
        with st.container(width=ONE_CROP):
            st.image(
                pixels(centre_crops(part.x, rows, side))[0],
                width=ONE_CROP,
                caption=f"in evaluation: the centre, {side} × {side}",
                alt=f"Centre crop of patch {row}",
            )
        for number, crop in enumerate(crops, start=1):
            with st.container(width=ONE_CROP):
                st.image(
                    crop,
                    width=ONE_CROP,
                    caption=f"in training, {number}",
                    alt=f"Augmented crop {number} of patch {row}",
                )
    st.markdown(badge(prepared))
    st.caption(
        f"Training draws a new crop each time: place, quarter turn, mirror image, brightness, contrast and strength of "
        f"each colour. These five were drawn with seed {seed}. Before the network, each colour is standardised by its "
        "mean and deviation on train, which is not shown here."
    )


def show_slide(prepared: Prepared, split: SplitName, one: pd.Series) -> None:
    st.header("On the slide", anchor=False)
    previews = {preview.file: preview for preview in prepared.previews_of(split)}
    if not previews:
        st.info("This folder keeps no picture of a slide.", icon=":material/info:")
        return
    found = preview_with(prepared, split, int(one["row"]))
    if found is None:
        st.info(
            "The slide of this patch was not kept: pictures of slides are kept for a few patients of a split only. "
            "Choose one marked “slide kept” in the list of patients, or look at one of them below.",
            icon=":material/info:",
        )
        files = list(previews)
        file = deep_links.selectbox(
            "Slide",
            files,
            key="slide",
            default=files[0],
            format_func=lambda file: f"patient {previews[file].patient}",
        )
        preview, place = previews[file], None
    else:
        preview, place = found
    arrays = preview_arrays(prepared, preview)
    labels = ", ".join(sorted({str(label) for label in arrays["region_labels"]})) or "none"
    figures.show_plain(
        slide_figure(arrays, prepared.class_names, place, figures.ground()),
        "slide",
        f"Slide of patient {preview.patient} with its regions ({labels}) and the boxes of {len(arrays['boxes'])} "
        f"patches, {prepared.provenance} data",
        zoom=True,
    )
    st.markdown(badge(prepared))
    st.caption(
        f"Patient {preview.patient}, regions as they were drawn ({labels}). Black: the {len(arrays['boxes'])} patches cut "
        "from it, the chosen one thick; a patch takes the first region that covers at least half of it. Drag to zoom, double click to see everything."
    )


st.title("Tissue patches")
prepared = pick_set("patches")
show_origin(prepared)
try:
    split, rows = filtered(prepared)
    part = read_part(prepared.folder, split)
    chosen = show_gallery(prepared, part, rows)
    one = cast(pd.Series, rows.loc[chosen])
    show_patch(prepared, split, part, one)
    show_slide(prepared, split, one)
except DataError as error:
    messages.damaged(error)
