"""All heads of a model: a thumbnail of weights for each, layers below each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Any

import numpy as np

from ...notation.labels import isolate
from ...scenario import Array
from ...text import escape
from ..boxes.colours import Palette, Theme
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from .thumbnails import GAP, Grid, Head, grid_for, left, step_for
from .word_map import plot_layout, weights


def describe_head_grid(
    thumbnails: Array,
    words: Sequence[str],
    chosen: Head,
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
    step = step_for(grid, look.width, scale)
    room = {"l": left(scale), "r": 2, "t": round(1.6 * scale.font), "b": 2}
    named = [escape.plotly(isolate(word)) for word in words]
    layout = plot_layout(step * grid.across, step * grid.down, room, look)
    layout |= {
        "dragmode": False,
        "shapes": [outline(_corner(grid, chosen, side), side, look.palette)],
    }
    layout |= _axes(grid, side)
    heatmap = mosaic_of(look.theme) | {"x": _columns(grid, named), "y": _rows(grid, named)}
    return Description([heatmap], layout, [{"z": _mosaic(thumbnails, grid)}])


def _rows(grid: Grid, words: Sequence[str]) -> list[str]:
    """Name each row of points, for the pointer; Plotly wants no two of one name."""
    parts = [f"layer {i + 1}{_which(grid, k)}, query" for i, k in _lines(grid)]
    return spread(parts, words)[:-GAP]


def _columns(grid: Grid, words: Sequence[str]) -> list[str]:
    which = "head {}" if grid.rows_a_layer == 1 else "no. {} of them"
    return spread([f"{which.format(c + 1)}, key" for c in range(grid.across)], words)[:-GAP]


def spread(parts: Sequence[str], words: Sequence[str], gap: int = GAP) -> list[str]:
    """Name the points of thumbnails, and those between them, no two alike."""
    gaps = [[" " * (gap * i + k + 1) for k in range(gap)] for i in range(len(parts))]
    names = [[f"{part} {word}" for word in words] for part in parts]
    return [*chain.from_iterable(chain.from_iterable(zip(names, gaps, strict=True)))]


def _lines(grid: Grid) -> Iterator[tuple[int, int]]:
    """Layer of each row of thumbnails, and which of its rows it is; from 0."""
    return product(range(grid.layers), range(grid.rows_a_layer))


def _which(grid: Grid, line: int) -> str:
    """Name the heads of a row of thumbnails, where a layer takes several rows."""
    if grid.rows_a_layer == 1:
        return ""
    first, last = grid.heads_of(line)
    return f", heads {first} to {last}"


def mosaic_of(theme: Theme) -> dict[str, Any]:
    """Heatmap of many thumbnails, without its numbers."""
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


def _mosaic(thumbnails: Array, grid: Grid) -> Array:
    side = thumbnails.shape[-1]
    heads = np.ndindex(grid.layers, grid.heads)
    corners = ((head, _corner(grid, head, side)) for head in heads)
    return mosaic(grid.points(side), thumbnails, corners)


def _corner(grid: Grid, head: Head, side: int) -> tuple[int, int]:
    """First row and column of a head's thumbnail."""
    row, column = grid.place(*head)
    return row * (side + GAP), column * (side + GAP)


def mosaic(
    points: tuple[int, int], thumbnails: Array, corners: Iterable[tuple[Head, tuple[int, int]]]
) -> Array:
    """Put thumbnails side by side, by the first row and column of each; NaN between them.

    Examples
    --------
    >>> mosaic((1, 3), np.ones((1, 2, 1, 1)), [((0, 0), (0, 2)), ((0, 1), (0, 0))])
    array([[ 1., nan,  1.]], dtype=float32)
    """
    side = thumbnails.shape[-1]
    z = np.full(points, np.nan, np.float32)
    for head, (row, column) in corners:
        z[row : row + side, column : column + side] = thumbnails[head]
    return z


def _middles(count: int, side: int) -> list[float]:
    """Places of the labels of rows or columns of thumbnails."""
    return [k * (side + GAP) + (side - 1) / 2 for k in range(count)]


def _axes(grid: Grid, side: int) -> dict[str, Any]:
    """Heads are numbered above their columns; beside them where a layer takes several rows."""
    down, across = grid.points(side)
    is_one = grid.rows_a_layer == 1
    heads = [f"head {i}" if i == 1 else str(i) for i in range(1, grid.across + 1)]
    edge = 0.5 + 1.1 * GAP  # with room for the outline of a thumbnail there, and its line
    x = mosaic_axis([-edge, across - 1 + edge], _middles(grid.across, side), heads)
    lines = [_line(grid, layer, line) for layer, line in _lines(grid)]
    y = mosaic_axis([down - 1 + edge, -edge], _middles(grid.down, side), lines)
    return {"xaxis": x | {"side": "top", "visible": is_one}, "yaxis": y}


def _line(grid: Grid, layer: int, line: int) -> str:
    """Label of a row of thumbnails."""
    name = f"layer {layer + 1}" if line == 0 else ""
    if grid.rows_a_layer == 1:
        return name
    first, last = grid.heads_of(line)
    return f"{name}<br>{first} – {last}"


def mosaic_axis(range_: list[float], middles: list[float], texts: list[str]) -> dict[str, Any]:
    """Axis of thumbnails, with labels at some of its points."""
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


def outline(corner: tuple[int, int], side: int, palette: Palette) -> dict[str, Any]:
    """Outline a thumbnail, whose first row and column are given."""
    row, column = corner
    edge = 0.5 + GAP / 2
    return {
        "x0": column - edge,
        "x1": column + side - 1 + edge,
        "y0": row - edge,
        "y1": row + side - 1 + edge,
        "line": {"color": palette.groups[1], "width": 3},
    }
