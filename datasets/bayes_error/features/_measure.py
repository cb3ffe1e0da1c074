"""Errors of nearest neighbours in features: fitted on train, chosen on dev, counted once on eval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from datasets.bayes_error._bootstrap import interval
from datasets.bayes_error._neighbours import class_votes, errors_by_k, k_grid
from datasets.bayes_error.features._feature import Chain, Learned, Measured, Numbers, Transform, chains
from datasets.bayes_error.features._report import CurvePoint, FeatureError, FeatureReport
from datasets.bayes_error.features._sample import rows
from datasets.errors import UsageError
from datasets.scaling import Scaling
from datasets.types import SPLIT_NAMES, Dataset, Features, IntArray, Samples, SplitName

#: Samples of each part that are used at most: under 1 GB of memory for 10,000 numbers a sample.
LIMIT = 2000
#: Of train, for the curve.
SHARES = (1 / 8, 1 / 4, 1 / 2)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Best:
    chain: Chain
    result: FeatureError
    numbers: Samples  # of train, scaled
    scaling: Scaling
    transform: Transform


def measure(
    dataset: Dataset, seed: int = 0, limit: int = LIMIT, progress: Progress | None = None
) -> FeatureReport:
    """Tries every feature for the kind of data, and counts the eval error of the one with the smallest dev error.

    limit: samples of each part that are used at most, chosen at random with the shares of patients and
    classes, so that a corpus may be larger than memory. progress: is told what is being done.
    Raises UsageError for a limit below 2, for samples of one class only, and where no feature can be computed.
    """
    if limit < 2:
        raise UsageError(f"the limit must be 2 samples or more, not {limit}")
    tell = progress or (lambda _: None)
    rng = np.random.default_rng(seed)
    chosen = {name: rows(dataset.split.part(name), limit, rng) for name in SPLIT_NAMES}
    parts = {name: _rows_of(dataset.split.part(name), chosen[name]) for name in SPLIT_NAMES}
    if len(np.unique(parts["train"].y)) < 2:
        raise UsageError(
            f"train of {dataset.name} has samples of one class only; there is nothing to tell apart"
        )
    best: _Best | None = None
    tried: list[FeatureError] = []
    by_measured: dict[str, list[Chain]] = {}
    for chain in chains(dataset.kind):
        by_measured.setdefault(chain.measured.name, []).append(chain)
    for group in by_measured.values():
        measured = group[0].measured
        tell(f"computing {measured.name} of {len(chosen['train']) + len(chosen['dev']):,} samples")
        read = partial(_numbers, dataset, chosen, measured)
        train_numbers = read("train")
        scaling = Scaling.fit(train_numbers)
        train = _with(parts["train"], _scaled(train_numbers, scaling))
        dev = _with(parts["dev"], _scaled(read("dev"), scaling))
        for chain in group:
            tell(f"nearest neighbours in {chain.name}")
            result, transform = _dev_error(chain, train, dev, dataset.classes, seed)
            tried.append(result)
            if best is None or result.dev_error < best.result.dev_error:
                best, best_dev = _Best(chain, result, train, scaling, transform), dev
    assert best is not None  # chains() gave one or more
    curve = _curve(best, best_dev, dataset.classes, seed, tell)
    tell(f"eval error of {best.chain.name}")
    evaluated = _numbers(dataset, chosen, best.chain.measured, "eval")
    wrong = _wrong(best, _with(parts["eval"], _scaled(evaluated, best.scaling)), dataset.classes)
    low, high, unit, units = _interval(wrong, parts["eval"].patients, seed)
    commonest = int(np.bincount(parts["train"].y).argmax())
    return FeatureReport(
        dataset=dataset.name,
        kind=dataset.kind,
        provenance=dataset.provenance.kind,
        seed=seed,
        used={name: len(chosen[name]) for name in SPLIT_NAMES},
        available={name: len(dataset.split.part(name)) for name in SPLIT_NAMES},
        tried=tuple(sorted(tried, key=lambda one: one.dev_error)),
        curve=curve,
        eval_error=float(wrong.mean()),
        low=low,
        high=high,
        interval_over=unit,
        interval_units=units,
        commonest=float((parts["eval"].y != commonest).mean()),
    )


def _dev_error(
    chain: Chain, train: Samples, dev: Samples, classes: int, seed: int
) -> tuple[FeatureError, Transform]:
    """The error at the best k, and what was learned. Of equal errors the larger k has it: it scatters less."""
    transform = _fitted(chain.learned, train, classes, seed)
    reference, query = _with(train, transform(train.x)), _with(dev, transform(dev.x))
    errors = errors_by_k(reference, query, ks=k_grid(len(reference)), classes=classes)
    k = min(errors, key=lambda k: (errors[k], -k))
    return FeatureError(chain.name, chain.title, reference.x.shape[1], k, errors[k]), transform


def _fitted(learned: Learned | None, train: Samples, classes: int, seed: int) -> Transform:
    if learned is None:
        return lambda numbers: np.asarray(numbers, dtype=np.float32)
    return learned.fit(train, classes, seed)


def _curve(best: _Best, dev: Samples, classes: int, seed: int, tell: Progress) -> tuple[CurvePoint, ...]:
    """Dev errors with shares of train; scaling stays, as it learns nothing of classes."""
    points = []
    for share in SHARES:
        size = round(share * len(best.numbers))
        part = _some(best.numbers, rows(best.numbers, size, np.random.default_rng(seed))) if size else None
        if part is None or len(np.unique(part.y)) < len(np.unique(best.numbers.y)):
            continue  # too few samples for every class to have one
        tell(f"{best.chain.name} with {size:,} samples of train")
        result, _ = _dev_error(best.chain, part, dev, classes, seed)
        points.append(CurvePoint(size, result.k, result.dev_error))
    whole = CurvePoint(len(best.numbers), best.result.k, best.result.dev_error)
    return (*points, whole)


def _wrong(best: _Best, evaluated: Samples, classes: int) -> NDArray[np.bool_]:
    """Whether each eval sample is misclassified by the chosen feature and k."""
    reference = _with(best.numbers, best.transform(best.numbers.x))
    query = _with(evaluated, best.transform(evaluated.x))
    votes = class_votes(reference, query, k=best.result.k, classes=classes)
    wrong: NDArray[np.bool_] = votes.argmax(axis=1) != evaluated.y
    return wrong


def _interval(
    wrong: NDArray[np.bool_], patients: IntArray | None, seed: int
) -> tuple[float | None, float | None, str, int]:
    """95 % interval of the error and its units: samples of one patient are alike, so patients are drawn."""
    owners = np.arange(len(wrong)) if patients is None else np.unique(patients, return_inverse=True)[1]
    unit = "samples" if patients is None else "patients"
    counts = np.bincount(owners).astype(np.float64)
    if len(counts) < 2:
        return None, None, unit, len(counts)
    contributions = np.column_stack([np.bincount(owners, wrong), counts])
    low, high = interval(contributions, lambda means: means[:, 0] / means[:, 1], seed)
    if not wrong.any():  # no draw has an error then; 3 / units is not excluded (the rule of three)
        high = min(1.0, 3 / len(counts))
    return low, high, unit, len(counts)


def _numbers(
    dataset: Dataset, chosen: Mapping[SplitName, IntArray], measured: Measured, name: SplitName
) -> Numbers:
    """Numbers of the chosen samples, of which few are in memory at once."""
    x, wanted = dataset.split.part(name).x, chosen[name]
    pieces = [
        measured.numbers(x[wanted[start : start + measured.rows_at_once]])
        for start in range(0, len(wanted), measured.rows_at_once)
    ]
    return np.concatenate(pieces)


def _scaled(numbers: Numbers, scaling: Scaling) -> Numbers:
    """The numbers themselves, changed in place: they may fill a large part of the memory."""
    numbers -= scaling.mean.astype(np.float32)
    numbers /= scaling.std.astype(np.float32)
    return numbers


def _rows_of(samples: Samples, wanted: IntArray) -> Samples:
    """Classes and patients of some samples; instead of the samples, which may be large, their row numbers."""
    patients = None if samples.patients is None else np.asarray(samples.patients[wanted])
    return Samples(wanted, np.asarray(samples.y[wanted]), patients)


def _some(samples: Samples, wanted: IntArray) -> Samples:
    return _with(_rows_of(samples, wanted), samples.x[wanted])


def _with(samples: Samples, numbers: Features) -> Samples:
    return Samples(numbers, samples.y, samples.patients)
