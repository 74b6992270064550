"""What a scenario, a trace or a target may be, and what is said of one that may not.

Each function returns its value as it is kept, or raises an error that says what was expected
and what came.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .masks import Mask
from .positions import KINDS, PositionKind
from .shape_rule import ShapeRule, if_transposed

if TYPE_CHECKING:
    from .attention import AttentionTrace
    from .scenario import Scenario

Array = NDArray[Any]

#: No axis of any array may be longer than this, so that a slip of the pen
#: doesn't ask for an (n, n) table that fills the memory.
MAX_SIZE = 4096

#: All that holds numbers, and which of it may be left out.
ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P")
_OPTIONAL = ("W_o", "Z", "P")

#: Numbers of an additive mask that block: e to the power of this is 0 beside any score. The
#: least that is in use is the −10000 of the first BERT.
_BLOCKS = -1e4

#: How far the sum of a target row may be from 1.
_TOLERANCE = 1e-6

#: What must be finite, in the order in which it is computed: only a mask brings −inf.
_FINITE = (
    *("X_pos", "Z_pos", "Q", "K", "V", "rotated_Q", "rotated_K", "raw_scores"),
    *("scores", "biased_scores", "weights", "output", "projected"),
)


def names(what: str, values: Any) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ValueError(f"{what} must be a sequence of strings, got {values!r:.80}.")
    for value in values:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{what} must be non-empty strings, got {value!r:.80}.")
        if not value.isascii():
            _check_encodable(what, value)
    if not 1 <= len(values) <= MAX_SIZE:
        raise ValueError(f"{what}: expected 1 to {MAX_SIZE}, got {len(values)}.")
    return tuple(str(value) for value in values)


def _check_encodable(what: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{what} must be valid Unicode, got a lone surrogate in {value!a:.80}."
        ) from error


def feature_names(values: Any, d_model: int) -> tuple[str, ...]:
    if isinstance(values, tuple | list) and not values:
        return tuple(f"x{i}" for i in range(1, d_model + 1))
    found = names("features", values)
    if len(found) != d_model or len(set(found)) != d_model:
        raise ValueError(
            f"features must be {d_model} different names, one for each column of X; "
            f"got {found!r:.80}."
        )
    return found


def arrays(given: dict[str, ArrayLike | None]) -> dict[str, Array | None]:
    """Return read-only copies of all that is given, in one floating type."""
    raw = {name: numbers(name, value) for name, value in given.items() if value is not None}
    # float32 as a floor lifts integers to float64 and float16 to float32.
    common = np.result_type(np.float32, *raw.values())
    dtype = np.float32 if common == np.float32 else np.float64
    # For all that can't be left out None is as wrong as any other non-number.
    missing = [name for name in given if name not in raw and name not in _OPTIONAL]
    if missing:
        raise ValueError(f"{missing[0]} must be an array of numbers, got None.")
    return {name: frozen(name, raw[name], dtype) if name in raw else None for name in given}


def numbers(name: str, value: ArrayLike) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers: {error}.") from error
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must hold real numbers, got {array.dtype} ({value!r:.80}).")
    return array


def frozen(name: str, array: Array, dtype: type[np.floating[Any]]) -> Array:
    copy = np.array(array, dtype=dtype, order="C")
    if not all(1 <= size <= MAX_SIZE for size in copy.shape):
        raise ValueError(f"{name}: every axis must be 1 to {MAX_SIZE} long, got {copy.shape}.")
    if not np.isfinite(copy).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(copy))[0])
        raise ValueError(f"{name} must hold finite numbers, got {copy[where]} at {where}.")
    copy.setflags(write=False)
    return copy


def _check_projection(name: str, W: Array, X: Array, like: Array) -> None:
    if W.ndim not in (2, 3):
        raise ValueError(f"{name} must be (d_model, width) or (h, d_model, width), got {W.shape}.")
    rule = ShapeRule("X", (X.shape[0], X.shape[1]), name, (W.shape[-2], W.shape[-1]))
    if not rule.fits:
        raise ValueError(rule.message + if_transposed(name, W.shape, X.shape[1], None))
    if W.shape[:-2] != like.shape[:-2]:
        raise ValueError(
            f"W_q, W_k and W_v must have the same heads: "
            f"expected {like.shape[:-2]} as in W_q, got {W.shape[:-2]} in {name}."
        )


def head_names(values: Any, W: Array) -> tuple[str, ...]:
    is_left_out = isinstance(values, tuple | list) and not values
    if W.ndim == 2:
        if not is_left_out:
            raise ValueError(f"heads name an axis of W_q: expected none, got {values!r:.80}.")
        return ()
    if is_left_out:
        return tuple(f"head {i}" for i in range(1, len(W) + 1))
    found = names("heads", values)
    if len(found) != len(W) or len(set(found)) != len(W):
        raise ValueError(f"heads must be {len(W)} different names; got {found!r:.80}.")
    return found


def mask_for(mask: Any, tokens: tuple[str, ...], n_k: int) -> NDArray[np.bool_] | None:
    if mask is None:
        return None
    array = understood(mask)
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


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r:.80}.")
    return bool(value)


def temperature(value: Any) -> float:
    number = _number(value)
    if not math.isfinite(number) or number <= 0:
        raise ValueError(f"temperature must be a finite number above 0, got {value!r:.80}.")
    return number


def slope_of(value: Any, positions: PositionKind) -> float | None:
    if positions != "alibi":
        if value is not None:
            raise ValueError(f"slope is ALiBi's: expected None, got {value!r:.80}.")
        return None
    if value is None:  # the authors'
        return None
    number = _number(value)
    if not 0 < number <= 1:
        raise ValueError(f"slope must be a number above 0 and at most 1, got {value!r:.80}.")
    return number


def _number(value: Any) -> float:
    """Return a float; nan for what isn't a number."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    try:
        return float(value) if is_number and not isinstance(value, bool) else math.nan
    except OverflowError:  # an integer of hundreds of digits
        return math.inf


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


def _if_inverted(values: ArrayLike) -> str:
    """Ask of a mask that blocks a whole row whether 1 means blocked, where that would fit."""
    array = np.array(values)
    if array.max() != 1 or (array == 1).all(axis=1).any():
        return ""
    return (
        " Does True (1) mean blocked in it, as in torch.nn.MultiheadAttention? "
        "Here it means may attend."
    )


def shapes(s: Scenario) -> None:
    """Refuse arrays that don't fit together."""
    if s.X.ndim != 2 or len(s.X) != s.n:
        raise ValueError(
            f"X must have one row for each of the {s.n} tokens: "
            f"expected ({s.n}, d_model), got {s.X.shape}."
            + if_transposed("X", s.X.shape, s.n, None)
        )
    for name in ("W_q", "W_k", "W_v"):
        _check_projection(name, getattr(s, name), s.X, like=s.W_q)
    if s.W_k.shape[-1] != s.d_k:
        raise ValueError(
            "Queries meet keys, so W_q and W_k must have equally many columns: "
            f"expected W_k {s.W_q.shape}, got {s.W_k.shape}."
        )
    expected = (s.h * s.d_v, s.d_model)
    if s.W_o is not None and s.W_o.shape != expected:
        raise ValueError(
            f"W_o must be (h·d_v, d_model): expected {expected}, got {s.W_o.shape}."
            + if_transposed("W_o", s.W_o.shape, *expected)
        )

    if s.Z is None if s.is_cross else s.Z is not None:
        raise ValueError(
            "A context is its words and their embeddings: expected both context and Z, "
            f"got {'context' if s.is_cross else 'Z'} alone."
        )
    if s.Z is not None and s.Z.shape != (s.n_k, s.d_model):
        raise ValueError(
            f"Z must have one row for each word of the context: "
            f"expected {(s.n_k, s.d_model)}, got {s.Z.shape}."
            + if_transposed("Z", s.Z.shape, s.n_k, s.d_model)
        )


def places(s: Scenario) -> None:
    """Refuse positions that the scenario can't have, or that lack their table."""
    if s.positions not in KINDS:
        raise ValueError(f"positions must be one of {KINDS}, got {s.positions!r:.40}.")
    if s.is_cross and s.positions in ("rope", "alibi"):
        raise ValueError(
            "RoPE and ALiBi measure how far two words of one sentence are apart: "
            f"expected no {s.positions} with a second sentence."
        )
    if s.positions == "rope" and s.d_k < 2:
        raise ValueError(
            "RoPE turns pairs of columns of Q and K: expected d_k of at least 2, got 1."
        )
    shape = None if s.P is None else s.P.shape
    expected = (max(s.n, s.n_k), s.d_model) if s.positions == "learned" else None
    if shape != expected:
        raise ValueError(
            f"P is the table of learned positions, a row for each place: "
            f"expected {expected}, got {shape}."
            + (if_transposed("P", shape, *expected) if shape and expected else "")
        )


def read_only(array: Array) -> Array:
    """Keep an array from being written to."""
    array.setflags(write=False)
    return array


def finished(trace: AttentionTrace) -> AttentionTrace:
    """Make all arrays read-only, and refuse what is out of range.

    A score of −inf would have the weight 0 without a word.
    """
    for array in vars(trace).values():
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    T, limits = trace.scenario.temperature, np.finfo(trace.Q.dtype)
    if not limits.tiny <= T <= limits.max:
        raise OverflowError(
            f"The temperature leaves the range of {limits.dtype}: expected "
            f"{limits.tiny:.3g} to {limits.max:.3g}, got {T:g}."
        )
    # All that comes before is in these two as inf or nan.
    last = trace.output if trace.projected is None else trace.projected
    if np.isfinite(trace.biased_scores).all() and np.isfinite(last).all():
        return trace
    for name in _FINITE:
        values = getattr(trace, name)
        if values is not None and not np.isfinite(values).all():
            break
    # A blocked score is −inf by right, so logits that are out of range show in the weights.
    what = f"scores / {T:g}" if name == "weights" else name
    raise OverflowError(
        f"The numbers of {what} leave the range of {last.dtype}: expected finite results, "
        f"got {values[~np.isfinite(values)][0]}. Use smaller X or projections."
    )


def target_weights(
    target: ArrayLike, shape: tuple[int, ...], allowed: Array | None = None
) -> Array:
    try:
        T = np.asarray(target, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"target must be a rectangular array of numbers: {error}.") from error
    if T.shape != shape:
        raise ValueError(
            f"target must have the shape of what it is for: {shape}, got {T.shape}."
            + if_transposed("target", T.shape, *shape[-2:])
        )
    if not (T >= 0).all():
        raise ValueError(f"target must have weights of 0 or more, got {T[~(T >= 0)][0]:g}.")
    sums = T.sum(axis=-1)
    fits = (abs(sums - 1) < _TOLERANCE) | ((sums == 0) & (allowed is not None))
    if not (fits.all() and sums.any()):
        raise ValueError(
            "target must have rows of weights that sum to 1"
            + (", or 0 throughout where nothing is wanted" if allowed is not None else "")
            + f", and one at least; got rows that sum to {np.unique(sums.round(6))[:5].tolist()}."
        )
    if allowed is not None and (T > 0)[..., ~allowed].any():
        *_, i, j = (int(k) for k in np.argwhere((T > 0) & ~allowed)[0])
        raise ValueError(
            f"The mask blocks what the target wants: word {i + 1} can't look at word {j + 1}."
        )
    return T
