"""How to join a contest, in letters for the last row: the address, the code, and a QR code of both."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import projector
from dashboard.contest import addresses
from tuners.contest.record import Contest

LOOK = Path(__file__).parent / "board.css"


def base() -> str:
    """The address that participants type, without a slash at its end."""
    listens = st.get_option("server.address")
    return addresses.base(
        st.context.url or "",
        shared=listens not in addresses.HERE,
        port=int(st.get_option("server.port")),
        named=os.environ.get(addresses.VARIABLE, ""),
    )


def show(contest: Contest, joined: int) -> None:
    """The panel. joined: how many are in."""
    address = base()
    st.html(panel(address, contest.join_code, joined))
    if addresses.alone(address):
        st.warning(
            "Only this machine reaches that address. For a class, start the dashboard with `make contest SHARE=1`, which opens "
            "it to the local network.",
            icon=":material/wifi_off:",
        )


def panel(address: str, code: str, joined: int) -> str:
    """As HTML. The QR code holds the address with the code, so nothing has to be typed."""
    whole = addresses.join(address, code)
    people = f"{joined} {'has' if joined == 1 else 'have'} joined"
    return (
        f"<div class='way-in{' projected' if projector.on() else ''}'><img src='{addresses.qr(whole)}' alt='QR code of {escape(whole, quote=True)}'>"
        f"<ol><li>Open <span class='address'>{escape(address)}/join</span></li>"
        f"<li>and type <div class='code'>{escape(code)}</div></li>"
        f"<li class='joined'><span role='status'>{people}</span></li></ol></div>"
    )
