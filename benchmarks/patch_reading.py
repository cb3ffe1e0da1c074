"""How fast patches come out of a slide: the extractor against a plain openslide loop.

Prints patches of 512 pixels a second and the ratio to the plain loop, on patches chosen at random as
`prepare` chooses them. All ways take turns in every round, each with a handle of its own; the fastest of
its rounds counts, in seconds of one core, and their patches are compared.

    python benchmarks/patch_reading.py              a slide of 8192 x 8192 pixels with JPEG tiles, written for it
    python benchmarks/patch_reading.py SLIDE.svs    a slide of one's own
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openslide
import tifffile
from numpy.typing import NDArray

from datasets.pathology.extractor import PatchExtractor
from datasets.pathology.slides import Slide, read_patch
from datasets.preparation import Candidate, SourceFile

SIDE = 8192
SIZE = 512
MOST = 128
ROUNDS = 7

Patches = NDArray[np.uint8]


def main(path: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        slide = path or written_slide(Path(folder) / "slide.svs")
        chosen = chosen_patches(slide)
        ways: dict[str, Callable[[], Patches]] = {
            "plain openslide loop": lambda: plain_loop(slide, chosen),
            "plain loop, sorted by row": lambda: plain_loop(slide, sorted(chosen, key=lambda one: one[::-1])),
            "read_patch, as chosen": lambda: by_read_patch(slide, chosen),
            "PatchExtractor.extract": lambda: by_extractor(slide, chosen),
        }
        fastest = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            patches = {}
            for name, way in ways.items():
                started = time.process_time()
                patches[name] = way()
                fastest[name] = min(fastest[name], time.process_time() - started)
        first, *others = (patches[name] for name in ways if "sorted" not in name)
        same = all(np.array_equal(first, other) for other in others)
    print(f"{len(chosen)} patches of {slide.name}; the patches are {'the same' if same else 'DIFFERENT'}")
    print(f"{'way':<28}{'patches a second':>18}{'ratio':>8}")
    plain = fastest["plain openslide loop"]
    for name, seconds in fastest.items():
        print(f"{name:<28}{len(chosen) / seconds:>18.0f}{plain / seconds:>8.2f}")


def plain_loop(path: Path, places: list[tuple[int, int]]) -> Patches:
    """As one would write it first."""
    with openslide.OpenSlide(path) as slide:
        regions = [slide.read_region(place, 0, (SIZE, SIZE)).convert("RGB") for place in places]
        return np.stack([np.asarray(region) for region in regions])


def by_read_patch(path: Path, places: list[tuple[int, int]]) -> Patches:
    with Slide(path) as slide:
        return np.stack([read_patch(slide, left, top, SIZE) for left, top in places])


def by_extractor(path: Path, places: list[tuple[int, int]]) -> Patches:
    extractor = PatchExtractor(path.parent, size=SIZE, step=SIZE)
    return extractor.extract(SourceFile(path.name, "nobody"), [Candidate(0, place) for place in places])


def chosen_patches(path: Path) -> list[tuple[int, int]]:
    """Random windows of the grid in random order."""
    with Slide(path) as slide:
        width, height = slide.size
    grid = [(x, y) for y in range(0, height - SIZE + 1, SIZE) for x in range(0, width - SIZE + 1, SIZE)]
    order = np.random.default_rng(0).permutation(len(grid))
    return [grid[index] for index in order[:MOST]]


def written_slide(path: Path) -> Path:
    """Smooth colours with fine grain in JPEG tiles of 240 pixels, as an Aperio scanner cuts them."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(90, 230, (SIDE // 32, SIDE // 32, 3), dtype=np.uint8)
    image = coarse.repeat(32, axis=0).repeat(32, axis=1)
    image += rng.integers(0, 24, image.shape, dtype=np.uint8)
    about = f"Aperio Image Library v11.2.1 \r\n{SIDE}x{SIDE} [0,0 {SIDE}x{SIDE}] (240x240) JPEG/RGB Q=70"
    with tifffile.TiffWriter(path) as tiff:
        for level in (image, None, image[::4, ::4], image[::16, ::16]):
            cut = {"tile": (240, 240)} if level is not None else {"rowsperstrip": 16}
            pixels = np.ascontiguousarray(image[::16, ::16] if level is None else level)
            tiff.write(
                pixels,
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": 70},
                description=about,
                metadata=None,
                **cut,
            )
    return path


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
