"""Each shape's density integrates to 1 and is the density of its samples."""

from itertools import pairwise

import numpy as np
import pytest

from imld_synth import Mixture
from imld_synth.shapes import (
    Box,
    Gaussian,
    Oval,
    Ring,
    Shape,
    Spiral,
    Strokes,
    YinYang,
    round_gaussian,
    turned_gaussian,
)

SHAPES: dict[str, Shape | Mixture] = {
    "gaussian": Gaussian((0.2, -0.1), ((0.05, 0.02), (0.02, 0.03))),
    "turned": turned_gaussian((0.1, 0.1), (0.3, 0.1), 30.0),
    "ring": Ring((0.1, -0.1), 0.65, 0.85),
    "oval": Oval((0.1, 0.2), (0.7, 0.3), 25.0),
    "yin": YinYang((0.1, 0.0), 0.75, 1.125, yang=False),
    "yang-overlapping": YinYang((0.0, 0.1), 0.75, 0.5, yang=True, overlap=0.3),
    "spiral": Spiral((0.0, 0.0), 0.1, 0.3, 2.3, 0.05, angle=40.0),
    "spiral-through-centre": Spiral((0.0, 0.0), 0.0, 0.4, 1.5, 0.08),
    "strokes": Strokes((((-0.5, -0.5), (0.5, 0.3), (0.0, 0.6)), ((-0.6, 0.5), (-0.2, 0.5))), 0.05),
    "box": Box((-0.5, -0.3), (0.4, 0.6)),
    "soft-box": Box((-0.5, -0.3), (0.4, 0.6), 0.14),
    "mixture": Mixture((round_gaussian((-0.5, 0.0), 0.1), Box((0.0, 0.0), (0.5, 0.5), 0.05)), (3, 1)),
}
BINS, FINE, SPAN = 60, 20, 2.0


def grid_masses(shape: Shape | Mixture) -> np.ndarray:
    """Probability of each of BINS x BINS cells, from the density at FINE x FINE points of the cell."""
    n = BINS * FINE
    centers = -SPAN + (np.arange(n) + 0.5) * 2 * SPAN / n
    x = np.stack(np.meshgrid(centers, centers, indexing="ij"), axis=-1).reshape(-1, 2)
    fine = shape.density(x).reshape(BINS, FINE, BINS, FINE)
    return fine.sum(axis=(1, 3)) * (2 * SPAN / n) ** 2


@pytest.mark.parametrize("name", SHAPES)
def test_density_integrates_to_one_and_matches_samples(name: str) -> None:
    shape = SHAPES[name]
    masses = grid_masses(shape)
    assert masses.sum() == pytest.approx(1.0, abs=2e-3)
    n = 200_000
    x = shape.sample(n, np.random.default_rng(3))
    assert x.shape == (n, 2) and x.dtype == np.float64
    edges = np.linspace(-SPAN, SPAN, BINS + 1)
    counts = np.histogram2d(x[:, 0], x[:, 1], bins=[edges, edges])[0]
    # Compared where counting noise is small; hard edges leave up to 5 % of error in a cut cell.
    cells = masses > 1e-4
    chi2 = ((counts - n * masses)[cells] ** 2 / (n * masses + (0.05 * n * masses) ** 2)[cells]).sum()
    assert chi2 < cells.sum() + 5 * np.sqrt(2 * cells.sum())
    assert counts[masses == 0].sum() <= 0.002 * n


def test_a_wrong_density_would_be_noticed() -> None:
    """The comparison above has teeth: a box 4 % too wide fails it."""
    masses = grid_masses(Box((-0.5, -0.3), (0.436, 0.6), 0.14))
    n = 200_000
    x = SHAPES["soft-box"].sample(n, np.random.default_rng(3))
    edges = np.linspace(-SPAN, SPAN, BINS + 1)
    counts = np.histogram2d(x[:, 0], x[:, 1], bins=[edges, edges])[0]
    cells = masses > 1e-4
    chi2 = ((counts - n * masses)[cells] ** 2 / (n * masses + (0.05 * n * masses) ** 2)[cells]).sum()
    assert chi2 > cells.sum() + 5 * np.sqrt(2 * cells.sum())


@pytest.mark.parametrize("name", SHAPES)
def test_extent_holds_the_mass(name: str) -> None:
    x = SHAPES[name].sample(20_000, np.random.default_rng(0))
    corners = np.array([leaf.extent() for _, leaf in SHAPES[name].leaves()])
    assert ((x >= corners[:, 0].min(axis=0)) & (x <= corners[:, 1].max(axis=0))).all()


def test_thin_strokes_skip_no_point_that_counts() -> None:
    """The search for nearby points gives the same sum as evaluating every segment everywhere."""
    rng = np.random.default_rng(1)
    corners = tuple((float(a), float(b)) for a, b in rng.uniform(-1, 1, (6, 2)))
    thin = Strokes((corners,), 0.01)
    x = thin.sample(2_000, rng)
    expected = np.zeros(len(x))
    for a, b in pairwise(corners):
        # A segment is the limit of a chain of Gaussians.
        chain = np.linspace(a, b, 20_001)[:-1] + (np.array(b) - np.array(a)) / 40_000
        share = np.hypot(b[0] - a[0], b[1] - a[1]) / thin.length / 20_000
        for part in np.array_split(chain, 40):
            d2 = ((x[:100, None] - part[None]) ** 2).sum(axis=2)
            expected[:100] += share * np.exp(-d2 / 2e-4).sum(axis=1) / (2 * np.pi * 1e-4)
    assert thin.density(x)[:100] == pytest.approx(expected[:100], rel=1e-4)


def test_far_tails_stay_positive() -> None:
    soft = Box((0.0, 0.0), (1.0, 1.0), 0.1)
    tail = soft.density(np.array([[-2.0, 0.5], [3.0, 0.5]]))
    assert (tail > 0).all()
    assert tail[0] == pytest.approx(tail[1], rel=1e-9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Gaussian((0, 0), ((1, 2), (2, 1))),
        lambda: Gaussian((0, 0), ((1, 0.1), (0.2, 1))),
        lambda: Box((1, 0), (0, 1)),
        lambda: Ring((0, 0), 0.5, 0.5),
        lambda: Oval((0, 0), (1, 0)),
        lambda: YinYang((0, 0), 0, 1),
        lambda: Spiral((0, 0), 0.1, 0.1, 0, 0.1),
        lambda: Strokes((((0, 0),),), 0.1),
        lambda: Strokes((((0, 0), (0, 0)),), 0.1),
        lambda: Strokes((), 0.1),
        lambda: Mixture((round_gaussian((0, 0), 1),), (1, 2)),
        lambda: Mixture((round_gaussian((0, 0), 1),), (0,)),
    ],
)
def test_impossible_parameters_are_refused(make) -> None:
    with pytest.raises(ValueError):
        make()
