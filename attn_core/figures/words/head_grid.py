"""All heads of a model at a glance: a small map of weights for each, layers below each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import numpy as np

from ...notation.labels import isolate
from ...scenario import Array
from ...text import escape
from ..boxes.colours import Palette, Theme
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, DESK, Look, Scale
from .word_map import plot_layout, weights

#: A thumbnail is at least so many pixels wide; on a narrow screen a layer takes two rows.
_LEAST = 44
#: Points between two thumbnails.
_GAP = 1
#: Points of all thumbnails together: what is sent takes 5 bytes for each.
_POINTS = 122_000
#: Pixels from one to the next at most.
_MOST = 84
#: Pixels of all layers below each other at most, if they can be so low and still be clicked.
_TALLEST = 400


@dataclass(frozen=True)
class Grid:
    """Where each head's thumbnail is.

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
        step = side + _GAP
        return self.down * step - _GAP, self.across * step - _GAP

    def head_at(self, row: int, column: int, side: int) -> tuple[int, int] | None:
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
        (r, in_row), (c, in_column) = divmod(row, side + _GAP), divmod(column, side + _GAP)
        layer, line = divmod(r, self.rows_a_layer)
        head = line * self.across + c
        is_one = layer in range(self.layers) and c in range(self.across) and head < self.heads
        return (layer, head) if is_one and max(in_row, in_column) < side else None


def grid_for(layers: int, heads: int, width: float) -> Grid:
    """Lay thumbnails out in a width, each layer's side by side as far as they have room.

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
    """Points that a thumbnail's side is worth: its pixels, or fewer where heads are many.

    Examples
    --------
    >>> thumbnail_side(6, 12, 960), thumbnail_side(6, 12, 350), thumbnail_side(24, 16, 960)
    (40, 40, 16)
    """
    pixels = _step(grid_for(layers, heads, width), width, DESK)
    return min(int(pixels), math.isqrt(_POINTS // (layers * heads))) - _GAP


def describe_head_grid(
    thumbnails: Array,
    words: Sequence[str],
    chosen: tuple[int, int],
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the weights of all heads as one mosaic.

    Parameters
    ----------
    thumbnails : ndarray, shape (layers, heads, m, m)
        Weights; row = query, column = key.
    words : sequence of str, length m
        What a point's row and column are, for the pointer; all different.
    chosen : tuple of two int
        Layer and head to outline, from 0.
    look : Look

    Returns
    -------
    Description
        One heatmap, in whose gaps there are no numbers. `Grid.head_at` tells which head a
        point of it is of.

    Examples
    --------
    >>> described = describe_head_grid(np.ones((2, 3, 2, 2)) / 2, ("Je", "suis"), (0, 0))
    >>> described.numbers[0]["z"].shape, described.traces[0]["x"][4]
    ((5, 8), 'head 2, key suis')
    """
    layers, heads, side, _ = thumbnails.shape
    grid, scale = grid_for(layers, heads, look.width), look.scale
    step = _step(grid, look.width, scale)
    room = {"l": _left(scale), "r": 2, "t": round(1.6 * scale.font), "b": 2}
    named = [escape.plotly(isolate(word)) for word in words]
    layout = plot_layout(step * grid.across, step * grid.down, room, look)
    layout |= {"dragmode": False, "shapes": [_chosen(grid.place(*chosen), side, look.palette)]}
    layout |= _axes(grid, side)
    heatmap = _heatmap(look.theme) | {"x": _columns(grid, named), "y": _rows(grid, named)}
    return Description([heatmap], layout, [{"z": _mosaic(thumbnails, grid)}])


def _rows(grid: Grid, words: Sequence[str]) -> list[str]:
    """What each row of points is, for the pointer; Plotly wants no two of one name."""
    parts = [f"layer {i + 1}{_which(grid, k)}, query" for i, k in _lines(grid)]
    return _spread(parts, words)


def _columns(grid: Grid, words: Sequence[str]) -> list[str]:
    which = "head {}" if grid.rows_a_layer == 1 else "no. {} of them"
    return _spread([f"{which.format(c + 1)}, key" for c in range(grid.across)], words)


def _spread(parts: Sequence[str], words: Sequence[str]) -> list[str]:
    gaps = [[" " * (i + 1)] * _GAP for i in range(len(parts))]
    names = [[f"{part} {word}" for word in words] for part in parts]
    return [*chain.from_iterable(chain.from_iterable(zip(names, gaps, strict=True)))][:-_GAP]


def _lines(grid: Grid) -> Iterator[tuple[int, int]]:
    """Layer of each row of thumbnails, and which of its rows it is; from 0."""
    return product(range(grid.layers), range(grid.rows_a_layer))


def _which(grid: Grid, line: int) -> str:
    """Say which heads a row of thumbnails has, where a layer takes several."""
    if grid.rows_a_layer == 1:
        return ""
    first, last = grid.heads_of(line)
    return f", heads {first} to {last}"


def _heatmap(theme: Theme) -> dict[str, Any]:
    colouring = weights(2, theme)
    return {
        "type": "heatmap",
        "name": "heads",
        "xgap": 0,
        "ygap": 0,
        "zmin": colouring.low,
        "zmax": colouring.high,
        "colorscale": colouring.scale,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{y}<br>%{x}: %{z}<extra></extra>",
        "zhoverformat": f".{colouring.decimals}f",
    }


def _left(scale: Scale) -> int:
    return round(4.2 * scale.font)


def _step(grid: Grid, width: float, scale: Scale) -> float:
    """Pixels from one thumbnail to the next."""
    # All of a layer's heads side by side leave room below for the one that is chosen.
    most = _TALLEST / grid.down if grid.rows_a_layer == 1 else math.inf
    return min(_MOST, max(_LEAST, most), (width - _left(scale) - 2) / grid.across)


def _mosaic(thumbnails: Array, grid: Grid) -> Array:
    *_, side, _ = thumbnails.shape
    step = side + _GAP
    z = np.full(grid.points(side), np.nan, np.float32)
    for layer in range(grid.layers):
        for head in range(grid.heads):
            row, column = (k * step for k in grid.place(layer, head))
            z[row : row + side, column : column + side] = thumbnails[layer, head]
    return z


def _middles(count: int, side: int) -> list[float]:
    """Where the labels of rows or columns of thumbnails stand."""
    return [k * (side + _GAP) + (side - 1) / 2 for k in range(count)]


def _axes(grid: Grid, side: int) -> dict[str, Any]:
    """Heads are numbered above their columns; beside them where a layer takes several rows."""
    down, across = grid.points(side)
    is_one = grid.rows_a_layer == 1
    heads = [f"head {i}" if i == 1 else str(i) for i in range(1, grid.across + 1)]
    edge = 0.5 + 1.1 * _GAP  # with room for the outline of a thumbnail there, and its line
    x = _axis([-edge, across - 1 + edge], _middles(grid.across, side), heads)
    lines = [_line(grid, layer, line) for layer, line in _lines(grid)]
    y = _axis([down - 1 + edge, -edge], _middles(grid.down, side), lines)
    return {"xaxis": x | {"side": "top", "visible": is_one}, "yaxis": y}


def _line(grid: Grid, layer: int, line: int) -> str:
    """Label of a row of thumbnails."""
    name = f"layer {layer + 1}" if line == 0 else ""
    if grid.rows_a_layer == 1:
        return name
    first, last = grid.heads_of(line)
    return f"{name}<br>{first} – {last}"


def _axis(range_: list[float], middles: list[float], texts: list[str]) -> dict[str, Any]:
    return {
        "visible": True,
        "type": "category",
        "range": range_,
        "tickvals": middles,
        "ticktext": texts,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
    }


def _chosen(place: tuple[int, int], side: int, palette: Palette) -> dict[str, Any]:
    row, column = (k * (side + _GAP) for k in place)
    edge = 0.5 + _GAP / 2
    return {
        "x0": column - edge,
        "x1": column + side - 1 + edge,
        "y0": row - edge,
        "y1": row + side - 1 + edge,
        "line": {"color": palette.groups[1], "width": 3},
    }
