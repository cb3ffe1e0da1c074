"""Keras networks: from a configuration to a trained model, on any Keras backend.

A hypermodel of this project declares its space as data and builds a compiled network from a
configuration. `hypermodel()` hands the same thing to Keras Tuner as a genuine
`keras_tuner.HyperModel`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datasets.inputs import Inputs, fit_inputs, input_shape
from datasets.types import Features, TuningSplit
from manual.learner import Config, EpochReport, Fitted, ImpossibleArchitecture, Plan, Report, Weights
from tuners.keras_feed import Feed, logits, quick_logits
from tuners.keras_metrics import compiled, keeper
from tuners.tunable import Tunable

if TYPE_CHECKING:
    import keras
    import keras_tuner

__all__ = ["KerasModel", "KerasNetwork", "compiled"]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities, shape (n, C)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


class KerasModel(Fitted):
    """A trained Keras network together with the inputs that were fitted on train."""

    def __init__(self, network: keras.Model, inputs: Inputs, best_epoch: int) -> None:
        self.network = network
        self.inputs = inputs
        self.best_epoch = best_epoch
        self.parameters = int(network.count_params())

    def probabilities(self, x: Features) -> NDArray[np.float32]:
        return softmax(logits(self.network, self.inputs, x))

    def weights(self) -> Weights:
        return [np.asarray(array) for array in self.network.get_weights()]


class KerasNetwork(Tunable):
    """A network that Keras builds and trains. Configurations name a `batch_size`."""

    requires = ("keras", "keras_tuner")

    @abstractmethod
    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        """A compiled network with one logit a class and the metrics of `compiled`."""

    def hypermodel(self, shape: tuple[int, ...], classes: int) -> keras_tuner.HyperModel:
        """This network as Keras Tuner knows it, ready for `keras_tuner.RandomSearch(...)`.

        Objective: keras_tuner.Objective("val_error", "min"). x must be turned into inputs by the caller
        (`datasets.inputs.fit_inputs`), as Keras Tuner's own loop is used then, not this project's. A
        configuration that cannot be built fails there in its `fit`, with the reason.
        """
        from tuners.keras_space import hypermodel

        return hypermodel(self, shape, classes)

    def check(self, config: Config, shape: tuple[int, ...], classes: int) -> None:
        network = self._build(config, shape, classes)
        if network.output_shape[-1] != classes:
            raise ImpossibleArchitecture(
                f"the network of {self.name} has {network.output_shape[-1]} outputs, and the data have {classes} classes"
            )

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        import keras

        keras.utils.set_random_seed(plan.seed)
        # Before anything is read: a network that cannot be built says so at once.
        network = self._build(config, input_shape(split), classes)
        inputs = fit_inputs(split)
        if plan.start is not None:
            network.set_weights([np.asarray(array) for array in plan.start])
        feed = Feed(inputs, split.train, split.dev, int(config["batch_size"]), plan.seed, split.second)

        def look(result: EpochReport, last: bool) -> None:
            if plan.look is not None:
                plan.look(result, last, lambda x: softmax(quick_logits(network, inputs, x)))

        best = keeper(network, report, len(split.dev), plan.first_epoch, feed.begin, feed.second_error, look)
        network.fit(
            **feed.arguments(),
            initial_epoch=plan.first_epoch,
            epochs=plan.epochs,
            callbacks=[best],
            verbose=0,
        )
        network.set_weights(best.best_weights)
        return KerasModel(network, inputs, best.best_epoch)

    def _build(self, config: Config, shape: tuple[int, ...], classes: int) -> Any:
        problem = self.space_for(shape).problem(config)
        if problem is not None:
            raise ImpossibleArchitecture(problem)
        try:
            return self.build(config, shape, classes)
        except (ValueError, TypeError) as error:
            raise ImpossibleArchitecture(
                f"no network can be built from this configuration: {error}"
            ) from error
