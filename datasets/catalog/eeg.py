"""Set #12: EEG segments of 10 s, seizure or background."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from datasets.corpus_source import CorpusSource, Standin
from datasets.preparation import Extractor
from datasets.preparation.selection import Sizes


class Eeg(CorpusSource):
    name = "12"
    aliases = ("eeg",)
    title = "EEG segments of 10 s, 20 channels: seizure or background (TUSZ, or a stand-in)"
    kind = "eeg"
    class_names = ("background", "seizure")
    requires = ("edfio", "scipy")
    corpus = "eeg"
    stands_for = "TUSZ"
    standin_sizes: ClassVar[Sizes] = {"train": 800, "dev": 240, "eval": 240}

    def find_corpus(self, data_root: Path) -> Path | None:
        from datasets.eeg.corpus import find_corpus

        return find_corpus(data_root)

    def extractor(self, root: Path, **settings: str) -> Extractor:
        from datasets.eeg.extractor import EegExtractor

        return EegExtractor(root / "edf", **settings)  # type: ignore[arg-type]

    def standin(self) -> Standin:
        from datasets.eeg.standin.corpus import GENERATOR_VERSION, write_corpus

        return Standin(write_corpus, GENERATOR_VERSION)
