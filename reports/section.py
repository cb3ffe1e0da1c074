"""The contract of a section: one frame, from which the page and the report draw the same numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from datasets.plugins import Plugin, scan, unknown
from tuners.record import StudyRecord
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

SECTIONS = "reports.sections"

#: Shown in place of a table that has no rows.
NOTHING = "Nothing to show yet."

#: What samples are called, by the kind of the data set.
UNITS = {
    "points2d": "points",
    "eeg": "segments",
    "patches": "patches",
    "images": "images",
    "small-images": "images",
    "large-images": "images",
}


class Section(Plugin, ABC):
    """A part of a report and of a page.

    lead: one or two plain sentences: what the reader sees and how to read it.
    position: sections are shown in its order.

    The frame is the single source: `figure` (pages), `picture` (report) and `markdown` show what is
    in it and compute no other result. Errors in it are fractions. Its `attrs` hold "study" (the
    name), "caption" (which data, and whether they are real; part of every figure), "kind" (of the
    data), "systems" (labels in the study's order, which fixes their colours) and "split" (whose
    points are drawn).
    A study without results gives an empty frame, None for both figures and a sentence in place of
    the table; it never raises.
    """

    lead: ClassVar[str]
    position: ClassVar[int]

    @abstractmethod
    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """The numbers. Raises UsageError where there is no such study."""

    def applies(self, frame: pd.DataFrame) -> bool:
        """Whether such data have this section at all; where not, a report leaves it out, heading included."""
        return True

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        """For pages; None where a table says it all or nothing is there yet."""
        return None

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        """For the report (PNG); None as for `figure`."""
        return None

    @abstractmethod
    def markdown(self, frame: pd.DataFrame) -> str:
        """The table of the report. Holds neither seconds nor dates: those stand in one block at its end."""

    def alt(self, frame: pd.DataFrame) -> str:
        """What the picture shows, for readers who do not see it."""
        return f"{self.title}, {caption_of(frame)}"


def sections() -> list[Section]:
    """All sections in the order in which they are shown."""
    return sorted(_found().values(), key=lambda section: (section.position, section.name))


def section(name: str) -> Section:
    """One section by its name. Raises UsageError with the closest name where there is none."""
    found = _found()
    if name not in found:
        raise unknown("section", name, found)
    return found[name]


def caption(study: StudyRecord) -> str:
    """Which data, and whether they are real: stands in every figure."""
    text = f"data set {study.data.name}, {study.data.provenance}"
    if study.spec.train_limit is not None:
        text += f", train cut to {study.data.sizes['train']:,} {units(study.data.kind)}"
    return text


def units(kind: str) -> str:
    """What the samples of a kind of data are called."""
    return UNITS.get(kind, "samples")


def describe(frame: pd.DataFrame, study: StudyRecord) -> pd.DataFrame:
    """Puts into `attrs` what figures need to know beside the numbers, and returns the frame."""
    frame.attrs["study"] = study.name
    frame.attrs["caption"] = caption(study)
    frame.attrs["kind"] = study.data.kind
    frame.attrs["split"] = "eval"
    frame.attrs["systems"] = [system.label for system in study.spec.systems]
    return frame


def caption_of(frame: pd.DataFrame) -> str:
    """The caption of a frame."""
    return str(frame.attrs["caption"])


def systems_of(frame: pd.DataFrame) -> list[str]:
    """All systems of the study, in its order, with or without rows in the frame."""
    return list(frame.attrs["systems"])


def _found() -> dict[str, Section]:
    base: Any = Section  # an abstract class is no "type[Section]" to mypy
    return dict(scan(SECTIONS, base))
