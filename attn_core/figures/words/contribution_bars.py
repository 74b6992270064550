"""Picture of a sum of products: a bar for each product, largest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...explain.calculation.answer import Calculation
from ...text import escape
from ..boxes import colours
from ..boxes.box_numbers import SMALLEST_NUMBER
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look, Scale
from ..boxes.text import shorten, text_width

#: Heights in parts of the font's size: a line of text, the bar below it, and both with
#: the room to the next.
_LINE, _BAR, _ROW = 1.5, 0.75, 3.0
#: More than this, also in parts of the font's size, would part labels from their numbers.
_WIDEST = 44
#: Labels get this part of the width before the numbers beside them are made smaller.
_LABELS = 0.3


def describe_contributions(calculation: Calculation, *, look: Look = DEFAULT_LOOK) -> Description:
    """Draw a bar for each product of a sum, and a last one for the sum.

    Parameters
    ----------
    calculation : Calculation
        Of a sum of products.
    look : Look

    Returns
    -------
    Description
        The bars, then their labels, then their numbers. All that follows the numbers,
        and so the order of the bars, is in `Description.numbers`.

    Raises
    ------
    ValueError
        When the number isn't a sum of products.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.explain.calculation import calculate
    >>> from attn_core.notation.cells import Cell
    >>> from attn_core.presets import DEFAULT
    >>> made = calculate(attend(DEFAULT.scenario), Cell("similarity", 1, 0))
    >>> described = describe_contributions(made)
    >>> described.numbers[0]["x"]
    array([0.6, 0. , 0. , 0. , 0.6])
    """
    if not calculation.terms:
        raise ValueError(f"Expected a sum of products; {calculation.cell.name} isn't one.")
    look = replace(look, width=min(look.width, _WIDEST * look.scale.font))
    count = len(calculation.terms) + 1
    return Description(_traces(count, look), _layout(count, look), _numbers(calculation, look))


def contributions_alt(calculation: Calculation) -> str:
    """Put the picture of `describe_contributions` in words, with its numbers.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.explain.calculation import calculate
    >>> from attn_core.notation.cells import Cell
    >>> from attn_core.presets import BY_KEY
    >>> made = calculate(attend(BY_KEY["verb-subject"].scenario), Cell("scores", 1, 0))
    >>> contributions_alt(made)
    'scores[suis, Je], largest contribution first: q₁: 3.00 × 3.00 = 9.00; \
q₂: 0.00 × 0.00 = 0.00; sum / √2 = 6.364.'
    """
    terms = "; ".join(f"{label}: {text}" for label, text in _rows(calculation)[:-1])
    return f"{calculation.name}, largest contribution first: {terms}; {_total(calculation)}."


def _rows(calculation: Calculation) -> list[tuple[str, str]]:
    """Label and numbers of each bar, from the top."""
    terms = [(term.label, term.written) for term in calculation.terms]
    return [*terms, (calculation.name, _total(calculation))]


def _total(calculation: Calculation) -> str:
    over = f" / {calculation.divisor}" if calculation.divisor else ""
    return f"sum{over} {calculation.equals} {calculation.result}"


def _traces(count: int, look: Look) -> list[dict[str, Any]]:
    scale = look.scale
    tops = [_top(i, count, scale) for i in range(count)]
    texts = [round(top + scale.font * _LINE / 2, 1) for top in tops]
    bars = [round(top + scale.font * (_LINE + _BAR / 2), 1) for top in tops]
    text = {"type": "scatter", "xaxis": "x2", "y": texts}
    return [
        {
            "type": "bar",
            "name": "contributions",
            "orientation": "h",
            "y": bars,
            "width": round(scale.font * _BAR, 1),
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
        text | {"name": "labels", "x": [2] * count, "textposition": "middle right"},
        text
        | {"name": "numbers", "x": [round(look.width) - 2] * count, "textposition": "middle left"},
    ]


def _top(i: int, count: int, scale: Scale) -> float:
    # The sum stands a little apart.
    return scale.font * (_ROW * i + (0.6 if i == count - 1 else 0.0))


def _layout(count: int, look: Look) -> dict[str, Any]:
    scale, palette, width = look.scale, look.palette, round(look.width)
    height = round(_top(count - 1, count, scale) + scale.font * _ROW)
    return {
        "template": TEMPLATE,
        "width": width,
        "height": height,
        # The bars' own axis fits them as they change; the texts' is in pixels.
        "xaxis": {
            "visible": True,
            "showgrid": False,
            "showticklabels": False,
            "zerolinecolor": f"{palette.muted}40",  # pale, for it passes behind the texts
        },
        "xaxis2": {"overlaying": "x", "range": [0, width], "visible": False},
        "yaxis": {"range": [height, 0]},
        "font": {"size": scale.font, "color": palette.ink},
    }


def _numbers(calculation: Calculation, look: Look) -> list[dict[str, Any]]:
    values = np.array([*(term.value for term in calculation.terms), calculation.value])
    rows = _rows(calculation)
    labels, numbers, size = _fitted(rows, look)
    bars = {
        "x": values,
        "marker": {
            "color": [colours.signed(value, look.theme) for value in values],
            "line": {"color": look.palette.muted, "width": 1},  # small numbers are pale
        },
        "hovertext": [escape.plotly(f"{label}: {text}") for label, text in rows],
    }
    return [bars, {"text": labels}, {"text": numbers, "textfont": {"size": size}}]


def _fitted(rows: list[tuple[str, str]], look: Look) -> tuple[list[str], list[str], float]:
    """Labels and numbers cut to share a line, and the size of the numbers."""
    scale, room = look.scale, look.width - look.scale.gap

    def beside(label: str, most: float) -> float:
        return room - min(text_width(label, scale.font), most)

    wanted = min(
        beside(label, _LABELS * look.width) / text_width(text, 1.0) for label, text in rows
    )
    size = round(max(SMALLEST_NUMBER, min(float(scale.font), wanted - 0.05)), 1)
    # Numbers are worth more than the end of a label, which is told by the pointer, too.
    numbers = [shorten(text, beside(label, 3.0 * scale.font), size) for label, text in rows]
    labels = [
        shorten(label, room - text_width(text, size), scale.font)
        for (label, _), text in zip(rows, numbers, strict=True)
    ]
    return [*map(escape.plotly, labels)], [*map(escape.plotly, numbers)], size
