"""Files of a drawing: IMLD's CSV of a split in and out, the drawing itself as JSON in and out."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from dashboard import messages
from dashboard.drawing import points
from dashboard.drawing.drafts import Draft
from datasets.types import SPLIT_NAMES
from imld_synth.canvas import MOST_CLASSES, Canvas, add, add_class, clear
from imld_synth.canvas_json import canvas_from_json, canvas_to_json
from imld_synth.csv_imld import imld_csv
from imld_synth.csv_io import CsvData, parse_csv
from imld_synth.errors import DataError
from imld_synth.marks import MOST_POINTS, Import

#: Bytes of an uploaded file: the browser's limit (server.maxUploadSize) is checked here once more.
MOST_BYTES = 5 * 1024 * 1024

LONGEST_TITLE = 60


def show(draft: Draft, split: str) -> None:
    """Draws the panel: import, export."""
    file = st.file_uploader(
        "Import a CSV of IMLD, or a drawing (JSON)",
        ["csv", "txt", "json"],
        key=f"import-{draft.token}",
        help="CSV: rows `class, x, y`; lines with # may name classes, colors and limits",
    )
    if file is not None:
        _offer(draft, split, file.name, file.getvalue())
    st.markdown("**Export**")
    canvas, name = draft.canvas, draft.name or "drawing"
    with st.container(horizontal=True):
        for part in SPLIT_NAMES:
            st.download_button(
                part,
                partial(csv_text, canvas, part),
                f"{name}-{part}.csv",
                "text/csv",
                key=f"export-{part}",
                icon=":material/download:",
                disabled=not canvas.marks(part),
                help=f"The points of {part} as IMLD's CSV",
                on_click="ignore",
            )
        st.download_button(
            "drawing",
            partial(canvas_to_json, canvas),
            f"{name}.json",
            "application/json",
            key="export-json",
            icon=":material/download:",
            help="Strokes, distributions, classes and limits of all splits, to import again",
            on_click="ignore",
        )


def csv_text(canvas: Canvas, split: str) -> str:
    x, y = points.split_points(canvas.marks(split))
    return imld_csv(
        x, y, canvas.class_names, colours=canvas.colours, limits=canvas.limits, filename=f"{split}.csv"
    )


def _offer(draft: Draft, split: str, name: str, raw: bytes) -> None:
    """What the file holds, and the buttons that take it over; or what is wrong with it."""
    try:
        if len(raw) > MOST_BYTES:
            raise DataError(
                f"a file has at most {MOST_BYTES // 1024**2} MB, and {name} has {len(raw):,} bytes"
            )
        if name.lower().endswith(".json"):
            canvas = canvas_from_json(raw)
            st.caption(f"A drawing with {_classes(canvas.class_names)}.")
            st.button(
                "Open in place of this one", key="take-json", on_click=_replace, args=(draft, canvas, name)
            )
            return
        data = parse_csv(raw, name, most_rows=MOST_POINTS)
    except DataError as error:
        st.warning(messages.escaped(str(error)), icon=":material/error:")
        return
    st.caption(f"{len(data.y):,} points of {_classes(data.class_names)}.")
    with st.container(horizontal=True):
        for words, only in ((f"Add to {split}", False), (f"Replace {split}", True)):
            st.button(words, key=f"take-csv-{only}", on_click=_take, args=(draft, split, name, data, only))


def _classes(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_CLASSES]) + (", …" if len(names) > MOST_CLASSES else "")
    return f"{len(names)} class{'' if len(names) == 1 else 'es'}: {messages.escaped(shown)}"


def _replace(draft: Draft, canvas: Canvas, name: str) -> None:
    draft.change(lambda _: canvas, f"Opened the file {name[:LONGEST_TITLE]}")


def _take(draft: Draft, split: str, name: str, data: CsvData, only: bool) -> None:
    words = f"{'Put' if only else 'Added'} {len(data.y):,} points of {name[:LONGEST_TITLE]} {'in place of' if only else 'to'} {split}"
    draft.change(lambda canvas: imported(canvas, split, name, data, only), words)


def imported(canvas: Canvas, split: str, name: str, data: CsvData, only: bool) -> Canvas:
    """The canvas with the points of a file on a split.

    An empty canvas takes over the file's classes, colours and limits; any other keeps its own, and classes of names
    that it has not are added. Raises DataError where a rule forbids it.
    """
    if not (canvas.train or canvas.dev or canvas.eval):
        canvas = _like_file(data)
    for one in data.class_names:
        if one not in canvas.class_names:
            canvas = add_class(canvas, one)
    places = np.array([canvas.class_names.index(one) for one in data.class_names], dtype=np.int64)
    mark = Import.of(name[:LONGEST_TITLE], data.x, places[data.y])
    return add(clear(canvas, split) if only else canvas, split, mark)


def _like_file(data: CsvData) -> Canvas:
    """An empty canvas with the classes, colours and limits of a file, as far as it names them."""
    names = data.class_names
    blank = Canvas(class_names=names[:1], colours=Canvas().colours[:1])
    for name in names[1:]:
        blank = add_class(blank, name)
    colours = tuple(data.colors) if len(data.colors) == len(names) else blank.colours
    limits = data.limits if len(data.limits) == 4 else around(data.x)
    left, right, bottom, top = limits
    return Canvas(class_names=names, colours=colours, limits=(left, right, bottom, top))


def around(x: np.ndarray) -> tuple[float, float, float, float]:
    """Limits that show all points: -1 to 1, or a box around them with a margin of a twentieth."""
    low, high = x.min(axis=0), x.max(axis=0)
    if (low >= -1).all() and (high <= 1).all():
        return (-1.0, 1.0, -1.0, 1.0)
    margin = np.maximum(0.05 * (high - low), 0.05)
    (left, bottom), (right, top) = low - margin, high + margin
    return (float(f"{left:.3g}"), float(f"{right:.3g}"), float(f"{bottom:.3g}"), float(f"{top:.3g}"))
