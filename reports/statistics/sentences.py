"""Results in plain words, which never claim more than the numbers allow. Texts hold no markup.

Errors are fractions; words name percentage points. A test that shows nothing is no proof that two systems are alike, and
every sentence that says "no difference" says how large one would have had to be to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.statistics.counted import Counted
from reports.statistics.paired import Paired
from reports.statistics.permutation import pairs_needed
from reports.statistics.power import pairs_to_detect
from reports.statistics.several import Several

#: Of blocks that are repeats of searches from the same seeds.
REPEAT = "paired repeat"


def points(difference: float) -> str:
    """A difference of error rates in percentage points with its sign: "+1.20", "−0.40", never "−0.00"."""
    rounded = round(100 * difference, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "−")


def size(difference: float) -> str:
    """A difference of error rates in percentage points, without its sign."""
    return f"{100 * abs(difference):.2f}"


def p_text(p: float) -> str:
    """A p-value; three decimals are enough for any decision at the 5 % level."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def counted_blocks(count: int, unit: str = REPEAT) -> str:
    """ "7 paired repeats"."""
    return f"{count:,} {unit}{'s' * (count != 1)}"


def samples_luck(found: Counted, split: str = "eval") -> str:
    """What the finite number of samples allows to say of a difference that was stated before."""
    whole = f"{found.samples:,} {split} samples"
    together = f"95 %, {found.tests} comparisons together" if found.tests > 1 else "95 %"
    if found.patients and math.isnan(found.interval.low):
        return (
            f"The {whole} come from {counted_blocks(found.patients, 'patient')}, and those of one patient are alike: so "
            "few patients do not say how much of this difference is their luck."
        )
    low, high = points(found.interval.low), points(found.interval.high)
    uncertain = f"leaves this difference anywhere from {low} to {high} points ({together}"
    if found.patients:
        text = (
            f"The {whole} come from {counted_blocks(found.patients, 'patient')}, and those of one patient are alike: the luck of "
            f"the patients {uncertain}, bootstrap over patients)"
        )
    else:
        text = f"Counted on {whole}, the luck of the samples alone {uncertain})"
    luck = "patients" if found.patients else "samples"
    if found.shown:
        return f"{text}, so it is more than the luck of the {luck}."
    return (
        f"{text}, so it is no evidence that either is better; one of about {size(found.detectable)} points would have shown "
        "in four of five such counts."
    )


def paired(found: Paired, first: str, second: str, unit: str = REPEAT) -> str:
    """Whether paired blocks show a difference between two systems, how large, and what they could have shown."""
    over = f"over {counted_blocks(found.pairs, unit)}"
    if found.identical:
        return (
            f"{_begin(over)} {first} and {second} have the same eval error each time: no difference is shown."
        )
    if not found.enough:
        return (
            f"{_begin(over)} no difference between {first} and {second}, however large, could be told from chance: "
            f"{_comparisons(found.tests)} at the 5 % level {_need(found.tests)} at least {pairs_needed(found.tests)}."
        )
    extent = (
        f"{points(found.interval.low)} to {points(found.interval.high)} points, 95 %; {p_text(found.corrected)}"
        f"{f' corrected for {found.tests} comparisons' if found.tests > 1 else ''}"
    )
    if found.shown:
        lower, often = (first, found.lower) if found.first_is_lower else (second, found.higher)
        return (
            f"{_begin(over)} {lower} has the lower eval error, in {often} of {found.pairs} (mean difference {first} less "
            f"{second}: {points(found.mean)} points; {extent})."
        )
    return (
        f"{_begin(over)} no difference is shown between {first} and {second} (their mean difference is "
        f"{points(found.mean)} points; {extent}). {could_see(found.detectable)}"
    )


def could_see(detectable: float) -> str:
    """How large a difference would have had to be, after a sentence that shows none."""
    if not math.isfinite(detectable):
        return "That is no proof that they are alike."
    return (
        f"A difference of about {size(detectable)} points would have been seen in four of five such comparisons; "
        "a smaller one may well be there, so this is no proof that they are alike."
    )


def planning(found: Paired, unit: str = REPEAT) -> str:
    """How many pairs a difference like the one that was measured takes; empty where one is shown or nothing is known."""
    needed = (
        None if found.shown or found.identical else pairs_to_detect(found.mean, found.spread, found.tests)
    )
    if needed is None or needed <= found.pairs:
        return ""
    return (
        f"If a difference of {size(found.mean)} points is there and the scatter is what these few pairs make it, it takes about "
        f"{counted_blocks(needed, unit)} to be seen in four of five cases."
    )


def several(
    found: Several, unit: str = REPEAT, word: str = "system", reference: str | None = None, scope: str = ""
) -> str:
    """The verdict on several systems. word: what they are called; reference: how the one that all others are
    compared with is called; scope: what the result holds for, a sentence, said where a difference is shown."""
    over, tests = counted_blocks(found.blocks, unit), len(found.pairs)
    base = reference or found.reference
    if not all(pair.paired.enough for pair in found.pairs):
        what = f"no difference from {base}" if base else f"no difference between {word}s"
        return (
            f"With {over} {what}, however large, could be told from chance: {_comparisons(tests)} at the 5 % level "
            f"{_need(tests)} at least {counted_blocks(pairs_needed(tests), unit)}. The errors describe what happened; "
            f"they show no {word} to be better than another."
        )
    if all(pair.paired.identical for pair in found.pairs):
        return f"Over {over} all {word}s have the same eval error each time: no difference is shown."
    if not any(pair.paired.shown for pair in found.pairs):
        return f"{_nothing(found, over, word, base)} {could_see(_least_visible(found))}"
    text = f"Over {over}, {'; '.join(_claims(found, base))}."
    if base:
        others = [pair.first for pair in found.pairs if not pair.paired.shown]
        text += f" No difference from {base} is shown for {listed(others)}." if others else ""
    else:
        alike = [listed(group) for group in found.groups if len(group) > 1]
        text += f" No difference is shown among {'; nor among '.join(alike)}." if alike else ""
    return f"{text} {scope}".strip()


def _nothing(found: Several, over: str, word: str, base: str | None) -> str:
    least = min(pair.paired.corrected for pair in found.pairs)
    what = (
        f"no {word}'s eval error can be told from that of {base}"
        if base
        else f"no difference between the {word}s is shown"
    )
    overall = "" if len(found.names) < 3 else f"; all alike: {p_text(found.overall)}"
    return f"Over {over} {what} (smallest p after Holm's correction: {least:.3f}{overall})."


def _claims(found: Several, base: str | None) -> list[str]:
    """The differences that are shown, lower errors first; against a reference it is the other one that is lower or
    higher."""
    texts = []
    for pair in sorted(
        (pair for pair in found.pairs if pair.paired.shown), key=lambda pair: pair.paired.mean
    ):
        gap = pair.paired
        first, second, lower = pair.first, base or pair.second, gap.first_is_lower
        if not base and not lower:
            first, second, lower = second, first, True
        often = gap.lower if gap.first_is_lower else gap.higher
        texts.append(
            f"{first} has a {'lower' if lower else 'higher'} eval error than {second} in {often} of {gap.pairs} "
            f"({size(gap.mean)} points on average, {p_text(gap.corrected)} after Holm's correction)"
        )
    return texts


def _least_visible(found: Several) -> float:
    """Of all pairs the largest difference that could still have been missed; pairs without scatter say nothing."""
    return max(
        (seen for pair in found.pairs if not math.isnan(seen := pair.paired.detectable)), default=math.nan
    )


def _comparisons(tests: int) -> str:
    return f"{tests} comparison{'s' * (tests != 1)}"


def _need(tests: int) -> str:
    return "needs" if tests == 1 else "need"


def _begin(over: str) -> str:
    return over[0].upper() + over[1:]
