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

from datasets.scaling import Scaling
from datasets.types import Features, TuningSplit
from manual.learner import (
    Config,
    Diverged,
    EpochReport,
    Fitted,
    ImpossibleArchitecture,
    Plan,
    Report,
    Weights,
    check_finite,
)
from tuners.tunable import Tunable

if TYPE_CHECKING:
    import keras
    import keras_tuner

#: Rows that go through a network at once where no gradient is needed.
CHUNK = 8192

#: Batches that TensorFlow runs between two visits to Python: two to three times as fast as 1 for networks
#: of this size, with the same weights (benchmarks/keras_training.py).
STEPS = 32


class KerasModel(Fitted):
    """A trained Keras network together with the scaling that was fitted on train."""

    def __init__(self, network: keras.Model, scaling: Scaling, best_epoch: int) -> None:
        self.network = network
        self.scaling = scaling
        self.best_epoch = best_epoch
        self.parameters = int(network.count_params())

    def probabilities(self, x: Features) -> NDArray[np.float32]:
        logits = np.asarray(self.network.predict(self.scaling.apply(x), batch_size=CHUNK, verbose=0))
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)

    def weights(self) -> Weights:
        return [np.asarray(array) for array in self.network.get_weights()]


class KerasNetwork(Tunable):
    """A network that Keras builds and trains. Configurations name a `batch_size`."""

    requires = ("keras", "keras_tuner")

    @abstractmethod
    def build(self, config: Config, shape: tuple[int, ...], classes: int) -> keras.Model:
        """A compiled network with one logit a class and the metric "error"."""

    def hypermodel(self, shape: tuple[int, ...], classes: int) -> keras_tuner.HyperModel:
        """This network as Keras Tuner knows it, ready for `keras_tuner.RandomSearch(...)`.

        Objective: keras_tuner.Objective("val_error", "min"). x must be scaled by the caller
        (`datasets.scaling.Scaling`), as Keras Tuner's own loop is used then, not this project's.
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
        scaling = Scaling.fit(split.train.x)
        network = self._build(config, split.train.x.shape[1:], classes)
        if plan.start is not None:
            network.set_weights([np.asarray(array) for array in plan.start])
        keeper = _keeper(network, report, len(split.dev), plan.first_epoch)
        network.fit(
            scaling.apply(split.train.x),
            np.asarray(split.train.y),
            batch_size=int(config["batch_size"]),
            initial_epoch=plan.first_epoch,
            epochs=plan.epochs,
            validation_data=(scaling.apply(split.dev.x), np.asarray(split.dev.y)),
            validation_batch_size=CHUNK,
            callbacks=[keeper],
            verbose=0,
        )
        network.set_weights(keeper.best_weights)
        return KerasModel(network, scaling, keeper.best_epoch)

    def _build(self, config: Config, shape: tuple[int, ...], classes: int) -> Any:
        try:
            return self.build(config, shape, classes)
        except (ValueError, TypeError) as error:
            raise ImpossibleArchitecture(
                f"no network can be built from this configuration: {error}"
            ) from error


def compiled(network: keras.Model, optimizer: keras.optimizers.Optimizer) -> keras.Model:
    """Compiles a network that returns logits the way every network of this project is compiled."""
    import keras

    def error(y_true: Any, y_pred: Any) -> Any:
        predicted = keras.ops.argmax(y_pred, axis=-1)
        true = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), predicted.dtype)
        return keras.ops.cast(keras.ops.not_equal(predicted, true), "float32")

    tensorflow = keras.backend.backend() == "tensorflow"
    network.compile(
        optimizer=optimizer,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[error],
        steps_per_execution=STEPS if tensorflow else 1,
        # Compiling a new architecture takes longer than XLA saves in ten epochs of it.
        jit_compile=False,
    )
    return network


def _keeper(network: keras.Model, report: Report, dev_size: int, first_epoch: int) -> Any:
    """A callback that reports every epoch, stops when told to, and keeps the best weights."""
    import keras

    class Keeper(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.best_error = float("inf")
            self.best_epoch = first_epoch
            self.best_weights = network.get_weights()

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            values = logs or {}
            if "val_error" not in values:
                raise Diverged(f"Keras reported no dev error, only {', '.join(sorted(values))}")
            # Keras keeps the mean in single precision; the number of wrong points is exact.
            wrong = values["val_error"] * dev_size
            dev_error = round(wrong) / dev_size if np.isfinite(wrong) else float(wrong)
            result = check_finite(
                EpochReport(
                    epoch=epoch + 1,
                    train_loss=float(values["loss"]),
                    train_error=float(values["error"]),
                    dev_loss=float(values["val_loss"]),
                    dev_error=dev_error,
                )
            )
            if dev_error < self.best_error:
                self.best_error, self.best_epoch = dev_error, epoch + 1
                self.best_weights = network.get_weights()
            if not report(result):
                network.stop_training = True

    return Keeper()
