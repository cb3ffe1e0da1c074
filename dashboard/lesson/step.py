"""The contract of a step: a question, a guess, an answer with numbers, a picture, what to keep, where to look closer.

Every number of a step is computed from the store, computed from the known densities of the set, or called published.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from dashboard.lesson.scene import SET, Scene
from datasets.plugins import Plugin, scan

if TYPE_CHECKING:
    import plotly.graph_objects as go

STEPS = "dashboard.lesson.steps"


@dataclass(frozen=True)
class Scale:
    """A guess that is a number."""

    low: int
    high: int
    unit: str


@dataclass(frozen=True)
class Question:
    """text: one sentence that ends with a question mark. guess: alternatives, or a scale. hint: what to know before."""

    text: str
    guess: tuple[str, ...] | Scale
    hint: str = ""


@dataclass(frozen=True)
class Answer:
    """right: one of the alternatives, or the number with its unit. words: why, with the numbers, as markdown."""

    right: str
    words: str


@dataclass(frozen=True)
class Picture:
    """name: its key on the page. label: whose data these are, as markdown. note: how to read it."""

    name: str
    figure: go.Figure
    alt: str
    label: str
    note: str = ""
    zoom: bool = False


@dataclass(frozen=True)
class Link:
    """A page that shows the same in full, by the name of its file, with the parameters of its address."""

    page: str
    label: str
    parameters: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


#: Options of tuners/run.py by the parameters that the page "Start a search" takes in its address.
OPTIONS = {
    "preset": "--preset",
    "dataset": "--dataset",
    "tuner": "--tuner",
    "model": "--model",
    "baseline": "--baselines",
    "trials": "--max-trials",
    "epochs": "--max-epochs",
    "repeats": "--repeats",
    "second": "--second-dev",
}


@dataclass(frozen=True)
class Missing:
    """What the store lacks for a step. chosen: the search that brings it as `study`, by the keys of OPTIONS."""

    words: str
    chosen: Mapping[str, str]
    study: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """Of tuners/run.py, without store and study."""
        return tuple(word for key, value in self.chosen.items() for word in (OPTIONS[key], value))

    @property
    def parameters(self) -> dict[str, str]:
        """Of the page that starts searches."""
        return {**self.chosen, "name": self.study}


class Step(Plugin, ABC):
    """position: from 1. minutes: how long a class takes. takeaway: one paragraph to keep, without numbers.

    anew: whether points can be drawn anew while the step is shown.
    """

    position: ClassVar[int]
    minutes: ClassVar[int]
    takeaway: ClassVar[str]
    anew: ClassVar[bool] = False

    @abstractmethod
    def question(self, scene: Scene) -> Question: ...

    @abstractmethod
    def answer(self, scene: Scene) -> Answer: ...

    @abstractmethod
    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        """What is shown with the question, and what with the answer; the first one is the largest."""

    @abstractmethod
    def links(self, scene: Scene) -> list[Link]: ...

    def lacks(self, scene: Scene) -> Missing | None:
        """None where the store has all that the step can show."""
        return None


def steps() -> list[Step]:
    """All steps in their order."""
    base: Any = Step  # an abstract class is no "type[Step]" to mypy
    return sorted(scan(STEPS, base).values(), key=lambda step: step.position)


def no_study(what: str) -> Missing:
    """The store has no study of the set; what: the thing that is therefore not shown."""
    return Missing(
        f"The store has no finished study of set {SET}, so {what}. This makes one; it takes a few minutes on two cores:",
        {"preset": "demo", "dataset": SET},
        f"lesson-{SET}",
    )


def of_study(scene: Scene, page: str, label: str, **parameters: str | Sequence[str]) -> list[Link]:
    """A link into a page that shows the lesson's study; none without one."""
    return [] if scene.study is None else [Link(page, label, {"study": scene.study.name} | parameters)]
