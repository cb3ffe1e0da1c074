"""Slides and region files in the formats of TUDP, written by tifffile and by hand.

Independent of the package's own stand-ins, so that a misunderstanding cannot hide in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

PATIENT = "00477780_aaaaaagg"
COLUMNS = "index,region_id,tissue,label,coord_index,row,column,depth,confidence"

Polygon = tuple[str, Sequence[tuple[float, float]]]


def tissue_like(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Smooth pink and violet everywhere, no two places alike."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 60, (height // 16 + 2, width // 16 + 2, 3))
    smooth = np.kron(coarse, np.ones((16, 16, 1), dtype=np.int64))[:height, :width]
    base = np.array([190, 110, 160])
    return (base + smooth + rng.integers(0, 5, (height, width, 3))).astype(np.uint8)


def write_svs(
    path: Path,
    image: NDArray[np.uint8],
    compression: str = "zlib",
    shrinks: Sequence[int] = (4,),
    tile: int = 256,
    words: str = "",
) -> Path:
    """An Aperio slide: tiled baseline, thumbnail in strips, tiled levels, label and macro, in this order."""
    height, width = image.shape[:2]
    about = "Aperio Image Library v11.2.1 \r\n"
    extent = f"{width}x{height} [0,0 {width}x{height}] ({tile}x{tile}) RGB"
    tiled = {"photometric": "rgb", "compression": compression, "metadata": None, "tile": (tile, tile)}
    strips = {"photometric": "rgb", "compression": "zlib", "metadata": None, "rowsperstrip": 16}
    small = np.ascontiguousarray(image[:: max(1, height // 200), :: max(1, width // 200)])
    path.parent.mkdir(parents=True, exist_ok=True)
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(image, description=f"{about}{extent}|AppMag = 20|MPP = 0.5040{words}", **tiled)
        tiff.write(small, description=f"{about}{extent} -> {small.shape[1]}x{small.shape[0]}", **strips)
        for shrink in shrinks:
            level = _block_means(image, shrink)
            size = f"{level.shape[1]}x{level.shape[0]}"
            tiff.write(level, description=f"{about}{extent} -> {size}", **tiled)
        for name in ("label", "macro"):
            tiff.write(small, description=f"{about}{name} {small.shape[1]}x{small.shape[0]}", **strips)
    return path


def _block_means(image: NDArray[np.uint8], shrink: int) -> NDArray[np.uint8]:
    height, width = (length // shrink for length in image.shape[:2])
    blocks = image[: height * shrink, : width * shrink].reshape(height, shrink, width, shrink, 3)
    return np.ascontiguousarray(blocks.mean(axis=(1, 3)).astype(np.uint8))


def csv_text(name: str, size: tuple[int, int], polygons: Sequence[Polygon]) -> str:
    lines = [
        "# version = csv_v1.0.0",
        "# MicronsPerPixel = 0.5040",
        f"# bname = {name}",
        f"# width = {size[0]} pixels, height = {size[1]} pixels",
        "# tissue = breast",
        "#",
        COLUMNS,
    ]
    for index, (label, vertices) in enumerate(polygons):
        for place, (x, y) in enumerate(vertices):
            lines.append(f"{index},{index + 1},breast,{label},{place},{y},{x},0,1.0000")
    return "\n".join(lines) + "\n"


def xml_text(polygons: Sequence[Polygon], size: tuple[int, int] | None = None) -> str:
    extent = ""
    if size is not None:
        pairs = (("Width", size[0]), ("Height", size[1]))
        extent = "".join(f'<Attribute Name="{name}" Id="0" Value="{value}"/>' for name, value in pairs)
    regions = "".join(
        f'<Region Id="{index + 1}" Type="0" Zoom="0.1" Length="1.0" Area="1.0" Text="{label}" NegativeROA="0">'
        '<Attributes><Attribute Id="9" Name="tissue" Value="breast"/></Attributes><Vertices>'
        + "".join(f'<Vertex X="{x}" Y="{y}" Z="0"/>' for x, y in vertices)
        + "</Vertices></Region>"
        for index, (label, vertices) in enumerate(polygons)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Annotations MicronsPerPixel="0.5040"><Annotation Id="1">'
        f"<Attributes>{extent}</Attributes><Regions><RegionAttributeHeaders/>{regions}</Regions>"
        "</Annotation></Annotations>\n"
    )


def slide_path(root: Path, split: str = "train", patient: str = PATIENT, number: int = 1) -> Path:
    name = f"{patient}_s000_0hne_0000_a{number:03}_lvl001_t000.svs"
    return root / "svs" / split / patient / "s000_2017" / "breast" / name


def add_slide(
    root: Path,
    image: NDArray[np.uint8],
    polygons: Sequence[Polygon],
    split: str = "train",
    patient: str = PATIENT,
    number: int = 1,
    words: str = "",
) -> Path:
    """A slide with its .csv in the tree of TUDP."""
    path = write_svs(slide_path(root, split, patient, number), image, words=words)
    size = (image.shape[1], image.shape[0])
    path.with_suffix(".csv").write_text(csv_text(path.stem, size, polygons))
    return path


def rectangle(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
