"""Decision surfaces of all scored systems on the same axes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from datasets import cache
from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, Samples
from reports.section import Section, caption_of, describe
from reports.surface_picture import surface_picture
from reports.surfaces import Surface, load_surface, surface_figure
from tuners.store import Store
from tuners.summary import summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

F = TypeVar("F")

COLUMNS = ["system", "repeat", "split", "error", "file"]

#: The kind of data that a plane shows.
POINTS = "points2d"


class Surfaces(Section):
    name = "surfaces"
    title = "Decision surfaces"
    lead = (
        "The colour of the ground is the class that a system answers at that place, pale where it is undecided; "
        "dots are points of one split in the colour of their true class. A dot on a foreign ground is an error."
    )
    position = 90

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a split and system with a surface (its first final training). `attrs["split"]` is drawn."""
        summary = summarize(store, study_name)
        rows = [
            (row.label, score.repeat, split, score.errors[split], score.surface)
            for row in summary.systems
            for score in row.scores[:1]
            for split in SPLIT_NAMES
            if score.surface is not None
        ]
        frame = describe(pd.DataFrame(rows, columns=COLUMNS), summary.study)
        frame.attrs["columns"] = 3  # panels a row; a narrow page sets 1
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return frame.attrs["kind"] == POINTS or not frame.empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        return _draw(store, frame, surface_figure)

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        return _draw(store, frame, surface_picture, title=self.title)

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return "Nothing to show yet: only scored systems have one, and only on sets with two features."
        split = frame.attrs["split"]
        return (
            f"One training of each system, the one with the first seed; points of {split}. Where one system's ground "
            "agrees with another's, the two make the same errors there."
        )

    def alt(self, frame: pd.DataFrame) -> str:
        names = ", ".join(frame["system"].unique())
        return f"{self.title} of {names} under points of {frame.attrs['split']}, {caption_of(frame)}"


def _draw(store: Store, frame: pd.DataFrame, draw: Callable[..., F], **more: Any) -> F | None:
    split = frame.attrs["split"]
    own = frame[frame["split"] == split]
    surfaces = _load(store, own)
    if not surfaces:
        return None
    study = store.study(frame.attrs["study"])
    errors = dict(zip(own["system"], own["error"], strict=True))
    points = _read_points(Path(study.data.folder), split)
    return draw(
        surfaces,
        points,
        study.data.class_names,
        split,
        caption=caption_of(frame),
        errors=errors,
        columns=frame.attrs["columns"],
        **more,
    )


def _load(store: Store, own: pd.DataFrame) -> list[Surface]:
    """The surfaces whose files are at hand: a store may be copied without its folder."""
    wanted = set(zip(own["system"], own["repeat"], strict=True))
    scores = {
        (s.system, s.repeat): s for s in store.scores(own.attrs["study"]) if (s.system, s.repeat) in wanted
    }
    surfaces = []
    for key in zip(own["system"], own["repeat"], strict=True):
        try:
            surfaces.append(load_surface(store, scores[key]))
        except DataError:
            continue
    return surfaces


def _read_points(folder: Path, split: Any) -> Samples | None:
    try:
        return cache.read_part(folder, split)
    except (DataError, OSError):
        return None
