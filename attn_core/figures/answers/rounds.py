"""What pictures of answers share: the rounds of a vote, their colours, and their legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ...text import escape
from ..boxes.look import Look

_Counts = TypeVar("_Counts")
#: Stands before what is right.
MARK = "✓ "


def colours(look: Look) -> tuple[str, str]:
    """Colours of the first round and of the second: a pale one, and the weights' own."""
    weight = look.palette.weight
    return weight[2][1], weight[3][1]


def bars(rounds: Mapping[str, _Counts], look: Look) -> list[dict[str, Any]]:
    """Begin a trace of bars for each round; of one alone in the second's colour."""
    chosen = colours(look)[-len(rounds) :]
    return [
        {
            "type": "bar",
            "name": escape.plotly(name),
            "marker": {"color": colour, "line": {"color": look.palette.muted, "width": 1}},
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        for name, colour in zip(rounds, chosen, strict=True)
    ]


def legend(rounds: Mapping[str, _Counts]) -> dict[str, Any]:
    """Return what the layout says of the rounds: nothing where there is one."""
    if len(rounds) < 2:
        return {}
    place = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    return {"showlegend": True, "legend": place}


def rounded_up(rounds: Mapping[str, Sequence[int]]) -> int:
    """Round the largest count up to one of 5, 10, 20, 40, …: the frame stays for most votes.

    Examples
    --------
    >>> rounded_up({"vote": (0, 3)}), rounded_up({"vote": (4, 6), "again": (0, 11)})
    (5, 20)
    """
    most = max(count for counts in rounds.values() for count in counts)
    step = 5
    while step < most:
        step *= 2
    return step


def told(names: Sequence[str], which: str, counts: Sequence[int]) -> list[str]:
    """Return what the pointer tells of each bar of a round."""
    both = zip(names, counts, strict=True)
    return [escape.plotly(f"{name}: {count} ({which})") for name, count in both]


def marked(names: Sequence[str], right: int | None) -> list[str]:
    """Write what the bars are called, the right one with a mark.

    Examples
    --------
    >>> marked(("Je", "suis"), 1)
    ['Je', '<b>✓ suis</b>']
    """
    written = [*map(escape.plotly, names)]
    if right is not None:
        written[right] = f"<b>{MARK}{written[right]}</b>"
    return written
