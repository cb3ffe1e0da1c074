"""digits: the task of contests that last minutes: a small CNN on noisy digits, which need no download."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Digits(ContestTask):
    name = "digits"
    title = "a small CNN on noisy digits of 8 x 8 pixels; no download, a training takes seconds"
    dataset = "digits"
    model = "by-hand-digits"
    requires = ("torch", "sklearn")
    classes = 10
    sizes = (1_297, 250, 250)
    samples = "small grey pictures"
    seconds = 1.5
