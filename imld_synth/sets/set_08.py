"""Set #08: three classes drawn by hand with a wide brush.

Class 0 is a bracket, class 1 a block inside it, class 2 a cross with a blob in each corner; in eval
the same three are redrawn with a thinner hand and the block has become a star of strokes. The dev
drawing's shares are fitted by maximum likelihood to the real dev data; train, of which nothing is
left, is the same picture drawn a second time; eval is drawn after a picture of the real one.
"""

from imld_synth.drawing import Drawing
from imld_synth.mixture import Mixture
from imld_synth.preset import ClosedLoop, Preset, Sizes
from imld_synth.shapes import Box, Shape, Strokes, round_gaussian, turned_gaussian
from imld_synth.shapes.base import Pair

EDGE = 0.03


def _brushed(*boxes: tuple[float, Pair, Pair], more: tuple[tuple[float, Shape], ...] = ()) -> Mixture:
    """Soft boxes as (share, low, high), and further (share, shape) pairs."""
    shapes = tuple(Box(low, high, EDGE) for _, low, high in boxes)
    return Mixture(
        shapes + tuple(shape for _, shape in more),
        tuple(share for share, _, _ in boxes) + tuple(share for share, _ in more),
    )


def _dabs(*spots: tuple[float, Pair], sigma: float = 0.035) -> tuple[tuple[float, Shape], ...]:
    """Places where the brush stayed longer."""
    return tuple((share, round_gaussian(spot, sigma)) for share, spot in spots)


# Dabs and corner blobs are the same in train and dev: the two are alike in the study's errors.
DABS_0 = _dabs(
    (0.015, (0.46, 0.59)),
    (0.010, (-0.63, 0.30)),
    (0.010, (-0.62, 0.08)),
    (0.015, (0.40, -0.07)),
    (0.015, (0.37, -0.46)),
    (0.015, (0.18, 0.57)),
    (0.015, (-0.28, 0.60)),
)
DABS_1 = (
    *_dabs((0.012, (-0.40, 0.50)), (0.008, (-0.28, 0.05)), (0.008, (-0.05, 0.48))),
    (0.03, Strokes((((-0.10, 0.08), (0.12, -0.02)),), 0.04)),
)
DABS_2 = _dabs(
    (0.015, (0.13, 0.73)),
    (0.015, (-0.05, 0.22)),
    (0.010, (0.13, 0.23)),
    (0.020, (0.05, -0.66)),
    (0.010, (0.17, -0.53)),
    (0.010, (0.00, -0.42)),
    (0.010, (0.80, 0.22)),
    (0.010, (-0.65, 0.13)),
    (0.010, (0.65, -0.03)),
    sigma=0.04,
)
BLOBS_2 = (
    (0.08, round_gaussian((-0.70, 0.77), 0.06)),
    (0.06, round_gaussian((0.83, 0.80), 0.06)),
    (0.07, round_gaussian((-0.75, -0.72), 0.06)),
    (0.09, round_gaussian((0.82, -0.72), 0.06)),
)

TRAIN = Drawing(
    (
        _brushed(
            (0.27, (-0.65, 0.48), (0.50, 0.68)),
            (0.19, (-0.66, -0.50), (-0.54, 0.55)),
            (0.24, (-0.66, -0.62), (0.50, -0.44)),
            (0.12, (0.35, -0.46), (0.52, 0.06)),
            (0.09, (-0.20, -0.16), (0.50, 0.08)),
            more=DABS_0,
        ),
        _brushed(
            (0.70, (-0.48, -0.47), (0.56, 0.56)),
            (0.05, (-0.46, 0.42), (0.56, 0.56)),
            (0.17, (-0.48, -0.47), (-0.20, 0.54)),
            (0.03, (0.28, -0.46), (0.56, -0.22)),
            more=DABS_1,
        ),
        _brushed(
            (0.10, (-0.12, 0.46), (0.26, 0.88)),
            (0.05, (-0.25, 0.12), (0.26, 0.42)),
            (0.13, (-0.88, -0.22), (-0.28, 0.32)),
            (0.07, (-0.26, -0.30), (0.26, 0.10)),
            (0.14, (0.34, -0.25), (0.91, 0.28)),
            (0.10, (-0.20, -0.80), (0.25, -0.34)),
            more=DABS_2 + BLOBS_2,
        ),
    )
)

DEV = Drawing(
    (
        _brushed(
            (0.26, (-0.64, 0.47), (0.50, 0.68)),
            (0.03, (-0.65, 0.42), (-0.50, 0.70)),
            (0.15, (-0.65, -0.55), (-0.54, 0.60)),
            (0.02, (-0.72, 0.34), (-0.50, 0.40)),
            (0.23, (-0.64, -0.62), (0.50, -0.43)),
            (0.12, (0.33, -0.50), (0.52, 0.07)),
            (0.10, (-0.21, -0.15), (0.50, 0.09)),
            more=DABS_0,
        ),
        _brushed(
            (0.69, (-0.48, -0.48), (0.57, 0.57)),
            (0.05, (-0.48, 0.42), (0.57, 0.57)),
            (0.15, (-0.48, -0.48), (-0.18, 0.57)),
            (0.02, (-0.48, -0.48), (-0.36, 0.57)),
            (0.02, (0.25, -0.48), (0.57, -0.20)),
            more=DABS_1,
        ),
        _brushed(
            (0.09, (-0.12, 0.48), (0.28, 0.89)),
            (0.06, (-0.25, 0.14), (0.28, 0.43)),
            (0.13, (-0.88, -0.22), (-0.28, 0.33)),
            (0.08, (-0.26, -0.30), (0.26, 0.12)),
            (0.14, (0.35, -0.27), (0.92, 0.28)),
            (0.09, (-0.20, -0.80), (0.26, -0.35)),
            more=DABS_2 + BLOBS_2,
        ),
    )
)

EVAL = Drawing(
    (
        _brushed(
            (0.22, (-0.48, 0.42), (0.34, 0.56)),
            (0.04, (0.30, 0.45), (0.68, 0.55)),
            (0.08, (0.03, 0.25), (0.13, 0.48)),
            (0.07, (-0.50, 0.20), (-0.33, 0.42)),
            (0.20, (-0.50, -0.46), (-0.38, 0.42)),
            (0.03, (-0.38, 0.01), (-0.25, 0.09)),
            (0.16, (-0.40, -0.46), (0.40, -0.28)),
            (0.10, (-0.08, -0.25), (0.35, -0.13)),
            (0.04, (0.19, -0.14), (0.30, -0.03)),
            (0.16, (0.35, -0.47), (0.57, -0.17)),
        ),
        Strokes(
            (
                ((0.03, 0.74), (0.03, 0.64), (-0.05, 0.58), (0.10, 0.58)),
                ((-0.45, 0.42), (-0.36, 0.50), (-0.20, 0.43), (-0.10, 0.25), (-0.02, 0.17)),
                ((-0.15, 0.35), (-0.05, 0.20)),
                ((0.00, 0.45), (0.05, 0.30)),
                ((0.12, 0.48), (0.20, 0.42), (0.30, 0.30), (0.38, 0.15)),
                ((0.45, 0.40), (0.33, 0.35), (0.28, 0.25)),
                ((0.38, 0.10), (0.50, 0.05), (0.65, 0.00), (0.75, -0.08)),
                ((-0.60, 0.03), (-0.50, 0.12), (-0.35, 0.13), (-0.20, 0.17)),
                ((-0.60, 0.03), (-0.50, -0.08), (-0.40, -0.15), (-0.30, -0.20), (-0.20, -0.22)),
                ((-0.42, -0.33), (-0.40, -0.18)),
                ((-0.18, -0.05), (-0.18, -0.35), (-0.25, -0.45)),
                ((-0.35, -0.46), (-0.15, -0.46), (0.00, -0.60), (0.05, -0.52), (0.45, -0.50)),
                ((0.10, 0.15), (0.12, -0.05)),
                ((0.42, 0.12), (0.40, -0.03), (0.25, -0.10), (0.14, -0.20), (0.08, -0.40)),
                ((0.25, -0.15), (0.35, -0.25), (0.50, -0.20)),
                ((0.25, -0.35), (0.38, -0.28), (0.36, -0.38), (0.45, -0.47)),
            ),
            0.04,
        ),
        _brushed(
            (0.16, (-0.74, 0.44), (-0.38, 0.76)),
            (0.22, (-0.36, -0.14), (0.36, 0.19)),
            more=(
                (0.07, round_gaussian((-0.73, 0.84), 0.07)),
                (0.25, turned_gaussian((0.60, 0.56), (0.18, 0.07), 50.0)),
                (0.15, turned_gaussian((-0.57, -0.59), (0.14, 0.05), 45.0)),
                (0.15, turned_gaussian((0.61, -0.57), (0.16, 0.05), -37.0)),
            ),
        ),
    )
)

PRESET = Preset(
    name="08",
    title="Three classes drawn by hand with a wide brush",
    class_names=("0", "1", "2"),
    train=TRAIN,
    dev=DEV,
    eval=EVAL,
    sizes=Sizes(300_000, 15_000, 15_000),
    poster_knn_k=15,
    poster_rnf_trees=20,
    poster_rnf_depth=6,
    closed_loop={
        "train": ClosedLoop(knn_k=15, rnf_trees=20, rnf_depth=6),
        "dev": ClosedLoop(knn_k=15, rnf_trees=20, rnf_depth=6),
        "eval": ClosedLoop(knn_k=10, rnf_trees=20, rnf_depth=6),
    },
)
