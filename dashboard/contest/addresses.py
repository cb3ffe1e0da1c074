"""Under which address others reach this machine, and the picture of it that a phone reads."""

from __future__ import annotations

import io
import ipaddress
import os
import socket
from contextlib import closing
from urllib.parse import urlsplit

import psutil
import segno

#: What a browser on this machine itself calls it.
HERE = ("localhost", "127.0.0.1", "::1")

#: Set by whoever knows better, as behind a proxy: the address that participants type, such as https://tuning.example.org.
VARIABLE = "HANDTUNE_ADDRESS"


def of_this_machine() -> list[str]:
    """Its addresses in local networks (IPv4), the one of its way out first."""
    found = [
        one.address
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family == socket.AF_INET and _usable(one.address)
    ]
    way_out = _way_out()
    return sorted(dict.fromkeys(found), key=lambda address: address != way_out)


def join(base: str, code: str) -> str:
    """The address at which a contest is joined without typing its code."""
    return f"{base.rstrip('/')}/join?code={code}"


def base(viewed: str, shared: bool, port: int, named: str = "") -> str:
    """The address that participants type, without a slash at its end.

    viewed: where the instructor's own browser is. shared: whether the server listens to more than this machine.
    named: by `VARIABLE`.
    """
    if named:
        return named.rstrip("/")
    seen = urlsplit(viewed)
    if seen.hostname and seen.hostname not in HERE:
        return f"{seen.scheme}://{seen.netloc}"
    own = of_this_machine() if shared else []
    return f"http://{own[0] if own else HERE[0]}:{port}"


def alone(address: str) -> bool:
    """Whether nobody but this machine reaches it."""
    return urlsplit(address).hostname in HERE


def qr(text: str) -> str:
    """A QR code with a quiet zone, as the address of a picture (SVG); black on white in the dark theme too, as phones want it."""
    made = segno.make(text, error="m", micro=False)
    return made.svg_data_uri(border=3, dark="#000000", light="#FFFFFF", scale=8, encode_minimal=False)


def printed(text: str) -> str:
    """The same in characters, for a terminal."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


def named() -> list[str]:
    """The host of the address that was set by `VARIABLE`."""
    host = urlsplit(os.environ.get(VARIABLE, "")).hostname
    return [host] if host else []


def _usable(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def _way_out() -> str:
    """The address that a packet to elsewhere would leave from; nothing is sent for it. Empty without a network."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # kept for documentation by RFC 5737: nobody's address
        except OSError:
            return ""
        return str(probe.getsockname()[0])
