"""Causes of a difference: each input that differs is changed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from ..attention import AttentionTrace, attend
from ..edits import PROJECTIONS, MatrixName, editable
from ..explain.wording import DISPLAY_TOLERANCE
from ..scenario import Array, Scenario
from .changes import Change, NumberChange, changes_of, with_change
from .compare import Comparison

#: The most numbers whose causes are computed.
MOST_CELLS = 3


@dataclass(frozen=True)
class Cause:
    """The one input that, changed alone, moves a number most towards its value in B.

    Attributes
    ----------
    name : {"weights", "output"}
    row, column : int
        The number's row and column, from 0.
    before, after : float
        The number in A and in B.
    change : Change or None
        None where no single change moves the number by as much as the boxes show.
    alone : float
        The number in A with this change alone.
    """

    name: Literal["weights", "output"]
    row: int
    column: int
    before: float
    after: float
    change: Change | None
    alone: float


def causes(c: Comparison) -> tuple[Cause, ...]:
    """Find the causes of the largest changes: of the weights, or of the output where none changed.

    Parameters
    ----------
    c : Comparison

    Returns
    -------
    tuple of Cause
        At most `MOST_CELLS`, the largest change first; empty where no change shows in
        the boxes.

    Raises
    ------
    ValueError
        When words or features differ, so that A can't take a single input of B.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import DEFAULT
    >>> a = DEFAULT.scenario
    >>> first, *_ = causes(compare(a, edits.with_cell(a, "W_v", 0, 0, -1)))
    >>> first.name, first.row, first.column, first.change.label
    ('output', 0, 0, 'pronoun → v₁')
    """
    changed = changes_of(c)
    if not changed:
        return ()
    quantity = _quantity(c)
    alone = _values_alone(c, changed, quantity)
    return tuple(
        _cause(c, quantity, i, j, changed, alone)
        for i, j in largest_moves(getattr(c.b, quantity) - getattr(c.a, quantity))
    )


def _quantity(c: Comparison) -> Literal["weights", "output"]:
    """Choose the output where no weight changed and both outputs have one size, else weights."""
    fits = c.a.scenario.d_v == c.b.scenario.d_v
    return "output" if fits and not largest_moves(c.b.weights - c.a.weights) else "weights"


def largest_moves(difference: Array) -> list[tuple[int, int]]:
    """Find the rows and columns of the largest changes that the boxes show, largest first.

    Examples
    --------
    >>> largest_moves(np.array([[0.0, 0.5], [-0.7, 0.001]]))
    [(1, 0), (0, 1)]
    """
    size = np.abs(difference)
    order = np.argsort(-size, axis=None, kind="stable")[:MOST_CELLS]
    places = zip(*np.unravel_index(order, size.shape), strict=True)
    return [(int(i), int(j)) for i, j in places if size[i, j] >= DISPLAY_TOLERANCE]


def _values_alone(c: Comparison, changed: Sequence[Change], name: str) -> Array:
    """Compute the weights or the output of A with each change alone.

    The result has the shape (changes, rows, columns).
    """
    a, b = c.a.scenario, c.b.scenario
    # Each head has another slope of ALiBi, but all changes need the same one.
    are_heads = a.positions != "alibi"
    together = [each for each in changed if isinstance(each, NumberChange) and are_heads]
    others = changed[len(together) :]  # numbers come first
    several = [getattr(_attend_each(c.a, together), name)] if together else []
    single = [getattr(attend(with_change(a, b, change)), name)[None] for change in others]
    return np.concatenate([*several, *single])


def _attend_each(a: AttentionTrace, numbers: Sequence[NumberChange]) -> AttentionTrace:
    """Compute attention with each change alone in one pass, with a head for each change.

    Heads share X, which may be the input that changes. So X is replaced by the identity, and
    each projection by the product of X, with its positions, and the projection: queries, keys
    and values stay the same. The second sentence is treated likewise.
    """
    s = a.scenario
    stacks: dict[MatrixName, Array] = {
        name: np.repeat(getattr(s, name)[None], len(numbers), axis=0) for name in editable(s)
    }
    for k, change in enumerate(numbers):
        stacks[change.name][k, change.row, change.column] = change.after
    products: dict[str, Any] = {}
    for name, rows in zip(PROJECTIONS, _projected_rows(a, stacks), strict=True):
        rest = max(s.n, s.n_k) - rows.shape[1]  # both sentences have equally many features
        products[name] = np.pad(rows @ stacks[name], ((0, 0), (0, rest), (0, 0)))
    eye = np.eye(max(s.n, s.n_k), dtype=s.X.dtype)
    products |= {"X": eye[: s.n], "Z": eye[: s.n_k] if s.is_cross else None}
    products |= {} if s.positions == "rope" else {"positions": "none", "P": None}
    heads: Scenario = replace(s, features=(), **products)
    return attend(heads)


def _projected_rows(
    a: AttentionTrace, stacks: dict[MatrixName, Array]
) -> tuple[Array, Array, Array]:
    """Compute the rows that W_q, W_k and W_v project, with positions and each change alone."""
    s = a.scenario

    def added(name: MatrixName, fixed: Array | None) -> Array:
        P = stacks["P"][:, : len(getattr(s, name))] if "P" in stacks else fixed
        return stacks[name] if P is None else stacks[name] + P

    words = added("X", a.P)
    context = added("Z", a.P_context) if s.is_cross else words
    return words, context, context


def _cause(
    c: Comparison,
    name: Literal["weights", "output"],
    i: int,
    j: int,
    changed: Sequence[Change],
    alone: Array,
) -> Cause:
    before, after = float(getattr(c.a, name)[i, j]), float(getattr(c.b, name)[i, j])
    effects = (alone[:, i, j] - before) * np.sign(after - before)
    best = int(np.argmax(effects))
    if effects[best] < DISPLAY_TOLERANCE:
        return Cause(name, i, j, before, after, None, before)
    return Cause(name, i, j, before, after, changed[best], float(alone[best, i, j]))
