"""The inputs of self-attention: validated, immutable, comparable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .shape_rule import ShapeRule

Array = NDArray[Any]

#: No axis of any array may be longer than this, so that a slip of the pen
#: doesn't ask for an (n, n) table that fills the memory.
MAX_SIZE = 4096


@dataclass(frozen=True, eq=False)
class Scenario:
    """Everything that self-attention needs to know; a wrong one can't exist.

    Arrays are copied and made read-only. They share one floating type:
    float32 when all of them are float32 (or float16), float64 otherwise.

    Parameters
    ----------
    tokens : sequence of str, length n
        The words, one for each row of `X`.
    X : array_like, shape (n, d_model)
        Embeddings, one row a word.
    W_q, W_k : array_like, shape (d_model, d_k) or (h, d_model, d_k)
        Projections to queries and keys, with one leading axis for heads if wanted.
    W_v : array_like, shape (d_model, d_v) or (h, d_model, d_v)
        Projection to values.
    mask : array_like of bool, shape (n, n), optional
        True where the query (row) may attend to the key (column). None: everywhere.
    scale : bool
        Divide the raw scores by the square root of d_k.
    temperature : float
        Divides the masked scores before the softmax; above 0.
    W_o : array_like, shape (h * d_v, d_model), optional
        Projection of the concatenated heads.
    features : sequence of str, length d_model, optional
        Names of the columns of `X`. Left out, they are ``x1``, ``x2``, ….

    Raises
    ------
    ValueError
        When a shape, a number or a name is not as described; the message says
        what was expected and what came.

    Examples
    --------
    >>> s = Scenario(tokens=("Je", "suis"), X=[[1, 0], [0, 1]], W_q=[[1], [2]],
    ...              W_k=[[1], [0]], W_v=[[3, 0, 0], [0, 3, 0]])
    >>> s.n, s.d_model, s.d_k, s.d_v, s.h
    (2, 2, 1, 3, 1)
    """

    tokens: tuple[str, ...]
    X: Array
    W_q: Array
    W_k: Array
    W_v: Array
    mask: NDArray[np.bool_] | None = None
    scale: bool = True
    temperature: float = 1.0
    W_o: Array | None = None
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._set(tokens=_names("tokens", self.tokens))
        arrays = _arrays({name: getattr(self, name) for name in ("X", "W_q", "W_k", "W_v", "W_o")})
        self._set(**arrays)
        self._check_shapes()
        self._set(
            features=_features(self.features, self.d_model),
            mask=_mask(self.mask, self.tokens),
            scale=_flag("scale", self.scale),
            temperature=_temperature(self.temperature),
        )

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """Number of words."""
        return len(self.tokens)

    @property
    def d_model(self) -> int:
        """Length of an embedding."""
        return int(self.X.shape[1])

    @property
    def d_k(self) -> int:
        """Length of a query and of a key."""
        return int(self.W_q.shape[-1])

    @property
    def d_v(self) -> int:
        """Length of a value."""
        return int(self.W_v.shape[-1])

    @property
    def h(self) -> int:
        """Number of heads; 1 without a head axis."""
        return int(self.W_q.shape[0]) if self.W_q.ndim == 3 else 1

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """The mask, spelled out where it is None; shape (n, n)."""
        return np.ones((self.n, self.n), dtype=bool) if self.mask is None else self.mask

    def _check_shapes(self) -> None:
        if self.X.ndim != 2 or len(self.X) != self.n:
            raise ValueError(
                f"X must have one row for each of the {self.n} tokens: "
                f"expected ({self.n}, d_model), got {self.X.shape}."
            )
        for name in ("W_q", "W_k", "W_v"):
            _check_projection(name, getattr(self, name), self.X, like=self.W_q)
        if self.W_k.shape[-1] != self.d_k:
            raise ValueError(
                "Queries meet keys, so W_q and W_k must have equally many columns: "
                f"expected W_k {self.W_q.shape}, got {self.W_k.shape}."
            )
        expected = (self.h * self.d_v, self.d_model)
        if self.W_o is not None and self.W_o.shape != expected:
            raise ValueError(
                f"W_o must be (h·d_v, d_model): expected {expected}, got {self.W_o.shape}."
            )

    def _parts(self) -> tuple[Any, ...]:
        """Return the fields in a form that compares and hashes by value."""
        values = (getattr(self, field.name) for field in fields(self))
        # Adding 0.0 folds −0.0 into 0.0, so that equal arrays have equal bytes.
        return tuple(
            (v.dtype.str, v.shape, (v + v.dtype.type(0)).tobytes())
            if isinstance(v, np.ndarray)
            else v
            for v in values
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())


def resized(W: Array, rows: int, columns: int) -> Array:
    """Cut a matrix, or fill it up with zeros, to a shape.

    Examples
    --------
    >>> resized(np.array([[1, 2], [3, 4]]), 3, 1).tolist()
    [[1.0], [3.0], [0.0]]
    """
    result = np.zeros((rows, columns))
    r, c = min(rows, W.shape[0]), min(columns, W.shape[1])
    result[:r, :c] = W[:r, :c]
    return result


def _names(what: str, values: Any) -> tuple[str, ...]:
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


def _features(values: Any, d_model: int) -> tuple[str, ...]:
    if isinstance(values, tuple | list) and not values:
        return tuple(f"x{i}" for i in range(1, d_model + 1))
    names = _names("features", values)
    if len(names) != d_model or len(set(names)) != d_model:
        raise ValueError(
            f"features must be {d_model} different names, one for each column of X; "
            f"got {names!r:.80}."
        )
    return names


def _arrays(given: dict[str, ArrayLike | None]) -> dict[str, Array | None]:
    """Return read-only copies of all that is given, in one floating type."""
    raw = {name: _numbers(name, value) for name, value in given.items() if value is not None}
    # float32 as a floor lifts integers to float64 and float16 to float32.
    common = np.result_type(np.float32, *raw.values())
    dtype = np.float32 if common == np.float32 else np.float64
    # Only W_o may be left out; for the others None is as wrong as any other non-number.
    missing = [name for name in given if name not in raw and name != "W_o"]
    if missing:
        raise ValueError(f"{missing[0]} must be an array of numbers, got None.")
    return {name: _frozen(name, raw[name], dtype) if name in raw else None for name in given}


def _numbers(name: str, value: ArrayLike) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers: {error}.") from error
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must hold real numbers, got {array.dtype} ({value!r:.80}).")
    return array


def _frozen(name: str, array: Array, dtype: type[np.floating[Any]]) -> Array:
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
        raise ValueError(rule.message)
    if W.shape[:-2] != like.shape[:-2]:
        raise ValueError(
            f"W_q, W_k and W_v must have the same heads: "
            f"expected {like.shape[:-2]} as in W_q, got {W.shape[:-2]} in {name}."
        )


def _mask(mask: Any, tokens: tuple[str, ...]) -> NDArray[np.bool_] | None:
    if mask is None:
        return None
    n = len(tokens)
    array = np.array(mask)
    if array.dtype != np.bool_ or array.shape != (n, n):
        raise ValueError(
            f"mask must be bool with True = may attend: expected bool {(n, n)}, "
            f"got {array.dtype} {array.shape}."
        )
    blocked = np.flatnonzero(~array.any(axis=1))
    if blocked.size:
        i = int(blocked[0])
        raise ValueError(
            f"Every word must be allowed to look at one word at least, for its weights sum to 1: "
            f"the mask blocks the whole row {i + 1} ({tokens[i]})."
        )
    array.setflags(write=False)
    return array


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r:.80}.")
    return bool(value)


def _temperature(value: Any) -> float:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    try:
        number = float(value) if is_number and not isinstance(value, bool) else math.nan
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    if not math.isfinite(number) or number <= 0:
        raise ValueError(f"temperature must be a finite number above 0, got {value!r:.80}.")
    return number
