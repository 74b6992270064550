"""Scaled dot-product attention, one equation a line, every intermediate kept.

Source: Vaswani et al., "Attention Is All You Need" (2017), equation 1 and section 3.2.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from . import positions
from .scenario import Array, Scenario


def softmax(x: Array) -> Array:
    """Turn each row into weights that are positive and sum to 1.

    Subtracting the row's maximum changes nothing in the result and keeps
    ``exp`` from overflowing.

    Parameters
    ----------
    x : ndarray, shape (..., n)
        Real numbers; −inf gives weight 0. No row may be −inf throughout.

    Returns
    -------
    ndarray, shape (..., n)

    Examples
    --------
    >>> softmax(np.array([10_000.0, 10_000.0, -np.inf]))
    array([0.5, 0.5, 0. ])
    """
    # ufunc.reduce is what max() and sum() call; at n = 3 the detour is a tenth of the time.
    e: Array = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    e /= np.add.reduce(e, axis=-1, keepdims=True)
    return e


def project(X: Array, W: Array) -> Array:
    """See every word through a projection: ``X W``.

    Parameters
    ----------
    X : ndarray, shape (n, d_model)
    W : ndarray, shape (..., d_model, d)

    Returns
    -------
    ndarray, shape (..., n, d)

    Examples
    --------
    >>> project(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    return X @ W


def concatenate(output: Array) -> Array:
    """Lay the heads side by side.

    Parameters
    ----------
    output : ndarray, shape (h, n, d_v) or (n, d_v)

    Returns
    -------
    ndarray, shape (n, h * d_v)
        Of a single head without a head axis, `output` itself.

    Examples
    --------
    >>> concatenate(np.array([[[1], [2]], [[3], [4]]]))
    array([[1, 3],
           [2, 4]])
    """
    if output.ndim == 2:
        return output
    h, n, d_v = output.shape
    return output.swapaxes(0, 1).reshape(n, h * d_v)


@dataclass(frozen=True, eq=False)
class AttentionTrace:
    """All matrices of one pass, from the inputs to the result; made by `attend`.

    With heads, every array but `concatenated` and `projected` has a leading axis h.
    The arrays are read-only.

    Attributes
    ----------
    scenario : Scenario
        The inputs.
    placed : ndarray, shape (n, d_model)
        X plus the vectors of places, or `X` where nothing is added.
    placed_context : ndarray, shape (n_k, d_model)
        The same of the context; `placed` where the words look at themselves.
    Q : ndarray, shape (n, d_k)
        Queries.
    K : ndarray, shape (n_k, d_k)
        Keys.
    V : ndarray, shape (n_k, d_v)
        Values.
    rotated_Q, rotated_K : ndarray, in the shapes of Q and K
        Turned by RoPE, or `Q` and `K` where nothing turns them.
    raw_scores : ndarray, shape (n, n_k)
        Q Kᵀ, rotated; row = query, column = key, here and below.
    scores : ndarray, shape (n, n_k)
        Q Kᵀ / √d_k, or `raw_scores` where the scenario doesn't scale.
    biased_scores : ndarray, shape (n, n_k)
        `scores` plus ALiBi's bias, or `scores` where there is none.
    masked_scores : ndarray, shape (n, n_k)
        `biased_scores` with −inf where the mask blocks.
    logits : ndarray, shape (n, n_k)
        `masked_scores` / temperature: what goes into the softmax.
    weights : ndarray, shape (n, n_k)
        Attention weights; rows sum to 1.
    output : ndarray, shape (n, d_v)
        weights · V.
    concatenated : ndarray, shape (n, h·d_v)
        The heads side by side.
    projected : ndarray, shape (n, d_model), or None
        concatenated · W_o; None without W_o.
    """

    scenario: Scenario
    placed: Array
    placed_context: Array
    Q: Array
    K: Array
    V: Array
    rotated_Q: Array
    rotated_K: Array
    raw_scores: Array
    scores: Array
    biased_scores: Array
    masked_scores: Array
    logits: Array
    weights: Array
    output: Array
    concatenated: Array
    projected: Array | None

    @property
    def X(self) -> Array:
        """Embeddings, shape (n, d_model)."""
        return self.scenario.X

    @property
    def W_q(self) -> Array:
        """Projection to queries, shape (d_model, d_k)."""
        return self.scenario.W_q

    @property
    def W_k(self) -> Array:
        """Projection to keys, shape (d_model, d_k)."""
        return self.scenario.W_k

    @property
    def W_v(self) -> Array:
        """Projection to values, shape (d_model, d_v)."""
        return self.scenario.W_v

    @property
    def W_o(self) -> Array | None:
        """Projection of the concatenated heads, shape (h·d_v, d_model), or None."""
        return self.scenario.W_o

    @property
    def Z(self) -> Array | None:
        """Embeddings of the context, shape (n_k, d_model), or None."""
        return self.scenario.Z

    @cached_property
    def P(self) -> Array | None:
        """What is added to X, a row for each word, shape (n, d_model), or None."""
        return _added(self.scenario, self.scenario.n)

    @cached_property
    def P_context(self) -> Array | None:
        """What is added to Z, shape (n_k, d_model), or None."""
        return _added(self.scenario, self.scenario.n_k) if self.scenario.is_cross else None

    @cached_property
    def angles(self) -> Array | None:
        """By what RoPE turns each pair of columns, shape (n, d_k // 2), or None."""
        return _angles(self.scenario)

    @cached_property
    def bias(self) -> Array | None:
        """What ALiBi adds to the scores, shape (n, n), or None."""
        return _bias(self.scenario)

    @cached_property
    def similarity(self) -> Array:
        """X Xᵀ, shape (n, n): how much each word looks like each other."""
        return _read_only(self.X @ self.X.T)

    @cached_property
    def blocking(self) -> Array:
        """The mask as numbers to add to the scores, shape (n, n_k): 0 or −inf."""
        return _read_only(np.where(self.scenario.allowed, self.X.dtype.type(0), -np.inf))

    def head(self, i: int) -> AttentionTrace:
        """One head's share of this trace; no number is computed again.

        Parameters
        ----------
        i : int
            From 0. Where there is no axis of heads, 0 is the trace itself, without W_o.

        Examples
        --------
        >>> W = np.ones((2, 1, 1)) * [[[1]], [[3]]]
        >>> t = attend(Scenario(("a",), X=[[1]], W_q=W, W_k=W, W_v=W))
        >>> t.head(1).V, t.head(1).scenario.W_v
        (array([[3.]]), array([[3.]]))
        """
        s = self.scenario
        if s.W_q.ndim == 2 and s.W_o is None and i == 0:
            return self
        per_head = _PER_HEAD if s.W_q.ndim == 3 else ()
        cut = {name: getattr(self, name)[i] for name in per_head if getattr(self, name).ndim == 3}
        output = cut.get("output", self.output)
        alone = s.head(i)
        return replace(
            self, **{**cut, "scenario": alone, "concatenated": output, "projected": None}
        )


def attend(scenario: Scenario) -> AttentionTrace:
    """Compute self-attention and keep every step.

    Parameters
    ----------
    scenario : Scenario
        The inputs. float32 in gives float32 out.

    Returns
    -------
    AttentionTrace

    Raises
    ------
    OverflowError
        When the numbers are so large that a product leaves the floating range, or the
        temperature is outside of it; the message names the first such matrix.

    Examples
    --------
    >>> I = np.eye(2)
    >>> t = attend(Scenario(("a", "b"), X=[[2, 0], [0, 2]], W_q=I, W_k=I, W_v=I, scale=False))
    >>> t.weights.round(3)
    array([[0.982, 0.018],
           [0.018, 0.982]])
    """
    s = scenario
    placed, placed_context = _placed(s)
    Q = project(placed, s.W_q)
    K = project(placed_context, s.W_k)
    V = project(placed_context, s.W_v)
    theta = _angles(s)
    rotated_Q = Q if theta is None else positions.rotate(Q, theta)
    rotated_K = K if theta is None else positions.rotate(K, theta)
    raw_scores = rotated_Q @ rotated_K.swapaxes(-1, -2)
    scores = raw_scores / math.sqrt(s.d_k) if s.scale else raw_scores
    B = _bias(s)
    biased_scores = scores if B is None else scores + B
    masked_scores = biased_scores if s.mask is None else np.where(s.mask, biased_scores, -np.inf)
    logits = masked_scores if s.temperature == 1 else masked_scores / s.temperature
    weights = softmax(logits)
    output = weights @ V
    concatenated = concatenate(output)
    projected = None if s.W_o is None else concatenated @ s.W_o
    steps = (
        *(placed, placed_context, Q, K, V, rotated_Q, rotated_K, raw_scores, scores),
        *(biased_scores, masked_scores, logits, weights, output, concatenated),
    )
    for array in steps if projected is None else (*steps, projected):
        array.setflags(write=False)
    return _checked(AttentionTrace(s, *steps, projected))


#: What has an axis of heads where the projections have one.
_PER_HEAD = (
    *("Q", "K", "V", "rotated_Q", "rotated_K", "raw_scores", "scores"),
    *("biased_scores", "masked_scores", "logits", "weights", "output"),
)


#: What must be finite, in the order in which it is computed: only a mask brings −inf.
_FINITE = (
    *("placed", "placed_context", "Q", "K", "V", "rotated_Q", "rotated_K", "raw_scores"),
    *("scores", "biased_scores", "weights", "output", "projected"),
)


def _placed(s: Scenario) -> tuple[Array, Array]:
    """X and the context with their places, where places are added."""
    P = _added(s, s.n)
    placed = s.X if P is None else s.X + P
    if s.Z is None:
        return placed, placed
    P = _added(s, s.n_k)
    return placed, s.Z if P is None else s.Z + P


def _added(s: Scenario, n: int) -> Array | None:
    match s.positions:
        case "sinusoidal":
            return _read_only(positions.sinusoidal(n, s.d_model).astype(s.X.dtype))
        case "learned":
            return None if s.P is None else s.P[:n]
    return None


def _angles(s: Scenario) -> Array | None:
    if s.positions != "rope":
        return None
    return _read_only(positions.angles(s.n, s.d_k).astype(s.X.dtype))


def _bias(s: Scenario) -> Array | None:
    if s.positions != "alibi":
        return None
    slopes = positions.slopes(s.h, s.slope)
    slope = slopes if s.W_q.ndim == 3 else slopes[0]
    return _read_only(positions.bias(s.n, slope).astype(s.X.dtype))


def _checked(trace: AttentionTrace) -> AttentionTrace:
    """Refuse what is out of range: a score of −inf would have the weight 0 without a word."""
    T, limits = trace.scenario.temperature, np.finfo(trace.X.dtype)
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


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array
