"""The regions of a TUDP .csv: `#` lines, a line of column names, then one row a vertex."""

from __future__ import annotations

import csv
import re

from datasets.pathology.regions import Annotation, Region, region
from datasets.preparation import BadFile

_COLUMNS = ["index", "region_id", "tissue", "label", "coord_index", "row", "column", "depth", "confidence"]
_NAME = re.compile(r"#\s*bname\s*=\s*(\S.*?)\s*$")
_SIZE = re.compile(r"#\s*width\s*=\s*(\d{1,9})\s*pixels\s*,\s*height\s*=\s*(\d{1,9})\s*pixels")


def parse(text: str) -> Annotation:
    """Regions in the order of the file; a region's rows stand together, its vertices are counted by one.

    The number of `#` lines varies and each of them may be missing. Raises BadFile.
    """
    if not text.endswith("\n"):
        # Every line of a whole file ends with one: the last row, and maybe others, have been lost.
        raise BadFile("the region file is cut off")
    lines = [line for line in text.splitlines() if line.strip()]
    header = [line for line in lines if line.startswith("#")]
    try:
        rows = list(csv.reader((line for line in lines if not line.startswith("#")), strict=True))
    except csv.Error:
        raise BadFile("the region file is not comma-separated") from None
    if not rows or [name.strip().lower() for name in rows[0]] != _COLUMNS:
        raise BadFile("the region file lacks the line of column names")
    name, size = _first(_NAME, header), _first(_SIZE, header)
    return Annotation(
        tuple(_regions(rows[1:])),
        slide=name.group(1) if name else None,
        size=(int(size.group(1)), int(size.group(2))) if size else None,
    )


def _first(pattern: re.Pattern[str], header: list[str]) -> re.Match[str] | None:
    return next((match for match in map(pattern.match, header) if match), None)


def _regions(rows: list[list[str]]) -> list[Region]:
    regions: list[Region | None] = []
    done: set[str] = set()
    start = 0
    for end in range(1, len(rows) + 1):
        if end < len(rows) and rows[end][:2] == rows[start][:2]:
            continue
        part = rows[start:end]
        if any(len(row) != len(_COLUMNS) for row in part):
            raise BadFile("a row of the region file has missing or surplus columns")
        if part[0][0] in done:
            raise BadFile("the rows of a region are torn apart")
        done.add(part[0][0])
        regions.append(_region(part))
        start = end
    return [found for found in regions if found is not None]


def _region(rows: list[list[str]]) -> Region | None:
    if any(row[3] != rows[0][3] for row in rows):
        raise BadFile("a region has two labels")
    try:
        order = [int(row[4]) for row in rows]
        vertices = [(float(row[6]), float(row[5])) for row in rows]
    except ValueError:
        raise BadFile("a coordinate in the region file is not a number") from None
    if order != list(range(order[0], order[0] + len(order))) or order[0] not in (0, 1):
        # With a vertex lost, the polygon is another one.
        raise BadFile("vertices of a region are missing")
    return region(rows[0][3], vertices)
