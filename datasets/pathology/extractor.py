"""Patches of indc and dcis out of the slides of TUDP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.errors import UsageError
from datasets.pathology import corpus
from datasets.pathology.patches import first_regions, window_starts
from datasets.pathology.regions import Region, read_regions
from datasets.pathology.slides import Slide, overview, thumbnail, tissue
from datasets.pathology.tiles import read_patches
from datasets.preparation import BadFile, Candidate, Extractor, SourceFile
from datasets.types import ProvenanceKind

#: Pixels of level 0, a side, for one of the tissue mask.
MASK_DOWNSAMPLE = 32


@dataclass(frozen=True)
class PatchExtractor(Extractor):
    """Square windows of level 0 by the half-window rule (see `datasets.pathology.patches`).

    root: what `find_corpus` found. size: pixels of a window's side. step: pixels of a frame's side, so the
    distance of windows; equal to size, they do not overlap. tissue_share: a window with less tissue than
    this share of its area is background and left out.
    Raises UsageError for impossible sizes.
    """

    kind: ClassVar[str] = "patches"
    class_names: ClassVar[tuple[str, ...]] = ("indc", "dcis")
    batch: ClassVar[int] = 128  # a patch takes 0.75 MB

    root: Path
    size: int = 512
    step: int = 512
    tissue_share: float = 0.25

    def __post_init__(self) -> None:
        if not (32 <= self.size <= 4096 and 32 <= self.step <= 1_000_000 and 0 <= self.tissue_share <= 1):
            raise UsageError(
                "patches have 32 to 4096 pixels a side, steps at least 32, and a tissue share from 0 to 1;"
                f" not size {self.size}, step {self.step}, share {self.tissue_share}."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.size, self.size, 3)

    @property
    def dtype(self) -> str:
        return "uint8"

    def files(self) -> list[SourceFile]:
        return corpus.slides(self.root)

    def candidates(self, file: SourceFile) -> list[Candidate]:
        with self._open(file) as slide:
            regions = read_regions(self.root / file.path, slide.size)
            labelled = self._labelled(regions, slide.size)
            share = self._tissue_shares(slide, [candidate.position for candidate in labelled])
        kept = [one for one, tissue_of in zip(labelled, share, strict=True) if tissue_of >= self.tissue_share]
        return sorted(kept, key=lambda candidate: candidate.position)

    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> NDArray[np.uint8]:
        places = [(int(left), int(top)) for left, top in (candidate.position for candidate in chosen)]
        with self._open(file) as slide:
            return read_patches(slide, places, self.size)

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, NDArray[Any]]:
        """The slide made small, its regions, and where the chosen patches lie.

        thumbnail: uint8 (h, w, 3), at most 1024 pixels a side. scale: float64 (), its pixels for one of level 0.
        vertices: float64 (m, 2), x and y in pixels of level 0, the regions' one after another.
        region_lengths: int64 (r,), vertices of each region. region_labels: str (r,).
        boxes: int64 (n, 4), left, top, right and bottom in pixels of level 0, in the order of `chosen`.
        box_labels: int64 (n,), their class indices.
        """
        with self._open(file) as slide:
            regions = read_regions(self.root / file.path, slide.size)
            picture, scale = thumbnail(slide)
        corners = np.array([candidate.position for candidate in chosen], dtype=np.int64).reshape(-1, 2)
        return {
            "thumbnail": picture,
            "scale": np.array(scale),
            "vertices": np.concatenate([np.empty((0, 2)), *(region.vertices for region in regions)]),
            "region_lengths": np.array([len(region.vertices) for region in regions], dtype=np.int64),
            "region_labels": np.array([region.label for region in regions], dtype="U5"),
            "boxes": np.concatenate([corners, corners + self.size], axis=1),
            "box_labels": np.array([candidate.label for candidate in chosen], dtype=np.int64),
        }

    def settings(self) -> Mapping[str, str | int | float | bool]:
        return {"size": self.size, "step": self.step, "tissue_share": self.tissue_share}

    def provenance(self) -> tuple[ProvenanceKind, str]:
        return corpus.provenance(self.root, "the TUDP corpus (breast)")

    def _open(self, file: SourceFile) -> Slide:
        slide = Slide(self.root / file.path)
        if (corpus.STAND_IN_WORD in slide.description) != corpus.is_stand_in(self.root):
            slide.close()
            if corpus.is_stand_in(self.root):
                raise BadFile("the slide is no stand-in, but lies in a stand-in corpus")
            raise BadFile("the slide is a stand-in, but lies in a corpus that says it is real")
        return slide

    def _labelled(self, regions: Sequence[Region], size: tuple[int, int]) -> list[Candidate]:
        lefts, tops = (window_starts(extent, self.size, self.step) for extent in size)
        first = first_regions(regions, lefts, tops, self.size)
        labels = [region.label for region in regions]
        return [
            Candidate(
                self.class_names.index(labels[first[row, column]]), (int(lefts[column]), int(tops[row]))
            )
            for row, column in np.argwhere(first >= 0)
            if labels[first[row, column]] in self.class_names
        ]

    def _tissue_shares(self, slide: Slide, places: Sequence[tuple[float, ...]]) -> NDArray[np.float64]:
        """Share of tissue in the windows at these places, shape (n,)."""
        if not places:
            return np.empty(0)
        corners = np.array(places, dtype=np.int64)
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0) + self.size
        view = overview(
            slide, min(MASK_DOWNSAMPLE, self.size), (int(left), int(top), int(right), int(bottom))
        )
        mask = tissue(view)
        sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1))
        sums[1:, 1:] = mask.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
        low = np.rint(corners / view.step).astype(np.int64) - view.origin
        high = np.rint((corners + self.size) / view.step).astype(np.int64) - view.origin
        x0, y0 = low.clip(0, [mask.shape[1] - 1, mask.shape[0] - 1]).T
        x1, y1 = np.maximum(high.clip(0, [mask.shape[1], mask.shape[0]]), np.stack([x0, y0], axis=1) + 1).T
        covered: NDArray[np.float64] = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        covered /= (x1 - x0) * (y1 - y0)
        return covered
