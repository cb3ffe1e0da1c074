"""Searches with fixed errors on dev and on a second dev set, as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from report_records import SPACE, TUNED, make_score, make_study, make_trial

from reports.selection import Candidate
from tuners.record import DataInfo, EpochRecord, SearchRecord, SystemRecord
from tuners.store import Store

#: A learning curve: (dev error, error on the second dev set) after each epoch; None for a trial that failed.
LearningCurve = Sequence[tuple[float, float | None]] | None


def write_searches(
    store: Store, data: DataInfo, searches: Sequence[Sequence[LearningCurve]], label: str = TUNED
) -> str:
    """A study "curse" whose one tuned system searched as `searches` say, one a repeat; returns its name."""
    made = make_study("curse", data, len(searches))
    specs = tuple(replace(spec, label=label) for spec in made.spec.systems if spec.label == TUNED)
    parts = replace(data, sizes={"train": 6000, "dev": 200, "eval": 400, "second": 200})
    study = replace(made, data=parts, spec=replace(made.spec, systems=specs, second_dev=0.5))
    found = tuple(SearchRecord(repeat, "scored", selected=0) for repeat in range(len(searches)))
    store.create_study(
        study, [SystemRecord(study.name, label, "mlp-a1", "keras-random", 0, SPACE, searches=found)]
    )
    for repeat, search in enumerate(searches):
        for number, curve in enumerate(search):
            _write_trial(store, study.name, label, repeat, number, curve)
        score = make_score(study.name, TUNED, repeat, (0.1, 0.2, 0.3), 0)
        store.add_score(replace(score, system=label, errors={**score.errors, "second": 0.25}))
    return study.name


def _write_trial(
    store: Store, study: str, label: str, repeat: int, number: int, curve: LearningCurve
) -> None:
    place = {"study": study, "repeat": repeat}
    if curve is None:
        store.add_trial(replace(make_trial(label, number, "failed", reason="out of memory"), **place))
        return
    errors = [dev for dev, _ in curve]
    best = int(np.argmin(errors))
    trial = make_trial(label, number, "complete", errors[best], epochs=len(curve), best_epoch=best + 1)
    store.add_trial(replace(trial, **place))
    for epoch, (dev, second) in enumerate(curve, start=1):
        point = EpochRecord(label, number, epoch, 0.5, 0.2, 0.5, dev, 1.0, repeat=repeat, second_error=second)
        store.add_epoch(study, point)


def luck(rng: np.random.Generator, trials: int, samples: int, epochs: int = 1) -> list[Candidate | None]:
    """A search on random labels: every error of every epoch is half of the samples, give or take chance."""
    dev, second = rng.binomial(samples, 0.5, size=(2, trials, epochs)) / samples
    found: list[Candidate | None] = []
    for number in range(trials):
        best, turned = dev[number].argmin(), second[number].argmin()
        own = (dev[number], second[number])
        found.append(
            Candidate(
                number, own[0][best], own[1][best], own[0][-1], own[1][-1], own[0][turned], own[1][turned]
            )
        )
    return found
