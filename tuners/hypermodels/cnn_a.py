"""CNN-A: the study's autotuned space for patches, narrow networks with large pools.

Pools of 3 to 5 shrink a patch of 128 pixels to nothing within three or four blocks: many configurations
cannot be built, and the study's searches died of them. Here the space says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.hypermodels._cnn import SIDE, Cnn
from tuners.hypermodels._convolution import Block, block_parameters, fits
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    import keras

MOST_BLOCKS = 4


class CnnA(Cnn):
    name = "cnn-a"
    system = "CNN-A"
    title = "Keras CNN, 1 to 4 blocks of 1 to 8 filters, pools of 3 to 5, Adam"
    # What decides whether a network can be built stands last: a grid, which varies the last parameter
    # first, then passes impossible networks quickly.
    space = SearchSpace(
        (
            Parameter("learning_rate", Float(1e-4, 1e-2, log=True), default=1e-3, trains_on=True),
            Parameter("batch_size", Choice((8, 16, 32, 64)), default=16, trains_on=True),
            Parameter("activation", Choice(("tanh", "relu")), default="relu"),
            Parameter("dropout", Float(0.0, 0.5), default=0.25, trains_on=True),
            Parameter("dense_layers", Int(1, 2), default=1),
            Parameter("units_1", Int(8, 64, step=8), default=32),
            Parameter("units_2", Int(8, 64, step=8), default=32, when=Condition("dense_layers", (2,))),
            *block_parameters(MOST_BLOCKS, Int(1, 8), Choice((3, 5)), Int(3, 5), [Block(8, 3, 3)] * 2),
        ),
        (fits(SIDE, SIDE),),
    )

    def optimizer(self, config: Config) -> keras.optimizers.Optimizer:
        import keras

        return keras.optimizers.Adam(float(config["learning_rate"]))
