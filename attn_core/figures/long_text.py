"""Pictures of a long text: all weights as one heatmap, and one word's weights as bars.

Both have axes, unlike the boxes of an equation, so that they can be zoomed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import escape
from ..attention import AttentionTrace
from ..labels import isolate, number, unique
from ..long_text import digits
from .colours import PALETTES, Palette, Theme
from .description import Description
from .equation import TEMPLATE
from .layout import ROLE_NOTE, Scale, scale_for, shorten, text_width

#: Widest heatmap in parts of the font's size: as high as a laptop's screen.
_WIDEST = 46
#: A label takes at most this part of the width.
_LABEL = 0.18
#: Room of a line of labels, and what stands below the heatmap, in parts of the font's size.
_LINE, _FOOT, _BARS = 1.4, 4.6, 14
#: On a narrower screen a finger that drags is to scroll the page.
_NARROW = 600
#: Buttons for those who can't drag, and for a finger.
_ZOOM = {
    "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
    "doubleClick": "reset",
    "showTips": False,  # they would cover the corner of the page after each zoom
}


def describe_long_text(
    trace: AttentionTrace,
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> Description:
    """Draw all weights of a text as one heatmap, without numbers in its boxes.

    The colours end at the largest weight, which stands at the end of the colour bar.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    width : float
        Pixels at hand.
    theme : {"light", "dark"}
    projector : bool
        Larger letters.

    Returns
    -------
    Description
        One heatmap; row = query, column = key.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> described = describe_long_text(attend(DEFAULT.scenario))
    >>> described.numbers[0]["z"].shape, described.traces[0]["x"]
    ((3, 3), ['Je', 'suis', 'heureux'])
    """
    scale, palette = scale_for(width, projector), PALETTES[theme]
    names = _names(trace.scenario.tokens, width, scale)
    n, margin = len(names), _margin(names, scale)
    side = min(width - margin - scale.gap, _WIDEST * scale.font, n * scale.largest_cell)
    heatmap = {
        "type": "heatmap",
        "name": "weights",
        "x": names,
        "y": names,
        "xgap": 0,
        "ygap": 0,
        "zmin": 0,
        "colorscale": palette.small_weight,
        "hovertemplate": f"query %{{y}}, key %{{x}}: %{{z:.{digits(n)}f}}<extra></extra>",
    }
    room = {"l": margin, "r": scale.gap, "t": margin, "b": round(_FOOT * scale.font)}
    layout = _layout(side, side, room, width, scale, palette)
    axis = _word_axis(n, side, scale, palette)
    layout["xaxis"] = axis | {"range": [-0.5, n - 0.5], "side": "top", "tickangle": -90}
    layout["yaxis"] = axis | {"range": [n - 0.5, -0.5]}
    weights = trace.weights.astype(np.float32)  # half the bytes, and seven digits
    largest = float(weights.max())
    numbers = {"z": weights, "zmax": largest, "colorbar": _colour_bar(largest, digits(n), scale)}
    return Description([heatmap], layout, [numbers], config=_ZOOM)


def describe_row(
    trace: AttentionTrace,
    i: int,
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> Description:
    """Draw one word's weights as bars, in the order of the text.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    i : int
        The word, from 0.
    width, theme, projector
        As in `describe_long_text`.

    Returns
    -------
    Description
        One trace of bars.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> described = describe_row(attend(BY_KEY["verb-subject"].scenario), 2)
    >>> described.numbers[0]["y"].round(2)
    array([0.25, 0.5 , 0.25])
    """
    scale, palette = scale_for(width, projector), PALETTES[theme]
    names = _names(trace.scenario.tokens, width, scale)
    n, left = len(names), round(4 * scale.font)
    across = min(width - left - scale.gap, n * 2.0 * scale.largest_cell)
    bars = {
        "type": "bar",
        "name": "weights",
        "x": names,
        "marker": {"color": palette.weight[-2][1]},
        "hovertemplate": f"%{{x}}: %{{y:.{digits(n)}f}}<extra></extra>",
    }
    room = {"l": left, "r": scale.gap, "t": round(2.4 * scale.font), "b": _margin(names, scale)}
    layout = _layout(across, _BARS * scale.font, room, width, scale, palette)
    axis = _word_axis(n, across, scale, palette)
    layout["xaxis"] = axis | {"range": [-0.5, n - 0.5], "tickangle": -90}
    layout["yaxis"] = {"visible": True, "rangemode": "tozero", "gridcolor": palette.weight[1][1]}
    return Description([bars], layout, [{"y": trace.weights[i]}], config=_ZOOM)


def _names(tokens: Sequence[str], width: float, scale: Scale) -> list[str]:
    """Words as labels: no two alike, none too wide."""
    longest = max(_LABEL * width, 5.0 * scale.font)
    shown = [
        shorten(token, min(longest, 1.3 * scale.longest_label), scale.font) for token in tokens
    ]
    return [escape.plotly(isolate(name)) for name in unique(shown)]


def _margin(names: Sequence[str], scale: Scale) -> int:
    """Room for labels beside an axis."""
    return round(max(text_width(name, scale.font) for name in names)) + scale.gap


def _layout(
    across: float, down: float, room: dict[str, int], width: float, scale: Scale, palette: Palette
) -> dict[str, Any]:
    return {
        "template": TEMPLATE,
        "width": round(across) + room["l"] + room["r"],
        "height": round(down) + room["t"] + room["b"],
        "margin": room,
        "font": {"size": scale.font, "color": palette.ink},
        "dragmode": False if width < _NARROW else "zoom",
    }


def _word_axis(n: int, length: float, scale: Scale, palette: Palette) -> dict[str, Any]:
    """Return an axis of words; Plotly leaves out those that have no room, until it is zoomed."""
    return {
        "visible": True,
        "fixedrange": False,
        "type": "category",  # a word such as 1984 is no number
        "nticks": max(2, round(min(n, length / (_LINE * scale.font)))),
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": palette.muted,
    }


def _colour_bar(largest: float, decimals: int, scale: Scale) -> dict[str, Any]:
    marks = [0.0, largest / 2, largest]
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
        "title": {"text": f"weight ({ROLE_NOTE})", "side": "bottom"},
    }
