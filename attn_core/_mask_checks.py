"""Validation of masks, in every convention that libraries have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .masks import Mask
from .shape_rule import if_transposed

#: The largest number of an additive mask that blocks: e to its power is 0 beside any score.
#: The largest in use is the −10000 of the first BERT.
_BLOCKS = -1e4


def mask_for(mask: Any, tokens: tuple[str, ...], n_k: int) -> NDArray[np.bool_] | None:
    if mask is None:
        return None
    array = read_mask(mask)
    if array.shape != (len(tokens), n_k):
        raise ValueError(
            f"mask must have a row for each query and a column for each key: "
            f"expected bool {(len(tokens), n_k)}, got {array.dtype} {array.shape}."
            + if_transposed("mask", array.shape, len(tokens), n_k)
        )
    blocked = np.flatnonzero(~array.any(axis=1))
    if blocked.size:
        i = int(blocked[0])
        raise ValueError(
            f"Every word must be allowed to look at one word at least, for its weights sum to 1: "
            f"the mask blocks the whole row {i + 1} ({tokens[i]})." + _if_inverted(mask)
        )
    array.setflags(write=False)
    return array


def read_mask(values: ArrayLike) -> Mask:
    """Read a mask in a library's convention: as truth values, or as numbers of two kinds.

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
    >>> read_mask([[1, 0], [1, 1]]).tolist() == read_mask([[0, -1e9], [0, 0]]).tolist()
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


def _if_inverted(values: ArrayLike) -> str:
    """Suggest that 1 means blocked, where a mask blocks a whole row and its inverse would fit."""
    array = np.array(values)
    if array.max() != 1 or (array == 1).all(axis=1).any():
        return ""
    return (
        " Does True (1) mean blocked in it, as in torch.nn.MultiheadAttention? "
        "Here it means may attend."
    )
