"""The tables of a contest's export: what people and tuners did, by ids that exist in this export alone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tuners.contest.anonymity import told
from tuners.contest.clock import elapsed
from tuners.contest.record import ClockKind, Contest, Entrant, EntrantKind, Final, Person, Try
from tuners.record import EpochRecord, TrialRecord
from tuners.trial_table import parameter_columns, typed

#: Stands before the name of a hyperparameter in the column that says why its value was chosen.
WHY = "why_"

#: Times are rounded to so many seconds: nobody can be found by the moment at which their neighbour saw them click.
GRAIN = 10

#: What is taken out of free text besides aliases: personal codes, addresses of e-mail.
TRACES = (
    (re.compile(r"\b[0-9A-Za-z]{4}(?:[-\s][0-9A-Za-z]{4}){3,}\b"), "[code]"),
    (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "[address]"),
)


@dataclass(frozen=True)
class Material:
    """All that an export is made of. people: those who agreed to reuse; everything else may hold more people."""

    contest: Contest
    people: Sequence[Person]
    aliases: Sequence[str]
    tries: Sequence[Try]
    entrants: Sequence[Entrant]
    finals: Sequence[Final]
    trials: Sequence[TrialRecord]
    epochs: Sequence[EpochRecord]


def tables(material: Material, rng: random.Random, *, free_text: bool) -> dict[str, pd.DataFrame]:
    """The tables by name. rng: of the new ids and of the order of people, which would tell who joined first."""
    people = list(material.people)
    rng.shuffle(people)
    ids = dict(zip((one.id for one in people), _new_ids("p", len(people), rng), strict=True))
    tries = {one: [each for each in material.tries if each.person == one] for one in ids}
    entrants = [one for one in material.entrants if not one.person or one.person in ids]
    rng.shuffle(entrants)
    entrants.sort(key=lambda one: (one.kind, "" if one.person else one.label, one.repeat))
    keys = dict(zip((one.key for one in entrants), _new_ids("e", len(entrants), rng), strict=True))
    clean = _without_traces(material.aliases) if free_text else None
    return {
        "people": _people(people, ids, tries),
        "tries": _tries(material.contest, people, ids, tries, clean),
        "curves": _curves(ids, tries),
        "entrants": _entrants(entrants, ids, keys),
        "finals": _finals(material.finals, keys),
        "tuner_trials": _trials(material.trials),
        "tuner_epochs": _epochs(material.epochs),
    }


def _new_ids(letter: str, count: int, rng: random.Random) -> list[str]:
    """Different ids that say nothing. They begin with a letter, so that no program takes one for a number."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{letter}{rng.getrandbits(32):08x}"] = None
    return list(found)


def _people(
    people: Sequence[Person], ids: Mapping[str, str], tries: Mapping[str, Sequence[Try]]
) -> pd.DataFrame:
    known = told([one.background for one in people])
    return _frame(
        {
            "person": [ids[one.id] for one in people],
            "months": [one.months for one in known],
            "education": [one.education for one in known],
            "rating": [one.rating for one in known],
            "tries": [len(tries[one.id]) for one in people],
            "final_try": [one.final for one in people],
            "ending": [one.ending for one in people],
        }
    )


def _tries(
    contest: Contest,
    people: Sequence[Person],
    ids: Mapping[str, str],
    tries: Mapping[str, Sequence[Try]],
    clean: Callable[[str], str] | None,
) -> pd.DataFrame:
    zero = {
        one.id: contest.opened if contest.terms.clock == ClockKind.TOGETHER else one.started for one in people
    }
    rows = [one for own in ids for one in tries[own]]
    columns: dict[str, list[Any]] = {
        "person": [ids[one.person] for one in rows],
        "try": [one.number for one in rows],
        "state": [one.state.value for one in rows],
        "submitted_s": [_seconds(contest, zero[one.person], one.submitted) for one in rows],
        "waited_s": [_seconds(contest, one.submitted, one.started, 1) for one in rows],
        "seconds": [round(one.seconds, 1) for one in rows],
        "epochs": [one.epochs for one in rows],
        "dev_error": [one.dev_error for one in rows],
    }
    frame = pd.concat([_frame(columns), parameter_columns([one.config for one in rows])], axis=1)
    for name in dict.fromkeys(name for one in rows for name in one.reasons):
        frame[WHY + name] = typed([one.reasons[name].value if name in one.reasons else None for one in rows])
    if clean is not None:
        frame["comment"] = typed([clean(one.comment) for one in rows])
    return frame


def _curves(ids: Mapping[str, str], tries: Mapping[str, Sequence[Try]]) -> pd.DataFrame:
    points = [(ids[own], one.number, point) for own in ids for one in tries[own] for point in one.curve]
    return _frame(
        {
            "person": [person for person, _, _ in points],
            "try": [number for _, number, _ in points],
            "epoch": [point.epoch for _, _, point in points],
            "train_loss": [float(point.train_loss) for _, _, point in points],
            "seconds": [round(point.seconds, 2) for _, _, point in points],
        }
    )


def _entrants(entrants: Sequence[Entrant], ids: Mapping[str, str], keys: Mapping[str, str]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "entrant": [keys[one.key] for one in entrants],
        "kind": [one.kind.value for one in entrants],
        "label": ["" if one.kind == EntrantKind.PERSON else one.label for one in entrants],
        "repeat": [one.repeat for one in entrants],
        "person": [ids.get(one.person, "") for one in entrants],
        "dev_error": [one.dev_error for one in entrants],
    }
    return pd.concat([_frame(columns), parameter_columns([one.config or {} for one in entrants])], axis=1)


def _finals(finals: Sequence[Final], keys: Mapping[str, str]) -> pd.DataFrame:
    order = list(keys)
    rows = sorted(
        (one for one in finals if one.entrant in keys), key=lambda one: (order.index(one.entrant), one.place)
    )
    return _frame(
        {
            "entrant": [keys[one.entrant] for one in rows],
            "place": [one.place for one in rows],
            "seed": [one.seed for one in rows],
            "state": [one.state.value for one in rows],
            "eval_error": [one.eval_error for one in rows],
            "epochs": [one.epochs for one in rows],
            "seconds": [round(one.seconds, 1) for one in rows],
        }
    )


def _trials(trials: Sequence[TrialRecord]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "system": [one.system for one in trials],
        "repeat": [one.repeat for one in trials],
        "trial": [one.number for one in trials],
        "state": [one.state.value for one in trials],
        "epochs": [one.epochs for one in trials],
        "seconds": [None if one.seconds is None else round(one.seconds, 1) for one in trials],
        "dev_error": [one.dev_error for one in trials],
    }
    return pd.concat([_frame(columns), parameter_columns([one.config for one in trials])], axis=1)


def _epochs(epochs: Sequence[EpochRecord]) -> pd.DataFrame:
    names = ("system", "repeat", "trial", "epoch", "train_loss", "dev_error")
    return _frame({name: [getattr(one, name) for one in epochs] for name in names})


def _frame(columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: typed([_known(value) for value in own]) for name, own in columns.items()})


def _known(value: object) -> object:
    return None if value == "" else value


def _seconds(contest: Contest, begun: float | None, moment: float | None, grain: int = GRAIN) -> int | None:
    """Seconds of the clock from one moment to another, rounded."""
    return None if moment is None or begun is None else grain * round(elapsed(contest, begun, moment) / grain)


def _without_traces(aliases: Sequence[str]) -> Callable[[str], str]:
    """What takes out of a text all aliases of the contest, personal codes and addresses."""
    names = [re.escape(alias) for alias in sorted(aliases, key=len, reverse=True)]
    alias = re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE) if names else None

    def clean(text: str) -> str:
        for pattern, instead in (*TRACES, *([(alias, "[alias]")] if alias else [])):
            text = pattern.sub(instead, text)
        return text

    return clean
