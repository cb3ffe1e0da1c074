"""The study that arguments ask for: its specification and its name."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from datasets.errors import UsageError
from datasets.plugins import unknown
from tuners.cli_parser import DEFAULT_EPOCHS, DEFAULT_TRIALS

if TYPE_CHECKING:
    from tuners.record import StudySpec, SystemSpec


def study_spec(args: argparse.Namespace) -> StudySpec:
    """The specification that the arguments ask for. Raises UsageError."""
    from datasets import kind_of
    from tuners import named_systems
    from tuners.engines.local import default_workers
    from tuners.presets import PRESETS
    from tuners.record import Budget, StudySpec

    preset = None
    if args.preset is not None:
        if args.preset not in PRESETS:
            raise unknown("preset", args.preset, PRESETS)
        preset = PRESETS[args.preset]
    dataset = _dataset_name(args.dataset or (preset.dataset if preset else None))
    if preset is not None:
        if args.baselines is not None or args.model:
            raise UsageError("a preset names its own models and baselines; leave out --baselines and --model")
        systems = named_systems.preset_systems(preset, dataset, args.tuner)
    else:
        systems = _systems(args, dataset)
    engine_names(args.engine)
    if args.address and args.engine == "local":
        raise UsageError(
            f"--address names a cluster, and --engine local runs on this machine alone; {args.address!r} goes with --engine ray"
        )
    preset_trials, preset_epochs = (
        preset.budget(kind_of(dataset)) if preset else (DEFAULT_TRIALS, DEFAULT_EPOCHS)
    )
    limited = args.max_seconds or args.total_epochs
    trials = args.max_trials or (None if limited else preset_trials)
    epochs = args.max_epochs or preset_epochs
    return StudySpec(
        dataset=dataset,
        systems=tuple(systems),
        budget=Budget(trials, epochs, args.max_seconds, args.total_epochs),
        seed=1 if args.seed is None else args.seed,
        repeats=args.repeats or 1,
        train_limit=args.train_limit,
        preset=args.preset,
        workers=args.workers or default_workers(),
        engine=args.engine,
        data_root=args.data_root or os.environ.get("HANDTUNE_DATA"),
        guard=not args.no_guard,
        address=args.address,
        second_dev=args.second_dev,
    )


def engine_names(name: str) -> None:
    """Raises UsageError where there is no such engine, MissingLibraryError where it cannot run."""
    from datasets.plugins import find
    from tuners.engine import ENGINES, EnginePlugin

    find(ENGINES, EnginePlugin, name, "engine")


def _systems(args: argparse.Namespace, dataset: str) -> list[SystemSpec]:
    from datasets import kind_of
    from datasets.plugins import scan
    from manual import MODELS, Baseline
    from tuners import named_systems
    from tuners.presets import DEFAULT_MODELS
    from tuners.record import HAND

    if not args.tuner and args.baselines is None:
        raise UsageError(
            "nothing to run: name at least one --tuner, add --baselines, or take --preset poster. "
            "See what there is with: python tuners/run.py --list"
        )
    if args.model and not args.tuner:
        raise UsageError("--model says what a tuner tunes, so it needs a --tuner as well")
    if (HAND in args.tuner) != bool(args.configs):
        raise UsageError(
            "--tuner hand tries the configurations of a file, and --configs names that file: give both, or neither"
        )
    kind = kind_of(dataset)
    systems = []
    if args.baselines is not None:
        names = args.baselines or [
            n for n, b in scan(MODELS, Baseline).items() if kind in b.kinds and not b.missing()
        ]
        systems += [named_systems.hand_system(name, dataset, poster=False) for name in names]
    models = args.model or [DEFAULT_MODELS.get(kind, "mlp-a1")]
    for tuner in _with_reference(args.tuner):
        systems += [
            named_systems.listed_system(model, args.configs, dataset)
            if tuner == HAND
            else named_systems.tuned_system(model, tuner)
            for model in models
        ]
    labels = [system.label for system in systems]
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"{label} is asked for twice; name every tuner, model and baseline once")
    return systems


def _with_reference(tuners: list[str]) -> list[str]:
    """The tuners, and random search where several are compared without it."""
    from tuners.record import HAND, REFERENCE

    if len(tuners) < 2 or REFERENCE in tuners or set(tuners) == {HAND}:
        return tuners
    print(f"{REFERENCE} takes part as well: what does not beat it has found nothing", file=sys.stderr)
    return [REFERENCE, *tuners]


def _dataset_name(name: str | None) -> str:
    import datasets

    if name is None:
        raise UsageError("--dataset is missing: name one, for example --dataset 10 (see --list)")
    return datasets.canonical_name(name)


def new_name(spec: StudySpec) -> str:
    """The name of a study that was given none: of its data, what searches it, and the time."""
    from datasets import drawings, sources

    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    what = spec.preset or next(
        (system.tuner for system in spec.systems if system.tuner != "hand"), "baselines"
    )
    if spec.dataset in drawings.names():
        return f"{spec.dataset}-{what}-{stamp}"
    dataset = spec.dataset if spec.dataset in sources() else "own"
    return f"set{dataset}-{what}-{stamp}"


def check_name(name: str) -> None:
    """Raises UsageError for a name that cannot be a folder's on every system."""
    if (
        not name
        or not all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in name)
        or name.startswith(".")
    ):
        raise UsageError(
            f"a study's name is made of letters, digits, '-', '_' and '.', as it names a folder too; {name!r} is not"
        )
