"""Which words have room beside their points, and on which side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..scenario import Array
from .layout import text_width

#: Where a word may stand, in the order of preference, and which way that is.
_SIDES = {
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
}
#: Height of a word in parts of its letters'.
_LINE = 1.25


def place_labels(
    points: Array,
    words: Sequence[str],
    *,
    font: float,
    radius: float,
    area: Sequence[float] | Array,
    before: Sequence[str] = (),
) -> list[str]:
    """Choose a side for each word, so that none overlaps another or a point, or leaves the plot.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        In pixels from the middle of the plot, upwards.
    words : sequence of str, length n
    font : float
        Size of the letters.
    radius : float
        Of the points.
    area : sequence of two float
        Width and height of the plot.
    before : sequence of str
        Sides at the moment before; a word stays where it can.

    Returns
    -------
    list of str
        Plotly's names of sides; empty where there is no room.

    Examples
    --------
    >>> place_labels(np.zeros((3, 2)), ["dog", "cat", "saw"], font=13, radius=5, area=(90, 50))
    ['top center', 'bottom center', '']
    >>> place_labels(np.array([[0.0, 9.0]]), ["dog"], font=13, radius=5, area=(90, 50))
    ['bottom center']
    """
    half = np.array(area) / 2
    taken = np.hstack([points - radius, points + radius])
    chosen: list[str] = []
    for i, (point, word) in enumerate(zip(points, words, strict=True)):
        size = np.array([text_width(word, font), _LINE * font])
        first = [before[i]] if before and before[i] else []
        for side in [*first, *_SIDES]:
            middle = point + np.array(_SIDES[side]) * (size / 2 + radius)
            box = np.concatenate([middle - size / 2, middle + size / 2])
            inside = (np.abs(middle) + size / 2 <= half).all()
            if inside and not _overlaps(taken, box):
                taken = np.vstack([taken, box])
                chosen.append(side)
                break
        else:
            chosen.append("")
    return chosen


def _overlaps(taken: Array, box: Array) -> bool:
    """Whether a box (left, bottom, right, top) overlaps any of those."""
    apart = (taken[:, :2] >= box[2:]) | (taken[:, 2:] <= box[:2])
    return bool((~apart.any(axis=1)).any())
