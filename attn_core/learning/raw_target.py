"""The raw target that a visitor paints: who is to look at whom, before rows sum to 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..limits import BOUND, on_grid
from ..notation.labels import short
from ..scenario import Array, Scenario
from ..text.tokenize import aligned

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


def pattern(name: str, s: Scenario) -> Array:
    """One of `PATTERNS` for the words of a scenario; nothing painted by any other name.

    Parameters
    ----------
    name : str
    s : Scenario
    """
    nothing = np.zeros((s.n, s.n_k))
    return PATTERNS[name](s.n, s.n_k) if name in PATTERNS else nothing


def open_to(painted: Array, s: Scenario) -> Array:
    """What is painted, but for the boxes that the mask blocks."""
    return np.where(s.allowed, painted, 0)


def blocked(painted: Array, s: Scenario) -> int:
    """How many of the painted boxes the mask blocks."""
    return int((painted > 0)[~s.allowed].sum())


def _check(painted: Array) -> None:
    wrong = ~((painted >= 0) & (painted <= BOUND))  # true for nan as well
    if wrong.any():
        i, j = (int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            f"Painted attention takes numbers from 0 to {BOUND:g}: "
            f"row {i + 1}, column {j + 1} is {short(painted[i, j])}."
        )


def entered(painted: Array) -> Array:
    """Take numbers that were typed: checked, and rounded so that an address can hold them.

    Parameters
    ----------
    painted : ndarray, shape (n, n_k)

    Raises
    ------
    ValueError
        When a number is below 0, or beyond what the lab holds.

    Examples
    --------
    >>> entered(np.array([[1 / 3, -0.0]]))
    array([[0.333, 0.   ]])
    >>> entered(np.array([[0.0, -1.0]]))
    Traceback (most recent call last):
    ValueError: Painted attention takes numbers from 0 to 30: row 1, column 2 is −1.
    """
    _check(painted)
    return on_grid("Painted attention", painted + 0.0)  # of −0 no sign is left


def normalize_rows(painted: Array) -> Array:
    """Make each row's numbers shares of 1; an empty row stays 0.

    Examples
    --------
    >>> normalize_rows(np.array([[1.0, 1.0], [0.0, 0.0]]))
    array([[0.5, 0.5],
           [0. , 0. ]])
    """
    sums = painted.sum(axis=1, keepdims=True)
    shares: Array = np.divide(painted, sums, out=np.zeros(painted.shape), where=sums > 0)
    return shares


def target_weights(painted: Array) -> Array:
    """Weights that are wanted, from what is painted.

    Parameters
    ----------
    painted : ndarray, shape (n, n_k)
        Numbers of at least 0.

    Returns
    -------
    ndarray, shape (n, n_k)
        Rows sum to 1, or are 0: of these nothing is wanted.

    Raises
    ------
    ValueError
        When a number can't be a share, or nothing is painted.
    """
    painted = np.asarray(painted, dtype=np.float64)
    _check(painted)
    target = normalize_rows(painted)
    if not target.any():
        raise ValueError("Nothing is painted yet: click a box, and its word is to be looked at.")
    return target


def allowed_target_weights(painted: Array, s: Scenario) -> Array:
    """`target_weights`, of the boxes that the mask leaves open.

    Raises
    ------
    ValueError
        As `target_weights`, and when the mask blocks all that is painted.
    """
    left = open_to(painted, s)
    if np.any(painted) and not left.any():
        raise ValueError(
            "The mask blocks all that is painted. Click a box that it leaves open, or take "
            "another pattern."
        )
    return target_weights(left)


def toggled(painted: Array, s: Scenario, row: int, column: int) -> Array:
    """Paint a box, or wipe it if it is painted.

    Raises
    ------
    ValueError
        When there is no such box, or the mask blocks it.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> toggled(np.zeros((3, 3)), DEFAULT.scenario, 0, 1)[0]
    array([0., 1., 0.])
    """
    if not (0 <= row < s.n and 0 <= column < s.n_k):
        raise ValueError(
            f"There are {s.n}×{s.n_k} boxes; there is none at {row + 1}, {column + 1}."
        )
    if not s.allowed[row, column]:
        raise ValueError(
            f"The mask blocks row {row + 1}, column {column + 1}: this word can't be looked at."
        )
    following = np.array(painted)
    following[row, column] = not painted[row, column]
    return following


def remap(painted: Array, before: tuple[Words, Words], s: Scenario) -> Array:
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
    >>> remap(np.eye(3), (words, words), with_sentence(DEFAULT.scenario, "Je suis"))
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
    has_columns = len({len(row) for row in rows}) == 1
    return np.array(rows) if has_columns and max(map(max, rows)) <= BOUND else None
