"""set-10: two shapes of points in the plane, and the MLP that the study tuned by hand."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Set10(ContestTask):
    name = "set-10"
    title = "an MLP on the two shapes of points of set 10; no download, a training takes seconds"
    dataset = "10"
    model = "by-hand-mlp"
    requires = ("torch",)
    classes = 2
    sizes = (100_000, 10_000, 10_000)
    samples = "points with two coordinates"
    seconds = 12.0
