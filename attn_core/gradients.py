r"""Gradients of a loss with respect to the projections: the backward pass of attention.

``dY`` is the derivative of the loss with respect to Y, in the shape of Y.
`explain.chain_rule` has the equations for the page.

Source: Goodfellow, Bengio, Courville, "Deep Learning" (2016), sections 6.2.2 and 6.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import positions
from ._trace_checks import target_weights
from .attention import AttentionTrace, attend
from .scenario import Array, Scenario


def attention_loss(scenario: Scenario, target: ArrayLike) -> tuple[float, dict[str, Array]]:
    """Compute the cross-entropy of attention weights and target weights, and its gradient.

    The backward pass covers every step of a scenario: temperature, mask, ALiBi, RoPE, scaling,
    added positions, a second sentence.

    Parameters
    ----------
    scenario : Scenario
    target : array_like, shape (n, n_k) or (h, n, n_k)
        Wanted weights. A row sums to 1, or is 0 throughout: then nothing is wanted of it.

    Returns
    -------
    loss : float
        In nats; the mean over all rows of which something is wanted.
    gradient : dict
        ``W_q`` and ``W_k``: the derivative of the loss by each of their numbers, in
        their shapes.

    Raises
    ------
    ValueError
        When the target has another shape, isn't weights, or wants what the mask blocks.

    Examples
    --------
    Both weights are 1/2, and the first is wanted to be 1; so the loss is log 2.

    >>> s = Scenario(("a", "b"), X=[[1], [0]], W_q=[[0]], W_k=[[1]], W_v=[[1]])
    >>> loss, gradient = attention_loss(s, [[1, 0], [0, 0]])
    >>> round(loss, 6), gradient["W_q"], gradient["W_k"]
    (0.693147, array([[-0.5]]), array([[0.]]))
    """
    g = backward(attend(scenario), target)
    return g.loss, {"W_q": g.dW_q, "W_k": g.dW_k}


@dataclass(frozen=True, eq=False)
class AttentionGradient:
    """The backward pass from the loss to the projections; computed by `backward`.

    With heads, every array has a leading axis h.

    Attributes
    ----------
    loss : float
        In nats.
    dS : ndarray, shape (n, n_k)
        Of the logits, which are the scores where there is no mask and no temperature.
    dQ : ndarray, shape (n, d_k)
    dK : ndarray, shape (n_k, d_k)
    dW_q, dW_k : ndarray, shape (d_model, d_k)
    """

    loss: float
    dS: Array
    dQ: Array
    dK: Array
    dW_q: Array
    dW_k: Array


def backward(trace: AttentionTrace, target: ArrayLike) -> AttentionGradient:
    """Compute the backward pass of a trace; see `attention_loss`.

    Parameters
    ----------
    trace : AttentionTrace
    target : array_like, in the shape of its weights

    Examples
    --------
    >>> s = Scenario(("a", "b"), X=[[1], [0]], W_q=[[0]], W_k=[[1]], W_v=[[1]])
    >>> backward(attend(s), [[1, 0], [0, 0]]).dS
    array([[-0.5,  0.5],
           [ 0. ,  0. ]])
    """
    s, t = trace.scenario, trace
    T = target_weights(target, t.weights.shape, s.allowed)
    L, dS = cross_entropy(t.logits, T)
    dscores = dS / s.temperature
    draw = dscores / math.sqrt(s.d_k) if s.scale else dscores
    drotated_Q = draw @ t.rotated_K
    drotated_K = draw.swapaxes(-1, -2) @ t.rotated_Q
    # A rotation's transpose is the rotation by the opposite angle.
    theta = t.rotary_angles
    dQ = drotated_Q if theta is None else positions.rotate(drotated_Q, -theta)
    dK = drotated_K if theta is None else positions.rotate(drotated_K, -theta)
    return AttentionGradient(L, dS, dQ, dK, t.X_pos.T @ dQ, t.Z_pos.T @ dK)


def readout_loss(
    X: Array, W_v: Array, W_r: Array, b: Array, target: Array
) -> tuple[float, dict[str, Array]]:
    """Compute the cross-entropy of a linear probe of the values, and its gradient.

    Parameters
    ----------
    X : ndarray, shape (n, d_model)
        Embeddings, a row for each word.
    W_v : ndarray, shape (d_model, d_v)
    W_r : ndarray, shape (d_v, classes)
        The weights of the probe.
    b : ndarray, shape (classes,)
        The bias of each class.
    target : ndarray, shape (n, classes)
        1 at each word's class; rows sum to 1.

    Returns
    -------
    loss : float
        In nats; the mean over all words.
    gradient : dict
        ``W_v``, ``W_r`` and ``b``, in their shapes.

    Raises
    ------
    ValueError
        When the target has another shape, or its rows don't sum to 1.

    Examples
    --------
    >>> X, W_v, W_r, b = np.eye(2), np.zeros((2, 1)), np.ones((1, 2)), np.zeros(2)
    >>> loss, gradient = readout_loss(X, W_v, W_r, b, np.array([[1.0, 0.0], [1.0, 0.0]]))
    >>> round(loss, 6), gradient["b"]
    (0.693147, array([-0.5,  0.5]))
    """
    V = X @ W_v
    Y = V @ W_r + b
    L, dY = cross_entropy(Y, target_weights(target, Y.shape))
    dV = dY @ W_r.T
    return L, {"W_v": X.T @ dV, "W_r": V.T @ dY, "b": dY.sum(axis=0)}


def cross_entropy(logits: Array, target: Array) -> tuple[float, Array]:
    """Compute the cross-entropy of softmax rows, and its derivative by the logits: (A − T) / rows.

    Parameters
    ----------
    logits : ndarray, shape (..., n)
        −inf where the mask blocks.
    target : ndarray, in the shape of `logits`
        A row sums to 1, or is all 0: then it has no target.

    Returns
    -------
    loss : float
        Mean over the rows that have a target.
    dlogits : ndarray, in the shape of `logits`

    Examples
    --------
    >>> cross_entropy(np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]]))[1]
    array([[-0.5,  0.5]])
    """
    wanted = target.sum(axis=-1, keepdims=True)
    rows = wanted.sum()
    # log A from the log-sum-exp stays finite where A itself rounds to 0.
    z = logits - logits.max(axis=-1, keepdims=True)
    log_A = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    L = -np.sum(target * np.where(target > 0, log_A, 0)) / rows
    return float(L), (wanted * np.exp(log_A) - target) / rows
