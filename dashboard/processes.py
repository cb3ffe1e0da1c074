"""Processes that somebody started and has to end."""

from __future__ import annotations

import subprocess
from contextlib import suppress

#: Seconds for which a server may close its pages when it is ended.
PATIENCE = 10.0


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks a process to end, and kills it where it does not: a dashboard may wait for a page that is still open."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    process.kill()
    process.wait()
