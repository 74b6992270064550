"""A table of the likeliest tokens after each layer, coloured by their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...notation.labels import isolate, number
from ...scenario import Array
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from ..boxes.text import shorten, text_width
from .word_map import labels_of, margin, plot_layout, shares, word_axis

#: Width of a box and its height, the least width, and what it leaves free, in parts of the
#: font's size.
_WIDE, _HIGH, _LEAST, _FREE = 9.0, 2.0, 6.5, 0.6
_RANKS = ("likeliest", "2nd", "3rd", "4th", "5th")


def describe_lens_table(
    stages: Sequence[str],
    tokens: Sequence[Sequence[str]],
    probabilities: Array,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the likeliest tokens of each stage in a row, the likeliest first.

    Parameters
    ----------
    stages : sequence of str, length m
    tokens : sequence of sequence of str, shape (m, ranks)
        A narrow picture leaves out the last.
    probabilities : ndarray, shape (m, ranks)
    look : Look

    Returns
    -------
    Description
        One heatmap, with a token and its probability in each box.

    Examples
    --------
    >>> import numpy as np
    >>> described = describe_lens_table(("start",), [("mat", "cat")], np.array([[0.5, 0.25]]))
    >>> described.numbers[0]["text"]
    [['mat 0.50', 'cat 0.25']]
    """
    scale = look.scale
    down = labels_of(stages, look)
    room = look.width - margin(down, scale)
    ranks = min(probabilities.shape[1], int(room // (_LEAST * scale.font)))
    box = min((room - scale.gap) / ranks, _WIDE * scale.font)
    shown = probabilities[:, :ranks]
    numbers = {
        "z": shown,
        "text": _written(tokens, shown, box - _FREE * scale.font, scale.font),
        "texttemplate": "%{text}",
        "textfont": {"size": scale.font},
        "hovertext": _told(tokens, shown),
    }
    heatmap = _heatmap(look) | {"x": [*_RANKS[:ranks]], "y": down}
    return Description([heatmap], _layout(down, ranks, box, look), [numbers])


def _layout(down: Sequence[str], ranks: int, box: float, look: Look) -> dict[str, Any]:
    """Lay the table out, its boxes so many pixels wide."""
    scale = look.scale
    width, height = ranks * box, len(down) * _HIGH * scale.font
    room = {"l": margin(down, scale), "r": scale.gap, "t": round(2.0 * scale.font), "b": 2}
    x = {"range": [-0.5, ranks - 0.5], "side": "top"}
    y = {"range": [len(down) - 0.5, -0.5]}
    return plot_layout(width, height, room, look) | {
        "dragmode": False,
        "xaxis": word_axis(ranks, width, look) | x,
        "yaxis": word_axis(len(down), height, look) | y,
    }


def _heatmap(look: Look) -> dict[str, Any]:
    colouring = shares("probability", look.theme)
    return {
        "type": "heatmap",
        "name": colouring.name,
        "zmin": colouring.low,
        "zmax": colouring.high,
        "colorscale": colouring.scale,
        "showscale": False,
        "hovertemplate": "%{y}: %{hovertext}<extra></extra>",
    }


def _written(
    tokens: Sequence[Sequence[str]], probabilities: Array, width: float, font: float
) -> list[list[str]]:
    """Each token, cut to the width that its probability leaves, and that."""
    behind = width - text_width(" 0.00", font)
    return [
        [
            f"{escape.plotly(isolate(shorten(token, behind, font)))} {number(share)}"
            for token, share in zip(row, shares_of, strict=False)
        ]
        for row, shares_of in zip(tokens, probabilities, strict=True)
    ]


def _told(tokens: Sequence[Sequence[str]], probabilities: Array) -> list[list[str]]:
    return [
        [
            f"{escape.plotly(isolate(token))} {number(share, 3)}"
            for token, share in zip(row, shares_of, strict=False)
        ]
        for row, shares_of in zip(tokens, probabilities, strict=True)
    ]
