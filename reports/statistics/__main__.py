"""`python -m reports.statistics`: how many repeats it takes to see a difference, as a table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from reports.statistics.permutation import pairs_needed
from reports.statistics.power import POWER, pairs_to_detect
from reports.tables import table

#: Differences in standard deviations of the paired differences, and comparisons looked at together.
STANDARDISED = (2.0, 1.5, 1.0, 0.8, 0.5, 0.3)
TESTS = (1, 2, 3, 6)


def repeats_table() -> str:
    """Paired repeats by size of the difference and number of comparisons, in markdown."""
    columns = [f"{tests} comparison{'s' * (tests != 1)}" for tests in TESTS]
    rows = [
        [f"{difference:g}", *(str(pairs_to_detect(difference, 1.0, tests)) for tests in TESTS)]
        for difference in STANDARDISED
    ]
    least = ["fewest that can show anything", *(str(pairs_needed(tests)) for tests in TESTS)]
    return table(["difference / scatter", *columns], [least, *rows], right=columns)


def repeats_for(difference: float, scatter: float, tests: int) -> str:
    """The answer to one question, in words. difference, scatter: in percentage points."""
    needed = pairs_to_detect(difference, scatter, tests)
    if needed is None:
        return f"No number of paired repeats that anybody would run shows {difference:g} points against a scatter of {scatter:g}."
    return (
        f"About {needed:,} paired repeats show a difference of {difference:g} points in {100 * POWER:.0f} of 100 comparisons, if the "
        f"differences of single repeats scatter with a standard deviation of {scatter:g} points and {tests} comparison"
        f"{'s are' if tests != 1 else ' is'} looked at."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table, or the answer where a difference and a scatter are named."""
    parser = argparse.ArgumentParser(
        prog="python -m reports.statistics",
        description="How many repeats (--repeats of tuners/run.py) it takes to see a difference between two tuners.",
    )
    parser.add_argument("--difference", type=_positive, metavar="POINTS", help="the difference to be seen")
    parser.add_argument(
        "--scatter",
        type=_positive,
        metavar="POINTS",
        help="standard deviation of the differences between paired repeats",
    )
    parser.add_argument(
        "--comparisons",
        type=_whole,
        default=1,
        metavar="N",
        help="tuners that are compared with random search; default: 1",
    )
    args = parser.parse_args(arguments)
    if (args.difference is None) != (args.scatter is None):
        parser.error("--difference and --scatter belong together")
    if args.difference is None:
        print(repeats_table())
    else:
        print(repeats_for(args.difference, args.scatter, args.comparisons))


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number above 0, for example 1.5")
    return value


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    main()
