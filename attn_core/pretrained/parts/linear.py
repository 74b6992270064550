"""Linear maps x W + b, and the column of ones that makes a bias one more row of W."""

from __future__ import annotations

import numpy as np

from ..files.checkpoint import Checkpoint, Matrix

#: The name of the column of ones, whose row in each projection is its bias.
BIAS = "1"


def with_ones(X: Matrix) -> Matrix:
    """Add the column of ones that meets the biases; shape (n, d_model + 1).

    Examples
    --------
    >>> with_ones(np.zeros((1, 2), np.float32))
    array([[0., 0., 1.]], dtype=float32)
    """
    return np.concatenate([X, np.ones((len(X), 1), X.dtype)], axis=1)


def with_bias(W: Matrix, b: Matrix) -> Matrix:
    """Add a bias as the row that the column of ones meets; shape (rows + 1, columns)."""
    return np.concatenate([W, b[None]])


def read_linear(file: Checkpoint, name: str, rows: int, columns: int) -> tuple[Matrix, Matrix]:
    """Read W and b of x W + b; PyTorch keeps its matrices transposed."""
    A = file.take(f"{name}.weight", columns, rows)
    return np.ascontiguousarray(A.T), file.take(f"{name}.bias", columns)
