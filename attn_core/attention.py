"""Scaled dot-product attention, one equation a line, every intermediate kept.

Source: Vaswani et al., "Attention Is All You Need" (2017), equation 1 and section 3.2.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from . import positions
from ._trace_checks import finished, read_only
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
    # max() and sum() call ufunc.reduce; at n = 3 the detour takes a tenth of the time.
    e: Array = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    e /= np.add.reduce(e, axis=-1, keepdims=True)
    return e


@dataclass(frozen=True, eq=False)
class AttentionTrace:
    """All matrices of one forward pass, from the inputs to the result; computed by `attend`.

    With heads, every array from Q to `output` but `rotary_angles` has a leading axis h.
    The arrays are read-only. The scenario's arrays are attributes, too: ``trace.X`` is
    ``trace.scenario.X``, and so are Z, W_q, W_k, W_v and W_o.

    Attributes
    ----------
    scenario : Scenario
        The inputs.
    P, P_context : ndarray, shape (n, d_model) and (n_k, d_model), or None
        The encodings added to X and to Z, a row for each word.
    X_pos : ndarray, shape (n, d_model)
        X + P, or `X` without P.
    Z_pos : ndarray, shape (n_k, d_model)
        Z + P_context, or `Z` without P_context; `X_pos` in self-attention.
    Q : ndarray, shape (n, d_k)
        Queries.
    K : ndarray, shape (n_k, d_k)
        Keys.
    V : ndarray, shape (n_k, d_v)
        Values.
    rotary_angles : ndarray, shape (n, d_k // 2), or None
        RoPE's angle of each pair of columns.
    rotated_Q, rotated_K : ndarray, in the shapes of Q and K
        Rotated by RoPE, or `Q` and `K` without RoPE.
    raw_scores : ndarray, shape (n, n_k)
        Q Kᵀ, rotated; row = query, column = key, here and below.
    scores : ndarray, shape (n, n_k)
        Q Kᵀ / √d_k, or `raw_scores` where the scenario doesn't scale.
    alibi_bias : ndarray, shape (n, n), or None
        ALiBi's bias of the scores.
    biased_scores : ndarray, shape (n, n_k)
        `scores` plus ALiBi's bias, or `scores` where there is none.
    masked_scores : ndarray, shape (n, n_k)
        `biased_scores` with −inf where the mask blocks.
    logits : ndarray, shape (n, n_k)
        `masked_scores` / temperature, the input of the softmax.
    weights : ndarray, shape (n, n_k)
        Attention weights; rows sum to 1.
    output : ndarray, shape (n, d_v)
        weights · V.
    concat_heads : ndarray, shape (n, h·d_v)
        The concatenated heads.
    projected : ndarray, shape (n, d_model), or None
        concat_heads · W_o; None without W_o.
    """

    scenario: Scenario
    P: Array | None
    P_context: Array | None
    X_pos: Array
    Z_pos: Array
    Q: Array
    K: Array
    V: Array
    rotary_angles: Array | None
    rotated_Q: Array
    rotated_K: Array
    raw_scores: Array
    scores: Array
    alibi_bias: Array | None
    biased_scores: Array
    masked_scores: Array
    logits: Array
    weights: Array
    output: Array
    concat_heads: Array
    projected: Array | None

    def __getattr__(self, name: str) -> Array | None:
        if name not in ("X", "Z", "W_q", "W_k", "W_v", "W_o"):
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        values: Array | None = getattr(self.scenario, name)
        return values

    @cached_property
    def similarity(self) -> Array:
        """X Xᵀ, shape (n, n): the similarity of each two words."""
        return read_only(self.scenario.X @ self.scenario.X.T)

    @cached_property
    def attn_mask(self) -> Array:
        """The mask as numbers to add to the scores, shape (n, n_k): 0 or −inf."""
        return read_only(np.where(self.scenario.allowed, self.Q.dtype.type(0), -np.inf))

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
        alone = self.scenario.head(i)
        if alone is self.scenario:
            return self
        share = {name: v[i] for name, v in vars(self).items() if getattr(v, "ndim", 2) == 3}
        share |= {"concat_heads": share.get("output", self.output), "projected": None}
        return replace(self, scenario=alone, **share)


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
    s, t = scenario, SimpleNamespace(scenario=scenario)
    t.P = positions.added(s, s.n)  # (n, d_model)
    t.P_context = positions.added(s, s.n_k) if s.is_cross else None  # (n_k, d_model)
    t.X_pos = s.X if t.P is None else s.X + t.P  # (n, d_model)
    Z = t.X_pos if s.Z is None else s.Z
    t.Z_pos = Z if t.P_context is None else Z + t.P_context  # (n_k, d_model)
    t.Q = t.X_pos @ s.W_q  # (h, n, d_k); without heads no h, here and below
    t.K = t.Z_pos @ s.W_k  # (h, n_k, d_k)
    t.V = t.Z_pos @ s.W_v  # (h, n_k, d_v)
    theta = t.rotary_angles = positions.rotary_angles(s)  # (n, d_k // 2)
    t.rotated_Q = t.Q if theta is None else positions.rotate(t.Q, theta)  # (h, n, d_k)
    t.rotated_K = t.K if theta is None else positions.rotate(t.K, theta)  # (h, n_k, d_k)
    t.raw_scores = t.rotated_Q @ t.rotated_K.swapaxes(-1, -2)  # (h, n, n_k)
    t.scores = t.raw_scores / math.sqrt(s.d_k) if s.scale else t.raw_scores
    B = t.alibi_bias = positions.alibi_bias(s)  # (h, n, n)
    S = t.biased_scores = t.scores if B is None else t.scores + B  # (h, n, n_k)
    t.masked_scores = S if s.mask is None else np.where(s.mask, S, -np.inf)
    t.logits = t.masked_scores if s.temperature == 1 else t.masked_scores / s.temperature
    t.weights = softmax(t.logits)  # (h, n, n_k)
    t.output = t.weights @ t.V  # (h, n, d_v)
    t.concat_heads = np.concatenate(t.output, -1) if t.output.ndim == 3 else t.output  # (n, h·d_v)
    t.projected = None if s.W_o is None else t.concat_heads @ s.W_o  # (n, d_model)
    return finished(AttentionTrace(**vars(t)))
