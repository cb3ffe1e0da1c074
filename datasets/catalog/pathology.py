"""Set #11: patches of breast tissue, invasive or in situ."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from datasets.corpus_source import CorpusSource, Standin
from datasets.preparation import Extractor
from datasets.preparation.selection import Sizes


class Pathology(CorpusSource):
    name = "11"
    aliases = ("pathology",)
    title = "breast pathology patches of 512 pixels: indc or dcis (TUDP, or a stand-in)"
    kind = "patches"
    class_names = ("indc", "dcis")
    requires = ("openslide", "tifffile", "imagecodecs", "PIL")
    corpus = "pathology"
    stands_for = "TUDP"
    standin_sizes: ClassVar[Sizes] = {"train": 600, "dev": 200, "eval": 200}

    def find_corpus(self, data_root: Path) -> Path | None:
        from datasets.pathology.corpus import find_corpus

        return find_corpus(data_root)

    def extractor(self, root: Path, **settings: str) -> Extractor:
        from datasets.pathology.extractor import PatchExtractor

        return PatchExtractor(root, **settings)  # type: ignore[arg-type]

    def standin(self) -> Standin:
        from datasets.pathology.standin.corpus import GENERATOR_VERSION, write_corpus

        return Standin(write_corpus, GENERATOR_VERSION)
