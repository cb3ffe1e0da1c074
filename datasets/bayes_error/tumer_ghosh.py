"""What combining classifiers saves, and what it would save with endlessly many of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.bayes_error._best_k import best_k
from datasets.bayes_error._bootstrap import interval
from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._neighbours import class_votes
from datasets.errors import UsageError
from datasets.types import IntArray, Samples

Floats = NDArray[np.float64]

#: Correlations above this leave nothing to extrapolate from.
MOST_CORRELATION = 0.9
PER_MEMBER = 4


class TumerGhosh(Estimator):
    """Averaging N classifiers with equal errors divides what they add to the Bayes error by N / (1 + (N - 1) d).

    The samples are dealt into N + 1 parts. Each part makes one classifier (nearest neighbours), and each
    sample is classified by the N others, so that no classifier knows what it is scored on. d, the
    correlation of the errors that the N make in their posteriors f, cannot be seen from right and wrong
    answers. It is taken from E[(f_i - y)(f_j - y)] = d v + u and E[(f_i - y)^2] = v + u, in which
    u = E[P (1 - P)] is the limit of the 1-NN error; all three summed over classes.
    """

    name = "tumer-ghosh"
    title = "extrapolation from one classifier and the average of several (may fail: see its note)"
    formula = (
        "[N E_ave - (1 + (N - 1) d) E] / [(N - 1)(1 - d)], E of one classifier, E_ave of the average of N"
    )
    source = "Tumer and Ghosh, Int. J. Smart Engineering System Design 5, 2003 (and ICPR 1996)"
    slow = True
    defaults: ClassVar[Mapping[str, int]] = {"members": 5}

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        members = settings["members"]
        if members < 2:
            raise UsageError("members must be 2 or more: one classifier has nothing to be combined with")
        n = len(samples)
        if n < PER_MEMBER * (members + 1):
            raise UsageError(f"{members} members need {PER_MEMBER * (members + 1)} points; there are {n}")
        part = np.random.default_rng(seed).permutation(n) % (members + 1)
        k = best_k(_rows(samples, part == 0), classes).k
        contributions = _contributions(samples, part, k, classes, members)
        d = float(_correlation(contributions.mean(axis=0)[None])[0])
        value = float(_value(contributions.mean(axis=0)[None], members)[0])
        low, high = interval(contributions, lambda means: _value(means, members), seed)
        chosen = {"k": float(k)}
        if np.isnan(d):
            note = "the classifiers differ too little to see the correlation of their errors; taken for 0"
        else:
            chosen["correlation"] = d
            outside = not 0 <= d <= MOST_CORRELATION
            note = (
                f"correlation of the errors computed as {d:.2f}, clipped to 0 .. {MOST_CORRELATION}"
                if outside
                else ""
            )
        return Finding(value, low=low, high=high, chosen=chosen, note=note)


def _rows(samples: Samples, rows: NDArray[np.bool_]) -> Samples:
    return Samples(samples.x[rows], samples.y[rows])


def _contributions(samples: Samples, part: IntArray, k: int, classes: int, members: int) -> Floats:
    """A row a sample: E, E_ave, E[(f_i - y)^2], E[(f_i - y)(f_j - y)] with i != j, 1-NN error."""
    n = len(samples)
    truth = np.eye(classes)[samples.y]
    total = np.zeros((n, classes))
    wrong, squares = np.zeros(n), np.zeros(n)
    for label in range(members + 1):
        others = part != label
        votes = class_votes(_rows(samples, ~others), _rows(samples, others), k=k, classes=classes)
        posterior = votes / k
        total[others] += posterior
        wrong[others] += votes.argmax(axis=1) != samples.y[others]
        squares[others] += ((posterior - truth[others]) ** 2).sum(axis=1)
    together = ((total - members * truth) ** 2).sum(axis=1)
    pairs = (together - squares) / (members * (members - 1))
    nearest = class_votes(samples, k=1, classes=classes, leave_out=True).argmax(axis=1)
    return np.column_stack(
        [
            wrong / members,
            total.argmax(axis=1) != samples.y,
            squares / members,
            pairs,
            nearest != samples.y,
        ]
    )


def _correlation(means: Floats) -> Floats:
    """d of rows of means of the contributions; NaN where the classifiers make no errors of their own."""
    added, shared = means[:, 2] - means[:, 4], means[:, 3] - means[:, 4]
    d: Floats = np.divide(shared, added, out=np.full(len(means), np.nan), where=added > 0)
    return d


def _value(means: Floats, members: int) -> Floats:
    d = np.clip(np.nan_to_num(_correlation(means), nan=0.0), 0, MOST_CORRELATION)
    value: Floats = (members * means[:, 1] - (1 + (members - 1) * d) * means[:, 0]) / (
        (members - 1) * (1 - d)
    )
    return value
