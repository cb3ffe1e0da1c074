"""The 15 hyperparameters of the study of hand tuning, as one space that people fill in and autotuners search.

Which optimizer has which hyperparameter follows PyTorch; values of other optimizers belong to no configuration.
Ranges are the same for everybody. The study had none at all; these hold nearly everything that its participants
ended with and PyTorch can train, and `tuners.contest.published` says what becomes of the rest.

Defaults are those that the study's participants were told, which are shared by all optimizers and are not PyTorch's:
averaged SGD has a rate of 0.001 here and 0.01 there, Adadelta 0.001 and 1. Keeping them keeps what "left everything
as it was" means in the study. Where its sources disagree, the value stands that its final configurations hold:
lambda 0.0001 (the texts say 0.75, PyTorch's *alpha* of averaged SGD; the form says 0), epsilon 1e-6 (the texts say
1e-5). Epochs, batch size, loss and optimizer had none, as everybody had to choose; theirs here are for the entry
that leaves everything as it is.
"""

from __future__ import annotations

from dataclasses import replace

from datasets.types import TuningSplit
from manual.learner import Config, Fitted, Plan, Report
from tuners.hypermodels._torch import TorchTunable
from tuners.record import epochs_of
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

LOSSES = ("cross-entropy", "nll", "mse", "l1")
OPTIMIZERS = ("adam", "sgd", "asgd", "adagrad", "adadelta", "rmsprop")


def by_hand_space(max_epochs: int, batches: tuple[int, int] = (16, 1024)) -> SearchSpace:
    """The space of a task. max_epochs: the most that anybody may train. batches: the smallest and the largest."""
    return SearchSpace(
        (
            Parameter("epochs", Int(1, max_epochs), max(1, max_epochs // 2)),
            Parameter("batch_size", Int(*batches, log=True), 32, trains_on=True),
            Parameter("loss", Choice(LOSSES), "cross-entropy", trains_on=True),
            Parameter("optimizer", Choice(OPTIMIZERS), "adam", trains_on=True),
            Parameter("learning_rate", Float(1e-5, 10.0, log=True), 1e-3, trains_on=True),
            # No log scale, as 0 has to be possible. The largest helps cross entropy and halves what squared error
            # reaches, whose gradients are smaller; ten times as much and an even draw would seldom learn anything.
            Parameter("weight_decay", Float(0.0, 0.01), 0.0, trains_on=True),
            Parameter("momentum", Float(0.0, 0.99), 0.0, _of("sgd", "rmsprop"), trains_on=True),
            Parameter("rho", Float(0.5, 0.999), 0.9, _of("adadelta"), trains_on=True),
            Parameter("lambd", Float(1e-6, 1.0, log=True), 1e-4, _of("asgd"), trains_on=True),
            # From 1 on, RMSprop would remember a square of 0 for ever and divide by epsilon alone.
            Parameter("alpha", Float(0.5, 0.999), 0.99, _of("asgd", "rmsprop"), trains_on=True),
            Parameter(
                "epsilon",
                Float(1e-10, 1.0, log=True),
                1e-6,
                _of("adam", "adadelta", "rmsprop"),
                trains_on=True,
            ),
            Parameter("lr_decay", Float(0.0, 0.1), 0.0, _of("adagrad"), trains_on=True),
            Parameter("initial_accumulator_value", Float(0.0, 1.0), 0.0, _of("adagrad"), trains_on=True),
            # PyTorch refuses 1.
            Parameter("beta1", Float(0.0, 0.999), 0.9, _of("adam"), trains_on=True),
            Parameter("beta2", Float(0.0, 0.9999), 0.999, _of("adam"), trains_on=True),
        )
    )


class ByHand(TorchTunable):
    """A fixed network whose training is all there is to choose.

    It trains as many epochs as the configuration says, or fewer where a searcher asked for fewer, and keeps the
    weights of the last: dev is looked at when all is over, and the final training, on train and dev together, has no
    dev to choose an epoch by.
    """

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        epochs = epochs_of(config, plan.epochs)
        return super().train({**config, "keep": "last"}, split, classes, replace(plan, epochs=epochs), report)


def _of(*optimizers: str) -> Condition:
    return Condition("optimizer", optimizers)
