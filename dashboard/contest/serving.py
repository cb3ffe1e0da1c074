"""The process that runs contests, woken by the pages that need it."""

from __future__ import annotations

from dashboard import servers
from dashboard.contest import desk
from tuners import logs
from tuners.contest.record import ContestState
from tuners.jobs import seat

SERVER = servers.Kind(seat.CONTESTS, ("tuners.contest", "serve"), logs.CONTESTS_SERVER, "runs contests")


def wake() -> str:
    """Starts a server where a contest is not scored yet and none lives. A second one would end at once.

    Returns what is wrong, in plain words, where the last one did not come up; else "".
    """
    if all(contest.state == ContestState.SCORED for contest in desk.contests()):
        return ""
    return servers.wake(SERVER)
