"""The inputs of self-attention: validated, immutable, comparable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from operator import eq
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _checks, _mask_checks
from .positions import PositionKind, slopes

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scenario:
    """All inputs of self-attention; an invalid one can't exist.

    Arrays are copied and made read-only. They share one floating type:
    float32 when all of them are float32 (or float16), float64 otherwise.

    Parameters
    ----------
    tokens : sequence of str, length n
        The words, one for each row of `X`.
    X : array_like, shape (n, d_model)
        Embeddings, one row a word.
    W_q, W_k : array_like, shape (d_model, d_k) or (h, d_model, d_k)
        Projections to queries and keys, with an optional leading axis for heads.
    W_v : array_like, shape (d_model, d_v) or (h, d_model, d_v)
        Projection to values.
    mask : array_like of bool, shape (n, n_k), optional
        True where the query (row) may attend to the key (column). None: everywhere.
        Numbers are valid, too: 1 and 0 as True and False, or 0 and −inf (or −10⁹) as an
        additive mask; see `_mask_checks.read_mask`. The field is bool.
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
        The words of keys and values in cross-attention. Left out, they are the tokens
        themselves: self-attention.
    Z : array_like, shape (n_k, d_model), optional
        Embeddings of the context; given if and only if it is.
    positions : {"none", "sinusoidal", "learned", "rope", "alibi"}
        The positional encoding; see `positions`. The last two measure distances within
        one sentence, so they are invalid with a context.
    P : array_like, shape (max(n, n_k), d_model), optional
        The learned vector of each position; given if and only if positions are learned.
    slope : float, optional
        ALiBi's slope of the first head, above 0 and at most 1; that of head i is its
        ith power. Left out, slopes are the authors' for so many heads; see `slopes`.
    frequencies : array_like, shape (d_k // 2,), optional
        RoPE's angle of each pair of columns from one position to the next, of a model that
        has other ones than the paper's.

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
    frequencies: Array | None = None

    def __post_init__(self) -> None:
        is_cross = not (isinstance(self.context, tuple | list) and not self.context)
        self._set(
            tokens=_checks.names("tokens", self.tokens),
            context=_checks.names("context", self.context) if is_cross else (),
        )
        self._set(**_checks.arrays({name: getattr(self, name) for name in _checks.ARRAYS}))
        _checks.shapes(self)
        _checks.places(self)
        self._set(
            features=_checks.feature_names(self.features, self.d_model),
            heads=_checks.head_names(self.heads, self.W_q),
            mask=_mask_checks.mask_for(self.mask, self.tokens, self.n_k),
            scale=_checks.flag("scale", self.scale),
            temperature=_checks.temperature(self.temperature),
            slope=_checks.slope_of(self.slope, self.positions),
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
        """Number of keys."""
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
        """The mask, all True where it is None; shape (n, n_k)."""
        return np.ones((self.n, self.n_k), dtype=bool) if self.mask is None else self.mask

    @property
    def slopes(self) -> tuple[float, ...]:
        """ALiBi's slope of each head; empty without ALiBi."""
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
        numbers, kind = _checks.numbers("X", X), self.X.dtype
        if numbers.dtype.kind == "f" and not np.can_cast(numbers.dtype, kind):
            raise ValueError(f"X must be {kind}, as the projections are; got {numbers.dtype}.")
        other = copy(self)
        words = _checks.names("tokens", tokens)
        other._set(tokens=words, X=_checks.frozen("X", numbers, kind.type))
        _checks.shapes(other)
        return other

    def _parts(self) -> Iterator[Any]:
        """Give the fields one after the other, in a form that compares and hashes by value."""
        values = (getattr(self, field.name) for field in fields(self))
        # Adding 0.0 folds −0.0 into 0.0, so that equal arrays have equal bytes.
        return (
            (v.dtype.str, v.shape, (v + v.dtype.type(0)).tobytes())
            if isinstance(v, np.ndarray)
            else v
            for v in values
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and all(map(eq, self._parts(), other._parts()))

    def __hash__(self) -> int:
        return hash(tuple(self._parts()))
