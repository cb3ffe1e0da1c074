"""When the time of a contest is over, for everybody or for one person."""

from __future__ import annotations

from tuners.contest.record import ClockKind, Contest, ContestState, Person


def deadline(contest: Contest, person: Person | None = None) -> float | None:
    """The moment, in seconds since 1970, after which nothing can be submitted; None while the clock has not begun.

    person: needed where everybody has a clock of their own (`ClockKind.EACH`). The end of the contest ends every clock.
    """
    if contest.terms.clock == ClockKind.TOGETHER:
        begun = contest.opened
    else:
        begun = person.started if person is not None else None
    if begun is None:
        return contest.ended
    bell = begun + 60 * (contest.terms.minutes + contest.extended)
    for pause in contest.pauses:
        if begun <= pause.at < bell:
            bell += pause.seconds
    return bell if contest.ended is None else min(bell, contest.ended)


def elapsed(contest: Contest, begun: float, moment: float) -> float:
    """Seconds of a clock that began at a moment until another one, without those in which the machine slept."""
    return moment - begun - sum(one.seconds for one in contest.pauses if begun <= one.at < moment)


def left(contest: Contest, person: Person | None, now: float) -> float | None:
    """Seconds until the deadline, 0 once time is over or the person has finished; None while the clock stands."""
    if person is not None and person.finished is not None:
        return 0.0
    if contest.state in (ContestState.ENDED, ContestState.SCORED):
        return 0.0
    end = deadline(contest, person)
    return None if end is None else max(0.0, end - now)
