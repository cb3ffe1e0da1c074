"""Data sets: one type for all of them, a catalogue found by a folder scan, and how they are loaded.

`load("10")` gives set 10, `load("path/to/folder")` a folder with train.csv, dev.csv and eval.csv.
Error rates are fractions in [0, 1]. Importing this package loads neither scikit-learn nor any
library that trains networks.
"""

from datasets.errors import DataError, HandtuneError, MissingLibraryError, UsageError
from datasets.loading import canonical_name, data_root_from, kind_of, load
from datasets.scaling import Scaling
from datasets.source import Source, sources
from datasets.types import (
    SPLIT_NAMES,
    Dataset,
    Provenance,
    Samples,
    Split,
    SplitName,
    TuningSplit,
    content_hash,
)

__all__ = [
    "SPLIT_NAMES",
    "DataError",
    "Dataset",
    "HandtuneError",
    "MissingLibraryError",
    "Provenance",
    "Samples",
    "Scaling",
    "Source",
    "Split",
    "SplitName",
    "TuningSplit",
    "UsageError",
    "canonical_name",
    "content_hash",
    "data_root_from",
    "kind_of",
    "load",
    "sources",
]
