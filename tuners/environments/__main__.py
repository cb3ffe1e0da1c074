"""The command that lists and makes environments; see `tuners.environments`."""

from __future__ import annotations

import argparse
import sys
import time

from datasets.errors import HandtuneError
from tuners.environments import COMMAND, ENVIRONMENTS, VARIABLE, environment, root
from tuners.environments.make import make, this_python


def main(words: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Makes environments of their own for libraries that cannot share Handtune's. "
        "Without a name it lists them.",
        epilog=f"They lie in {root()}; set {VARIABLE} to put them elsewhere. "
        "pip's own settings and variables (PIP_INDEX_URL and others) are heeded.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(ENVIRONMENTS)}")
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument(
        "--python", default=this_python(), help="the Python to make them with (default: Handtune's own)"
    )
    args = parser.parse_args(words)
    try:
        wanted = list(ENVIRONMENTS.values()) if args.all else [environment(name) for name in args.names]
        if not wanted:
            _list()
        for one in wanted:
            started = time.monotonic()
            made = make(one, args.python, lambda line: print(line, file=sys.stderr, flush=True))
            print(
                f"{one.name}: ready after {time.monotonic() - started:.0f} s"
                if made
                else f"{one.name}: up to date",
                flush=True,
            )
    except HandtuneError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted; the same command starts the unfinished environment anew.", file=sys.stderr)
        return 130
    return 0


def _list() -> None:
    width = max(len(name) for name in ENVIRONMENTS)
    for one in ENVIRONMENTS.values():
        print(f"{one.name:<{width}}  {one.state.value:<11}  {one.title}")
        if one.missing():
            print(f"{'':<{width}}  make it with: {one.command}")
    print(f"They lie in {root()}.")


if __name__ == "__main__":
    sys.exit(main())
