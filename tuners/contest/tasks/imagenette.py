"""imagenette: the study's own network and photographs, for machines with a GPU; the files come from --data-root."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Imagenette(ContestTask):
    name = "imagenette"
    title = "SqueezeNet on Imagenette (160 x 160 pixels) from --data-root, as in the study; needs a GPU"
    dataset = "imagenette"
    model = "by-hand-squeezenet"
    requires = ("torch", "PIL")
    classes = 10
    sizes = (9_469, 1_962, 1_963)
    samples = "photographs"
    seconds = 4700.0
    minutes = 120.0
