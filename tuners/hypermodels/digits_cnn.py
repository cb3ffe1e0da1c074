"""Digits-CNN: one small network whose training is searched: six optimizers, each with settings of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.digits_cnn import described, digits_cnn
from tuners.hypermodels._torch import TorchTunable
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    from torch import nn

OPTIMIZERS = ("adam", "sgd", "asgd", "adagrad", "adadelta", "rmsprop")


def _of(*optimizers: str) -> Condition:
    return Condition("optimizer", optimizers)


class DigitsCnn(TorchTunable):
    name = "digits-cnn"
    system = "Digits-CNN"
    title = "CNN in PyTorch for 8 x 8 pixels: six optimizers and their settings, rate, batch size"
    kinds = frozenset({"small-images"})
    # No two optimizers want the same learning rate, so that a range wide enough for all of them holds many
    # that fail: that is what this task is for.
    space = SearchSpace(
        (
            Parameter("optimizer", Choice(OPTIMIZERS), "adam", trains_on=True),
            Parameter("learning_rate", Float(1e-4, 1.0, log=True), 1e-3, trains_on=True),
            Parameter("batch_size", Int(8, 256, log=True), 32, trains_on=True),
            Parameter("momentum", Float(0.0, 0.99), 0.0, _of("sgd", "rmsprop"), trains_on=True),
            Parameter("lambd", Float(1e-6, 1e-1, log=True), 1e-4, _of("asgd"), trains_on=True),
            Parameter("lr_decay", Float(0.0, 0.1), 0.0, _of("adagrad"), trains_on=True),
            Parameter("rho", Float(0.5, 0.99), 0.9, _of("adadelta"), trains_on=True),
            Parameter("alpha", Float(0.5, 0.999), 0.99, _of("rmsprop"), trains_on=True),
            Parameter("beta1", Float(0.5, 0.99), 0.9, _of("adam"), trains_on=True),
            Parameter("beta2", Float(0.9, 0.9999), 0.999, _of("adam"), trains_on=True),
        )
    )

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{described(classes)}, {config['optimizer']}"

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return digits_cnn(shape, classes)
