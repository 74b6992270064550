"""The heads of a model in an order: a thumbnail of weights for each, with its score below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...notation.labels import isolate, number
from ...scenario import Array
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from .head_grid import mosaic, mosaic_axis, mosaic_of, outline, spread
from .thumbnails import GAP, Head, grid_for, step_for
from .word_map import plot_layout

#: Size of the letters below a thumbnail, room for two lines of them, and room above all for the
#: buttons of the picture, in parts of the font's size.
_LETTERS, _LINES, _ABOVE = 0.85, 2.8, 1.6


@dataclass(frozen=True, eq=False)
class SortedHeads:
    """Heads in an order.

    Attributes
    ----------
    thumbnails : ndarray, shape (layers, heads, m, m)
        Weights; row = query, column = key.
    words : sequence of str, length m
        What a point's row and column are, for the pointer; all different.
    scores : ndarray, shape (layers, heads)
    order : sequence of (layer, head)
        All heads, the first first.
    """

    thumbnails: Array
    words: Sequence[str]
    scores: Array
    order: Sequence[Head]


@dataclass(frozen=True)
class Rows:
    """Where thumbnails stand that go on from row to row, as points of the mosaic.

    Attributes
    ----------
    order : tuple of (layer, head)
        Which head is which thumbnail.
    across : int
        Thumbnails of a row.
    side, below : int
        Points of a thumbnail's side, and those of the letters below it.
    """

    order: tuple[Head, ...]
    across: int
    side: int
    below: int

    @property
    def down(self) -> int:
        """Number of rows."""
        return math.ceil(len(self.order) / self.across)

    @property
    def points(self) -> tuple[int, int]:
        """Rows and columns of the mosaic."""
        return self.down * (self.side + self.below), self.across * (self.side + GAP) - GAP

    def corner(self, rank: int) -> tuple[int, int]:
        """First row and column of a thumbnail.

        Examples
        --------
        >>> Rows(((0, 1), (0, 0), (1, 0)), across=2, side=5, below=3).corner(2)
        (8, 0)
        """
        row, column = divmod(rank, self.across)
        return row * (self.side + self.below), column * (self.side + GAP)

    def head_at(self, row: int, column: int) -> Head | None:
        """Layer and head of a point, also of the letters below a thumbnail; None between two.

        Examples
        --------
        >>> Rows(((0, 1), (0, 0), (1, 0)), across=2, side=5, below=3).head_at(7, 6)
        (0, 0)
        """
        down = row // (self.side + self.below)
        along, inside = divmod(column, self.side + GAP)
        rank = down * self.across + along
        is_one = along < self.across and rank < len(self.order) and inside < self.side
        return self.order[rank] if is_one else None


def rows_of(shown: SortedHeads, look: Look) -> Rows:
    """Lay heads out in rows, as large as `describe_head_grid` shows them."""
    layers, heads, side, _ = shown.thumbnails.shape
    across = grid_for(layers, heads, look.width).across
    below = _LINES * look.scale.font * (side + GAP) / _step(shown, look)
    return Rows(tuple(shown.order), across, side, math.ceil(below))


def _step(shown: SortedHeads, look: Look) -> float:
    """Pixels from one thumbnail to the next."""
    layers, heads, *_ = shown.thumbnails.shape
    return step_for(grid_for(layers, heads, look.width), look.width, look.scale)


def describe_sorted_heads(
    shown: SortedHeads, chosen: Head, *, look: Look = DEFAULT_LOOK
) -> Description:
    """Draw the weights of all heads in their order, with layer, head and score below each.

    Parameters
    ----------
    shown : SortedHeads
    chosen : tuple of two int
        Layer and head to outline, from 0.
    look : Look

    Returns
    -------
    Description
        One heatmap. `Rows.head_at` tells which head a point of it is of.

    Examples
    --------
    >>> scores = np.array([[0.2, 0.7]])
    >>> shown = SortedHeads(np.ones((1, 2, 2, 2)) / 2, ("Je", "suis"), scores, [(0, 1), (0, 0)])
    >>> described = describe_sorted_heads(shown, (0, 0))
    >>> [each["text"] for each in described.layout["annotations"]]
    ['1 · 2<br>0.70', '1 · 1<br>0.20']
    """
    rows = rows_of(shown, look)
    down, across = rows.points
    pixels = _step(shown, look) / (rows.side + GAP)
    room = dict.fromkeys("lrb", 2) | {"t": round(_ABOVE * look.scale.font)}
    layout = plot_layout(pixels * across, pixels * down, room, look)
    edge = 0.5 + 1.1 * GAP
    layout |= {
        "dragmode": False,
        "xaxis": mosaic_axis([-edge, across - 1 + edge], [], []),
        "yaxis": mosaic_axis([down - 0.5, -edge], [], []),
        "shapes": [outline(rows.corner(rows.order.index(chosen)), rows.side, look.palette)],
        "annotations": [_label(shown, rows, rank, look) for rank in range(len(rows.order))],
    }
    named = [escape.plotly(isolate(word)) for word in shown.words]
    x = spread([f"no. {i + 1} of the row, key" for i in range(rows.across)], named)[:-GAP]
    y = spread([f"row {i + 1}, query" for i in range(rows.down)], named, rows.below)
    heatmap = mosaic_of(look.theme) | {"x": x, "y": y}
    corners = ((head, rows.corner(rank)) for rank, head in enumerate(rows.order))
    return Description([heatmap], layout, [{"z": mosaic(rows.points, shown.thumbnails, corners)}])


def _label(shown: SortedHeads, rows: Rows, rank: int, look: Look) -> dict[str, Any]:
    """Layer, head and score below a thumbnail."""
    layer, head = rows.order[rank]
    row, column = rows.corner(rank)
    score = shown.scores[layer, head]
    return {
        "text": f"{layer + 1} · {head + 1}<br>{'–' if np.isnan(score) else number(score)}",
        "x": column + (rows.side - 1) / 2,
        "y": row + rows.side - 0.5,
        "xanchor": "center",
        "yanchor": "top",
        "textangle": 0,
        "font": {"size": round(_LETTERS * look.scale.font)},
    }
