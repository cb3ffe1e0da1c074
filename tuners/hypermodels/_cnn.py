"""What the two CNN spaces share: convolution blocks, then dense layers with dropout."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.hypermodels._convolution import blocks_of, convolutions, fits
from tuners.keras_network import KerasNetwork, compiled
from tuners.space import SearchSpace

if TYPE_CHECKING:
    import keras

#: Pixels of a side that a network sees of a patch, unless a set has smaller ones.
SIDE = 128


class Cnn(KerasNetwork):
    """Convolution blocks, flattened, dense layers with dropout after each, one logit a class.

    Configurations name blocks (see `_convolution`), activation, dense_layers, units_N and dropout.
    """

    kinds = frozenset({"patches", "images", "large-images"})

    @abstractmethod
    def optimizer(self, config: Config) -> keras.optimizers.Optimizer:
        """Made from the configuration."""

    def space_for(self, shape: tuple[int, ...]) -> SearchSpace:
        return replace(self.space, constraints=(fits(shape[0], shape[1]),))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        size = "x".join(str(side) for side in shape)
        units = "-".join(str(units) for units in _units(config))
        dropout = float(config["dropout"])
        text = f"{size}, {', '.join(str(block) for block in blocks_of(config))}, {units}-{classes}, {config['activation']}"
        return text + (f", dropout {dropout:.2f}" if dropout else "")

    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        import keras

        activation = str(config["activation"])
        layers = [keras.layers.Input(shape), *convolutions(blocks_of(config), activation)]
        layers.append(keras.layers.Flatten())
        for units in _units(config):
            layers.append(keras.layers.Dense(units, activation=activation))
            layers.append(keras.layers.Dropout(float(config["dropout"])))
        layers.append(keras.layers.Dense(classes))
        return compiled(keras.Sequential(layers), self.optimizer(config))


def _units(config: Config) -> list[int]:
    return [int(config[f"units_{layer}"]) for layer in range(1, int(config["dense_layers"]) + 1)]
