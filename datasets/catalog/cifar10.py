"""cifar10: photographs of ten classes of things, from the official files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from datasets.errors import DataError
from datasets.images.cifar10 import CLASS_NAMES, PAGE, VERSIONS, read_cifar10
from datasets.source import Source
from datasets.train_limit import stratified_rows
from datasets.types import Dataset, Provenance, Samples, Split, content_hash

#: One image in so many of the official train part goes to dev: 5,000 of 50,000.
DEV_SHARE = 10

#: Chooses them. Real data do not depend on the seed of a study.
SPLIT_SEED = 0


class Cifar10(Source):
    name = "cifar10"
    aliases = ("cifar-10",)
    title = "photographs of 32 x 32 pixels, ten classes (CIFAR-10 from --data-root)"
    kind = "images"
    class_names = CLASS_NAMES

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """45,000 / 5,000 / 10,000 images of the official files; dev is taken from train, eval is the test part.

        Raises DataError where the data root has none of the official files.
        """
        found = None if data_root is None else read_cifar10(data_root)
        if found is None:
            raise DataError(_missing(data_root))
        train = found.train
        dev = stratified_rows(
            train.y, len(train) // DEV_SHARE, len(CLASS_NAMES), np.random.default_rng(SPLIT_SEED)
        )
        rest = np.setdiff1d(np.arange(len(train)), dev)
        split = Split(Samples(train.x[rest], train.y[rest]), Samples(train.x[dev], train.y[dev]), found.test)
        provenance = Provenance("real", f"CIFAR-10 from {found.source}", content_hash(split))
        return Dataset(self.name, split, self.class_names, self.kind, provenance)


def _missing(data_root: Path | None) -> str:
    where = "no data root is given" if data_root is None else f"the data root {data_root} does not hold it"
    archives = " or ".join(version.archive for version in VERSIONS)
    return (
        f"CIFAR-10 is not part of this project, and {where}. Download {archives} from {PAGE} into a folder and name "
        "that folder with --data-root; or take --dataset digits-32, which has the same size and needs no download"
    )
