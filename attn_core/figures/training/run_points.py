"""A run of gradient descent: its curves above the words as points, moment by moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...notation.labels import isolate, number
from ...scenario import Array
from ...text import escape
from ..boxes.colours import PALETTES, Palette, Theme
from ..boxes.description import Description
from ..boxes.layout import Scale, scale_for, text_width
from ..words.word_labels import place_labels
from ..words.word_points import Space, room_beside, side_of, spaces_layout, trace_of
from .curves import Progress
from .run_boxes import check_alike, check_moments, progress_alt, with_curves

#: Room from the middle of a plot to its edges, in parts of the largest coordinate.
_ROOM = 1.1
#: How far Plotly goes beyond that, for the markers' sake.
_PADDED = 1.15
#: Sizes of points in parts of the letters': learned from, and held out.
_DOT, _POINT = 0.4, 0.75


def describe_learning_spaces(
    progress: Progress,
    moments: Sequence[Sequence[Space]],
    words: Sequence[str],
    groups: Sequence[Sequence[int]],
    legend: Sequence[Sequence[str]],
    labelled: Sequence[bool],
    names: Sequence[str],
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> Description:
    """Draw the curves of a run above words as points at its last moment.

    Parameters
    ----------
    progress : Progress
    moments : sequence of sequence of Space
        The spaces at each snapshot of `progress`, or only at the last.
    words : sequence of str, length n
    groups : sequence of sequence of int
        For each space the class of each word, from 0.
    legend : sequence of sequence of str
        For each space the names of its classes.
    labelled : sequence of bool, length n
        Which words have larger points, with the word beside them where there is room.
    names, width, theme, projector
        As in `describe_learning`.

    Returns
    -------
    Description
        For each space its small points and its larger ones, then the room around each
        space, then the curves. All spaces have the same axes, about 0, with room for the
        largest coordinates of any moment.

    Raises
    ------
    ValueError
        When there are too few or too many moments or names, or a moment has other spaces
        than the last.

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import Plane
    >>> shown = [[Space("V", Plane(np.array([[x, 0.0], [0.0, x]]), None))] for x in (0.5, 2.0)]
    >>> described = describe_learning_spaces(
    ...     Progress([0, 10], [1.5, 0.5], None, total=20), shown, ("dog", "Ann"), [(0, 1)],
    ...     [("noun", "name")], (False, True), ["step 0", "step 10"])
    >>> [own["x"].tolist() for own in described.numbers[:2]]
    [[2.0], [0.0]]
    """
    check_moments(progress, moments, names)
    check_alike(
        [[(each.symbol, each.plane.points.shape) for each in shown] for shown in moments], "spaces"
    )
    scale, palette, spaces = scale_for(width, projector), PALETTES[theme], moments[-1]
    side, beside = side_of(spaces, width)
    lines = [_legend_lines(each, side - 5 * scale.font, scale, palette) for each in legend]
    layout = spaces_layout(spaces, side, beside, scale, palette, lines)
    points = [trace_of(space, k) for k, space in enumerate(spaces)]
    large = np.asarray(labelled, dtype=bool)
    traces = [
        trace
        for k, each in enumerate(points)
        for trace in _traces(each, words, groups[k], legend[k], large, scale, palette)
    ]
    traces += [room_beside(each) for each in points]
    numbers = _numbers(moments, words, large, layout, scale)
    picture = Description(traces, layout, numbers[-1])
    return with_curves(progress, picture, numbers, names, width, theme, scale)


def learning_spaces_alt(
    progress: Progress,
    shown: Sequence[Space],
    groups: Sequence[Sequence[int]],
    legend: Sequence[Sequence[str]],
) -> str:
    """Tell the picture of `describe_learning_spaces` with its numbers: where each class is.

    Parameters
    ----------
    progress : Progress
    shown : sequence of Space
        At the last moment.
    groups, legend
        As in `describe_learning_spaces`.

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import plane
    >>> V = Space("V", plane(np.array([[1.0, 0.0], [3.0, 1.0], [-2.0, 0.0]])))
    >>> learning_spaces_alt(
    ...     Progress([0], [1.5], None, total=20), [V], [(0, 0, 1)], [("noun", "name")])
    'Loss: 1.500 at step 0 of 20. Words as points. V, the middle of each class: \
noun (2 words) (2.00, 0.50); name (1 word) (−2.00, 0.00).'
    """
    plots = [
        f"{space.symbol}, the middle of each class: {'; '.join(_middles(space, of_words, names))}"
        for space, of_words, names in zip(shown, groups, legend, strict=True)
    ]
    return f"{progress_alt(progress)} Words as points. {'. '.join(plots)}."


def _middles(space: Space, groups: Sequence[int], names: Sequence[str]) -> Iterator[str]:
    for k, name in enumerate(names):
        own = space.plane.points[np.asarray(groups) == k]
        if len(own):
            x, y = own.mean(axis=0)
            words = "1 word" if len(own) == 1 else f"{len(own)} words"
            yield f"{name} ({words}) ({number(x)}, {number(y)})"


def _legend_lines(names: Sequence[str], room: float, scale: Scale, palette: Palette) -> list[str]:
    """Name the classes beside a spot of their colour, on as many lines as that takes."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for k, name in enumerate(names):
        needed = text_width(f"● {name}   ", scale.font)
        if lines[-1] and used + needed > room:
            lines.append([])
            used = 0.0
        colour = palette.groups[k % len(palette.groups)]
        lines[-1].append(f'<span style="color:{colour}">●</span> {escape.plotly(name)}')
        used += needed
    return ["   ".join(line) for line in lines]


def _traces(
    points: dict[str, Any],
    words: Sequence[str],
    groups: Sequence[int],
    legend: Sequence[str],
    large: Array,
    scale: Scale,
    palette: Palette,
) -> list[dict[str, Any]]:
    """Return the small and the larger points of a space, but for their places."""
    told = [
        escape.plotly(f"{isolate(word)} ({legend[group]})")
        for word, group in zip(words, groups, strict=True)
    ]

    def trace(chosen: Array, look: dict[str, Any], marker: dict[str, Any]) -> dict[str, Any]:
        colours = [palette.groups[groups[i] % len(palette.groups)] for i in chosen]
        return points | {
            "hovertemplate": "%{hovertext}: %{x}, %{y}<extra></extra>",
            "xhoverformat": ".3f",
            "yhoverformat": ".3f",
            "hovertext": [told[i] for i in chosen],
            "marker": marker | {"color": colours},
            **look,
        }

    dots = {"size": round(scale.font * _DOT, 1), "opacity": 0.6}
    marks = {"size": round(scale.font * _POINT, 1), "line": {"color": palette.ink, "width": 1}}
    return [
        trace(np.flatnonzero(~large), {"mode": "markers"}, dots),
        trace(np.flatnonzero(large), {}, marks),
    ]


def _numbers(
    moments: Sequence[Sequence[Space]],
    words: Sequence[str],
    large: Array,
    layout: dict[str, Any],
    scale: Scale,
) -> list[list[dict[str, Any]]]:
    """Return where all points are at each moment, and the room that they need in all of them."""
    every = np.concatenate([each.plane.points for shown in moments for each in shown])
    reach = _ROOM * np.maximum(np.abs(every).max(axis=0), 1e-3)
    area = _area(layout)
    pixels = float((area / (2 * _PADDED * reach)).min())
    room = [_places(np.stack([-reach, reach])) for _ in moments[-1]]
    shown_words = [word for word, is_large in zip(words, large, strict=True) if is_large]
    before: list[list[str]] = [[] for _ in room]
    numbers = []
    for shown in moments:
        own: list[dict[str, Any]] = []
        for k, each in enumerate(shown):
            small, points = each.plane.points[~large], each.plane.points[large]
            before[k] = place_labels(
                pixels * points,
                shown_words,
                font=scale.font,
                radius=scale.font * _POINT / 2,
                area=area,
                before=before[k],
            )
            own += [_places(small), _places(points) | _texts(shown_words, before[k])]
        numbers.append([*own, *room])
    return numbers


def _area(layout: dict[str, Any]) -> Array:
    """Width and height of the first plot, in pixels; all others have the same."""
    (left, right), (bottom, top) = (layout[name]["domain"] for name in ("xaxis", "yaxis"))
    return np.array([layout["width"] * (right - left), layout["height"] * (top - bottom)])


def _places(points: Array) -> dict[str, Any]:
    x, y = points.astype(np.float32).T  # half the bytes, and seven digits
    return {"x": x, "y": y}


def _texts(words: Sequence[str], sides: Sequence[str]) -> dict[str, Any]:
    pairs = zip(words, sides, strict=True)
    return {
        "text": [escape.plotly(isolate(word)) if side else "" for word, side in pairs],
        "textposition": [side or "top center" for side in sides],
    }
