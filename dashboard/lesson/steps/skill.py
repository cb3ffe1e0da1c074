"""Step 7: a network that answers one class, and what a person adds to a tuner."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

from dashboard import reading
from dashboard.lesson.error_dots import published_dots
from dashboard.lesson.scene import PUBLISHED, SET, Scene, compares, newest
from dashboard.lesson.step import Answer, Link, Missing, Picture, Question, Step, no_study, of_study
from datasets.study import PEOPLE_SOURCE, study_dataset, study_error, study_people, study_systems
from datasets.types import SPLIT_NAMES
from reports import tables
from reports.collapse import constant_answers
from reports.dots import Dot, Kind, dots_figure
from reports.hand_and_tuned import Against, hand_and_tuned
from reports.palette import BLUE, CLASSES, GREY
from reports.statistics import sentences, spearman_interval
from tuners.record import StudyRecord, TrialRecord, TrialState

#: The published study's set of EEG, and the system whose errors the question is about.
EEG, LSTM = "12", "LSTM-A"

SEIZURES, NOTHING, CHANCE = (
    "To find half of the seizures",
    "Nothing: it gives one answer to all",
    "That EEG is pure chance",
)

#: Collapsed trials that are drawn.
SHOWN = 4

#: Repeats that allow paired comparisons, at a cost that a class can wait for.
REPEATS = {
    "dataset": SET,
    "baseline": "mlp-m1",
    "tuner": "keras-random",
    "model": "mlp-a1",
    "trials": "8",
    "epochs": "5",
    "repeats": "6",
}


class Skill(Step):
    name = "skill"
    title = "Collapse, and what skill adds"
    position = 7
    minutes = 8
    takeaway = (
        "A number in a table does not say whether anything was learnt: look at the **classes**, and distrust an error of exactly "
        "one half. Skill is to see that, to ask what is possible, and to know which data to trust. Whether a person or a "
        "tuner wins is a question with an interval, and “**no difference is shown**” is an honest answer to it."
    )

    def question(self, scene: Scene) -> Question:
        errors = " / ".join(f"{study_error(EEG, LSTM, split):.2f}" for split in SPLIT_NAMES)
        return Question(
            f"The published {LSTM} tells seizures from background with an error of {errors} % on train / dev / eval. What has it "
            "learnt?",
            (SEIZURES, NOTHING, CHANCE),
            "Both classes have the same number of segments. It was found by a tuner.",
        )

    def answer(self, scene: Scene) -> Answer:
        described = study_dataset(EEG)
        assert described is not None, "the set of the question is one of the study"
        constant = constant_answers(EEG, described.classes)
        others = [
            f"{name} {study_error(EEG, name, 'eval'):.2f} %"
            for name in study_systems(EEG)
            if name not in constant
        ]
        parts = [
            f"Exactly one half, on three splits with different samples: only one answer to everything does that. By hand, on the "
            f"same data: {', '.join(others)} of eval ({PUBLISHED}). The published table does not say that the network **collapsed**; "
            "the three numbers do."
        ]
        parts += _collapsed_words(scene)
        parts += _skill_words(scene)
        return Answer(NOTHING if LSTM in constant else SEIZURES, "\n\n".join(parts))

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        printed = published_dots("skill", study_systems(EEG), SPLIT_NAMES, EEG)
        if not answered:
            return [printed]
        return [*(_collapsed_picture(scene) or [printed]), *_differences(scene)]

    def links(self, scene: Scene) -> list[Link]:
        return of_study(scene, "errors", "Errors of each class") + of_study(
            scene, "comparison", "Tuners over repeated searches"
        )

    def lacks(self, scene: Scene) -> Missing | None:
        if not _against(_repeated(scene)):
            return no_study("nobody here can be compared with a tuner")
        if _with_repeats() is not None:
            return None
        return Missing(
            "Every system of this study was searched and trained once, so the luck of a search is not in these intervals. A study "
            "with repeats pairs searches from the same seeds:",
            REPEATS,
            f"lesson-{SET}-repeats",
        )


def _with_repeats() -> StudyRecord | None:
    return newest(lambda study: study.spec.repeats > 1 and compares(study))


def _repeated(scene: Scene) -> Scene:
    """With a study whose searches were repeated, where there is one."""
    return replace(scene, study=_with_repeats() or scene.study)


def _against(scene: Scene) -> list[Against]:
    return [] if scene.study is None else hand_and_tuned(scene.scored, scene.study.data.sizes["eval"])


def _skill_words(scene: Scene) -> list[str]:
    """The comparison of the store's own systems, and the published one of people."""
    texts = []
    found = _against(_repeated(scene))
    if found:
        told = [one for one in found if one.shown]
        verdict = (
            "No difference is shown"
            if not told
            else f"A difference is shown for {sentences.listed([one.system for one in told])}"
        )
        texts.append(
            f"**Tuned by a machine against tuned by hand** ({tables.escape(found[0].reference)}, the best by hand on dev): "
            f"**{tables.escape(verdict)}.**\n\n" + "\n".join(f"- {_interval(one)}" for one in found)
        )
    people, rank = round(study_people("people")), study_people("spearman")
    low, high = spearman_interval(rank, people)
    texts.append(
        f"**And the person?** {people} people tuned one network by hand, {round(study_people('configurations'))} settings in all "
        f"({PUBLISHED}: {PEOPLE_SOURCE}). Their final accuracy was {study_people('final_accuracy'):.1f} % on average with a "
        f"standard deviation of {study_people('final_accuracy_sd'):.1f} points, and went along with months of experience: Spearman’s "
        f"rank correlation is **{rank:.2f}** (95 % interval {low:.2f} to {high:.2f}, computed here from the two figures). "
        "They were volunteers on one task, and no autotuner took part: that is the open question."
    )
    return texts


def _interval(one: Against) -> str:
    return (
        f"{tables.escape(one.system)}: **{tables.points(one.interval.mean)} points** of eval, 95 % interval "
        f"{tables.span(one.interval.low, one.interval.high)}, from {one.basis}: {'shown' if one.shown else 'not shown'}"
    )


def _differences(scene: Scene) -> list[Picture]:
    """Autotuned less by hand, with intervals."""
    scene = _repeated(scene)
    found = _against(scene)
    if not found:
        return []
    kind = Kind(f"autotuned less {found[0].reference}", BLUE, "diamond")
    dots = [Dot(one.system, kind, one.interval.mean, one.interval.low, one.interval.high) for one in found]
    figure = dots_figure(dots, "difference of eval errors, points", differences=True)
    alt = "; ".join(
        f"{one.system} {tables.points(one.interval.mean)} points, {tables.span(one.interval.low, one.interval.high)}"
        for one in found
    )
    note = "Left of 0 the tuner errs less. An interval that holds 0 shows no difference."
    return [
        Picture(
            "differences",
            figure,
            f"Eval error of each autotuned system less that of {found[0].reference}: {alt}",
            scene.label(),
            note,
        )
    ]


def _collapsed(scene: Scene) -> list[TrialRecord]:
    """Trials of the study whose network answered one class."""
    if scene.study is None:
        return []
    every = reading.trials(scene.study.name)
    return [t for t in every if t.state == TrialState.DEGENERATE and len(t.class_errors) > 1]


def _collapsed_words(scene: Scene) -> list[str]:
    found = _collapsed(scene)
    if scene.study is None or not found:
        return (
            [
                "No trial of the store’s study collapsed; that happens to networks that learn too fast or not at all."
            ]
            if scene.study
            else []
        )
    first = found[0]
    classes = ", ".join(
        f"{tables.error(wrong)} % of class {tables.escape(name)}"
        for name, wrong in zip(scene.study.data.class_names, first.class_errors, strict=False)
    )
    return [
        f"**It happens here too:** {len(found)} trial{'s' * (len(found) != 1)} of this study collapsed. Trial {first.title} of "
        f"{tables.escape(first.system)} gets {classes} of dev wrong, {tables.error(fmean(first.class_errors))} % on average."
    ]


def _collapsed_picture(scene: Scene) -> list[Picture]:
    """Errors of each class: all of one and none of the other."""
    found = _collapsed(scene)[:SHOWN]
    if scene.study is None or not found:
        return []
    names = scene.study.data.class_names
    kinds = [
        Kind(f"class {name} wrong", CLASSES[place % len(CLASSES)], "circle" if place == 0 else "x")
        for place, name in enumerate(names)
    ]
    whole = Kind("all of dev wrong", GREY, "diamond", above=False)
    dots = []
    for trial in found:
        row = f"trial {trial.title}, {trial.system}"
        dots += [Dot(row, kind, wrong) for kind, wrong in zip(kinds, trial.class_errors, strict=False)]
        dots.append(Dot(row, whole, trial.dev_error or 0.0))
    alt = "; ".join(f"{dot.row}: {dot.kind.name} {tables.error(dot.value)} %" for dot in dots)
    return [
        Picture(
            "collapsed",
            dots_figure(dots, "dev error of each class"),
            f"Collapsed trials: {alt}",
            scene.label(),
            "A collapsed network gets everything of one class right and nothing of the other.",
        )
    ]
