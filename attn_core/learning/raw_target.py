"""The raw target that a visitor paints: who is to look at whom, before rows sum to 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..limits import MAX_ABS, quantize
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
    """Paint one of `PATTERNS`; any other name paints nothing.

    Parameters
    ----------
    name : str
    s : Scenario
    """
    nothing = np.zeros((s.n, s.n_k))
    return PATTERNS[name](s.n, s.n_k) if name in PATTERNS else nothing


def open_to(raw: Array, s: Scenario) -> Array:
    """Set the boxes that the mask blocks to 0."""
    return np.where(s.allowed, raw, 0)


def blocked(raw: Array, s: Scenario) -> int:
    """Count the painted boxes that the mask blocks."""
    return int((raw > 0)[~s.allowed].sum())


def _check(raw: Array) -> None:
    wrong = ~((raw >= 0) & (raw <= MAX_ABS))  # true for nan as well
    if wrong.any():
        i, j = (int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            f"Painted attention takes numbers from 0 to {MAX_ABS:g}: "
            f"row {i + 1}, column {j + 1} is {short(raw[i, j])}."
        )


def entered(raw: Array) -> Array:
    """Check typed numbers, and round them so that an address can hold them.

    Parameters
    ----------
    raw : ndarray, shape (n, n_k)

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
    _check(raw)
    return quantize("Painted attention", raw + 0.0)  # of −0 no sign is left


def normalize_rows(raw: Array) -> Array:
    """Divide each row by its sum; an empty row stays 0.

    Examples
    --------
    >>> normalize_rows(np.array([[1.0, 1.0], [0.0, 0.0]]))
    array([[0.5, 0.5],
           [0. , 0. ]])
    """
    sums = raw.sum(axis=1, keepdims=True)
    shares: Array = np.divide(raw, sums, out=np.zeros(raw.shape), where=sums > 0)
    return shares


def to_target(raw: Array) -> Array:
    """Make target weights of a raw target.

    Parameters
    ----------
    raw : ndarray, shape (n, n_k)
        Numbers of at least 0.

    Returns
    -------
    ndarray, shape (n, n_k)
        Rows sum to 1, or are 0: these have no target.

    Raises
    ------
    ValueError
        When a number can't be a share, or nothing is painted.
    """
    raw = np.asarray(raw, dtype=np.float64)
    _check(raw)
    target = normalize_rows(raw)
    if not target.any():
        raise ValueError("Nothing is painted yet: click a box, and its word is to be looked at.")
    return target


def to_allowed_target(raw: Array, s: Scenario) -> Array:
    """Make target weights of the boxes that the mask allows.

    Raises
    ------
    ValueError
        As `to_target`, and when the mask blocks all that is painted.
    """
    left = open_to(raw, s)
    if np.any(raw) and not left.any():
        raise ValueError(
            "The mask blocks all that is painted. Click a box that it leaves open, or take "
            "another pattern."
        )
    return to_target(left)


def toggled(raw: Array, s: Scenario, row: int, column: int) -> Array:
    """Paint a box, or clear it if it is painted.

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
    following = np.array(raw)
    following[row, column] = not raw[row, column]
    return following


def remap(raw: Array, before: tuple[Words, Words], s: Scenario) -> Array:
    """Remap a raw target to other words: those that stay keep their boxes.

    Parameters
    ----------
    raw : ndarray, shape (n, n_k)
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
    fitted[np.ix_(new, new_k)] = raw[np.ix_(old, old_k)]
    return fitted


def to_text(raw: Array) -> str:
    """Write a raw target for an address.

    Examples
    --------
    >>> to_text(np.array([[1, 0], [0.5, 2]]))
    '1-0_0.5-2'
    """
    return "_".join("-".join(f"{value:g}" for value in row) for row in raw)


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
    return np.array(rows) if has_columns and max(map(max, rows)) <= MAX_ABS else None
