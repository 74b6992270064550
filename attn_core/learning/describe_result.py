"""Whether learned weights are the target; and if not, what keeps them away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ..attention import attend
from ..explain.wording import Escape, join_words
from ..gradients import attention_loss
from ..limits import MAX_ABS
from ..notation import labels
from ..notation.labels import number
from ..scenario import Array, Scenario
from .diagnostics import REACHED, SMALL, entropy_floor, required_rank
from .fit_target import learned
from .trainer import Checkpoint

#: Numbers beyond this have no more room to grow.
_NEAR_BOUND = 0.95 * MAX_ABS


def describe_result(s: Scenario, target: Array, best: Checkpoint, escape: Escape = str) -> str:
    """Put in words whether the target was reached, and if not, why.

    Parameters
    ----------
    s : Scenario
        Of one head.
    target : ndarray, shape (n, n_k)
    best : Checkpoint
    escape : callable
        Makes a word harmless where the sentence is shown.

    Examples
    --------
    >>> from attn_core.learning.hyperparameters import Hyperparameters
    >>> from attn_core.learning.fit_target import by_d_k
    >>> from attn_core.presets import DEFAULT
    >>> runs = by_d_k(DEFAULT.scenario, np.eye(3), range(1, 3), Hyperparameters(steps=200))
    >>> print(describe_result(DEFAULT.scenario, np.eye(3), runs[0]))
    Not reached: the loss is 0.294 above the lowest possible, 0.000. With d_k = 1 the scores \
Q Kᵀ have rank 1 at most, and to be exactly the painted weights (with 0.01 for 0) they need rank 2.
    >>> print(describe_result(DEFAULT.scenario, np.eye(3), runs[1]))
    Reached: the loss is 0.001, and 0.000 is the lowest possible.
    """
    floor, d_k = entropy_floor(target), best.params["W_q"].shape[-1]
    gap = best.loss - floor
    if gap <= REACHED:
        return (
            f"Reached: the loss is {number(best.loss, 3)}, "
            f"and {number(floor, 3)} is the lowest possible."
        )
    found = (
        f"Not reached: the loss is {number(gap, 3)} above the lowest possible, {number(floor, 3)}."
    )
    return f"{found} {_why(s, target, best, d_k, escape)}"


def _why(s: Scenario, target: Array, best: Checkpoint, d_k: int, escape: Escape) -> str:
    certain = _empty(s, target, best, escape) or _indistinct(s, target, escape)
    if certain:
        return certain
    _, gradient = attention_loss(learned(s, best.params), target)
    still = max(np.abs(g).max() for g in gradient.values()) < 1e-6
    too_large = _too_large_a_rank(s, target, d_k)
    # A run that came down as far as d_k lets it ends without a pull, too.
    if still and (best.step == 0 or not too_large):
        return (
            "Nothing pulls at the numbers here: the gradient is 0. "
            "Start from random numbers, or from another seed."
        )
    is_at_bound = max(np.abs(W).max() for W in best.params.values()) > _NEAR_BOUND
    if is_at_bound:
        return too_large or f"The numbers have come near ±{MAX_ABS:g}, as far as the lab goes."
    if too_large:
        return too_large + _nearer(target, min(d_k, _rank_of_embeddings(s)))
    return "More steps, more columns, another learning rate or seed may come nearer."


def _too_large_a_rank(s: Scenario, target: Array, d_k: int) -> str:
    if s.mask is not None or s.positions == "alibi":
        return ""  # what is blocked or added fits no rank
    rank, rows = required_rank(target), _rank_of_embeddings(s)
    if rank <= min(d_k, rows):
        return ""
    stand_in = f" (with {SMALL:g} for 0)" if _has_zeros(target) else ""
    need = f"and to be exactly the painted weights{stand_in} they need rank {rank}."
    if rows < d_k:  # more columns would change nothing
        return f"The rank of the embeddings is {rows}, so that of the scores can't be more, {need}"
    return f"With d_k = {d_k} the scores Q Kᵀ have rank {d_k} at most, {need}"


def _rank_of_embeddings(s: Scenario) -> float:
    """Largest possible rank of the scores; infinite where RoPE adds to it."""
    if s.positions == "rope":  # it turns equal rows differently
        return math.inf
    t = attend(s)
    return int(min(np.linalg.matrix_rank(t.X_pos), np.linalg.matrix_rank(t.Z_pos)))


def _nearer(target: Array, rank: float) -> str:
    """A note where larger numbers come nearer, though the rank is too low.

    Points on a circle can each be the furthest in a direction of its own: with rank 2,
    every word can be looked at alone, more and more so as the numbers grow. On a line
    its two ends can.
    """
    rows = np.unique(target[target.any(axis=1)], axis=0)
    grows = _has_zeros(target) and (rank > 1 or len(rows) == 2)
    return " More steps, to larger numbers, may come nearer." if grows else ""


def _has_zeros(target: Array) -> bool:
    return bool((target[target.any(axis=1)] < SMALL).any())


def _empty(s: Scenario, target: Array, best: Checkpoint, escape: Escape) -> str:
    """Name the words whose embedding is 0, so that their query is 0."""
    t = attend(learned(s, best.params))
    places = [
        i
        for i in range(s.n)
        if not t.X_pos[i].any() and target[i].any() and not np.allclose(t.weights[i], target[i])
    ]
    if not places:
        return ""
    verb, theirs = ("has", "its row") if len(places) == 1 else ("have", "their rows")
    return (
        f"{_named(s.tokens, places, escape)} {verb} an embedding of zeros, hence a query of zeros: "
        f"no W_q and W_k change {theirs} of weights, but others are painted."
    )


def _indistinct(s: Scenario, target: Array, escape: Escape) -> str:
    """Name two words with one embedding and different targets."""
    if s.positions in ("rope", "alibi"):
        return ""  # they stand at different places
    if ask := _same_query(s, target):
        return (
            f"{_named(s.tokens, ask, escape)} have the same embedding, hence the same query and "
            "one row of weights, but different rows are painted."
        )
    if answer := _same_key(s, target):
        return (
            f"{_named(s.context or s.tokens, answer, escape)} have the same embedding, hence the "
            f"same key and equal weights in every row{_unless_blocked(s)}, but different ones are "
            "painted."
        )
    return ""


def _unless_blocked(s: Scenario) -> str:
    return " where the mask lets both be looked at" if s.mask is not None else ""


def _same_query(s: Scenario, target: Array) -> tuple[int, int] | None:
    rows = attend(s).X_pos
    for i, j in combinations(range(s.n), 2):
        are_alike = (rows[i] == rows[j]).all() and (s.allowed[i] == s.allowed[j]).all()
        are_asked = target[i].any() and target[j].any()
        if are_alike and are_asked and not np.allclose(target[i], target[j]):
            return i, j
    return None


def _same_key(s: Scenario, target: Array) -> tuple[int, int] | None:
    rows = attend(s).Z_pos
    for i, j in combinations(range(s.n_k), 2):
        both = s.allowed[:, i] & s.allowed[:, j]
        if (rows[i] == rows[j]).all() and not np.allclose(target[both, i], target[both, j]):
            return i, j
    return None


def _named(words: tuple[str, ...], places: Sequence[int], escape: Escape) -> str:
    unique = labels.unique(words)
    return join_words([escape(labels.isolate(unique[i])) for i in places])
