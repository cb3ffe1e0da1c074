"""Which hyperparameters the dev error depends on, computed by the process that tunes and kept in the store.

Functional ANOVA after Hutter, Hoos and Leyton-Brown (2014), as Optuna implements it. Pages and reports
only show what is stored here: they do without the libraries that it takes.

    python -m tuners.insight STUDY      computes it for a study that was recorded without it
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from datasets.command_line import Parser
from datasets.command_line import run as run_command
from datasets.errors import UsageError
from tuners.record import HAND, SystemRecord, TrialRecord
from tuners.space import Choice, Domain, Fixed, Float, Int, Parameter, parameters_of
from tuners.trials import FEWEST, IMPORTANCE, judged

if TYPE_CHECKING:
    from tuners.store import Store

#: More trials say hardly more, and the time grows with the square of their number: 4 seconds for 300,
#: 50 for 1,000.
MOST = 300

#: Of the forest and of the choice among too many trials: the same trials give the same numbers.
SEED = 1

#: The name under which the epochs of a trial take part where they differ.
EPOCHS = "(epochs of the trial)"

EPILOG = """examples:
  python -m tuners.insight demo
  python -m tuners.insight demo --store other.sqlite

A study computes this by itself when it ends. The command is for studies that are not finished, or that were
recorded by an earlier version; it may be given again at any time."""


@dataclass(frozen=True)
class Importance:
    """Share of the variance of the dev error that a parameter explains alone, in [0, 1].

    trials: completed trials in which it is active. within: "" where that is every trial that was judged;
    else the condition under which it was judged, among these trials alone. value: None where it could
    not be judged; note says why.
    """

    parameter: str
    value: float | None
    trials: int
    within: str = ""
    note: str = ""


@dataclass(frozen=True)
class Judgement:
    """The importances of one system. trials: completed ones in the record; used: those that were judged.

    fit: share of the variance of trials that the forest had not seen which it predicts (R² of a fivefold
    cross-validation over all trials): importances rest on the forest, so at 0 or less they mean nothing.
    note: why there are none, or what they leave out.
    """

    trials: int
    used: int
    fit: float | None
    importances: tuple[Importance, ...]
    note: str = ""


def judge(system: SystemRecord, trials: Sequence[TrialRecord]) -> Judgement:
    """The importances of a system's parameters over all its searches, from completed trials.

    A parameter that only some configurations have is judged among those that have it.
    """
    complete = judged(trials)
    parameters = parameters_of(system.space)
    if parameters is None:
        return Judgement(
            len(complete), 0, None, (), "the study was recorded without the numbers of its search space"
        )
    searched = [p for p in parameters if not isinstance(p.domain, Fixed)]
    if len(complete) < FEWEST:
        return Judgement(
            len(complete),
            0,
            None,
            (),
            f"importances need at least {FEWEST} completed trials, and there are {len(complete)}",
        )
    if len({t.dev_error for t in complete}) == 1:
        return Judgement(
            len(complete),
            0,
            None,
            (),
            "every completed trial has the same dev error: nothing is left to explain",
        )
    used = _sample(complete)
    domains: dict[str, Domain] = {p.name: p.domain for p in searched}
    epochs = {t.first_epoch + t.epochs for t in used}
    # A multi-fidelity search: what is due to longer training is due to no parameter, unless epochs are one.
    if len(epochs) > 1 and "epochs" not in domains:
        domains[EPOCHS] = Int(min(epochs), max(epochs))
    points = [_point(t, domains) for t in used]
    errors = [float(t.dev_error or 0.0) for t in used]
    found: list[Importance] = []
    fit = None
    for names in _groups(points, list(domains)):
        rows = [place for place, point in enumerate(points) if names[0] in point]
        mine, their_errors = [points[row] for row in rows], [errors[row] for row in rows]
        everywhere = len(rows) == len(points)
        within = "" if everywhere else _condition(parameters, names[0])
        if len(rows) < FEWEST or len(set(their_errors)) == 1:
            why = f"only {len(rows)} trials have it" if len(rows) < FEWEST else "these trials are all alike"
            found += [Importance(name, None, len(rows), within, why) for name in names]
            continue
        shared = {name: domains[name] for name in domains if all(name in point for point in mine)}
        values = _fanova(shared, mine, their_errors)
        found += [Importance(name, values[name], len(rows), within) for name in names]
        if everywhere:
            fit = _fit(shared, mine, their_errors)
    never = [Importance(name, None, 0, note="no trial has it") for name in _absent(points, domains)]
    note = (
        f"a sample of {len(used):,} of {len(complete):,} completed trials"
        if len(used) < len(complete)
        else ""
    )
    ranked = sorted([*found, *never], key=lambda i: (bool(i.within), i.value is None, -(i.value or 0.0)))
    return Judgement(len(complete), len(used), fit, tuple(ranked), note)


def store_insights(store: Store, study: str) -> list[str]:
    """Judges every autotuned system of a study and writes what was found; returns one line a system."""
    said = []
    for system in store.systems(study):
        if system.tuner == HAND:
            continue
        judgement = judge(system, store.trials(study, system.label))
        store.add_insight(study, system.label, IMPORTANCE, asdict(judgement))
        said.append(f"{system.label}: {_line(judgement)}")
    return said


def _line(judgement: Judgement) -> str:
    known = [i for i in judgement.importances if i.value is not None and not i.within]
    if not known:
        return judgement.note or "no parameter could be judged"
    best = ", ".join(f"{i.parameter} {100 * (i.value or 0):.0f} %" for i in known[:3])
    return f"{best} ({judgement.used:,} trials)"


def _sample(trials: list[TrialRecord]) -> list[TrialRecord]:
    if len(trials) <= MOST:
        return trials
    import numpy as np

    kept = np.random.default_rng(SEED).choice(len(trials), MOST, replace=False)
    return [trials[place] for place in sorted(kept)]


def _point(trial: TrialRecord, domains: dict[str, Domain]) -> dict[str, Any]:
    point = {name: value for name, value in trial.config.items() if name in domains}
    if EPOCHS in domains:
        point[EPOCHS] = trial.first_epoch + trial.epochs
    return point


def _groups(points: list[dict[str, Any]], names: list[str]) -> list[list[str]]:
    """Names that are active in the same trials, the largest set of trials first."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for name in names:
        rows = tuple(place for place, point in enumerate(points) if name in point)
        if rows:
            groups.setdefault(rows, []).append(name)
    return [groups[rows] for rows in sorted(groups, key=len, reverse=True)]


def _absent(points: list[dict[str, Any]], domains: dict[str, Domain]) -> list[str]:
    return [name for name in domains if all(name not in point for point in points)]


def _condition(parameters: Sequence[Parameter], name: str) -> str:
    when = next((p.when for p in parameters if p.name == name), None)
    if when is None:
        return "trials that have it"
    return f"{when.parent} in {', '.join(str(value) for value in when.values)}"


def _on_scale(value: Any, domain: Domain) -> Any:
    """A value where the forest sees it: Optuna's own takes log scales for plain ones, and would then average
    over learning rates of which nine in ten lie in the highest decade."""
    return math.log10(value) if isinstance(domain, Float | Int) and domain.log else value


def _flat(domain: Domain) -> Domain:
    """The domain of such values."""
    if isinstance(domain, Float | Int) and domain.log:
        return Float(_on_scale(domain.low, domain), _on_scale(domain.high, domain))
    return domain


def _fanova(
    domains: dict[str, Domain], points: list[dict[str, Any]], errors: list[float]
) -> dict[str, float]:
    import optuna

    from tuners.optuna_search import quiet
    from tuners.optuna_trials import distribution

    distributions = {name: distribution(_flat(domain)) for name, domain in domains.items()}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with quiet():
        study = optuna.create_study()
        study.add_trials(
            [
                optuna.create_trial(
                    params={name: _on_scale(point[name], domain) for name, domain in domains.items()},
                    distributions=distributions,
                    value=error,
                )
                for point, error in zip(points, errors, strict=True)
            ]
        )
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=SEED)
        found = evaluator.evaluate(study, params=list(domains))
    return {name: float(value) for name, value in found.items()}


def _fit(domains: dict[str, Domain], points: list[dict[str, Any]], errors: list[float]) -> float:
    """How well such a forest predicts trials that it has not seen: R² of a fivefold cross-validation."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold, cross_val_predict

    x = np.array(
        [[number for name in domains for number in _encoded(p[name], domains[name])] for p in points]
    )
    y = np.array(errors)
    forest = RandomForestRegressor(n_estimators=64, random_state=SEED)
    guess = cross_val_predict(forest, x, y, cv=KFold(5, shuffle=True, random_state=SEED))
    return 1 - float(((y - guess) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def _encoded(value: Any, domain: Domain) -> list[float]:
    if isinstance(domain, Choice):
        return [float(value == option) for option in domain.options]
    return [float(_on_scale(value, domain))]


def parser() -> Parser:
    p = Parser(
        prog="python -m tuners.insight",
        description="Compute which hyperparameters mattered in a study, and store it for its page and report.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("study", nargs="?", metavar="STUDY", help="name of a study in the store")
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = parser().parse_args(arguments)
    from tuners.store import Store  # inside, so that --help answers at once

    if args.study is None:
        raise UsageError("name a study, for example: python -m tuners.insight demo")
    Store(args.store, readonly=True).study(args.study)  # before anything is created
    store = Store(args.store)
    lines = store_insights(store, args.study)
    for line in lines or [f"study {args.study} has no autotuned system"]:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
