"""Histograms of the numbers that a room answered or reached."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...notation.labels import short
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look
from . import rounds as of_rounds

#: Sizes in parts of the font's size: the bars' height, room for the numbers of an axis, for the
#: legend or the answer above, and the widest picture.
_HIGH, _AXIS, _ABOVE, _WIDEST = 9, 2.2, 2.0, 44


def describe_histogram(
    edges: Sequence[float],
    rounds: Mapping[str, Sequence[int]],
    right: float | None = None,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw how many numbers are in each bin, for each round.

    Parameters
    ----------
    edges : sequence of float, length bins + 1
        Where each bin begins, and where the last one ends.
    rounds : mapping of str to sequence of int, length bins
        What a round is called, and how many numbers each bin has in it; one round or two.
    right : float, optional
        The right answer, or what is wanted: a dashed line.
    look : Look

    Returns
    -------
    Description
        A trace of bars for each round; its counts are in `Description.numbers`.

    Examples
    --------
    >>> described = describe_histogram((0.0, 0.5, 1.0), {"vote": (3, 8)}, 0.31)
    >>> described.numbers[0]["y"], described.traces[0]["x"]
    ([3, 8], [0.25, 0.75])
    """
    look = replace(look, width=min(look.width, _WIDEST * look.scale.font))
    bins = list(itertools.pairwise(edges))
    middles = [(low + high) / 2 for low, high in bins]
    traces = [bar | {"x": middles} for bar in of_rounds.bars(rounds, look)]
    numbers = [
        {"y": [*counts], "hovertext": [*map(_told, bins, counts)]} for counts in rounds.values()
    ]
    return Description(traces, _layout(edges, rounds, right, look), numbers)


def histogram_alt(edges: Sequence[float], rounds: Mapping[str, Sequence[int]]) -> str:
    """Put the picture of `describe_histogram` in words, without the empty bins.

    Examples
    --------
    >>> histogram_alt((0.0, 0.5, 1.0), {"vote": (0, 8)})
    'vote: 8 from 0.5 to 1.'
    """
    bins = list(itertools.pairwise(edges))
    return " ".join(
        f"{name}: {', '.join(filter(None, map(_said, bins, counts))) or 'none'}."
        for name, counts in rounds.items()
    )


def _said(ends: tuple[float, float], count: int) -> str:
    return _told(ends, count) if count else ""


def _told(ends: tuple[float, float], count: int) -> str:
    low, high = map(short, ends)
    return f"{count} from {low} to {high}"


def _layout(
    edges: Sequence[float], rounds: Mapping[str, Sequence[int]], right: float | None, look: Look
) -> dict[str, Any]:
    scale, palette = look.scale, look.palette
    above, below = round(_ABOVE * scale.font), round(_AXIS * scale.font)
    return {
        "template": TEMPLATE,
        "barmode": "group",
        "bargap": 0.1,
        "width": round(look.width),
        "height": round(_HIGH * scale.font) + above + below,
        "margin": {"l": round(2.4 * scale.font), "r": scale.gap, "t": above, "b": below},
        "xaxis": {"visible": True, "range": [edges[0], edges[-1]], "showgrid": False},
        "yaxis": {
            "visible": True,
            "range": [0, of_rounds.rounded_up(rounds)],
            "gridcolor": palette.weight[1][1],
            "tickformat": "d",
        },
        "font": {"size": scale.font, "color": palette.ink},
        **_marked(right, look),
        **of_rounds.legend(rounds),
    }


def _marked(right: float | None, look: Look) -> dict[str, Any]:
    """Mark the right answer by a line with its number."""
    if right is None:
        return {}
    line = {"color": look.palette.highlight, "width": 2, "dash": "dash"}
    across = {"x0": right, "x1": right, "y0": 0, "y1": 1, "yref": "paper"}
    text = {
        "text": escape.plotly(f"✓ {short(round(right, 3))}"),
        "x": right,
        "y": 1,
        "yref": "paper",
        "textangle": 0,
        "font": {"color": look.palette.highlight},
    }
    return {"shapes": [{"type": "line", "line": line, **across}], "annotations": [text]}
