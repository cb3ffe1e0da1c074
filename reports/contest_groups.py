"""The groups of people in parts of the analysis: who is told of, in which colour, and what tests say in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from reports import palette, people_cells
from reports.contest_data import GROUP_NAMES, Competitor, ContestData
from reports.statistics import (
    CORRELATE_FROM,
    GROUP_FROM,
    Association,
    Groups,
    compare_groups,
    detectable_correlation,
    detectable_effect,
    sentences,
)

#: Everybody together, where groups may not be told apart.
EVERYBODY = "everybody"

COLOURS = dict(
    zip(
        (*GROUP_NAMES, EVERYBODY), (palette.VERMILLION, palette.SKY, palette.GREEN, palette.BLUE), strict=True
    )
)
MARK = {name: place for place, name in enumerate((*GROUP_NAMES, EVERYBODY))}


def sizes(people: Sequence[Competitor]) -> dict[str, int]:
    """How many of these people are in each of the study's groups."""
    return {name: sum(one.group == name for one in people) for name in GROUP_NAMES}


def grouped(data: ContestData, people: Sequence[Competitor]) -> dict[str, list[Competitor]]:
    """People by the groups that are told of; all together where none is."""
    names = people_cells.told(sizes(people), data.public)
    found = {name: [one for one in people if one.group == name] for name in names}
    return found or ({EVERYBODY: list(people)} if people else {})


def withheld(data: ContestData, people: Sequence[Competitor]) -> list[str]:
    """A sentence on groups that are not told of."""
    there = [name for name, size in sizes(people).items() if size]
    kept = people_cells.told(sizes(people), data.public)
    hidden = [name for name in there if name not in kept]
    if not hidden:
        return []
    return [
        f"Not shown by group: {sentences.listed(hidden)}, as no figure of fewer than {people_cells.FEWEST} people is told, nor "
        "what would let it be worked out."
    ]


def tested(values: Mapping[str, Sequence[float]], what: str, unit: str = "points") -> list[str]:
    """Kruskal-Wallis and the pairs in words; that nothing can be concluded where groups are too small.

    values: higher is better. what: their name in a sentence.
    """
    found = compare_groups(values)
    if found is None:
        enough = sum(len(own) >= GROUP_FROM for own in values.values())
        return [
            f"Nothing can be concluded of the groups’ {what}: a test needs two groups of {GROUP_FROM} or more, and there "
            f"{'is' if enough == 1 else 'are'} {enough or 'none'}."
        ]
    return [overall(found, what), *(pair_words(found, what))]


def overall(found: Groups, what: str) -> str:
    """All groups at once."""
    who = sentences.listed([f"{count} {name}" for name, count in found.sizes.items()])
    shown = "Some group differs" if found.p < 0.05 else "No difference between the groups is shown"
    return (
        f"{shown} in {what} (Kruskal-Wallis H = {found.statistic:.2f}, {sentences.p_text(found.p)}; {who})."
    )


def pair_words(found: Groups, what: str) -> list[str]:
    """Each pair: who has more, how much more often, and how sure that is."""
    several = " after Holm’s correction" if len(found.pairs) > 1 else ""
    texts = []
    for pair in found.pairs:
        first, second, delta = pair.first, pair.second, pair.delta
        low, high = pair.low, pair.high
        if delta < 0:
            first, second, delta, low, high = second, first, -delta, -high, -low
        interval = "" if math.isnan(low) else f", 95 % from {signed(low)} to {signed(high)}"
        seen = ""
        if pair.shown:
            verdict = f"{first} have a higher {what} than {second}"
        else:
            verdict = f"between {first} and {second} no difference is shown"
            visible = detectable_effect(found.sizes[first], found.sizes[second], len(found.pairs))
            seen = (
                f" One of about {visible:.1f} standard deviations would have been seen in four of five such contests, so they "
                "are not shown to be alike either."
            )
        texts.append(
            f"{verdict[:1].upper()}{verdict[1:]} (Cliff’s delta {signed(delta)}{interval}; Mann-Whitney "
            f"{sentences.p_text(pair.corrected)}{several}).{seen}"
        )
    return texts


def correlated(found: Association | None, count: int, first: str, second: str) -> list[str]:
    """A rank correlation in words."""
    if found is None:
        why = (
            f"a correlation is computed from {CORRELATE_FROM} people on, and these are {count}"
            if count < CORRELATE_FROM
            else "one of the two is the same for everybody"
        )
        return [f"Nothing can be concluded of {first} and {second}: {why}."]
    verdict = "go along" if found.rho > 0 else "go against each other"
    text = (
        f"{first[:1].upper()}{first[1:]} and {second} {verdict}"
        if found.shown
        else f"That {first} and {second} have to do with each other is not shown"
    )
    more = (
        "It does not say why: who has more experience differs in more than that."
        if found.shown
        else f"One of about {detectable_correlation(found.count):.2f} would have been seen in four of five such contests."
    )
    return [
        f"{text} (Spearman’s rho {signed(found.rho)}, 95 % from {signed(found.low)} to {signed(found.high)}, "
        f"{sentences.p_text(found.p)}, {found.count} people). {more}"
    ]


def signed(value: float) -> str:
    """A coefficient with its sign and two decimals."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def jitter(count: int, width: float = 0.3) -> list[float]:
    """Shifts that keep `count` marks at one place apart, the same every time."""
    golden = (math.sqrt(5) - 1) / 2
    return [width * (((place * golden) % 1) - 0.5) * 2 for place in range(1, count + 1)]
