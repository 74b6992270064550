"""Scaled dot-product attention, one equation a line, every intermediate kept.

Source: Vaswani et al., "Attention Is All You Need" (2017), equation 1 and section 3.2.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

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
    Q, K : ndarray, shape (n, d_k)
        Queries and keys.
    V : ndarray, shape (n, d_v)
        Values.
    raw_scores : ndarray, shape (n, n)
        Q Kᵀ; row = query, column = key, here and below.
    scores : ndarray, shape (n, n)
        Q Kᵀ / √d_k, or `raw_scores` where the scenario doesn't scale.
    masked_scores : ndarray, shape (n, n)
        `scores` with −inf where the mask blocks.
    logits : ndarray, shape (n, n)
        `masked_scores` / temperature: what goes into the softmax.
    weights : ndarray, shape (n, n)
        Attention weights; rows sum to 1.
    output : ndarray, shape (n, d_v)
        weights · V.
    concatenated : ndarray, shape (n, h·d_v)
        The heads side by side.
    projected : ndarray, shape (n, d_model), or None
        concatenated · W_o; None without W_o.
    """

    scenario: Scenario
    Q: Array
    K: Array
    V: Array
    raw_scores: Array
    scores: Array
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

    @cached_property
    def similarity(self) -> Array:
        """X Xᵀ, shape (n, n): how much each word looks like each other."""
        return _read_only(self.X @ self.X.T)

    @cached_property
    def blocking(self) -> Array:
        """The mask as numbers to add to the scores, shape (n, n): 0 or −inf."""
        return _read_only(np.where(self.scenario.allowed, self.X.dtype.type(0), -np.inf))


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
        When the numbers are so large that a product leaves the floating range.

    Examples
    --------
    >>> I = np.eye(2)
    >>> t = attend(Scenario(("a", "b"), X=[[2, 0], [0, 2]], W_q=I, W_k=I, W_v=I, scale=False))
    >>> t.weights.round(3)
    array([[0.982, 0.018],
           [0.018, 0.982]])
    """
    s = scenario
    Q = project(s.X, s.W_q)
    K = project(s.X, s.W_k)
    V = project(s.X, s.W_v)
    raw_scores = Q @ K.swapaxes(-1, -2)
    scores = raw_scores / math.sqrt(s.d_k) if s.scale else raw_scores
    masked_scores = scores if s.mask is None else np.where(s.mask, scores, -np.inf)
    logits = masked_scores if s.temperature == 1 else masked_scores / s.temperature
    weights = softmax(logits)
    output = weights @ V
    concatenated = concatenate(output)
    projected = None if s.W_o is None else concatenated @ s.W_o
    steps = Q, K, V, raw_scores, scores, masked_scores, logits, weights, output, concatenated
    for array in steps if projected is None else (*steps, projected):
        array.setflags(write=False)
    return _checked(AttentionTrace(s, *steps, projected))


def _checked(trace: AttentionTrace) -> AttentionTrace:
    # An overflow on the way arrives here as inf or nan. The one that doesn't, a score of
    # −inf beside finite ones, has the weight 0 that its true value would have.
    last = trace.output if trace.projected is None else trace.projected
    if not np.isfinite(last).all():
        raise OverflowError(
            f"The numbers leave the range of {last.dtype}: expected finite results, "
            f"got {last[~np.isfinite(last)][0]}. Use smaller X or projections."
        )
    return trace


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array
