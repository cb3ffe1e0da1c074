"""The command that runs studies: `python tuners/run.py` and `python -m tuners.run` are the same.

Nothing heavy is imported before there is work to do, so that --help and --list answer at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

# `python tuners/run.py` puts tuners/ first on the path, where our file names would shadow packages.
_HERE = Path(__file__).resolve().parent
if sys.path and Path(sys.path[0] or ".").resolve() == _HERE:
    sys.path[0] = str(_HERE.parent)

from tuners.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
