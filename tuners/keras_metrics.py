"""What every Keras network of this project is measured by, and the callback that reports it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from manual.learner import Diverged, EpochReport, Report, check_finite

if TYPE_CHECKING:
    import keras

#: Batches that TensorFlow runs between two visits to Python: two to three times as fast as 1 for networks
#: of this size, with the same weights (benchmarks/keras_training.py).
STEPS = 32


def compiled(network: keras.Model, optimizer: keras.optimizers.Optimizer) -> keras.Model:
    """Compiles a network that returns logits the way every network of this project is compiled.

    Its logs are loss, error and answers, on train and on dev.
    """
    import keras

    tensorflow = keras.backend.backend() == "tensorflow"
    network.compile(
        optimizer=optimizer,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[_error, answers(network.output_shape[-1])],
        steps_per_execution=STEPS if tensorflow else 1,
        # Compiling a new architecture takes longer than XLA saves in ten epochs of it.
        jit_compile=False,
    )
    return network


def _error(y_true: Any, y_pred: Any) -> Any:
    """Whether each answer is wrong, as 0 or 1."""
    import keras

    predicted = keras.ops.argmax(y_pred, axis=-1)
    true = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), predicted.dtype)
    return keras.ops.cast(keras.ops.not_equal(predicted, true), "float32")


_error.__name__ = "error"  # the name of its log


def answers(classes: int) -> keras.metrics.Metric:
    """A metric "answers": how many different classes were the answer to at least one sample.

    It counts while dev is evaluated for its error, so that nothing is predicted twice. The answer is
    taken as `numpy.argmax` takes it: the first of equal logits.
    """
    import keras

    class Answers(keras.metrics.Metric):
        def __init__(self) -> None:
            super().__init__(name="answers")
            self.counts = self.add_variable((classes,), initializer="zeros", name="counts")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            predicted = keras.ops.one_hot(keras.ops.argmax(y_pred, axis=-1), classes)
            self.counts.assign_add(keras.ops.sum(predicted, axis=0))

        def result(self) -> Any:
            return keras.ops.sum(keras.ops.cast(self.counts > 0, "float32"))

    return Answers()


def keeper(
    network: keras.Model,
    report: Report,
    dev_size: int,
    first_epoch: int,
    begin: Callable[[int], None],
    second_error: Callable[[keras.Model], float | None],
    look: Callable[[EpochReport, bool], None],
) -> Any:
    """A callback that reports every epoch, stops when told to, and keeps the best weights.

    begin: is told the epochs behind the network before each epoch. second_error: of the network as it is.
    look: is called after every report; its second argument says whether the epoch is the last.
    """
    import keras

    class Keeper(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.best_error = float("inf")
            self.best_epoch = first_epoch
            self.best_weights = network.get_weights()

        def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            begin(epoch)

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
                    dev_answers=round(values["val_answers"]),
                    second_error=second_error(network),
                )
            )
            if dev_error < self.best_error:
                self.best_error, self.best_epoch = dev_error, epoch + 1
                self.best_weights = network.get_weights()
            go_on = report(result)
            look(result, not go_on or result.epoch == self.params["epochs"])
            if not go_on:
                network.stop_training = True

    return Keeper()
