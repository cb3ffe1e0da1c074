"""What is chosen on the page that starts searches: as arguments of `tuners/run.py`, and how much it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from datasets.plugins import scan
from manual import MODELS, Baseline
from tuners.jobs.arguments import LONGEST_NAME
from tuners.presets import POSTER_SETS, PRESETS, systems_of
from tuners.record import REFERENCE
from tuners.tunable import HYPERMODELS, Tunable


@dataclass(frozen=True)
class Request:
    """A comparison to be run. dataset: a name, or the full path of a folder; kind: of its samples.

    preset: its name, or "" where models and baselines were chosen. trials, seconds, total_epochs: None for no limit.
    """

    dataset: str
    kind: str
    preset: str
    tuners: tuple[str, ...]
    models: tuple[str, ...]
    baselines: tuple[str, ...]
    trials: int | None
    epochs: int
    total_epochs: int | None = None
    seconds: int | None = None
    seed: int = 1
    repeats: int = 1
    train_limit: int | None = None
    second_dev: float | None = None

    @property
    def reference_joins(self) -> bool:
        """Whether random search takes part although it was not chosen; presets are run as they are."""
        return not self.preset and len(self.tuners) > 1 and REFERENCE not in self.tuners

    def arguments(self) -> tuple[str, ...]:
        """Of `tuners/run.py`, without --store and --study."""
        words = ["--dataset", self.dataset]
        if self.preset:
            words = ["--preset", self.preset, *words]
        elif self.baselines:
            words += ["--baselines", *self.baselines]
        if self.tuners:
            words += ["--tuner", *self.tuners]
            if not self.preset:
                words += ["--model", *self.models]
        numbers: dict[str, int | float | None] = {}
        if self.searching:
            numbers = {
                "--max-trials": self.trials,
                "--max-epochs": self.epochs,
                "--total-epochs": self.total_epochs,
                "--max-seconds": self.seconds,
            }
        numbers |= {
            "--seed": self.seed,
            "--repeats": None if self.repeats == 1 else self.repeats,
            "--train-limit": self.train_limit,
            "--second-dev": self.second_dev,
        }
        for option, value in numbers.items():
            if value is not None:
                words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
        return tuple(words)

    def problem(self) -> str | None:
        """What is still to be chosen, in plain words."""
        if not self.preset and not self.tuners and not self.baselines:
            return "Nothing is chosen that could run: choose a tuner, a hand-tuned system, or a ready-made comparison."
        if not self.preset and self.tuners and not self.models:
            return "The tuners have nothing to tune: choose a model, or no tuner."
        if self.searching and self.trials is None and self.total_epochs is None and self.seconds is None:
            return "The searches would never end: give a number of trials, of epochs in all, or of seconds."
        return None

    @property
    def searching(self) -> bool:
        return bool(self.preset or self.tuners)

    def plan(self) -> list[Planned]:
        """Every system that takes part, in the order in which it runs."""
        by_hand, models = self.baselines, self.models
        tuners = ((REFERENCE,) if self.reference_joins else ()) + self.tuners
        if self.preset:
            by_hand, models = systems_of(self.dataset, self.kind)
            tuners = self.tuners or (PRESETS[self.preset].tuner,)
        known, tunable = scan(MODELS, Baseline), scan(HYPERMODELS, Tunable)
        return [self._by_hand(known[name]) for name in by_hand] + [
            self._tuned(tunable[model], tuner) for tuner in tuners for model in models
        ]

    def _by_hand(self, baseline: Baseline) -> Planned:
        settings = len(baseline.configurations())
        if self.preset and self.dataset in POSTER_SETS and baseline.poster(self.dataset) is not None:
            settings = 1  # the study's own
        epochs = baseline.epochs() if baseline.epochs() > 1 else 0  # fitted at once: nothing to count
        searches = 1 if baseline.deterministic else self.repeats
        return Planned(baseline.system, searches, settings, settings * epochs, epochs)

    def _tuned(self, model: Tunable, tuner: str) -> Planned:
        trials, epochs = self.trials, None
        if self.total_epochs is not None:
            trials = min(trials or self.total_epochs, self.total_epochs)  # each takes one epoch at least
        if trials is not None:
            epochs = min(trials * self.epochs, self.total_epochs or trials * self.epochs)
        return Planned(f"{model.system} ({tuner})", self.repeats, trials, epochs, self.epochs)


@dataclass(frozen=True)
class Planned:
    """A system and how much it is. trials, epochs: of one search at most, None where only seconds limit it;
    final: epochs of the training that follows on each search and is scored."""

    label: str
    searches: int
    trials: int | None
    epochs: int | None
    final: int


def amount(plan: list[Planned], seconds: int | None) -> str:
    """How much is to be trained, as markdown: numbers of trainings and epochs, no guess of how long that takes."""
    searches = sum(one.searches for one in plan)
    limited = [one for one in plan if one.trials is not None]
    trainings = sum(one.searches * (one.trials + 1) for one in limited if one.trials is not None)
    epochs = sum(one.searches * (one.epochs + one.final) for one in limited if one.epochs is not None)
    parts = [f"{_count(len(plan), 'system')}, {_count(searches, 'search', 'searches')}"]
    if trainings:
        of_networks = f" with **{_count(epochs, 'epoch')}** in all" if epochs else ""
        parts.append(
            f"at most **{_count(trainings, 'training')}**{of_networks}, the final training of each search included"
        )
    if len(limited) < len(plan):
        timed = sum(one.searches for one in plan if one.trials is None)
        parts.append(
            f"in {_count(timed, 'search', 'searches')} as many trials as {_count(seconds or 0, 'second')} of training hold"
        )
    elif seconds is not None:
        parts.append(f"fewer where {_count(seconds, 'second')} of training are over before that")
    return "; ".join(parts) + "."


def suggested_name(request: Request, taken: Collection[str]) -> str:
    """A name for the study that nobody has: the set, what searches it, and a number where there was one like it."""
    folder = Path(request.dataset)
    what = request.preset or (
        "baselines"
        if not request.tuners
        else request.tuners[0]
        if len(request.tuners) == 1
        else f"{len(request.tuners)}-tuners"
    )
    dataset = folder.name if folder.is_absolute() else request.dataset
    if dataset.isdecimal():
        dataset = f"set{dataset}"
    dataset = re.sub(r"[^A-Za-z0-9_-]+", "-", dataset).strip("-")[: LONGEST_NAME // 2] or "own"
    name, number = f"{dataset}-{what}", 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
