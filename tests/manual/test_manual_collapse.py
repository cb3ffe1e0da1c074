"""The collapse watch: what it stops, and what it must leave alone."""

from __future__ import annotations

import numpy as np
import pytest

from manual.collapse import EPOCHS, Collapse
from manual.learner import EpochReport

BALANCED = np.repeat([0, 1], 100)
ENTROPY = np.log(2)


def verdicts(losses, answers, y=BALANCED, classes=2, first=1):
    watch = Collapse(y, classes)
    return [
        watch.collapsed(EpochReport(epoch, loss, 0.5, 0.7, 0.5, answer))
        for epoch, (loss, answer) in enumerate(zip(losses, answers, strict=True), start=first)
    ]


def test_one_answer_at_the_loss_of_a_guess_is_found_after_three_epochs():
    assert EPOCHS == 3
    assert verdicts([0.694, 0.6932, 0.6941, 0.6945], [1] * 4) == [False, False, True, True]


def test_a_loss_that_does_not_move_at_all_is_found_in_spite_of_rounding():
    assert verdicts([float(np.float32(np.log(2))) - 1e-7] * 3, [1] * 3)[-1]


def test_a_loss_that_explodes_at_one_answer_is_found_too():
    assert verdicts([2.0, 4.0, 5.0], [1, 1, 1])[-1]


def relative(*losses):
    return [ENTROPY * (1 + loss) for loss in losses]


@pytest.mark.parametrize(
    ("losses", "epoch"),
    [  # of the study's CNN with Adam at 0.01 and 0.03, which never answered a second class in 15 epochs
        (relative(0.2218, 0.0058, 0.0021, 0.0006, 0.0025, 0.0013), 5),
        (relative(0.1155, 0.0054, 0.0002, -0.0012, 0.0024, 0.0018, 0.0053), 7),
        (relative(7.1860, 0.0264, 0.0063, 0.0072, 0.0037, 0.0029, 0.0045), 7),
        (relative(3.8452, 0.0072, 0.0010, 0.0046, 0.0036, 0.0060), 5),
        (relative(0.7477, 0.0012, 0.0003, 0.0023), 4),
    ],
)
def test_dead_networks_that_were_measured_are_found(losses, epoch):
    assert verdicts(losses, [1] * len(losses)).index(True) == epoch - 1


@pytest.mark.parametrize(
    "losses",
    [  # of the same CNN with SGD, until its second answer; each learnt the task later
        relative(0.0024, -0.0057, -0.0097),
        relative(0.0017, -0.0045, -0.0046),
        relative(0.0055, 0.0013, 0.0025, -0.0029),
        relative(0.0003, -0.0082, -0.0106, -0.0129, -0.0160),
        relative(-0.0004, -0.0054, -0.0046, -0.0075, -0.0080, -0.0111),
        relative(0.0034, -0.0006, -0.0004, -0.0032, -0.0055, -0.0096, -0.0122),
    ],
)
def test_slow_starters_that_were_measured_are_left_alone(losses):
    assert not any(verdicts(losses, [1] * len(losses)))


@pytest.mark.parametrize("answers", [[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1]])
def test_one_epoch_with_a_second_answer_ends_the_watch(answers):
    assert not any(verdicts([0.70] * 4, answers))


def test_a_loss_that_creeps_down_is_left_alone_until_it_stops():
    falling = relative(0.0050, 0.0040, 0.0032, 0.0034, 0.0030, 0.0020)
    assert not any(verdicts(falling, [1] * 6))
    assert verdicts([*falling, *relative(0.0021, 0.0022)], [1] * 8) == [False] * 7 + [True]


def test_a_loss_below_that_of_a_guess_is_learning():
    assert not any(verdicts([0.999 * ENTROPY] * 5, [1] * 5))
    assert verdicts([1.001 * ENTROPY] * 5, [1] * 5)[2]
    # The guess on 95 to 5 costs less than a third of that on 50 to 50.
    rare = np.repeat([0, 1], [95, 5])
    assert verdicts([0.2] * 3, [1] * 3, y=rare)[-1]
    assert not any(verdicts([0.19] * 3, [1] * 3, y=rare))


def test_three_classes_with_a_guess_of_their_own():
    assert verdicts([1.10] * 3, [1] * 3, y=np.arange(300) % 3, classes=3)[-1]
    assert not any(verdicts([1.0] * 3, [1] * 3, y=np.arange(300) % 3, classes=3))
    assert not any(verdicts([1.10] * 3, [2] * 3, y=np.arange(300) % 3, classes=3))


def test_a_training_that_goes_on_is_not_judged():
    assert not any(verdicts([0.7] * 5, [1] * 5, first=4))


def test_what_is_not_known_stops_nothing():
    assert not any(verdicts([0.7] * 4, [None] * 4))
    assert not any(verdicts([None] * 4, [1] * 4))


def test_one_class_in_train_is_answered_rightly():
    assert not any(verdicts([0.0] * 4, [1] * 4, y=np.zeros(9, dtype=np.int64)))
