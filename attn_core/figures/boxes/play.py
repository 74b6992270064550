"""A matrix product that is filled in number by number, as Plotly's frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...attention import AttentionTrace
from ...notation.cells import Cell
from ...notation.equation import equation
from ...notation.labels import number
from ...notation.outline import highlight
from ...notation.steps import step
from .colours import Palette
from .description import Description
from .layout import Layout, arrange
from .look import DEFAULT_LOOK, Look
from .play_buttons import controls
from .render import outline_shapes, render

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
    trace: AttentionTrace, name: str, *, head: int = 0, look: Look = DEFAULT_LOOK
) -> Description:
    """Play a product: each frame adds a number and outlines its row and column.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        A step that `is_product`.
    head : int
        Which head, where each has such a step.
    look : Look

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
    shape = written.result.values.shape
    cells = [Cell(name, i, j) for i, j in np.ndindex(shape)]
    outlines = [highlight(written, trace.scenario, cell).blocks for cell in cells]
    layout = arrange([highlight(written, trace.scenario, cells[-1])], look.width, look.scale)
    described = render(layout, look.palette)
    frames = [
        _frame(described.numbers[-1], cell, layout.holding(blocks), look.palette)
        for cell, blocks in zip(cells, outlines, strict=True)
    ]
    return replace(
        described,
        frames=frames,
        controls=controls(frames, described.layout, look.palette, _PACE),
        pace=_PACE,
        played="Number that was filled in last",
    )


def _frame(drawn: dict[str, Any], cell: Cell, layout: Layout, palette: Palette) -> dict[str, Any]:
    """The frame of a number: those up to it, and the outlines of its row and column."""
    result, last = layout.blocks[-1].block, len(layout.blocks) - 1
    value = number(result.values[cell.row, cell.column])
    return {
        "name": f"{result.cell(cell.row, cell.column)} = {value}",
        "data": [{"type": "heatmap", **_filled(drawn, cell)}],
        "traces": [last],
        "layout": {"shapes": outline_shapes(layout, palette)},
    }


def _filled(drawn: dict[str, Any], last: Cell) -> dict[str, Any]:
    """The numbers up to one of them; those to come are gaps."""
    z = drawn["z"]
    to_come = np.arange(z.size).reshape(z.shape) > last.row * z.shape[1] + last.column
    filled: dict[str, Any] = {"z": np.where(to_come, np.nan, z)}
    if drawn["text"]:
        filled["text"] = np.where(to_come, "", drawn["text"]).tolist()
    return filled
