"""What names and colours of classes may be, so that IMLD's CSV files hold them and give them back."""

import re
from collections.abc import Sequence

from imld_synth.errors import DataError

LONGEST_NAME = 64

#: Names of colours that browsers, matplotlib and IMLD all know.
COLOUR_NAMES = (
    "black", "blue", "brown", "coral", "crimson", "cyan", "darkblue", "darkgreen", "darkorange", "darkred",
    "fuchsia", "gold", "gray", "green", "grey", "indigo", "khaki", "lime", "magenta", "maroon", "navy", "olive",
    "orange", "orchid", "pink", "plum", "purple", "red", "salmon", "silver", "skyblue", "steelblue", "tan", "teal",
    "tomato", "turquoise", "violet", "white", "yellow",
)  # fmt: skip

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# Commas and brackets end an entry of the list in a CSV file, '#' begins a comment, quotes are taken off.
_FORBIDDEN = re.compile(r"[,\[\]#'\"\x00-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_INDEX = re.compile(r"0|[1-9]\d{0,8}")


def check_class_names(names: Sequence[str], most: int) -> None:
    """Raises DataError unless there are 1 to `most` names, all different, that a CSV file can hold."""
    if not 1 <= len(names) <= most:
        raise DataError(f"a drawing has from 1 to {most} classes, not {len(names)}")
    for name in names:
        check_class_name(name)
        if list(names).count(name) > 1:
            raise DataError(f"two classes are called {name!r}; give one of them another name")


def check_class_name(name: str) -> None:
    """Raises DataError, with the rule and the name, unless a CSV file can hold it."""
    if not 1 <= len(name) <= LONGEST_NAME or name != name.strip():
        raise DataError(
            f"a class name has from 1 to {LONGEST_NAME} characters, none of them a space at an end; found {name[:70]!r}"
        )
    if (
        not name.isprintable()
    ):  # line breaks of Unicode, marks that turn the direction of a line, invisible letters
        raise DataError(
            f"a class name is one line of letters that can be seen; {name!r} has characters that cannot be shown"
        )
    found = _FORBIDDEN.search(name)
    if found:
        raise DataError(
            f"a class name may not contain {found[0]!r}: the list of classes in a CSV file could not hold {name!r}."
            " Commas, brackets, quotes and # are out."
        )
    if _NUMBER.fullmatch(name) and not _INDEX.fullmatch(name):
        raise DataError(
            f"a class name that is a number is a whole one without leading zeros, such as 3, not {name!r}"
        )


def check_colour(colour: str) -> None:
    """Raises DataError unless it is #rrggbb or one of `COLOUR_NAMES`."""
    if not _HEX.fullmatch(colour) and colour not in COLOUR_NAMES:
        raise DataError(
            f"a colour is #rrggbb, such as #0072B2, or a name such as orange; {colour[:30]!r} is neither"
        )
