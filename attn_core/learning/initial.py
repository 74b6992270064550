"""Initial W_q and W_k."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from ..scenario import Array

Start = Literal["random", "identity"]
STARTS: tuple[Start, ...] = get_args(Start)

#: Spread of the random numbers to start with: softmax is still soft there.
_SPREAD = 0.3


def start(kind: Start, d_model: int, d_k: int, seed: int) -> dict[str, Array]:
    """W_q and W_k to begin with.

    Parameters
    ----------
    kind : {"random", "identity"}
        Normal numbers with a standard deviation of 0.3, or the first d_k columns of the
        identity, where attention is likeness.
    d_model, d_k : int
    seed : int

    Examples
    --------
    >>> start("identity", 3, 2, seed=1)["W_q"]
    array([[1., 0.],
           [0., 1.],
           [0., 0.]])
    """
    if kind == "identity":
        return {"W_q": np.eye(d_model, d_k), "W_k": np.eye(d_model, d_k)}
    drawn = np.random.default_rng(seed).normal(0, _SPREAD, (2, d_model, d_k))
    return {"W_q": drawn[0], "W_k": drawn[1]}
