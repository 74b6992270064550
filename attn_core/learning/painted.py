"""What a visitor paints: who is to look at whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..scenario import Array, Scenario
from ..tokens import aligned

Words = Sequence[str]

_NUMBER = r"\d{1,2}(?:\.\d{1,3})?"
_ROW = rf"{_NUMBER}(?:-{_NUMBER})*"
_PAINTED = re.compile(rf"{_ROW}(?:_{_ROW})*", re.ASCII)

#: Patterns to paint at once, from how many ask and how many can be looked at. A word
#: without such a neighbour is left free.
PATTERNS: Mapping[str, Callable[[int, int], Array]] = {
    "itself": lambda n, n_k: np.eye(n, n_k),
    "the word before": lambda n, n_k: np.eye(n, n_k, k=-1),
    "the next word": lambda n, n_k: np.eye(n, n_k, k=1),
    "the first word": lambda n, n_k: np.tile(np.eye(1, n_k), (n, 1)),
    "all alike": lambda n, n_k: np.ones((n, n_k)),
}


def wanted(painted: Array) -> Array:
    """Normalise what was painted: each row sums to 1, an empty one stays 0.

    Parameters
    ----------
    painted : ndarray, shape (n, n_k)
        Numbers of at least 0.

    Raises
    ------
    ValueError
        When a number is below 0 or isn't finite, or nothing is painted.

    Examples
    --------
    >>> wanted(np.array([[1.0, 1.0], [0.0, 0.0]]))
    array([[0.5, 0.5],
           [0. , 0. ]])
    """
    painted = np.asarray(painted, dtype=np.float64)
    wrong = ~(np.isfinite(painted) & (painted >= 0))
    if wrong.any():
        i, j = (int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            "Painted attention takes numbers of 0 or more: "
            f"row {i + 1}, column {j + 1} is {painted[i, j]:g}."
        )
    sums = painted.sum(axis=1, keepdims=True)
    if not sums.any():
        raise ValueError("Nothing is painted yet: click a box, and its word is to be looked at.")
    result: Array = np.divide(painted, sums, out=np.zeros_like(painted), where=sums > 0)
    return result


def carried(painted: Array, before: tuple[Words, Words], s: Scenario) -> Array:
    """Fit what was painted to other words: those that stay keep their boxes.

    Parameters
    ----------
    painted : ndarray, shape (n, n_k)
    before : (sequence of str, sequence of str)
        The words that asked and those that were looked at.
    s : Scenario

    Examples
    --------
    >>> from attn_core.edits import with_sentence
    >>> from attn_core.presets import DEFAULT
    >>> words = DEFAULT.scenario.tokens
    >>> carried(np.eye(3), (words, words), with_sentence(DEFAULT.scenario, "Je suis"))
    array([[1., 0.],
           [0., 1.]])
    """
    old, new = aligned(tuple(before[0]), s.tokens)
    old_k, new_k = aligned(tuple(before[1]), s.context or s.tokens)
    fitted = np.zeros((s.n, s.n_k))
    fitted[np.ix_(new, new_k)] = painted[np.ix_(old, old_k)]
    return fitted


def to_text(painted: Array) -> str:
    """Write what is painted so that it fits into an address.

    Examples
    --------
    >>> to_text(np.array([[1, 0], [0.5, 2]]))
    '1-0_0.5-2'
    """
    return "_".join("-".join(f"{value:g}" for value in row) for row in painted)


def from_text(text: str) -> Array | None:
    """Read what `to_text` wrote; None for anything else.

    Examples
    --------
    >>> from_text("1-0_0.5-2"), from_text("1-0_x")
    (array([[1. , 0. ],
           [0.5, 2. ]]), None)
    """
    if not _PAINTED.fullmatch(text):
        return None
    rows = [[float(value) for value in row.split("-")] for row in text.split("_")]
    return np.array(rows) if len({len(row) for row in rows}) == 1 else None
