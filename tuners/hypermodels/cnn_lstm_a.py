"""CNN-LSTM-A: a wider space for EEG, which contains the CNN-LSTM by hand as its default point."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.hypermodels._convolution import Block, block_parameters, blocks_of, convolutions, fits
from tuners.keras_network import KerasNetwork, compiled
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    import keras

MOST_BLOCKS = 3
MOST_LAYERS = 3

#: Derivations and samples of a frame.
FRAME = (20, 15)

#: Of the CNN-LSTM by hand.
BY_HAND = (Block(16, 3, 2), Block(32, 3, 2))


def _space() -> SearchSpace:
    parameters = [
        Parameter("learning_rate", Float(1e-4, 1e-2, log=True), default=1e-3, trains_on=True),
        Parameter("clip", Float(0.1, 10.0, log=True), default=1.0, trains_on=True),
        Parameter("batch_size", Choice((16, 32, 64)), default=32, trains_on=True),
        Parameter("activation", Choice(("relu", "elu", "tanh")), default="relu"),
        Parameter("dropout", Float(0.0, 0.5), default=0.0, trains_on=True),
        Parameter("layers", Int(1, MOST_LAYERS), default=2),
    ]
    for layer in range(1, MOST_LAYERS + 1):
        when = None if layer == 1 else Condition("layers", tuple(range(layer, MOST_LAYERS + 1)))
        parameters.append(Parameter(f"units_{layer}", Int(16, 128, step=16), default=64, when=when))
    parameters += block_parameters(MOST_BLOCKS, Int(8, 32, step=8), Choice((3, 5)), Int(2, 3), BY_HAND)
    return SearchSpace(tuple(parameters), (fits(*FRAME, padding="same"),))


class CnnLstmA(KerasNetwork):
    """Padded convolutions and pools over each frame by itself, then LSTM layers over the frames."""

    name = "cnn-lstm-a"
    system = "CNN-LSTM-A"
    title = "Keras CNN-LSTM: 1 to 3 blocks a frame, 1 to 3 LSTM layers; contains the CNN-LSTM by hand"
    kinds = frozenset({"eeg"})
    space = _space()

    def space_for(self, shape: tuple[int, ...]) -> SearchSpace:
        return replace(self.space, constraints=(fits(shape[1], shape[2], padding="same"),))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        blocks = ", ".join(str(block) for block in blocks_of(config))
        units = "-".join(str(units) for units in _units(config))
        text = f"{shape[0]} frames of {shape[1]}x{shape[2]}, {blocks}, LSTM {units}, {classes}, {config['activation']}"
        dropout = float(config["dropout"])
        return text + (f", dropout {dropout:.2f}" if dropout else "")

    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        import keras

        frames, height, width = shape
        dropout = float(config["dropout"])
        units = _units(config)
        inputs = keras.layers.Input(shape)
        # All frames of a batch at once: keras.layers.TimeDistributed would go through them one by one.
        x = keras.ops.reshape(inputs, (-1, height, width, 1))
        for layer in convolutions(blocks_of(config), str(config["activation"]), padding="same"):
            x = layer(x)
        x = keras.layers.Flatten()(x)
        x = keras.ops.reshape(x, (-1, frames, x.shape[-1]))
        for number, size in enumerate(units, start=1):
            x = keras.layers.LSTM(size, return_sequences=number < len(units))(x)
            x = keras.layers.Dropout(dropout)(x)
        network = keras.Model(inputs, keras.layers.Dense(classes)(x))
        # The norm over all weights together, as PyTorch clips; clipnorm would be one weight's own.
        optimizer = keras.optimizers.Adam(
            float(config["learning_rate"]), global_clipnorm=float(config["clip"])
        )
        return compiled(network, optimizer)


def _units(config: Config) -> list[int]:
    return [int(config[f"units_{layer}"]) for layer in range(1, int(config["layers"]) + 1)]
