"""imagenette-64: the same photographs made smaller, a seventh of the work."""

from __future__ import annotations

from datasets.catalog.imagenette import Imagenette


class Imagenette64(Imagenette):
    name = "imagenette-64"
    title = "photographs of 64 x 64 pixels, ten classes (Imagenette from --data-root)"
    side = 64
