"""Validation of a scenario's fields.

Each function returns the valid value, or raises an error that says what was expected and
what came.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .positions import KINDS, PositionKind
from .shape_rule import ShapeRule, if_transposed

if TYPE_CHECKING:
    from .scenario import Scenario

Array = NDArray[Any]

#: The longest axis of any array: a typing error must not allocate an (n, n) table that fills
#: the memory.
MAX_SIZE = 4096

#: The arrays of a scenario, and those that are optional.
ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P", "frequencies")
_OPTIONAL = ("W_o", "Z", "P", "frequencies")


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
    """Return read-only copies of the given arrays, in one floating type."""
    raw = {name: numbers(name, value) for name, value in given.items() if value is not None}
    # float32 as a floor lifts integers to float64 and float16 to float32.
    common = np.result_type(np.float32, *raw.values())
    dtype = np.float32 if common == np.float32 else np.float64
    # A required array can't be None, which fails like any other non-number.
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
    _check_frequencies(s)
    shape = None if s.P is None else s.P.shape
    expected = (max(s.n, s.n_k), s.d_model) if s.positions == "learned" else None
    if shape != expected:
        raise ValueError(
            f"P is the table of learned positions, a row for each place: "
            f"expected {expected}, got {shape}."
            + (if_transposed("P", shape, *expected) if shape and expected else "")
        )


def _check_frequencies(s: Scenario) -> None:
    if s.frequencies is None:
        return
    if s.positions != "rope":
        raise ValueError(f"frequencies are RoPE's: expected None with {s.positions} positions.")
    if s.frequencies.shape != (s.d_k // 2,):
        raise ValueError(
            "frequencies has one angle for each pair of columns of Q and K: "
            f"expected {(s.d_k // 2,)}, got {s.frequencies.shape}."
        )
