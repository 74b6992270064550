"""The grid of all heads' thumbnails: rows, columns, sizes, and which head is where."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..boxes.look import DESK, Scale

#: A layer and a head, from 0.
Head = tuple[int, int]
#: A thumbnail is at least so many pixels wide; on a narrow screen a layer takes two rows.
_LEAST = 44
#: Points between two thumbnails.
GAP = 1
#: Points of all thumbnails together: what is sent takes 5 bytes for each.
_POINTS = 122_000
#: Pixels from one to the next at most.
_MOST = 84
#: Pixels of all layers below each other at most, if they can be so low and still be clicked.
_TALLEST = 400


@dataclass(frozen=True)
class Grid:
    """The place of each head's thumbnail.

    Attributes
    ----------
    layers, heads : int
    across : int
        Thumbnails side by side.
    """

    layers: int
    heads: int
    across: int

    @property
    def rows_a_layer(self) -> int:
        """Rows of thumbnails that a layer takes."""
        return math.ceil(self.heads / self.across)

    @property
    def down(self) -> int:
        """Rows of thumbnails."""
        return self.layers * self.rows_a_layer

    def place(self, layer: int, head: int) -> tuple[int, int]:
        """Row and column of a head's thumbnail.

        Examples
        --------
        >>> Grid(6, 12, across=6).place(1, 7)
        (3, 1)
        """
        return layer * self.rows_a_layer + head // self.across, head % self.across

    def heads_of(self, line: int) -> tuple[int, int]:
        """Numbers, from 1, of the first and the last head in a layer's row of thumbnails.

        Examples
        --------
        >>> Grid(6, 11, across=6).heads_of(1)
        (7, 11)
        """
        first = line * self.across + 1
        return first, min(first + self.across - 1, self.heads)

    def points(self, side: int) -> tuple[int, int]:
        """Rows and columns of the mosaic, of thumbnails with `side` points a side.

        Examples
        --------
        >>> Grid(6, 12, across=6).points(8)
        (107, 53)
        """
        step = side + GAP
        return self.down * step - GAP, self.across * step - GAP

    def head_at(self, row: int, column: int, side: int) -> Head | None:
        """Layer and head of a point of the mosaic; None between two of them.

        Parameters
        ----------
        row, column : int
            Of the heatmap.
        side : int
            Points of a thumbnail's side.

        Examples
        --------
        >>> Grid(6, 12, across=6).head_at(3 * 9, 9, side=8)
        (1, 7)
        """
        (r, in_row), (c, in_column) = divmod(row, side + GAP), divmod(column, side + GAP)
        layer, line = divmod(r, self.rows_a_layer)
        head = line * self.across + c
        is_one = layer in range(self.layers) and c in range(self.across) and head < self.heads
        return (layer, head) if is_one and max(in_row, in_column) < side else None


def grid_for(layers: int, heads: int, width: float) -> Grid:
    """Lay thumbnails out in a width; a layer takes several rows where it has to.

    Examples
    --------
    >>> grid_for(6, 12, 960).across, grid_for(6, 12, 350).across
    (12, 6)
    """
    lines = 1
    while lines < heads and width / math.ceil(heads / lines) < _LEAST:
        lines += 1
    return Grid(layers, heads, math.ceil(heads / lines))


def thumbnail_side(layers: int, heads: int, width: float) -> int:
    """Points of a thumbnail's side: as many as pixels, or fewer where heads are many.

    Examples
    --------
    >>> thumbnail_side(6, 12, 960), thumbnail_side(6, 12, 350), thumbnail_side(24, 16, 960)
    (40, 40, 16)
    """
    pixels = step_for(grid_for(layers, heads, width), width, DESK)
    return min(int(pixels), math.isqrt(_POINTS // (layers * heads))) - GAP


def left(scale: Scale) -> int:
    """Room for the names of the layers."""
    return round(4.2 * scale.font)


def step_for(grid: Grid, width: float, scale: Scale) -> float:
    """Pixels from one thumbnail to the next."""
    # All of a layer's heads side by side leave room below for the one that is chosen.
    most = _TALLEST / grid.down if grid.rows_a_layer == 1 else math.inf
    return min(_MOST, max(_LEAST, most), (width - left(scale) - 2) / grid.across)
