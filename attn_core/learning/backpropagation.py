"""The backward pass of attention for any loss: from the matrices that it reads to all inputs.

`gradients.backward` is the same for the one loss of the page on learning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from .. import positions
from ..attention import AttentionTrace
from ..scenario import Array, Scenario

#: The matrices that a loss may read.
READ = ("X", "Q", "K", "V", "raw_scores", "scores", "logits", "weights", "output", "projected")


def backpropagate(trace: AttentionTrace, given: Mapping[str, Array]) -> dict[str, Array]:
    """Carry the derivative of a loss back to the inputs.

    Parameters
    ----------
    trace : AttentionTrace
    given : mapping
        The derivative by each of the matrices in `READ` that the loss reads, in its shape.

    Returns
    -------
    dict of ndarray
        The derivative by X, W_q, W_k and W_v, and by Z, P and W_o where the scenario has them.

    Raises
    ------
    ValueError
        When the loss reads another matrix.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> t = attend(Scenario(("a", "b"), X=[[1], [2]], W_q=[[1]], W_k=[[1]], W_v=[[1]]))
    >>> backpropagate(t, {"V": np.ones((2, 1))})["W_v"]
    array([[3.]])
    """
    if foreign := given.keys() - {*READ}:
        raise ValueError(f"A loss may read {READ}, got {sorted(foreign)}.")
    s, t = trace.scenario, trace
    read = {name: M for name in READ if (M := getattr(trace, name)) is not None}
    d = {name: given.get(name, np.zeros(M.shape)) for name, M in read.items()}
    dY = d["output"] if s.W_o is None else d["output"] + _split(d["projected"] @ s.W_o.T, s)
    dA = d["weights"] + dY @ t.V.swapaxes(-1, -2)
    dV = d["V"] + t.weights.swapaxes(-1, -2) @ dY
    dS = d["logits"] + t.weights * (dA - (dA * t.weights).sum(-1, keepdims=True))
    dscores = d["scores"] + dS / s.temperature
    draw = d["raw_scores"] + (dscores / math.sqrt(s.d_k) if s.scale else dscores)
    dQ = d["Q"] + _rotated_back(draw @ t.rotated_K, t.rotary_angles)
    dK = d["K"] + _rotated_back(draw.swapaxes(-1, -2) @ t.rotated_Q, t.rotary_angles)
    dX_pos = _sum(dQ @ s.W_q.swapaxes(-1, -2))
    dZ_pos = _sum(dK @ s.W_k.swapaxes(-1, -2) + dV @ s.W_v.swapaxes(-1, -2))
    by = {
        "X": d["X"] + (dX_pos if s.is_cross else dX_pos + dZ_pos),
        "W_q": t.X_pos.T @ dQ,
        "W_k": t.Z_pos.T @ dK,
        "W_v": t.Z_pos.T @ dV,
    }
    if s.W_o is not None:
        by["W_o"] = t.concat_heads.T @ d["projected"]
    if s.Z is not None:
        by["Z"] = dZ_pos
    if s.P is not None:
        by["P"] = _of_places(s, dX_pos, dZ_pos)
    return by


def _split(dheads: Array, s: Scenario) -> Array:
    """Share out what belongs to the concatenated heads, (n, h·d_v), to (h, n, d_v)."""
    return dheads if s.W_q.ndim == 2 else np.stack(np.split(dheads, s.h, axis=-1))


def _rotated_back(dQ: Array, theta: Array | None) -> Array:
    """Undo RoPE: a rotation's transpose is the rotation by the opposite angle."""
    return dQ if theta is None else positions.rotate(dQ, -theta)


def _sum(dX: Array) -> Array:
    """Sum over the heads, which share their words."""
    summed: Array = dX if dX.ndim == 2 else dX.sum(axis=0)
    return summed


def _of_places(s: Scenario, dX_pos: Array, dZ_pos: Array) -> Array:
    """Add up what belongs to the learned vector of each place."""
    assert s.P is not None
    dP = np.zeros(s.P.shape)
    dP[: s.n] += dX_pos
    dP[: s.n_k] += dZ_pos
    return dP
