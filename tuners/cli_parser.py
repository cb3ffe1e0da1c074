"""What `tuners/run.py` may be asked: its options, their help and their defaults."""

from __future__ import annotations

import argparse

from datasets.command_line import Parser, positive, seed

#: Trials of a search where neither trials nor seconds are given.
DEFAULT_TRIALS = 20
DEFAULT_EPOCHS = 10

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
    """The parser of the command; it raises UsageError."""
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
