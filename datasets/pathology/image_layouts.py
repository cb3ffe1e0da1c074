"""Where collections of images keep class, patient and split: three known ones, and one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datasets.errors import UsageError
from datasets.types import SplitName


@dataclass(frozen=True)
class Layout:
    """Where a collection of images keeps class, patient and split.

    title: for tables and reports. class_names: in the order of the labels. classes: pairs of what stands in the
    path and the class name. class_pattern: regular expression with one group, searched for in the path relative to
    the root; the group is looked up in `classes`. None looks for a folder of that name instead. Images
    that have none of the classes are passed over.
    patient_pattern: regular expression with one group, searched for in the relative path.
    splits: pairs of a folder's name and a split, empty where the collection is not divided.
    size: pixels of a patch's side. Images are tiled without overlap from the middle; one that is smaller
    gives none.
    Raises UsageError where these contradict each other.
    """

    title: str
    class_names: tuple[str, ...]
    classes: tuple[tuple[str, str], ...]
    patient_pattern: str
    class_pattern: str | None = None
    splits: tuple[tuple[str, SplitName], ...] = ()
    size: int = 512

    def __post_init__(self) -> None:
        _one_group(self.patient_pattern, "patient")
        if self.class_pattern is not None:
            _one_group(self.class_pattern, "class")
        unknown = [name for _, name in self.classes if name not in self.class_names]
        if (
            unknown
            or len(self.class_names) < 2
            or {name for _, name in self.classes} != set(self.class_names)
        ):
            raise UsageError(
                f"a layout needs two classes or more, each with a folder or word of its own; these are"
                f" {', '.join(self.class_names)}, found by {dict(self.classes)}."
            )
        if not 16 <= self.size <= 4096:
            raise UsageError(f"patches have 16 to 4096 pixels a side, not {self.size}.")


def _one_group(pattern: str, of: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise UsageError(f"the {of} pattern {pattern!r} is no regular expression: {error}.") from None
    if groups != 1:
        raise UsageError(f"the {of} pattern {pattern!r} needs one group in round brackets, not {groups}.")


#: BACH names no patients: every image is its own, so a patient may come to be in two splits unnoticed.
BACH = Layout(
    title="the BACH microscopy images",
    class_names=("invasive", "in situ"),
    classes=(("Invasive", "invasive"), ("InSitu", "in situ")),
    patient_pattern=r"(?:^|/)([a-z]+\d+)\.tiff?$",
)
#: The number is the slide's: which slides share a patient stands in BRACS's own table only. The split is
#: the official one.
BRACS = Layout(
    title="the BRACS regions of interest",
    class_names=("ic", "dcis"),
    classes=(("6_IC", "ic"), ("5_DCIS", "dcis"), ("IC", "ic"), ("DCIS", "dcis")),
    patient_pattern=r"(?:^|/)(BRACS_\d+)_[^/]*$",
    splits=(("train", "train"), ("val", "dev"), ("test", "eval")),
)
KAGGLE_IDC = Layout(
    title="the Kaggle IDC patches",
    class_names=("idc-", "idc+"),
    classes=(("0", "idc-"), ("1", "idc+")),
    class_pattern=r"_class([01])\.png$",
    patient_pattern=r"(?:^|/)(\d+)_idx\d+_x\d+_y\d+_class[01]\.png$",
    size=50,
)

LAYOUTS: Mapping[str, Layout] = {"bach": BACH, "bracs": BRACS, "kaggle-idc": KAGGLE_IDC}
