"""Masks: which query may attend to which key. True = may attend; row = query, column = key.

PyTorch has both conventions: in `scaled_dot_product_attention` True means may attend, as
here; in `nn.MultiheadAttention` (attn_mask, key_padding_mask) it means blocked.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

MaskKind = Literal["none", "causal", "padding", "window", "custom"]

#: In the order of the menu.
KINDS: tuple[MaskKind, ...] = get_args(MaskKind)

Mask = NDArray[np.bool_]


def causal(n: int) -> Mask:
    """Return a causal mask: a word may attend to itself and to earlier words; shape (n, n).

    Examples
    --------
    >>> causal(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tril(np.ones((n, n), dtype=bool))


def padding(n: int, n_k: int, real: int) -> Mask:
    """Return a padding mask: no word may attend behind the last real word; shape (n, n_k).

    Parameters
    ----------
    n, n_k : int
        Number of queries and of keys.
    real : int, 1 to n_k
        Number of real words; the others are padding.

    Examples
    --------
    >>> padding(2, 3, real=2).astype(int)
    array([[1, 1, 0],
           [1, 1, 0]])
    """
    return np.tile(np.arange(n_k) < real, (n, 1))


def window(n: int, reach: int) -> Mask:
    """Return a sliding window: a word may attend `reach` words back and ahead; shape (n, n).

    Source: Beltagy et al., "Longformer: The Long-Document Transformer" (2020), section 3.1.

    Parameters
    ----------
    n : int
    reach : int, from 0

    Examples
    --------
    >>> window(4, 1).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 1]])
    """
    places = np.arange(n)
    mask: Mask = np.abs(places[:, None] - places) <= reach
    return mask
