"""The inputs of self-attention: validated, immutable, comparable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import masks
from .positions import KINDS, PositionKind, slopes
from .shape_rule import ShapeRule, if_transposed

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
    mask : array_like of bool, shape (n, n_k), optional
        True where the query (row) may attend to the key (column). None: everywhere.
        Numbers are understood, too: 1 and 0 as True and False, or 0 and −inf (or −10⁹) as
        what is added to the scores; see `masks.understood`. It is kept as bool.
    scale : bool
        Divide the raw scores by the square root of d_k.
    temperature : float
        Divides the masked scores before the softmax; above 0.
    W_o : array_like, shape (h * d_v, d_model), optional
        Projection of the concatenated heads.
    features : sequence of str, length d_model, optional
        Names of the columns of `X`. Left out, they are ``x1``, ``x2``, ….
    heads : sequence of str, length h, optional
        Names of the heads, where the projections have an axis for them. Left out, they
        are ``head 1``, ``head 2``, ….
    context : sequence of str, length n_k, optional
        The words that keys and values are made of, in cross-attention. Left out, they
        are the tokens themselves: self-attention.
    Z : array_like, shape (n_k, d_model), optional
        Embeddings of the context; there if and only if it is.
    positions : {"none", "sinusoidal", "learned", "rope", "alibi"}
        How a word knows its place; see `positions`. The last two measure how far words
        of one sentence are apart, so there is none with a context.
    P : array_like, shape (max(n, n_k), d_model), optional
        The learned vector of each place; there if and only if positions are learned.
    slope : float, optional
        ALiBi's slope of the first head, above 0 and at most 1; that of head i is its
        ith power. Left out, slopes are the authors' for so many heads; see `slopes`.

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
    heads: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    Z: Array | None = None
    positions: PositionKind = "none"
    P: Array | None = None
    slope: float | None = None

    def __post_init__(self) -> None:
        is_cross = not (isinstance(self.context, tuple | list) and not self.context)
        self._set(
            tokens=_names("tokens", self.tokens),
            context=_names("context", self.context) if is_cross else (),
        )
        self._set(**_arrays({name: getattr(self, name) for name in _ARRAYS}))
        self._check_shapes()
        self._check_positions()
        self._set(
            features=_features(self.features, self.d_model),
            heads=_heads(self.heads, self.W_q),
            mask=_mask(self.mask, self.tokens, self.n_k),
            scale=_flag("scale", self.scale),
            temperature=_temperature(self.temperature),
            slope=_slope(self.slope, self.positions),
        )

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """Number of words."""
        return len(self.tokens)

    @property
    def n_k(self) -> int:
        """Number of words that can be looked at."""
        return len(self.context) or self.n

    @property
    def is_cross(self) -> bool:
        """Whether keys and values come from a second sentence."""
        return bool(self.context)

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
        """The mask, spelled out where it is None; shape (n, n_k)."""
        return np.ones((self.n, self.n_k), dtype=bool) if self.mask is None else self.mask

    @property
    def slopes(self) -> tuple[float, ...]:
        """ALiBi's slope of each head; none where positions aren't ALiBi's."""
        if self.positions != "alibi":
            return ()
        return tuple(slopes(self.h, self.slope).tolist())

    def head(self, i: int) -> Scenario:
        """One head alone, without W_o.

        Parameters
        ----------
        i : int
            From 0.

        Examples
        --------
        >>> W = np.arange(2.0).reshape(2, 1, 1)
        >>> Scenario(("a",), X=[[1]], W_q=W, W_k=W, W_v=W).head(1).W_q
        array([[1.]])
        """
        if self.W_q.ndim == 2:
            return self if self.W_o is None else replace(self, W_o=None)
        return replace(
            self,
            W_q=self.W_q[i],
            W_k=self.W_k[i],
            W_v=self.W_v[i],
            W_o=None,
            heads=(),
            slope=self.slopes[i] if self.slopes else None,
        )

    def with_words(self, tokens: Sequence[str], X: ArrayLike) -> Scenario:
        """The same projections over other words; they aren't copied and checked again.

        A model has a scenario for each layer, with millions of numbers, and reads many texts.

        Parameters
        ----------
        tokens : sequence of str, length n
        X : array_like, shape (n, d_model)

        Returns
        -------
        Scenario
            In the floating type of this one.

        Raises
        ------
        ValueError
            As for any scenario; when X would lose digits in the type of this one; or when
            it has what belongs to its words: a mask, a second sentence, learned positions.

        Examples
        --------
        >>> s = Scenario(("Je",), X=[[1, 2]], W_q=[[1], [2]], W_k=[[1], [0]], W_v=[[3], [0]])
        >>> s.with_words(("tu", "il"), [[1, 0], [0, 1]]).n
        2
        """
        tied = [name for name in ("mask", "Z", "P") if getattr(self, name) is not None]
        if tied:
            raise ValueError(f"Expected no {tied[0]}, for it belongs to the words that are there.")
        numbers, kind = _numbers("X", X), self.X.dtype
        if numbers.dtype.kind == "f" and not np.can_cast(numbers.dtype, kind):
            raise ValueError(f"X must be {kind}, as the projections are; got {numbers.dtype}.")
        other = copy(self)
        other._set(tokens=_names("tokens", tokens), X=_frozen("X", numbers, kind.type))
        other._check_shapes()
        return other

    def _check_shapes(self) -> None:
        if self.X.ndim != 2 or len(self.X) != self.n:
            raise ValueError(
                f"X must have one row for each of the {self.n} tokens: "
                f"expected ({self.n}, d_model), got {self.X.shape}."
                + if_transposed("X", self.X.shape, self.n, None)
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
                + if_transposed("W_o", self.W_o.shape, *expected)
            )

        if self.Z is None if self.is_cross else self.Z is not None:
            raise ValueError(
                "A context is its words and their embeddings: expected both context and Z, "
                f"got {'context' if self.is_cross else 'Z'} alone."
            )
        if self.Z is not None and self.Z.shape != (self.n_k, self.d_model):
            raise ValueError(
                f"Z must have one row for each word of the context: "
                f"expected {(self.n_k, self.d_model)}, got {self.Z.shape}."
                + if_transposed("Z", self.Z.shape, self.n_k, self.d_model)
            )

    def _check_positions(self) -> None:
        if self.positions not in KINDS:
            raise ValueError(f"positions must be one of {KINDS}, got {self.positions!r:.40}.")
        if self.is_cross and self.positions in ("rope", "alibi"):
            raise ValueError(
                "RoPE and ALiBi measure how far two words of one sentence are apart: "
                f"expected no {self.positions} with a second sentence."
            )
        if self.positions == "rope" and self.d_k < 2:
            raise ValueError(
                "RoPE turns pairs of columns of Q and K: expected d_k of at least 2, got 1."
            )
        shape = None if self.P is None else self.P.shape
        expected = (max(self.n, self.n_k), self.d_model) if self.positions == "learned" else None
        if shape != expected:
            raise ValueError(
                f"P is the table of learned positions, a row for each place: "
                f"expected {expected}, got {shape}."
                + (if_transposed("P", shape, *expected) if shape and expected else "")
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
    """Cut a matrix, or fill it up with zeros, to a shape; each head's, if it has heads.

    Examples
    --------
    >>> resized(np.array([[1, 2], [3, 4]]), 3, 1).tolist()
    [[1.0], [3.0], [0.0]]
    """
    result = np.zeros((*W.shape[:-2], rows, columns))
    r, c = min(rows, W.shape[-2]), min(columns, W.shape[-1])
    result[..., :r, :c] = W[..., :r, :c]
    return result


#: All that holds numbers, and which of it may be left out.
_ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P")
_OPTIONAL = ("W_o", "Z", "P")


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
    # For all that can't be left out None is as wrong as any other non-number.
    missing = [name for name in given if name not in raw and name not in _OPTIONAL]
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
        raise ValueError(rule.message + if_transposed(name, W.shape, X.shape[1], None))
    if W.shape[:-2] != like.shape[:-2]:
        raise ValueError(
            f"W_q, W_k and W_v must have the same heads: "
            f"expected {like.shape[:-2]} as in W_q, got {W.shape[:-2]} in {name}."
        )


def _heads(values: Any, W: Array) -> tuple[str, ...]:
    is_left_out = isinstance(values, tuple | list) and not values
    if W.ndim == 2:
        if not is_left_out:
            raise ValueError(f"heads name an axis of W_q: expected none, got {values!r:.80}.")
        return ()
    if is_left_out:
        return tuple(f"head {i}" for i in range(1, len(W) + 1))
    names = _names("heads", values)
    if len(names) != len(W) or len(set(names)) != len(W):
        raise ValueError(f"heads must be {len(W)} different names; got {names!r:.80}.")
    return names


def _mask(mask: Any, tokens: tuple[str, ...], n_k: int) -> NDArray[np.bool_] | None:
    if mask is None:
        return None
    array = masks.understood(mask)
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
            f"the mask blocks the whole row {i + 1} ({tokens[i]})." + masks.if_inverted(mask)
        )
    array.setflags(write=False)
    return array


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r:.80}.")
    return bool(value)


def _temperature(value: Any) -> float:
    number = _number(value)
    if not math.isfinite(number) or number <= 0:
        raise ValueError(f"temperature must be a finite number above 0, got {value!r:.80}.")
    return number


def _slope(value: Any, positions: PositionKind) -> float | None:
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
