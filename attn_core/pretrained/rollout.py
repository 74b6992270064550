"""Attention followed through the layers of a transformer, from its last to its words."""

from __future__ import annotations

import numpy as np

from ..scenario import Array


def rollout(weights: Array) -> Array:
    """Follow attention from each layer back to the words.

    Each layer adds what a token looks at to the token itself, so half of what leaves it
    is taken to come from the token, half along the mean weights W̄ of the layer's heads:
    A = (W̄ + I) / 2. The product of these matrices, A_layer ⋯ A_1, is a guess how much of
    each word is in each token there.

    Parameters
    ----------
    weights : ndarray, shape (layers, heads, n, n)
        Rows sum to 1.

    Returns
    -------
    ndarray, shape (layers, n, n)
        After each layer; rows sum to 1. Row = token there, column = word at the start.

    Notes
    -----
    Attention rollout of Abnar and Zuidema, "Quantifying Attention Flow in Transformers"
    (2020), section 3.

    Examples
    --------
    >>> all_to_the_first = np.array([[1.0, 0.0], [1.0, 0.0]])
    >>> rollout(np.stack([all_to_the_first] * 2)[:, None])[:, 1]
    array([[0.5 , 0.5 ],
           [0.75, 0.25]])
    """
    mean = weights.mean(axis=1)
    A = (mean + np.eye(mean.shape[-1], dtype=mean.dtype)) / 2
    result = [A[0]]
    for layer in A[1:]:
        result.append(layer @ result[-1])
    return np.stack(result)
