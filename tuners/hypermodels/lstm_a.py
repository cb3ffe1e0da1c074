"""LSTM-A: the study's autotuned space for EEG, LSTM layers and nothing else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.keras_network import KerasNetwork, compiled
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    import keras

MOST_LAYERS = 3


def _space() -> SearchSpace:
    parameters = [
        Parameter("learning_rate", Float(1e-4, 1e-2, log=True), default=1e-3, trains_on=True),
        Parameter("batch_size", Choice((16, 32, 64)), default=32, trains_on=True),
        Parameter("dropout", Float(0.0, 0.5), default=0.2, trains_on=True),
        Parameter("layers", Int(1, MOST_LAYERS), default=1),
    ]
    for layer in range(1, MOST_LAYERS + 1):
        when = None if layer == 1 else Condition("layers", tuple(range(layer, MOST_LAYERS + 1)))
        parameters.append(Parameter(f"units_{layer}", Int(16, 128, step=16), default=64, when=when))
    return SearchSpace(tuple(parameters))


class LstmA(KerasNetwork):
    name = "lstm-a"
    system = "LSTM-A"
    title = "Keras LSTM, 1 to 3 layers of 16 to 128 units over the frames, Adam"
    kinds = frozenset({"eeg"})
    space = _space()

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        units = "-".join(str(units) for units in _units(config))
        text = f"{shape[0]} frames of {math.prod(shape[1:])}, LSTM {units}, {classes}"
        dropout = float(config["dropout"])
        return text + (f", dropout {dropout:.2f}" if dropout else "")

    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        import keras

        units = _units(config)
        # The values of a frame, all derivations side by side. Layers are not unrolled: over 100 frames
        # that takes half a minute to trace and is no faster afterwards.
        layers = [keras.layers.Input(shape), keras.layers.Reshape((shape[0], math.prod(shape[1:])))]
        for number, width in enumerate(units, start=1):
            layers.append(keras.layers.LSTM(width, return_sequences=number < len(units)))
            layers.append(keras.layers.Dropout(float(config["dropout"])))
        layers.append(keras.layers.Dense(classes))
        optimizer = keras.optimizers.Adam(float(config["learning_rate"]))
        return compiled(keras.Sequential(layers), optimizer)


def _units(config: Config) -> list[int]:
    return [int(config[f"units_{layer}"]) for layer in range(1, int(config["layers"]) + 1)]
