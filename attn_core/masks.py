"""Masks: who may look at whom. True = may attend; row = query, column = key.

PyTorch has both conventions: in `scaled_dot_product_attention` True means may attend, as
here; in `nn.MultiheadAttention` (attn_mask, key_padding_mask) it means blocked.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

MaskKind = Literal["none", "causal", "padding", "window", "custom"]

#: In the order in which they are offered.
KINDS: tuple[MaskKind, ...] = get_args(MaskKind)

Mask = NDArray[np.bool_]

#: Numbers of an additive mask that block: e to the power of this is 0 beside any score. The
#: least that is in use is the −10000 of the first BERT.
_BLOCKS = -1e4


def understood(values: ArrayLike) -> Mask:
    """Read a mask as libraries write it: as truth values, or as numbers of two kinds.

    Parameters
    ----------
    values : array_like
        True = may attend; or 1 = may attend and 0 = blocked, as in the attention_mask of
        transformers; or what is added to the scores, 0 = may attend and −inf, or any
        number from −10⁴ down such as −10⁹, = blocked.

    Returns
    -------
    ndarray of bool, a copy

    Raises
    ------
    ValueError
        When it is none of these, or only zeros, which are blocked in one of them and may
        attend in the other.

    Examples
    --------
    >>> understood([[1, 0], [1, 1]]).tolist() == understood([[0, -1e9], [0, 0]]).tolist()
    True
    """
    try:
        array: NDArray[Any] = np.array(values)
    except ValueError as error:
        raise ValueError(f"mask must have rows of one length: {error}.") from error
    if array.dtype == np.bool_ or array.size == 0:
        return array.astype(np.bool_)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"mask must be bool with True = may attend, or numbers; {_came(array)}.")
    if not array.any():
        raise ValueError(
            "mask must say what 0 means, and this one is 0 throughout: as True and False it "
            "blocks everything, as numbers to add it blocks nothing. Expected bool, or no mask."
        )
    is_flags = np.isin(array, (0, 1)).all()
    odd = array[~((array == 0) | (array <= _BLOCKS))]
    if odd.size and not is_flags:
        raise ValueError(
            "mask must be bool with True = may attend, or 1 and 0 for it, or 0 and −inf (or "
            f"−10⁹) to add to the scores; {_came(array)} with {odd[0]:g} in it."
        )
    mask: Mask = array == (1 if is_flags else 0)
    return mask


def _came(array: NDArray[Any]) -> str:
    return f"got {array.dtype} {array.shape}"


def if_inverted(values: ArrayLike) -> str:
    """Ask of a mask that blocks a whole row whether 1 means blocked, where that would fit."""
    array = np.array(values)
    if array.max() != 1 or (array == 1).all(axis=1).any():
        return ""
    return (
        " Does True (1) mean blocked in it, as in torch.nn.MultiheadAttention? "
        "Here it means may attend."
    )


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


def padding(n: int, n_k: int, real: int) -> Mask:
    """Nobody may look at what stands behind the last real word; shape (n, n_k).

    Parameters
    ----------
    n, n_k : int
        Number of queries and of keys.
    real : int, 1 to n_k
        Number of real words; the others only fill the row.

    Examples
    --------
    >>> padding(2, 3, real=2).astype(int)
    array([[1, 1, 0],
           [1, 1, 0]])
    """
    return np.tile(np.arange(n_k) < real, (n, 1))


def window(n: int, reach: int) -> Mask:
    """Each word may look as many words back and ahead as the window reaches; shape (n, n).

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


def kind(mask: Mask | None) -> MaskKind:
    """Tell what a mask is called; one that blocks nothing is custom, or causal for one word.

    Examples
    --------
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
