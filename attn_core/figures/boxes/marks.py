"""What a picture of many matrices has beside them: arrows, and what its colours mean."""

from __future__ import annotations

from typing import Any

from ...notation.labels import short
from .colours import LEGEND_NUMBERS, LEGEND_WEIGHTS, Palette, legend
from .layout import ROLE_NOTE, Arrow, Legend, Sign
from .look import Scale
from .text import NOTE

#: All sizes of a legend are in parts of its letters: those of a column, a row and one part,
_COLUMN, _ROW, _NUMBERS = (14.0, 6.2), (39.0, 2.4), (14.0, 2.4)
#: where its numbers, weights and note begin in a column and in a row,
_PARTS, _ROW_PARTS = ((0, 0), (0, 2.4), (0, 5)), ((0, 0), (15.5, 0), (28.5, 0))
#: and the room for a name, and a colour.
_LEFT, _WIDE, _HIGH = 4.4, 1.3, 0.8
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


def legend_room(at: Legend) -> tuple[float, float]:
    """Width and height of a legend, in parts of its letters."""
    if not at.has_weights:
        return _NUMBERS
    return _ROW if at.is_row else _COLUMN


def legend_shapes(at: Legend, scale: Scale, palette: Palette) -> list[dict[str, Any]]:
    """Draw the colours of a legend."""
    return [
        {
            "x0": round(x, 1),
            "x1": round(x + _WIDE * scale.font, 1),
            "y0": round(y, 1),
            "y1": round(y + _HIGH * scale.font, 1),
            "fillcolor": colour,
            "line": {"width": 0},
        }
        for line, colours in enumerate(legend(palette)[: _shown(at)])
        for i, (_, colour) in enumerate(colours)
        for x, y in [_place(i, line, at, scale)]
    ]


def legend_texts(at: Legend, scale: Scale) -> list[Sign]:
    """Name the colours of a legend, and say which way scores and weights are read."""
    font = scale.font
    texts = []
    for part, name in enumerate(("numbers", "weights", ROLE_NOTE)[: _shown(at)]):
        left, top = _corner(part, at, scale)
        texts.append(Sign(name, left, top + _HIGH / 2 * font, NOTE, "middle right"))
    for part, values in enumerate((LEGEND_NUMBERS, LEGEND_WEIGHTS)[: _shown(at)]):
        for i, value in enumerate(values):
            if value in (values[0], 0, values[-1]):
                x, y = _place(i, part, at, scale)
                texts.append(Sign(short(value), x + _WIDE / 2 * font, y + 1.4 * font, NOTE))
    return texts


def _shown(at: Legend) -> int:
    """How many of its parts a legend shows."""
    return len(_PARTS) if at.has_weights else 1


def _place(i: int, part: int, at: Legend, scale: Scale) -> tuple[float, float]:
    """The upper left corner of a colour."""
    left, top = _corner(part, at, scale)
    return left + (_LEFT + _WIDE * i) * scale.font, top


def _corner(part: int, at: Legend, scale: Scale) -> tuple[float, float]:
    """The upper left corner of numbers, weights or note."""
    across, down = (_ROW_PARTS if at.is_row else _PARTS)[part]
    return at.x + across * scale.font, at.y + down * scale.font
