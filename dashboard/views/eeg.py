"""EEG segments: what a network is shown, what filtering made of it, and whose recording it comes from."""

from typing import cast

import pandas as pd
import streamlit as st

from dashboard import deep_links, eeg_figures, figures, messages
from dashboard.prepared import Prepared, index, preview_arrays, preview_with
from dashboard.set_picker import badge, pick_set, show_origin
from datasets.cache import read_part
from datasets.eeg.framing import FRAMES
from datasets.eeg.montage import DERIVATIONS
from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, SplitName
from reports.palette import blend, class_colours

TITLE = "EEG segments"
ICON = ":material/neurology:"
SECTION = "Analyse"
POSITION = 34

ALL = "all"

#: Scales of the picture: one that fits the segment, or the same for all.
SCALES = ("fitted", "50", "100", "200", "500")

#: The frame that is shaded in the picture, in the middle of the segment.
SHOWN_FRAME = FRAMES // 2


def pick_segment(prepared: Prepared) -> tuple[SplitName, pd.Series]:
    """Split, label, patient and segment; ends the run where none is left."""
    rows = index(prepared)
    with st.container(horizontal=True):
        split = deep_links.segmented("Split", SPLIT_NAMES, key="split", default="eval")
        label = deep_links.segmented("Label", [ALL, *prepared.class_names], key="label", default=ALL)
    rows = rows[rows["split"] == split]
    if label != ALL:
        rows = rows[rows["label"] == prepared.class_names.index(label)]
    if rows.empty:
        st.info(
            f"{split} holds no segment labelled {messages.escaped(label)}.", icon=":material/filter_alt_off:"
        )
        st.stop()
    left, right = st.columns(2)
    kept = {preview.patient for preview in prepared.previews_of(split)}
    patients = sorted(set(rows["patient"]), key=lambda patient: (patient not in kept, patient))
    with left:
        patient = deep_links.selectbox(
            "Patient",
            patients,
            key="patient",
            default=patients[0],
            format_func=lambda name: f"{name} · raw signal kept" if name in kept else name or "not known",
        )
    own = rows[rows["patient"] == patient].set_index("row", drop=False)
    raw = {row for preview in prepared.previews_of(split) for row in preview.rows}
    order = sorted(own["row"], key=lambda row: (row not in raw, row))
    names = {str(row): segment_name(prepared, own.loc[row], row in raw) for row in order}
    with right:
        row = deep_links.selectbox(
            "Segment", list(names), key="segment", default=str(order[0]), format_func=lambda row: names[row]
        )
    return cast(SplitName, split), cast(pd.Series, own.loc[int(row)])


def segment_name(prepared: Prepared, one: pd.Series, raw: bool) -> str:
    start = f" · from {float(one['position']):.2f} s" if one["position"] else ""
    return f"{one['row']} · {prepared.class_names[one['label']]}{start}{' · raw signal kept' if raw else ''}"


def show_segment(prepared: Prepared, split: SplitName, one: pd.Series) -> None:
    label = prepared.class_names[one["label"]]
    patient = messages.escaped(one["patient"] or "not known")
    st.markdown(f"## {messages.escaped(label)} · patient {patient}", anchors=False)
    if one["file"]:
        st.caption(
            f"{split}, segment {one['row']}, from second {float(one['position']):.2f} of `{one['file']}`"
        )
    signal = eeg_figures.segment_of(read_part(prepared.folder, split).x[int(one["row"])])
    scale = deep_links.segmented("Microvolts from line to line", SCALES, key="scale", default=SCALES[0])
    bar = eeg_figures.scale_bar(signal) if scale == SCALES[0] else int(scale)
    ink = figures.ground().text
    # A thin line has to stand out from a dark ground as well.
    colour = blend(class_colours(len(prepared.class_names))[int(one["label"])], 0.7, ink)
    figures.show_plain(
        eeg_figures.stack_figure(signal, DERIVATIONS, bar, colour, ink, SHOWN_FRAME),
        "stack",
        f"20 derivations of a segment of 10 s, labelled {label}, patient {one['patient']}, {prepared.provenance} data",
    )
    st.markdown(badge(prepared))
    st.caption(
        "Up is positive. What a network sees of it: 100 frames of 0.1 s, each as the 0.3 s around it (15 samples of "
        "all 20 derivations), so an input of 100 × 20 × 15 microvolts. Shaded: one frame, and paler its window."
    )


def show_filtering(prepared: Prepared, split: SplitName, one: pd.Series) -> None:
    st.header("Before and after filtering", anchor=False)
    found = preview_with(prepared, split, int(one["row"]))
    if found is None:
        st.info(
            "Above is the stored signal, which is filtered. The raw signal is kept for a few files of a split only: "
            "the patients and segments marked “raw signal kept” in the lists have one.",
            icon=":material/info:",
        )
        return
    preview, place = found
    arrays = preview_arrays(prepared, preview)
    name = deep_links.selectbox("Derivation", DERIVATIONS, key="derivation", default=DERIVATIONS[0])
    channel = [str(derivation) for derivation in arrays["derivations"]].index(name)
    about = (
        f"{name}, {prepared.class_names[one['label']]}, patient {one['patient']}, {prepared.provenance} data"
    )
    low, high, rate = (prepared.settings.get(key) for key in ("low_hz", "high_hz", "rate_hz"))
    marks = {f"{low:g} Hz": low, f"{high:g} Hz": high} if low and high else {}
    if rate:
        marks[f"{rate / 2:g} Hz, Nyquist"] = rate / 2
    left, right = st.columns(2)
    with left:
        st.markdown("**Signal**")
        figures.show_plain(
            eeg_figures.before_after_figure(arrays, place, channel),
            "signal",
            f"Signal before and after, {about}",
            zoom=True,
        )
    with right:
        st.markdown("**Power spectrum**")
        figures.show_plain(
            eeg_figures.spectrum_figure(arrays, place, channel, marks),
            "spectrum",
            f"Spectrum before and after, {about}",
        )
    st.markdown(badge(prepared))
    if low and high and rate:
        st.caption(
            f"Band-pass from {low:g} to {high:g} Hz, forward and backward so that nothing is shifted in time, then "
            f"{rate:g} samples a second ({messages.escaped(str(prepared.settings.get('decimation', 'resampled')))}), which "
            f"can hold nothing above their Nyquist frequency of {rate / 2:g} Hz. Drag over the signal to zoom. Spectra by "
            "Welch's method, windows of 2 s."
        )


st.title("EEG segments")
prepared = pick_set("eeg")
show_origin(prepared)
try:
    split, one = pick_segment(prepared)
    show_segment(prepared, split, one)
    show_filtering(prepared, split, one)
except DataError as error:
    messages.damaged(error)
