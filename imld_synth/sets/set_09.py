"""Set #09: five tight, equally spaced Gaussians in train; two such Gaussians in dev and in eval."""

from imld_synth.drawing import Drawing
from imld_synth.mixture import Mixture
from imld_synth.preset import ClosedLoop, Preset, Sizes
from imld_synth.shapes import round_gaussian

SIGMA = 0.08

PRESET = Preset(
    name="09",
    title="Five tight Gaussians, of which dev and eval hold two",
    class_names=("0", "1"),
    train=Drawing(
        (
            Mixture(tuple(round_gaussian((x, x), SIGMA) for x in (-0.5, 0.0, 0.5)), (1, 1, 1)),
            Mixture(tuple(round_gaussian((x, x), SIGMA) for x in (-0.25, 0.25)), (1, 1)),
        )
    ),
    dev=Drawing((round_gaussian((0.025, 0.025), SIGMA), round_gaussian((0.25, 0.25), SIGMA))),
    eval=Drawing((round_gaussian((0.0775, 0.0775), SIGMA), round_gaussian((0.3125, 0.3125), SIGMA))),
    sizes=Sizes(500_000, 250_000, 250_000),
    poster_knn_k=100,
    poster_rnf_trees=10,
    poster_rnf_depth=10,
    closed_loop={
        "train": ClosedLoop(knn_k=100, rnf_trees=10, rnf_depth=10),
        "dev": ClosedLoop(knn_k=100, rnf_trees=10, rnf_depth=10),
        "eval": ClosedLoop(knn_k=100, rnf_trees=10, rnf_depth=10),
    },
)
