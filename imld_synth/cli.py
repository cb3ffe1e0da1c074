"""Command line: write a set as CSV files, or list the sets."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imld_synth.catalog import preset, presets
from imld_synth.csv_io import write_csv
from imld_synth.errors import UnknownSetError
from imld_synth.preset import SPLITS, Preset

_EXAMPLES = """examples:
  python -m imld_synth --list
  python -m imld_synth --set 10 --out data/set_10
  python -m imld_synth --set 09 --out data/set_09 --seed 7 --force

Writes train.csv, dev.csv and eval.csv with rows class,x1,x2. The same seed gives the same files.
Exit codes: 0 done; 2 wrong arguments, an unknown set, or files that exist already; 130 interrupted."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m imld_synth",
        description="Generate the synthetic two-dimensional sets #08, #09 and #10 as CSV files.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--set", metavar="NAME", help="the set to generate, such as 10")
    what.add_argument("--list", action="store_true", help="list the sets with classes and sizes")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the three files; made if missing")
    parser.add_argument("--seed", type=_seed, default=0, help="a whole number from 0 up (default: 0)")
    parser.add_argument("--force", action="store_true", help="overwrite files that exist")
    return parser


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"the seed must be a whole number from 0 up, not {text!r}")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.list:
        _list()
        return 0
    if args.out is None:
        parser.error("--set needs --out DIR, the folder for the files")
    try:
        return _write(preset(args.set), args.out, args.seed, args.force)
    except UnknownSetError as error:
        return _complain(str(error))
    except OSError as error:
        where = error.filename or args.out
        return _complain(f"Cannot write to {where}: {error.strerror}. Choose another --out.")
    except KeyboardInterrupt:
        _complain("Interrupted; files already finished remain.")
        return 130


def _list() -> None:
    for item in presets():
        sizes = " ".join(f"{split} {getattr(item.sizes, split):,}" for split in SPLITS)
        print(f"{item.name}  {len(item.class_names)} classes  {sizes}  {item.title}")


def _write(chosen: Preset, out: Path, seed: int, force: bool) -> int:
    paths = {split: out / f"{split}.csv" for split in SPLITS}
    existing = [path for path in paths.values() if path.exists()]
    if existing and not force:
        return _complain(f"{existing[0]} exists already. Add --force to overwrite, or choose another --out.")
    out.mkdir(parents=True, exist_ok=True)
    for split, path in paths.items():
        x, y = chosen.generate_split(split, seed)
        write_csv(path, x, y)
        print(f"set {chosen.name}: wrote {len(y):,} rows to {path}", file=sys.stderr)
    return 0


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return 2
