"""Pictures as bytes, and whether two of them show the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def png(picture: Figure) -> bytes:
    """The picture as PNG without a trace of when or by which version it was drawn."""
    buffer = io.BytesIO()
    picture.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def same(first: bytes, second: bytes) -> bool:
    """Whether two PNG files hold the same pixels; how they are compressed does not matter."""
    return first == second or _equal(first, second)


def _equal(first: bytes, second: bytes) -> bool:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(first)) as a, Image.open(io.BytesIO(second)) as b:
            return a.size == b.size and np.array_equal(
                np.asarray(a.convert("RGBA")), np.asarray(b.convert("RGBA"))
            )
    except OSError:  # no picture at all
        return False
