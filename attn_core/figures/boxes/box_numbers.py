"""The numbers of matrices, written as large as their boxes allow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ...notation.equation import Block
from ...notation.labels import number, numbers
from ...scenario import Array
from ...text import escape
from .layout import Layout, Placed
from .look import Scale
from .text import text_width

#: Font size below which numbers aren't written.
SMALLEST_NUMBER = 9.0
#: Pixels of a box that its number leaves free.
_MARGIN = 6


def numbers_of(layout: Layout) -> list[dict[str, Any]]:
    """Return the numbers of each block, in order.

    Parameters
    ----------
    layout : Layout

    Returns
    -------
    list of dict
        Values, and how they are written.
    """
    return [_numbers(placed, layout) for placed in layout.blocks]


def _numbers(placed: Placed, layout: Layout) -> dict[str, Any]:
    """Return the part of a matrix's trace that depends on its numbers."""
    block = placed.block
    blocked = np.isinf(block.values)
    digits, size = _number_format(block, layout.cell, layout.scale)
    made: dict[str, Any] = {
        "z": np.where(blocked, np.nan, block.values) if blocked.any() else block.values,
        "textfont": {"size": size},
        **_written_once(block.values.tobytes(), block.values.dtype.str, block.values.shape, digits),
    }
    if blocked.any():
        # A gap has no z to format, so the text of such a matrix brings its own values.
        made["hovertext"] = [
            [escape.plotly(f"{block.cell(i, j)}: {number(v, 3)}") for j, v in enumerate(row)]
            for i, row in enumerate(block.values)
        ]
        made["hovertemplate"] = "%{hovertext}<extra></extra>"
    return made


@lru_cache(maxsize=512)  # while a hand moves one matrix, most others stay
def _written_once(
    values: bytes, dtype: str, shape: tuple[int, ...], digits: int | None
) -> dict[str, Any]:
    return written(np.frombuffer(values, dtype).reshape(shape), digits)


def written(values: Array, digits: int | None) -> dict[str, Any]:
    """Return the texts of a heatmap's boxes; numbers that aren't finite have none.

    Plotly itself would write a hyphen for a minus.

    Examples
    --------
    >>> written(np.array([[-0.25, np.inf]]), 1)
    {'text': [['−0.3', '']], 'texttemplate': '%{text}'}
    """
    if digits is None:
        return {"text": [], "texttemplate": ""}
    return {"text": numbers(values, digits), "texttemplate": "%{text}"}


def _number_format(block: Block, cell: float, scale: Scale) -> tuple[int | None, float]:
    """Decimals that the boxes have room for (None: no numbers), and the size of the numbers."""
    # A weight of 0.45, or a difference of two, must not read 0.
    largest = scale.digits or scale.font
    smallest = scale.digits or max(SMALLEST_NUMBER, 0.6 * scale.font)
    for digits in (2, 1) if block.step.name == "weights" else (2, 1, 0):
        signed = block.step.kind != "weight"
        size = number_size(block.values, digits, cell, largest, signed=signed)
        if size >= smallest:
            return digits, size
    return None, SMALLEST_NUMBER


def common_size(box: float, font: float) -> float:
    """Size of the numbers of all matrices in boxes of one width, at which −0.00 has room.

    Larger numbers are written at the same size, with fewer decimals.

    Examples
    --------
    >>> common_size(36, 13)
    12.9
    """
    return number_size(np.zeros((1, 1)), 2, box, font, signed=True)


def number_size(values: Array, digits: int, box: float, font: float, *, signed: bool) -> float:
    """Size of a matrix's numbers: that of the letters, or smaller in small boxes.

    Where numbers may be negative each has room for a minus, so that none changes its size
    with its sign.

    Examples
    --------
    >>> number_size(np.array([[1.5]]), 2, 34, 13, signed=True)
    12.1
    >>> number_size(np.array([[-1.5]]), 2, 34, 13, signed=True)
    12.1
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    widest = text_width("−" * signed + number(largest, digits), 1.0)
    return round(min(float(font), (box - _MARGIN) / widest), 1)
