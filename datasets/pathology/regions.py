"""Regions that pathologists drew on a slide: the .csv of TUDP, and the .xml that ImageScope writes.

The layouts are those of the corpus's own tools (nedc_ann_dpath_tools): in the .csv, `row` is the vertical
and `column` the horizontal coordinate of a vertex, both in pixels of level 0, counted from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.preparation import BadFile

#: What TUDP calls its regions. "null" is a label, not a missing value.
LABELS = ("unlab", "bckg", "norm", "null", "artf", "nneo", "infl", "susp", "indc", "dcis")

#: Far above what a slide's regions need; a larger file is damaged or none of this kind.
_MOST_BYTES = 256 * 2**20


@dataclass(frozen=True, eq=False)
class Region:
    """A closed polygon with its label.

    vertices: float64, shape (m, 2), x and y in pixels of level 0, m >= 3; the last is joined to the first.
    """

    label: str
    vertices: NDArray[np.float64]


@dataclass(frozen=True)
class Annotation:
    """The regions of a slide in the order of the file, and what the file says about the slide.

    slide: name without its ending; size: width and height in pixels; None where the file says nothing.
    """

    regions: tuple[Region, ...]
    slide: str | None = None
    size: tuple[int, int] | None = None


def region_file(slide: Path) -> Path:
    """The regions of a slide: the .csv beside it, else the .xml. Raises BadFile where there is neither."""
    for ending in (".csv", ".xml"):
        path = slide.with_suffix(ending)
        if path.is_file():
            return path
    raise BadFile("there is no region file (.csv or .xml) beside the slide")


def read_regions(slide: Path, size: tuple[int, int]) -> list[Region]:
    """The regions of a slide, in the order of its file.

    size: width and height of the slide's level 0. Regions may reach over its edge.
    Raises BadFile for a file that is damaged, has an unknown label, or belongs to another slide (by name, by
    size, or because a region lies outside).
    """
    from datasets.pathology import region_csv, region_xml

    path = region_file(slide)
    parse = region_csv.parse if path.suffix == ".csv" else region_xml.parse
    annotation = parse(_content(path))
    if annotation.slide is not None and annotation.slide != slide.stem:
        raise BadFile("the region file names another slide")
    if annotation.size is not None and annotation.size != size:
        raise BadFile("the region file states another size than the slide has")
    for region in annotation.regions:
        _check_place(region, size)
    return list(annotation.regions)


def region(label: str, vertices: list[tuple[float, float]]) -> Region | None:
    """A checked region; None for fewer than three vertices, a slip of the pen that covers nothing.

    Raises BadFile for an unknown label and for coordinates that are no finite numbers.
    """
    label = label.strip().lower()
    if label not in LABELS:
        raise BadFile("a region has an unknown label")
    points = np.array(vertices, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise BadFile("a vertex of a region is not finite")
    return Region(label, points) if len(points) >= 3 else None


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadFile("the region file is too large to be one")
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise BadFile("the region file cannot be read") from None
    except UnicodeDecodeError:
        raise BadFile("the region file is not text") from None


def _check_place(region: Region, size: tuple[int, int]) -> None:
    low, high = region.vertices.min(axis=0), region.vertices.max(axis=0)
    extent = np.array(size, dtype=np.float64)
    if (high <= 0).any() or (low >= extent).any():
        raise BadFile("a region lies outside the slide")
    if (low < -extent).any() or (high > 2 * extent).any():
        raise BadFile("a region reaches far beyond the slide")
