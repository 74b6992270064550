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
#: In parts of the font's size: the width from which curves stand beside a picture, and theirs.
_BESIDE, _CURVES = 72, 24


def picture_look(look: Look) -> Look:
    """Return how a picture is drawn that leaves room for its curves.

    Examples
    --------
    >>> picture_look(Look(width=1000)).width, picture_look(Look(width=600)).width
    (688, 600)
    """
    return replace(look, width=look.width - _curves_width(look)) if _is_beside(look) else look


def _is_beside(look: Look) -> bool:
    return look.width >= _BESIDE * look.scale.font


def _curves_width(look: Look) -> float:
    return _CURVES * look.scale.font


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
) -> Description:
    """Draw the curves of a run beside a picture of its last checkpoint, or above it.

    Parameters
    ----------
    progress : Progress
    picture : Description
        As wide as `picture_look` says.
    numbers : sequence of list of dict
        The picture's numbers at each checkpoint.
    names : sequence of str
    look : Look
    """
    axis = 1 + sum(name.startswith("xaxis") for name in picture.layout)
    if _is_beside(look):
        look_of_curves = replace(look, width=_curves_width(look))
        curves = describe_curves(progress, look=look_of_curves, axis=axis)
        whole = _beside(picture, curves)
    else:
        curves = describe_curves(progress, look=look, axis=axis)
        whole = _stacked(curves, picture, look.scale.gap)
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


def _beside(picture: Description, curves: Description) -> Description:
    """Put curves to the right of a picture, both from the top on."""
    left, right = picture.layout, curves.layout
    size = {
        "width": left["width"] + right["width"],
        "height": max(left["height"], right["height"]),
    }
    parts = [
        _part(each, size, left=start, bottom=size["height"] - each["height"])
        for each, start in ((left, 0), (right, left["width"]))
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
