"""imagenette: photographs of ten classes out of ImageNet, from the official files."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from datasets.corpus_source import cache_root
from datasets.errors import DataError
from datasets.images.imagenette import ARCHIVE, CLASSES, FOLDER, PAGE, find_imagenette, prepared
from datasets.preparation.progress import TerminalProgress
from datasets.source import Source
from datasets.types import Dataset


class Imagenette(Source):
    """side: pixels of an image's side."""

    name = "imagenette"
    aliases: ClassVar[tuple[str, ...]] = ("imagenette-160",)
    title = "photographs of 160 x 160 pixels, ten classes (Imagenette from --data-root)"
    kind = "large-images"
    class_names = tuple(CLASSES.values())
    requires = ("PIL",)
    side: ClassVar[int] = 160

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """9,469 / 1,962 / 1,963 images of the official files; dev and eval are halves of the validation part.

        A first call reads all of them, with progress on standard error, into arrays below `cache_root()`; later
        ones map those into memory. Raises DataError where the data root has none of the official files.
        """
        found = None if data_root is None else find_imagenette(data_root)
        if found is None:
            raise DataError(_missing(data_root))
        with TerminalProgress() as progress:
            return prepared(found, self.name, self.kind, self.side, cache_root(), workers, progress.report)


def _missing(data_root: Path | None) -> str:
    where = "no data root is given" if data_root is None else f"the data root {data_root} does not hold it"
    return (
        f"Imagenette is not part of this project, and {where}. Download {ARCHIVE} (99 MB) from {PAGE} into a folder, "
        f"unpacked as {FOLDER} or as it is, and name that folder with --data-root; or take --dataset digits-32, which "
        "has images of 32 x 32 pixels and needs no download"
    )
