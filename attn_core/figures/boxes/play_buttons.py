"""Plotly's own buttons and slider, for a chart that has no others to play its frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...text import escape
from .colours import Palette
from .text import shorten

#: Pixels below the picture.
_HEIGHT = 72
#: Pixels that the buttons take of its width, and the size of the letters.
_BUTTONS, _FONT = 130, 12


def controls(
    frames: Sequence[dict[str, Any]], layout: dict[str, Any], palette: Palette, pace: int
) -> dict[str, Any]:
    """Make the buttons and the slider that play frames.

    Parameters
    ----------
    frames : sequence of dict
        Plotly's frames, each with a name, which stands above the slider.
    layout : dict
        Of the picture without controls.
    palette : Palette
    pace : int
        Milliseconds that each frame stays.

    Examples
    --------
    >>> from attn_core.figures.boxes.colours import PALETTES
    >>> made = controls([{"name": "step 0"}], {"width": 400, "height": 300}, PALETTES["dark"], 99)
    >>> made["height"], made["sliders"][0]["steps"][0]["label"]
    (372, 'step 0')
    """
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    still = {**at_once, "frame": {"duration": 0, "redraw": True}}
    run = {**at_once, "fromcurrent": True, "frame": {"duration": pace, "redraw": True}}
    look = {
        **{"y": 0, "xanchor": "left", "yanchor": "top", "pad": {"t": 8}},
        **{"bgcolor": "rgba(0,0,0,0)", "bordercolor": palette.muted},
    }
    buttons: list[dict[str, Any]] = [
        {"label": "Play", "method": "animate", "args": [None, run]},
        {"label": "Pause", "method": "animate", "args": [[None], still]},
    ]
    room = layout["width"] - _BUTTONS
    steps = [
        {
            "label": escape.plotly(shorten(frame["name"], room, _FONT)),
            "method": "animate",
            "args": [[frame["name"]], still],
        }
        for frame in frames
    ]
    return {
        "height": layout["height"] + _HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": _HEIGHT},
        "updatemenus": [look | _menu(buttons)],
        "sliders": [look | _slider(steps, layout["width"], palette)],
    }


def _menu(buttons: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "buttons": buttons,
        "font": {"size": _FONT + 1},
    }


def _slider(steps: list[dict[str, Any]], width: float, palette: Palette) -> dict[str, Any]:
    """Place a slider to the right of the buttons, at its last step."""
    return {
        "steps": steps,
        "active": len(steps) - 1,
        "currentvalue": {"font": {"size": _FONT, "color": palette.ink}},
        "x": _BUTTONS / width,
        "len": 1 - (_BUTTONS + 10) / width,
        "ticklen": 0,
        # There is no room for a label at each step.
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
    }
