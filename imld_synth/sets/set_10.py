"""Set #10: two classes drawn with a pen; half of the points augmented with Gaussian white noise.

In the files of the real set half of the points repeat a few thousand pen positions exactly; the
other half are such positions plus Gaussian white noise. Here the pen leaves strokes of a
hair's width in place of repeated positions, so that a density exists, and the noisy half is a few
boxes blurred by the same noise, their shares fitted by maximum likelihood to the real noisy half
(for eval, of which only a picture is known, by eye).
"""

from imld_synth.drawing import Drawing
from imld_synth.mixture import Mixture
from imld_synth.preset import ClosedLoop, Preset, Sizes
from imld_synth.sets import pen_10
from imld_synth.shapes import Box, Strokes
from imld_synth.shapes.strokes import Line

NOISE = 0.145
PEN = 0.002

Blurred = tuple[float, tuple[float, float], tuple[float, float]]


def _drawn(lines: tuple[Line, ...], blurred: tuple[Blurred, ...]) -> Mixture:
    """Half strokes, and half their noisy copies as (share, low, high) boxes."""
    noisy = Mixture(
        tuple(Box(low, high, NOISE) for _, low, high in blurred), tuple(share for share, _, _ in blurred)
    )
    return Mixture((Strokes(lines, PEN), noisy), (1, 1))


PRESET = Preset(
    name="10",
    title="Two classes drawn by hand, augmented with Gaussian white noise",
    class_names=("0", "1"),
    train=Drawing(
        (
            _drawn(
                pen_10.TRAIN_0,
                (
                    (0.15, (-0.83, -0.40), (-0.50, 0.40)),
                    (0.09, (-0.80, 0.40), (-0.50, 0.73)),
                    (0.11, (-0.80, -0.75), (-0.50, -0.40)),
                    (0.18, (-0.50, 0.50), (0.50, 0.73)),
                    (0.14, (-0.50, -0.75), (0.50, -0.55)),
                    (0.15, (0.50, 0.25), (0.77, 0.73)),
                    (0.18, (0.50, -0.75), (0.77, -0.20)),
                ),
            ),
            _drawn(
                pen_10.TRAIN_1,
                (
                    (0.34, (-0.46, -0.40), (-0.15, 0.42)),
                    (0.29, (-0.15, -0.42), (0.30, 0.42)),
                    (0.18, (0.30, -0.40), (0.45, 0.42)),
                    (0.07, (0.35, -0.05), (0.60, 0.13)),
                    (0.12, (0.60, -0.12), (0.97, 0.14)),
                ),
            ),
        )
    ),
    dev=Drawing(
        (
            _drawn(
                pen_10.DEV_0,
                (
                    (0.34, (-0.82, -0.30), (-0.28, 0.77)),
                    (0.18, (-0.85, -0.77), (-0.28, -0.30)),
                    (0.29, (0.25, -0.30), (0.75, 0.75)),
                    (0.19, (0.25, -0.70), (0.70, -0.30)),
                ),
            ),
            _drawn(
                pen_10.DEV_1,
                (
                    (0.78, (-0.50, -0.75), (0.50, 0.75)),
                    (0.12, (-0.30, 0.20), (0.30, 0.60)),
                    (0.10, (-0.30, -0.75), (0.30, 0.75)),
                ),
            ),
        )
    ),
    eval=Drawing(
        (
            _drawn(
                pen_10.EVAL_0,
                ((0.45, (-0.78, 0.25), (0.77, 0.72)), (0.55, (-0.78, -0.74), (0.80, -0.24))),
            ),
            _drawn(
                pen_10.EVAL_1,
                ((1.0, (-0.68, -0.66), (0.65, 0.62)),),
            ),
        )
    ),
    sizes=Sizes(100_000, 10_000, 10_000),
    poster_knn_k=100,
    poster_rnf_trees=100,
    poster_rnf_depth=20,
    closed_loop={
        "train": ClosedLoop(knn_k=100, rnf_trees=100, rnf_depth=20),
        "dev": ClosedLoop(knn_k=5, rnf_trees=100, rnf_depth=9),
        "eval": ClosedLoop(knn_k=5, rnf_trees=100, rnf_depth=9),
    },
)
