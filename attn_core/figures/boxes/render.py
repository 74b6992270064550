"""Plotly's traces and layout of boxes that have their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...notation.labels import number, subscripts
from ...notation.steps import Kind
from ...text import escape
from .box_numbers import numbers_of
from .colours import SIGNED_RANGE, WEIGHT_CHANGE_RANGE, WEIGHT_RANGE, Palette
from .description import Description
from .layout import Layout, Placed, role_note
from .look import TEMPLATE, Scale
from .marks import arrow_shape, legend_shapes, legend_texts
from .text import NOTE, shorten

#: Where the colours of a matrix come from; of all other kinds it is the first axis.
_COLORAXES: dict[Kind, str] = {"weight": "coloraxis2", "weight change": "coloraxis3"}


def render(layout: Layout, palette: Palette) -> Description:
    """Make Plotly's traces and layout of placed blocks and signs."""
    texts = _Texts(palette, layout.scale)
    for sign in layout.signs:
        colour = palette.warning if sign.text == "?" else palette.ink
        size = layout.scale.font * (sign.size or (2 if len(sign.text) == 1 else 1.4))
        text = subscripts(sign.text)
        texts.add(text, sign.x, sign.y, size=size, colour=colour, position=sign.position)
    for sign in legend_texts(layout.legend, layout.scale) if layout.legend else ():
        size = layout.scale.font * sign.size
        at = {"colour": palette.muted, "position": sign.position}
        texts.add(sign.text, sign.x, sign.y, size=size, **at)
    for placed in layout.blocks:
        (_cover_block if placed.block.is_covered else _label_block)(placed, layout, texts)
    heatmaps = [_heatmap(placed, layout) for placed in layout.blocks]
    return Description(
        [*heatmaps, *texts.traces()],
        _figure_layout(layout, palette, texts.slanted),
        numbers_of(layout),
    )


class _Texts:
    """Collects all texts of a figure as traces, which cost far less than annotations.

    Slanted ones are the exception: a trace can't turn its text.
    """

    def __init__(self, palette: Palette, scale: Scale) -> None:
        self.palette, self._font = palette, scale.font
        self._rows: list[tuple[Any, ...]] = []
        self.slanted: list[dict[str, Any]] = []

    def add(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float | None = None,
        colour: str = "",
        position: str = "middle center",
    ) -> None:
        row = (text, round(x, 1), round(y, 1), round(size or self._font, 1))
        self._rows.append((*row, colour or self.palette.ink, position))

    def add_slanted(self, text: str, x: float, y: float) -> None:
        self.slanted.append({"text": text, "x": round(x, 1), "y": round(y, 1)})

    def traces(self) -> list[dict[str, Any]]:
        """One trace for each style, for arrays of styles would be most of the figure."""
        looks: dict[tuple[float, str, str], list[tuple[str, float, float]]] = {}
        for text, x, y, *look in self._rows:
            looks.setdefault(tuple(look), []).append((text, x, y))
        return [self._trace(rows, *look) for look, rows in looks.items()]

    def _trace(
        self, rows: list[tuple[str, float, float]], size: float, colour: str, position: str
    ) -> dict[str, Any]:
        text, x, y = zip(*rows, strict=True)
        trace: dict[str, Any] = {"type": "scatter", "name": "text", "text": text, "x": x, "y": y}
        if (size, colour) != (self._font, self.palette.ink):
            trace["textfont"] = {"size": size, "color": colour}
        if position != "middle center":
            trace["textposition"] = position
        return trace


def _cover_block(placed: Placed, layout: Layout, texts: _Texts) -> None:
    """Write a question mark in the middle, and nothing that tells the shape."""
    middle = placed.left + len(placed.block.columns) * layout.cell / 2
    height = len(placed.block.rows) * layout.row
    font = layout.scale.font
    texts.add("?", middle, placed.top + height / 2, size=2 * font, colour=texts.palette.muted)
    name = escape.plotly(placed.block.title) or subscripts(placed.block.symbol)
    texts.add(f"<b>{name}</b>", middle, placed.top + height + font * 0.95)


def _label_block(placed: Placed, layout: Layout, texts: _Texts) -> None:
    block, cell, font = placed.block, layout.cell, layout.scale.font
    longest = layout.scale.longest_label
    for i, label in enumerate(block.rows if placed.has_rows else ()):
        text = escape.plotly(shorten(label, longest, font))
        y = placed.top + (i + 0.5) * layout.row
        texts.add(text, placed.left - 4, y, position="middle left")
    for j, label in enumerate(block.columns if placed.has_columns else ()):
        text = escape.plotly(shorten(label, longest, font))
        x = placed.left + (j + 0.5) * cell
        if placed.slanted:
            # The turned text swings about its box; this puts its first letter on the column.
            texts.add_slanted(text, x - font * 0.5, placed.top - 1)
        else:
            texts.add(text, x, placed.top - font * 0.7)
    middle = placed.left + len(block.columns) * cell / 2
    bottom = placed.top + len(block.rows) * layout.row
    name = escape.plotly(block.title) or subscripts(block.symbol)
    caption = f"<b>{name}</b>  {block.shape}"
    texts.add(caption, middle, bottom + font * 0.95)
    if placed.has_note and (note := role_note(block)):
        texts.add(note, middle, bottom + font * 2.2, size=font * NOTE, colour=texts.palette.muted)
    for i, j in np.argwhere(np.isinf(block.values)):
        x, y = placed.left + (j + 0.5) * cell, placed.top + (i + 0.5) * layout.row
        texts.add(number(block.values[i, j]), x, y, colour=texts.palette.muted)


def _heatmap(placed: Placed, layout: Layout) -> dict[str, Any]:
    """Return the trace of a matrix without its numbers."""
    block, cell = placed.block, layout.cell
    return {
        "type": "heatmap",
        "name": block.symbol,
        "x0": round(placed.left + cell / 2, 1),
        "dx": round(cell, 1),
        "y0": round(placed.top + layout.row / 2, 1),
        "dy": round(layout.row, 1),
        "coloraxis": _COLORAXES.get(block.step.kind, "coloraxis"),
        "hovertext": [[escape.plotly(text) for text in row] for row in block.cells],
        **({"hoverinfo": "skip", "hovertext": []} if block.is_covered else {}),
        # What the browser writes while a hand moves has the same size (`preview.js`).
        **({"meta": layout.scale.digits} if layout.scale.digits else {}),
    }


def _figure_layout(
    layout: Layout, palette: Palette, slanted: list[dict[str, Any]]
) -> dict[str, Any]:
    kinds = {placed.block.step.kind for placed in layout.blocks}
    covered = (placed for placed in layout.blocks if placed.block.is_covered)
    covers = [_cover_shape(placed, layout, palette) for placed in covered]
    width, height = round(layout.width), round(layout.height)
    colours = {"coloraxis": _coloraxis(palette.signed, SIGNED_RANGE)}
    if "weight" in kinds:
        colours["coloraxis2"] = _coloraxis(palette.weight, WEIGHT_RANGE)
    if "weight change" in kinds:
        colours["coloraxis3"] = _coloraxis(palette.weight_change, WEIGHT_CHANGE_RANGE)
    return {
        "template": TEMPLATE,
        "width": width,
        "height": height,
        "xaxis": {"range": [0, width]},
        "yaxis": {"range": [height, 0]},
        "font": {"size": layout.scale.font, "color": palette.ink},
        "annotations": slanted,
        "shapes": [*_marks(layout, palette), *outline_shapes(layout, palette), *covers],
        **colours,
    }


def _marks(layout: Layout, palette: Palette) -> list[dict[str, Any]]:
    legend = legend_shapes(layout.legend, layout.scale, palette) if layout.legend else []
    return [*(arrow_shape(arrow, palette) for arrow in layout.arrows), *legend]


def outline_shapes(layout: Layout, palette: Palette) -> list[dict[str, Any]]:
    """Lines around the outlined boxes; a thicker one around the number that is asked about."""
    return [
        {
            "x0": round(placed.left + outline.columns.start * layout.cell, 1),
            "x1": round(placed.left + outline.columns.stop * layout.cell, 1),
            "y0": round(placed.top + outline.rows.start * layout.row, 1),
            "y1": round(placed.top + outline.rows.stop * layout.row, 1),
            "line": {"color": palette.ink, "width": 3.5 if outline.is_target else 2},
        }
        for placed in layout.blocks
        for outline in placed.block.outlines
    ]


def _cover_shape(placed: Placed, layout: Layout, palette: Palette) -> dict[str, Any]:
    """Lay a rectangle where a covered matrix is."""
    return {
        "x0": round(placed.left, 1),
        "x1": round(placed.left + len(placed.block.columns) * layout.cell, 1),
        "y0": round(placed.top, 1),
        "y1": round(placed.top + len(placed.block.rows) * layout.row, 1),
        "line": {"color": palette.muted, "width": 1.5, "dash": "dot"},
    }


def _coloraxis(scale: list[tuple[float, str]], limits: tuple[float, float]) -> dict[str, Any]:
    return {"colorscale": scale, "cmin": limits[0], "cmax": limits[1], "showscale": False}
