"""Heads of a model by layer and number, and how they are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from ...explain.wording import join_words
from ..files.checkpoint import Matrix

#: A layer and a head, from 0.
Head = tuple[int, int]


def layer_heads(layer: int, heads: int) -> frozenset[Head]:
    """All heads of a layer, to be switched off together."""
    return frozenset((layer, head) for head in range(heads))


def of_layer(chosen: Collection[Head], layer: int) -> list[int]:
    """Those of some heads that are in a layer, by their numbers.

    Examples
    --------
    >>> of_layer([(0, 2), (1, 0), (0, 1)], 0)
    [1, 2]
    """
    return sorted(head for place, head in chosen if place == layer)


def mean_of(heads: Iterable[Matrix]) -> Matrix:
    """Mean of the weights of some heads, one of which is there at a time.

    Examples
    --------
    >>> mean_of(iter([np.eye(2), np.ones((2, 2))]))
    array([[1. , 0.5],
           [0.5, 1. ]], dtype=float32)
    """
    heads = iter(heads)
    total, count = np.array(next(heads), np.float32), 1
    for weights in heads:
        total += weights
        count += 1
    mean: Matrix = total / np.float32(count)
    return mean


def describe_heads(chosen: Collection[Head], heads: int) -> str:
    """Name heads, counted from 1.

    Parameters
    ----------
    chosen : collection of (layer, head)
        At least one.
    heads : int
        Of each layer; where all of them are chosen, they aren't named one by one.

    Examples
    --------
    >>> describe_heads({(0, 2)}, 3), describe_heads({(0, 2), (1, 0), (1, 1), (1, 2), (0, 0)}, 3)
    ('head 3 of layer 1', 'heads 1 and 3 of layer 1 and all heads of layer 2')
    """
    told = []
    for layer in sorted({layer for layer, _ in chosen}):
        own = of_layer(chosen, layer)
        counted = join_words([str(head + 1) for head in own])
        which = f"head{'s' * (len(own) > 1)} {counted}"
        if len(own) == heads > 1:
            which = "all heads"
        told.append(f"{which} of layer {layer + 1}")
    return join_words(told)
