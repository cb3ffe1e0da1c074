"""The contract of a data set in the catalogue: one file in `datasets/catalog/`, one class."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from datasets.plugins import Plugin, scan
from datasets.types import Dataset

CATALOG = "datasets.catalog"

#: The ways people write set 8: 8, 08, #8, set_08, Set-8, set 8.
SET_NUMBER = re.compile(r"(?:set[ _-]?|#)?(\d{1,2})", re.IGNORECASE)


class Source(Plugin, ABC):
    """A data set that can be loaded by name.

    kind: what sort of samples it holds ("points2d", ...); models name the kinds that they take.
    class_names: in the order of the class indices. aliases: other names that users may give.
    """

    aliases: ClassVar[tuple[str, ...]] = ()

    kind: ClassVar[str]
    class_names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """All samples of all three splits.

        data_root: an existing folder with real data, or None where there is none. Data are made up
        (from `seed`) only where the root holds no folder for this set, and the provenance says so.
        workers: processes that may work on it; they change nothing in the samples.
        Raises DataError where the root holds real data that are incomplete or bad.
        """


def sources() -> dict[str, Source]:
    """The catalogue by name, in its order, sets whose library is missing included."""
    return dict(sorted(scan(CATALOG, Source).items()))
