"""CSV files as IMLD itself writes them: comment lines with classes, colours and limits, then `label, x, y`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imld_synth.shapes.base import Floats


def imld_csv(
    x: Floats,
    y: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    colours: Sequence[str],
    limits: Sequence[float],
    filename: str,
) -> str:
    """The text of a file with points x (n, 2), six decimals, and their class names.

    filename: what the first line says. `read_csv` reads all of it back but the file's name. Names and colours may
    contain no comma or bracket (see `canvas_words`). Raises ValueError when x and y do not fit together.
    """
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y):
        raise ValueError(f"x must be (n, 2) with one label a row, not {x.shape} and {len(y)} labels")
    head = (
        f"# filename: {filename}\n# classes: [{','.join(class_names)}]\n# colors: [{','.join(colours)}]\n"
        f"# limits: [{','.join(repr(float(limit)) for limit in limits)}]\n#\n"
    )
    columns = zip(y.tolist(), x[:, 0].tolist(), x[:, 1].tolist(), strict=True)
    return head + "".join(f"{class_names[label]}, {a:.6f}, {b:.6f}\n" for label, a, b in columns)
