"""Which product of a query and a key, or of a weight and a value, moves a number most."""

from __future__ import annotations

import numpy as np

from ..attention import AttentionTrace, softmax
from ..scenario import Array

#: Fewest and most steps between two traces, and steps for each 1 that logits drift apart: a weight
#: goes from 0 to 1 within a few.
_STEPS, _STEPS_APART = (32, 4096), 2


def product_shares(a: AttentionTrace, b: AttentionTrace, i: int, j: int) -> Array:
    """Divide the change of a weight among the products of its row's scores.

    Along the straight way from the logits of A to those of B the logarithm of weight (i, j)
    grows with its own logit, and falls with each of its row by that one's weight. So the
    share of a product is its change, times 1 for its own key, less the mean weight of its key.

    Parameters
    ----------
    a, b : AttentionTrace
        Of one head, with the same words, sizes, settings and mask.
    i, j : int
        Query and key of the weight, from 0.

    Returns
    -------
    ndarray, shape (n_k, d_k)
        For each product of query i and a key; 0 where the mask blocks. Without a change of
        ALiBi's bias they add up to the change of the logarithm of the weight.

    Examples
    --------
    >>> from attn_core import attend, edits
    >>> from attn_core.presets import DEFAULT
    >>> s = DEFAULT.scenario
    >>> a, b = attend(s), attend(edits.with_cell(s, "W_q", 1, 0, 3))
    >>> product_shares(a, b, 1, 0).argmax()  # q₁ of suis meets k₁ of Je
    np.int64(0)
    """
    s = a.scenario
    factor = s.temperature * (np.sqrt(s.d_k) if s.scale else 1)
    grown = (b.rotated_Q[i] * b.rotated_K - a.rotated_Q[i] * a.rotated_K) / factor
    seen = s.allowed[i]
    start, end = a.logits[i, seen], b.logits[i, seen]
    steps = int(np.clip(_STEPS_APART * np.ptp(end - start), *_STEPS))
    t = np.linspace(0, 1, steps + 1)[:, None]
    way = softmax((1 - t) * start + t * end)
    weights = np.zeros(s.n_k)
    weights[seen] = (way[1:] + way[:-1]).mean(axis=0) / 2
    shares: Array = ((np.arange(s.n_k) == j) - weights)[:, None] * grown
    shares[~seen] = 0
    return shares


def value_shares(a: AttentionTrace, b: AttentionTrace, i: int, j: int) -> Array:
    """Divide the change of output (i, j) among the keys, a weight times a value each.

    Returns
    -------
    ndarray, shape (n_k,)

    Examples
    --------
    >>> from attn_core import attend, edits
    >>> from attn_core.presets import DEFAULT
    >>> s = DEFAULT.scenario
    >>> a, b = attend(s), attend(edits.with_cell(s, "W_v", 0, 0, 3))
    >>> value_shares(a, b, 1, 0).argmax()  # Je alone is a pronoun
    np.int64(0)
    """
    shares: Array = b.weights[i] * b.V[:, j] - a.weights[i] * a.V[:, j]
    return shares
