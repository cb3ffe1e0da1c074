"""JSON from somebody else: every value is looked at before it is used, and what is wrong is named.

`where` is the place in the document, such as "train, mark 3", for messages.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from imld_synth.errors import DataError


def parse(text: str | bytes, what: str, most_bytes: int) -> object:
    """The value that a JSON text holds. Raises DataError for a text too long or that is no JSON."""
    if len(text) > most_bytes:
        raise DataError(f"{what} has at most {most_bytes:,} bytes, not {len(text):,}")
    try:
        found: object = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except DataError:
        raise
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, numbers of thousands of digits
        raise DataError(f"{what} is no JSON text: {str(error)[:100]}") from None
    return found


def record(value: object, keys: Collection[str], where: str) -> Mapping[str, object]:
    """An object with exactly these keys."""
    if not isinstance(value, dict):
        _wrong(where, "an object {...}", value)
    unknown = sorted(set(value) - set(keys))
    if unknown:
        raise DataError(f"{where}: unknown key {unknown[0][:40]!r}; known are {', '.join(sorted(keys))}")
    missing = sorted(set(keys) - set(value))
    if missing:
        raise DataError(f"{where}: the key {missing[0]!r} is missing")
    return value


def items(value: object, where: str, most: int, length: int | None = None) -> Sequence[object]:
    """A list of at most `most` values, or of exactly `length`."""
    if not isinstance(value, list):
        _wrong(where, "a list [...]", value)
    if len(value) > most or (length is not None and len(value) != length):
        asked = f"at most {most:,}" if length is None else f"exactly {length}"
        raise DataError(f"{where} holds {asked} values, not {len(value):,}")
    return value


def number(value: object, where: str) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        _wrong(where, "a number", value)
    try:
        return float(value)
    except OverflowError:
        _wrong(where, "a number of ordinary size", value)


def whole(value: object, where: str) -> int:
    """A whole number from 0 to 2**53 - 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        _wrong(where, "a whole number of 0 or more", value)
    return value


def flag(value: object, where: str) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        _wrong(where, "true or false", value)
    return value


def string(value: object, where: str) -> str:
    """A text that UTF-8 can write."""
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        _wrong(where, "a text", value)
    return value


def _wrong(where: str, wanted: str, found: object) -> NoReturn:
    shown = json.dumps(found, default=str)
    raise DataError(f"{where} must be {wanted}, not {shown[:40]}{'...' if len(shown) > 40 else ''}")


def _no_constant(name: str) -> NoReturn:
    raise DataError(f"numbers must be finite; found {name}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise DataError(f"the key {twice[:40]!r} occurs twice in one object")
    return found
