"""Imagenette as it is published, a few images large: JPEGs of one colour a class with a mark in the middle.

Independent of the package's reader.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

WNIDS = (
    *("n01440764", "n02102040", "n02979186", "n03000684", "n03028079"),
    *("n03394916", "n03417042", "n03425413", "n03445777", "n03888257"),
)

#: Images a class.
TRAIN, VAL = 2, 3


def colour(label: int) -> tuple[int, int, int]:
    """Of the border of every image of a class; the three differ, so that a swap would show."""
    return 20 * label, 200 - 10 * label, 90


def picture(label: int, number: int) -> Image.Image:
    """Upright or lying, 160 on the shorter side: left and right, or above and below, of the middle square is black."""
    pixels = np.zeros((160, 200, 3), np.uint8)
    pixels[:, 20:180] = colour(label)
    pixels[60:100, 80:120] = (number * 40) % 256
    return Image.fromarray(pixels if number % 2 else pixels.transpose(1, 0, 2).copy())


def write_folder(root: Path) -> Path:
    """`root` with the unpacked release in it."""
    for part, count in (("train", TRAIN), ("val", VAL)):
        for label, wnid in enumerate(WNIDS):
            folder = root / "imagenette2-160" / part / wnid
            folder.mkdir(parents=True)
            for number in range(count):
                picture(label, number).save(folder / f"{wnid}_{number}.JPEG", "JPEG", quality=95)
    (root / "imagenette2-160" / "noisy_imagenette.csv").write_text("path,noisy_labels_0\n")
    return root


def write_archive(root: Path, source: Path) -> Path:
    """`root` with the release as its archive, made from the unpacked one in `source`."""
    root.mkdir(parents=True, exist_ok=True)
    with tarfile.open(root / "imagenette2-160.tgz", "w:gz") as archive:
        archive.add(source / "imagenette2-160", "imagenette2-160")
    return root
