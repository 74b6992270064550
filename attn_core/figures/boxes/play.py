"""A matrix product that fills its result number by number, as Plotly's frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...attention import AttentionTrace
from ...notation.cells import Cell
from ...notation.equation import equation
from ...notation.labels import number
from ...notation.outline import outlined
from ...notation.steps import step
from .colours import PALETTES, Theme
from .controls import controls
from .description import Description
from .draw_equation import outline_shapes, render
from .layout import arrange, scale_for

#: Milliseconds that each number stays before the next.
_PACE = 700


def is_product(name: str) -> bool:
    """Whether a step is a product of two matrices, which can be played.

    Examples
    --------
    >>> is_product("raw_scores"), is_product("weights"), is_product("X")
    (True, False, False)
    """
    return step(name).operation == "product"


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
    described = render(layout, theme)
    drawn = described.numbers[last]
    frames = [
        {
            "name": f"{result.cell(c.row, c.column)} = {number(result.values[c.row, c.column])}",
            "data": [{"type": "heatmap", **_filled(drawn, c)}],
            "traces": [last],
            "layout": {
                "shapes": outline_shapes(
                    layout.holding(outlined(written, trace.scenario, c).blocks), PALETTES[theme]
                )
            },
        }
        for c in cells
    ]
    return replace(
        described,
        frames=frames,
        controls=controls(frames, described.layout, PALETTES[theme], _PACE),
        pace=_PACE,
        played="Number that was filled in last",
    )


def _filled(drawn: dict[str, Any], last: Cell) -> dict[str, Any]:
    """The numbers up to one of them; those to come are gaps."""
    z = drawn["z"]
    to_come = np.arange(z.size).reshape(z.shape) > last.row * z.shape[1] + last.column
    filled: dict[str, Any] = {"z": np.where(to_come, np.nan, z)}
    if drawn["text"]:
        filled["text"] = np.where(to_come, "", drawn["text"]).tolist()
    return filled
