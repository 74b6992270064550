"""What a picture of many matrices has beside them: arrows, and what its colours mean."""

from __future__ import annotations

from typing import Any

from ...notation.labels import short
from .colours import LEGEND_NUMBERS, LEGEND_WEIGHTS, Palette, legend
from .layout import ROLE_NOTE, Arrow, Sign
from .look import Scale
from .text import NOTE

#: Size of a legend in parts of its letters: its parts, and a colour in it.
LEGEND_WIDTH, LEGEND_HEIGHT = 14.0, 6.2
_LEFT, _LINE, _WIDE, _HIGH = 4.4, 2.4, 1.3, 0.8
#: Pixels of an arrow's head.
_HEAD = 5


def arrow_shape(arrow: Arrow, palette: Palette) -> dict[str, Any]:
    """Draw an arrow that leaves and arrives level."""
    x, y, end, to = (round(each, 1) for each in (arrow.x, arrow.y, arrow.to_x, arrow.to_y))
    bend = round((x + end) / 2, 1)
    line = f"M{x},{y}C{bend},{y} {bend},{to} {end},{to}"
    head = f"M{end - _HEAD},{to - _HEAD}L{end},{to}L{end - _HEAD},{to + _HEAD}"
    return {
        "type": "path",
        "path": line + head,
        "line": {"color": palette.muted, "width": 1.5},
    }


def legend_shapes(at: tuple[float, float], scale: Scale, palette: Palette) -> list[dict[str, Any]]:
    """Draw the colours of a legend, with its upper left corner at a place."""
    return [
        {
            "x0": round(x, 1),
            "x1": round(x + _WIDE * scale.font, 1),
            "y0": round(y, 1),
            "y1": round(y + _HIGH * scale.font, 1),
            "fillcolor": colour,
            "line": {"width": 0},
        }
        for line, colours in enumerate(legend(palette))
        for i, (_, colour) in enumerate(colours)
        for x, y in [_place(i, line, at, scale)]
    ]


def legend_texts(at: tuple[float, float], scale: Scale) -> list[Sign]:
    """Name the colours of a legend, and say which way scores and weights are read."""
    left, top = at
    font = scale.font
    texts = [Sign(ROLE_NOTE, left, top + 5.4 * font, NOTE, "middle right")]
    lines = (("numbers", LEGEND_NUMBERS), ("weights", LEGEND_WEIGHTS))
    for line, (name, values) in enumerate(lines):
        y = top + (line * _LINE + _HIGH / 2) * font
        texts.append(Sign(name, left, y, NOTE, "middle right"))
        for i, value in enumerate(values):
            if value in (values[0], 0, values[-1]):
                x, y = _place(i, line, at, scale)
                texts.append(Sign(short(value), x + _WIDE / 2 * font, y + 1.4 * font, NOTE))
    return texts


def _place(i: int, line: int, at: tuple[float, float], scale: Scale) -> tuple[float, float]:
    """The upper left corner of a colour in a line."""
    left, top = at
    return left + (_LEFT + _WIDE * i) * scale.font, top + line * _LINE * scale.font
