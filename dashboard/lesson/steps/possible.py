"""Step 2: the Bayes error and boundary of each split, from the densities."""

from __future__ import annotations

from dashboard import figures, known_sets
from dashboard.lesson.scene import SET, Scene, known_label
from dashboard.lesson.step import Answer, Link, Picture, Question, Scale, Step
from datasets.types import SPLIT_NAMES
from imld_synth import preset
from reports.panels import Panel, panel_figure
from reports.tables import error


class Possible(Step):
    name = "possible"
    title = "What is possible"
    position = 2
    minutes = 5
    takeaway = (
        "Where both classes put points on the same spot, somebody is wrong whatever is answered there. The error that is left "
        "even to the best rule is the **Bayes error**. No network, no tuner and no person gets below it on new points. "
        "So ask of every error how far it is from this number, and not how far it is from zero."
    )

    def question(self, scene: Scene) -> Question:
        return Question(
            "Of 100 points of eval, how many must even the best possible classifier get wrong?",
            Scale(0, 50, "of 100"),
            "It knows the densities from which eval was drawn, and may draw any boundary it likes.",
        )

    def answer(self, scene: Scene) -> Answer:
        train, dev, least = (scene.least(split) for split in SPLIT_NAMES)
        return Answer(
            f"{error(least)} of 100",
            f"This is no estimate: it is integrated over the densities. The best rule for each split errs on **{error(train)} %** "
            f"of train, **{error(dev)} %** of dev and **{error(least)} %** of eval. Each of them is the best for its own "
            "picture only: compare the three boundaries.",
        )

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        names = preset(SET).class_names
        if not answered:
            points = [Panel(split, known_sets.drawn_points(SET, split)) for split in SPLIT_NAMES]
            figure = panel_figure(points, names, figures.ground(), columns=scene.columns, height=330)
            return [Picture("possible", figure, "Points of train, dev and eval side by side", known_label())]
        panels = [
            Panel(
                f"{split}: Bayes error {error(scene.least(split))} %",
                known_sets.drawn_points(SET, split),
                known_sets.best_answers(SET, split)[0],
                known_sets.boundary(SET, split),
            )
            for split in SPLIT_NAMES
        ]
        figure = panel_figure(panels, names, figures.ground(), columns=scene.columns, height=330)
        return [
            Picture(
                "possible",
                figure,
                f"The best answers for train, dev and eval, each under its own points: {'; '.join(p.title for p in panels)}",
                known_label(),
                "Ground: what the best rule of that split answers, stronger where it is surer. A point on the ground of the "
                "other class is an error that cannot be avoided. The line ends where next to no point falls.",
            )
        ]

    def links(self, scene: Scene) -> list[Link]:
        return [Link("bayes", "Bayes errors with their bounds", {"truth": SET, "split": "eval"})]
