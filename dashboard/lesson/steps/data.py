"""Step 1: train, dev and eval of set 10, drawn anew as often as the class likes."""

from __future__ import annotations

from dashboard import figures, known_sets
from dashboard.lesson.scene import SET, Scene, known_label
from dashboard.lesson.step import Answer, Link, Picture, Question, Step
from datasets.types import SPLIT_NAMES
from imld_synth import preset
from reports.panels import Panel, panel_figure
from reports.tables import error

SAME, REDRAWN, DIFFERENT = "The same picture", "The same idea, redrawn", "Three different pictures"

#: Up to this loss over the Bayes error (a fraction) two pictures count as the same idea.
ALIKE = 0.01


class Data(Step):
    name = "data"
    title = "One data set, three pictures"
    position = 1
    minutes = 4
    anew = True
    takeaway = (
        "Points that are drawn anew differ by **luck**. Pictures that are drawn anew differ by **nature**. A tuner sees train "
        "and dev and is judged on eval: it has to believe that the three are alike, because nothing in the data tells it "
        "otherwise. Before you tune anything, look at the data."
    )

    def question(self, scene: Scene) -> Question:
        return Question(
            f"Train, dev and eval of data set {SET}: do all three show the same picture?",
            (SAME, REDRAWN, DIFFERENT),
            "Draw anew a few times: what changes, and what stays?",
        )

    def answer(self, scene: Scene) -> Answer:
        own, *others = ((scene.rule(split), scene.least(split)) for split in SPLIT_NAMES)
        loss = max(rule - least for rule, least in others)
        right = SAME if loss == 0 else REDRAWN if loss < ALIKE else DIFFERENT
        return Answer(
            right,
            "Take the best rule for train that there can be, and ask it about the other two. On train it errs on "
            f"**{error(own[0])} %** of the points, on dev on **{error(others[0][0])} %**, on eval on "
            f"**{error(others[1][0])} %**. Guessing would err on 50 %. If the pictures were the same, the three numbers "
            "would be the same.",
        )

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        lines = known_sets.boundary(SET, "train") if answered else []
        panels = []
        for split in SPLIT_NAMES:
            samples = known_sets.drawn_points(SET, split, scene.draw)
            title = f"{split}: {error(scene.rule(split))} % wrong" if answered else split
            panels.append(Panel(title, samples, lines=lines))
        figure = panel_figure(
            panels,
            preset(SET).class_names,
            figures.ground(),
            columns=scene.columns,
            height=330,
            line="best rule for train",
        )
        note = "The same number of points from each of the three densities."
        if answered:
            note = "The line is the best rule for train, the same in all three: what it gets wrong stands above each picture."
        return [
            Picture(
                "data",
                figure,
                f"Points of train, dev and eval side by side, draw {scene.draw + 1}",
                known_label(),
                note,
            )
        ]

    def links(self, scene: Scene) -> list[Link]:
        return [Link("bayes", "What the densities say", {"truth": SET, "split": "dev"})]
