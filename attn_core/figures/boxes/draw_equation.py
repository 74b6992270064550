"""Draw a matrix equation: boxes to scale, with words, shapes, signs and numbers."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...notation.equation import Block, Equation
from ...notation.labels import number, numbers
from ...notation.steps import Kind
from ...scenario import Array
from ...text import escape
from .colours import PALETTES, SIGNED_RANGE, WEIGHT_CHANGE_RANGE, WEIGHT_RANGE, Palette, Theme
from .description import Description
from .layout import NOTE, Layout, Placed, Scale, arrange, number_size, role_note, scale_for, shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: What all figures share. Plotly's default template would be most of a figure's size.
TEMPLATE: dict[str, Any] = {
    "layout": {
        "font": {"family": "Source Sans, system-ui, sans-serif"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {"visible": False, "fixedrange": True},
        "annotationdefaults": {
            "showarrow": False,
            "textangle": -40,
            "xanchor": "left",
            "yanchor": "bottom",
        },
        "shapedefaults": {"type": "rect", "line": {"width": 2}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
    },
    "data": {
        "heatmap": [
            {
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{hovertext}: %{z}<extra></extra>",
                "zhoverformat": ".3f",
            }
        ],
        "scatter": [{"mode": "text", "hoverinfo": "skip", "cliponaxis": False}],
    },
}
#: Where the colours of a matrix come from; of all other kinds it is the first axis.
_COLORAXES: dict[Kind, str] = {"weight": "coloraxis2", "weight change": "coloraxis3"}
#: Font size below which numbers aren't written.
SMALLEST_NUMBER = 9.0


def draw(
    *equations: Equation,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> go.Figure:
    """Draw an equation, or several below each other with boxes of one size.

    Parameters
    ----------
    *equations : Equation
    width : float
        Pixels at hand; an equation breaks into lines where it has to.
    theme : {"light", "dark"}
    projector : bool
        Larger boxes and letters.

    Returns
    -------
    plotly.graph_objects.Figure
        One heatmap for each matrix, left to right, then traces with the texts.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> figure = draw(equation(attend(DEFAULT.scenario), "Q"))
    >>> [trace.name for trace in figure.select_traces({"type": "heatmap"})]
    ['X', 'W_q', 'Q']
    """
    return describe(*equations, width=width, theme=theme, projector=projector).figure()


def describe(
    *equations: Equation,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> Description:
    """Say what `draw` draws, in Plotly's own terms, without Plotly's checks.

    Parameters
    ----------
    *equations, width, theme, projector
        As in `draw`.

    Returns
    -------
    Description

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> described = describe(equation(attend(DEFAULT.scenario), "Q"))
    >>> described.numbers[0]["z"].shape
    (3, 4)
    """
    seen = _Seen(tuple(each.face for each in equations), equations)
    layout, still = _still(seen, width, theme, projector)
    blocks = [block for each in equations for block in each.blocks]
    return still.holding(numbers_of(layout.holding(blocks)))


@dataclass(frozen=True)
class _Seen:
    """Equations that are alike where they look alike, whatever their numbers."""

    faces: tuple[tuple[Hashable, ...], ...]
    equations: tuple[Equation, ...] = field(compare=False)


@lru_cache(maxsize=256)  # what visitors look at just now; while a hand moves, one each
def _still(seen: _Seen, width: float, theme: Theme, projector: bool) -> tuple[Layout, Description]:
    """Where all stands, and the figure without its numbers."""
    layout = arrange(seen.equations, width, scale_for(width, projector))
    return layout, render(layout, theme)


def render(layout: Layout, theme: Theme) -> Description:
    """Turn placed blocks and signs into Plotly's traces and layout."""
    palette = PALETTES[theme]
    texts = _Texts(palette, layout.scale)
    for sign in layout.signs:
        colour = palette.warning if sign.text == "?" else palette.ink
        size = layout.scale.font * (2 if len(sign.text) == 1 else 1.4)
        texts.add(sign.text, sign.x, sign.y, size=size, colour=colour)
    for placed in layout.blocks:
        _label_block(placed, layout, texts)
    heatmaps = [_heatmap(placed, layout) for placed in layout.blocks]
    return Description(
        [*heatmaps, *texts.traces()],
        _figure_layout(layout, palette, texts.slanted),
        numbers_of(layout),
    )


def numbers_of(layout: Layout) -> list[dict[str, Any]]:
    """Return the numbers of each block, in their order: what changes when others take their place.

    Parameters
    ----------
    layout : Layout

    Returns
    -------
    list of dict
        Values, and how they are written.
    """
    return [_numbers(placed, layout) for placed in layout.blocks]


class _Texts:
    """Collects all texts of a figure into one trace, which costs far less than annotations.

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
        """One trace for each look, for arrays of looks would be most of the figure."""
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


def _label_block(placed: Placed, layout: Layout, texts: _Texts) -> None:
    block, cell, font = placed.block, layout.cell, layout.scale.font
    longest = layout.scale.longest_label
    for i, label in enumerate(block.rows):
        text = escape.plotly(shorten(label, longest, font))
        y = placed.top + (i + 0.5) * cell
        texts.add(text, placed.left - 4, y, position="middle left")
    for j, label in enumerate(block.columns):
        text = escape.plotly(shorten(label, longest, font))
        x = placed.left + (j + 0.5) * cell
        if placed.slanted:
            # The turned text swings about its box; this puts its first letter on the column.
            texts.add_slanted(text, x - font * 0.5, placed.top - 1)
        else:
            texts.add(text, x, placed.top - font * 0.7)
    middle = placed.left + len(block.columns) * cell / 2
    bottom = placed.top + len(block.rows) * cell
    name = escape.plotly(block.title) or subscripts(block.symbol)
    caption = f"<b>{name}</b>  {block.shape}"
    texts.add(caption, middle, bottom + font * 0.95)
    if note := role_note(block):
        texts.add(note, middle, bottom + font * 2.2, size=font * NOTE, colour=texts.palette.muted)
    for i, j in np.argwhere(np.isinf(block.values)):
        x, y = placed.left + (j + 0.5) * cell, placed.top + (i + 0.5) * cell
        texts.add(number(block.values[i, j]), x, y, colour=texts.palette.muted)


def _heatmap(placed: Placed, layout: Layout) -> dict[str, Any]:
    """Return the trace of a matrix, but for its numbers."""
    block, cell = placed.block, layout.cell
    return {
        "type": "heatmap",
        "name": block.symbol,
        "x0": round(placed.left + cell / 2, 1),
        "dx": round(cell, 1),
        "y0": round(placed.top + cell / 2, 1),
        "dy": round(cell, 1),
        "coloraxis": _COLORAXES.get(block.step.kind, "coloraxis"),
        "hovertext": [[escape.plotly(text) for text in row] for row in block.cells],
    }


def _numbers(placed: Placed, layout: Layout) -> dict[str, Any]:
    """Return what changes in the trace of a matrix when its numbers do."""
    block = placed.block
    blocked = np.isinf(block.values)
    digits, size = _number_format(block, layout.cell, layout.scale)
    made: dict[str, Any] = {
        "z": np.where(blocked, np.nan, block.values) if blocked.any() else block.values,
        "textfont": {"size": size},
        **written(block.values, digits),
    }
    if blocked.any():
        # A gap has no z to format, so the text of such a matrix brings its own values.
        made["hovertext"] = [
            [escape.plotly(f"{block.cell(i, j)}: {number(v, 3)}") for j, v in enumerate(row)]
            for i, row in enumerate(block.values)
        ]
        made["hovertemplate"] = "%{hovertext}<extra></extra>"
    return made


def written(values: Array, digits: int | None) -> dict[str, Any]:
    """Return what a heatmap has for its numbers to be read; what isn't finite is left out.

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
    """Most decimals (2, 1, 0 or None for no numbers) that the boxes have room for."""
    # A weight of 0.45, or a difference of two, must not read 0.
    for digits in (2, 1) if block.step.name == "weights" else (2, 1, 0):
        signed = block.step.kind != "weight"
        size = number_size(block.values, digits, cell, scale.font, signed=signed)
        if size >= max(SMALLEST_NUMBER, 0.6 * scale.font):
            return digits, size
    return None, SMALLEST_NUMBER


def _figure_layout(
    layout: Layout, palette: Palette, slanted: list[dict[str, Any]]
) -> dict[str, Any]:
    kinds = {placed.block.step.kind for placed in layout.blocks}
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
        "shapes": outline_shapes(layout, palette),
        **colours,
    }


def outline_shapes(layout: Layout, palette: Palette) -> list[dict[str, Any]]:
    """Lines around the outlined boxes; a thicker one around the number that is asked about."""
    return [
        {
            "x0": round(placed.left + outline.columns.start * layout.cell, 1),
            "x1": round(placed.left + outline.columns.stop * layout.cell, 1),
            "y0": round(placed.top + outline.rows.start * layout.cell, 1),
            "y1": round(placed.top + outline.rows.stop * layout.cell, 1),
            "line": {"color": palette.ink, "width": 3.5 if outline.is_asked else 2},
        }
        for placed in layout.blocks
        for outline in placed.block.outlines
    ]


def _coloraxis(scale: list[tuple[float, str]], limits: tuple[float, float]) -> dict[str, Any]:
    return {"colorscale": scale, "cmin": limits[0], "cmax": limits[1], "showscale": False}


def subscripts(symbol: str) -> str:
    """Lower what follows an underscore, in HTML as Plotly and browsers know it."""
    return re.sub(r"_(\w)", r"<sub>\1</sub>", symbol)
