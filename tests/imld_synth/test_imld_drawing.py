"""Drawings: counts, posteriors, and the Bayes error against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from imld_synth import Drawing, Mixture
from imld_synth.shapes import Box, Oval, Ring, Strokes, round_gaussian, turned_gaussian


def two(distance: float, sigma: float) -> Drawing:
    return Drawing((round_gaussian((0, 0), sigma), round_gaussian((distance, 0), sigma)))


@pytest.mark.parametrize("sigma", [0.001, 0.1, 10.0])
@pytest.mark.parametrize("d", [0.5, 2.0, 4.0])
def test_bayes_error_of_two_gaussians(sigma: float, d: float) -> None:
    result = two(d * sigma, sigma).bayes_error()
    truth = norm.cdf(-d / 2)
    assert abs(result.value - truth) <= min(result.bound, 2e-4)
    assert result.bound <= 2e-4
    assert float(result) == result.value


def test_bayes_error_of_unequal_priors() -> None:
    # The threshold moves to ln(p0/p1)/d from the middle.
    p0, d = 0.8, 2.0
    drawing = Drawing((round_gaussian((0, 0), 1), round_gaussian((d, 0), 1)), (p0, 1 - p0))
    t = d / 2 + np.log(p0 / (1 - p0)) / d
    truth = p0 * norm.sf(t) + (1 - p0) * norm.cdf(t - d)
    assert drawing.bayes_error().value == pytest.approx(truth, abs=2e-4)


def test_bayes_error_of_overlapping_hard_boxes() -> None:
    drawing = Drawing((Box((0, 0), (1, 1)), Box((0.5, 0.3), (1.5, 1.3))))
    assert drawing.bayes_error().value == pytest.approx(0.5 * 0.5 * 0.7, abs=2e-4)


def test_bayes_error_of_box_in_disc() -> None:
    # Where the box (density 1/0.36) lies on the disc (1/pi), the disc's points are lost.
    drawing = Drawing((Oval((0, 0), (1, 1)), Box((-0.3, -0.3), (0.3, 0.3))))
    assert drawing.bayes_error().value == pytest.approx(0.5 * 0.36 / np.pi, abs=2e-4)


def test_bayes_error_of_separate_shapes_is_zero() -> None:
    drawing = Drawing((Ring((0, 0), 0.65, 0.85), Box((-0.3, -0.3), (0.3, 0.3))))
    assert drawing.bayes_error().value == 0


def test_bayes_error_of_three_equal_classes() -> None:
    same = round_gaussian((0, 0), 0.2)
    assert Drawing((same, same, same)).bayes_error().value == pytest.approx(2 / 3, abs=2e-4)


def test_bayes_error_of_thin_strokes_beside_wide_clouds() -> None:
    """Two scales 150 times apart: half the mass in clouds, half in hair lines 4 sigma / 2 apart."""

    def half(shift: float, level: float) -> Mixture:
        return Mixture((round_gaussian((shift, 0), 0.3), Strokes((((5, level), (6, level)),), 0.002)), (1, 1))

    drawing = Drawing((half(0.0, 0.0), half(0.3, 0.004)))
    truth = 0.5 * norm.cdf(-0.5) + 0.5 * norm.cdf(-1.0)
    assert drawing.bayes_error().value == pytest.approx(truth, abs=2e-4)


def test_bayes_error_of_thin_strokes_on_a_cloud() -> None:
    """Checked by brute force on a grid finer than the stroke."""
    drawing = Drawing(
        (
            Mixture((round_gaussian((0, 0), 0.2), Strokes((((-0.4, 0.1), (0.4, -0.1)),), 0.004)), (1, 1)),
            turned_gaussian((0.1, 0), (0.3, 0.1), 20),
        )
    )
    h = 0.0015
    axis = np.arange(-1.5, 1.5, h) + h / 2
    missed = 0.0
    for block in np.array_split(axis, 20):
        x = np.stack(np.meshgrid(block, axis[np.abs(axis) < 1.1], indexing="ij"), axis=-1).reshape(-1, 2)
        missed += float(drawing.joint(x).min(axis=1).sum()) * h * h
    result = drawing.bayes_error()
    assert abs(result.value - missed) <= 2e-4


def test_bayes_error_repeats_itself() -> None:
    assert two(1, 1).bayes_error() == two(1, 1).bayes_error()


@settings(max_examples=50, deadline=None)
@given(
    n=st.integers(0, 500),
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_counts_follow_priors_by_largest_remainder(n: int, weights: list[int]) -> None:
    priors = tuple(w / sum(weights) for w in weights)
    counts = Drawing((round_gaussian((0, 0), 1),) * len(weights), priors).counts(n)
    assert sum(counts) == n
    assert all(abs(c - n * p) < 1 + 1e-6 for c, p in zip(counts, priors, strict=True))


def test_counts_are_exact_for_equal_thirds() -> None:
    assert Drawing((round_gaussian((0, 0), 1),) * 3).counts(300_000) == (100_000,) * 3


def test_sample_is_shuffled_and_typed() -> None:
    x, y = two(3, 1).sample(1_001, np.random.default_rng(0))
    assert x.shape == (1_001, 2) and x.dtype == np.float64 and y.dtype == np.int64
    assert sorted(np.bincount(y)) == [500, 501]
    assert 400 < (np.diff(y) != 0).sum() < 600  # sorted labels would change once


def test_posterior_joint_and_density_agree() -> None:
    drawing = Drawing((round_gaussian((0, 0), 1), round_gaussian((1, 0), 1)), (0.3, 0.7))
    x = np.array([[0.5, 0.0], [0.0, 2.0]])
    assert drawing.posterior(x)[0] == pytest.approx([0.3, 0.7])
    # Bayes' rule by hand at x = 0: the densities' ratio is exp(1/2).
    assert drawing.posterior(x)[1, 0] == pytest.approx(0.3 * np.exp(0.5) / (0.3 * np.exp(0.5) + 0.7))
    assert drawing.joint(x).sum(axis=1) == pytest.approx(drawing.density(x))


def test_posterior_falls_back_to_priors_where_nothing_is_known() -> None:
    drawing = Drawing((Box((0, 0), (1, 1)), Box((2, 0), (3, 1))), (0.25, 0.75))
    assert drawing.posterior(np.array([[9.0, 9.0]]))[0] == pytest.approx([0.25, 0.75])


def test_bad_priors_are_refused() -> None:
    shapes = (round_gaussian((0, 0), 1), round_gaussian((1, 0), 1))
    for priors in [(0.5, 0.6), (1.0,), (1.5, -0.5)]:
        with pytest.raises(ValueError, match="prior"):
            Drawing(shapes, priors)
