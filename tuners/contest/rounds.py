"""What can be compared while final trainings go on: a round is one seed, of everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tuners.contest.record import Entrant, EntrantKind, Final, FinalState

#: States of a final training that waits no more.
OVER = (FinalState.DONE, FinalState.FAILED)


@dataclass(frozen=True)
class Rounds:
    """whole: how many rounds count, which are those of the contest's first seeds. errors: on eval in these rounds, by key of
    the entrant and place of the seed; who is not compared is not in it, nor is who has no error there."""

    whole: int
    errors: Mapping[str, Mapping[int, float]]


def whole_rounds(entrants: Iterable[Entrant], finals: Iterable[Final]) -> Rounds:
    """The rounds that are over for all that are compared; one that is half done counts for nobody.

    People are known at the bell, the others once tuners have used up their budget, so either may have rounds behind it
    before the others begin. Those are compared from their first round on and as long as they are at most one behind:
    with fewer, a ranking by several seeds would fall back to one by a single seed.
    """
    of_entrant: dict[str, list[Final]] = {}
    for final in finals:
        of_entrant.setdefault(final.entrant, []).append(final)
    camps: dict[bool, list[str]] = {}
    for one in entrants:
        if one.key in of_entrant:
            camps.setdefault(one.kind == EntrantKind.PERSON, []).append(one.key)
    behind = {camp: min(_rounds(of_entrant[key]) for key in keys) for camp, keys in camps.items()}
    first = max(behind.values(), default=0)
    compared = [camp for camp, rounds in behind.items() if rounds >= max(1, first - 1)]
    whole = min((behind[camp] for camp in compared), default=0)
    errors = {}
    for key in (key for camp in compared for key in camps[camp]):
        found = {
            one.place: one.eval_error
            for one in of_entrant[key]
            if one.place < whole and one.eval_error is not None
        }
        if found:
            errors[key] = found
    return Rounds(whole, errors)


def _rounds(finals: Sequence[Final]) -> int:
    """How many of the first seeds an entrant has behind it."""
    return min((one.place for one in finals if one.state not in OVER), default=len(finals))
