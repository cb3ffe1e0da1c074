"""What a job may ask of `tuners/run.py`: options of a search, and no word that could become another option."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasets.errors import UsageError

#: Options that a job may use. Not among them: what names files and places of the machine (--store, --data-root,
#: --configs, --engine, --address), and what the queue itself gives (--study, --resume).
ALLOWED = (
    "--preset",
    "--dataset",
    "--tuner",
    "--model",
    "--baselines",
    "--max-trials",
    "--max-epochs",
    "--total-epochs",
    "--max-seconds",
    "--seed",
    "--repeats",
    "--train-limit",
    "--second-dev",
    "--workers",
    "--no-guard",
)

#: As `tuners/run.py` wants it, and no dash in front: the word would be read as an option.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")

#: Letters of a study's name that the store keeps.
LONGEST_NAME = 120

#: Characters of one argument; longer than any path.
LONGEST_WORD = 4096


def check(study: str, arguments: Sequence[str]) -> None:
    """Raises UsageError where the words are no search: an unknown option, a name that is none."""
    check_name(study)
    for word in arguments:
        if not isinstance(word, str) or not word or len(word) > LONGEST_WORD or "\0" in word:
            raise UsageError(f"a job takes words of 1 to {LONGEST_WORD} characters, and {word!r} is none")
        if word.startswith("-") and word not in ALLOWED:
            raise UsageError(
                f"a job cannot be given {word!r}; of the options of tuners/run.py it takes {', '.join(ALLOWED)}. "
                "A folder whose name begins with a dash is meant by its full path"
            )
    if arguments and not arguments[0].startswith("-"):
        raise UsageError(f"the arguments of a job begin with an option, and {arguments[0]!r} is none")


def check_name(study: str) -> None:
    """Raises UsageError where a study cannot be called so."""
    if not NAME.fullmatch(study) or len(study) > LONGEST_NAME:
        raise UsageError(
            f"a study's name is made of letters without accents, digits, '-', '_' and '.', begins with a letter or a "
            f"digit and is at most {LONGEST_NAME} long; {study!r} is not"
        )
