"""The contract between a kind of corpus (EEG, pathology, ...) and the one way to prepare it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray

from datasets.types import ProvenanceKind, SplitName


class BadFile(Exception):
    """A file of the corpus that cannot be used; it is skipped, counted and listed with this reason.

    The message is one plain phrase without the file's name, such as "the header is cut off". Equal causes
    give equal messages, so that they can be counted; numbers go in only where they help.
    """


@dataclass(frozen=True, order=True)
class SourceFile:
    """A file (with its annotation) from which samples can be cut.

    path: relative to the corpus, with forward slashes. patient: whose it is; a patient is never in two
    splits. split: where the corpus itself puts it, None where it leaves that to the user.
    """

    path: str
    patient: str
    split: SplitName | None = None


@dataclass(frozen=True, order=True)
class Candidate:
    """A sample that could be cut from a file, known before it is cut.

    label: its class index. position: where it lies in the file, in the units of its kind: EEG (start in
    seconds,), pathology (left, top) in pixels of level 0.
    """

    label: int
    position: tuple[float, ...]


class Extractor(ABC):
    """How samples come out of the files of one corpus.

    Goes to worker processes, so it is a frozen dataclass that pickles. It holds no randomness: the same
    file gives the same candidates and samples everywhere. Nothing it does may need memory in proportion to
    the corpus.

    kind: of the data set that results; class_names: in the order of the labels.
    dtype, shape: of one stored sample. view: name of the view under which stored samples are read
    (see `datasets.cache`), None for as they are. batch: the most samples that one call of `extract` is
    asked for, which bounds its memory.
    """

    kind: ClassVar[str]
    class_names: ClassVar[tuple[str, ...]]
    view: ClassVar[str | None] = None
    batch: ClassVar[int] = 4096

    root: Path

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """Of one stored sample."""

    @property
    @abstractmethod
    def dtype(self) -> str:
        """Of the stored samples, as numpy names it."""

    @abstractmethod
    def files(self) -> list[SourceFile]:
        """All files of the corpus, sorted by path, found without opening them.

        Raises DataError where `root` is no such corpus, in words that say what was looked for.
        """

    def location(self, file: SourceFile) -> Path:
        """Where a file lies; its size and date tell whether prepared samples are still those of the corpus."""
        return self.root / file.path

    @abstractmethod
    def candidates(self, file: SourceFile) -> list[Candidate]:
        """What could be cut from a file, in order of position, from as little reading as possible.

        Raises BadFile.
        """

    @abstractmethod
    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> NDArray[Any]:
        """The chosen samples of a file, shape (len(chosen), *shape). Raises BadFile."""

    @abstractmethod
    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, NDArray[Any]]:
        """What a page needs to show where the samples came from, as plain arrays (no objects).

        Called for a few files only, with all samples chosen from the file, the classes in turn; never none.
        Raises BadFile.
        """

    @abstractmethod
    def settings(self) -> Mapping[str, str | int | float | bool]:
        """Everything that changes the samples, by name; recorded, and part of the prepared folder's key."""

    @abstractmethod
    def provenance(self) -> tuple[ProvenanceKind, str]:
        """ "real" or "stand-in", and one plain sentence about the corpus for tables and reports."""
