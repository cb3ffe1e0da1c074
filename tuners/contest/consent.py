"""The text that participants agree to where an instructor writes none of their own.

It tells what this software records and shows, so it changes with it; then its version does as well.
"""

from __future__ import annotations

import hashlib

from tuners.contest.record import ClockKind, Consent, Terms

VERSION = "standard 1"

TEXT = """You are invited to tune a small neural network by hand, beside programs that do it automatically. The purpose is teaching, and to learn how people tune and how they compare with such programs.

Taking part is voluntary. You may stop at any time, without giving a reason and without any disadvantage. Whether and how you take part has no influence on grades.

What you do: you say how much experience you have, look at the task, and choose settings for trainings {length}. What counts in the end is how well the network with your final settings does on samples that nobody has seen before.

What is recorded: what you say of your experience and education, every setting that you try with the reason that you give, its result, and when. Not recorded: your name, e-mail address, age, gender, and the address of your device.

Who sees what: a drawn name such as "Nimble Otter" stands for you. During the contest your best result is shown under that name to everybody who takes part. Somebody who sits beside you may learn which name is yours, and somebody who knows your experience may guess it.

What is passed on: nothing, unless you agree to it below. Then experience is told in bands, and what fewer than five people share is left out.

Withdrawing: when you join you get a personal code, shown once. With it you delete everything that is stored of you, at any time until the date named below. After that the results are fixed."""


def standard(terms: Terms, institution: str = "", contact: str = "") -> Consent:
    """The text above, for a contest with these terms."""
    whose = (
        "on a clock of your own, from your first look at the task"
        if terms.clock == ClockKind.EACH
        else "on one clock for all"
    )
    length = f"within {terms.minutes:g} minutes, {whose}"
    return Consent(VERSION, TEXT.format(length=length), institution.strip(), contact.strip())


def own_version(text: str) -> str:
    """A version for another text, which changes with it."""
    return f"own {hashlib.sha256(text.strip().encode()).hexdigest()[:6]}"
