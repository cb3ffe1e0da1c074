"""What the sets cut from a corpus share: the real one where the data root has it, else a stand-in."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol

from datasets.preparation import MOST_BAD, STUDY_SIZES, Extractor, Request, prepare
from datasets.preparation.progress import TerminalProgress
from datasets.preparation.selection import Sizes
from datasets.source import Source
from datasets.types import Dataset

CACHE = "HANDTUNE_CACHE"

STANDIN_STAGE = "writing the stand-in corpus"


def cache_root() -> Path:
    """Where prepared corpora and stand-ins lie: HANDTUNE_CACHE, else runs/cache."""
    return Path(os.environ.get(CACHE) or "runs/cache").expanduser().resolve()


class StandinWriter(Protocol):
    """Writes a stand-in corpus to `out`, or keeps the equal one that is there; raises UsageError."""

    def __call__(
        self,
        out: Path,
        *,
        patients: int = ...,
        difficulty: float = ...,
        seed: int = ...,
        workers: int = ...,
        progress: Callable[[int, int], None] | None = ...,
    ) -> None: ...


@dataclass(frozen=True)
class Standin:
    """How a stand-in is written. version: of what is written under the same arguments."""

    write: StandinWriter
    version: int


class CorpusSource(Source):
    """A set that is prepared once, from files, and then mapped into memory.

    corpus: what users call it: `prepare CORPUS`, `make-standin CORPUS`. stands_for: the corpus in tables.
    standin_sizes: samples of the stand-in that is made where no data root is given, small enough to train
    on two cores in minutes.
    """

    corpus: ClassVar[str]
    stands_for: ClassVar[str]
    standin_sizes: ClassVar[Sizes]

    @abstractmethod
    def find_corpus(self, data_root: Path) -> Path | None:
        """The corpus in a data root, or None where it holds none."""

    @abstractmethod
    def extractor(self, root: Path, **settings: str) -> Extractor:
        """How samples are cut from the corpus that `find_corpus` found; settings: what differs from the study."""

    @abstractmethod
    def standin(self) -> Standin:
        """What writes a stand-in for the corpus."""

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        """The corpus in the data root with the study's sizes, or a stand-in with `standin_sizes`.

        A first call prepares it below `cache_root()`, with progress on standard error; later ones map it
        into memory. seed: chooses samples, and draws the stand-in.
        """
        root = None if data_root is None else self.find_corpus(data_root)
        with TerminalProgress() as progress:
            if root is not None:
                request = Request(self.name, STUDY_SIZES, seed, MOST_BAD)
                return prepare(self.extractor(root), request, cache_root(), workers, progress.report)
            standin = self.standin()
            # One folder a version: a newer one writes other bytes, and must not meet the old ones.
            folder = cache_root() / "stand-ins" / f"{self.corpus}-v{standin.version}-seed{seed}"
            standin.write(
                folder, seed=seed, workers=workers, progress=partial(progress.report, STANDIN_STAGE)
            )
            request = Request(self.name, self.standin_sizes, seed, MOST_BAD)
            dataset = prepare(self.extractor(folder), request, cache_root(), workers, progress.report)
        if data_root is None:
            return dataset
        source = f"{dataset.provenance.source}; the data root {data_root} holds no {self.stands_for}"
        return replace(dataset, provenance=replace(dataset.provenance, source=source))
