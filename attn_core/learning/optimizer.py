"""Gradient descent and Adam: from a gradient to the next parameters.

Sources: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964),
for momentum; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..scenario import Array

#: Arrays by name, such as W_q and W_k.
Params = Mapping[str, Array]

Method = Literal["Adam", "gradient descent"]
METHODS: tuple[Method, ...] = get_args(Method)

LEARNING_RATE = (0.001, 100.0)
MOMENTUM = (0.0, 0.99)

#: Adam's decay of the mean square, and what keeps it from dividing by 0; the paper's own.
_BETA_2, _EPSILON = 0.999, 1e-8


@dataclass(frozen=True, eq=False)
class OptimizerState:
    """The state of an optimizer between two steps.

    Attributes
    ----------
    count : int
        Steps that were taken.
    mean : dict
        Decaying sum (gradient descent) or mean (Adam) of the gradients.
    square : dict
        Decaying mean of their squares; Adam's alone.
    """

    count: int
    mean: Params
    square: Params


@dataclass(frozen=True)
class Optimizer:
    """A method of gradient descent, with its settings.

    Parameters
    ----------
    method : {"Adam", "gradient descent"}
    learning_rate : float
        0.001 to 100.
    momentum : float
        0 to 0.99; Adam's paper calls it β₁.

    Raises
    ------
    ValueError
        When a setting is beyond these limits.

    Examples
    --------
    >>> down = Optimizer("gradient descent", learning_rate=0.5, momentum=0.0)
    >>> W = {"W_q": np.array([[1.0]])}
    >>> down.step(W, {"W_q": np.array([[0.2]])}, down.init(W))[0]
    {'W_q': array([[0.9]])}
    """

    method: Method = "Adam"
    learning_rate: float = 0.05
    momentum: float = 0.9

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {METHODS}, got {self.method!r:.40}.")
        _check("learning rate", self.learning_rate, LEARNING_RATE)
        _check("momentum", self.momentum, MOMENTUM)

    def init(self, params: Params) -> OptimizerState:
        """The state before the first step."""
        nothing = {name: np.zeros_like(value) for name, value in params.items()}
        return OptimizerState(0, nothing, nothing)

    def step(
        self, params: Params, gradient: Params, state: OptimizerState
    ) -> tuple[dict[str, Array], OptimizerState]:
        """Take one step against the gradient.

        Parameters
        ----------
        params, gradient : dict of ndarray
            Of the same names and shapes.
        state : OptimizerState
            From `init` or the step before.

        Returns
        -------
        params : dict of ndarray
            New arrays.
        state : OptimizerState
        """
        if self.method == "Adam":
            return self._adam(params, gradient, state)
        return self._gradient_descent(params, gradient, state)

    def _gradient_descent(
        self, params: Params, gradient: Params, state: OptimizerState
    ) -> tuple[dict[str, Array], OptimizerState]:
        v = {name: self.momentum * state.mean[name] + g for name, g in gradient.items()}
        moved = {name: value - self.learning_rate * v[name] for name, value in params.items()}
        return moved, OptimizerState(state.count + 1, v, state.square)

    def _adam(
        self, params: Params, gradient: Params, state: OptimizerState
    ) -> tuple[dict[str, Array], OptimizerState]:
        t, b1, b2 = state.count + 1, self.momentum, _BETA_2
        m = {name: b1 * state.mean[name] + (1 - b1) * g for name, g in gradient.items()}
        v = {name: b2 * state.square[name] + (1 - b2) * g * g for name, g in gradient.items()}
        # Both means begin at 0; dividing takes that beginning out of them.
        rate, root = self.learning_rate / (1 - b1**t), math.sqrt(1 - b2**t)
        moved = {
            name: value - rate * m[name] / (np.sqrt(v[name]) / root + _EPSILON)
            for name, value in params.items()
        }
        return moved, OptimizerState(t, m, v)


def _check(what: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not (isinstance(value, int | float) and low <= value <= high):
        raise ValueError(f"The {what} must be {low:g} to {high:g}, got {value!r:.40}.")
