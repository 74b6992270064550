"""The numbers of one matrix, of one head where each head has its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .. import limits
from ..notation.equation import Block
from ..notation.graph import graph
from ..notation.steps import step
from ..scenario import Array, Scenario
from ..shape_rule import if_transposed

#: The matrices that a visitor edits; the last three are there in some scenarios only.
MatrixName = Literal["X", "W_q", "W_k", "W_v", "Z", "P", "W_o"]
PROJECTIONS: tuple[MatrixName, ...] = ("W_q", "W_k", "W_v")


def editable(s: Scenario) -> tuple[MatrixName, ...]:
    """Name the matrices that a scenario has for the visitor to edit.

    Examples
    --------
    >>> from attn_core.edits import with_context
    >>> from attn_core.presets import DEFAULT
    >>> editable(with_context(DEFAULT.scenario, "I am"))
    ('X', 'Z', 'W_q', 'W_k', 'W_v')
    """
    order: tuple[MatrixName, ...] = ("X", "Z", "P", *PROJECTIONS, "W_o")
    return tuple(name for name in order if getattr(s, name) is not None)


def matrix_of(s: Scenario, name: MatrixName, head: int = 0) -> Array:
    """What is edited of a matrix: one head's share of it, where heads share it out.

    Parameters
    ----------
    s : Scenario
    name : str
        One of `editable`.
    head : int
        From 0. Of W_o it has the d_v rows that read this head.
    """
    whole: Array = getattr(s, name)
    share: Array = whole[_share(s, name, head)]
    return share


def block_of(s: Scenario, name: MatrixName, head: int = 0) -> Block:
    """What is edited of a matrix, with its labels; places of P are counted.

    Examples
    --------
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import DEFAULT
    >>> block_of(with_positions(DEFAULT.scenario, "learned"), "P").rows
    ('1', '2', '3')
    """
    which = step(name)
    rows, columns = (graph(s).axis(axis) for axis in which.axes)
    values = matrix_of(s, name, head)
    if name == "P":
        rows = tuple(str(i) for i in range(1, len(values) + 1))
    if name == "W_o":
        rows = rows[head * s.d_v : (head + 1) * s.d_v]
    return Block(which, values, rows, columns)


def _share(s: Scenario, name: MatrixName, head: int) -> Any:
    """Index of a head's part in a matrix."""
    if not 0 <= head < s.h:
        raise ValueError(f"There are {s.h} heads; there is no head {head + 1}.")
    if name == "W_o":
        return slice(head * s.d_v, (head + 1) * s.d_v)
    return head if name in PROJECTIONS and s.W_q.ndim == 3 else ...


def with_matrix(s: Scenario, name: MatrixName, values: ArrayLike, head: int = 0) -> Scenario:
    """Replace a whole matrix, or one head's share of it; see `matrix_of`.

    Parameters
    ----------
    s : Scenario
    name : str
        One of `editable`.
    values : array_like, in the shape of `matrix_of`
    head : int
        From 0.

    Raises
    ------
    ValueError
        When the shape or a number is wrong; the message says what was expected.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_matrix(DEFAULT.scenario, "W_q", np.eye(4)).W_q[1]
    array([0., 1., 0., 0.])
    """
    array = np.asarray(values, dtype=np.float64)
    expected = matrix_of(s, name, head).shape
    if array.shape != expected:
        turned = if_transposed(name, array.shape, *expected)
        raise ValueError(f"{name} must be {expected}, got {array.shape}.{turned}")
    limits.check_numbers(name, array)
    whole = np.array(getattr(s, name))
    whole[_share(s, name, head)] = array
    return replaced(s, **{name: whole})


def with_cell(
    s: Scenario, name: MatrixName, row: int, column: int, value: float, head: int = 0
) -> Scenario:
    """Replace one number of a matrix; row, column and head count from 0.

    Raises
    ------
    ValueError
        When the matrix has no such box, or the number is wrong.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_cell(DEFAULT.scenario, "X", 0, 1, -2.5).X[0]
    array([ 1. , -2.5,  0. ,  1. ])
    """
    values = np.array(matrix_of(s, name, head))
    rows, columns = values.shape
    if not (0 <= row < rows and 0 <= column < columns):  # a negative index would count back
        raise ValueError(f"{name} is {rows}×{columns}; it has no box ({row + 1}, {column + 1}).")
    values[row, column] = value
    return with_matrix(s, name, values, head)


def replaced(s: Scenario, **changes: Any) -> Scenario:
    """`replace` for changes whose names are only known as the program runs."""
    return replace(s, **changes)
