"""Fields for numbers and for text whose value stands in the address, as lists do by way of `deep_links`.

A field that shows its default is left out of the address, so that it stays short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard import deep_links

KEPT = "deep_values_kept"

#: How a choice of nothing is written, where something else is the default.
NOTHING = "none"

V = TypeVar("V", int, float)


def number(
    label: str,
    kind: type[V],
    *,
    key: str,
    parameter: str,
    default: V | None,
    low: V,
    high: V | None = None,
    empty: str,
    **more: Any,
) -> V | None:
    """A field for a number of a kind, from low to high; None where it is empty. empty: what that means."""

    def read(text: str) -> V | None:
        try:
            value = kind(text)
        except ValueError:
            return default
        return value if low <= value and (high is None or value <= high) else default

    _settle(key, parameter, default, read)
    value: V | None = st.number_input(
        label, min_value=low, max_value=high, value=None, key=key, placeholder=empty, **more
    )
    return _keep(key, parameter, default, value)


def text(label: str, *, key: str, parameter: str, **more: Any) -> str:
    """A field for a line of text; "" where it is empty."""
    _settle(key, parameter, "", str)
    value: str = st.text_input(label, key=key, **more)
    return _keep(key, parameter, "", value.strip())


def several(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    parameter: str,
    default: Sequence[str],
    **more: Any,
) -> list[str]:
    """Several of a list; unlike `deep_links.multiselect` an empty choice stands in the address too."""
    if deep_links.followed(key, parameter) == NOTHING:
        st.session_state[key] = []
        deep_links.write(key, [NOTHING], parameter)
    values = deep_links.multiselect(label, options, key=key, parameter=parameter, default=default, **more)
    if not values and default:
        deep_links.write(key, [NOTHING], parameter)
    return values


def reset(*keys: str) -> None:
    """For callbacks: the fields go back to their defaults, which may have changed."""
    for key in keys:
        st.session_state.pop(key, None)
        _kept().pop(key, None)


def _settle(key: str, parameter: str, default: object, read: Callable[[str], object]) -> None:
    """Gives the field the value that it starts this run with."""
    asked = deep_links.followed(key, parameter)
    if asked is not None:
        st.session_state[key] = read(asked)
    elif key not in st.session_state:
        st.session_state[key] = _kept().get(key, default)
    else:  # set even where it seems unchanged: it may have been another page's
        st.session_state[key] = st.session_state[key]


def _keep(key: str, parameter: str, default: Any, value: Any) -> Any:
    """Writes the value into the address and keeps it for when the page is come back to."""
    _kept()[key] = value
    deep_links.write(key, [] if value in (default, None) else [str(value)], parameter)
    return value


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(KEPT, {})
    return kept
