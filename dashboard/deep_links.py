"""Widgets whose value stands in the address, so that every view can be linked to and comes back.

Streamlit can bind a widget to a query parameter itself, but such a binding drops the value when the
same parameter is used by two pages. The rule here: an address that was followed wins over the widget,
the widget wins over what it showed on another page, and the default comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

WRITTEN = "deep_links_written"


def selectbox(label: str, options: Sequence[str], *, key: str, default: str, **more: Any) -> str:
    """A drop-down list in the address under `key`."""
    _settle(key, options, [default], single=True)
    value: str = st.selectbox(label, options, key=key, **more)
    write(key, [value])
    return value


def segmented(label: str, options: Sequence[str], *, key: str, default: str, **more: Any) -> str:
    """A row of alternatives in the address under `key`."""
    _settle(key, options, [default], single=True)
    value: str = st.segmented_control(label, options, key=key, required=True, **more)
    write(key, [value])
    return value


def multiselect(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: Sequence[str],
    parameter: str | None = None,
    **more: Any,
) -> list[str]:
    """Several of a list, each a parameter in the address: `parameter`, or `key` where it is not given.

    Pages that share a parameter but not what was chosen for it give it different keys.
    """
    parameter = parameter or key
    _settle(key, options, default, single=False, parameter=parameter)
    values: list[str] = st.multiselect(label, options, key=key, **more)
    write(key, values, parameter)
    return values


def text(label: str, *, key: str, **more: Any) -> str:
    """A line of text in the address under `key`; while it is empty the address lacks the parameter."""
    if followed(key) is not None:
        st.session_state[key] = st.query_params[key]
    elif key not in st.session_state:
        st.session_state[key] = next(iter(_written().get(key, [])), "")
    value: str = st.text_input(label, key=key, **more)
    write(key, [value] if value else [])
    return value


def followed(key: str, parameter: str | None = None) -> str | None:
    """The parameter's value where somebody followed an address with it, None where the page wrote it."""
    asked = st.query_params.get_all(parameter or key)
    return asked[0] if asked and asked != _written().get(key) else None


def follow(key: str, value: str) -> None:
    """For callbacks: goes to the same page with this value, as a link would."""
    st.query_params[key] = value


def write(key: str, values: Sequence[str], parameter: str | None = None) -> None:
    parameter = parameter or key
    _written()[key] = list(values)
    if st.query_params.get_all(parameter) != list(values):
        st.query_params[parameter] = list(values)


def written(key: str) -> list[str]:
    """What stood in the address under `key` when a page last wrote it."""
    return list(_written().get(key, []))


def forget(key: str) -> None:
    """Takes the parameter out of the address, and forgets what stood there."""
    _written().pop(key, None)
    if key in st.query_params:
        del st.query_params[key]


def _settle(
    key: str, options: Sequence[str], default: Sequence[str], *, single: bool, parameter: str | None = None
) -> None:
    """Gives the widget `key` the value that it starts this run with."""
    shown: Any = st.session_state.get(key)
    if followed(key, parameter) is not None:
        wanted = st.query_params.get_all(parameter or key)
    elif key in st.session_state:
        wanted = [shown] if single else list(shown or [])
        if not wanted and not single:  # emptied by hand: that is a choice as well
            return
    else:
        wanted = _written().get(key, [])
    valid = [value for value in wanted if value in options] or list(default)
    # Set even where it seems unchanged: a widget of another page by the same key hands over nothing.
    st.session_state[key] = valid[0] if single else valid


def _written() -> dict[str, list[str]]:
    written: dict[str, list[str]] = st.session_state.setdefault(WRITTEN, {})
    return written
