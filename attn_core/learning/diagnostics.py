"""How near learned weights can come to a target: the lowest loss, the rank that it takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..notation.equation import Block
from ..notation.steps import Step
from ..scenario import Array
from .trainer import Checkpoint

#: A loss so near to the lowest possible counts as reached, in nats.
REACHED = 0.02
_ABOVE = Step("above", "above the lowest", r"\mathrm{above}", ("head", "k"))
#: What stands for 0 in the logarithm of a target weight.
SMALL = 0.01


def entropy_floor(target: Array) -> float:
    """Lowest loss that any weights have: the mean entropy of the rows, in nats.

    Examples
    --------
    >>> entropy_floor(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]])) == np.log(2) / 2
    np.True_
    """
    T = target[target.any(axis=1)]
    return float(-(T * np.log(T, out=np.zeros_like(T), where=T > 0)).sum(axis=1).mean())


def required_rank(target: Array) -> int:
    """Columns that Q and K need to make target weights exactly.

    Softmax doesn't see a number that is added to a whole row, so it is the rank of the
    logarithms after each row's mean is taken off. For 0, whose logarithm doesn't exist,
    stands 0.01; rows without a target aren't counted.

    Examples
    --------
    >>> required_rank(np.eye(3)), required_rank(np.full((3, 3), 1 / 3))
    (2, 0)
    """
    logs = np.log(np.maximum(target[target.any(axis=1)], SMALL))
    return int(np.linalg.matrix_rank(logs - logs.mean(axis=1, keepdims=True), tol=1e-6))


def excess_loss(target: Array, found: Sequence[Checkpoint | None], sizes: range) -> Block:
    """The loss above the floor for each d_k, as one row of boxes.

    Parameters
    ----------
    target : ndarray, shape (n, n_k)
    found : sequence of Checkpoint or None
        The best of each run; of None there is no run.
    sizes : range
        d_k of each.
    """
    above = {
        f"d_k = {d_k}": best.loss - entropy_floor(target)
        for d_k, best in zip(sizes, found, strict=True)
        if best
    }
    return Block(_ABOVE, np.array([list(above.values())]), ("loss",), tuple(above))
