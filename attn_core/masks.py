"""Masks: who may look at whom. True = may attend; row = query, column = key."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

MaskKind = Literal["none", "causal", "custom"]

Mask = NDArray[np.bool_]


def causal(n: int) -> Mask:
    """Each word may look at itself and at what stands before it; shape (n, n).

    Examples
    --------
    >>> causal(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tril(np.ones((n, n), dtype=bool))


def kind(mask: Mask | None) -> MaskKind:
    """Tell what a mask is called.

    Examples
    --------
    >>> kind(None), kind(causal(3)), kind(np.ones((2, 2), dtype=bool))
    ('none', 'causal', 'custom')
    """
    if mask is None:
        return "none"
    return "causal" if np.array_equal(mask, causal(len(mask))) else "custom"
