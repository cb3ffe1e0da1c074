"""IMLD's ready distributions."""

import numpy as np
import pytest
from scipy.stats import norm

from imld_synth import imld


def test_all_have_exact_posteriors_and_balanced_shares() -> None:
    found = imld.distributions()
    assert len(found) == 8
    for drawing in found.values():
        x, y = drawing.sample(600, np.random.default_rng(0))
        assert np.bincount(y).tolist() == list(drawing.counts(600))
        assert drawing.posterior(x).sum(axis=1) == pytest.approx(np.ones(600))


def test_overlapping_gaussian_has_its_closed_form_error() -> None:
    d = 2 * 0.14 * np.sqrt(2) / np.sqrt(0.025)
    assert imld.overlapping_gaussian().bayes_error().value == pytest.approx(norm.cdf(-d / 2), abs=2e-4)


def test_toroidal_counts() -> None:
    assert imld.toroidal().counts(12_000) == (2_000, 10_000)


def test_rotated_ellipse_stands_upright() -> None:
    x, y = imld.rotated_ellipses().sample(20_000, np.random.default_rng(0))
    assert x[y == 0].var(axis=0) == pytest.approx([0.0333, 0.0043], rel=0.05)
    assert x[y == 1].var(axis=0) == pytest.approx([0.0043, 0.0333], rel=0.05)


def test_yin_and_yang_meet_but_do_not_mix_unless_asked() -> None:
    apart, mixed = imld.yin_yang(), imld.yin_yang(0.1)
    assert apart.bayes_error().value == 0
    assert 0.01 < mixed.bayes_error().value < 0.1
    x, y = apart.sample(10_000, np.random.default_rng(0))
    assert np.hypot(*x.T).max() <= 0.75
    # Yin is the left half with the lower head, yang the right half with the upper one.
    assert (y[x[:, 0] < -0.4] == 0).all() and (y[x[:, 0] > 0.4] == 1).all()
    assert (y[np.hypot(x[:, 0], x[:, 1] + 0.375) < 0.3] == 0).all()
