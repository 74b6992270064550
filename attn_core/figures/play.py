"""A matrix product that fills its result number by number, as Plotly's frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..attention import AttentionTrace
from ..cells import Cell
from ..equation import Equation, equation
from ..labels import number
from ..outline import outlined
from ..scenario import Array
from ..steps import step
from .colours import PALETTES, Palette, Theme
from .description import Description
from .equation import outline_shapes, render
from .layout import Layout, arrange, scale_for

#: Milliseconds that each number stays before the next.
PACE = 700
#: Pixels below the picture for Plotly's own buttons and slider.
_CONTROLS = 72


def is_product(name: str) -> bool:
    """Whether a step is a product of two matrices, which can be played.

    Examples
    --------
    >>> is_product("raw_scores"), is_product("weights"), is_product("X")
    (True, False, False)
    """
    return "·" in step(name).made_of


def describe_play(
    trace: AttentionTrace,
    name: str,
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
    head: int = 0,
) -> Description:
    """Say how a product fills, row by row, with the row and the column of each number outlined.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        A step that `is_product`.
    width, theme, projector
        As in `draw`.
    head : int
        Which head, where each has such a step.

    Returns
    -------
    Description
        With a frame for each number. The picture itself is the last of them.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> described = describe_play(attend(DEFAULT.scenario), "Q")
    >>> len(described.frames), described.frames[0]["name"]
    (12, 'Je · q₁ = 1.00')
    """
    written = equation(trace, name, head)
    result, last = written.result, len(written.blocks) - 1
    cells = [Cell(name, i, j) for i, j in np.ndindex(result.values.shape)]
    layout = arrange(
        [outlined(written, trace.scenario, cells[-1])], width, scale_for(width, projector)
    )
    frames = [
        {
            "name": f"{result.cell(c.row, c.column)} = {number(result.values[c.row, c.column])}",
            "data": [{"type": "heatmap", "z": _filled(result.values, c)}],
            "traces": [last],
            "layout": {
                "shapes": outline_shapes(
                    _outlined(layout, outlined(written, trace.scenario, c)), PALETTES[theme]
                )
            },
        }
        for c in cells
    ]
    described = render(layout, theme)
    return replace(
        described, frames=frames, controls=_controls(frames, described.layout, PALETTES[theme])
    )


def _filled(values: Array, last: Cell) -> Array:
    """The numbers up to one of them; those to come are gaps."""
    to_come = (
        np.arange(values.size).reshape(values.shape) > last.row * values.shape[1] + last.column
    )
    return np.where(to_come, np.nan, values)


def _outlined(layout: Layout, written: Equation) -> Layout:
    """The same places with other outlines."""
    blocks = zip(layout.blocks, written.blocks, strict=True)
    return replace(layout, blocks=tuple(replace(placed, block=block) for placed, block in blocks))


def _controls(
    frames: list[dict[str, Any]], layout: dict[str, Any], palette: Palette
) -> dict[str, Any]:
    """Plotly's own buttons and slider, for a chart that has no others."""
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    still = {**at_once, "frame": {"duration": 0, "redraw": True}}
    run = {**at_once, "fromcurrent": True, "frame": {"duration": PACE, "redraw": True}}
    look = {
        **{"y": 0, "xanchor": "left", "yanchor": "top", "pad": {"t": 8}},
        **{"bgcolor": "rgba(0,0,0,0)", "bordercolor": palette.muted},
    }
    buttons: list[dict[str, Any]] = [
        {"label": "Play", "method": "animate", "args": [None, run]},
        {"label": "Pause", "method": "animate", "args": [[None], still]},
    ]
    steps = [
        {"label": str(k), "method": "animate", "args": [[frame["name"]], still]}
        for k, frame in enumerate(frames, 1)
    ]
    return {
        "height": layout["height"] + _CONTROLS,
        "margin": {"l": 0, "r": 0, "t": 0, "b": _CONTROLS},
        "updatemenus": [look | _menu(buttons)],
        "sliders": [look | _slider(steps, layout["width"])],
    }


def _menu(buttons: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "buttons", "direction": "left", "showactive": False, "x": 0, "buttons": buttons}


def _slider(steps: list[dict[str, Any]], width: float) -> dict[str, Any]:
    """Place a slider to the right of the buttons, at its last step."""
    return {
        "steps": steps,
        "active": len(steps) - 1,
        "currentvalue": {"prefix": "Number ", "font": {"size": 12}},
        "x": 130 / width,
        "len": 1 - 140 / width,
        "ticklen": 0,
        "font": {"size": 1},  # there is no room for a label at each step
    }
