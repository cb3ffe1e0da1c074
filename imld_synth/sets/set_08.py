"""Set #08: three hand-drawn classes of complex shape."""

from imld_synth.drawing import Drawing
from imld_synth.mixture import Mixture
from imld_synth.preset import ClosedLoop, Preset, Sizes
from imld_synth.shapes import Box, Oval

BRUSH = 0.03


def _soft(*boxes: tuple[tuple[float, float], tuple[float, float]]) -> Mixture:
    return Mixture(
        tuple(Box(low, high, BRUSH) for low, high in boxes),
        tuple((high[0] - low[0]) * (high[1] - low[1]) for low, high in boxes),
    )


_DEV = Drawing(
    (
        _soft(
            ((-0.65, 0.48), (0.48, 0.68)),
            ((-0.65, -0.6), (-0.55, 0.68)),
            ((-0.65, -0.62), (0.5, -0.42)),
            ((0.35, -0.42), (0.5, 0.08)),
            ((-0.2, -0.13), (0.35, 0.08)),
        ),
        _soft(((-0.48, -0.48), (0.57, 0.57))),
        Mixture(
            (
                Box((-0.1, 0.4), (0.28, 0.88), BRUSH),
                Box((-0.2, -0.8), (0.25, -0.3), BRUSH),
                Box((-0.9, -0.25), (0.9, 0.32), BRUSH),
                Oval((-0.7, 0.76), (0.13, 0.13)),
                Oval((0.83, 0.8), (0.15, 0.13)),
                Oval((-0.75, -0.72), (0.12, 0.13)),
                Oval((0.82, -0.72), (0.13, 0.14)),
            ),
            (2, 2, 6, 1, 1, 1, 1),
        ),
    )
)

PRESET = Preset(
    name="08",
    title="Three classes of complex hand-drawn shapes",
    class_names=("0", "1", "2"),
    train=_DEV,
    dev=_DEV,
    eval=_DEV,
    sizes=Sizes(300_000, 15_000, 15_000),
    poster_knn_k=10,
    poster_rnf_trees=20,
    poster_rnf_depth=10,
    closed_loop={
        "train": ClosedLoop(knn_k=10, rnf_trees=20, rnf_depth=10),
        "dev": ClosedLoop(knn_k=10, rnf_trees=20, rnf_depth=10),
        "eval": ClosedLoop(knn_k=10, rnf_trees=20, rnf_depth=10),
    },
)
