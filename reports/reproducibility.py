"""What a reviewer asks of a study, read from its store: who looked at eval, what a winner's settings were in full."""

from __future__ import annotations

from dataclasses import dataclass, fields

from datasets.plugins import scan
from manual import MODELS
from manual.learner import Config, Learner
from manual.settings import Settings
from tuners.record import EXACT, HAND, MONTE_CARLO, TRAIN_RULE, StudyRecord, SystemRecord
from tuners.store import Store
from tuners.tunable import HYPERMODELS, Tunable

#: Which of `Settings` an optimizer takes beside its learning rate and weight decay (`manual.training`).
OPTIMIZERS = {
    "sgd": ("momentum",),
    "asgd": ("lambd",),
    "adagrad": ("lr_decay",),
    "adadelta": ("rho",),
    "rmsprop": ("momentum", "alpha"),
    "adam": ("beta1", "beta2"),
    "adamw": ("beta1", "beta2"),
}

#: Settings with a default that every optimizer takes.
ALWAYS = ("optimizer", "weight_decay", "clip", "schedule")

#: What is said of the Bayes error without looking at any sample.
FROM_DENSITY = {EXACT, MONTE_CARLO, TRAIN_RULE}

CHOSEN_BY_HAND, CHOSEN, DEFAULT = "a person", "the tuner", "default"


@dataclass(frozen=True)
class Setting:
    """One hyperparameter of a winner and where its value came from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Look:
    """Final trainings of a study that were scored on eval. same: whether all its samples are the same ones."""

    study: str
    scored: int
    estimates: int
    same: bool


def resolved(system: SystemRecord, config: Config) -> list[Setting]:
    """Every setting of a training: those chosen, and the defaults of what was left open and takes part.

    Defaults are known for networks that this project's own loop trains (PyTorch); those of Keras and
    scikit-learn are the libraries' own, in the versions that the study recorded.
    """
    origin = CHOSEN_BY_HAND if system.tuner == HAND else CHOSEN
    found = [Setting(name, str(value), origin) for name, value in config.items()]
    known: dict[str, Learner] = {**scan(MODELS, Learner), **scan(HYPERMODELS, Tunable)}
    learner = known.get(system.learner)
    if learner is None or learner.requires != ("torch",):
        return found
    defaults = {field.name: field.default for field in fields(Settings)}
    optimizer = str(config.get("optimizer", defaults["optimizer"]))
    for name in (*ALWAYS, *OPTIMIZERS.get(optimizer, ())):
        if name not in config:
            found.append(Setting(name, "none" if defaults[name] is None else str(defaults[name]), DEFAULT))
    return found


def looks(store: Store, study: StudyRecord) -> list[Look]:
    """This study and those of the store that began before it on the same eval samples, the oldest first.

    What came later could not have shaped it. Studies of the same set whose train part was cut otherwise have
    another hash, and the same eval samples.
    """
    rows = []
    for other in sorted(store.studies(), key=lambda record: (record.created, record.name)):
        before = (other.created, other.name) < (study.created, study.name)
        if other.name != study.name and not (before and _same_eval(other, study)):
            continue
        counted = {r.estimator for r in store.bayes(other.name) if r.split == "eval"} - FROM_DENSITY
        rows.append(
            Look(
                other.name,
                len(store.scores(other.name)),
                len(counted),
                other.data.content_hash == study.data.content_hash,
            )
        )
    return rows


def _same_eval(other: StudyRecord, study: StudyRecord) -> bool:
    a, b = other.data, study.data
    cut = (a.name, a.provenance, a.seed, a.sizes.get("eval")) == (
        b.name,
        b.provenance,
        b.seed,
        b.sizes.get("eval"),
    )
    return a.content_hash == b.content_hash or cut
