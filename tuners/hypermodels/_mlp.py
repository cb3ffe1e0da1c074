"""What the two MLP spaces share: layers of any width, one activation a layer, a choice of optimizers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.keras_network import KerasNetwork, compiled
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    import keras

MOST_LAYERS = 6
ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "selu")
OPTIMIZERS = ("adam", "rmsprop", "sgd", "adagrad")


def mlp_space(dropout: bool) -> SearchSpace:
    """The space of an MLP; with `dropout` a rate after every hidden layer as well."""
    parameters = [Parameter("layers", Int(1, MOST_LAYERS), default=2)]
    for layer in range(1, MOST_LAYERS + 1):
        when = None if layer == 1 else Condition("layers", tuple(range(layer, MOST_LAYERS + 1)))
        parameters.append(Parameter(f"units_{layer}", Int(8, 256, step=8), default=64, when=when))
        parameters.append(Parameter(f"activation_{layer}", Choice(ACTIVATIONS), default="relu", when=when))
        if dropout:
            parameters.append(
                Parameter(f"dropout_{layer}", Float(0.0, 0.5), default=0.0, when=when, trains_on=True)
            )
    parameters += [
        Parameter("optimizer", Choice(OPTIMIZERS), default="adam", trains_on=True),
        Parameter("learning_rate", Float(1e-4, 1e-1, log=True), default=1e-3, trains_on=True),
        Parameter("batch_size", Choice((64, 128, 256, 512, 1024)), default=128, trains_on=True),
    ]
    return SearchSpace(tuple(parameters))


class Mlp(KerasNetwork):
    """An MLP from a configuration of `mlp_space`."""

    kinds = frozenset({"points2d"})

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        layers = range(1, int(config["layers"]) + 1)
        widths = "-".join(str(config[f"units_{layer}"]) for layer in layers)
        activations = [str(config[f"activation_{layer}"]) for layer in layers]
        same = len(set(activations)) == 1
        text = f"{shape[0]}-{widths}-{classes}, {activations[0] if same else '/'.join(activations)}"
        rates = [float(config.get(f"dropout_{layer}", 0.0)) for layer in layers]
        if any(rates):
            text += ", dropout " + "/".join(f"{rate:.2f}" for rate in rates)
        return text

    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        import keras

        network = keras.Sequential([keras.layers.Input(shape)])
        for layer in range(1, int(config["layers"]) + 1):
            network.add(
                keras.layers.Dense(
                    int(config[f"units_{layer}"]), activation=str(config[f"activation_{layer}"])
                )
            )
            rate = float(config.get(f"dropout_{layer}", 0.0))
            if rate > 0:
                network.add(keras.layers.Dropout(rate))
        network.add(keras.layers.Dense(classes))
        optimizer = keras.optimizers.get(str(config["optimizer"]))
        optimizer.learning_rate = float(config["learning_rate"])
        return compiled(network, optimizer)
