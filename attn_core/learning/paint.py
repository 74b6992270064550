"""Learn painted attention: W_q and W_k of one sentence, from the weights that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from .. import labels
from ..attention import attend
from ..gradients import attention_loss
from ..labels import number
from ..scenario import Array, Scenario
from ..wording import Quote, listed
from .descent import Descent, Params
from .learner import Learner, Snapshot, Task

Start = Literal["random", "identity"]
STARTS: tuple[Start, ...] = get_args(Start)

#: Spread of the random numbers to start with: softmax is still soft there.
_SPREAD = 0.3
#: A loss so near to the lowest possible counts as reached, in nats.
REACHED = 0.02
#: What stands for 0 where the logarithm of a painted weight is asked for.
_SMALL = 0.01


def wanted(painted: Array) -> Array:
    """Normalise what was painted: each row sums to 1, an empty one stays 0.

    Parameters
    ----------
    painted : ndarray, shape (n, n_k)
        Numbers of at least 0.

    Raises
    ------
    ValueError
        When a number is below 0 or isn't finite, or nothing is painted.

    Examples
    --------
    >>> wanted(np.array([[1.0, 1.0], [0.0, 0.0]]))
    array([[0.5, 0.5],
           [0. , 0. ]])
    """
    painted = np.asarray(painted, dtype=np.float64)
    wrong = ~(np.isfinite(painted) & (painted >= 0))
    if wrong.any():
        i, j = (int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            "Painted attention takes numbers of 0 or more: "
            f"row {i + 1}, column {j + 1} is {painted[i, j]:g}."
        )
    sums = painted.sum(axis=1, keepdims=True)
    if not sums.any():
        raise ValueError("Nothing is painted yet: click a box, and its word is to be looked at.")
    result: Array = np.divide(painted, sums, out=np.zeros_like(painted), where=sums > 0)
    return result


#: Patterns to paint at once, from how many ask and how many can be looked at. A word
#: without such a neighbour is left free.
PATTERNS: Mapping[str, Callable[[int, int], Array]] = {
    "itself": lambda n, n_k: np.eye(n, n_k),
    "the word before": lambda n, n_k: np.eye(n, n_k, k=-1),
    "the next word": lambda n, n_k: np.eye(n, n_k, k=1),
    "the first word": lambda n, n_k: np.tile(np.eye(1, n_k), (n, 1)),
    "all alike": lambda n, n_k: np.ones((n, n_k)),
}


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


def learned(s: Scenario, params: Params) -> Scenario:
    """One head's scenario with learned W_q and W_k; all else stays."""
    return replace(s, W_q=params["W_q"], W_k=params["W_k"])


def task(s: Scenario, target: Array, d_k: int, kind: Start = "random", seed: int = 1) -> Task:
    """Find W_q and W_k that make the weights of a sentence what is wanted.

    Parameters
    ----------
    s : Scenario
        Of one head; its words, mask, positions, scaling and temperature stay.
    target : ndarray, shape (n, n_k)
        From `wanted`.
    d_k : int
        Columns that W_q and W_k are to have.
    kind, seed
        Where to start; see `start`.

    Raises
    ------
    ValueError
        When the mask blocks what is wanted, or the scenario can't have so few columns.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> learner = Learner(task(DEFAULT.scenario, np.eye(3), d_k=2), Descent(), steps=100)
    >>> learner.advance(100)
    >>> learner.last.loss < 0.05 < learner.snapshots[0].loss
    True
    """
    begin = start(kind, s.d_model, d_k, seed)
    attention_loss(learned(s, begin), target)  # says what is wrong, before anything runs
    return Task(begin, lambda params: attention_loss(learned(s, params), target))


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


def by_d_k(
    s: Scenario,
    target: Array,
    sizes: range,
    descent: Descent,
    steps: int,
    kind: Start = "random",
    seed: int = 1,
) -> list[Snapshot | None]:
    """Learn the same with each number of columns.

    Returns
    -------
    list of Snapshot or None
        The best of each run; None where the scenario can't have so few columns.
    """
    return [_best_with(d_k, s, target, descent, steps, kind, seed) for d_k in sizes]


def _best_with(
    d_k: int, s: Scenario, target: Array, descent: Descent, steps: int, kind: Start, seed: int
) -> Snapshot | None:
    if s.positions == "rope" and d_k < 2:
        return None
    learner = Learner(task(s, target, d_k, kind, seed), descent, steps)
    learner.advance(steps)
    return learner.best


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
