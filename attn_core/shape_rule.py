"""The shape rule of a matrix product, the message of a mismatch, and its repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ShapeRule:
    """The shapes of ``left @ right``, and whether the product exists.

    Attributes
    ----------
    left_name, right_name : str
        What the two matrices are called, such as ``"X"`` and ``"W_q"``.
    left, right : tuple of int
        Their shapes ``(rows, columns)``.
    """

    left_name: str
    left: tuple[int, int]
    right_name: str
    right: tuple[int, int]

    @property
    def fits(self) -> bool:
        """True when the left matrix has as many columns as the right has rows."""
        return self.left[1] == self.right[0]

    @property
    def unmatched(self) -> range:
        """Positions (from 0) along the shared axis where a number has no partner."""
        return range(min(self.left[1], self.right[0]), max(self.left[1], self.right[0]))

    @property
    def message(self) -> str:
        """Describe in one sentence what is expected and what came.

        Examples
        --------
        >>> ShapeRule("X", (3, 4), "W_q", (5, 2)).message
        'W_q must have one row for each of the 4 columns of X: expected (4, 2), got (5, 2).'
        """
        expected = (self.left[1], self.right[1])
        if self.fits:
            result = (self.left[0], self.right[1])
            return f"{self.left_name} {self.left} · {self.right_name} {self.right} = {result}."
        return (
            f"{self.right_name} must have one row for each of the {self.left[1]} columns "
            f"of {self.left_name}: expected {expected}, got {self.right}."
        )


def if_transposed(name: str, came: tuple[int, ...], *expected: int | None) -> str:
    """Suggest that a matrix is transposed, where its transpose would fit.

    Parameters
    ----------
    name : str
        What the matrix is called.
    came : tuple of int
        Its shape, which doesn't fit; more axes may lead.
    *expected : int or None
        How many rows and columns it should have; None is any number.

    Returns
    -------
    str
        A question to put behind the message; empty where turning doesn't help.

    Examples
    --------
    >>> if_transposed("W_q", (2, 4), 4, None)
    ' Is W_q transposed? The other way round it is (4, 2), which fits.'
    >>> if_transposed("W_q", (2, 5), 4, None)
    ''
    """
    turned = (*came[:-2], *reversed(came[-2:]))
    pairs = zip(turned[-2:], expected, strict=False)
    if len(came) < 2 or not all(size in (None, has) for has, size in pairs):
        return ""
    return f" Is {name} transposed? The other way round it is {turned}, which fits."


def resized(W: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Cut a matrix to a shape, or pad it with zeros; each head's, if it has heads.

    Examples
    --------
    >>> resized(np.array([[1, 2], [3, 4]]), 3, 1).tolist()
    [[1.0], [3.0], [0.0]]
    """
    result = np.zeros((*W.shape[:-2], rows, columns))
    r, c = min(rows, W.shape[-2]), min(columns, W.shape[-1])
    result[..., :r, :c] = W[..., :r, :c]
    return result
