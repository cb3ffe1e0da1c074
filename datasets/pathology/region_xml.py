"""The regions of an ImageScope .xml: Annotation/Regions/Region[@Text]/Vertices/Vertex[@X, @Y].

Read with expat from the standard library. A file with a document type is refused: ImageScope writes
none, and entities are the way to external files and to bombs of nested expansions.
"""

from __future__ import annotations

from xml.parsers import expat

from datasets.pathology.regions import Annotation, Region, region
from datasets.preparation import BadFile

#: ImageScope's types of regions with their own outline: drawn freely, and rectangle.
_POLYGONS = ("0", "1")
_DEEPEST = 64


def parse(text: str) -> Annotation:
    """Regions in the order of the file. Raises BadFile."""
    reader = _Reader()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        raise BadFile("the region file is no well-formed XML") from None
    if not reader.found_root:
        raise BadFile("the region file is no ImageScope XML")
    return Annotation(tuple(reader.regions), size=reader.size())


def _refuse_doctype(*_: object) -> None:
    raise BadFile("the region file declares a document type, which ImageScope never does")


class _Reader:
    """Collects regions while expat walks through the file."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self.found_root = False
        self._path: list[str] = []
        self._label = ""
        self._vertices: list[tuple[float, float]] = []
        self._extent: dict[str, str] = {}

    def size(self) -> tuple[int, int] | None:
        """Width and height that TUDP's files state among the attributes of the annotation."""
        try:
            return int(self._extent["width"]), int(self._extent["height"])
        except KeyError:
            return None
        except ValueError:
            raise BadFile("the region file states a size that is no number") from None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise BadFile("the region file is no ImageScope XML")
        if self._path == ["Annotations"]:
            self.found_root = True
        elif self._path == ["Annotations", "Annotation", "Attributes", "Attribute"]:
            self._extent.setdefault(attributes.get("Name", "").strip().lower(), attributes.get("Value", ""))
        elif self._path == ["Annotations", "Annotation", "Regions", "Region"]:
            self._start_region(attributes)
        elif self._path[3:] == ["Region", "Vertices", "Vertex"]:
            self._add_vertex(attributes)

    def end(self, name: str) -> None:
        if self._path == ["Annotations", "Annotation", "Regions", "Region"]:
            found = region(self._label, self._vertices)
            if found is not None:
                self.regions.append(found)
        self._path.pop()

    def _start_region(self, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "0") not in _POLYGONS:
            # An ellipse is stored as the corners of its box: as a polygon it would be another region.
            raise BadFile("a region is neither a polygon nor a rectangle")
        if attributes.get("NegativeROA", "0") != "0":
            raise BadFile("a region is marked as cut out of another one")
        self._label = attributes.get("Text", "")
        self._vertices = []

    def _add_vertex(self, attributes: dict[str, str]) -> None:
        try:
            self._vertices.append((float(attributes["X"]), float(attributes["Y"])))
        except (KeyError, ValueError):
            raise BadFile("a coordinate in the region file is not a number") from None
