"""Histograms of the numbers that a room answered or reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look
from ..boxes.text import text_width
from . import rounds as of_rounds

#: Sizes in parts of the font's size: the bars' height, a line below them, room for the legend
#: above, for the counts at the left, and the widest picture.
_HIGH, _LINE, _ABOVE, _LEFT, _WIDEST = 9, 1.8, 2.0, 2.4, 44


def describe_histogram(
    bins: Sequence[str],
    rounds: Mapping[str, Sequence[int]],
    right: int | None = None,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw how many numbers are in each bin, for each round.

    Parameters
    ----------
    bins : sequence of str
        What each bin is called, in order.
    rounds : mapping of str to sequence of int
        What a round is called, and how many numbers each bin has in it; one round or two.
    right : int, optional
        The bin of the right answer, which gets a mark.
    look : Look

    Returns
    -------
    Description
        A trace of bars for each round; its counts are in `Description.numbers`.

    Examples
    --------
    >>> described = describe_histogram(("0 to 0.5", "0.5 to 1"), {"vote": (3, 8)}, 1)
    >>> described.numbers[0]["y"], described.layout["xaxis"]["ticktext"]
    ([3, 8], ['0 to 0.5', '<b>✓ 0.5 to 1</b>'])
    """
    look = replace(look, width=min(look.width, _WIDEST * look.scale.font))
    bars = [bar | {"x": [*range(len(bins))]} for bar in of_rounds.bars(rounds, look)]
    numbers = [
        {"y": [*counts], "hovertext": of_rounds.told(bins, name, counts)}
        for name, counts in rounds.items()
    ]
    return Description(bars, _layout(bins, rounds, right, look), numbers)


def _layout(
    bins: Sequence[str], rounds: Mapping[str, Sequence[int]], right: int | None, look: Look
) -> dict[str, Any]:
    scale = look.scale
    across = look.width - _LEFT * scale.font - scale.gap
    longest = text_width(max((f"✓ {each} " for each in bins), key=len), scale.font)
    is_upright = longest > across / len(bins)
    below = round(longest + scale.font if is_upright else _LINE * scale.font)
    above = round(_ABOVE * scale.font)
    return {
        "template": TEMPLATE,
        "barmode": "group",
        "bargap": 0.1,
        "width": round(look.width),
        "height": round(_HIGH * scale.font) + above + below,
        "margin": {"l": round(_LEFT * scale.font), "r": scale.gap, "t": above, "b": below},
        "xaxis": _axis_of_bins(of_rounds.marked(bins, right), is_upright),
        "yaxis": _axis_of_counts(rounds, look),
        "font": {"size": scale.font, "color": look.palette.ink},
        **of_rounds.legend(rounds),
    }


def _axis_of_bins(names: list[str], is_upright: bool) -> dict[str, Any]:
    return {
        "visible": True,
        "range": [-0.5, len(names) - 0.5],
        "showgrid": False,
        "tickvals": [*range(len(names))],
        "ticktext": names,
        "tickangle": -90 if is_upright else 0,
    }


def _axis_of_counts(rounds: Mapping[str, Sequence[int]], look: Look) -> dict[str, Any]:
    return {
        "visible": True,
        "range": [0, of_rounds.rounded_up(rounds)],
        "gridcolor": look.palette.weight[1][1],
        "tickformat": "d",
        "nticks": 6,
    }


def histogram_alt(bins: Sequence[str], rounds: Mapping[str, Sequence[int]]) -> str:
    """Put the picture of `describe_histogram` in words, without the empty bins.

    Examples
    --------
    >>> histogram_alt(("0 to 0.5", "0.5 to 1"), {"vote": (0, 8)})
    'vote: 8 in 0.5 to 1.'
    """
    return " ".join(
        f"{name}: {', '.join(_filled(bins, counts)) or 'none'}." for name, counts in rounds.items()
    )


def _filled(bins: Sequence[str], counts: Sequence[int]) -> list[str]:
    return [f"{count} in {name}" for name, count in zip(bins, counts, strict=True) if count]
