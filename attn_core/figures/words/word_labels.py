"""Labels beside points: which have room, and on which side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...scenario import Array
from ..boxes.text import text_width

#: Where a word may stand, in the order of preference, and which way that is.
_SIDES = {
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
}
#: Height of a word in parts of its letters'.
_LINE = 1.25
#: Pixels by which what touches may overlap: a word touches its own point, but for rounding.
_TOUCHING = 1e-6


def place_labels(
    points: Array,
    words: Sequence[str],
    *,
    font: float,
    radius: float,
    area: Sequence[float] | Array,
    before: Sequence[str] = (),
) -> list[str]:
    """Choose a side for each word, so that it overlaps nothing and stays within the plot.

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
        Sides at the checkpoint before; a word stays where it can.

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
    boxes = _boxes(points, words, font, radius)
    spots = np.hstack([points - radius, points + radius])
    half = np.tile(np.array(area) / 2, 2)
    covers = _overlap(boxes[:, :, None], spots).any(axis=-1)
    free = np.array((np.abs(boxes) <= half).all(axis=-1) & ~covers)
    clashes = _overlap(boxes[:, :, None, None], boxes)
    sides = list(_SIDES)
    chosen: list[str] = []
    for i in range(len(words)):
        first = [before[i]] if before and before[i] else []
        chosen.append(next((side for side in [*first, *sides] if free[i, sides.index(side)]), ""))
        if chosen[i]:
            free &= ~clashes[i, sides.index(chosen[i])]
    return chosen


def _boxes(points: Array, words: Sequence[str], font: float, radius: float) -> Array:
    """Left, bottom, right and top of each word on each side; shape (n, 4, 4)."""
    sizes = np.array([(text_width(word, font), _LINE * font) for word in words]).reshape(-1, 1, 2)
    middles = points[:, None] + np.array([*_SIDES.values()]) * (sizes / 2 + radius)
    return np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=-1)


def _overlap(a: Array, b: Array) -> NDArray[np.bool_]:
    """Whether boxes overlap; the last axis is left, bottom, right, top."""
    (left, bottom, right, top), (left_b, bottom_b, right_b, top_b) = (
        np.moveaxis(each, -1, 0) for each in (a, b)
    )
    beside = (left < right_b - _TOUCHING) & (left_b < right - _TOUCHING)
    overlap: NDArray[np.bool_] = (
        beside & (bottom < top_b - _TOUCHING) & (bottom_b < top - _TOUCHING)
    )
    return overlap
