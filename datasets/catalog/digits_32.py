"""digits-32: the digits in the size of CIFAR-10's images, for networks that need it."""

from __future__ import annotations

from pathlib import Path

from datasets.images.digits import CLASS_NAMES, COLOUR_NOISE, enlarged_digits
from datasets.source import Source
from datasets.types import Dataset, Provenance, content_hash


class Digits32(Source):
    name = "digits-32"
    aliases = ("digits32",)
    title = "the digits enlarged to 32 x 32 pixels in three noisy colours, for LeNet-5; no download"
    kind = "images"
    class_names = CLASS_NAMES
    requires = ("sklearn",)

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """The same set whatever the data root holds. seed: of the noise and of the split."""
        split = enlarged_digits(seed)
        source = (
            "in place of CIFAR-10 in size alone, not in difficulty: scikit-learn's 1,797 real handwritten digits "
            f"with Gaussian noise in each of three colours (standard deviation {COLOUR_NOISE:g} on [-1, 1], seed "
            f"{seed}), enlarged from 8 x 8 to 32 x 32; dev and eval hold each of their digits in four draws of the noise"
        )
        provenance = Provenance("stand-in", source, content_hash(split), seed=seed)
        return Dataset(self.name, split, self.class_names, self.kind, provenance)
