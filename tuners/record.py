"""The records of a study: everything that is needed to show it, resume it and repeat it.

Errors are fractions in [0, 1]; tables turn them into percent. Times are seconds; dates are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from manual.learner import Config, Value

HAND = "hand"

#: The tuner that every other one has to beat: it takes part in every comparison, and the others are tested against it.
REFERENCE = "keras-random"

#: What is computed from a known density (`BayesRecord.estimator`).
EXACT = "exact"
MONTE_CARLO = "monte-carlo"
TRAIN_RULE = "train-rule"

#: Estimators that repeat what the study called the Bayes error begin with this.
CLOSED_LOOP = "closed-loop"

#: The reason of a degenerate model.
ONE_CLASS = "predicts one class for everything"


def degenerate_reason(collapsed: int | None, planned: int) -> str:
    """Why a model is degenerate. collapsed: the epoch after which its training was stopped for that."""
    if collapsed is None:
        return ONE_CLASS
    cut = f"; stopped after epoch {collapsed} of {planned}" if collapsed < planned else ""
    return f"{ONE_CLASS} since its first epoch{cut}"


def epochs_of(config: Config, planned: int) -> int:
    """The last epoch of a training: the planned one, or an earlier one that its configuration names itself."""
    return min(planned, int(config.get("epochs", planned)))


class TrialState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"
    PRUNED = "pruned"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEGENERATE = "degenerate"


class StudyState(StrEnum):
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Suggestion:
    """What a searcher asks for.

    epochs: the last epoch to train to. first_epoch and parent: continue from the weights that trial
    `parent` reached (a promotion); 0 and None for a fresh start.
    """

    number: int
    config: Config
    epochs: int
    first_epoch: int = 0
    parent: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a suggestion. reason: plain words where it did not simply complete."""

    state: TrialState
    dev_error: float | None
    epochs: int
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Budget:
    """The limits of one search; the first that is spent ends it. None: no such limit.

    max_epochs: epochs of one trial. total_epochs: summed over all its trials, pruned and failed ones too.
    max_seconds: summed over its trials, tuner overhead apart, so that neither the number of workers nor
    a slow tuner changes the share.
    """

    max_trials: int | None
    max_epochs: int
    max_seconds: float | None = None
    total_epochs: int | None = None


@dataclass(frozen=True)
class SystemSpec:
    """One row of a comparison: a learner and who tunes it. configs: what `hand` will try.

    repeats: its searches, where they are others than the study's.
    """

    label: str
    learner: str
    tuner: str
    configs: tuple[Config, ...] = ()
    epochs: int | None = None
    repeats: int | None = None


@dataclass(frozen=True)
class StudySpec:
    """All that a run was asked to do; the same spec on the same data repeats it.

    repeats: searches of each system, each with its own seed and its own final training.
    guard: autotuners draw no configuration that their space knows to be impossible.
    address: where the engine's cluster is; None for this machine.
    second_dev: the share of dev, in (0, 1), that is kept out of searches and only measured on; None for none.
    scored: winners are scored on eval. Those of a contest are not, as the contest does that when it has ended.
    one_seed: all trials of all searches are trained with the seed of the first one, as people's tries in a contest are.
    """

    dataset: str
    systems: tuple[SystemSpec, ...]
    budget: Budget
    seed: int = 1
    repeats: int = 1
    train_limit: int | None = None
    preset: str | None = None
    workers: int = 1
    engine: str = "local"
    data_root: str | None = None
    guard: bool = True
    address: str | None = None
    second_dev: float | None = None
    scored: bool = True
    one_seed: bool = False


@dataclass(frozen=True)
class DataInfo:
    """What the samples were: kind of provenance, hash, sizes, classes.

    sizes: samples of each part; where dev was divided, "dev" is the part that searches learn and "second" the rest.
    """

    name: str
    kind: str
    provenance: str
    source: str
    content_hash: str
    seed: int | None
    class_names: tuple[str, ...]
    shape: tuple[int, ...]
    sizes: Mapping[str, int]
    folder: str


@dataclass(frozen=True)
class Environment:
    """Where it ran: versions of the packages that matter, commit, hardware."""

    python: str
    packages: Mapping[str, str]
    commit: str
    platform: str
    processor: str
    cores: int
    memory_gib: float
    device: str


@dataclass(frozen=True)
class StudyRecord:
    name: str
    spec: StudySpec
    data: DataInfo
    environment: Environment
    command: str
    created: str
    state: StudyState
    heartbeat: float
    finished: str | None = None
    note: str = ""


class SearchState(StrEnum):
    WAITING = "waiting"
    SEARCHING = "searching"
    SEARCHED = "searched"
    SCORED = "scored"
    FAILED = "failed"


@dataclass(frozen=True)
class SearchRecord:
    """One search of a system. overhead: seconds that the tuner itself took; selected: the winning trial.

    repeat: counted from 0; its searches in all systems of a study start from the same seed.
    """

    repeat: int = 0
    state: str = SearchState.WAITING
    overhead: float = 0.0
    selected: int | None = None
    note: str = ""


@dataclass(frozen=True)
class SystemRecord:
    """A row of a comparison, and how its searches stand.

    space, rules: what its space describes itself as (`SearchSpace.describe`, `SearchSpace.rules`).
    """

    study: str
    label: str
    learner: str
    tuner: str
    position: int
    space: list[dict[str, Any]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    searches: tuple[SearchRecord, ...] = (SearchRecord(),)

    @property
    def state(self) -> str:
        """The state of the search that is least far; failed once one failed and none is under way."""
        states = {search.state for search in self.searches}
        if len(states) > 1 and SearchState.FAILED not in states and SearchState.WAITING in states:
            return SearchState.SEARCHING  # some are under way
        order = (SearchState.SEARCHING, SearchState.WAITING, SearchState.SEARCHED, SearchState.FAILED)
        return next((state for state in order if state in states), SearchState.SCORED)

    @property
    def overhead(self) -> float:
        return sum(search.overhead for search in self.searches)

    @property
    def note(self) -> str:
        """How its searches ended; each different end once."""
        return "; ".join(dict.fromkeys(search.note for search in self.searches if search.note))


@dataclass(frozen=True)
class TrialRecord:
    """One suggestion and what came of it.

    number: its place within its search; repeat: which search of its system.
    asked, told: places in the one sequence of asks and tells of its searcher, which a resumed search
    replays. repeat_of: the earlier trial with the same configuration, whose result was told again.
    """

    study: str
    system: str
    number: int
    state: TrialState
    config: Mapping[str, Value]
    seed: int
    epochs_planned: int
    first_epoch: int
    parent: int | None
    asked: int
    told: int | None = None
    repeat_of: int | None = None
    dev_error: float | None = None
    class_errors: tuple[float, ...] = ()
    epochs: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    reason: str = ""
    started: float = 0.0
    repeat: int = 0

    @property
    def title(self) -> str:
        """How people call it: "#3", and in a system's further searches "#3 of search 2"."""
        return f"#{self.number}" if self.repeat == 0 else f"#{self.number} of search {self.repeat + 1}"

    @property
    def epochs_due(self) -> int:
        """The last epoch of its training, if nobody ends it early. The tuner may have planned more than its
        configuration says."""
        return max(self.first_epoch, epochs_of(self.config, self.epochs_planned))

    @property
    def suggestion(self) -> Suggestion:
        return Suggestion(self.number, self.config, self.epochs_planned, self.first_epoch, self.parent)

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.state, self.dev_error, self.epochs, self.seconds, self.reason)


@dataclass(frozen=True)
class EpochRecord:
    """One point of a learning curve.

    second_error: the error on the second dev set, where the study has one (`StudySpec.second_dev`); no tuner
    is ever told it.
    """

    system: str
    trial: int
    epoch: int
    train_loss: float | None
    train_error: float | None
    dev_loss: float
    dev_error: float
    seconds: float
    dev_answers: int | None = None
    repeat: int = 0
    second_error: float | None = None


@dataclass(frozen=True)
class ScoreRecord:
    """The winner of a search, retrained with one seed and scored once on every split.

    confusion: per split a C x C table, rows true class, columns predicted class.
    surface: file of class probabilities over a grid, relative to the store's folder (2-D sets only).
    patients: per split the rows (patient, samples, wrong ones), where samples belong to patients.
    regret: per split, where its density is known, the mean over its samples of max_c P(c|x) - P(answer|x), and
    the standard error of that mean. excess: the same of P(answer of the rule that is optimal for train|x) -
    P(answer|x).
    """

    study: str
    system: str
    repeat: int
    seed: int
    trial: int
    config: Mapping[str, Value]
    errors: Mapping[str, float]
    confusion: Mapping[str, list[list[int]]]
    architecture: str
    parameters: int | None
    epochs: int
    best_epoch: int
    seconds: float
    degenerate: bool
    curve: list[dict[str, float]] = field(default_factory=list)
    surface: str | None = None
    weights: str | None = None
    reason: str = ""
    patients: Mapping[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    regret: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    excess: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class BayesRecord:
    """What is known of the Bayes error of one split.

    estimator: EXACT (bound: of the numerical error), MONTE_CARLO (bound: a standard error), TRAIN_RULE (the
    error on this split of the rule that is optimal for train; bound as for EXACT), else the name of an
    estimator in `datasets.bayes_error`. low, high: its 95 % interval, where it has one.
    """

    study: str
    split: str
    estimator: str
    value: float
    bound: float
    settings: Mapping[str, Value]
    low: float | None = None
    high: float | None = None
