"""Principal axes: the few directions along which rows of numbers vary most (Pearson 1901)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Array


@dataclass(frozen=True, eq=False)
class PCA:
    """Rows along their principal axes; made by `pca`.

    Attributes
    ----------
    coordinates : ndarray, shape (n, d)
        Of the centred rows; 0 along axes that there aren't.
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
    """Place rows along their first d principal axes.

    Of all d-dimensional pictures of the centred rows none has scalar products nearer to
    theirs (Eckart and Young 1936); with n − 1 axes or more they are the same.

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
    # What is left of equal rows is rounding, and no direction.
    noise = max(rows.shape) * np.finfo(np.float64).eps * np.linalg.norm(rows)
    lengths, axes = directions(centred, max(d, len(rows)), noise)
    variances = np.square(lengths)
    return PCA(centred @ axes[:d].T + 0.0, variances[:d] / (variances.sum() or 1.0))


def directions(rows: Array, d: int, noise: float = 0.0) -> tuple[Array, Array]:
    """The d directions in which rows are longest, and how long they are in each.

    Each points to where its largest number is positive, for a decomposition leaves that open.

    Parameters
    ----------
    rows : ndarray, shape (n, width)
    d : int
    noise : float
        A length up to this is none.

    Returns
    -------
    lengths : ndarray, shape (d,)
        Singular values; 0 where there is no further direction.
    axes : ndarray, shape (d, width)
        Of length 1, at right angles; zeros where there is no further direction.

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
