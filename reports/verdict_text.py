"""What `python -m reports verify` prints."""

from __future__ import annotations

from reports.verify import Part, Verdict

#: Problems of one part that are printed; --json has all.
SHOWN = 20


def lines(verdict: Verdict) -> list[str]:
    """The verdict for a person: one line a part, its problems below."""
    text = [f"{verdict.report} ({verdict.of})"]
    text += [f"note: {note}" for note in verdict.notes]
    text += ["", "The report against the store"]
    text += [
        line
        for part in verdict.sections
        if part.compared or part.pictures or part.problems
        for line in _part(part)
    ]
    if verdict.rules:
        text += ["", "The store against itself"]
        text += [line for part in verdict.rules for line in _part(part)]
    text += [""] + [f"not compared: {reason}" for reason in verdict.left_out]
    return [*text, _last(verdict)]


def _part(part: Part) -> list[str]:
    counts = [f"{part.compared:,} compared"] if part.compared else []
    if part.pictures:
        counts.append(f"{part.pictures} picture{'s' * (part.pictures > 1)}")
    head = f"  {'DIFFERS' if part.problems else 'holds  '}  {part.title}"
    more = len(part.problems) - SHOWN
    return [
        f"{head} ({', '.join(counts)})" if counts else head,
        *(f"           {problem}" for problem in part.problems[:SHOWN]),
        *([f"           and {more} more (--json has all)"] if more > 0 else []),
    ]


def _last(verdict: Verdict) -> str:
    parts = [*verdict.sections, *verdict.rules]
    if not verdict.holds:
        count = sum(bool(part.problems) for part in parts)
        return f"DOES NOT HOLD: {count} of {len(parts)} parts differ."
    compared = sum(part.compared for part in verdict.sections)
    pictures = sum(part.pictures for part in verdict.sections)
    what = f"every one of {compared:,} figures"
    if pictures:
        what += f" and {pictures} picture{'s' * (pictures > 1)}"
    return f"HOLDS: {what} is what the store gives."
