"""Tasks of contests: one space for people and tuners, the form, the study's configurations, and their presets."""

from __future__ import annotations

import re
from dataclasses import fields as settings_fields
from itertools import cycle

import numpy as np
import pytest

from datasets import load
from datasets.errors import UsageError
from datasets.source import sources
from manual.learner import EpochReport, Plan
from manual.settings import Settings
from tuners.contest import form
from tuners.contest.published import published
from tuners.contest.task import task, task_on, tasks
from tuners.draw import draw
from tuners.hypermodels._by_hand import LOSSES, OPTIMIZERS
from tuners.named_systems import preset_systems
from tuners.presets import PRESETS
from tuners.searcher import SEARCH, Task

TASKS = tasks()
DIGITS = task("digits")
every = pytest.mark.parametrize("one", TASKS.values(), ids=TASKS)

NAMES = (
    *(
        "epochs",
        "batch_size",
        "loss",
        "optimizer",
        "learning_rate",
        "weight_decay",
        "momentum",
        "rho",
        "lambd",
    ),
    *("alpha", "epsilon", "lr_decay", "initial_accumulator_value", "beta1", "beta2"),
)

#: What belongs to each optimizer beside the six that all have, as in PyTorch's signatures.
OWN = {
    "adam": {"epsilon", "beta1", "beta2"},
    "sgd": {"momentum"},
    "asgd": {"lambd", "alpha"},
    "adagrad": {"lr_decay", "initial_accumulator_value"},
    "adadelta": {"rho", "epsilon"},
    "rmsprop": {"momentum", "alpha", "epsilon"},
}

#: What somebody has to choose at least.
CHOSEN = {"epochs": 5, "batch_size": 32, "loss": "mse", "optimizer": "sgd"}


def train(config, toy, plan=None, one=DIGITS) -> list[EpochReport]:
    reports: list[EpochReport] = []
    split = toy(next(iter(one.tunable.kinds)))
    fitted = one.tunable.train(
        config, split, 2, plan or Plan(20, 1), lambda report: reports.append(report) is None
    )
    assert np.isfinite(fitted.probabilities(split.dev.x)).all()
    assert fitted.best_epoch == len(reports)  # the last one
    return reports


@every
def test_a_task_is_a_network_on_data_that_it_takes(one):
    source = sources()[one.dataset]
    assert source.kind in one.tunable.kinds
    assert len(source.class_names) == one.classes
    assert task(one.name) is one and task_on(one.dataset) is one
    assert one.minutes > 0


@every
def test_participants_are_told_numbers_and_no_names(one):
    for number in (one.classes, *one.sizes):
        assert f"{number:,}" in one.about
    hidden = r"digit|cifar|imagenet|set[ -]?10|lenet|squeeze|mlp|cnn|convol|" + one.dataset.replace(
        "10", "set 10"
    )
    assert re.search(hidden, one.about, re.IGNORECASE) is None


@pytest.mark.parametrize("name", ["digits", "digits-32", "set-10"])
def test_the_numbers_are_those_of_the_data(name):
    split = load(task(name).dataset).split
    assert tuple(len(split.part(part)) for part in ("train", "dev", "eval")) == task(name).sizes


def test_data_that_have_to_be_downloaded_are_missing_in_plain_words(tmp_path):
    from datasets.errors import DataError

    for name in ("cifar10", "imagenette", "imagenette-64"):
        with pytest.raises(DataError, match=r"is not part of this project.*--data-root"):
            load(task(name).dataset, data_root=tmp_path)


def test_a_task_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match="Did you mean digits"):
        task("digit")
    with pytest.raises(UsageError, match="no contest's task is on data set 08; there are tasks on: "):
        task_on("08")


@every
def test_the_space_is_that_of_the_study(one):
    assert tuple(parameter.name for parameter in one.space.parameters) == NAMES
    assert one.max_epochs == one.space["epochs"].domain.high
    settings = {field.name for field in settings_fields(Settings)}
    rng = np.random.default_rng(0)
    for _ in range(100):
        config = draw(one.space, rng)
        assert set(config) == set(NAMES[:6]) | OWN[config["optimizer"]]
        assert set(config) - settings == {"epochs"}  # no value is without effect
        Settings.of({**config, "patience": 1})


@pytest.mark.parametrize("tuner", ["pso", "evolution"])
def test_a_tuner_searches_the_space_of_people(tuner):
    from datasets.plugins import find
    from tuners.record import Outcome, TrialState
    from tuners.searcher import SearcherPlugin

    searcher = find(SEARCH, SearcherPlugin, tuner, "tuner").start(Task(DIGITS.space, 1, DIGITS.max_epochs))
    for number in range(12):
        suggestion = searcher.ask()
        assert suggestion.epochs == DIGITS.max_epochs
        assert form.resolve(DIGITS, suggestion.config) == suggestion.config
        searcher.tell(suggestion, Outcome(TrialState.COMPLETE, 0.5 / (number + 1), 5, 1.0))


@pytest.mark.parametrize(("optimizer", "loss"), list(zip(OPTIMIZERS, cycle(LOSSES))))
def test_every_optimizer_and_every_loss_train(optimizer, loss, toy):
    """Neither knows of the other, so that each is tried with one of the others."""
    given = {"epochs": 1, "batch_size": 8, "loss": loss, "optimizer": optimizer}
    (report,) = train(form.resolve(DIGITS, given), toy)
    assert report.train_loss is not None and np.isfinite(report.train_loss)


@pytest.mark.parametrize("model", sorted({one.model for one in TASKS.values()}))
def test_every_network_trains(model, toy):
    one = next(one for one in TASKS.values() if one.model == model)
    assert len(train(one.space.defaults() | {"epochs": 2}, toy, one=one)) == 2
    assert one.tunable.architecture(one.space.defaults(), (64, 64, 3), 10)


def test_a_training_has_the_epochs_of_its_configuration_or_those_that_were_asked_for(toy):
    config = form.resolve(DIGITS, CHOSEN | {"epochs": 3})
    assert [len(train(config, toy, Plan(epochs, 1))) for epochs in (1, 3, 20)] == [1, 3, 3]


def test_the_form_asks_for_what_counts_and_says_what_may_be_entered():
    entries = form.fields(DIGITS)
    assert [entry.name for entry in entries] == list(NAMES)
    assert [entry.name for entry in entries if entry.mandatory] == list(form.MANDATORY)
    assert all(entry.label and entry.help.endswith(".") and entry.rule for entry in entries)
    assert [entry.name for entry in form.active(DIGITS, {})] == list(NAMES[:6])
    for optimizer, own in OWN.items():
        shown = {entry.name for entry in form.active(DIGITS, {"optimizer": optimizer, "momentum": 0.5})}
        assert shown == set(NAMES[:6]) | own
    choices = {entry.name: tuple(entry.options) for entry in entries if entry.options}
    assert choices == {"loss": LOSSES, "optimizer": OPTIMIZERS}


#: A decimal comma, as many countries write it, where it can be nothing else.
COMMAS = {"0,01": 0.01, "0,001": 0.001, " 1,5e-3 ": 0.0015, ",5": 0.5, "1,25": 1.25}


def test_what_is_blank_takes_its_default_and_what_does_not_count_is_left_out():
    blank = form.resolve(DIGITS, CHOSEN | {"momentum": None, "weight_decay": " ", "beta1": 0.5, "alpha": "x"})
    assert blank == CHOSEN | {"learning_rate": 0.001, "weight_decay": 0.0, "momentum": 0.0}
    assert form.optional_defaults(DIGITS, blank)
    typed = form.resolve(DIGITS, CHOSEN | {"epochs": "7", "batch_size": 64.0, "learning_rate": " 3e-2 "})
    assert (typed["epochs"], typed["batch_size"], typed["learning_rate"]) == (7, 64, 0.03)
    comma = {name: form.resolve(DIGITS, CHOSEN | {"learning_rate": name})["learning_rate"] for name in COMMAS}
    assert comma == COMMAS
    assert isinstance(typed["batch_size"], int) and not form.optional_defaults(DIGITS, typed)
    assert form.resolve(DIGITS, form.defaults(DIGITS)) == form.defaults(DIGITS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": None}, "Epochs is missing: choose a whole number from 1 to 20"),
        ({"epochs": "2.5"}, "Epochs = 2.5 is not possible. It must be a whole number from 1 to 20."),
        ({"epochs": 21}, "Epochs = 21 is not possible"),
        ({"batch_size": True}, "Batch size = True is not possible"),
        ({"optimizer": ""}, "Optimizer is missing: choose one of: Adam, SGD, Averaged SGD"),
        ({"loss": "hinge"}, "Loss = hinge is not possible. It must be one of: Cross entropy"),
        (
            {"learning_rate": "1,500"},
            "A comma may mean thousands here: write decimals with a point. Left blank, it is 0.001.",
        ),
        ({"learning_rate": "0,0,1"}, "A comma may mean thousands here"),
        ({"learning_rate": "1.000,5"}, "A comma may mean thousands here"),
        ({"learning_rate": "20,5"}, "from 0.00001 to 10. Left blank"),
        (
            {"learning_rate": "nan"},
            "Learning rate = nan is not possible. It must be a number from 0.00001 to 10",
        ),
        ({"learning_rate": "fast" * 50}, "fastfastf... is not possible"),
        ({"momentum": 1}, "Momentum = 1 is not possible. It must be a number from 0 to 0.99"),
        ({"lr": 1}, "there is no hyperparameter called 'lr'"),
    ],
)
def test_what_cannot_be_is_refused_with_rule_value_and_way_out(given, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        form.resolve(DIGITS, CHOSEN | given)


def test_all_that_is_wrong_is_said_at_once():
    said = form.mistakes(DIGITS, {"epochs": "x", "loss": "mse", "learning_rate": "fast"})
    assert [words.split(" ")[0] for words in said] == ["Epochs", "Batch", "Optimizer", "Learning"]
    assert form.mistakes(DIGITS, CHOSEN) == []
    with pytest.raises(UsageError, match=r"Epochs = x .* Batch size is missing: .* Learning rate = fast"):
        form.resolve(DIGITS, {"epochs": "x", "loss": "mse", "learning_rate": "fast"})


@pytest.mark.parametrize("value", [1e-5, 0.00123456789012, 1.2345678e-7, 0.1 + 0.2, 20, "sgd"])
def test_settings_that_are_copied_are_the_very_same(value):
    assert type(value)(form.exact(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-5, "0.00001"),
        (10.0, "10"),
        (1e-10, "1e-10"),
        (0.0, "0"),
        (20, "20"),
        (0.999, "0.999"),
        ("sgd", "sgd"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert form.plain(value) == text


@every
def test_the_configurations_of_the_study_are_points_of_every_task(one):
    rows = published(one)
    assert [row.row for row in rows] == list(range(1, 32))
    for row in rows:
        assert one.space.resolve(row.config) == row.config
        changed = {change.split()[0] for change in row.changes}
        assert changed <= set(row.config) and bool(row.note) is bool(changed)
    # The counts that the study gives.
    assert sorted(row.config["loss"] for row in rows) == ["cross-entropy"] * 25 + ["mse"] * 5 + ["nll"]
    optimizers = [row.config["optimizer"] for row in rows]
    assert [optimizers.count(name) for name in OPTIMIZERS] == [14, 9, 4, 1, 2, 1]


def test_what_lies_beyond_a_task_is_brought_into_it_and_said():
    rows = published(DIGITS)
    assert rows[21].config == {
        **{
            "epochs": 20,
            "batch_size": 800,
            "loss": "cross-entropy",
            "optimizer": "asgd",
            "learning_rate": 8.0,
        },
        **{"weight_decay": 0.01, "lambd": 0.0001, "alpha": 0.999},
    }
    assert rows[21].changes == (
        "epochs 1200 became 20",
        "weight_decay 8 became 0.01",
        "alpha 2 became 0.999",
    )
    assert rows[2].changes == () and rows[2].config["epochs"] == 20
    assert rows[16].changes == ("batch_size 1 became 4",)
    untouched = [row for row in rows if form.optional_defaults(DIGITS, row.config)]
    assert len(untouched) == 9  # as many as the study's table has without a value of their own


def test_presets_train_the_task_of_the_data():
    for name in ("random-320", "thirty-one"):
        assert max(one.max_epochs for one in TASKS.values()) <= PRESETS[name].max_epochs
        assert PRESETS[name].budget("images") == (PRESETS[name].max_trials, PRESETS[name].max_epochs)
    (drawn,) = preset_systems(PRESETS["random-320"], "digits", [])
    assert (drawn.learner, drawn.tuner) == ("by-hand-digits", "keras-random")
    (chosen,) = preset_systems(PRESETS["thirty-one"], "10", [])
    assert chosen.learner == "by-hand-mlp" and chosen.tuner == "hand"
    assert chosen.configs == tuple(row.config for row in published(task("set-10")))
    assert len(chosen.configs) == PRESETS["thirty-one"].max_trials
    with pytest.raises(UsageError, match="people chose; leave out --tuner"):
        preset_systems(PRESETS["thirty-one"], "digits", ["pso"])


@pytest.mark.parametrize(
    ("own", "planned", "first", "due"),
    [(3, 20, 0, 3), (20, 3, 0, 3), (5, 9, 3, 5), (2, 9, 3, 3), (None, 9, 0, 9)],
    ids=["own", "planned", "goes on", "is over already", "says nothing"],
)
def test_a_trial_is_due_to_end_where_its_configuration_says(own, planned, first, due):
    from tuners.record import TrialRecord, TrialState

    config = form.defaults(DIGITS) | ({} if own is None else {"epochs": own})
    if own is None:
        config = {name: value for name, value in config.items() if name != "epochs"}
    trial = TrialRecord("s", "x", 0, TrialState.RUNNING, config, 1, planned, first, None, 1)
    assert trial.epochs_due == due
    assert trial.suggestion.epochs == planned  # what the tuner asked for is what it is told again
