"""Words as points: two spaces beside each other, each word in the same colour in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...analysis.projection_2d import Projection2D
from ...notation.labels import number, subscripts
from ...scenario import Array
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look

#: Height of a plot in parts of its width, and its largest width in pixels.
_FLAT, _WIDEST = 0.72, 520
#: Points nearer than this part of a plot's width share one label.
_TOUCHING = 0.03
#: Room around the points for their labels, in parts of the plot's width.
_MARGIN = 0.14
#: Height of a line of a heading in parts of its letters', as Plotly has it.
LINE = 1.3


@dataclass(frozen=True, eq=False)
class Space:
    """One plot.

    Attributes
    ----------
    symbol : str
        The matrix whose rows are the points.
    project_2d : Projection2D
    """

    symbol: str
    project_2d: Projection2D


def describe_spaces(
    spaces: Sequence[Space],
    words: Sequence[str],
    groups: Sequence[int],
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the same words in several spaces.

    Parameters
    ----------
    spaces : sequence of Space
        Of one word a row; beside each other, or below where the width is small.
    words : sequence of str, length n
    groups : sequence of int, length n
        Words of one group have one colour in all spaces.
    look : Look

    Returns
    -------
    Description
        One trace for each space, then one for the room around each. Words that stand in
        one place share a label.

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import project_2d
    >>> V = Space("V", project_2d(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])))
    >>> described = describe_spaces([V], ("Je", "suis", "tu"), (0, 1, 0))
    >>> described.numbers[0]["text"]
    ['Je, tu', 'suis', '']
    """
    points = [trace_of(space, k) for k, space in enumerate(spaces)]
    return Description(
        [*points, *(room_beside(trace) for trace in points)],
        spaces_layout(spaces, look),
        [
            *(_numbers(space, words, groups, look) for space in spaces),
            *(_room(space.project_2d.points) for space in spaces),
        ],
    )


def spaces_alt(spaces: Sequence[Space], words: Sequence[str]) -> str:
    """Put the plots in words, with their numbers.

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import project_2d
    >>> spaces_alt([Space("V", project_2d(np.array([[1.0, 0.5]])))], ("Je",))
    'Words as points. V: Je (1.00, 0.50).'
    """
    plots = [
        f"{space.symbol}: "
        + "; ".join(
            f"{word} ({number(x)}, {number(y)})"
            for word, (x, y) in zip(words, space.project_2d.points, strict=True)
        )
        for space in spaces
    ]
    return f"Words as points. {'. '.join(plots)}."


def side_of(spaces: Sequence[Space], width: float) -> tuple[float, bool]:
    """Width of each plot, and whether they stand beside each other."""
    beside = width >= 2 * 320
    return min(width / len(spaces) if beside else width, _WIDEST), beside


def trace_of(space: Space, k: int) -> dict[str, Any]:
    """Return the points of plot `k`, but for their numbers."""
    axis = _axis_of(k)
    return {
        "type": "scatter",
        "name": space.symbol,
        "mode": "markers+text",
        "textposition": "top center",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "hoverinfo": "text",
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def room_beside(points: dict[str, Any]) -> dict[str, Any]:
    """Invisible points, for Plotly fits its axes to points and not to their labels."""
    axes = {name: points[name] for name in ("xaxis", "yaxis")}
    return {"type": "scatter", "name": "room", "mode": "markers", "opacity": 0} | axes


def _room(points: Array) -> dict[str, Any]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * max(float((high - low).max()), 1e-3)
    x, y = np.stack([low - margin, high + margin]).T
    return {"x": x, "y": y}


def _numbers(
    space: Space, words: Sequence[str], groups: Sequence[int], look: Look
) -> dict[str, Any]:
    points, palette = space.project_2d.points, look.palette
    colours = [palette.groups[group % len(palette.groups)] for group in groups]
    hover = [
        escape.plotly(f"{word}: {number(x, 3)}, {number(y, 3)}")
        for word, (x, y) in zip(words, points, strict=True)
    ]
    return {
        "x": points[:, 0],
        "y": points[:, 1],
        "text": _shared(points, words, _TOUCHING),
        "hovertext": hover,
        "marker": {"color": colours, "size": look.scale.font * 0.8},
    }


def _shared(points: Array, words: Sequence[str], near: float) -> list[str]:
    """Label each place once, with all words that stand there."""
    width = max(float(np.ptp(points, axis=0).max()), 1e-9)
    labels: list[list[str]] = [[] for _ in words]
    for i, word in enumerate(words):
        gaps = np.abs(points[: i + 1] - points[i]).max(axis=1)
        labels[int(np.argmax(gaps <= near * width))].append(word)
    return [escape.plotly(", ".join(names)) for names in labels]


def spaces_layout(
    spaces: Sequence[Space], look: Look, below: Sequence[Sequence[str]] = ()
) -> dict[str, Any]:
    """Place plots and their headings.

    Parameters
    ----------
    spaces : sequence of Space
    look : Look
    below : sequence of sequence of str
        Lines below each heading, harmless for Plotly.
    """
    side, beside = side_of(spaces, look.width)
    columns, rows = (len(spaces), 1) if beside else (1, len(spaces))
    head = max((len(each) for each in below), default=0) * LINE * look.scale.font
    width, height = round(side * columns), round((side * _FLAT + head) * rows)
    pad = look.scale.font * 2.2
    layout: dict[str, Any] = {
        "template": TEMPLATE,
        "width": width,
        "height": height,
        "font": {"size": look.scale.font, "color": look.palette.ink},
        "annotations": [],
    }
    for k, space in enumerate(spaces):
        left, top = (k / columns, 0.0) if beside else (0.0, k / rows)
        x = [left + pad / width, left + 1 / columns - pad / width]
        y = [1 - top - 1 / rows + pad * 1.3 / height, 1 - top - (pad * 1.2 + head) / height]
        layout |= _axes(space, _axis_of(k), (x, y), look)
        name = f"<b>{subscripts(space.symbol)}</b>"
        text = "<br>".join([name, *(below[k] if below else ())])
        layout["annotations"].append(heading(text, x[0], 1 - top))
    return layout


def _axes(
    space: Space, axis: str, domains: tuple[list[float], list[float]], look: Look
) -> dict[str, Any]:
    """Both axes of a plot, by their names in a layout; one unit is equally long on both."""
    muted = look.palette.muted
    shared = {
        "visible": True,
        "zeroline": True,
        "zerolinecolor": f"{muted}80",
        "gridcolor": f"{muted}30",
        "showticklabels": False,
        "ticks": "",
    }
    along, upwards = (
        shared | {"domain": domain, "title": title}
        for domain, title in zip(domains, _titles(space), strict=True)
    )
    return {
        f"xaxis{axis}": along | {"anchor": f"y{axis}"},
        f"yaxis{axis}": upwards | {"anchor": f"x{axis}", "scaleanchor": f"x{axis}"},
    }


def _axis_of(k: int) -> str:
    """What the names of a plot's axes end with: Plotly's first have no number."""
    return "" if k == 0 else str(k + 1)


def _titles(space: Space) -> tuple[dict[str, Any], dict[str, Any]]:
    """Say what runs along the axes."""
    if space.project_2d.shares is None:
        letter = space.symbol[0].lower()
        first, second = (f"{letter}{i}" for i in "₁₂")
    else:
        first, second = (
            f"{place} principal axis, {number(100 * share, 0)} %"
            for place, share in zip(("1st", "2nd"), space.project_2d.shares, strict=True)
        )
    return {"text": first, "standoff": 4}, {"text": second, "standoff": 4}


def heading(text: str, x: float, y: float) -> dict[str, Any]:
    """Return lines of text with their upper left corner at (x, y), in parts of the picture."""
    return {
        "text": text,
        "align": "left",
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": "left",
        "yanchor": "top",
        "textangle": 0,
    }
