"""Heatmaps with words along their axes; they can be zoomed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...notation.labels import isolate, number, unique
from ...scenario import Array
from ...text import escape
from ..boxes.box_numbers import number_size, written
from ..boxes.colours import (
    PALETTES,
    SIGNED_RANGE,
    WEIGHT_CHANGE_RANGE,
    WEIGHT_RANGE,
    Palette,
    Theme,
)
from ..boxes.description import Description
from ..boxes.layout import ROLE_NOTE
from ..boxes.look import DEFAULT_LOOK, NARROW, TEMPLATE, Look, Scale
from ..boxes.text import shorten, text_width

#: Widest heatmap in parts of the font's size: as high as a laptop's screen.
_WIDEST = 46
#: A label takes at most this part of the width.
_LABEL = 0.18
#: Room of a line of labels, and what stands below a heatmap, in parts of the font's size.
_LINE, _FOOT = 1.4, 4.6
#: Boxes from this size on, in parts of the font's size, have room for their numbers.
_NUMBERED = 2.5
#: Buttons for those who can't drag, and for a finger.
ZOOM = {
    "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
    "doubleClick": "reset",
    "showTips": False,  # they would cover the corner of the page after each zoom
}


@dataclass(frozen=True)
class Colouring:
    """How numbers are coloured and written.

    Attributes
    ----------
    name : str
        What they are, for the pointer and the colour bar.
    scale : list of (position, colour)
    low, high : float
        Where the scale begins and ends.
    decimals : int
    short : int
        Decimals of a number that is written in its box.
    """

    name: str
    scale: list[tuple[float, str]]
    low: float
    high: float
    decimals: int
    short: int = 2


def weights_to(largest: float, decimals: int, theme: Theme) -> Colouring:
    """Colours that end at the largest weight of a text."""
    return Colouring("weight", PALETTES[theme].small_weight, 0.0, largest, decimals)


def weights(decimals: int, theme: Theme) -> Colouring:
    """Colours of weights from 0 to 1, even over the cube root."""
    return Colouring("weight", PALETTES[theme].small_weight, *WEIGHT_RANGE, decimals)


def signed(name: str, theme: Theme) -> Colouring:
    """Colours of signed numbers, the same as in all boxes."""
    return Colouring(name, PALETTES[theme].signed, *SIGNED_RANGE, decimals=3, short=1)


def signed_to(name: str, largest: float, theme: Theme) -> Colouring:
    """Colours of signed numbers that end at the largest of a picture."""
    return Colouring(name, PALETTES[theme].signed_even, -largest, largest, decimals=3)


def cosines(theme: Theme) -> Colouring:
    """Colours of numbers from −1 to 1."""
    return Colouring("cosine", PALETTES[theme].weight_change, *WEIGHT_CHANGE_RANGE, decimals=3)


def shares(name: str, theme: Theme) -> Colouring:
    """Colours of parts of a whole, from 0 to 1, as those of weights are."""
    return Colouring(name, PALETTES[theme].weight, *WEIGHT_RANGE, decimals=3)


@dataclass(frozen=True, eq=False)
class WordMap:
    """A matrix of words by words, or by something else.

    Attributes
    ----------
    rows, columns : sequence of str
        Labels; those of words, numbered where a word occurs twice.
    values : ndarray, shape (len(rows), len(columns))
    axes : tuple of two str
        What a row and a column are.
    marked : int, optional
        A row to outline.
    mask : ndarray of bool, shape of `values`, optional
        False where there is nothing to show.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Array
    axes: tuple[str, str] = ("query", "key")
    marked: int | None = None
    mask: Array | None = None


def describe_word_map(
    shown: WordMap, colouring: Colouring, *, look: Look = DEFAULT_LOOK
) -> Description:
    """Draw a matrix between words as one heatmap, with numbers where they have room.

    Parameters
    ----------
    shown : WordMap
    colouring : Colouring
    look : Look

    Returns
    -------
    Description
        One heatmap.

    Examples
    --------
    >>> words = ("Je", "suis")
    >>> described = describe_word_map(WordMap(words, words, np.eye(2)), weights(2, "light"))
    >>> described.numbers[0]["z"].shape, described.traces[0]["x"]
    ((2, 2), ['Je', 'suis'])
    """
    scale = look.scale
    down, across = (labels_of(labels, look) for labels in (shown.rows, shown.columns))
    left, top = margin(down, scale), margin(across, scale)
    room = {"l": left, "r": scale.gap, "t": top, "b": round(_FOOT * scale.font)}
    box = _box(len(down), len(across), look.width - left - scale.gap, scale)
    layout = _map_layout(len(down), len(across), box, room, look)
    if shown.marked is not None:
        layout["shapes"] = [_outline(shown.marked, len(across), box[0], look.palette)]
    values = shown.values if shown.mask is None else np.where(shown.mask, shown.values, np.nan)
    numbers = {
        "z": values.astype(np.float32),  # half the bytes, and seven digits
        "zmax": colouring.high,
        "colorbar": _colour_bar(colouring, shown.axes, len(across) * box[1], scale),
    }
    if min(box) >= _NUMBERED * scale.font:
        numbers |= _in_boxes(values, colouring, min(box), scale)
    heatmap = _heatmap(colouring, shown.axes) | {"x": across, "y": down}
    return Description([heatmap], layout, [numbers], config=ZOOM)


def _heatmap(colouring: Colouring, axes: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": colouring.name,
        "xgap": 0,
        "ygap": 0,
        "hoverongaps": False,
        "zmin": colouring.low,
        "colorscale": colouring.scale,
        "hovertemplate": f"{axes[0]} %{{y}}, {axes[1]} %{{x}}: %{{z}}<extra></extra>",
        "zhoverformat": f".{colouring.decimals}f",
    }


def _in_boxes(values: Array, colouring: Colouring, box: float, scale: Scale) -> dict[str, Any]:
    """Numbers in their boxes."""
    signed, digits = colouring.low < 0, colouring.short
    size = number_size(values, digits, box, scale.font, signed=signed)
    return written(values, digits) | {"textfont": {"size": size}}


def _box(down: int, across: int, width: float, scale: Scale) -> tuple[float, float]:
    """Height and width of a box: square, but where rows of another kind need room for labels."""
    size = min(width / across, _WIDEST * scale.font / down, scale.largest_cell)
    least = 0.0 if down == across else min(_LINE * scale.font, _WIDEST * scale.font / down)
    return max(size, least), size


def _map_layout(
    down: int,
    across: int,
    box: tuple[float, float],
    room: dict[str, int],
    look: Look,
) -> dict[str, Any]:
    height, breadth = down * box[0], across * box[1]
    layout = plot_layout(breadth, height, room, look)
    layout["xaxis"] = word_axis(across, breadth, look)
    layout["xaxis"] |= {"range": [-0.5, across - 0.5], "side": "top", "tickangle": -90}
    layout["yaxis"] = word_axis(down, height, look)
    layout["yaxis"] |= {"range": [down - 0.5, -0.5]}
    return layout


def labels_of(words: Sequence[str], look: Look) -> list[str]:
    """Words as labels: no two alike, none too wide."""
    scale = look.scale
    longest = min(max(_LABEL * look.width, 5.0 * scale.font), 1.3 * scale.longest_label)
    shown = [shorten(word, longest, scale.font) for word in words]
    return [escape.plotly(isolate(name)) for name in unique(shown)]


def margin(names: Sequence[str], scale: Scale) -> int:
    """Room for labels beside an axis."""
    return round(max(text_width(name, scale.font) for name in names)) + scale.gap


def plot_layout(across: float, down: float, room: dict[str, int], look: Look) -> dict[str, Any]:
    """Layout around a plot of a size."""
    return {
        "template": TEMPLATE,
        "width": round(across) + room["l"] + room["r"],
        "height": round(down) + room["t"] + room["b"],
        "margin": room,
        "font": {"size": look.scale.font, "color": look.palette.ink},
        "dragmode": False if look.width < NARROW else "zoom",
    }


def word_axis(n: int, length: float, look: Look) -> dict[str, Any]:
    """Return an axis of words; Plotly leaves out those that have no room, until it is zoomed."""
    return {
        "visible": True,
        "fixedrange": False,
        "type": "category",  # a word such as 1984 is no number
        "nticks": max(2, round(min(n, length / (_LINE * look.scale.font)))),
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": look.palette.muted,
    }


def _outline(row: int, columns: int, height: float, palette: Palette) -> dict[str, Any]:
    # A low row would be hidden by its own outline.
    return {
        "x0": -0.5,
        "x1": columns - 0.5,
        "y0": row - 0.5,
        "y1": row + 0.5,
        "line": {"color": palette.ink, "width": min(1.5, round(height / 6, 2))},
    }


def _colour_bar(
    colouring: Colouring, axes: tuple[str, str], width: float, scale: Scale
) -> dict[str, Any]:
    low, high = colouring.low, colouring.high
    marks = [low, (low + high) / 2, high]
    decimals = 0 if low < 0 and float(high).is_integer() else colouring.decimals
    note = ROLE_NOTE if axes == ("query", "key") else f"row = {axes[0]}, column = {axes[1]}"
    title = f"{colouring.name} ({note})"
    if text_width(title, 1.1 * scale.font) > width + 3 * scale.gap:
        title = colouring.name  # cut, it would say less
    return {
        "tickvals": marks,
        "ticktext": [number(mark, decimals) for mark in marks],
        "orientation": "h",
        "y": 0,
        "yanchor": "top",
        "ypad": scale.gap,
        "thickness": scale.font,
        "len": 1,
        "outlinewidth": 0,
        "title": {"text": title, "side": "bottom"},
    }
