"""What a mask is called: its kind and its size, read from where it blocks."""

from __future__ import annotations

import numpy as np

from ..masks import Mask, MaskKind, causal, padding, window


def kind(mask: Mask | None) -> MaskKind:
    """Tell what a mask is called; one that blocks nothing is custom, or causal for one word.

    Examples
    --------
    >>> from attn_core.masks import causal, window
    >>> kind(None), kind(causal(3)), kind(np.ones((2, 2), dtype=bool)), kind(window(3, 1))
    ('none', 'causal', 'custom', 'window')
    """
    if mask is None:
        return "none"
    if is_a(mask, "causal"):
        return "causal"
    if mask.all():
        return "custom"
    return next((k for k in ("padding", "window") if is_a(mask, k)), "custom")


def is_a(mask: Mask | None, of: MaskKind) -> bool:
    """Whether a mask is of a kind; a full one is of several.

    Examples
    --------
    >>> full = np.ones((3, 3), dtype=bool)
    >>> is_a(full, "padding"), is_a(full, "window"), is_a(full, "causal")
    (True, True, False)
    """
    if mask is None or of == "none":
        return mask is None and of == "none"
    n, n_k = mask.shape
    match of:
        case "causal":
            return n == n_k and np.array_equal(mask, causal(n))
        case "padding":
            return np.array_equal(mask, padding(n, n_k, size(mask, of)))
        case "window":
            return n == n_k and np.array_equal(mask, window(n, size(mask, of)))
    return True


def size(mask: Mask, of: MaskKind) -> int:
    """Read how many words are real from a padding mask, or how far a window reaches.

    Examples
    --------
    >>> size(padding(2, 5, real=3), "padding"), size(window(5, 2), "window")
    (3, 2)
    """
    return int(mask[0].sum()) - (of == "window")
