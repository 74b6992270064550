"""Bars for words, in the order of a text; they can be zoomed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scenario import Array
from ...text import escape
from ..boxes.colours import Palette
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from ..boxes.text import shorten
from .word_map import ZOOM, labels_of, margin, plot_layout, word_axis

#: Height of bars, and room above them, for the buttons of the picture and for a legend as
#: well, in parts of the font's size.
_BARS, _ABOVE, _LEGEND = 14, 2.4, 4.4


def describe_word_bars(
    words: Sequence[str],
    bars: dict[str, Array],
    decimals: int,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw a number of each word as a bar, in the order of the text; several side by side.

    Parameters
    ----------
    words : sequence of str, length n
    bars : dict of str to ndarray, shape (n,)
        What each kind of bar is called, and its numbers; one kind or two.
    decimals : int
        Of what the pointer tells.
    look : Look

    Returns
    -------
    Description
        One trace of bars for each kind.

    Examples
    --------
    >>> import numpy as np
    >>> described = describe_word_bars(("Je", "suis"), {"weights": np.array([0.25, 0.75])}, 2)
    >>> described.numbers[0]["y"]
    array([0.25, 0.75])
    """
    scale, palette = look.scale, look.palette
    names = labels_of(words, look)
    n, left = len(names), round(4 * scale.font)
    across = min(look.width - left - scale.gap, n * 2.0 * scale.largest_cell)
    above = round((_LEGEND if len(bars) > 1 else _ABOVE) * scale.font)
    room = {"l": left, "r": scale.gap, "t": above, "b": margin(names, scale)}
    layout = plot_layout(across, _BARS * scale.font, room, look)
    axis = word_axis(n, across, look)
    layout["xaxis"] = axis | {"range": [-0.5, n - 0.5], "tickangle": -90}
    layout["yaxis"] = {"visible": True, "rangemode": "tozero", "gridcolor": palette.weight[1][1]}
    if len(bars) > 1:
        layout |= {"showlegend": True, "legend": {"orientation": "h", "y": 1, "yanchor": "bottom"}}
    called = [escape.plotly(shorten(name, look.width / 2, scale.font)) for name in bars]
    traces = [
        _bars(name, names, colour, decimals)
        for name, colour in zip(called, _bar_colours(palette)[: len(called)], strict=True)
    ]
    return Description(traces, layout, [{"y": values} for values in bars.values()], config=ZOOM)


def _bars(name: str, words: Sequence[str], colour: str, decimals: int) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": words,
        "marker": {"color": colour},
        "hovertemplate": f"%{{x}}: %{{y:.{decimals}f}}<extra></extra>",
    }


def _bar_colours(palette: Palette) -> tuple[str, str]:
    """Colours of at most two kinds of bars."""
    return palette.weight[-2][1], palette.groups[1]
