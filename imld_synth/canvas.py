"""A canvas: what a person drew for train, dev and eval, with the classes, their colours and the limits.

Canvases never change: every operation returns a new one, so that undo is keeping the old one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from imld_synth.canvas_words import check_class_names, check_colour
from imld_synth.drawing import Drawing
from imld_synth.errors import DataError
from imld_synth.marks import FARTHEST, Eraser, Import, Mark, count_of, labels_of, relabelled
from imld_synth.marks_points import Points, check_size, density, points
from imld_synth.preset import SPLITS

#: Classes that a drawing may have.
MOST_CLASSES = 10

#: What classes are painted with: the colours of Okabe and Ito ("Color Universal Design", 2008), which every common
#: form of colour blindness tells apart, and two greys that differ from all of them in lightness.
COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
    "#7F7F7F",
    "#F0E442",
    "#3B3B3B",
    "#BDBDBD",
)

#: xmin, xmax, ymin, ymax.
Limits = tuple[float, float, float, float]

#: The smallest width and height that a canvas may show.
_SMALLEST = 0.01

_LONGEST_TITLE = 120


@dataclass(frozen=True)
class Canvas:
    """What was drawn. Raises DataError, in words for the person who draws, where a value breaks a rule.

    title: free text. class_names, colours: of the classes, in the order of their indices. limits: the part of the
    plane that is shown (points may lie outside). seed: marks added later derive theirs from it. added: marks that
    were ever added, so that none gets the seed of another. train, dev, eval: the marks of each split, in order.
    """

    title: str = ""
    class_names: tuple[str, ...] = ("A", "B")
    colours: tuple[str, ...] = COLOURS[:2]
    limits: Limits = (-1.0, 1.0, -1.0, 1.0)
    seed: int = 0
    added: int = 0
    train: tuple[Mark, ...] = ()
    dev: tuple[Mark, ...] = ()
    eval: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if len(self.title) > _LONGEST_TITLE or re.search(r"[\x00-\x1f\x7f]", self.title):
            raise DataError(
                f"a title is one line of at most {_LONGEST_TITLE} characters, not {self.title[:40]!r}"
            )
        check_class_names(self.class_names, MOST_CLASSES)
        if len(self.colours) != len(self.class_names):
            raise DataError(f"{len(self.class_names)} classes need as many colours, not {len(self.colours)}")
        for colour in self.colours:
            check_colour(colour)
        xmin, xmax, ymin, ymax = self.limits
        if (
            not all(abs(limit) <= FARTHEST for limit in self.limits)
            or min(xmax - xmin, ymax - ymin) < _SMALLEST
        ):
            raise DataError(
                f"limits are xmin < xmax and ymin < ymax, at least {_SMALLEST:g} apart and within"
                f" {FARTHEST:g} of zero, not {', '.join(f'{limit:g}' for limit in self.limits)}"
            )
        if self.seed < 0 or self.added < 0:
            raise DataError(
                f"the seed and the number of marks added are 0 or more, not {self.seed} and {self.added}"
            )
        for split in SPLITS:
            marks = self.marks(split)
            check_size(marks)
            for mark in marks:
                if any(label >= len(self.class_names) for label in labels_of(mark)):
                    raise DataError(
                        f"{split}: a mark belongs to the class with index {max(labels_of(mark))}, but the"
                        f" {len(self.class_names)} classes have the indices from 0 up"
                    )

    def marks(self, split: str) -> tuple[Mark, ...]:
        """The marks of "train", "dev" or "eval"; ValueError for any other name."""
        if split not in SPLITS:
            raise ValueError(f"unknown split {split!r}: the splits are {', '.join(SPLITS)}")
        marks: tuple[Mark, ...] = getattr(self, split)
        return marks

    def points(self, split: str) -> Points:
        """x (n, 2) float64 and y (n,) int64 of a split; see `imld_synth.marks_points.points`."""
        return points(self.marks(split))

    def counts(self, split: str) -> tuple[int, ...]:
        """Points of each class in a split, after erasing."""
        y = self.points(split)[1]
        return tuple(int(count) for count in np.bincount(y, minlength=len(self.class_names)))

    def density(self, split: str) -> Drawing | None:
        """The density of a split where it is known exactly; see `imld_synth.marks_points.density`."""
        return density(self.marks(split), len(self.class_names))

    def densities(self) -> dict[str, Drawing] | None:
        """That of every split, None unless all three are known."""
        found = {split: self.density(split) for split in SPLITS}
        known = {split: drawing for split, drawing in found.items() if drawing is not None}
        return known if len(known) == len(SPLITS) else None


def add(canvas: Canvas, split: str, *marks: Mark) -> Canvas:
    """The canvas with marks at the end of a split, each with a seed that no other mark has had."""
    return _put(canvas, split, canvas.marks(split), marks)


def clear(canvas: Canvas, split: str) -> Canvas:
    """The canvas without the marks of a split."""
    return _with(canvas, split, ())


def undo(canvas: Canvas, split: str) -> Canvas:
    """The canvas without the last mark of a split; the other marks keep their points."""
    return _with(canvas, split, canvas.marks(split)[:-1])


def copy_marks(canvas: Canvas, source: str, target: str) -> Canvas:
    """The marks of one split in place of those of another, with fresh points from the same densities.

    Raises DataError for imported points: the same points in two splits would make their errors meaningless.
    """
    marks = canvas.marks(source)
    imported = sum(count_of(mark) for mark in marks if isinstance(mark, Import))
    if imported:
        raise DataError(
            f"{source} holds {imported:,} imported points, which cannot be drawn anew: a copy would put the same"
            f" points in {source} and {target}. Import a file of its own into {target}."
        )
    return _put(canvas, target, (), marks)


def add_class(canvas: Canvas, name: str, colour: str | None = None) -> Canvas:
    """The canvas with one class more; without a colour the first of `COLOURS` that no class has."""
    free = [one for one in COLOURS if one not in canvas.colours]
    chosen = colour or (free or COLOURS)[0]
    return replace(canvas, class_names=(*canvas.class_names, name), colours=(*canvas.colours, chosen))


def rename_class(canvas: Canvas, label: int, name: str) -> Canvas:
    """The canvas with another name for the class of that index."""
    return replace(canvas, class_names=_replaced(canvas.class_names, label, name))


def recolour_class(canvas: Canvas, label: int, colour: str) -> Canvas:
    """The canvas with another colour for the class of that index."""
    return replace(canvas, colours=_replaced(canvas.colours, label, colour))


def delete_class(canvas: Canvas, label: int) -> Canvas:
    """The canvas without a class and without its points, in all splits; later classes move up by one.

    Raises DataError for the last class.
    """
    if len(canvas.class_names) == 1:
        raise DataError("a drawing has at least one class; add another before you delete this one")
    new = {old: old - (old > label) for old in range(len(canvas.class_names)) if old != label}
    left = {
        split: tuple(
            mark for mark in (relabelled(mark, new) for mark in canvas.marks(split)) if mark is not None
        )
        for split in SPLITS
    }
    return replace(
        canvas,
        class_names=tuple(canvas.class_names[old] for old in new),
        colours=tuple(canvas.colours[old] for old in new),
        train=left["train"],
        dev=left["dev"],
        eval=left["eval"],
    )


def _put(canvas: Canvas, split: str, before: Sequence[Mark], marks: Sequence[Mark]) -> Canvas:
    fresh = [_seeded(mark, canvas.seed, canvas.added + i) for i, mark in enumerate(marks)]
    return replace(_with(canvas, split, (*before, *fresh)), added=canvas.added + len(fresh))


def _with(canvas: Canvas, split: str, marks: tuple[Mark, ...]) -> Canvas:
    canvas.marks(split)  # raises for an unknown split
    return replace(canvas, **{split: marks})  # type: ignore[arg-type]  # the splits are fields


def _seeded(mark: Mark, seed: int, number: int) -> Mark:
    """The mark with the seed of the `number`-th mark of a canvas; marks without chance have none."""
    if isinstance(mark, Import | Eraser):
        return mark
    state = np.random.SeedSequence((seed, number)).generate_state(1, np.uint64)
    return replace(mark, seed=int(state[0] >> np.uint64(11)))  # 53 bits: every JSON reader takes them whole


def _replaced(values: tuple[str, ...], label: int, new: str) -> tuple[str, ...]:
    if not 0 <= label < len(values):
        raise ValueError(f"there is no class with index {label}")
    return (*values[:label], new, *values[label + 1 :])
