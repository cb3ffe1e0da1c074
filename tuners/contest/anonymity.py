"""What is told of people in an export: coarse answers, and none that fewer than five people share.

k-anonymity (Sweeney 2002, doi:10.1142/S0218488502001648) by suppressing cells, with k = 5. It hides who somebody is among
people with the same answers; it does not hide what somebody did from those who saw it, such as their score on the board.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tuners.contest.record import Background, Education

#: The fewest people who may share what an export tells of them.
K = 5

#: Upper ends of the bands of months, and their names: the study's groups, and these with the upper one divided.
#: Spelt out, as spreadsheets read "1-9" as a date.
GROUPS = ((0, "0 months"), (9, "1 to 9 months"), (None, "10 months or more"))
FINE = (*GROUPS[:2], (24, "10 to 24 months"), (None, "25 months or more"))

Bands = Sequence[tuple[int | None, str]]

#: Fewer steps than were asked: a doctorate is rare in a class.
EDUCATION = {
    Education.HIGH_SCHOOL: "high school",
    Education.BACHELOR: "bachelor, or studying for a master",
    Education.MASTER_ENROLLED: "bachelor, or studying for a master",
    Education.MASTER: "master or doctorate",
    Education.DOCTORATE: "master or doctorate",
    Education.UNSAID: "",
}

#: Of the answers 1 to 5.
RATING = ("low (1 or 2)", "low (1 or 2)", "middle (3)", "high (4 or 5)", "high (4 or 5)")


@dataclass(frozen=True)
class Told:
    """What an export tells of somebody; empty where it is withheld or was not said.

    In the order in which they are kept: months are what the analysis is about, and beside them a rating says least.
    """

    months: str = ""
    education: str = ""
    rating: str = ""


def bands(months: Iterable[int], k: int = K) -> Bands:
    """Four bands where each that anybody is in has k people, else the study's three groups."""
    counts = Counter(band(value, FINE) for value in months)
    return FINE if all(count >= k for count in counts.values()) else GROUPS


def band(months: int, of: Bands) -> str:
    """The name of the band that so many months fall into."""
    return next(name for end, name in of if end is None or months <= end)


def told(backgrounds: Sequence[Background | None], k: int = K) -> list[Told]:
    """What may be told of each, in the same order: every combination that is told has k people or more.

    From the first attribute to the last: people are grouped by their answer, and groups of fewer than k are put together,
    of whom no more is told. Where these are fewer than k as well, the smallest group that was large enough joins them.
    Raises ValueError for fewer than k people, of whom nothing can be hidden.
    """
    if len(backgrounds) < k:
        raise ValueError(f"{len(backgrounds)} people cannot hide among {k}")
    chosen = bands([one.months for one in backgrounds if one is not None], k)
    answers = [_coarse(one, chosen) for one in backgrounds]
    found = [Told()] * len(answers)
    for members, known in _groups(answers, list(range(len(answers))), 0, k):
        for member in members:
            found[member] = Told(*answers[member][:known])
    return found


def _groups(
    answers: Sequence[tuple[str, ...]], members: Sequence[int], known: int, k: int
) -> Iterator[tuple[Sequence[int], int]]:
    """Divides people of whom `known` attributes are told by the next one; yields groups and how many are told."""
    if known == len(answers[members[0]]):
        yield members, known
        return
    by_answer: dict[str, list[int]] = {}
    for member in members:
        by_answer.setdefault(answers[member][known], []).append(member)
    sizes = sorted(by_answer.values(), key=len)
    rest: list[int] = []
    while sizes and (len(sizes[0]) < k or 0 < len(rest) < k):
        rest += sizes.pop(0)
    if rest:
        yield rest, known
    for group in sizes:
        yield from _groups(answers, group, known + 1, k)


def _coarse(background: Background | None, of: Bands) -> tuple[str, ...]:
    if background is None:
        return ("", "", "")
    return (
        band(background.months, of),
        EDUCATION[background.education],
        RATING[background.rating - 1],
    )
