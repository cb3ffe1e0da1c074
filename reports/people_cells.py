"""What a report tells of groups of people: nothing of fewer than five, nor what would give them away.

A page is for who runs the contest and shows all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tuners.contest import anonymity

#: The fewest people of whom a report tells something together: as many as share what an export tells.
FEWEST = anonymity.K

#: In place of a number that is not told.
FEW = f"fewer than {FEWEST}"


def told(sizes: Mapping[str, int], public: bool) -> list[str]:
    """The groups that are told of, in their order.

    In a report those of FEWEST people or more; and where fewer than that are left over all together, the smallest group
    that is large enough goes as well, as the total would tell what was left out.
    """
    there = [name for name, size in sizes.items() if size]
    if not public:
        return there
    kept = [name for name in there if sizes[name] >= FEWEST]
    rest = sum(sizes[name] for name in there if name not in kept)
    if kept and 0 < rest < FEWEST:
        kept.remove(min(kept, key=lambda name: sizes[name]))
    return kept


def share(part: int, whole: int, public: bool) -> str:
    """ "3 of 8"; in a report a part, or what is left of the whole, of 1 to 4 people is not told."""
    if public and (0 < part < FEWEST or 0 < whole - part < FEWEST):
        return f"not told ({FEW} on one side)"
    return f"{part} of {whole}"
