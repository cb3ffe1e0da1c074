"""Step 4: an autotuner at work: what it tried, and how much of that was better than a sensible setting by hand."""

from __future__ import annotations

import re
from statistics import median

import pandas as pd

from dashboard import reading
from dashboard.lesson.error_dots import printed_errors, published_dots
from dashboard.lesson.scene import KNN, PUBLISHED, RNF, Scene
from dashboard.lesson.step import Answer, Link, Missing, Picture, Question, Scale, Step, no_study, of_study
from reports import palette, tables
from reports.section import section
from reports.trial_frame import Axis, trial_frame
from tuners.path import winner
from tuners.record import TrialRecord, TrialState
from tuners.space import Choice
from tuners.summary import SystemSummary

HAND, TUNED = ("MLP-M1", "MLP-M2"), ("MLP-A1", "MLP-A2")


class Search(Step):
    name = "search"
    title = "An autotuner at work"
    position = 4
    minutes = 6
    takeaway = (
        "A search is many trainings and one choice: the network with the lowest dev error is kept, the others are thrown "
        "away. That is work which nobody has to do by hand, and it is not free: count its epochs as you count a person's "
        "hours. And note **what** is chosen: the lowest of many numbers, each of which is part skill and part luck."
    )

    def question(self, scene: Scene) -> Question:
        by_hand, trials = _by_hand(scene), _trials(scene)
        if by_hand is None or not trials:
            least = min(_printed(HAND).values())
            return Question(
                f"The network set by hand errs on {tables.error(least)} % of dev. How many of the study's {len(TUNED)} "
                "autotuned networks got below that?",
                Scale(0, len(TUNED), f"of {len(TUNED)}"),
                "Figures as published: the store has no search on this set.",
            )
        label, network = by_hand
        return Question(
            f"{label}, set by hand, errs on {tables.error(network.dev_error)} % of dev. The tuner trained {len(trials)} "
            "networks: how many of them got below that?",
            Scale(0, len(trials), f"of {len(trials)}"),
            f"It may change {_space(scene)}.",
        )

    def answer(self, scene: Scene) -> Answer:
        by_hand, trials = _by_hand(scene), _trials(scene)
        if by_hand is None or not trials:
            printed, least = _printed(TUNED), min(_printed(HAND).values())
            fewer = sum(value < least for value in printed.values())
            values = ", ".join(f"{name} {tables.error(value)} %" for name, value in printed.items())
            return Answer(f"{fewer} of {len(printed)}", f"Their dev errors as {PUBLISHED}: {values}.")
        label, network = by_hand
        known = [trial.dev_error for trial in trials if trial.dev_error is not None]
        below = [t for t in trials if _counts(t) and (t.dev_error or 0.0) < (network.dev_error or 0.0)]
        best = winner(trials)
        words = (
            f"Half of the trials err on {tables.error(median(known))} % of dev or more."
            if best is None
            else f"The best one, trial {best.title} of {tables.escape(best.system)}, errs on **{tables.error(best.dev_error)} %** "
            f"of dev; half of all err on {tables.error(median(known))} % or more."
        )
        spent = sum(trial.epochs for trial in trials)
        words += f" The search trained {spent:,} epochs, {tables.escape(label)} {network.epochs:,}."
        return Answer(f"{len(below)} of {len(trials)}", words)

    def pictures(self, scene: Scene, answered: bool) -> list[Picture]:
        by_hand = _by_hand(scene)
        if scene.study is None or by_hand is None or not _trials(scene):
            return [published_dots("search", HAND + (TUNED if answered else ()), ("dev",))]
        part, store = section("progress"), reading.store()
        frame = part.frame(store, scene.study.name)
        if not answered:  # as far as a class sees before it guesses: the first trial of each search
            attributes, frame.attrs = frame.attrs, {}
            frame = pd.concat([own.head(2) for _, own in frame.groupby("system", sort=False)])
            frame.attrs = attributes
        figure = part.figure(store, frame)
        if figure is None:
            return [published_dots("search", HAND + (TUNED if answered else ()), ("dev",))]
        label, network = by_hand
        figure.add_hline(
            y=network.dev_error,
            line={"color": palette.GREY, "width": 2, "dash": "dash"},
            annotation_text=f"{label}, by hand: {tables.error(network.dev_error)} %",
            annotation_position="bottom left",
        )
        figure.update_layout(margin_t=25, height=400)
        note = (
            part.lead
            if answered
            else "So far: the first two trials of each search, in the order in which they ended."
        )
        return [Picture("search", figure, part.alt(frame), scene.label(), note)]

    def links(self, scene: Scene) -> list[Link]:
        return of_study(scene, "live", "The search as it went", against="trials") + of_study(
            scene, "insight", "Which settings mattered"
        )

    def lacks(self, scene: Scene) -> Missing | None:
        if _by_hand(scene) is not None and _trials(scene):
            return None
        return no_study(f"there is no search to watch; the figures are {PUBLISHED} ones")


def _by_hand(scene: Scene) -> tuple[str, TrialRecord] | None:
    """The network by hand with the lowest dev error in its search, as the tuner's trials have theirs."""
    found = [
        (row.label, best) for row in _networks(scene) if (best := winner(row.winners.values())) is not None
    ]
    return min(found, key=lambda pair: pair[1].dev_error or 0.0, default=None)


def _networks(scene: Scene) -> list[SystemSummary]:
    """What was set by hand and is a network: the others are no measure for a tuner of networks."""
    return [row for row in scene.hand if row.label not in (KNN, RNF)]


def _trials(scene: Scene) -> list[TrialRecord]:
    """Of the autotuned systems, trained ones that have ended."""
    if scene.study is None:
        return []
    tuned = {row.label for row in scene.tuned}
    return [
        trial
        for trial in reading.trials(scene.study.name)
        if trial.system in tuned and trial.repeat_of is None and trial.told is not None
    ]


def _counts(trial: TrialRecord) -> bool:
    return trial.state == TrialState.COMPLETE and trial.dev_error is not None


def _space(scene: Scene) -> str:
    """What the tuner may change, in words, of the system that has most to choose."""
    assert scene.study is not None, "a search has a study"
    axes: dict[str, list[Axis]] = trial_frame(reading.store(), scene.study.name).attrs["axes"]
    most = max(axes.values(), key=len, default=[])
    # units_1, units_2 ... of the layers have the same range: one of them speaks for all.
    ranges = {re.sub(r"_\d+$", " of each layer", axis.name): _range(axis) for axis in most}
    texts = [f"{tables.escape(name)} ({values})" for name, values in ranges.items()]
    return ", ".join(texts) or "settings that are not recorded"


def _range(axis: Axis) -> str:
    domain = axis.domain
    if isinstance(domain, Choice):
        return ", ".join(tables.escape(value) for value in domain.options)
    return f"{axis.at(0)} to {axis.at(1)}"


def _printed(systems: tuple[str, ...]) -> dict[str, float]:
    return {name: of["dev"] for name, of in printed_errors().items() if name in systems}
