"""Positional encodings: added to X, rotated into Q and K, or added to the scores as a bias.

Attention itself looks at a set: words in another order get the same weights, in that
order. Each way of telling the order apart cites its paper; pages show `explain.papers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .scenario import Scenario

PositionKind = Literal["none", "sinusoidal", "learned", "rope", "alibi"]

KINDS: tuple[PositionKind, ...] = get_args(PositionKind)

#: The base of sinusoidal positions and of RoPE, from their papers.
BASE = 10_000.0

Array = NDArray[Any]


def sinusoidal(n: int, d_model: int) -> Array:
    r"""Compute sinusoidal encodings: waves of growing length.

    ``P[pos, 2i] = sin(pos / 10000^(2i/d_model))``, and ``P[pos, 2i+1]`` its cosine.

    Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.5.

    Parameters
    ----------
    n : int
        Number of positions; the first is 0.
    d_model : int

    Returns
    -------
    ndarray of float64, shape (n, d_model)
        Values between −1 and 1.

    Examples
    --------
    >>> sinusoidal(3, 2).round(2)
    array([[ 0.  ,  1.  ],
           [ 0.84,  0.54],
           [ 0.91, -0.42]])
    """
    waves = _angles(n, d_model, pairs=(d_model + 1) // 2)
    return np.stack([np.sin(waves), np.cos(waves)], axis=-1).reshape(n, -1)[:, :d_model]


def angles(n: int, d: int, frequencies: Array | None = None) -> Array:
    """Compute each position's angle for each pair of columns: ``pos / 10000^(2i/d)``, in radians.

    Parameters
    ----------
    n : int
        Number of positions; the first is 0.
    d : int
        Number of columns; a last one without a partner has no angle.
    frequencies : ndarray, shape (d // 2,), optional
        Each pair's angle from one position to the next, where a model has others.

    Returns
    -------
    ndarray of float64, shape (n, d // 2)

    Examples
    --------
    >>> angles(3, 4)
    array([[0.  , 0.  ],
           [1.  , 0.01],
           [2.  , 0.02]])
    """
    if frequencies is not None:
        return np.arange(n)[:, None] * np.asarray(frequencies, np.float64)
    return _angles(n, d, pairs=d // 2)


def _angles(n: int, d: int, pairs: int) -> Array:
    i = np.arange(pairs)
    return np.arange(n)[:, None] / BASE ** (2 * i / d)


def rotate(Q: Array, theta: Array) -> Array:
    """Rotate each pair of columns by the angle of its row: RoPE.

    ``(a, b)`` becomes ``(a cos θ − b sin θ, a sin θ + b cos θ)``. The dot product of two
    rows turned so depends on how far they are apart, not on where they stand.

    Source: Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding"
    (2021), equation 15.

    Parameters
    ----------
    Q : ndarray, shape (..., n, d_k)
        Queries or keys; the last of an odd number of columns stays as it is.
    theta : ndarray, shape (n, d_k // 2)
        Radians.

    Returns
    -------
    ndarray, shape (..., n, d_k)
        In the floating type of `Q`.

    Examples
    --------
    >>> rotate(np.array([[1.0, 0.0, 7.0]]), np.array([[np.pi / 2]])).round(3)
    array([[0., 1., 7.]])
    """
    even, odd = Q[..., : 2 * theta.shape[1] : 2], Q[..., 1 : 2 * theta.shape[1] : 2]
    cos, sin = np.cos(theta), np.sin(theta)
    turned = Q.copy()
    turned[..., : 2 * theta.shape[1] : 2] = even * cos - odd * sin
    turned[..., 1 : 2 * theta.shape[1] : 2] = even * sin + odd * cos
    return turned


def slopes(h: int, slope: float | None = None) -> Array:
    """Compute ALiBi's slope of each head: a geometric sequence.

    For 8 heads the authors' slopes are 1/2, 1/4, … 1/256, and alike for any power of two.
    For other numbers their code takes the slopes of the power below, then every other one
    of the power above.

    Source: Press et al., "Train Short, Test Long: Attention with Linear Biases Enables
    Input Length Extrapolation" (2022), section 3, and `get_slopes` in
    https://github.com/ofirpress/attention_with_linear_biases.

    Parameters
    ----------
    h : int
        Number of heads.
    slope : float, optional
        Of the first head; head i has its ith power. Without it, the authors'.

    Returns
    -------
    ndarray, shape (h,)

    Examples
    --------
    >>> slopes(4).tolist(), slopes(3).tolist()
    ([0.25, 0.0625, 0.015625, 0.00390625], [0.0625, 0.00390625, 0.25])
    >>> slopes(3, 0.5).tolist()
    [0.5, 0.25, 0.125]
    """
    if slope is not None:
        return np.asarray(slope ** np.arange(1.0, h + 1))
    below = 2 ** (h.bit_length() - 1)
    own = 2.0 ** (-8 / below * np.arange(1, below + 1))
    between = 2.0 ** (-4 / below * np.arange(1, 2 * below, 2))
    return np.concatenate([own, between[: h - below]])


def bias(n: int, slope: Array) -> Array:
    """Compute ALiBi's bias of the scores: ``−m·|i − j|``, from the paper cited at `slopes`.

    The paper masks later words, so its distances only go backwards.

    Parameters
    ----------
    n : int
        Number of words.
    slope : ndarray, shape (h,), or float
        m, of each head.

    Returns
    -------
    ndarray, shape (h, n, n) or (n, n)

    Examples
    --------
    >>> bias(3, 0.5)
    array([[ 0. , -0.5, -1. ],
           [-0.5,  0. , -0.5],
           [-1. , -0.5,  0. ]])
    """
    places = np.arange(n)
    return np.asarray(np.asarray(slope)[..., None, None] * -np.abs(places[:, None] - places))


def added(s: Scenario, n: int) -> Array | None:
    """Return the encodings of a scenario's first n positions, shape (n, d_model), or None.

    Examples
    --------
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import DEFAULT
    >>> added(with_positions(DEFAULT.scenario, "sinusoidal"), 1)
    array([[0., 1., 0., 1.]])
    """
    if s.positions == "sinusoidal":
        return sinusoidal(n, s.d_model).astype(s.X.dtype)
    return None if s.P is None else s.P[:n]


def rotary_angles(s: Scenario) -> Array | None:
    """Return the angles of a scenario's RoPE, shape (n, d_k // 2); None without RoPE.

    Examples
    --------
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import DEFAULT
    >>> rotary_angles(with_positions(DEFAULT.scenario, "rope"))[1]
    array([1.  , 0.01])
    """
    if s.positions != "rope":
        return None
    return angles(s.n, s.d_k, s.frequencies).astype(s.X.dtype)


def alibi_bias(s: Scenario) -> Array | None:
    """Return the bias of a scenario's ALiBi, shape (n, n) or (h, n, n); None without ALiBi.

    Examples
    --------
    >>> from attn_core.edits import with_positions, with_slope
    >>> from attn_core.presets import DEFAULT
    >>> alibi_bias(with_slope(with_positions(DEFAULT.scenario, "alibi"), 0.5))[0]
    array([ 0. , -0.5, -1. ])
    """
    if s.positions != "alibi":
        return None
    slope = slopes(s.h, s.slope)
    return bias(s.n, slope if s.W_q.ndim == 3 else slope[0]).astype(s.X.dtype)
