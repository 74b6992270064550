"""A run of gradient descent: its curves above what it changes, moment by moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...notation.equation import Equation
from ...notation.labels import number, percent
from ..boxes.controls import controls
from ..boxes.description import Description
from ..boxes.layout import arrange
from ..boxes.look import DEFAULT_LOOK, Look
from ..boxes.numbers import numbers_of
from ..boxes.render import render
from .curves import Progress, curve_numbers, describe_curves

#: Milliseconds that each moment stays: 80 of them are a run of ten seconds.
_PACE = 125


def describe_learning(
    progress: Progress,
    moments: Sequence[Sequence[Equation]],
    names: Sequence[str],
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the curves of a run above equations as they are at its last moment.

    Parameters
    ----------
    progress : Progress
    moments : sequence of sequence of Equation
        The equations at each snapshot of `progress`, or only at the last. Their matrices
        have the same shapes and labels at all moments.
    names : sequence of str
        What each moment is called, as "step 40: loss 0.812".
    look : Look

    Returns
    -------
    Description
        Heatmaps in the order of the equations, then the curves. With several moments it
        has a frame for each; with one only its numbers change from step to step.

    Raises
    ------
    ValueError
        When there are too few or too many moments or names, or a moment has other
        matrices than the last.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import BY_KEY
    >>> shown = [[equation(attend(BY_KEY[key].scenario), "weights")]
    ...          for key in ("similarity", "verb-subject")]
    >>> run = Progress([0, 10], [1.5, 0.5], None, total=20)
    >>> described = describe_learning(run, shown, ["step 0", "step 10"])
    >>> [trace["name"] for trace in described.traces[:4]], len(described.frames)
    (['masked', 'weights', 'loss', 'shown'], 2)
    """
    check_moments(progress, moments, names)
    check_alike([_without_numbers(shown) for shown in moments], "matrices and labels")
    layout = arrange(moments[-1], look.width, look.scale)
    picture = render(layout, look.palette)
    earlier = [
        numbers_of(layout.holding([block for equation in shown for block in equation.blocks]))
        for shown in moments[:-1]
    ]
    numbers = [*earlier, picture.numbers]
    return with_curves(progress, picture, numbers, names, look)


def learning_alt(progress: Progress, shown: Sequence[Equation] = ()) -> str:
    """Tell the picture of `describe_learning` with its numbers.

    Parameters
    ----------
    progress : Progress
    shown : sequence of Equation
        At the last moment.

    Examples
    --------
    >>> learning_alt(Progress([0, 10], [1.5, 0.5], [0.2, 0.9], 20, 0.1, {"uniform": 0.2}))
    'Loss: 1.500 at step 0, 0.500 at step 10 of 20; the lowest possible is 0.100. \
Held-out accuracy: 20 % at step 0, 90 % at step 10; uniform has 20 %.'
    """
    return " ".join([progress_alt(progress), *(equation.alt for equation in shown)])


def progress_alt(progress: Progress) -> str:
    """Tell the curves with their numbers.

    Examples
    --------
    >>> progress_alt(Progress([0], [1.5], None, total=20))
    'Loss: 1.500 at step 0 of 20.'
    """
    loss = _course(progress.steps, [number(each, 3) for each in progress.losses])
    told = f"Loss: {loss} of {progress.total}{_went_on(progress)}"
    if progress.lowest is not None:
        told += f"; the lowest possible is {number(progress.lowest, 3)}"
    if progress.accuracies is not None:
        right = _course(progress.steps, [percent(part) for part in progress.accuracies])
        others = [f"; {name} has {percent(part)}" for name, part in progress.baselines.items()]
        told += f". Held-out accuracy: {right}{''.join(others)}"
    return told + "."


def _course(steps: Sequence[int], values: Sequence[str]) -> str:
    """Tell the first value, and the last if there is another."""
    ends = (0, -1) if len(steps) > 1 else (0,)
    return ", ".join(f"{values[i]} at step {steps[i]}" for i in ends)


def _went_on(progress: Progress) -> str:
    """Tell where the curve ends, should what is shown be an earlier step, as the best one."""
    last = max(range(len(progress.steps)), key=lambda i: progress.steps[i])
    if progress.steps[last] == progress.steps[-1]:
        return ""
    end = number(progress.losses[last], 3)
    return f", after which it went on to {end} at step {progress.steps[last]}"


def check_moments(progress: Progress, moments: Sequence[Any], names: Sequence[str]) -> None:
    """Raise ValueError unless each snapshot has a moment and a name, or the last alone."""
    if len(moments) not in (1, len(progress.steps)) or len(names) != len(moments):
        raise ValueError(
            f"Expected a moment and a name for each of {len(progress.steps)} snapshots, or one "
            f"for the last; got {len(moments)} moments, {len(names)} names."
        )


def check_alike(looks: Sequence[Any], what: str) -> None:
    """Raise ValueError unless all moments look alike but for their numbers."""
    for i, look in enumerate(looks):
        if look != looks[-1]:
            raise ValueError(
                f"All moments must have the same {what}; moment {i} has {look!r:.200}, "
                f"the last one {looks[-1]!r:.200}."
            )


def _without_numbers(shown: Sequence[Equation]) -> list[Any]:
    """All of equations that has a place in the picture, but the numbers."""
    return [
        term if isinstance(term, str) else (term.title or term.symbol, term.rows, term.columns)
        for equation in shown
        for term in equation.terms
    ]


def with_curves(
    progress: Progress,
    picture: Description,
    numbers: Sequence[list[dict[str, Any]]],
    names: Sequence[str],
    look: Look,
) -> Description:
    """Draw the curves of a run above a picture of its last moment.

    Parameters
    ----------
    progress : Progress
    picture : Description
    numbers : sequence of list of dict
        The picture's numbers at each moment.
    names : sequence of str
    look : Look
    """
    axis = 1 + sum(name.startswith("xaxis") for name in picture.layout)
    curves = describe_curves(progress, look=look, axis=axis)
    whole = _stacked(curves, picture, look.scale.gap)
    if len(numbers) == 1:
        return whole
    moments = [[*own, *curve_numbers(progress, i)] for i, own in enumerate(numbers)]
    frames = _frames(whole.traces, moments, names)
    return replace(
        whole,
        frames=frames,
        controls=controls(frames, whole.layout, look.palette, _PACE),
        pace=_PACE,
        played="Step of the run",
    )


def _frames(
    traces: Sequence[dict[str, Any]],
    moments: Sequence[Sequence[dict[str, Any]]],
    names: Sequence[str],
) -> list[dict[str, Any]]:
    """Return a frame for each moment, with all that isn't the same at every moment."""
    last = moments[-1]
    changing = [
        [key for key in own if not all(_same(each[k][key], own[key]) for each in moments)]
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
        for name, each in zip(names, moments, strict=True)
    ]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=True)
    return bool(a == b)


def _stacked(upper: Description, lower: Description, gap: float) -> Description:
    """Put one picture above another; the lower one's traces come first."""
    width = max(upper.layout["width"], lower.layout["width"])
    height = upper.layout["height"] + gap + lower.layout["height"]
    parts = [
        _part(lower.layout, width, height, bottom=0),
        _part(upper.layout, width, height, bottom=lower.layout["height"] + gap),
    ]
    annotations = [each for part in parts for each in part["annotations"]]
    size = {"width": width, "height": height, "annotations": annotations}
    below, above = len(lower.numbers), len(upper.numbers)
    traces = [
        *lower.traces[:below],
        *upper.traces[:above],
        *lower.traces[below:],
        *upper.traces[above:],
    ]
    return Description(traces, parts[1] | parts[0] | size, [*lower.numbers, *upper.numbers])


def _part(layout: dict[str, Any], width: float, height: float, bottom: float) -> dict[str, Any]:
    """Return a layout as part of a larger picture, from its left edge on."""
    places = {
        "x": (0.0, layout["width"] / width),
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
