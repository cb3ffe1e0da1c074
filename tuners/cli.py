"""What `tuners/run.py` does: lists, starts a study, goes on with one, and shows what came of it."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from typing import TYPE_CHECKING

from datasets.command_line import run
from datasets.errors import UsageError
from tuners.cli_parser import parser
from tuners.cli_spec import check_name, new_name, study_spec

if TYPE_CHECKING:
    from tuners.progress import Progress
    from tuners.store import Store


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

    spec = study_spec(args)
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
    name = name or new_name(spec)
    check_name(name)
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


def _progress() -> Progress:
    from tuners.terminal import terminal_progress

    return terminal_progress()
