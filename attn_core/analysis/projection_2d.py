"""Words as points in a plane, to see which ones a projection holds together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Array
from .pca import pca

#: Words nearer to each other than this part of the widest distance are one group.
NEAR = 0.3


@dataclass(frozen=True, eq=False)
class Projection2D:
    """Rows of a matrix in two dimensions.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
    shares : tuple of two float, or None
        Part of the variance along each principal axis; None where the rows have two
        numbers or one and are drawn as they are.
    """

    points: Array
    shares: tuple[float, float] | None


def project_2d(rows: Array) -> Projection2D:
    """Draw rows in two dimensions: as they are, or along their two principal axes.

    The principal axes are those of `axes`.

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
    """Number the groups of rows that stand together, from 0 in order of appearance.

    Two rows nearer than `NEAR` of the widest distance are of one group, and so are
    all that are joined through others.

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
