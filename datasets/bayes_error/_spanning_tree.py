"""Euclidean minimum spanning trees.

In the plane the tree is a part of the Delaunay triangulation (Preparata and Shamos 1985), which has fewer
than 3 n edges: 100,000 points take a second or two, 500,000 some ten. With more features the triangulation
grows out of hand, and Prim's algorithm looks at all n² distances, one row at a time: exact, little memory,
but only for some ten thousand points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.errors import UsageError
from datasets.types import IntArray

#: Points with more than two features that Prim's algorithm is used for: some five seconds.
MOST_POINTS = 20_000

Floats = NDArray[np.float64]


def spanning_tree(points: Floats, rng: np.random.Generator) -> IntArray:
    """The edges of a minimum spanning tree of points, shape (n, d): row numbers, shape (n - 1, 2).

    Coincident points have many minimum trees. They are joined in a chain in random order, so that points
    sorted by class do not look less mixed than they are.
    Raises UsageError for more than `MOST_POINTS` places with more than two features.
    """
    shuffled = rng.permutation(len(points))
    points = points[shuffled]
    places, first, place = np.unique(points, axis=0, return_index=True, return_inverse=True)
    between = first[_tree_of_places(places - places.mean(axis=0))]
    by_place = np.argsort(place, kind="stable")
    same = place[by_place][1:] == place[by_place][:-1]
    within = np.column_stack([by_place[:-1], by_place[1:]])[same]
    edges: IntArray = shuffled[np.concatenate([between, within])]
    return edges


def _tree_of_places(places: Floats) -> IntArray:
    """The tree of distinct points; shape (0, 2) for a single one."""
    from scipy.spatial import QhullError

    n, dimensions = places.shape
    if n < 3 or dimensions == 1:
        return _chain(places)
    if dimensions == 2:
        try:
            return _by_delaunay(places)
        except QhullError:  # all on one line, as far as can be told
            return _chain(places)
    if n > MOST_POINTS:
        raise UsageError(
            f"a spanning tree of {n:,} points with {dimensions} features compares every pair of them;"
            f" give at most {MOST_POINTS:,} points, or two features."
        )
    return _by_prim(places)


def _chain(places: Floats) -> IntArray:
    """Points on a line, each joined to the next; the line is the direction in which they spread most."""
    direction = np.linalg.svd(places, full_matrices=False)[2][0]
    order = np.argsort(places @ direction, kind="stable")
    return np.column_stack([order[:-1], order[1:]])


def _by_delaunay(places: Floats) -> IntArray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay

    triangulation = Delaunay(places)
    corners = triangulation.simplices
    # Points too near to another to be told apart by Qhull are no corners: join them to that one.
    near = triangulation.coplanar[:, [0, 2]]
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]], near])
    pairs = np.unique(np.sort(pairs, axis=1).astype(np.int64), axis=0)
    steps = places[pairs[:, 0]] - places[pairs[:, 1]]
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    n = len(places)
    tree = minimum_spanning_tree(coo_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=(n, n))).tocoo()
    return np.column_stack([tree.row, tree.col]).astype(np.int64)


def _by_prim(places: Floats) -> IntArray:
    """Grow the tree by the nearest point outside it, n - 1 times."""
    n = len(places)
    squares = np.einsum("ij,ij->i", places, places)
    outside = np.ones(n, dtype=bool)
    distance = np.full(n, np.inf)  # to the tree, squared
    parent = np.zeros(n, dtype=np.int64)
    edges = np.empty((n - 1, 2), dtype=np.int64)
    newest = 0
    for row in range(n - 1):
        outside[newest] = False
        fresh = squares + squares[newest] - 2 * (places @ places[newest])
        closer = outside & (fresh < distance)
        distance[closer] = fresh[closer]
        parent[closer] = newest
        newest = int(np.where(outside, distance, np.inf).argmin())
        edges[row] = parent[newest], newest
    return edges
