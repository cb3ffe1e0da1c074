"""Set #10: two hand-drawn classes, half of each augmented with Gaussian white noise."""

from imld_synth.drawing import Drawing
from imld_synth.mixture import Mixture
from imld_synth.preset import ClosedLoop, Preset, Sizes
from imld_synth.shapes import Box

NOISE = 0.14


def _soft(*boxes: tuple[tuple[float, float], tuple[float, float]]) -> Mixture:
    return Mixture(
        tuple(Box(low, high, NOISE) for low, high in boxes),
        tuple((high[0] - low[0]) * (high[1] - low[1]) for low, high in boxes),
    )


PRESET = Preset(
    name="10",
    title="Two classes drawn by hand, augmented with Gaussian white noise",
    class_names=("0", "1"),
    train=Drawing(
        (
            _soft(
                ((-0.8, -0.75), (-0.5, 0.75)),
                ((-0.5, 0.5), (0.75, 0.75)),
                ((-0.5, -0.75), (0.75, -0.5)),
                ((0.5, 0.25), (0.75, 0.5)),
                ((0.5, -0.5), (0.75, -0.25)),
            ),
            _soft(((-0.45, -0.4), (0.4, 0.42)), ((0.4, -0.1), (0.97, 0.13))),
        )
    ),
    dev=Drawing(
        (
            _soft(((-0.8, -0.75), (-0.28, 0.75)), ((0.25, -0.7), (0.75, 0.75))),
            _soft(((-0.5, -0.75), (0.5, 0.75))),
        )
    ),
    eval=Drawing(
        (
            _soft(((-0.75, 0.3), (0.75, 0.75)), ((-0.75, -0.75), (0.75, -0.25))),
            _soft(((-0.7, -0.6), (0.65, 0.6))),
        )
    ),
    sizes=Sizes(100_000, 10_000, 10_000),
    poster_knn_k=100,
    poster_rnf_trees=100,
    poster_rnf_depth=20,
    closed_loop={
        "train": ClosedLoop(knn_k=5, rnf_trees=100, rnf_depth=20),
        "dev": ClosedLoop(knn_k=5, rnf_trees=100, rnf_depth=10),
        "eval": ClosedLoop(knn_k=5, rnf_trees=100, rnf_depth=10),
    },
)
