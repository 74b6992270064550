"""One head of a pretrained model, made small enough for the lab."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .. import limits
from ..analysis.pca import directions
from ..attention import AttentionTrace, attend
from ..explain.wording import Escape, axis_labels, largest
from ..notation.labels import number
from ..scenario import Array, Scenario

#: The most axes and columns that the lab has room for.
_MOST = min(limits.D_MODEL[1], limits.D_K[1], limits.D_V[1])
#: Most steps to the scores that a causal mask lets count, and what may be missing then.
_STEPS, _CLOSE = 20, 1e-6
#: Weights that differ by less are called near; by less than this, rounding explains it.
_NEAR, _ROUNDING = 0.05, 0.01
#: Decimals of a difference between two weights.
_DIGITS = 4


def in_lab(s: Scenario) -> Scenario:
    """Make a large head small: other numbers, the same attention as nearly as they can.

    Attention sees of X only its products with W_q, W_k and W_v, so X may be turned onto
    axes of its own. With 8 tokens or fewer as many axes hold it whole, and the weights are
    the same but for rounding. Of more tokens those 8 directions are kept which the scores
    need most. W_q W_kᵀ and W_v are likewise turned to as many columns. RoPE is needed
    no more, for X has the queries and keys that it rotated. A causal mask stays; what it
    blocks may be anything, so that with it more tokens have the same weights, too.

    Parameters
    ----------
    s : Scenario
        Of one head, without a second sentence, as `Encoder.scenario` and `Decoder.scenario`
        give it; its positions may be RoPE's.

    Returns
    -------
    Scenario
        Within the lab's limits.

    Raises
    ------
    ValueError
        When it has more tokens than the lab, or isn't of that kind.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X, W_q, W_k, W_v = (rng.normal(size=size) / 4 for size in ((3, 17), *3 * ((17, 11),)))
    >>> s = in_lab(Scenario(("a", "b", "c"), X, W_q, W_k, W_v))
    >>> s.d_model, s.d_k, s.d_v, s.features
    (3, 3, 3, ('axis 1', 'axis 2', 'axis 3'))
    """
    s = replace(s, tokens=tuple(map(_shortened, s.tokens)))
    limits.SENTENCE.check_words(s.tokens)
    if s.h > 1 or s.W_o is not None or s.is_cross or s.positions not in ("none", "rope"):
        raise ValueError("Expected one head's attention to one sentence, without added positions.")
    s = _without_rope(s) if s.positions == "rope" else s
    real = attend(s)
    d = min(_MOST, max(limits.D_MODEL[0], s.n))
    X = _placed(np.asarray(s.X, np.float64), np.asarray(real.raw_scores, np.float64), d)
    to_X = np.linalg.pinv(X)
    M = (to_X @ real.Q) @ (to_X @ real.K).T * _scaling(s, d)
    if s.n > d and _is_causal(s) and M.any():
        X, M = _fitted(X, M, np.asarray(real.raw_scores, np.float64) * _scaling(s, d), s.allowed)
    W_q, W_k = _split(M, d)
    W_v = np.linalg.pinv(X) @ real.V
    W_v = W_v @ directions(X @ W_v, d)[1].T
    # X · W stays what it is. Rounding harms least where both have numbers of one size.
    evened = math.sqrt(_size(X) / max(_size(W_q), _size(W_k))) if W_q.any() else 1.0
    features = tuple(f"axis {i}" for i in range(1, d + 1))
    W_q, W_k, W_v = W_q * evened, W_k * evened, W_v * evened
    small = replace(s, X=X / evened, W_q=W_q, W_k=W_k, W_v=W_v, features=features)
    return limits.validate(small)


def beginning(s: Scenario, n: int) -> Scenario:
    """Take the first n tokens of a causal head alone; what they attend to stays the same.

    Parameters
    ----------
    s : Scenario
        Of one head, whose mask is causal.
    n : int

    Raises
    ------
    ValueError
        When a token may attend to one after it.

    Examples
    --------
    >>> W, mask = np.eye(2), np.tri(2, dtype=bool)
    >>> s = Scenario(("a", "b"), X=[[1, 2], [2, 1]], W_q=W, W_k=W, W_v=W, mask=mask)
    >>> beginning(s, 1).tokens
    ('a',)
    """
    if not _is_causal(s):
        raise ValueError("Expected a causal mask: other tokens attend to those after them, too.")
    return replace(s, tokens=s.tokens[:n], X=s.X[:n], mask=s.allowed[:n, :n])


def _is_causal(s: Scenario) -> bool:
    return not np.triu(s.allowed, 1).any()


def _without_rope(s: Scenario) -> Scenario:
    """Give X the rotated queries and keys as features: two equal words differ by place alone."""
    rotated = attend(s)
    X = np.concatenate([s.X, rotated.rotated_Q, rotated.rotated_K], axis=1)
    select = np.eye(X.shape[1], dtype=X.dtype)[:, s.d_model :]
    W_v = np.pad(s.W_v, ((0, 2 * s.d_k), (0, 0)))
    return replace(
        s,
        X=X,
        W_q=select[:, : s.d_k],
        W_k=select[:, s.d_k :],
        W_v=W_v,
        features=(),
        positions="none",
        frequencies=None,
    )


def _shortened(token: str) -> str:
    """Make a token no longer than a word of the lab; models have some of 64 hyphens."""
    most, plain = limits.MAX_TOKEN_LENGTH, " ".join(token.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _scaling(s: Scenario, d: int) -> float:
    """Make up for it that scores of d columns are divided by √d."""
    return math.sqrt(d / s.d_k) if s.scale else 1.0


def _placed(X: Array, scores: Array, d: int) -> Array:
    """Place rows along d axes, as they are if that is enough; shape (n, d)."""
    if len(X) > d:
        # What the queries and the keys have in common with these is what the scores need.
        both = np.concatenate([scores, scores.T])
        _, needed = directions(both, d)
        X = needed.T @ (needed @ X)
    _, axes = directions(X, d)
    return X @ axes.T


def _fitted(X: Array, M: Array, scores: Array, mask: Array) -> tuple[Array, Array]:
    """Change X and M until X M Xᵀ is the scores where the mask lets them count.

    A constant added to a row changes no weight, so each has one of its own. Gauss and Newton's
    method, in shortest steps, for there are more numbers than scores that count.
    """
    evened = np.cbrt(_size(X) / _size(M))  # a step is to change both alike
    X, M, constants = X / evened, M * evened**2, np.zeros((len(X), 1))
    best = np.inf, X, M
    for _ in range(_STEPS):
        missing = (scores - X @ M @ X.T - constants)[mask]
        if (most := _size(missing)) < best[0]:
            best = most, X, M
        if not _CLOSE < most < np.inf:
            break
        J = _jacobian(X, M, mask)
        step = J.T @ np.linalg.lstsq(J @ J.T, missing)[0]
        in_X, in_M, in_constants = np.split(step, np.cumsum([X.size, M.size]))
        X, M = X + in_X.reshape(X.shape), M + in_M.reshape(M.shape)
        constants = constants + in_constants[:, None]
    return best[1:]


def _jacobian(X: Array, M: Array, mask: Array) -> Array:
    """How each score that counts grows with each number of X, of M, and of the constants."""
    (queries, keys), unit = np.nonzero(mask), np.eye(len(X))
    by_X = unit[queries][:, :, None] * (X @ M.T)[keys][:, None]
    by_X += unit[keys][:, :, None] * (X @ M)[queries][:, None]
    by_M = X[queries][:, :, None] * X[keys][:, None]
    count = len(queries)
    return np.concatenate([by_X.reshape(count, -1), by_M.reshape(count, -1), unit[queries]], axis=1)


def _split(M: Array, d: int) -> tuple[Array, Array]:
    """Two matrices of d columns, evenly large, whose product W_q W_kᵀ is M."""
    left, strengths, right = np.linalg.svd(M)
    root = np.sqrt(strengths[:d])
    return left[:, :d] * root, right[:d].T * root


def _size(values: Array) -> float:
    return float(np.abs(values).max())


def describe_lab(real: AttentionTrace, lab: AttentionTrace, escape: Escape = str) -> str:
    r"""Say how near the small head comes to the one that it was made of.

    Parameters
    ----------
    real, lab : AttentionTrace
        Of a scenario, and of what `in_lab` made of it.
    escape : callable
        Applied to each word.

    Examples
    --------
    >>> W = np.eye(2, 3)
    >>> s = Scenario(("a", "b"), X=[[1, 2], [2, 1]], W_q=W, W_k=W, W_v=W)
    >>> print(describe_lab(attend(s), attend(in_lab(s))).replace(", ", ",\n"))
    The 2 tokens fit on 2 axes,
    so only rounding tells the weights from the model's: none differs by more than 0.0004.
    """
    told = _describe_gap(real, lab, escape)
    if real.rotary_angles is None:
        return told
    return (
        f"{told} Queries and keys are rotated already when they get there: the places are in the "
        "axes of $X$, and a word that is moved takes its place along."
    )


def _describe_gap(real: AttentionTrace, lab: AttentionTrace, escape: Escape) -> str:
    gaps = np.abs(real.weights - lab.weights)
    count, axes, most = real.scenario.n, lab.scenario.d_model, number(gaps.max(), _DIGITS)
    if count <= axes:
        return (
            f"The {count} tokens fit on {axes} axes, so only rounding tells the weights from the "
            f"model's: none differs by more than {_above(gaps.max())}."
        )
    if _is_causal(real.scenario) and gaps.max() < _ROUNDING:
        return (
            f"The {count} tokens need more than the {axes} axes of the lab, but what the mask "
            "blocks may be anything: on axes moved a little only rounding tells the weights from "
            f"the model's, and none differs by more than {_above(gaps.max())}."
        )
    i, j = largest(gaps)
    names = axis_labels(real.scenario, "query", escape)
    near = "near the model's" if gaps.max() < _NEAR else "partly far from the model's"
    return (
        f"The {count} tokens need more than the {axes} axes of the lab, so the weights are {near} "
        f"and not the same: the largest difference is {most}, query {names[i]}, key {names[j]}."
    )


def _above(difference: float) -> str:
    """Write a number that it isn't above."""
    return number(math.ceil(difference * 10**_DIGITS) / 10**_DIGITS, _DIGITS)
