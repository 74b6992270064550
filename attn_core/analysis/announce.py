"""What a change did to the weights, in as few words as one listens to."""

from __future__ import annotations

from ..explain.wording import Escape
from ..notation import labels
from ..notation.labels import number
from .causes import largest_moves
from .compare import Comparison

#: The most weights that are named.
MOST_WEIGHTS = 2


def announce(c: Comparison, escape: Escape = str) -> str:
    """Name the weights that changed most; empty where none changes by as much as boxes show.

    Parameters
    ----------
    c : Comparison
        The scenario before and after a change. Other words make other weights, of which
        nothing is said.
    escape : callable
        Applied to each word.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import DEFAULT
    >>> b = edits.with_cell(DEFAULT.scenario, "W_q", 1, 0, 3)
    >>> announce(compare(DEFAULT.scenario, b))
    'suis → Je: 0.31 to 0.66; suis → suis: 0.45 to 0.22'
    """
    if not c.same_words or (found := c.blocks("weights")) is None:
        return ""
    before, after, difference = found
    places = largest_moves(difference.values)[:MOST_WEIGHTS]
    return "; ".join(
        f"{escape(labels.isolate(after.rows[i]))} → {escape(labels.isolate(after.columns[j]))}: "
        f"{_change(float(before.values[i, j]), float(after.values[i, j]))}"
        for i, j in places
    )


def _change(before: float, after: float) -> str:
    digits = 2 if number(before) != number(after) else 3
    return f"{number(before, digits)} to {number(after, digits)}"
