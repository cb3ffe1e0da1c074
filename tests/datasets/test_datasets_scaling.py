"""Standardisation: statistics of train, applied to anything."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from datasets import Scaling


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(2, 40), st.just(2)), elements=st.floats(-1e6, 1e6, width=32)))
def test_scaled_train_has_mean_0_and_deviation_1_where_it_varies(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaled = Scaling.fit(x).apply(x)
    assert scaled.dtype == np.float32
    assert scaled.shape == x.shape
    assert np.isfinite(scaled).all()
    varies = np.ptp(x, axis=0) > 1e-9 * np.abs(x).max(axis=0, initial=1e-30)
    np.testing.assert_allclose(scaled.mean(axis=0)[varies], 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=0)[varies], 1, atol=1e-3)


def test_a_feature_that_does_not_vary_scales_to_0():
    x = np.column_stack([np.full(1000, 0.1), np.arange(1000.0)])
    scaling = Scaling.fit(x)
    assert scaling.std[0] == 1
    assert np.abs(scaling.apply(x)[:, 0]).max() < 1e-12


def test_dev_is_scaled_with_the_statistics_of_train():
    scaling = Scaling.fit(np.array([[0.0, 0.0], [2.0, 4.0]]))
    assert scaling.apply(np.array([[3.0, 2.0]])).tolist() == [[2.0, 0.0]]


def test_samples_of_any_shape_are_scaled_feature_by_feature():
    x = np.random.default_rng(0).normal(5, 3, (50, 4, 6)).astype(np.float32)
    scaling = Scaling.fit(x)
    assert scaling.mean.shape == (4, 6)
    assert scaling.apply(x).shape == x.shape


def test_no_rows_have_no_scaling():
    with pytest.raises(ValueError, match="no rows"):
        Scaling.fit(np.empty((0, 2)))
