"""The functions of a feed-forward part, by the names that config.json has for them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..files.checkpoint import Matrix

Activation = Callable[[Matrix], Matrix]


def erf(x: Matrix) -> Matrix:
    """Error function, to 1.5e-7, and in float32 to 6e-7, a few of its steps at 1.

    Parameters
    ----------
    x : ndarray

    Returns
    -------
    ndarray
        In its shape and type.

    Notes
    -----
    Formula 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964),
    for NumPy has no such function.

    Examples
    --------
    >>> erf(np.array([0.0, 0.5, -3.0])).round(6)
    array([ 0.      ,  0.5205  , -0.999978])
    """
    size = np.abs(x)
    t = 1 / (1 + 0.3275911 * size)
    sum_ = 1.061405429 * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ += coefficient
        sum_ *= t
    near_one: Matrix = 1 - sum_ * np.exp(-size * size)
    return np.copysign(near_one, x)


def gelu(x: Matrix) -> Matrix:
    """Gaussian error linear unit: x · Φ(x), with Φ the normal distribution's (Hendrycks 2016).

    Parameters
    ----------
    x : ndarray

    Returns
    -------
    ndarray
        In its shape and type.

    Examples
    --------
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    return x * (0.5 + 0.5 * erf(x * (1 / math.sqrt(2))))


def gelu_tanh(x: Matrix) -> Matrix:
    """Approximate `gelu` by tanh, as the same paper does.

    Examples
    --------
    >>> gelu_tanh(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1588,  0.    ,  0.8412])
    """
    bent: Matrix = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))
    return x * (0.5 + 0.5 * bent)


def sigmoid(x: Matrix) -> Matrix:
    """Compute 1 / (1 + exp(−x)), for any x.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    bent: Matrix = np.tanh(0.5 * x)
    return 0.5 + 0.5 * bent


def _softplus(x: Matrix) -> Matrix:
    result: Matrix = np.logaddexp(x, x.dtype.type(0))
    return result


#: As transformers calls them in its `ACT2FN`; what has learned numbers of its own isn't there.
ACTIVATIONS: dict[str, Activation] = {
    **dict.fromkeys(("gelu", "gelu_python"), gelu),
    **dict.fromkeys(("gelu_new", "gelu_fast", "gelu_accurate"), gelu_tanh),
    **dict.fromkeys(("gelu_pytorch_tanh", "gelu_python_tanh"), gelu_tanh),
    "gelu_10": lambda x: np.clip(gelu(x), -10, 10),
    "quick_gelu": lambda x: x * sigmoid(1.702 * x),
    "relu": lambda x: np.maximum(x, 0),
    "relu2": lambda x: np.square(np.maximum(x, 0)),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "hardswish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    **dict.fromkeys(("silu", "swish"), lambda x: x * sigmoid(x)),
    "mish": lambda x: x * np.tanh(_softplus(x)),
    "laplace": lambda x: 0.5 + 0.5 * erf((x - 0.707107) * (1 / (0.282095 * math.sqrt(2)))),
    "sqrtsoftplus": lambda x: np.sqrt(_softplus(x)),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "linear": lambda x: x,
}


#: Keys of a dict that holds an activation's name.
_NAMED_BY = {"type", "name", "activation", "activation_type", "class_name", "function"}


def activation_named(said: Any) -> Activation | None:
    """Find an activation by its name, which some write as a dict; None for one unknown.

    Examples
    --------
    >>> activation_named({"type": "gelu"}) is gelu, activation_named({"type": "relu", "max": 3})
    (True, None)
    """
    if isinstance(said, dict):
        told = {key: value for key, value in said.items() if value}
        said = next(iter(told.values())) if len(told) == 1 and told.keys() <= _NAMED_BY else None
    return ACTIVATIONS.get(said) if isinstance(said, str) else None
