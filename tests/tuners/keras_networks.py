"""What Keras networks are put through, in the tests' own process on TensorFlow and in one of its own on PyTorch.

python keras_networks.py FILE DIRECTORY SEARCHED... -- TRAINED... reads the samples of each kind from a pickled FILE.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from datasets.inputs import fit_inputs, input_shape
from datasets.plugins import scan
from datasets.types import TuningSplit
from manual.learner import Plan
from tuners.draw import first_look
from tuners.tunable import HYPERMODELS, Tunable


def search(name: str, split: TuningSplit, directory: str) -> None:
    """Keras Tuner itself: two trials, each of them trained, or refused for the reason that our space gives."""
    import keras_tuner

    model, inputs = scan(HYPERMODELS, Tunable)[name], fit_inputs(split)
    hypermodel = model.hypermodel(inputs.shape, 2)
    assert isinstance(hypermodel, keras_tuner.HyperModel)
    tuner = keras_tuner.RandomSearch(
        hypermodel,
        objective=keras_tuner.Objective("val_error", "min"),
        max_trials=2,
        seed=4,
        directory=directory,
        project_name=name,
    )
    dev = (inputs.evaluation(split.dev.x), split.dev.y)
    tuner.search(inputs.evaluation(split.train.x), split.train.y, validation_data=dev, epochs=1, verbose=0)
    space = model.space_for(inputs.shape)
    assert len(tuner.oracle.trials) == 2
    for trial in tuner.oracle.trials.values():
        config = space.resolve(trial.hyperparameters.values)
        problem = space.problem(config)
        assert trial.status == ("COMPLETED" if problem is None else "FAILED"), trial.message
        assert problem is None or problem in trial.message
        assert problem is not None or 0 <= trial.score <= 1


def train(name: str, split: TuningSplit) -> None:
    """One epoch of the first configuration that can be built."""
    model = scan(HYPERMODELS, Tunable)[name]
    reports: list = []
    config = first_look(model.space_for(input_shape(split)))
    fitted = model.train(config, split, 2, Plan(1, 1), lambda report: bool(reports.append(report)) or True)
    assert fitted.probabilities(split.dev.x).shape == (len(split.dev), 2)
    assert reports[0].dev_answers in (1, 2)


if __name__ == "__main__":
    file, directory, *names = sys.argv[1:]
    splits = pickle.loads(Path(file).read_bytes())
    searched, trained = names[: names.index("--")], names[names.index("--") + 1 :]
    for name in searched:
        search(name, splits[max(scan(HYPERMODELS, Tunable)[name].kinds)], directory)
        print("searched", name, flush=True)
    for name in trained:
        train(name, splits[min(scan(HYPERMODELS, Tunable)[name].kinds)])
        print("trained", name, flush=True)
