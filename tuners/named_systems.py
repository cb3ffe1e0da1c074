"""Systems from what a person calls them: a baseline, a model and a tuner, a list of configurations, a preset."""

from __future__ import annotations

from pathlib import Path

import datasets
from datasets.errors import UsageError
from datasets.plugins import find
from manual import MODELS, Baseline
from tuners.contest.published import published
from tuners.contest.task import ContestTask, task_on
from tuners.presets import POSTER_SETS, Preset, systems_of
from tuners.record import HAND, SystemSpec
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.tunable import HYPERMODELS, Tunable


def hand_system(name: str, dataset: str, poster: bool) -> SystemSpec:
    """A baseline as a system: its own list of configurations, or the study's one where it is known."""
    baseline = find(MODELS, Baseline, name, "baseline")
    known = baseline.poster(dataset) if poster and dataset in POSTER_SETS else None
    configs = (known,) if known is not None else baseline.configurations()
    return SystemSpec(
        label=baseline.system,
        learner=name,
        tuner=HAND,
        configs=tuple(dict(config) for config in configs),
        epochs=baseline.epochs(),
    )


def tuned_system(model: str, tuner: str) -> SystemSpec:
    """A model and the autotuner that searches its space."""
    if tuner == HAND:
        raise UsageError(
            "--tuner hand tries your own configurations of one model (--configs FILE.toml), and a preset compares several; "
            "leave out --preset and name the --dataset"
        )
    find(SEARCH, SearcherPlugin, tuner, "tuner")
    tunable = find(HYPERMODELS, Tunable, model, "model")
    return SystemSpec(label=f"{tunable.system} ({tuner})", learner=model, tuner=tuner)


def listed_system(model: str, file: str, dataset: str) -> SystemSpec:
    """A model and the configurations of it that a person wrote into a TOML file."""
    from tuners.hand_list import read_configurations

    tunable = find(HYPERMODELS, Tunable, model, "model")
    configs = read_configurations(Path(file), tunable.space)
    return SystemSpec(f"{tunable.system} ({HAND})", model, HAND, configs)


def preset_systems(preset: Preset, dataset: str, tuners: list[str]) -> list[SystemSpec]:
    """The systems of a preset; `tuners` replaces the preset's own tuner where it is not empty."""
    if preset.contest:
        return _contest_systems(preset, task_on(dataset), tuners)
    baselines, models = systems_of(dataset, datasets.kind_of(dataset))
    systems = [hand_system(name, dataset, preset.poster) for name in baselines]
    for tuner in tuners or [preset.tuner]:
        systems += [tuned_system(model, tuner) for model in models]
    return systems


def _contest_systems(preset: Preset, task: ContestTask, tuners: list[str]) -> list[SystemSpec]:
    if preset.tuner != HAND:
        return [tuned_system(task.model, tuner) for tuner in tuners or [preset.tuner]]
    if tuners:
        raise UsageError(f"--preset {preset.name} trains configurations that people chose; leave out --tuner")
    configs = tuple(one.config for one in published(task))
    return [SystemSpec(f"{task.tunable.system} ({HAND})", task.model, HAND, configs)]
