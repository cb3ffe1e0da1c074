"""imagenette-64: the study's network on smaller photographs, a seventh of the work; the files come from --data-root."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Imagenette64(ContestTask):
    name = "imagenette-64"
    title = "SqueezeNet on Imagenette made smaller (64 x 64 pixels) from --data-root; better with a GPU"
    dataset = "imagenette-64"
    model = "by-hand-squeezenet"
    requires = ("torch", "PIL")
    classes = 10
    sizes = (9_469, 1_962, 1_963)
    samples = "photographs"
    seconds = 700.0
    minutes = 120.0
