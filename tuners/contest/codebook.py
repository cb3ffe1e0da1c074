"""What the columns of a contest's export mean, as JSON, and the README beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from tuners.contest.anonymity import EDUCATION, FINE, GROUPS, RATING, K
from tuners.contest.export_tables import GRAIN, WHY
from tuners.contest.record import EntrantKind, FinalState, Reason, TryState
from tuners.record import TrialState
from tuners.trial_table import PREFIX

WITHHELD = (
    f"empty where it was not said, or is withheld so that at least {K} people share what is told of each"
)
PERSON = "a participant; drawn anew for every export"
ERROR = "fraction of wrong answers, 0 to 1; empty where there is none"
NUMBER = "counted from 1 within a person"
TUNER = "an autotuner and the network that it tunes"
SEARCH = "which run of the autotuner, counted from 0; a run is what compares with a person"


def _told(*values: str) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


#: By table and column: what it means, and the values that it can have where these are few.
MEANINGS: Mapping[str, Mapping[str, tuple[str, Iterable[str]]]] = {
    "people": {
        "person": (PERSON, ()),
        "months": (
            f"with deep learning, in bands; {WITHHELD}",
            _told(*(name for _, name in (*FINE, GROUPS[-1]))),
        ),
        "education": (
            f"highest so far, in fewer steps than were asked; {WITHHELD}",
            _told(*EDUCATION.values()),
        ),
        "rating": (f"own skill in tuning, of 1 to 5; {WITHHELD}", _told(*RATING)),
        "tries": ("how many tries they submitted", ()),
        "final_try": ("number of the try that they marked as final; empty: the best on dev counts", ()),
        "ending": ("how their time ended", ()),
    },
    "tries": {
        "person": (PERSON, ()),
        "try": (NUMBER, ()),
        "state": (
            "cut: the time was over before it ended; degenerate: one class for everything; cancelled tries are charged",
            [one.value for one in TryState],
        ),
        "submitted_s": (
            f"seconds since the contest was opened, or since the person's own clock began, to {GRAIN} s",
            (),
        ),
        "waited_s": ("seconds in the queue", ()),
        "seconds": ("of training", ()),
        "epochs": ("trained", ()),
        "dev_error": (ERROR, ()),
        "comment": (
            "free text, with aliases, personal codes and addresses taken out; read it before you pass it on",
            (),
        ),
    },
    "curves": {
        "person": (PERSON, ()),
        "try": (NUMBER, ()),
        "epoch": ("counted from 1", ()),
        "train_loss": (
            "mean over the epoch, in the unit of the chosen loss: losses of two kinds do not compare",
            (),
        ),
        "seconds": ("of training up to then", ()),
    },
    "entrants": {
        "entrant": ("whose final configuration was trained anew and scored; drawn anew for every export", ()),
        "kind": ("defaults: everything left as it was suggested", [one.value for one in EntrantKind]),
        "label": ("of what is no person", ()),
        "repeat": (SEARCH, ()),
        "person": (f"{PERSON}; empty for others", ()),
        "dev_error": (f"of the final configuration, in the contest: {ERROR}", ()),
    },
    "finals": {
        "entrant": ("as in entrants.csv", ()),
        "place": ("of the seed; the same seeds for everybody", ()),
        "seed": ("of this training on train + dev", ()),
        "state": ("", [one.value for one in FinalState]),
        "eval_error": (ERROR, ()),
        "epochs": ("trained", ()),
        "seconds": ("of training", ()),
    },
    "tuner_trials": {
        "system": (TUNER, ()),
        "repeat": (SEARCH, ()),
        "trial": ("counted from 0 within a search", ()),
        "state": ("", [one.value for one in TrialState]),
        "epochs": ("trained", ()),
        "seconds": ("of training", ()),
        "dev_error": (ERROR, ()),
    },
    "tuner_epochs": {
        "system": (TUNER, ()),
        "repeat": (SEARCH, ()),
        "trial": ("as in tuner_trials.csv", ()),
        "epoch": ("counted from 1", ()),
        "train_loss": ("mean over the epoch, in the unit of the chosen loss", ()),
        "dev_error": (ERROR, ()),
    },
}

README = """A contest in which people tuned a small network by hand, beside autotuners on the same task and budget.

Files
-----
people.csv        who took part and agreed that the data may be reused
tries.csv         what they submitted, and what came of it
curves.csv        the training loss of each try, epoch by epoch
entrants.csv      whose final configuration was scored: people, autotuners, the defaults
finals.csv        the trainings of the final configurations on train + dev, scored on eval
tuner_trials.csv  what the autotuners tried
tuner_epochs.csv  epoch by epoch
codebook.json     what each column means
contest.json      terms, task, versions, hash of the data

All text is UTF-8; an empty cell is a missing value. Text that begins as a formula would has a ' before it.

What was done so that nobody is recognised
------------------------------------------
Ids are drawn anew for each export; no alias, code, token or time of day is in it. Rows of people are in random order.
Months, education and the rating are in coarse steps, and are told only in combinations that at least {k} people of this
export share (k-anonymity, k = {k}), in this way: people are grouped by months, those by education, those by rating. At
each step, groups of fewer than {k} are put together and no more is told of them; where these are fewer than {k} as well,
the smallest group that was large enough joins them. Months with other machine learning and with programming{text}
are left out.

What that does not hide: whoever remembers somebody's score or settings can find them. Do not try to, and do not join
these data with others in order to.

Of {people} people who took part, {shared} agreed to this use. Told of these: months of {months}, education of
{education}, rating of {rating}.
{warning}"""


def codebook(frames: Mapping[str, pd.DataFrame], rules: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By file and column: meaning, type, values. Every column of the tables has an entry.

    rules: what may be chosen, by hyperparameter.
    """
    return {
        f"{name}.csv": {column: _entry(name, column, frame[column], rules) for column in frame.columns}
        for name, frame in frames.items()
    }


def _entry(table: str, column: str, values: pd.Series, rules: Mapping[str, str]) -> dict[str, Any]:
    kind = {"I": "whole number", "f": "number", "b": "true or false"}.get(str(values.dtype)[0], "text")
    if column.startswith(PREFIX):
        name = column[len(PREFIX) :]
        meaning = f"hyperparameter {name}; empty where it is not in use"
        return {"meaning": meaning, "type": kind} | ({"rule": rules[name]} if name in rules else {})
    if column.startswith(WHY):
        return {
            "meaning": f"why this value of {column[len(WHY) :]} was chosen",
            "type": "text",
            "values": [one.value for one in Reason],
        }
    meaning, known = MEANINGS[table][column]
    entry: dict[str, Any] = {"meaning": meaning, "type": kind}
    return entry | {"values": list(known)} if known else entry


def readme(people: pd.DataFrame, joined: int, *, free_text: bool, warning: str) -> str:
    """joined: how many took part, whether they agreed to the export or not."""
    return README.format(
        k=K,
        text="" if free_text else ", and free text,",
        people=joined,
        shared=len(people),
        warning=f"\n{textwrap.fill(warning, 118)}\n" if warning else "",
        **{name: int(people[name].notna().sum()) for name in ("months", "education", "rating")},
    )
