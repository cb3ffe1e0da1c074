"""Marks as JSON values, and back from values that may come from anywhere."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from imld_synth import strict_json as strict
from imld_synth.errors import DataError
from imld_synth.marks import (
    MOST_CORNERS,
    MOST_POINTS,
    Brush,
    Component,
    Distribution,
    Eraser,
    Import,
    Mark,
    Stroke,
    gaussian,
    ring,
    yin_yang,
)
from imld_synth.marks_path import Path
from imld_synth.shapes import Gaussian, Ring, YinYang
from imld_synth.shapes.base import Pair

_LONGEST_TITLE = 120
_MOST_PARTS = 100


def mark_to_json(mark: Mark) -> dict[str, Any]:
    """A JSON object with the key "kind" and the fields of the mark."""
    if isinstance(mark, Stroke):
        return {
            "kind": "stroke",
            "label": mark.label,
            "path": mark.path,
            "width": mark.width,
            "count": mark.count,
            "seed": mark.seed,
        }
    if isinstance(mark, Brush):
        return {
            "kind": "brush",
            "label": mark.label,
            "path": mark.path,
            "variance": mark.variance,
            "count": mark.count,
            "seed": mark.seed,
        }
    if isinstance(mark, Distribution):
        parts = [_component_to_json(part) for part in mark.parts]
        return {"kind": "distribution", "title": mark.title, "parts": parts, "seed": mark.seed}
    if isinstance(mark, Import):
        x, y = (base64.b64encode(raw).decode("ascii") for raw in (mark.x, mark.y))
        return {"kind": "import", "title": mark.title, "x": x, "y": y}
    return {"kind": "eraser", "path": mark.path, "radius": mark.radius}


def mark_from_json(value: object, where: str) -> Mark:
    """The mark that `mark_to_json` wrote. Raises DataError, which begins with `where`, for anything else."""
    kind = value.get("kind") if isinstance(value, dict) else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise DataError(
            f"{where} must be an object whose kind is one of {', '.join(_READERS)}, not {str(kind)[:40]!r}"
        )
    return reader(value, where)


def _stroke(value: object, where: str) -> Stroke:
    found = strict.record(value, ("kind", "label", "path", "width", "count", "seed"), where)
    read = (
        strict.whole(found["label"], f"{where}, label"),
        _path(found["path"], f"{where}, path"),
        strict.number(found["width"], f"{where}, width"),
        strict.whole(found["count"], f"{where}, count"),
        strict.whole(found["seed"], f"{where}, seed"),
    )
    with _Place(where):
        return Stroke(*read)


def _brush(value: object, where: str) -> Brush:
    found = strict.record(value, ("kind", "label", "path", "variance", "count", "seed"), where)
    read = (
        strict.whole(found["label"], f"{where}, label"),
        _path(found["path"], f"{where}, path"),
        strict.number(found["variance"], f"{where}, variance"),
        strict.whole(found["count"], f"{where}, count"),
        strict.whole(found["seed"], f"{where}, seed"),
    )
    with _Place(where):
        return Brush(*read)


def _distribution(value: object, where: str) -> Distribution:
    found = strict.record(value, ("kind", "title", "parts", "seed"), where)
    parts = strict.items(found["parts"], f"{where}, parts", _MOST_PARTS)
    read = (
        _title(found["title"], f"{where}, title"),
        tuple(_component(part, f"{where}, part {i}") for i, part in enumerate(parts, start=1)),
        strict.whole(found["seed"], f"{where}, seed"),
    )
    with _Place(where):
        return Distribution(*read)


def _import(value: object, where: str) -> Import:
    found = strict.record(value, ("kind", "title", "x", "y"), where)
    read = (
        _title(found["title"], f"{where}, title"),
        _bytes(found["x"], f"{where}, x", 16 * MOST_POINTS),
        _bytes(found["y"], f"{where}, y", MOST_POINTS),
    )
    with _Place(where):
        return Import(*read)


def _eraser(value: object, where: str) -> Eraser:
    found = strict.record(value, ("kind", "path", "radius"), where)
    read = _path(found["path"], f"{where}, path"), strict.number(found["radius"], f"{where}, radius")
    with _Place(where):
        return Eraser(*read)


_READERS: dict[str, Callable[[object, str], Mark]] = {
    "stroke": _stroke,
    "brush": _brush,
    "distribution": _distribution,
    "import": _import,
    "eraser": _eraser,
}


def _component_to_json(part: Component) -> dict[str, Any]:
    shape = part.shape
    common = {"label": part.label, "count": part.count}
    if isinstance(shape, Gaussian):
        return common | {"shape": "gaussian", "mean": shape.mean, "covariance": shape.cov}
    if isinstance(shape, Ring):
        return common | {"shape": "ring", "centre": shape.center, "inner": shape.inner, "outer": shape.outer}
    if isinstance(shape, YinYang):
        return common | {
            "shape": "yin-yang",
            "centre": shape.center,
            "radius": shape.radius,
            "spread": shape.spread,
            "yang": shape.yang,
            "overlap": shape.overlap,
        }
    raise TypeError(f"a distribution has no part {type(shape).__name__}; draw it as a stroke")


def _component(value: object, where: str) -> Component:
    kind = value.get("shape") if isinstance(value, dict) else None
    keys = {
        "gaussian": ("mean", "covariance"),
        "ring": ("centre", "inner", "outer"),
        "yin-yang": ("centre", "radius", "spread", "yang", "overlap"),
    }
    if not isinstance(kind, str) or kind not in keys:
        raise DataError(
            f"{where} must be an object whose shape is one of {', '.join(keys)}, not {str(kind)[:40]!r}"
        )
    found = strict.record(value, ("shape", "label", "count", *keys[kind]), where)
    label, count = (strict.whole(found[key], f"{where}, {key}") for key in ("label", "count"))
    numbers = {
        key: strict.number(found[key], f"{where}, {key}")
        for key in ("inner", "outer", "radius", "spread", "overlap")
        if key in found
    }
    with _Place(where):
        if kind == "gaussian":
            rows = strict.items(found["covariance"], "covariance", 2, 2)
            low, high = (_pair(row, "a row of the covariance") for row in rows)
            return Component(label, gaussian(_pair(found["mean"], "mean"), (low, high)), count)
        centre = _pair(found["centre"], "centre")
        if kind == "ring":
            return Component(label, ring(centre, numbers["inner"], numbers["outer"]), count)
        yang = strict.flag(found["yang"], "yang")
        shape = yin_yang(centre, numbers["radius"], numbers["spread"], yang, numbers["overlap"])
        return Component(label, shape, count)


class _Place:
    """Puts the place in the document before the message of a DataError."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DataError):
            raise DataError(f"{self.where}: {error}") from None


def _path(value: object, where: str) -> Path:
    places = strict.items(value, where, MOST_CORNERS)
    return tuple(_pair(place, f"{where}, place {i}") for i, place in enumerate(places, start=1))


def _pair(value: object, where: str) -> Pair:
    x, y = strict.items(value, where, 2, 2)
    return strict.number(x, where), strict.number(y, where)


def _title(value: object, where: str) -> str:
    title = strict.string(value, where)
    if len(title) > _LONGEST_TITLE:
        raise DataError(f"{where} has at most {_LONGEST_TITLE} characters, not {len(title)}")
    return title


def _bytes(value: object, where: str, most: int) -> bytes:
    text = strict.string(value, where)
    if len(text) > most * 4 // 3 + 4:
        raise DataError(f"{where} holds at most {MOST_POINTS:,} points")
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise DataError(f"{where} must be base64 text") from None
