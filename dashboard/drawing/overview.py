"""All splits of a drawing at a glance."""

from __future__ import annotations

from dashboard.drawing import points
from dashboard.drawing.pictures import SMALL
from datasets.types import SPLIT_NAMES
from imld_synth.canvas import Canvas


def overview(canvas: Canvas) -> str:
    """The three splits side by side as HTML."""
    figures = ""
    for split in SPLIT_NAMES:
        count = sum(points.counts(canvas, split))
        words = f"{split}: {count:,} point{'' if count == 1 else 's'}"
        picture = points.image(canvas, split, SMALL)
        figures += (
            f"<figure><img src='{picture}' alt='Points of {words}'><figcaption>{split}</figcaption></figure>"
        )
    return f"<div class='splits'>{figures}</div>"
