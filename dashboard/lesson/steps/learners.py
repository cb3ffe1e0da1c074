"""Step 3: nearest neighbours and a forest, on the points that they learnt and on others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard import figures
from dashboard.lesson.error_dots import error_dots, printed_errors, published_dots
from dashboard.lesson.scene import KNN, PUBLISHED, RNF, SET, Scene
from dashboard.lesson.step import Answer, Link, Missing, Picture, Question, Step, no_study, of_study
from datasets.study import study_dataset
from datasets.types import SPLIT_NAMES, SplitName
from reports.panels import Panel, panel_figure
from reports.statistics import count_difference, sentences
from reports.surfaces import Surface
from reports.tables import error

FOREST, NEIGHBOURS, NEITHER = "The forest (RNF)", "The neighbours (KNN)", "No difference is shown"


@dataclass(frozen=True)
class Errors:
    """By system and split, as fractions; samples of eval; published: printed figures, as the store has none."""

    of: Mapping[str, Mapping[str, float]]
    samples: int
    published: bool


class Learners(Step):
    name = "learners"
    title = "Learning by heart"
    position = 3
    minutes = 5
    takeaway = (
        "An error on train says how well a system **remembers**, not how well it knows. A deep forest remembers single points, "
        "labels and all, and that is worth nothing on points it has never seen. So systems are compared on data "
        "that none of them learnt from, and that nobody used to choose between them."
    )

    def question(self, scene: Scene) -> Question:
        found = _errors(scene)
        return Question(
            f"On train, the forest errs on {error(found.of[RNF]['train'])} % and KNN on {error(found.of[KNN]['train'])} %. "
            "Which of the two errs less on eval?",
            (FOREST, NEIGHBOURS, NEITHER),
            "Figures as published: the store has no study of the set." if found.published else "",
        )

    def answer(self, scene: Scene) -> Answer:
        found = _errors(scene)
        forest, knn = found.of[RNF], found.of[KNN]
        counted = count_difference(forest["eval"], knn["eval"], found.samples)
        right = NEITHER if not counted.shown else FOREST if counted.interval.mean < 0 else NEIGHBOURS
        words = f"On eval RNF errs on **{error(forest['eval'])} %** and KNN on **{error(knn['eval'])} %**. "
        words += sentences.samples_luck(counted)
        least = scene.least("train")
        if not found.published and forest["train"] < least:
            words += (
                f" And mind the **{error(forest['train'])} %** of train: even the best rule errs on {error(least)} % of such "
                "points. What is below that was learnt by heart."
            )
        return Answer(right, words)

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        found, grounds = _errors(scene), _surfaces(scene)
        shown = SPLIT_NAMES if answered else SPLIT_NAMES[:1]
        if scene.study is None or found.published:
            return [published_dots("learners", (KNN, RNF), shown)]
        if not grounds:
            return [error_dots("learners", found.of, shown, scene.label())]
        split: SplitName = "eval" if answered else "train"
        samples = scene.samples(split)
        panels = [
            Panel(f"{name}: {error(found.of[name][split])} % of {split} wrong", samples, ground)
            for name, ground in grounds.items()
        ]
        figure = panel_figure(
            panels, scene.study.data.class_names, figures.ground(), columns=min(2, scene.columns), height=360
        )
        return [
            Picture(
                "learners",
                figure,
                f"What KNN and RNF answer, under points of {split}: {'; '.join(panel.title for panel in panels)}",
                scene.label(),
                f"Ground: what the system answers. Dots: some points of {split}. "
                + ("The same ground as before, under other points." if answered else ""),
            )
        ]

    def links(self, scene: Scene) -> list[Link]:
        return of_study(scene, "surfaces", "Both, with a zoom", systems=(KNN, RNF), split="eval") + of_study(
            scene, "errors", "All errors of the study"
        )

    def lacks(self, scene: Scene) -> Missing | None:
        if _surfaces(scene):
            return None
        figures_are = (
            f"the figures are {PUBLISHED} ones" if _errors(scene).published else "the errors stand alone"
        )
        return no_study(f"there is no picture of what {KNN} and {RNF} answer, and {figures_are}")


def _errors(scene: Scene) -> Errors:
    own = {row.label: row.errors for row in scene.scored if row.label in (KNN, RNF)}
    if scene.study is not None and len(own) == 2:
        return Errors(own, scene.study.data.sizes["eval"], False)
    described = study_dataset(SET)
    assert described is not None, "the set of the lesson is one of the study"
    return Errors(printed_errors(), described.eval, True)


def _surfaces(scene: Scene) -> dict[str, Surface]:
    """Of both systems; empty where one of them has none."""
    rows = [row for row in scene.scored if row.label in (KNN, RNF)]
    found = {row.label: ground for row in rows if (ground := scene.surface(row)) is not None}
    return found if len(found) == 2 else {}
