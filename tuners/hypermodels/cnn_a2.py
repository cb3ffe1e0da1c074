"""CNN-A2: a wider space for patches, which contains the study's CNN by hand as its default point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.hypermodels._cnn import SIDE, Cnn
from tuners.hypermodels._convolution import Block, block_parameters, fits
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    import keras

MOST_BLOCKS = 4

#: Of the study's CNN by hand.
BY_HAND = (Block(16, 5, 2), Block(32, 5, 2), Block(64, 5, 2))


class CnnA2(Cnn):
    name = "cnn-a2"
    system = "CNN-A2"
    title = "Keras CNN, wider: 1 to 4 blocks of 8 to 64 filters, SGD or Adam; contains the CNN by hand"
    space = SearchSpace(
        (
            Parameter("optimizer", Choice(("sgd", "adam")), default="sgd", trains_on=True),
            Parameter(
                "momentum",
                Float(0.0, 0.99),
                default=0.9,
                when=Condition("optimizer", ("sgd",)),
                trains_on=True,
            ),
            Parameter("learning_rate", Float(1e-4, 1e-1, log=True), default=1e-3, trains_on=True),
            Parameter("batch_size", Choice((8, 16, 32, 64)), default=8, trains_on=True),
            Parameter("activation", Choice(("relu", "elu", "tanh")), default="relu"),
            Parameter("dropout", Float(0.0, 0.5), default=0.25, trains_on=True),
            Parameter("dense_layers", Int(1, 2), default=1),
            Parameter("units_1", Choice((32, 64, 128, 256)), default=128),
            Parameter(
                "units_2", Choice((32, 64, 128, 256)), default=64, when=Condition("dense_layers", (2,))
            ),
            *block_parameters(MOST_BLOCKS, Int(8, 64, step=8), Choice((3, 5)), Int(2, 4), BY_HAND),
        ),
        (fits(SIDE, SIDE),),
    )

    def optimizer(self, config: Config) -> keras.optimizers.Optimizer:
        import keras

        rate = float(config["learning_rate"])
        if config["optimizer"] == "sgd":
            return keras.optimizers.SGD(rate, momentum=float(config["momentum"]))
        return keras.optimizers.Adam(rate)
