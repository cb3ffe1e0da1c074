"""What the commands of this package share: plain errors, exit codes, argument types, text tables."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from datasets.errors import DataError, HandtuneError, UsageError

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """argparse with one plain line for an error instead of the usage text."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See: {self.prog} --help")


def run(main: Callable[[], int | None]) -> int:
    """Runs a command and returns its exit code (None counts as 0); errors that a user can cause become one plain message."""
    try:
        code = main()
        sys.stdout.flush()
        return code or 0
    except (HandtuneError, DataError) as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; what is finished is kept, and the same command goes on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a folder without the right to read it, a disk that went away
        print(f"error: {error.filename}: {error.strerror}; check the path and its rights", file=sys.stderr)
        return DataError.exit_code
    return 0


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """--data-root, --seed and --train-limit, which say what exactly is loaded."""
    parser.add_argument("--data-root", metavar="DIR", help="folder with real sets (or HANDTUNE_DATA)")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="of generated data (default 0)")
    parser.add_argument(
        "--train-limit", type=positive, metavar="N", help="keep N training points, class balance kept"
    )


def positive(text: str) -> int:
    """A whole number of 1 or more, for argparse."""
    return _whole(text, 1, None)


def seed(text: str) -> int:
    """A whole number that scikit-learn takes as a seed, for argparse."""
    return _whole(text, 0, 2**32 - 1)


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns as wide as they need to be, the first `left` of them aligned left, the others right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _whole(text: str, low: int, high: int | None) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if value < low or (high is not None and value > high):
        upto = "or more" if high is None else f"to {high}"
        raise argparse.ArgumentTypeError(f"must be {low} {upto}, not {value}")
    return value
