"""Bars for the choices of a question: how many took each, before and after a discussion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...notation.labels import percent
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look
from ..boxes.text import shorten, text_width
from . import rounds as of_rounds

#: Heights in parts of the font's size: a line of text, a bar, the room to the next choice, and
#: the legend.
_LINE, _BAR, _GAP, _LEGEND = 1.5, 1.25, 0.7, 2.0
#: Of a bar, without the room to the next round's.
_THICK = 1.0
#: Widest picture, likewise: longer bars say no more.
_WIDEST = 44
#: What is written behind the longest bar.
_COUNT = " 999 · 100 %"
_TEXTS = {"type": "scatter", "textposition": "middle right", "showlegend": False}


def describe_choices(
    options: Sequence[str],
    rounds: Mapping[str, Sequence[int]],
    right: int | None = None,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw a bar for each choice and round.

    Parameters
    ----------
    options : sequence of str
    rounds : mapping of str to sequence of int
        What a round is called, and how many took each choice in it; one round or two.
    right : int, optional
        The right choice, which gets a mark.
    look : Look

    Returns
    -------
    Description
        A trace of bars for each round, one with what stands behind the bars for each, and one of
        the choices. Counts are in `Description.numbers`, so that they change in place.

    Examples
    --------
    >>> described = describe_choices(("Je", "suis"), {"vote": (2, 7)}, 0)
    >>> described.numbers[0]["x"], described.numbers[1]["text"]
    ([2, 7], [' 2 · 22 %', ' 7 · 78 %'])
    >>> described.traces[2]["text"]
    ['<b>✓ Je</b>', 'suis']
    """
    look = replace(look, width=min(look.width, _WIDEST * look.scale.font))
    places = [
        [round(_top(k, len(rounds), look) + _below(i, look), 1) for k in range(len(options))]
        for i in range(len(rounds))
    ]
    thick = {"orientation": "h", "width": round(look.scale.font * _THICK, 1)}
    bars = [
        bar | thick | {"y": y} for bar, y in zip(of_rounds.bars(rounds, look), places, strict=True)
    ]
    texts = [_behind(y) for y in places]
    labels = _labels(options, right, len(rounds), look)
    layout = _layout(options, rounds, look)
    return Description([*bars, *texts, labels], layout, _numbers(options, rounds))


def _numbers(options: Sequence[str], rounds: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Return the counts: of the bars of each round, and of what stands behind them."""
    bars = [
        {"x": [*of], "hovertext": of_rounds.told(options, name, of)} for name, of in rounds.items()
    ]
    behind = [{"x": [*of], "text": [f" {each}" for each in _written(of)]} for of in rounds.values()]
    return [*bars, *behind]


def choices_alt(options: Sequence[str], rounds: Mapping[str, Sequence[int]]) -> str:
    """Put the picture of `describe_choices` in words.

    Examples
    --------
    >>> choices_alt(("Je", "suis"), {"vote": (2, 7)})
    'vote: Je 2 · 22 %, suis 7 · 78 %.'
    """
    return " ".join(
        f"{name}: {', '.join(map(' '.join, zip(options, _written(counts), strict=True)))}."
        for name, counts in rounds.items()
    )


def _written(counts: Sequence[int]) -> list[str]:
    """Write counts with their parts of all."""
    return [f"{count} · {percent(count / max(1, sum(counts)))}" for count in counts]


def _top(k: int, rounds: int, look: Look) -> float:
    """Return where a choice begins."""
    return round(look.scale.font * k * (_LINE + rounds * _BAR + _GAP), 1)


def _below(i: int, look: Look) -> float:
    """Return how far below the beginning of its choice the middle of a round's bar is."""
    return round(look.scale.font * (_LINE + (i + 0.5) * _BAR), 1)


def _behind(places: list[float]) -> dict[str, Any]:
    return _TEXTS | {"name": "counts", "y": places}


def _labels(options: Sequence[str], right: int | None, rounds: int, look: Look) -> dict[str, Any]:
    font = look.scale.font
    cut = [
        shorten(option, look.width - text_width(of_rounds.MARK, font) - 8, font)
        for option in options
    ]
    return _TEXTS | {
        "name": "choices",
        "xaxis": "x2",
        "x": [2] * len(options),
        "y": [round(_top(k, rounds, look) + font * _LINE / 2, 1) for k in range(len(options))],
        "text": of_rounds.marked(cut, right),
    }


def _layout(
    options: Sequence[str], rounds: Mapping[str, Sequence[int]], look: Look
) -> dict[str, Any]:
    scale, palette = look.scale, look.palette
    across = max(1.0, look.width - text_width(_COUNT, scale.font))
    above = round(_LEGEND * scale.font) if len(rounds) > 1 else 0
    height = round(_top(len(options), len(rounds), look))
    return {
        "template": TEMPLATE,
        "barmode": "overlay",  # each has its place
        "width": round(look.width),
        "height": height + above,
        "margin": {"l": 0, "r": 0, "b": 0, "t": above},
        "xaxis": {
            "range": [0, of_rounds.rounded_up(rounds) * look.width / across],
            "visible": False,
        },
        "xaxis2": {"overlaying": "x", "range": [0, round(look.width)], "visible": False},
        "yaxis": {"range": [height, 0], "visible": False},
        "font": {"size": scale.font, "color": palette.ink},
        **of_rounds.legend(rounds),
    }
