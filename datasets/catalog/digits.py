"""digits: handwritten digits of 8 x 8 pixels with noise."""

from __future__ import annotations

from pathlib import Path

from datasets.images.digits import CLASS_NAMES, NOISE, noisy_digits
from datasets.source import Source
from datasets.types import Dataset, Provenance, content_hash


class Digits(Source):
    name = "digits"
    title = "handwritten digits of 8 x 8 pixels with noise; no download"
    kind = "small-images"
    class_names = CLASS_NAMES
    requires = ("sklearn",)

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """The same set whatever the data root holds. seed: of the noise and of the split."""
        split = noisy_digits(seed)
        source = (
            "scikit-learn's 1,797 real handwritten digits (8 x 8) with Gaussian noise added to every pixel "
            f"(standard deviation {NOISE} on [-1, 1], seed {seed})"
        )
        provenance = Provenance("stand-in", source, content_hash(split), seed=seed)
        return Dataset(self.name, split, self.class_names, self.kind, provenance)
