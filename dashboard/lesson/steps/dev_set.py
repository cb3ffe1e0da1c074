"""Step 5: the lowest of many dev errors, and what becomes of it elsewhere: luck and mismatch kept apart."""

from __future__ import annotations

import pandas as pd

from dashboard import known_sets, reading
from dashboard.lesson.error_dots import printed_errors, split_kind
from dashboard.lesson.scene import PUBLISHED, SET, Scene, known_label, newest, published_label
from dashboard.lesson.step import Answer, Link, Missing, Picture, Question, Step, of_study
from reports import tables
from reports.dots import Dot, Kind, dots_figure
from reports.palette import ORANGE
from reports.section import section
from reports.sections.decomposition import signed
from tuners.record import StudyRecord

LOWEST, BETWEEN, HIGHEST = "The lowest of all", "Somewhere in between", "The highest of all"

CHOSEN = Kind("dev, in the search", ORANGE, "square-open", above=False)
DEV, EVAL = split_kind("dev", "dev"), split_kind("eval", "eval", above=False)

#: A search long enough for luck to show, with half of dev kept out of it.
SECOND = {
    "dataset": SET,
    "tuner": "keras-random",
    "model": "mlp-a1",
    "trials": "30",
    "epochs": "5",
    "second": "0.5",
}


class DevSet(Step):
    name = "dev-set"
    title = "The overfitted dev set"
    position = 5
    minutes = 8
    takeaway = (
        "A dev error by which something was chosen is a **promise**, not a measurement. Two things break it. **Luck**: the lowest "
        "of many is lucky, and the more trials, the more so; a training anew or a second dev set shows how much. **Mismatch**: "
        "dev is another picture than eval, and no number of trials cures that. Choose on dev, and report on data "
        "that chose nothing."
    )

    def question(self, scene: Scene) -> Question:
        name, errors = _lowest_printed()
        return Question(
            f"In the published study, {name} had the lowest dev error of all: {tables.error(errors['dev'])} %, and "
            f"{tables.error(_next_lowest() - errors['dev'])} points below the next. How was its eval error?",
            (LOWEST, BETWEEN, HIGHEST),
            "It was tuned by a machine, and chosen by its dev error.",
        )

    def answer(self, scene: Scene) -> Answer:
        name, errors = _lowest_printed()
        others = [of["eval"] for system, of in printed_errors().items() if system != name]
        right = (
            LOWEST if errors["eval"] <= min(others) else HIGHEST if errors["eval"] >= max(others) else BETWEEN
        )
        train_dev, train_eval = (scene.rule(split) for split in ("dev", "eval"))
        dev_dev, dev_eval = scene.least("dev"), known_sets.rule_error(SET, "dev", "eval")
        parts = [
            f"Its eval error was **{tables.error(errors['eval'])} %** ({PUBLISHED}); the others had {tables.error(min(others))} to "
            f"{tables.error(max(others))} %. The densities show the trap: the best rule for **dev** errs on "
            f"{tables.error(dev_dev)} % of dev and {tables.error(dev_eval)} % of eval, the best rule for **train** on "
            f"{tables.error(train_dev)} % and {tables.error(train_eval)} %. Whoever follows dev leaves eval.",
            *_here(scene, train_eval - train_dev),
            *_second_words(_with_second()),
        ]
        return Answer(right, "\n\n".join(parts))

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        name, errors = _lowest_printed()
        row = f"{name}, {PUBLISHED}"
        if not answered:
            dots = [Dot(f"{system}, {PUBLISHED}", DEV, of["dev"]) for system, of in printed_errors().items()]
            alt = (
                f"Dev errors as {PUBLISHED}, of which {name} has the lowest, {tables.error(errors['dev'])} %"
            )
            return [Picture("dev-set", dots_figure(dots, "dev error"), alt, published_label())]
        dots = [Dot(row, DEV, errors["dev"]), Dot(row, EVAL, errors["eval"])]
        rules = {
            "best rule for dev": (scene.least("dev"), known_sets.rule_error(SET, "dev", "eval")),
            "best rule for train": (scene.rule("dev"), scene.rule("eval")),
        }
        for rule, values in rules.items():
            dots += [Dot(rule, kind, value) for kind, value in zip((DEV, EVAL), values, strict=True)]
        optimism = _optimism(scene)
        for _, found in optimism.iterrows():
            own = str(found["system"])
            dots.append(Dot(own, CHOSEN, found["search_dev"]))
            dots += [Dot(own, DEV, found["dev"]), Dot(own, EVAL, found["eval"])]
        label = f"{published_label()}. Best rules: {known_label()}"
        if not optimism.empty:
            label += f". The others: {scene.label()}"
        alt = "; ".join(f"{dot.row}: {dot.kind.name} {tables.error(dot.value)} %" for dot in dots)
        note = (
            "A line from dev to eval is what the promise was worth. An open square is the dev error by which a network was "
            "chosen; the filled one is that of the same settings, trained once more."
        )
        found_pictures = [
            Picture("dev-set", dots_figure(dots, "error"), f"Errors on dev and eval: {alt}", label, note)
        ]
        return found_pictures + _second_picture(_with_second())

    def links(self, scene: Scene) -> list[Link]:
        second = _with_second()
        study = scene.study if second is None else second
        own = (
            []
            if study is None
            else [Link("comparison", "Luck and optimism of each search", {"study": study.name})]
        )
        return own + of_study(scene, "errors", "Gaps between the splits")

    def lacks(self, scene: Scene) -> Missing | None:
        if _with_second() is not None:
            return None
        return Missing(
            f"No study of set {SET} in this store has a second dev set, which measures the luck of the lowest dev error by "
            "itself. This makes one; it takes some minutes on two cores:",
            SECOND,
            f"lesson-{SET}-second",
        )


def _lowest_printed() -> tuple[str, dict[str, float]]:
    return min(printed_errors().items(), key=lambda pair: pair[1]["dev"])


def _next_lowest() -> float:
    return sorted(of["dev"] for of in printed_errors().values())[1]


def _optimism(scene: Scene) -> pd.DataFrame:
    """Of the lesson's study: dev error in the search, trained anew, and on eval; no rows without one."""
    if scene.study is None:
        return pd.DataFrame()
    return section("optimism").frame(reading.store(), scene.study.name)


def _here(scene: Scene, rule: float) -> list[str]:
    """The study's own searches: how much was luck, and how much of the way from dev to eval the densities explain."""
    texts = []
    for _, row in _optimism(scene).iterrows():
        name = tables.escape(row["system"])
        texts.append(
            f"- **{name}**, here: {tables.error(row['search_dev'])} % in the search, {tables.error(row['dev'])} % when the same "
            f"settings are trained once more: {signed(row['luck'])} points, the luck of one training. From there to eval: "
            f"{signed(row['shift'])} points, of which {signed(rule)} are **mismatch**, as the best rule for train has them too; "
            f"the other {signed(row['shift'] - rule)} are the network's own."
        )
    if texts and rule < 0:
        texts.append(
            "- Here eval is the easier picture for whoever learnt train, so a low eval error is no proof of an honest dev error."
        )
    return ["\n".join(texts)] if texts else []


def _with_second() -> StudyRecord | None:
    """A study of the set with a second dev set."""
    return newest(lambda study: study.spec.second_dev is not None)


def _second_words(study: StudyRecord | None) -> list[str]:
    if study is None:
        return []
    part = section("selection")
    frame = part.frame(reading.store(), study.name)
    last = frame[frame["rule"] == "best"].groupby("system", sort=False).tail(1)
    return [
        f"On a second dev set, drawn like dev ({tables.escape(study.name)}): after {row['trials']} trials of "
        f"{tables.escape(row['system'])} the lowest dev error is {tables.error(row['dev'])} %, and that network errs on "
        f"{tables.error(row['second'])} % of the second one. The winner's curse, both ways averaged, is **{signed(row['curse'])} points**."
        for _, row in last[last["second"].notna()].iterrows()
    ]


def _second_picture(study: StudyRecord | None) -> list[Picture]:
    if study is None:
        return []
    part, store = section("selection"), reading.store()
    frame = part.frame(store, study.name)
    figure = part.figure(store, frame)
    scene = Scene(study, 0, phone=False)
    return [] if figure is None else [Picture("second", figure, part.alt(frame), scene.label(), part.lead)]
