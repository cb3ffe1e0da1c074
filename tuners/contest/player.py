"""How a simulated participant tunes: what they try next, given what they have seen, and when they stop.

Demonstration data, no model of people. The shape follows what was found of them: beginners change anything to anything and
go on from wherever they are; the experienced begin near the defaults (19 of the study's 23 with any experience did), move
the learning rate by factors and the optimizer, go on from their best and stop on a plateau. That people climb from their
best so far and explore less the more they know is also what Bayesian models of human search say
(doi:10.1007/s00500-020-05398-2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from manual.learner import Value
from tuners.contest.form import MANDATORY, active, defaults, resolve
from tuners.contest.record import SCORED_TRIES, Background, Education, Reason, Try
from tuners.contest.task import ContestTask
from tuners.space import Choice, Float, Int

T = TypeVar("T")

#: Months from which somebody counts as knowing it all here.
MASTERY = 36

#: Learning rates that somebody experienced begins an optimizer with; the form suggests one for all.
USUAL = {"adam": 2e-3, "sgd": 0.05, "asgd": 0.05, "adagrad": 0.02, "adadelta": 1.0, "rmsprop": 2e-3}

#: How often a configuration that they have tried already is drawn anew.
REDRAWN = 5

#: After so many epochs who watches gives a training up whose loss has not fallen below this share of its first.
HOPE, FALLEN = 3, 0.98

#: What beginners type for a learning rate.
TYPED = (1.0, 0.5, 0.1, 0.05, 0.01, 2.0, 5.0)


@dataclass(frozen=True)
class Move:
    """What to submit: all values, and why those that were chosen were."""

    config: Mapping[str, Value]
    reasons: Mapping[str, Reason]


@dataclass
class Player:
    """One simulated participant. rng: of everything they choose; same history and rng, same choices.

    watchful: they look at the losses while it trains. marking: they say which try shall count.
    """

    task: ContestTask
    background: Background
    rng: np.random.Generator
    skill: float = field(init=False)
    patience: int = field(init=False)
    watchful: bool = field(init=False)
    marking: bool = field(init=False)

    def __post_init__(self) -> None:
        known = math.log1p(self.background.months) / math.log1p(MASTERY)
        self.skill = float(np.clip(known + self.rng.normal(0, 0.12), 0.03, 0.97))
        self.patience = int(self.rng.integers(3, 6)) + round(2 * self.skill)
        self.watchful, self.marking = (
            self._chance(0.2 + 0.6 * self.skill),
            self._chance(0.3 + 0.4 * self.skill),
        )

    def move(self, ended: Sequence[Try]) -> Move | None:
        """The next try after those that ended, in their order; None: they have had enough."""
        if not ended:
            return self._first()
        scored = _scored(ended)
        best = min(scored, key=_error, default=None)
        since = len(ended) - (ended.index(best) + 1 if best else 0)
        if since >= self.patience:
            return None
        careful = self._chance(self.skill)
        base = best if best and (careful or self._chance(0.3)) else ended[-1]
        tried = [dict(one.config) for one in ended]
        for _ in range(REDRAWN):
            move = self._step(base, scored) if careful else self._guess(base)
            if move.config not in tried:
                break
        return move

    def gives_up(self, running: Try) -> bool:
        """Whether they cancel what trains, from the losses of its first epochs."""
        losses = [point.train_loss for point in running.curve[:HOPE]]
        return self.watchful and len(losses) == HOPE and losses[-1] > FALLEN * losses[0]

    def mark(self, ended: Sequence[Try]) -> int | None:
        """The try that they mark as final: their best, or what they tried last; None: they leave it to the rule."""
        scored = _scored(ended)
        if not scored or not self.marking:
            return None
        return (min(scored, key=_error) if self._chance(0.5 + 0.5 * self.skill) else scored[-1]).number

    def think(self) -> float:
        """Seconds until they submit what they saw the last result for; of people about half a minute, at times minutes."""
        return float(self.rng.lognormal(math.log(25), 0.6))

    def _first(self) -> Move:
        knows = self._chance(self.skill)
        config: dict[str, Value] = dict(defaults(self.task))
        usual = int(config["epochs"])
        config["epochs"] = self._pick((usual, round(1.5 * usual), 2 * usual) if knows else (1, 2, 3, 5, 10))
        config["batch_size"] = self._pick((16, 32, 64) if knows else (1, 8, 10, 50, 100, 500))
        if not knows or self._chance(0.1):
            config["loss"] = self._option("loss")
        optimizer = str(
            self._pick(("adam", "adam", "sgd", "rmsprop")) if knows else self._option("optimizer")
        )
        config["optimizer"] = optimizer
        reasons = dict.fromkeys(MANDATORY, Reason.BEFORE if knows else Reason.GUESS)
        if self._chance(0.5 + 0.35 * self.skill):
            reasons["learning_rate"] = Reason.DEFAULT
        else:
            config["learning_rate"] = USUAL[optimizer] if knows else self._pick(TYPED)
            reasons["learning_rate"] = Reason.BEFORE if knows else Reason.GUESS
        return self._made(config, reasons)

    def _step(self, base: Try, scored: Sequence[Try]) -> Move:
        """One thing that usually matters, by a factor; twice in the same direction where it helped."""
        config = dict(base.config)
        rate = float(config["learning_rate"])
        what = self._pick((*("rate",) * 5, *("epochs",) * 2, "optimizer", "batch", "decay"))
        if what == "optimizer":
            changed = "optimizer"
            config["optimizer"] = self._pick(("adam", "sgd", "rmsprop", "adadelta"))
            config["learning_rate"] = USUAL[str(config["optimizer"])]
        elif what == "epochs":
            changed = "epochs"
            config["epochs"] = max(int(config["epochs"]) + 1, round(1.5 * int(config["epochs"])))
        elif what == "batch":
            changed = "batch_size"
            config["batch_size"] = round(int(config["batch_size"]) * float(self._pick((0.5, 2.0))))
        elif what == "decay":
            changed = "weight_decay"
            config["weight_decay"] = self._pick((1e-4, 1e-3, 1e-2))
        else:
            changed = "learning_rate"
            config["learning_rate"] = rate * float(self._pick((1.5, 2.0, 3.0))) ** self._direction(scored)
        return self._made(config, {changed: Reason.LEARNT if self._chance(0.7) else Reason.BEFORE})

    def _direction(self, scored: Sequence[Try]) -> int:
        """1 where the better of the last two tries had the larger rate, -1 where the smaller; by chance without either."""
        last = scored[-2:]
        if len({one.config["optimizer"] for one in last}) == 1:
            better, *worse = (float(one.config["learning_rate"]) for one in sorted(last, key=_error))
            if worse and better != worse[0]:
                return 1 if better > worse[0] else -1
        return self._pick((1, -1))

    def _guess(self, base: Try) -> Move:
        """Anything to anything."""
        config = dict(base.config)
        one = self._pick(active(self.task, config))
        domain = one.parameter.domain
        if one.name == "learning_rate":
            value: Value = self._pick(TYPED)
        elif isinstance(domain, Choice):
            value = self._option(one.name)
        elif isinstance(domain, Int):
            value = int(self.rng.integers(domain.low, domain.high + 1))
        else:
            assert isinstance(domain, Float)
            value = float(f"{self.rng.uniform(domain.low, domain.high):.1g}")
        reason = self._pick((Reason.GUESS,) * 7 + (Reason.LEARNT, Reason.LEARNT, Reason.BEFORE))
        return self._made(config | {one.name: value}, {one.name: reason})

    def _made(self, config: Mapping[str, Value], reasons: Mapping[str, Reason]) -> Move:
        """Within the ranges of the task, and without what does not belong to the optimizer."""
        within: dict[str, Value] = {}
        for one in active(self.task, config):
            value, domain = config.get(one.name), one.parameter.domain
            if value is not None and isinstance(domain, Float | Int):
                assert isinstance(value, int | float)
                value = min(max(value, domain.low), domain.high)
            if value is not None:
                within[one.name] = value
        resolved = resolve(self.task, within)
        return Move(resolved, {name: why for name, why in reasons.items() if name in resolved})

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def _option(self, name: str) -> Value:
        domain = self.task.space[name].domain
        assert isinstance(domain, Choice)
        return self._pick(domain.options)

    def _pick(self, among: Sequence[T]) -> T:
        return among[int(self.rng.integers(len(among)))]


def drawn_background(rng: np.random.Generator) -> Background:
    """Experience as in the study: 8 of 31 without any, 11 with up to 9 months, 12 with more."""
    group = int(rng.choice(3, p=np.array((8, 11, 12)) / 31))
    months = (0, int(rng.integers(1, 10)), 10 + round(float(rng.exponential(15))))[group]
    education = list(Education)[int(rng.choice(5, p=(0.1, 0.25, 0.4, 0.2, 0.05)))]
    rating = int(np.clip(round(rng.normal(1.5 + group, 0.8)), 1, 5))
    programming = months + int(rng.integers(6, 60))
    return Background(months, education, rating, int(rng.integers(0, months + 7)), programming)


def _scored(ended: Sequence[Try]) -> list[Try]:
    return [one for one in ended if one.state in SCORED_TRIES and one.dev_error is not None]


def _error(one: Try) -> float:
    return 1.0 if one.dev_error is None else one.dev_error
