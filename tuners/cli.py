"""Arguments in, a study out: everything that `tuners/run.py` understands."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from datasets.command_line import Parser, positive, run, seed
from datasets.errors import UsageError
from datasets.plugins import unknown

if TYPE_CHECKING:
    from tuners.progress import Progress
    from tuners.record import StudySpec, SystemSpec
    from tuners.store import Store

#: Trials of a search where neither trials nor seconds are given.
DEFAULT_TRIALS = 20
DEFAULT_EPOCHS = 10

#: The tuner that every other one has to beat; it takes part in every comparison of tuners.
REFERENCE = "keras-random"

EPILOG = """examples:
  python tuners/run.py --list
  python tuners/run.py --preset poster --dataset 10
  python tuners/run.py --preset poster --dataset 12 --data-root path/to/tusz
  python tuners/run.py --preset random-320
  python tuners/run.py --preset thirty-one --dataset digits
  python tuners/run.py --dataset 10 --tuner keras-random --max-trials 20 --max-epochs 10 --seed 1
  python tuners/run.py --dataset 10 --tuner optuna-tpe pso bohb --repeats 10 --total-epochs 200
  python tuners/run.py --dataset 10 --tuner keras-random keras-hyperband --baselines --repeats 3
  python tuners/run.py --dataset 10 --tuner hand --configs my-settings.toml
  python tuners/run.py --dataset digits-32 --tuner optuna-tpe --engine ray --address auto
  python tuners/run.py --dataset 10 --baselines knn rnf mlp-m1
  python tuners/run.py --dataset 10 --tuner keras-random --max-trials 50 --second-dev 0.5
  python tuners/run.py --resume STUDY

exit codes: 0 done; 2 wrong arguments; 3 data missing or bad; 4 every trial of a system failed, or
it could not be scored; 130 interrupted (go on with --resume)."""


def parser() -> Parser:
    p = Parser(
        prog="python tuners/run.py",
        description="Compare autotuners with hand tuning on equal terms: same data, seeds, budget and scoring.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    what = p.add_argument_group("what to compare")
    what.add_argument(
        "--list", action="store_true", help="show data sets, tuners, models, baselines and presets"
    )
    what.add_argument(
        "--preset",
        metavar="NAME",
        help="what is ready-made: poster, demo, random-320 or thirty-one (see --list)",
    )
    what.add_argument(
        "--dataset",
        metavar="NAME",
        help="a data set or a drawing by name, or a folder with train.csv, dev.csv, eval.csv",
    )
    what.add_argument(
        "--tuner",
        nargs="+",
        default=[],
        metavar="NAME",
        help="autotuners to run, for example keras-random; where several are compared, random search takes part",
    )
    what.add_argument(
        "--model",
        nargs="+",
        default=[],
        metavar="NAME",
        help="models for the tuners to tune (default: the study's for this kind of data, such as mlp-a1)",
    )
    what.add_argument(
        "--baselines",
        nargs="*",
        metavar="NAME",
        help="hand-tuned systems; all for this kind of data where no name follows",
    )
    what.add_argument(
        "--configs", metavar="FILE", help="configurations that you wrote, as TOML, for --tuner hand"
    )
    budget = p.add_argument_group("budget of each search (the first limit that is reached ends it)")
    budget.add_argument("--max-trials", type=positive, metavar="N", help=f"trials (default {DEFAULT_TRIALS})")
    budget.add_argument(
        "--max-epochs", type=positive, metavar="N", help=f"epochs a trial (default {DEFAULT_EPOCHS})"
    )
    budget.add_argument(
        "--total-epochs",
        type=positive,
        metavar="N",
        help="epochs, summed over its trials, pruned and failed ones too",
    )
    budget.add_argument(
        "--max-seconds", type=_seconds, metavar="S", help="seconds of training, summed over its trials"
    )
    budget.add_argument(
        "--no-guard",
        action="store_true",
        default=None,
        help="let autotuners draw networks that cannot be built; each fails with its reason",
    )
    how = p.add_argument_group("how to run it")
    how.add_argument("--seed", type=seed, metavar="N", help="every random number follows from it (default 1)")
    how.add_argument(
        "--repeats",
        type=positive,
        metavar="N",
        help="searches of each system, each with its own seed and final training (default 1)",
    )
    how.add_argument(
        "--train-limit", type=positive, metavar="N", help="keep N training points, class balance kept"
    )
    how.add_argument(
        "--second-dev",
        type=_share,
        metavar="SHARE",
        help="keep this share of dev, such as 0.5, out of searches and measure every epoch on it: what a low dev error is worth",
    )
    how.add_argument(
        "--workers", type=positive, metavar="N", help="worker processes (default: cores, 4 at most)"
    )
    how.add_argument(
        "--engine", default="local", metavar="NAME", help="where trials run: local (default) or ray"
    )
    how.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="the Ray cluster to join, or auto (default: one of this machine's own)",
    )
    how.add_argument("--data-root", metavar="DIR", help="folder with real data files (or HANDTUNE_DATA)")
    how.add_argument(
        "--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)"
    )
    how.add_argument("--study", metavar="NAME", help="name of the study (default: made from set and time)")
    how.add_argument("--resume", metavar="STUDY", help="go on with an interrupted study")
    how.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    return run(lambda: _main(parser().parse_args(words), words))


def _main(args: argparse.Namespace, words: list[str]) -> int:
    if args.list:
        from tuners.listing import print_listing

        print_listing(args.json)
        return 0
    if args.resume:
        return _resume(args)
    return _start(args, words)


def _start(args: argparse.Namespace, words: list[str]) -> int:
    from tuners import study
    from tuners.presets import PRESETS
    from tuners.store import Store, shown

    spec = _spec(args)
    store = Store(args.store)
    preset = PRESETS.get(args.preset or "")
    name = args.study or (preset.study_name(spec.dataset) if preset else None)
    if (
        name
        and preset
        and preset.study_name(spec.dataset) == name
        and any(known.name == name for known in store.studies())
    ):
        return _continue(store, name, args)  # a preset with a fixed name shows or continues its study
    name = name or _new_name(spec)
    _check_name(name)
    progress = _progress()
    command = shlex.join(["python", "tuners/run.py", *map(shown, words)])
    record = study.create(store, name, spec, command, progress)
    return _run(store, record, args)


def _resume(args: argparse.Namespace) -> int:
    from tuners.store import Store

    given = [
        f"--{option.replace('_', '-')}"
        for option in (
            "preset",
            "dataset",
            "tuner",
            "model",
            "configs",
            "max_trials",
            "max_epochs",
            "total_epochs",
            "max_seconds",
            "seed",
            "repeats",
            "train_limit",
            "second_dev",
            "no_guard",
            "study",
        )
        if getattr(args, option) not in (None, [])  # a seed of 0 is given too
    ]
    if given or args.baselines is not None:
        raise UsageError(
            f"--resume goes on with the settings of the study, so {', '.join(given or ['--baselines'])} cannot be given; "
            "leave it out, or start a new study without --resume"
        )
    store = Store(args.store)
    return _continue(store, args.resume, args)


def _continue(store: Store, name: str, args: argparse.Namespace) -> int:
    from tuners import study
    from tuners.record import StudyState

    if args.second_dev not in (None, store.study(name).spec.second_dev):
        raise UsageError(
            f"study {name} was begun without --second-dev {args.second_dev:g}, and a second dev set cannot be added later; "
            "start another with --study NAME"
        )
    progress = _progress()
    record = study.reopen(store, name, progress)
    if record.state == StudyState.FINISHED:
        progress.say(f"study {name} is finished already; nothing is left to run")
        return _finish(store, name, args)
    progress.say(f"going on with study {name}")
    return _run(store, record, args)


def _run(store: Store, record: object, args: argparse.Namespace) -> int:
    from tuners import study
    from tuners.engines.local import default_workers
    from tuners.record import StudyRecord
    from tuners.store import shown

    assert isinstance(record, StudyRecord)
    workers = args.workers or (default_workers() if record.spec.engine == "local" else None)
    progress = _progress()
    progress.say(
        f"study {record.name}: {len(record.spec.systems)} systems on data set {record.data.name} "
        f"({record.data.provenance}), {'as many workers as the cluster has' if workers is None else f'{workers} workers'}"
    )
    try:
        study.run(store, record, progress, workers, args.address)
    except KeyboardInterrupt:
        where = f" --store {shlex.quote(shown(args.store))}" if args.store else ""
        print(
            f"interrupted; nothing that was finished is lost. Go on with:\n"
            f"  python tuners/run.py --resume {record.name}{where}",
            file=sys.stderr,
        )
        return 130
    return _finish(store, record.name, args)


def _finish(store: Store, name: str, args: argparse.Namespace) -> int:
    from tuners import summary

    result = summary.summarize(store, name)
    if args.json:
        print(json.dumps(summary.as_json(result), indent=1))
    else:
        summary.print_table(result)
    summary.print_next_steps(result, args.store)
    unscored = [s.label for s in result.systems if not s.errors and not s.failed_altogether]
    if unscored:
        print(
            f"error: {', '.join(unscored)} could not be scored; the reason stands in "
            f"{store.folder / name / 'workers.log'}",
            file=sys.stderr,
        )
    failed = [system.label for system in result.systems if system.failed_altogether]
    if failed:
        print(
            f"error: every trial of {', '.join(failed)} failed; the reasons stand in the table of failures: "
            f"python -m reports {name} --out report",
            file=sys.stderr,
        )
    return 4 if failed or unscored else 0


def _spec(args: argparse.Namespace) -> StudySpec:
    """The specification that the arguments ask for. Raises UsageError."""
    from datasets import kind_of
    from tuners import study
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
        systems = study.preset_systems(preset, dataset, args.tuner)
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
    from tuners import study
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
        systems += [study.hand_system(name, dataset, poster=False) for name in names]
    models = args.model or [DEFAULT_MODELS.get(kind, "mlp-a1")]
    for tuner in _with_reference(args.tuner):
        systems += [
            study.listed_system(model, args.configs, dataset)
            if tuner == HAND
            else study.tuned_system(model, tuner)
            for model in models
        ]
    labels = [system.label for system in systems]
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"{label} is asked for twice; name every tuner, model and baseline once")
    return systems


def _with_reference(tuners: list[str]) -> list[str]:
    """The tuners, and random search where several are compared without it."""
    from tuners.record import HAND

    if len(tuners) < 2 or REFERENCE in tuners or set(tuners) == {HAND}:
        return tuners
    print(f"{REFERENCE} takes part as well: what does not beat it has found nothing", file=sys.stderr)
    return [REFERENCE, *tuners]


def _dataset_name(name: str | None) -> str:
    import datasets

    if name is None:
        raise UsageError("--dataset is missing: name one, for example --dataset 10 (see --list)")
    return datasets.canonical_name(name)


def _new_name(spec: StudySpec) -> str:
    from datasets import drawings, sources

    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    what = spec.preset or next(
        (system.tuner for system in spec.systems if system.tuner != "hand"), "baselines"
    )
    if spec.dataset in drawings.names():
        return f"{spec.dataset}-{what}-{stamp}"
    dataset = spec.dataset if spec.dataset in sources() else "own"
    return f"set{dataset}-{what}-{stamp}"


def _check_name(name: str) -> None:
    if (
        not name
        or not all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in name)
        or name.startswith(".")
    ):
        raise UsageError(
            f"a study's name is made of letters, digits, '-', '_' and '.', as it names a folder too; {name!r} is not"
        )


def _progress() -> Progress:
    from tuners.terminal import terminal_progress

    return terminal_progress()


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(
            f"takes a share of dev above 0 and below 1, such as 0.5, and {text!r} is none"
        )
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"takes a number of seconds above 0, and {text!r} is none")
    return value
