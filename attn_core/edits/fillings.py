"""Numbers that fill a whole matrix."""

from __future__ import annotations

import numpy as np

from .. import limits, positions
from ..scenario import Array, Scenario
from ..shape_rule import resized
from ..text.embeddings import embed
from .matrices import MatrixName, matrix_of


def identity(s: Scenario, name: MatrixName) -> Array:
    """Ones on the diagonal, in the shape that the matrix has."""
    return np.eye(*matrix_of(s, name).shape)


def zeros(s: Scenario, name: MatrixName) -> Array:
    """Zeros, in the shape that the matrix has."""
    return np.zeros(matrix_of(s, name).shape)


def random(s: Scenario, name: MatrixName, seed: int) -> Array:
    """Draw normal numbers in steps of 0.05 within ±3, the same for the same seed and shape.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> random(DEFAULT.scenario, "W_q", seed=1).shape
    (4, 4)
    """
    drawn: Array = np.random.default_rng(seed).normal(size=matrix_of(s, name).shape)
    return (drawn * 20).round().clip(-60, 60) / 20


def as_started(s: Scenario, name: MatrixName, start: Scenario, head: int = 0) -> Array:
    """The matrix of the scenario it started from, in today's shape.

    X and Z are looked up anew. A head that the start didn't have starts as its last one;
    positions and W_o that it didn't have, as the lab makes them.
    """
    if name == "X":
        return embed(s.tokens, s.features)
    if name == "Z":
        return embed(s.context, s.features)
    rows, columns = matrix_of(s, name).shape
    if getattr(start, name) is None:
        if name == "P":
            return limits.quantize(name, positions.sinusoidal(rows, columns))
        return side_by_side(rows * (head + 1), columns)[-rows:]
    return resized(matrix_of(start, name, min(head, start.h - 1)), rows, columns)


def side_by_side(rows: int, d_model: int) -> Array:
    """W_o to start from: each number of the heads goes to the next feature, in turn.

    Examples
    --------
    >>> side_by_side(3, 2)
    array([[1., 0.],
           [0., 1.],
           [1., 0.]])
    """
    W_o: Array = np.eye(d_model)[np.arange(rows) % d_model]
    return W_o
