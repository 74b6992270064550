"""A checkpoint of a run as equations: weights beside the target, projections, gradient."""

from __future__ import annotations

from dataclasses import replace

from ..attention import AttentionTrace
from ..gradients import backward
from ..notation.equation import Block, Equation, block
from ..notation.graph import graph
from ..notation.steps import Axis, Step
from ..scenario import Array
from . import qk_circuit


def checkpoint_equations(trace: AttentionTrace, target: Array | None) -> tuple[Equation, Equation]:
    """The weights beside the target, and the projections beside their QK circuit.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    target : ndarray, shape (n, n_k), or None
        None where these words have no target.

    Examples
    --------
    >>> import numpy as np
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> weights, projections = checkpoint_equations(attend(DEFAULT.scenario), np.eye(3))
    >>> [shown.title or shown.symbol for shown in weights.blocks + projections.blocks]
    ['weights', 'wanted', 'W_q', 'W_kᵀ', 'W_q W_kᵀ']
    """
    weights = block(trace, "weights")
    beside = [] if target is None else [replace(weights, values=target, title="wanted")]
    return Equation((weights, *beside)), qk_circuit.equation(trace)


def gradient_equations(trace: AttentionTrace, target: Array) -> tuple[Equation, ...]:
    """Back-propagation from the target to W_q and W_k, in boxes.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    target : ndarray, shape (n, n_k)
        A row that is 0 throughout has no target, and a gradient of 0.

    Examples
    --------
    >>> import numpy as np
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> for written in gradient_equations(attend(DEFAULT.scenario), np.eye(3)):
    ...     print(*(term if isinstance(term, str) else term.symbol for term in written.terms))
    weights − wanted → dS
    Xᵀ · dQ = dW_q
    Xᵀ · dK = dW_k
    """
    g = backward(trace, target)
    weights = block(trace, "weights")
    wanted = replace(weights, values=target, step=replace(weights.step, symbol="wanted"))
    nodes = graph(trace.scenario)
    X, Z = (block(trace, nodes.resolve(name).name, transposed=True) for name in ("X_pos", "Z_pos"))
    W_q, W_k = block(trace, "W_q"), block(trace, "W_k")
    dQ = _derivative("Q", ("word", "q"), g.dQ, block(trace, "Q"))
    dK = _derivative("K", ("key", "k"), g.dK, block(trace, "K"))
    return (
        Equation((weights, "−", wanted, "→", _derivative("S", ("query", "key"), g.dS, weights))),
        Equation((X, "·", dQ, "=", _derivative("W_q", ("feature", "q"), g.dW_q, W_q))),
        Equation((Z, "·", dK, "=", _derivative("W_k", ("feature", "k"), g.dW_k, W_k))),
    )


def _derivative(symbol: str, axes: tuple[Axis, Axis], values: Array, like: Block) -> Block:
    """The derivative by a matrix, with its labels."""
    step = Step(f"d{symbol}", f"d{symbol}", f"d{symbol}", axes)
    return Block(step, values, like.rows, like.columns)
