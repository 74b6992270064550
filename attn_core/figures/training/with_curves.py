"""A picture of a run's checkpoints, with the curves of the run beside or above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..boxes.description import Description
from ..boxes.look import Look
from ..boxes.play_buttons import controls
from .curves import curve_numbers, describe_curves
from .progress import Progress

#: Milliseconds that each checkpoint stays: 80 of them are a run of ten seconds.
_PACE = 125
#: Width of curves beside a picture, in parts of the font's size.
_CURVES = 24


def curves_beside(progress: Progress, look: Look, axis: int) -> Description:
    """Describe curves narrow enough to stand beside a picture."""
    return describe_curves(progress, look=replace(look, width=curves_width(look)), axis=axis)


def curves_width(look: Look) -> float:
    """Width of curves that stand beside a picture."""
    return _CURVES * look.scale.font


def axis_after(layout: dict[str, Any]) -> int:
    """Number of the first axes that a picture with this layout leaves free."""
    return 1 + sum(name.startswith("xaxis") for name in layout)


def check_counts(progress: Progress, checkpoints: Sequence[Any], names: Sequence[str]) -> None:
    """Raise ValueError unless each checkpoint has a picture and a name, or the last alone."""
    if len(checkpoints) not in (1, len(progress.steps)) or len(names) != len(checkpoints):
        raise ValueError(
            f"Expected a picture and a name for each of {len(progress.steps)} checkpoints, or one "
            f"for the last; got {len(checkpoints)} pictures, {len(names)} names."
        )


def check_alike(looks: Sequence[Any], what: str) -> None:
    """Raise ValueError unless all checkpoints look alike but for their numbers."""
    for i, look in enumerate(looks):
        if look != looks[-1]:
            raise ValueError(
                f"All checkpoints must have the same {what}; checkpoint {i} has {look!r:.200}, "
                f"the last one {looks[-1]!r:.200}."
            )


def with_curves(
    progress: Progress,
    picture: Description,
    numbers: Sequence[list[dict[str, Any]]],
    names: Sequence[str],
    look: Look,
    beside: float | None = None,
) -> Description:
    """Draw the curves of a run beside a picture of its last checkpoint, or above it.

    Parameters
    ----------
    progress : Progress
    picture : Description
    numbers : sequence of list of dict
        The picture's numbers at each checkpoint.
    names : sequence of str
    look : Look
    beside : float, optional
        Where the picture leaves room for curves to its right, in pixels from its left edge.
    """
    axis = axis_after(picture.layout)
    if beside is None:
        whole = _stacked(describe_curves(progress, look=look, axis=axis), picture, look.scale.gap)
    else:
        whole = _beside(picture, curves_beside(progress, look, axis), beside)
    if len(numbers) == 1:
        return whole
    checkpoints = [[*own, *curve_numbers(progress, i)] for i, own in enumerate(numbers)]
    frames = _frames(whole.traces, checkpoints, names)
    return replace(
        whole,
        frames=frames,
        controls=controls(frames, whole.layout, look.palette, _PACE),
        pace=_PACE,
        played="Step of the run",
    )


def _frames(
    traces: Sequence[dict[str, Any]],
    checkpoints: Sequence[Sequence[dict[str, Any]]],
    names: Sequence[str],
) -> list[dict[str, Any]]:
    """Return a frame for each checkpoint, with what changes from one to another."""
    last = checkpoints[-1]
    changing = [
        [key for key in own if not all(_same(each[k][key], own[key]) for each in checkpoints)]
        for k, own in enumerate(last)
    ]
    moved = [k for k, keys in enumerate(changing) if keys]
    return [
        {
            "name": name,
            "data": [
                {"type": traces[k]["type"], **{key: each[k][key] for key in changing[k]}}
                for k in moved
            ],
            "traces": moved,
        }
        for name, each in zip(names, checkpoints, strict=True)
    ]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=True)
    return bool(a == b)


def _stacked(upper: Description, lower: Description, gap: float) -> Description:
    """Put curves above a picture, whose traces come first."""
    width = max(upper.layout["width"], lower.layout["width"])
    height = upper.layout["height"] + gap + lower.layout["height"]
    size = {"width": width, "height": height}
    above = _part(upper.layout, size, bottom=lower.layout["height"] + gap)
    return _joined(lower, upper, size, [_part(lower.layout, size), above])


def _beside(picture: Description, curves: Description, start: float) -> Description:
    """Put curves into the room at the right of a picture, both from the top on."""
    left, right = picture.layout, curves.layout
    size = {
        "width": max(left["width"], round(start) + right["width"]),
        "height": max(left["height"], right["height"]),
    }
    parts = [
        _part(each, size, left=at, bottom=size["height"] - each["height"])
        for each, at in ((left, 0), (right, round(start)))
    ]
    return _joined(picture, curves, size, parts)


def _joined(
    picture: Description, curves: Description, size: dict[str, float], parts: list[dict[str, Any]]
) -> Description:
    """Make one figure of both, with their layouts in place; what has numbers comes first."""
    annotations = [each for part in parts for each in part["annotations"]]
    own, others = len(picture.numbers), len(curves.numbers)
    traces = [
        *picture.traces[:own],
        *curves.traces[:others],
        *picture.traces[own:],
        *curves.traces[others:],
    ]
    layout = parts[1] | parts[0] | size | {"annotations": annotations}
    return Description(traces, layout, [*picture.numbers, *curves.numbers])


def _part(
    layout: dict[str, Any], size: dict[str, float], left: float = 0, bottom: float = 0
) -> dict[str, Any]:
    """Return a layout as part of a larger picture."""
    width, height = size["width"], size["height"]
    places = {
        "x": (left / width, layout["width"] / width),
        "y": (bottom / height, layout["height"] / height),
    }

    def placed(along: str, at: float) -> float:
        start, share = places[along]
        return float(round(start + share * at, 6))

    axes = {
        name: axis | {"domain": [placed(name[0], at) for at in axis.get("domain", (0, 1))]}
        for name, axis in layout.items()
        if name[1:].startswith("axis")
    }
    annotations = [
        each | {along: placed(along, each[along]) for along in "xy"}
        if each.get("xref") == "paper"
        else each
        for each in layout["annotations"]
    ]
    return layout | axes | {"annotations": annotations}
