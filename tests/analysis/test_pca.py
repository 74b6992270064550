"""Principal axes: NumPy's eigenvectors of the covariance agree, and no others keep more."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core.analysis.pca import directions, pca
from attn_core.analysis.projection_2d import project_2d

ROWS = np.random.default_rng(11).normal(size=(7, 13)) * np.linspace(3, 0.2, 13)

#: Up to 7 rows of up to 11 numbers.
matrices = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=11),
    elements=st.floats(-5, 5, width=16),
)


@pytest.mark.parametrize("d", [1, 3, 5, 6])
def test_the_axes_are_the_eigenvectors_of_the_covariance(d):
    found = pca(ROWS, d)
    values, vectors = np.linalg.eigh(np.cov(ROWS.T))
    centred = ROWS - ROWS.mean(axis=0)
    theirs = centred @ vectors[:, ::-1][:, :d]
    np.testing.assert_allclose(np.abs(found.coordinates), np.abs(theirs), atol=1e-10)
    np.testing.assert_allclose(found.shares, values[::-1][:d] / values.sum())
    assert math.isclose(found.kept, values[::-1][:d].sum() / values.sum())


def test_by_hand():
    """Rows on the line y = x, and one beside it: variances 10 and 4 along the diagonals."""
    rows = np.add([[2, 2], [-2, -2], [1, -1], [-1, 1]], [5, 7])
    found = pca(rows, 2)
    r = math.sqrt(2)
    np.testing.assert_allclose(found.coordinates[:2], [[2 * r, 0], [-2 * r, 0]], atol=1e-12)
    np.testing.assert_allclose(np.abs(found.coordinates[2:]), [[0, r], [0, r]], atol=1e-12)
    np.testing.assert_allclose(found.shares, [16 / 20, 4 / 20])
    assert pca(rows, 1).kept == pytest.approx(0.8)


@given(matrices, st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_no_other_directions_keep_more(rows, d, seed):
    """Eckart and Young: neither of the rows nor of their products."""
    centred = rows - rows.mean(axis=0)
    others = np.linalg.qr(np.random.default_rng(seed).normal(size=rows.shape[::-1]))[0][:, :d]
    ours = pca(rows, d).coordinates
    assert ours.shape == (len(rows), d)
    slack = 1e-9 * (1 + np.square(centred).sum())
    assert np.square(ours).sum() >= np.square(centred @ others).sum() - slack
    gram = centred @ centred.T
    mine = np.linalg.norm(gram - ours @ ours.T)
    theirs = np.linalg.norm(gram - centred @ others @ others.T @ centred.T)
    assert mine <= theirs + slack**2 + slack


@given(matrices)
def test_as_many_axes_as_differences_keep_all_products(rows):
    found = pca(rows, max(1, len(rows) - 1))
    centred = rows - rows.mean(axis=0)
    np.testing.assert_allclose(
        found.coordinates @ found.coordinates.T, centred @ centred.T, atol=1e-9
    )
    assert found.kept == pytest.approx(1 if np.ptp(rows, axis=0).any() else 0)


def test_axes_that_there_are_not_are_zeros():
    found = pca(ROWS[:3], 5)
    assert not found.coordinates[:, 2:].any() and not found.shares[2:].any()
    assert not pca(ROWS[:1], 2).coordinates.any()
    equal = pca(np.full((3, 4), 0.1), 2)  # whose mean is 0.1 but for rounding
    assert not equal.coordinates.any() and equal.kept == 0


def test_each_axis_points_to_where_its_largest_number_is_positive():
    for rows in (ROWS, -ROWS):
        lengths, axes = directions(rows, 7)
        assert (axes[np.arange(7), np.abs(axes).argmax(axis=1)] > 0).all()
        np.testing.assert_allclose(axes @ axes.T, np.eye(7), atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(rows @ axes.T, axis=0), lengths)
    np.testing.assert_allclose(directions(ROWS, 7)[1], directions(-ROWS, 7)[1])


def test_the_plane_has_the_same_axes():
    shown, found = project_2d(ROWS), pca(ROWS, 2)
    np.testing.assert_array_equal(shown.points, found.coordinates)
    assert shown.shares == tuple(found.shares)
