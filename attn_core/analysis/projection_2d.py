"""Words as points in two dimensions, and their clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Array
from .pca import pca

#: Words nearer than this part of the largest distance are in one cluster.
NEAR = 0.3


@dataclass(frozen=True, eq=False)
class Projection2D:
    """Rows of a matrix in two dimensions; computed by `project_2d`.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
    shares : tuple of two float, or None
        Part of the variance along each principal axis; None where the rows have one or
        two numbers and stay as they are.
    """

    points: Array
    shares: tuple[float, float] | None


def project_2d(rows: Array) -> Projection2D:
    """Project rows to two dimensions with `pca`; rows of one or two numbers stay as they are.

    Parameters
    ----------
    rows : ndarray, shape (n, d)

    Examples
    --------
    >>> project_2d(np.array([[1.0, 2.0], [3.0, 4.0]])).points
    array([[1., 2.],
           [3., 4.]])
    >>> flat = project_2d(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 4.0]]))
    >>> flat.points, flat.shares
    (array([[-2.,  0.],
           [ 2.,  0.]]), (1.0, 0.0))
    """
    d = rows.shape[1]
    if d <= 2:
        return Projection2D(np.pad(rows, ((0, 0), (0, 2 - d))), None)
    found = pca(rows, 2)
    first, second = (float(share) for share in found.shares)
    return Projection2D(found.coordinates, (first, second))


def cluster(rows: Array) -> tuple[int, ...]:
    """Cluster rows, with numbers from 0 in order of appearance.

    Two rows nearer than `NEAR` of the largest distance are in one cluster, and so are
    rows that others link (single linkage).

    Parameters
    ----------
    rows : ndarray, shape (n, d)

    Examples
    --------
    >>> cluster(np.array([[0.0], [10.0], [0.5], [9.5]]))
    (0, 1, 0, 1)
    """
    distances = np.linalg.norm(rows[:, None] - rows, axis=-1)
    joined = distances <= NEAR * distances.max()
    for _ in range(len(rows)):
        joined = joined @ joined
    first = joined.argmax(axis=1)
    order = list(dict.fromkeys(first.tolist()))
    return tuple(order.index(k) for k in first.tolist())
