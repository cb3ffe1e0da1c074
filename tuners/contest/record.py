"""The records of a contest: its terms, who takes part, what they tried, how it ended.

Errors are fractions in [0, 1]. Times are seconds since 1970, as the machine of the store has them; nobody's own
clock counts. Nothing here names a person: an alias is drawn, and what somebody says of themselves is in `Background`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manual.learner import Config, Value


class ContestState(StrEnum):
    """LOBBY: people join, the clock stands, tuners may work already. OPEN: it runs. ENDED: everybody's final
    configuration is fixed and is being scored. SCORED: eval errors are known."""

    LOBBY = "lobby"
    OPEN = "open"
    ENDED = "ended"
    SCORED = "scored"


class ClockKind(StrEnum):
    """TOGETHER: one clock, from the opening on (a class). EACH: everybody's own, from their first look at the task
    (the study), until the contest is ended."""

    TOGETHER = "together"
    EACH = "each"


class Education(StrEnum):
    """The study's five steps, and a way not to say."""

    HIGH_SCHOOL = "high school"
    BACHELOR = "bachelor"
    MASTER_ENROLLED = "master, enrolled"
    MASTER = "master, completed"
    DOCTORATE = "doctorate"
    UNSAID = "prefer not to say"


class Reason(StrEnum):
    """Why somebody chose a value. The study had the same five; two are worded so that they are not confused."""

    GUESS = "a guess"
    DEFAULT = "the suggested default"
    BEFORE = "worked for me before this contest"
    LEARNT = "learnt from my trials in this contest"
    OTHER = "another reason"


class Source(StrEnum):
    """Whether somebody is a person. Simulated ones are demonstration data and never leave in an export."""

    PERSON = "person"
    SIMULATED = "simulated"


class TryState(StrEnum):
    """CUT: the time was over before it ended. DEGENERATE: it answers one class for everything."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    DEGENERATE = "degenerate"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CUT = "cut"


#: States in which a try has no result yet.
OPEN_TRIES = (TryState.QUEUED, TryState.RUNNING)

#: States of tries that have a dev error.
SCORED_TRIES = (TryState.COMPLETE, TryState.DEGENERATE)


class EntrantKind(StrEnum):
    """Whose configuration is trained finally."""

    PERSON = "person"
    TUNER = "tuner"
    DEFAULTS = "defaults"
    PUBLISHED = "published"


class FinalState(StrEnum):
    """How far one final training is: of one configuration, with one seed."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Terms:
    """What is fixed when a contest is created, the same for people and tuners.

    task: a plug-in of `tuners.contest.tasks`. minutes: of the clock. max_trials, total_epochs: of each entrant,
    None for no such limit; cancelled work is charged by its epochs. seed: of data order, weights and tuners.
    tuners: which autotuners join; searches: how many runs of each, as a run is what compares with a person.
    final_seeds: trainings of each final configuration on train + dev. published: the study's 31 final
    configurations take part as well."""

    task: str = "digits"
    minutes: float = 10.0
    clock: ClockKind = ClockKind.TOGETHER
    max_trials: int | None = 15
    total_epochs: int | None = None
    seed: int = 1
    tuners: tuple[str, ...] = ("keras-random", "optuna-tpe")
    searches: int = 5
    final_seeds: int = 10
    published: bool = False


@dataclass(frozen=True)
class Consent:
    """The text that participants agree to. version: recorded with each agreement.

    institution, contact: who runs it. freeze_days: after so many days from the end nothing can be withdrawn any
    more, as the analysis is fixed then."""

    version: str
    text: str
    institution: str = ""
    contact: str = ""
    freeze_days: float = 7.0


@dataclass(frozen=True)
class Pause:
    """The machine slept, or its clock was put forward, which counts on nobody's clock. at: the beginning."""

    at: float
    seconds: float


@dataclass(frozen=True)
class Contest:
    """id: in addresses. join_code: what participants type. study: where the tuners' trials are in the store.

    extended: minutes that were added while it ran. freeze: the moment after which nothing can be withdrawn."""

    id: str
    title: str
    join_code: str
    terms: Terms
    consent: Consent
    state: ContestState
    created: float
    opened: float | None = None
    extended: float = 0.0
    ended: float | None = None
    freeze: float | None = None
    study: str | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Background:
    """What somebody says of themselves. months: with deep learning (0 or more). rating: own skill in tuning, 1 to 5.

    ml_months: with other machine learning; programming_months. None where it was not said."""

    months: int
    education: Education
    rating: int
    ml_months: int | None = None
    programming_months: int | None = None


@dataclass(frozen=True)
class Person:
    """A participant. started: their first look at the task, from which their own clock runs (ClockKind.EACH).

    agreed: when, to which consent_version; reuse: that the data may be passed on as an export.
    final: the number of the try that is their final one, by their own mark. finished, ending: when and why their time
    ended ("they finished", "time was over", "the contest was ended")."""

    contest: str
    id: str
    alias: str
    source: Source
    consent_version: str
    agreed: float
    reuse: bool
    joined: float
    background: Background | None = None
    started: float | None = None
    final: int | None = None
    finished: float | None = None
    ending: str = ""


@dataclass(frozen=True)
class CurvePoint:
    """An epoch of a try: the mean training loss, in the unit of the chosen loss. epoch: counted from 1."""

    epoch: int
    train_loss: float
    seconds: float


@dataclass(frozen=True)
class Try:
    """What somebody submitted and what came of it.

    number: counted from 1 within a person. config: resolved, active values only. reasons: by parameter.
    epochs: trained ones. note: plain words where it did not simply complete. person: empty for practice.
    """

    contest: str
    person: str
    number: int
    state: TryState
    config: Config
    seed: int
    submitted: float
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    comment: str = ""
    started: float | None = None
    ended: float | None = None
    epochs: int = 0
    seconds: float = 0.0
    dev_error: float | None = None
    curve: tuple[CurvePoint, ...] = ()
    cancel: bool = False
    note: str = ""


@dataclass(frozen=True)
class Draft:
    """What somebody has filled in and not submitted: text as it was typed, right or wrong, and options, by parameter."""

    given: Mapping[str, Value] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class Live:
    """A try while it trains. losses: of the batches of the present epoch so far (batches in all of it)."""

    contest: str
    person: str
    number: int
    epoch: int
    epochs: int
    batches: int
    losses: tuple[float, ...]
    updated: float


@dataclass(frozen=True)
class Place:
    """Where a queued try stands. ahead: trainings that start before it. wait: seconds, None where nothing is known."""

    ahead: int
    wait: float | None


@dataclass(frozen=True)
class Entrant:
    """Whose final configuration is scored. key: unique in a contest. person: their id, else "".

    config: None where nothing usable was ever tried; such an entrant stays in the table without a score.
    """

    contest: str
    key: str
    kind: EntrantKind
    label: str
    source: Source
    config: Config | None
    dev_error: float | None = None
    person: str = ""
    repeat: int = 0
    note: str = ""


@dataclass(frozen=True)
class Final:
    """One training of a final configuration on train + dev, scored on eval. place: of its seed among the contest's."""

    contest: str
    entrant: str
    place: int
    seed: int
    state: FinalState
    eval_error: float | None = None
    epochs: int = 0
    seconds: float = 0.0
    note: str = ""
