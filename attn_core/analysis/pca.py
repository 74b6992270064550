"""Principal axes: the few directions along which rows of numbers vary most (Pearson 1901)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Array


@dataclass(frozen=True, eq=False)
class PCA:
    """Rows along their principal axes; computed by `pca`.

    Attributes
    ----------
    coordinates : ndarray, shape (n, d)
        Of the centred rows; 0 along axes that don't exist.
    shares : ndarray, shape (d,)
        Part of the variance along each axis.
    """

    coordinates: Array
    shares: Array

    @property
    def kept(self) -> float:
        """Part of the variance that all these axes hold together; 0 where nothing varies."""
        return min(1.0, float(self.shares.sum()))


def pca(rows: Array, d: int) -> PCA:
    """Project rows onto their first d principal axes.

    No other d-dimensional coordinates have dot products nearer to those of the centred rows
    (Eckart and Young 1936); with n − 1 axes or more the dot products are equal.

    Parameters
    ----------
    rows : ndarray, shape (n, width)
    d : int

    Examples
    --------
    >>> flat = pca(np.array([[0.0, 1.0, 5.0], [0.0, 1.0, 9.0]]), 2)
    >>> flat.coordinates, flat.shares, flat.kept
    (array([[-2.,  0.],
           [ 2.,  0.]]), array([1., 0.]), 1.0)
    """
    rows = np.asarray(rows, np.float64)
    centred = rows - rows.mean(axis=0)
    # Equal rows leave only rounding errors, which are no direction.
    noise = max(rows.shape) * np.finfo(np.float64).eps * np.linalg.norm(rows)
    lengths, axes = directions(centred, max(d, len(rows)), noise)
    variances = np.square(lengths)
    return PCA(centred @ axes[:d].T + 0.0, variances[:d] / (variances.sum() or 1.0))


def directions(rows: Array, d: int, noise: float = 0.0) -> tuple[Array, Array]:
    """Compute the first d right singular vectors of rows, and their singular values.

    The sign of a singular vector is arbitrary; here its largest number is positive.

    Parameters
    ----------
    rows : ndarray, shape (n, width)
    d : int
    noise : float
        A singular value up to this counts as 0.

    Returns
    -------
    lengths : ndarray, shape (d,)
        Singular values; 0 where there are fewer directions.
    axes : ndarray, shape (d, width)
        Orthonormal rows; zeros where there are fewer directions.

    Examples
    --------
    >>> lengths, axes = directions(np.array([[0.0, -3.0], [0.0, -4.0]]), 3)
    >>> lengths, axes
    (array([5., 0., 0.]), array([[0., 1.],
           [0., 0.],
           [0., 0.]]))
    """
    _, found, right = np.linalg.svd(rows, full_matrices=False)
    count = min(d, int((found > noise).sum()))
    lengths, axes = np.zeros(d), np.zeros((d, rows.shape[1]))
    lengths[:count] = found[:count]
    largest = np.abs(right[:count]).argmax(axis=1)
    axes[:count] = right[:count] * np.sign(right[np.arange(count), largest])[:, None] + 0.0
    return lengths, axes
