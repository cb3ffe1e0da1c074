"""What so many pairs could have seen, and how many pairs it takes to see a difference."""

from __future__ import annotations

import math

from reports.statistics.intervals import ALPHA, normal_quantile
from reports.statistics.permutation import pairs_needed

#: The share of comparisons in which a difference that is there is to be seen.
POWER = 0.8

#: More pairs than this are never asked for; nobody searches that often.
MOST_PAIRS = 10_000


def detectable(spread: float, pairs: int, tests: int = 1) -> float:
    """The smallest mean difference that is seen in 80 of 100 comparisons of so many pairs, in the unit of `spread`.

    spread: the standard deviation of the paired differences, which few pairs give only roughly. tests: how many
    comparisons are looked at together. From the noncentral t distribution (the power of Student's paired test, close
    to that of sign flips: Lehmann and Romano, "Testing Statistical Hypotheses", chapter 15); with so few pairs that
    all of them must point one way, from the probability that they do, for normal differences. NaN where nothing is known
    of the scatter (below 2 pairs, or where none was seen), infinite where so few pairs can show nothing.
    """
    from scipy import special

    if pairs < 2 or not spread > 0:
        return math.nan
    fewest = pairs_needed(tests)
    if pairs < fewest:
        return math.inf
    critical = special.stdtrit(pairs - 1, 1 - ALPHA / (2 * tests))
    standardised = float(special.nctdtrinc(pairs - 1, 1 - POWER, critical)) / math.sqrt(pairs)
    if pairs == fewest:
        standardised = max(standardised, normal_quantile(POWER ** (1 / pairs)))
    return spread * standardised


def pairs_to_detect(difference: float, spread: float, tests: int = 1) -> int | None:
    """The fewest pairs that see a mean difference in 80 of 100 comparisons; None for more than MOST_PAIRS,
    and where no scatter is known."""
    low = pairs_needed(tests)
    if not detectable(spread, MOST_PAIRS, tests) <= abs(difference):
        return None
    # With more pairs less is detectable, so the fewest are found by halving.
    high = MOST_PAIRS
    while low < high:
        middle = (low + high) // 2
        if detectable(spread, middle, tests) <= abs(difference):
            high = middle
        else:
            low = middle + 1
    return high
