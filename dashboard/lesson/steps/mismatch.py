"""Step 6: what the eval error is made of, and what other data would have been worth."""

from __future__ import annotations

from statistics import fmean

import pandas as pd

from dashboard import figures, known_sets, reading
from dashboard.lesson.error_dots import printed_errors
from dashboard.lesson.scene import PUBLISHED, SET, Scene, known_label
from dashboard.lesson.step import Answer, Link, Missing, Picture, Question, Step, no_study, of_study
from imld_synth import preset
from reports import tables
from reports.panels import Panel, panel_figure
from reports.section import section
from reports.sections.decomposition import drawn, signed

LEARNING, DATA, LUCK = (
    "Networks that could learn more",
    "Eval is another picture than train",
    "Bad luck with the points",
)


class Mismatch(Step):
    name = "mismatch"
    title = "What no tuner wins back"
    position = 6
    minutes = 7
    takeaway = (
        "An error has three parts: what is **impossible** (the Bayes error), what the data **never told** (the mismatch), and what "
        "is left to **learning**. Tuning works on the third part only. Where the second one is large, a better tuner is "
        "the wrong tool: get dev, and then train, from where eval comes from."
    )

    def question(self, scene: Scene) -> Question:
        least, frame = scene.least("eval"), _parts(scene)
        if frame.empty:
            text = f"Even the best rule errs on {tables.error(least)} % of eval, and the best rule for train on more. Why?"
        else:
            text = (
                f"The systems err on {tables.error(frame['error'].min())} to {tables.error(frame['error'].max())} % of eval; "
                f"{tables.error(least)} % cannot be avoided. Where does most of the rest come from?"
            )
        return Question(
            text,
            (LEARNING, DATA, LUCK),
            "The two grounds: what the best rule for eval answers, and what the best rule for train does.",
        )

    def answer(self, scene: Scene) -> Answer:
        least, rule = scene.least("eval"), scene.rule("eval")
        mismatch, frame = rule - least, _parts(scene)
        words = (
            f"Who learns train perfectly errs on **{tables.error(rule)} %** of eval: {tables.error(least)} % nobody avoids, and "
            f"**{tables.error(mismatch)} points** are mismatch."
        )
        right = DATA
        if not frame.empty:
            learning, luck = (
                fmean(frame[name].abs()) if frame[name].notna().all() else 0.0 for name in ("model", "chance")
            )
            right = max(((mismatch, DATA), (learning, LEARNING), (luck, LUCK)))[1]
            best, worst = frame["excess"].min(), frame["excess"].max()
            words += (
                f" What is left for learning and luck lies between {signed(best)} and {signed(worst)} points in this study. "
                "(Below 0: a network that strayed from train’s rule, and happened to stray towards eval.)"
            )
        return Answer(right, "\n\n".join([words, *_what_if(scene)]))

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        ends = [""] * 2
        if answered:
            errors = scene.least("eval"), scene.rule("eval")
            ends = [f": {tables.error(error)} % wrong" for error in errors]
        samples = known_sets.drawn_points(SET, "eval")
        panels = [
            Panel(f"Best rule for {split}{end}", samples, ground)
            for split, end, ground in zip(
                ("eval", "train"), ends, known_sets.best_answers(SET, "eval"), strict=True
            )
        ]
        figure = panel_figure(
            panels, preset(SET).class_names, figures.ground(), columns=min(2, scene.columns), height=340
        )
        planes = Picture(
            "mismatch",
            figure,
            f"What two rules answer under points of eval: {'; '.join(panel.title for panel in panels)}",
            known_label(),
            "Both under the same points of eval. Who learns train, even perfectly, learns the rule on the right.",
        )
        if not answered or scene.study is None or _parts(scene).empty:
            return [planes]
        part, store = section("decomposition"), reading.store()
        frame = part.frame(store, scene.study.name)
        parts = part.figure(store, frame)
        assert parts is not None, "what has rows has a figure"
        parts.update_layout(margin_t=15)
        return [Picture("parts", parts, part.alt(frame), scene.label(), part.lead), planes]

    def links(self, scene: Scene) -> list[Link]:
        asked = {"truth": SET, "split": "eval"}
        parts = of_study(scene, "bayes", "The parts as a table", **asked)
        return [
            *(parts or [Link("bayes", "Bayes errors with their bounds", asked)]),
            *of_study(scene, "surfaces", "Each system with the Bayes boundary", split="eval", bayes="yes"),
        ]

    def lacks(self, scene: Scene) -> Missing | None:
        if not _parts(scene).empty:
            return None
        return no_study("no error of a trained system can be split into its parts")


def _parts(scene: Scene) -> pd.DataFrame:
    """One row a system: its eval error in parts; no rows where the study holds nothing of its densities."""
    if scene.study is None:
        return pd.DataFrame()
    return drawn(section("decomposition").frame(reading.store(), scene.study.name))


def _what_if(scene: Scene) -> list[str]:
    """What dev would have been worth if it were like eval: the choice it would have made."""
    known = {name: (of["dev"], of["eval"]) for name, of in printed_errors().items()}
    told = [f"in the published study {_choice(known)}"]
    own = {row.label: (row.errors["dev"], row.errors["eval"]) for row in scene.scored}
    if len(own) > 1:
        told.insert(0, f"here {_choice(own)}")
    return [
        f"**What if dev were like eval?** Then the lowest dev error would have meant the lowest eval error: {', and '.join(told)}. "
        "That is the most it could have been worth, as those who would have been chosen are picked by eval itself. And "
        f"train like eval would have lowered the limit from {tables.error(scene.rule('eval'))} % to "
        f"{tables.error(scene.least('eval'))} %. ({PUBLISHED.capitalize()} figures are those of the study’s own data.)"
    ]


def _choice(errors: dict[str, tuple[float, float]]) -> str:
    """Eval error of the one that dev chooses, and of the one that eval would."""
    chosen = min(errors, key=lambda name: errors[name][0])
    best = min(errors, key=lambda name: errors[name][1])
    first, second = errors[chosen][1], errors[best][1]
    if chosen == best:
        return f"dev chose {tables.escape(chosen)}, which has the lowest eval error anyway"
    return (
        f"dev chose {tables.escape(chosen)} with {tables.error(first)} % of eval, and {tables.escape(best)} would have had "
        f"{tables.error(second)} %, **{tables.error(first - second)} points** less"
    )
