"""Decision surfaces that a study keeps of its course, so that it can be played again (`reports.replay`).

Of a final training there is one after some of its epochs, of a trial one at its end. They are coarser than the
surface of a score, and bounded in number: those of an epoch by `MOST_FRAMES` a training, those of trials by
`kept_trials` a search. Their plane covers train and dev; nothing of eval is looked at for it.
"""

from __future__ import annotations

import traceback
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.types import Features, Samples
from manual.learner import EpochReport
from tuners.record import StudySpec

#: Points a side of the plane: sharp enough beside a learning curve, and a tenth of an epoch's cost at most.
SIDE = 100

#: How far a plane reaches beyond the points, as a share of their range.
MARGIN = 0.05

#: Epochs of a training that are kept.
MOST_FRAMES = 50

#: Of these, the first, the best and the last one stand apart from the even spacing of the others.
APART = 3

#: Trials that are kept of a search, and of all searches of a study: about 5 kB each.
MOST_TRIALS, MOST_IN_STUDY = 500, 2_000

Probabilities = Callable[[Features], NDArray[np.float32]]


@dataclass(frozen=True)
class Plane:
    """A grid over two features: row i is x2 = y[i], column j is x1 = x[j]."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def points(self) -> NDArray[np.float64]:
        """All places, shape (rows * columns, 2), row after row."""
        return np.stack(np.meshgrid(self.x, self.y), axis=-1).reshape(-1, 2)


def plane(parts: Iterable[Samples], side: int) -> Plane:
    """The grid of `side` by `side` places that covers all points of some parts."""
    listed = list(parts)
    low = np.min([part.x.min(axis=0) for part in listed], axis=0)
    high = np.max([part.x.max(axis=0) for part in listed], axis=0)
    edge = MARGIN * (high - low)
    return Plane(*(np.linspace(low[i] - edge[i], high[i] + edge[i], side) for i in (0, 1)))


@dataclass(frozen=True)
class Frames:
    """Answers over a plane at several moments.

    numbers: the epochs or the trial, int64, shape (F,). classes: the class answered at each place, and
    certainty: its probability, 255 for 1; both uint8, shape (F, rows, columns). count: classes of the data.
    """

    plane: Plane
    numbers: NDArray[np.int64]
    classes: NDArray[np.uint8]
    certainty: NDArray[np.uint8]
    count: int

    def write(self, path: Path) -> None:
        """Writes the file whole or not at all, so that a process that is killed leaves no half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.half")
        with half.open("wb") as file:
            np.savez_compressed(
                file,
                x=self.plane.x,
                y=self.plane.y,
                numbers=self.numbers,
                classes=self.classes,
                certainty=self.certainty,
                count=np.int64(self.count),
            )
        half.replace(path)


def keep_frames(frames: Frames, path: Path) -> None:
    """What is only for showing is no reason to fail: a disk may be full."""
    try:
        frames.write(path)
    except OSError:
        traceback.print_exc()  # into the worker's log


def read_frames(path: Path) -> Frames:
    """What `Frames.write` left. Raises DataError where the file is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = Frames(
                Plane(arrays["x"], arrays["y"]),
                arrays["numbers"],
                arrays["classes"],
                arrays["certainty"],
                int(arrays["count"]),
            )
    except FileNotFoundError as error:
        raise DataError(f"there is no recording {path}") from error
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"the recording {path} is damaged: {error}") from error
    shape = (len(found.numbers), len(found.plane.y), len(found.plane.x))
    if not len(found.numbers) or found.classes.shape != shape or found.certainty.shape != shape:
        raise DataError(f"the recording {path} is damaged: its arrays do not fit together")
    if found.count < 1 or int(found.classes.max()) >= found.count:
        raise DataError(f"the recording {path} is damaged: it answers a class that there is not")
    return found


Answer = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def one_frame(where: Plane, number: int, probabilities: NDArray[np.float32]) -> Frames:
    """The frame of a single model. probabilities: over the plane's points, shape (rows * columns, C)."""
    return _frames(where, {number: _answer(probabilities)}, probabilities.shape[1])


def _frames(where: Plane, answers: dict[int, Answer], count: int) -> Frames:
    numbers = sorted(answers)
    shape = (len(numbers), len(where.y), len(where.x))
    classes, certainty = (np.stack([answers[one][place] for one in numbers]) for place in (0, 1))
    array = np.array(numbers, dtype=np.int64)
    return Frames(where, array, classes.reshape(shape), certainty.reshape(shape), count)


def _answer(probabilities: NDArray[np.float32]) -> Answer:
    """Classes and certainties. Far from all points a network may answer no number at all: certainty 0."""
    shown = np.nan_to_num(probabilities.max(axis=1), nan=0.0)
    return probabilities.argmax(axis=1).astype(np.uint8), np.rint(255 * shown).astype(np.uint8)


class Recorder:
    """Keeps surfaces of a training while it goes on (`manual.learner.Plan.look`), `MOST_FRAMES` at most.

    Every `stride`-th epoch is kept, and the stride doubles when they become too many; the first epoch, the
    best by dev error so far and the last are kept whatever their number. Others are never computed.
    """

    def __init__(self, where: Plane, most: int = MOST_FRAMES) -> None:
        self._plane = where
        self._points = where.points
        self._most = most - APART
        self._stride = 1
        self._first: int | None = None
        self._best: tuple[float, int] | None = None
        self._last: int | None = None
        self._count = 0
        self._kept: dict[int, Answer] = {}

    def look(self, report: EpochReport, last: bool, probabilities: Probabilities) -> None:
        """Looks at the network after an epoch. last: no other one follows."""
        epoch = report.epoch
        self._first = epoch if self._first is None else self._first
        better = self._best is None or report.dev_error < self._best[0]
        if better:
            self._best = (report.dev_error, epoch)
        if last:
            self._last = epoch
        if not (better or last or self._even(epoch)):
            return
        answers = probabilities(self._points)
        self._count = answers.shape[1]
        self._kept[epoch] = _answer(answers)
        while sum(1 for one in self._kept if self._even(one)) > self._most:
            self._stride *= 2
        apart = {self._first, self._last, self._best[1] if self._best else None}
        self._kept = {e: kept for e, kept in self._kept.items() if self._even(e) or e in apart}

    def frames(self) -> Frames | None:
        """What was kept; None where nothing was looked at."""
        return _frames(self._plane, self._kept, self._count) if self._kept else None

    def _even(self, epoch: int) -> bool:
        return epoch % self._stride == 0


def replay_file(surface: str) -> str:
    """The recording of a final training, beside the surface of its score."""
    return f"{surface.removesuffix('.surface.npz')}.replay.npz"


def trial_file(position: int, repeat: int, number: int) -> str:
    """The recording of a trial, relative to the folder of its study. position: of its system in the study."""
    return f"trials/system{position}-search{repeat}-trial{number}.surface.npz"


def kept_trials(spec: StudySpec) -> int:
    """How many trials of each search are kept: the first ones."""
    return max(1, min(MOST_TRIALS, MOST_IN_STUDY // max(1, len(spec.systems) * spec.repeats)))
