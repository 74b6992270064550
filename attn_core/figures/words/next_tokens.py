"""Bars for the tokens that may be next, with what they were before settings as outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...notation.labels import isolate, number
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look
from ..boxes.text import shorten, text_width

#: Height of a row and of its bar, and the widest picture, in parts of the font's size.
_ROW, _BAR, _WIDEST = 1.9, 1.25, 44
#: Decimals of a probability; two that are written alike have no outline.
DECIMALS = 3
#: Ends of the axis; it is the first that the largest probability has room before.
_ENDS = (0.1, 0.2, 0.5, 1.0)
#: Labels get at most this part of the width.
_LABELS = 0.3
_PROBABILITY = number(0, DECIMALS)


def describe_next_tokens(
    tokens: Sequence[str],
    after: Sequence[float],
    before: Sequence[float],
    compared: str = "without settings",
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw how likely tokens are, and an outline where they were otherwise before.

    Parameters
    ----------
    tokens : sequence of str, length m
        The likeliest first.
    after, before : sequence of float, length m
        Probabilities now, such as with temperature, top-k and top-p; and before.
    compared : str
        When that was.
    look : Look

    Returns
    -------
    Description
        The bars, the outlines, the tokens and the numbers; all that follows the tokens is in
        `Description.numbers`, so that they change in place.

    Examples
    --------
    >>> described = describe_next_tokens((" suis", " es"), (0.75, 0.25), (0.5, 0.25))
    >>> bars, outlines, labels, written = described.numbers
    >>> bars["x"], outlines["x"], written["text"]
    ([0.75, 0.25], [0.5, None], ['0.750', '0.250'])
    """
    look = replace(look, width=min(look.width, _WIDEST * look.scale.font))
    outlined = [b if differs(a, b) else None for a, b in zip(after, before, strict=True)]
    names = [isolate(token) for token in tokens]
    told = [_told(*each, compared) for each in zip(names, after, before, strict=True)]
    font, most = look.scale.font, _LABELS * look.width
    numbers: list[dict[str, Any]] = [
        {"x": [*after], "hovertext": told},
        {"x": outlined, "hovertext": told},
        {"text": [escape.plotly(shorten(name, most, font)) for name in names]},
        {"text": [number(value, DECIMALS) if value else "0" for value in after]},
    ]
    traces = _traces(len(names), look)
    return Description(traces, _layout(len(names), max(*after, *before), look), numbers)


def differs(after: float, before: float) -> bool:
    """Whether a probability was another one before, as it is written.

    Examples
    --------
    >>> differs(0.5, 0.5001), differs(0.0, 0.0004), differs(0.5, 0.4)
    (False, True, True)
    """
    return number(after, DECIMALS) != number(before, DECIMALS) or (after == 0) != (before == 0)


def _told(name: str, after: float, before: float, compared: str) -> str:
    now, own = number(after, DECIMALS), number(before, DECIMALS)
    return escape.plotly(f"{name}: {now}{f'; {compared} {own}' * differs(after, before)}")


def _traces(count: int, look: Look) -> list[dict[str, Any]]:
    scale, palette = look.scale, look.palette
    places = [round(scale.font * _ROW * (i + 0.5), 1) for i in range(count)]
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "width": round(scale.font * _BAR, 1),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": palette.ink, "width": 1.5}}
    text = {"type": "scatter", "xaxis": "x2", "y": places}
    right = {"x": [round(look.width) - 2] * count, "textposition": "middle left"}
    return [
        bar | {"name": "now", "marker": {"color": palette.weight[-2][1]}},
        bar | {"name": "before", "marker": outline},
        text | {"name": "tokens", "x": [2] * count, "textposition": "middle right"},
        text | right | {"name": "probabilities"},
    ]


def _layout(count: int, largest: float, look: Look) -> dict[str, Any]:
    font, width = look.scale.font, round(look.width)
    left = _LABELS * width + look.scale.gap
    right = width - text_width(_PROBABILITY, font) - look.scale.gap
    end = next(end for end in _ENDS if largest <= end or end == _ENDS[-1])
    unit = end / (right - left)  # of a pixel; labels have an axis in pixels
    height = round(font * _ROW * count)
    return {
        "template": TEMPLATE,
        "barmode": "overlay",
        "width": width,
        "height": height,
        "xaxis": {
            "range": [round(-left * unit, 6), round((width - left) * unit, 6)],
            "visible": False,
        },
        "xaxis2": {"overlaying": "x", "range": [0, width], "visible": False},
        "yaxis": {"range": [height, 0], "visible": False},
        "font": {"size": font, "color": look.palette.ink},
    }
