"""Samples of set 12: 10 s of 20 derivations at 50 Hz, seizure or background, out of the files of TUSZ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.annotations import find_annotation, read_events
from datasets.eeg.corpus import (
    check_place,
    corpus_files,
    find_corpus,
    is_standin,
    standin_parameters,
)
from datasets.eeg.filtering import PADDING_SECONDS, Chain, Decimation
from datasets.eeg.framing import (
    CONTEXT,
    RATE,
    SEGMENT_SECONDS,
    SHORTEST_EVENT_SECONDS,
    STORED,
    cut,
    segment_starts,
)
from datasets.eeg.montage import DERIVATIONS, ELECTRODES, derive
from datasets.eeg.recording import Recording, open_recording, read_microvolts
from datasets.errors import DataError
from datasets.preparation.extractor import BadFile, Candidate, Extractor, SourceFile
from datasets.types import ProvenanceKind

# A derivation that stays below this over a segment carries nothing: its electrodes are the same signal.
_FLAT_MICROVOLTS = 1e-3


@dataclass(frozen=True)
class EegExtractor(Extractor):
    """TUSZ v2.0.x and v1.5.x, or a stand-in for it, through the band-pass to 50 Hz.

    root: of the corpus, as `find_corpus` takes it. decimation, low, high, order: see `Chain`.
    A file of which a chosen segment has a flat electrode or derivation is bad as a whole: a sample is never
    dropped or replaced in silence.
    """

    root: Path
    decimation: Decimation = "polyphase"
    low: float = 0.5
    high: float = 35.0
    order: int = 4

    kind: ClassVar[str] = "eeg"
    class_names: ClassVar[tuple[str, ...]] = ("background", "seizure")
    view: ClassVar[str | None] = "eeg-windows"

    @property
    def shape(self) -> tuple[int, ...]:
        return len(DERIVATIONS), STORED

    @property
    def dtype(self) -> str:
        return "float32"

    def files(self) -> list[SourceFile]:
        return corpus_files(self._corpus())

    def candidates(self, file: SourceFile) -> list[Candidate]:
        """Position (start in seconds,). Reads the header and the annotation, no samples."""
        check_place(file)
        recording = self._open(file)
        annotation = find_annotation(recording.header.path)
        events = read_events(annotation, recording.duration)
        return [Candidate(label, (start,)) for start, label in segment_starts(events)]

    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> NDArray[np.float32]:
        """In microvolts, shape (len(chosen), 20, 510). The whole record is filtered, then cut."""
        starts = [candidate.position[0] for candidate in chosen]
        if not starts:
            return np.empty((0, *self.shape), np.float32)
        recording = self._open(file)
        if max(starts) + SEGMENT_SECONDS > recording.duration:
            raise BadFile("the recording is shorter than it was")
        samples = cut(derive(self._electrodes(recording, starts)), starts)
        if not np.isfinite(samples).all() or samples.std(axis=2).min() < _FLAT_MICROVOLTS:
            raise BadFile("a derivation is flat in a segment")
        return samples

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, NDArray[Any]]:
        """The first two chosen segments before and after the chain. See `datasets.eeg.preview`."""
        from datasets.eeg.preview import preview

        shown = sorted(chosen)[:1] + sorted(chosen)[1:][-1:]  # background and seizure where both are there
        return preview(self._open(file), shown, self._chain())

    def settings(self) -> Mapping[str, str | int | float | bool]:
        return {
            "decimation": self.decimation,
            "low_hz": self.low,
            "high_hz": self.high,
            "order": self.order,
            "padding_seconds": PADDING_SECONDS,
            "rate_hz": RATE,
            "segment_seconds": SEGMENT_SECONDS,
            "events_longer_than_seconds": SHORTEST_EVENT_SECONDS,
            "context_samples": CONTEXT,
        }

    def provenance(self) -> tuple[ProvenanceKind, str]:
        corpus = self._corpus()
        if not is_standin(corpus):
            return "real", "the TUH EEG Seizure Corpus (TUSZ)"
        parameters = standin_parameters(corpus)
        known = [
            f"{name} {parameters[name]}" for name in ("patients", "difficulty", "seed") if name in parameters
        ]
        return "stand-in", "a stand-in for TUSZ, generated" + (f" with {', '.join(known)}" if known else "")

    def _corpus(self) -> Path:
        corpus = find_corpus(self.root)
        if corpus is None:
            raise DataError(
                f"{self.root} holds no TUSZ: a folder edf with train, dev or eval in it was looked for, there and"
                " in folders tusz*, eeg* and tuh_eeg_seizure*. Name the folder that holds edf."
            )
        return corpus

    def _open(self, file: SourceFile) -> Recording:
        corpus = self._corpus()
        recording = open_recording(corpus / "edf" / file.path)
        if recording.header.is_standin and not is_standin(corpus):
            raise BadFile("a stand-in recording inside a corpus that says it is real")
        return recording

    def _chain(self) -> Chain:
        return Chain(self.decimation, self.low, self.high, self.order)

    def _electrodes(self, recording: Recording, starts: Sequence[float]) -> NDArray[np.float32]:
        """All electrodes at 50 Hz, shape (17, n). One at a time is held at its own rate."""
        chain = self._chain()
        rows = []
        for electrode, microvolts in zip(recording.electrodes, read_microvolts(recording), strict=True):
            if _flat_somewhere(microvolts, electrode.rate, starts):
                raise BadFile("an electrode is flat in a segment")
            rows.append(chain(microvolts, electrode.rate))
        assert len(rows) == len(ELECTRODES)
        return np.stack(rows)


def _flat_somewhere(electrode: NDArray[np.float32], rate: Fraction, starts: Sequence[float]) -> bool:
    """Whether an electrode at its own rate has one value throughout a segment."""
    bounds = [(round(start * rate), round((start + SEGMENT_SECONDS) * rate)) for start in starts]
    return any(
        electrode[first] == electrode[first:last].max() == electrode[first:last].min()
        for first, last in bounds
    )
