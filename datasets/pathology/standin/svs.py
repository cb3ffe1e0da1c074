"""Writes an Aperio-style SVS: a pyramidal TIFF with JPEG tiles, thumbnail, label and macro.

Order of the pages, tags and descriptions as scanners write them, so that OpenSlide recognises the vendor.
No date and no version of a library goes into the file: equal pixels give equal bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]

TILE: Final = 256
#: Of the reduced levels; each has a quarter of the side of the one before.
LEVELS: Final = (4, 16)
LIBRARY: Final = "Aperio Image Library v11.2.1"


def write_svs(path: Path, rgb: Rgb, *, quality: int, mpp: float, magnification: int, name: str) -> None:
    """rgb: level 0, uint8 (rows, columns, 3). quality: of the JPEG compression. mpp: micrometres a pixel.

    name: printed on the label, which says STAND-IN.
    """
    import tifffile

    rows, columns = rgb.shape[:2]
    whole = f"{columns}x{rows} [0,0 {columns}x{rows}] ({TILE}x{TILE})"
    about = f"AppMag = {magnification}|MPP = {mpp:.4f}|Title = STAND-IN, no patient's tissue|ID = {name}"
    reduced = {factor: _shrink(rgb, factor) for factor in LEVELS}
    thumbnail = _shrink(rgb, max(4, -(-max(rows, columns) // 768)))
    pages: list[tuple[Rgb, str, bool, int]] = [
        (rgb, f"{LIBRARY} \r\n{whole} JPEG/RGB Q={quality}|{about}", True, 0),
        (thumbnail, f"{LIBRARY} \r\n{whole} -> {_size(thumbnail)} - |{about}", False, 0),
    ]
    for level in reduced.values():
        pages.append(
            (level, f"{LIBRARY} \r\n{whole} -> {_size(level)} JPEG/RGB Q={quality}|{about}", True, 0)
        )
    label, macro = _label(name), _macro(thumbnail)
    pages.append((label, f"{LIBRARY} \r\nlabel {_size(label)}", False, 1))
    pages.append((macro, f"{LIBRARY} \r\nmacro {_size(macro)}", False, 9))
    with tifffile.TiffWriter(path) as tiff:
        for image, description, tiled, kind in pages:
            tiff.write(
                image,
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": quality},
                tile=(TILE, TILE) if tiled else None,
                rowsperstrip=None if tiled else 16,
                description=description,
                subfiletype=kind,
                metadata=None,
                software=False,
                maxworkers=1,
            )


def _shrink(rgb: Rgb, factor: int) -> Rgb:
    """Mean over blocks; what does not fill a block at the right and the bottom is left out."""
    from PIL import Image

    rows, columns = (side // factor * factor for side in rgb.shape[:2])
    return np.asarray(Image.fromarray(rgb[:rows, :columns]).reduce(factor))


def _size(image: Rgb) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"


def _label(name: str) -> Rgb:
    """A paper label. The built-in bitmap font does not depend on the fonts of a machine."""
    from PIL import Image, ImageDraw, ImageFont

    small = Image.new("RGB", (120, 90), (246, 244, 238))
    font = ImageFont.load_default_imagefont()
    pen = ImageDraw.Draw(small)
    pen.rectangle((2, 2, 117, 87), outline=(120, 120, 120))
    for row, text in enumerate(("STAND-IN", "made up", *name.split("_")[:2], "H&E breast")):
        pen.text((8, 8 + 15 * row), text, fill=(20, 20, 20), font=font)
    return np.asarray(small.resize((360, 270), Image.Resampling.NEAREST))


def _macro(thumbnail: Rgb) -> Rgb:
    """The whole glass slide: the section small in the middle, the paper label at the left."""
    from PIL import Image

    glass = Image.new("RGB", (1024, 384), (232, 232, 230))
    glass.paste((246, 244, 238), (8, 8, 300, 376))
    section = Image.fromarray(thumbnail)
    section.thumbnail((340, 340), Image.Resampling.BICUBIC)
    glass.paste(section, (662 - section.width // 2, 192 - section.height // 2))
    return np.asarray(glass)
