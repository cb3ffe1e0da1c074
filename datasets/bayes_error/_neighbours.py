"""k nearest neighbours for error estimates: exact, a whole curve over k from one query, little memory.

A query asks once for the largest k; votes for all smaller ones are counts over its first columns.
Up to `TREE_DIMENSIONS` features this is a k-d tree (scipy's cKDTree), in tree order: neighbouring points
share their branches in the processor's cache, and points are taken in batches, so that no array is larger
than about `BATCH_ENTRIES` numbers. Above, a tree has to look at nearly all points anyway (Weber et al.,
VLDB 1998), and distances are computed outright, in blocks, as |a|² + |b|² - 2ab about the mean; points whose
distances differ by less than the rounding of that may change places.

Ties of votes go to the smaller class, as in scikit-learn. Which of several equally distant points is the
k-th neighbour is open, as it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from datasets.errors import UsageError
from datasets.types import Features, IntArray, Samples

#: Features up to which a k-d tree answers sooner than computing all distances.
TREE_DIMENSIONS = 20
#: Neighbours of one batch of a tree, or distances of one block: 16 or 32 MB.
BATCH_ENTRIES = 1_000_000
BLOCK_ENTRIES = 4_000_000
#: Values of k that are tried: odd, so that two classes never tie, each about 1.4 times the last.
K_VALUES = (1, 3, 5, 9, 15, 21, 31, 41, 51, 71, 101)
THREADS = 2

Floats = NDArray[np.float64]
#: Rows of the query, and the classes of the neighbours of each: shapes (b,) and (b, k), nearest first.
Batch = tuple[IntArray, NDArray[np.integer]]


def k_grid(n: int) -> tuple[int, ...]:
    """The values of k worth trying on n reference points: those of `K_VALUES` up to n / 2, but 1 always."""
    return tuple(k for k in K_VALUES if k == 1 or k <= n // 2)


def errors_by_k(
    reference: Samples,
    query: Samples | None = None,
    *,
    ks: Iterable[int],
    classes: int,
    leave_out: bool = False,
) -> dict[int, float]:
    """The error of k nearest neighbours, a fraction in [0, 1], for each k, from one query.

    query: points that are scored; None scores the reference points themselves, each of them its own
    neighbour (the closed loop), or with `leave_out` not (leave-one-out).
    Raises UsageError where there are fewer points than the largest k needs.
    """
    wanted = sorted(set(ks))
    scored = reference if query is None else query
    wrong = dict.fromkeys(wanted, 0)
    for rows, labels in _batches(reference, query, wanted[-1], leave_out):
        truth = scored.y[rows]
        for k, counts in _running_counts(labels, wanted, classes):
            wrong[k] += int(np.count_nonzero(counts.argmax(axis=1) != truth))
    return {k: wrong[k] / len(scored) for k in wanted}


def closed_and_left_out(
    samples: Samples, ks: Iterable[int], classes: int
) -> tuple[dict[int, float], dict[int, float]]:
    """Closed-loop and leave-one-out errors by k, fractions in [0, 1], from one query.

    In the closed loop the k neighbours of a point are itself and the k - 1 nearest others.
    Raises UsageError where there are no more points than the largest k.
    """
    wanted = sorted(set(ks))
    closed, left_out = dict.fromkeys(wanted, 0), dict.fromkeys(wanted, 0)
    needed = sorted({*wanted, *(k - 1 for k in wanted)})
    for rows, labels in _batches(samples, None, wanted[-1], leave_out=True):
        truth = samples.y[rows]
        for k, counts in _running_counts(labels, needed, classes):
            if k in left_out:
                left_out[k] += int(np.count_nonzero(counts.argmax(axis=1) != truth))
            if k + 1 in closed:
                counts[np.arange(len(rows)), truth] += 1  # its own vote
                closed[k + 1] += int(np.count_nonzero(counts.argmax(axis=1) != truth))
                counts[np.arange(len(rows)), truth] -= 1
    n = len(samples)
    return {k: closed[k] / n for k in wanted}, {k: left_out[k] / n for k in wanted}


def class_votes(
    reference: Samples, query: Samples | None = None, *, k: int, classes: int, leave_out: bool = False
) -> IntArray:
    """How many of the k nearest neighbours are of each class: int64, shape (n, C), rows as in the query.

    query, leave_out, errors: see `errors_by_k`.
    """
    votes = np.empty((len(reference if query is None else query), classes), dtype=np.int64)
    for rows, labels in _batches(reference, query, k, leave_out):
        for _, counts in _running_counts(labels, [k], classes):
            votes[rows] = counts
    return votes


def _running_counts(
    labels: NDArray[np.integer], ks: Sequence[int], classes: int
) -> Iterator[tuple[int, IntArray]]:
    """(k, votes of the first k neighbours) for each of the rising ks; the votes are one array, updated."""
    counts = np.zeros((len(labels), classes), dtype=np.int64)
    start = 0
    for k in ks:
        added = labels[:, start:k]
        for label in range(classes):
            counts[:, label] += np.count_nonzero(added == label, axis=1)
        start = k
        yield k, counts


def _batches(reference: Samples, query: Samples | None, k: int, leave_out: bool) -> Iterator[Batch]:
    """The classes of the k nearest neighbours of all points of the query, batch by batch."""
    if leave_out and query is not None:
        raise ValueError("only reference points can be left out")
    if k < 1:
        raise UsageError(f"k must be 1 or more, not {k}")
    needed = k + leave_out
    if needed > len(reference):
        others = "other points" if leave_out else "points"
        raise UsageError(
            f"k = {k} needs as many {others}; there are {len(reference) - leave_out}. Choose a smaller k."
        )
    points = _flat(reference)
    asked = None if query is None else _flat(query)
    search = _by_tree if points.shape[1] <= TREE_DIMENSIONS else _by_distances
    labels = reference.y.astype(np.uint8 if reference.y.max() < 256 else np.int64)
    for rows, neighbours in search(points, asked, needed):
        yield rows, labels[_without_self(rows, neighbours) if leave_out else neighbours]


def _without_self(rows: IntArray, neighbours: NDArray[np.integer]) -> NDArray[np.integer]:
    """Neighbours without the point itself, by its number: among duplicates it need not come first."""
    itself = neighbours == rows[:, None]
    # Not among k + 1 neighbours: there are more duplicates than that, and the last can go.
    itself[~itself.any(axis=1), -1] = True
    others: NDArray[np.integer] = neighbours[~itself].reshape(len(rows), -1)
    return others


def _by_tree(points: Features, query: Features | None, k: int) -> Iterator[Batch]:
    """(rows of the query, numbers of their k nearest points), both in the numbering of the arguments."""
    from scipy.spatial import cKDTree

    places = np.asarray(points, dtype=np.float64)
    order = _tree_order(places)
    tree = cKDTree(places[order], balanced_tree=False, compact_nodes=False)
    source = places if query is None else np.asarray(query, dtype=np.float64)
    ask = order if query is None else _tree_order(source)
    size = max(1, BATCH_ENTRIES // k)
    for start in range(0, len(ask), size):
        rows = ask[start : start + size]
        _, found = tree.query(source[rows], k=k, workers=THREADS)
        yield rows, order[found.reshape(len(rows), k)]


def _tree_order(points: Floats) -> IntArray:
    """Row numbers in the order of the leaves of a k-d tree: near in this order, near in space."""
    from scipy.spatial import cKDTree

    order: IntArray = cKDTree(points, balanced_tree=False, compact_nodes=False).indices
    return order


def _by_distances(points: Features, query: Features | None, k: int) -> Iterator[Batch]:
    """The same as `_by_tree` by computing every distance."""
    centre = points.mean(axis=0, dtype=np.float64)
    centred = points - centre
    squares = np.einsum("ij,ij->i", centred, centred)
    source = points if query is None else query
    size = max(1, BLOCK_ENTRIES // len(points))
    for start in range(0, len(source), size):
        rows = np.arange(start, min(start + size, len(source)))
        # |a|² is the same for all neighbours of a and left out.
        distances = squares - 2 * ((source[rows] - centre) @ centred.T)
        nearest = np.argpartition(distances, k - 1, axis=1)[:, :k]
        by_distance = np.argsort(np.take_along_axis(distances, nearest, axis=1), axis=1, kind="stable")
        yield rows, np.take_along_axis(nearest, by_distance, axis=1)


def _flat(samples: Samples) -> Features:
    """Samples as rows of numbers, shape (n, d), without a copy where that can be."""
    return samples.x.reshape(len(samples), -1)
