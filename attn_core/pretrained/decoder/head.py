"""One head of a decoder as a scenario of the lab, whose `attend` gives the model's weights."""

from __future__ import annotations

import numpy as np

from ...masks import causal
from ...scenario import Scenario
from ...text.escape import visible
from ..files.checkpoint import Matrix
from ..parts.linear import BIAS, with_bias, with_ones
from ..parts.norms import RMSNorm
from .layers import Attention, Linear, apply

#: What stands before the names of features that are divided by a query's or a key's size.
_DIVIDED = ("q: ", "k: ", "")


def head_scenario(tokens: tuple[str, ...], X: Matrix, attention: Attention, i: int) -> Scenario:
    """Make a scenario of one head.

    Parameters
    ----------
    tokens : sequence of str, length n
    X : ndarray of float32, shape (n, d_model)
        What goes into the attention, after its norm.
    attention : Attention
        Of the layer.
    i : int
        Which head of queries, from 0. Its keys and values may be those of other heads, too.

    Returns
    -------
    Scenario
        With a causal mask. Where there are biases, one feature more is 1 in every word. RoPE
        is the lab's, for the columns of W_q and W_k were ordered when they were read.
    """
    kv, d_k = attention.shared_with(i), attention.d_k
    given = zip((attention.q, attention.k, attention.v), (i, kv, kv), strict=True)
    maps = [_columns(linear, head, d_k) for linear, head in given]
    features = tuple(f"x{j}" for j in range(1, X.shape[1] + 1))
    if any(b is not None for _, b in maps):
        zero = np.zeros(d_k, np.float32)
        maps = [(with_bias(W, zero if b is None else b), None) for W, b in maps]
        X, features = with_ones(X), (*features, BIAS)
    if attention.q_norm and attention.k_norm:
        norms = (attention.q_norm, attention.k_norm)
        X, maps, features = _with_norms(X, maps, norms, features)
    (W_q, _), (W_k, _), (W_v, _) = maps
    return Scenario(
        tuple(token if token.strip() else visible(token) for token in tokens),
        X,
        W_q,
        W_k,
        W_v,
        mask=causal(len(X)),
        scale=attention.scale,
        temperature=attention.temperature,
        features=features,
        positions="rope" if attention.rope else "none",
        frequencies=attention.frequencies,
    )


def _columns(linear: Linear, head: int, d_k: int) -> Linear:
    W, b = linear
    own = slice(head * d_k, (head + 1) * d_k)
    return W[:, own], None if b is None else b[own]


def _with_norms(
    X: Matrix, maps: list[Linear], norms: tuple[RMSNorm, RMSNorm], features: tuple[str, ...]
) -> tuple[Matrix, list[Linear], tuple[str, ...]]:
    """Fold the norms of queries and keys into X, W_q and W_k, for a scenario has none.

    x W_q / size · γ is (x / size) (W_q γ). So each word's numbers stand in X three times:
    divided by the size of its query, by that of its key, and as they are, for the values.
    W_q, W_k and W_v have zeros in the rows of the others.
    """
    sizes = [norm.size(apply(linear, X)) for norm, linear in zip(norms, maps, strict=False)]
    (W_q, _), (W_k, _), (W_v, _) = maps
    read = (W_q * norms[0].gain, W_k * norms[1].gain, W_v)
    none = np.zeros_like(W_v)
    folded = [np.concatenate([W if i == j else none for j in range(3)]) for i, W in enumerate(read)]
    X = np.concatenate([X / sizes[0], X / sizes[1], X], axis=1)
    names = tuple(before + name for before in _DIVIDED for name in features)
    return X, [(W, None) for W in folded], names
