"""How near learned weights can come to painted ones, and what keeps them away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import labels
from ..attention import attend
from ..equation import Block
from ..gradients import attention_loss
from ..labels import number
from ..scenario import Array, Scenario
from ..steps import Step
from ..wording import Quote, listed
from .learner import Snapshot
from .paint import learned

#: A loss so near to the lowest possible counts as reached, in nats.
REACHED = 0.02
_ABOVE = Step("above", "above the lowest", r"\mathrm{above}", ("head", "k"))
#: What stands for 0 where the logarithm of a painted weight is asked for.
_SMALL = 0.01


def lowest(target: Array) -> float:
    """Lowest loss that any weights have: the mean entropy of the rows, in nats.

    Examples
    --------
    >>> lowest(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]])) == np.log(2) / 2
    np.True_
    """
    T = target[target.any(axis=1)]
    return float(-(T * np.log(T, out=np.zeros_like(T), where=T > 0)).sum(axis=1).mean())


def needed_rank(target: Array) -> int:
    """How many columns Q and K need, to make wanted weights exactly.

    Softmax doesn't see a number that is added to a whole row, so it is the rank of the
    logarithms after each row's mean is taken off. For 0, whose logarithm doesn't exist,
    stands 0.01; rows of which nothing is wanted aren't counted.

    Examples
    --------
    >>> needed_rank(np.eye(3)), needed_rank(np.full((3, 3), 1 / 3))
    (2, 0)
    """
    logs = np.log(np.maximum(target[target.any(axis=1)], _SMALL))
    return int(np.linalg.matrix_rank(logs - logs.mean(axis=1, keepdims=True), tol=1e-6))


def by_size(target: Array, found: Sequence[Snapshot | None], sizes: range) -> Block:
    """How far runs with other sizes stay above the lowest loss, as one row of boxes.

    Parameters
    ----------
    target : ndarray, shape (n, n_k)
    found : sequence of Snapshot or None
        The best of each run; of None there is no run.
    sizes : range
        d_k of each.
    """
    above = {
        f"d_k = {d_k}": best.loss - lowest(target)
        for d_k, best in zip(sizes, found, strict=True)
        if best
    }
    return Block(_ABOVE, np.array([list(above.values())]), ("loss",), tuple(above))


def explain(s: Scenario, target: Array, best: Snapshot, quote: Quote = str) -> str:
    """Say whether the best that was found is what was painted, and if not, why.

    Parameters
    ----------
    s : Scenario
        Of one head.
    target : ndarray, shape (n, n_k)
    best : Snapshot
    quote : callable
        Makes a word harmless where the sentence is shown.

    Examples
    --------
    >>> from attn_core.learning.descent import Descent
    >>> from attn_core.learning.paint import by_d_k
    >>> from attn_core.presets import DEFAULT
    >>> runs = by_d_k(DEFAULT.scenario, np.eye(3), range(1, 3), Descent(), steps=200)
    >>> print(explain(DEFAULT.scenario, np.eye(3), runs[0]))
    Not reached: the loss is 0.294 above the lowest possible, 0.000. With d_k = 1 the scores \
Q Kᵀ have rank 1, and made exactly these weights take rank 2.
    >>> print(explain(DEFAULT.scenario, np.eye(3), runs[1]))
    Reached: the loss is 0.001, and 0.000 is the lowest possible.
    """
    floor, d_k = lowest(target), best.params["W_q"].shape[-1]
    gap = best.loss - floor
    if gap <= REACHED:
        return (
            f"Reached: the loss is {number(best.loss, 3)}, "
            f"and {number(floor, 3)} is the lowest possible."
        )
    found = (
        f"Not reached: the loss is {number(gap, 3)} above the lowest possible, {number(floor, 3)}."
    )
    return f"{found} {_why(s, target, best, d_k, quote)}"


def _why(s: Scenario, target: Array, best: Snapshot, d_k: int, quote: Quote) -> str:
    twins = _twins(s, target)
    if twins:
        words = listed([quote(labels.isolate(labels.unique(s.tokens)[i])) for i in twins])
        return (
            f"{words} have the same embedding, hence the same query and one row of weights, "
            "but different rows are painted."
        )
    _, gradient = attention_loss(learned(s, best.params), target)
    if max(np.abs(g).max() for g in gradient.values()) < 1e-6:
        return (
            "Nothing pulls at the numbers here: the gradient is 0. "
            "Start from random numbers, or from another seed."
        )
    rank = needed_rank(target)
    if rank > d_k:
        return (
            f"With d_k = {d_k} the scores Q Kᵀ have rank {d_k}, "
            f"and made exactly these weights take rank {rank}."
        )
    return _embeddings_or_steps(s, rank)


def _embeddings_or_steps(s: Scenario, rank: int) -> str:
    t = attend(s)
    rows = min(np.linalg.matrix_rank(t.placed), np.linalg.matrix_rank(t.placed_context))
    if rows < rank:
        return (
            f"The rank of X is {rows}, so that of the scores can't be more, "
            f"and made exactly these weights take rank {rank}."
        )
    return "More steps, another learning rate or another seed may come nearer."


def _twins(s: Scenario, target: Array) -> tuple[int, int] | None:
    """Two words that ask alike, of which different things are wanted."""
    if s.positions == "rope" or s.positions == "alibi" or s.mask is not None:
        return None  # their rows may differ
    rows = attend(s).placed
    for i in range(s.n):
        for j in range(i):
            asked = target[i].any() and target[j].any()
            if asked and (rows[i] == rows[j]).all() and not np.allclose(target[i], target[j]):
                return j, i
    return None
