"""A run of gradient descent: its curves beside the words as points, checkpoint by checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...notation.labels import isolate, number
from ...scenario import Array
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from ..boxes.text import text_width
from ..words.word_labels import place_labels
from ..words.word_points import Space, room_beside, side_of, spaces_layout, trace_of
from .progress import Progress, progress_alt
from .with_curves import check_alike, check_counts, curves_width, with_curves

#: Room from the middle of a plot to its edges, in parts of the largest coordinate.
_ROOM = 1.1
#: How far Plotly goes beyond that, for the markers' sake.
_PADDED = 1.15
#: Width of all points with curves beside them, in parts of the font's size.
_LEAST = 48
#: Sizes of points in parts of the letters': learned from, and held out.
_DOT, _POINT = 0.4, 0.75


@dataclass(frozen=True, eq=False)
class LabelledPoints:
    """Words as points in several spaces, with a class in each.

    Attributes
    ----------
    words : sequence of str, length n
    groups : sequence of sequence of int
        For each space the class of each word, from 0.
    legend : sequence of sequence of str
        For each space the names of its classes.
    labelled : sequence of bool, length n
        Which words have larger points, with the word beside them where there is room.
    """

    words: Sequence[str]
    groups: Sequence[Sequence[int]]
    legend: Sequence[Sequence[str]]
    labelled: Sequence[bool]

    @property
    def is_large(self) -> NDArray[np.bool_]:
        """`labelled` as an array."""
        return np.asarray(self.labelled, dtype=bool)


def describe_learning_spaces(
    progress: Progress,
    checkpoints: Sequence[Sequence[Space]],
    points: LabelledPoints,
    names: Sequence[str],
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the curves of a run and words as points at its last checkpoint.

    Parameters
    ----------
    progress : Progress
    checkpoints : sequence of sequence of Space
        The spaces at each checkpoint of `progress`, or only at the last.
    points : LabelledPoints
    names, look
        As in `describe_learning`.

    Returns
    -------
    Description
        For each space its small points and its larger ones, then the room around each
        space, then the curves. All spaces have the same axes, about 0, with room for the
        largest coordinates of any checkpoint.

    Raises
    ------
    ValueError
        When there are too few or too many checkpoints or names, or a checkpoint has other spaces
        than the last.

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import Projection2D
    >>> flat = [Projection2D(np.array([[x, 0.0], [0.0, x]]), None) for x in (0.5, 2.0)]
    >>> shown = [[Space("V", each)] for each in flat]
    >>> points = LabelledPoints(("dog", "Ann"), [(0, 1)], [("noun", "name")], (False, True))
    >>> described = describe_learning_spaces(
    ...     Progress([0, 10], [1.5, 0.5], None, total=20), shown, points, ["step 0", "step 10"])
    >>> [own["x"].tolist() for own in described.numbers[:2]]
    [[2.0], [0.0]]
    """
    check_counts(progress, checkpoints, names)
    check_alike(
        [[(each.symbol, each.project_2d.points.shape) for each in shown] for shown in checkpoints],
        "spaces",
    )
    spaces, room = checkpoints[-1], _room(look)
    side, _ = side_of(spaces, room.width)
    below = [_legend_lines(each, side - 5 * room.scale.font, room) for each in points.legend]
    layout = spaces_layout(spaces, room, below)
    own = [trace_of(space, k) for k, space in enumerate(spaces)]
    traces = [trace for k, each in enumerate(own) for trace in _traces(each, points, k, room)]
    traces += [room_beside(each) for each in own]
    numbers = _numbers(checkpoints, points, layout, room)
    picture = Description(traces, layout, numbers[-1])
    beside = None if room == look else layout["width"]
    return with_curves(progress, picture, numbers, names, look, beside)


def _room(look: Look) -> Look:
    """What the points have where curves stand beside them, if both have room."""
    points = look.width - curves_width(look)
    return replace(look, width=points) if points >= _LEAST * look.scale.font else look


def learning_spaces_alt(progress: Progress, shown: Sequence[Space], points: LabelledPoints) -> str:
    """Put the picture of `describe_learning_spaces` in words, with the middle of each class.

    Parameters
    ----------
    progress : Progress
    shown : sequence of Space
        At the last checkpoint.
    points : LabelledPoints

    Examples
    --------
    >>> from attn_core.analysis.projection_2d import project_2d
    >>> V = Space("V", project_2d(np.array([[1.0, 0.0], [3.0, 1.0], [-2.0, 0.0]])))
    >>> points = LabelledPoints(
    ...     ("dog", "cat", "Ann"), [(0, 0, 1)], [("noun", "name")], (True, True, True))
    >>> learning_spaces_alt(Progress([0], [1.5], None, total=20), [V], points)
    'Loss: 1.500 at step 0 of 20. Words as points. V, the middle of each class: \
noun (2 words) (2.00, 0.50); name (1 word) (−2.00, 0.00).'
    """
    plots = [
        f"{space.symbol}, the middle of each class: {'; '.join(_middles(space, of_words, names))}"
        for space, of_words, names in zip(shown, points.groups, points.legend, strict=True)
    ]
    return f"{progress_alt(progress)} Words as points. {'. '.join(plots)}."


def _middles(space: Space, groups: Sequence[int], names: Sequence[str]) -> Iterator[str]:
    for k, name in enumerate(names):
        own = space.project_2d.points[np.asarray(groups) == k]
        if len(own):
            x, y = own.mean(axis=0)
            words = "1 word" if len(own) == 1 else f"{len(own)} words"
            yield f"{name} ({words}) ({number(x)}, {number(y)})"


def _legend_lines(names: Sequence[str], room: float, look: Look) -> list[str]:
    """Name the classes beside a spot of their colour, on as many lines as that takes."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for k, name in enumerate(names):
        needed = text_width(f"● {name}   ", look.scale.font)
        if lines[-1] and used + needed > room:
            lines.append([])
            used = 0.0
        lines[-1].append(f'<span style="color:{_colour(k, look)}">●</span> {escape.plotly(name)}')
        used += needed
    return ["   ".join(line) for line in lines]


def _colour(group: int, look: Look) -> str:
    colours = look.palette.groups
    return colours[group % len(colours)]


def _traces(
    trace: dict[str, Any], points: LabelledPoints, k: int, look: Look
) -> list[dict[str, Any]]:
    """Return the small and the large points of space `k` without their places."""
    groups, legend, font = points.groups[k], points.legend[k], look.scale.font
    hover = [
        escape.plotly(f"{isolate(word)} ({legend[group]})")
        for word, group in zip(points.words, groups, strict=True)
    ]

    def of(chosen: Array, marker: dict[str, Any]) -> dict[str, Any]:
        return trace | {
            "hovertemplate": "%{hovertext}: %{x}, %{y}<extra></extra>",
            "xhoverformat": ".3f",
            "yhoverformat": ".3f",
            "hovertext": [hover[i] for i in chosen],
            "marker": marker | {"color": [_colour(groups[i], look) for i in chosen]},
        }

    dots = {"size": round(font * _DOT, 1), "opacity": 0.6}
    marks = {"size": round(font * _POINT, 1), "line": {"color": look.palette.ink, "width": 1}}
    large = points.is_large
    small = of(np.flatnonzero(~large), dots) | {"mode": "markers"}
    return [small, of(np.flatnonzero(large), marks)]


def _numbers(
    checkpoints: Sequence[Sequence[Space]],
    points: LabelledPoints,
    layout: dict[str, Any],
    look: Look,
) -> list[list[dict[str, Any]]]:
    """Return the places of all points at each checkpoint, and the room that they need."""
    every = np.concatenate([each.project_2d.points for shown in checkpoints for each in shown])
    reach = _ROOM * np.maximum(np.abs(every).max(axis=0), 1e-3)
    area, large, font = _area(layout), points.is_large, look.scale.font
    pixels = float((area / (2 * _PADDED * reach)).min())
    room = [_places(np.stack([-reach, reach])) for _ in checkpoints[-1]]
    words = [word for word, is_large in zip(points.words, large, strict=True) if is_large]
    before: list[list[str]] = [[] for _ in room]
    numbers = []
    for shown in checkpoints:
        own: list[dict[str, Any]] = []
        for k, each in enumerate(shown):
            places = each.project_2d.points[large]
            before[k] = place_labels(
                pixels * places,
                words,
                font=font,
                radius=font * _POINT / 2,
                area=area,
                before=before[k],
            )
            own += [
                _places(each.project_2d.points[~large]),
                _places(places) | _texts(words, before[k]),
            ]
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
