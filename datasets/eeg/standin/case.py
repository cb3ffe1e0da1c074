"""All files of one made-up patient."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from datasets.eeg.standin.edf_file import Header, write_record
from datasets.eeg.standin.hardness import hardness_of
from datasets.eeg.standin.patient import draw_traits
from datasets.eeg.standin.record import draw_session, draw_signals
from datasets.eeg.standin.timeline import Plan, draw_events
from datasets.types import SplitName

_RATES: Final = (250, 256, 400, 512)
_RATE_SHARES: Final = (0.72, 0.18, 0.06, 0.04)
_GAP_MANY: Final = (15.5, 27.0)
_GAP_FEW: Final = (30.0, 60.0)
# Six in ten patients are for training. Whose turn it is does not depend on how many patients there are.
_TURNS: Final[tuple[SplitName, ...]] = ("train", "dev", "train", "eval", "train")
_FIRST_WITHOUT: Final = 15


@dataclass(frozen=True)
class Case:
    """The patient number `index` of the corpus in `root`; pickles, so that worker processes can write it."""

    root: Path
    index: int
    difficulty: float
    seed: int

    @property
    def split(self) -> SplitName:
        return _TURNS[self.index % len(_TURNS)]

    @property
    def name(self) -> str:
        """Eight letters that count up, as in the corpus."""
        number, letters = 31 + 7 * self.index, ""
        for _ in range(8):
            number, letter = divmod(number, 26)
            letters = chr(ord("a") + letter) + letters
        return letters


def write_case(case: Case) -> None:
    """One session with many seizures and one with few, each with one or two records.

    The electrodes are fitted anew for each session, so that what they leave in the signals goes with the
    share of seizures within a patient, and with nothing across patients.
    """
    # Each patient has streams of its own: neither workers nor the number of patients change its bytes.
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(case.index,)))
    hardness = hardness_of(case.difficulty)
    traits = draw_traits(rng, hardness, may_lack_seizures=case.index >= _FIRST_WITHOUT)
    rate = int(rng.choice(_RATES, p=_RATE_SHARES))
    reference: Literal["REF", "LE"] = "REF" if rng.random() < 0.6 else "LE"
    montage = "01_tcp_ar" if reference == "REF" else "02_tcp_le"
    day = datetime.date(int(rng.integers(2002, 2014)), 1, 1) + datetime.timedelta(int(rng.integers(360)))
    many_first = bool(rng.random() < 0.5)
    for number in (1, 2):
        many = (number == 1) == many_first
        session = draw_session(rng)
        folder = case.root / "edf" / case.split / case.name / f"s{number:03d}_{day.year}" / montage
        folder.mkdir(parents=True)
        for take in range(2 if many else int(rng.integers(1, 3))):
            seconds = int(rng.integers(125, 156)) if many else int(rng.integers(85, 121))
            gap = (_GAP_MANY if many else _GAP_FEW) if traits.seizures else None
            events = draw_events(rng, Plan(seconds, gap))
            signals = draw_signals(rng, traits, session, events, hardness, rate)
            header = Header(
                case.name, f"{case.name}_s{number:03d}_t{take:03d}", day, reference=reference, rate=rate
            )
            write_record(rng, folder, header, signals, events)
        day += datetime.timedelta(int(rng.integers(20, 700)))
