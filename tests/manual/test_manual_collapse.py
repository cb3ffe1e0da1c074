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
    assert verdicts([0.694, 0.693, 0.6935, 0.6931], [1] * 4) == [False, False, True, True]


def test_a_loss_that_explodes_at_one_answer_is_found_too():
    assert verdicts([9.0, 4.0, 5.0], [1, 1, 1])[-1]


@pytest.mark.parametrize("answers", [[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1]])
def test_one_epoch_with_a_second_answer_ends_the_watch(answers):
    assert not any(verdicts([0.70] * 4, answers))


def test_a_slow_starter_is_left_alone_while_its_loss_falls_and_found_when_it_stops_falling():
    falling = [0.6940, 0.6936, 0.6934, 0.6933, 0.6932]
    assert not any(verdicts(falling, [1] * 5))
    assert verdicts([*falling, 0.6933], [1] * 6) == [False] * 5 + [True]


def test_a_loss_below_that_of_a_guess_is_learning():
    assert not any(verdicts([0.98 * ENTROPY] * 5, [1] * 5))
    assert verdicts([0.995 * ENTROPY] * 5, [1] * 5)[2]
    # The guess on 95 to 5 costs less than half of that on 50 to 50.
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
