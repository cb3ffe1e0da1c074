"""The error on one drawing of the rule that is optimal for another, integrated numerically."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imld_synth.bayes import SHIFTS, WIDTH, BayesError, Part, along, divided, extent, mean_along
from imld_synth.shapes import Strokes
from imld_synth.shapes.base import Floats

# Nodes of a grid a shift, and what they may grow to.
_NODES = 1 << 17
_MOST_NODES = 1 << 20
# Every node costs a density of every straight piece of every stroke, and drawings by hand have hundreds. Where wide
# strokes have many, a quarter of the nodes is tried first, as their densities are smooth; where all strokes together
# have many, a quarter of the most is the most, and the bound says what that reached.
_MANY_WIDE, _MANY = 100, 400
_TARGET = 3e-4
# The thin shapes take a fraction of that, as the nodes are placed where they matter.
_THIN_SHARE = 4
# A lattice of 21 even grids, each shifted by a multiple of (1, 13)/21 of its cell: successive Fibonacci
# numbers make the best lattice in two dimensions (Sloan and Joe, "Lattice Methods for Multiple
# Integration", 1994). Every grid by itself lets densities that are products be computed by axis.
_GRIDS, _STEP = 21, 13
# Rows a column: the golden ratio, so that no border at 45 degrees runs along the nodes.
_ASPECT = (1 + np.sqrt(5)) / 2


@dataclass(frozen=True)
class RuleError(BayesError):
    """The error rate of a given rule: a fraction in [0, 1], true within +- bound.

    undecided: the share of points where the rule knows nothing, all the densities that it was made of
    being zero there.
    """

    undecided: float = 0.0


def rule_error(parts: tuple[Part, ...], rule: tuple[Part, ...], classes: int) -> RuleError:
    """Integral of (sum - the answered class) of the joint densities of `parts`.

    The answer at x is the class with the largest joint density of `rule`. Where all of them are zero (outside
    hard edges, or so far out that doubles underflow), it is the class of the largest prior, the first of
    several.

    The answers jump where the densities of `parts` do not vanish, so, unlike the integrand of a Bayes error,
    this one is discontinuous, and takes more nodes. Wide shapes are integrated over lattices that consist of
    even grids, thin ones over points along themselves. Eight random shifts give the bound, which holds with
    probability 0.999; nodes grow until it is below 0.03 percentage points, or eight times as many are spent.
    """
    wide, thin = divided(parts)
    smooth = _pieces(wide) + _pieces(divided(rule)[0]) > _MANY_WIDE
    nodes = _NODES // 4 if smooth else _NODES
    most = _MOST_NODES // 4 if _pieces(parts) + _pieces(rule) > _MANY else _MOST_NODES
    while True:
        rng = np.random.default_rng(0)  # fixed: the same two drawings always give the same error
        sums = _over_plane(wide, rule, classes, nodes, rng)
        sums += _along_shapes(thin, rule, classes, nodes // _THIN_SHARE, rng)
        bound = float(WIDTH * sums[0].std(ddof=1) / np.sqrt(SHIFTS))
        if bound <= _TARGET or nodes >= most:
            return RuleError(float(sums[0].mean()), bound, float(sums[1].mean()))
        nodes = _NODES if nodes < _NODES else 2 * nodes


def _pieces(parts: tuple[Part, ...]) -> int:
    """Straight pieces of all strokes."""
    lines = (line for part in parts if isinstance(part.shape, Strokes) for line in part.shape.lines)
    return sum(len(line) - 1 for line in lines)


def answers(joint: Floats, priors: Floats) -> NDArray[np.int64]:
    """The class of the largest joint density along the first axis; the likeliest class where all are zero."""
    chosen: NDArray[np.int64] = joint.argmax(axis=0)
    chosen[joint.max(axis=0) == 0] = int(priors.argmax())
    return chosen


def _priors(parts: tuple[Part, ...], classes: int) -> Floats:
    priors = np.zeros(classes)
    for part in parts:
        priors[part.label] += part.share
    return priors


def _over_plane(
    wide: tuple[Part, ...], rule: tuple[Part, ...], classes: int, nodes: int, rng: np.random.Generator
) -> Floats:
    """Wrong and undecided mass of the wide parts for each shift, shape (2, shifts)."""
    sums = np.zeros((2, SHIFTS))
    if not wide:
        return sums
    low, high = extent(wide)
    area = float((high - low).prod())
    columns = int(np.ceil(np.sqrt(nodes / _GRIDS / _ASPECT)))
    size = np.array([columns, int(_ASPECT * columns)])
    cell = (high - low) / size
    offsets = np.arange(_GRIDS)[:, None] * np.array([1, _STEP]) / _GRIDS
    for shift in range(SHIFTS):
        start = low + (offsets + rng.random(2)) % 1.0 * cell
        across, up = (start[:, axis, None] + np.arange(size[axis]) * cell[axis] for axis in (0, 1))
        known, joint = (_grid_joint(of, classes, across, up) for of in (rule, wide))
        chosen = answers(known, _priors(rule, classes))
        right = np.take_along_axis(joint, chosen[None], axis=0)[0]
        total = joint.sum(axis=0)
        sums[0, shift] = area * float((total - right).mean())
        sums[1, shift] = area * float(total[known.max(axis=0) == 0].sum() / total.size)
    return sums


def _along_shapes(
    thin: tuple[Part, ...], rule: tuple[Part, ...], classes: int, nodes: int, rng: np.random.Generator
) -> Floats:
    """The same of the thin parts."""
    if not thin:
        return np.zeros((2, SHIFTS))
    counts, x = along(thin, nodes, rng)
    known = np.zeros((classes, len(x)))
    for part in rule:
        known[part.label] += part.share * part.shape.density(x)
    labels = np.repeat([part.label for part in thin], np.array(counts) * SHIFTS)
    wrong = answers(known, _priors(rule, classes)) != labels
    undecided = known.max(axis=0) == 0
    return np.stack([mean_along(thin, counts, values.astype(float)) for values in (wrong, undecided)])


def _grid_joint(parts: tuple[Part, ...], classes: int, across: Floats, up: Floats) -> Floats:
    joint = np.zeros((classes, *up.shape, across.shape[1]))
    for part in parts:
        joint[part.label] += part.share * part.shape.grid_density(across, up)
    return joint
