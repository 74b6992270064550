"""A run of gradient descent: its curves beside what it changes, checkpoint by checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...notation.equation import Equation
from ..boxes.box_numbers import numbers_of
from ..boxes.description import Description
from ..boxes.layout import Layout, arrange, right_of, top_of
from ..boxes.look import DEFAULT_LOOK, Look, Scale
from ..boxes.render import render
from .progress import Progress, progress_alt
from .with_curves import axis_after, check_alike, check_counts, curves_beside, with_curves

#: Pixels of the height at hand that are too few for larger boxes.
_LOW = 620


def describe_learning(
    progress: Progress,
    checkpoints: Sequence[Sequence[Equation]],
    names: Sequence[str],
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw the curves of a run and equations as they are at its last checkpoint.

    Parameters
    ----------
    progress : Progress
    checkpoints : sequence of sequence of Equation
        The equations at each checkpoint of `progress`, or only at the last. Their matrices
        have the same shapes and labels at all checkpoints.
    names : sequence of str
        What each checkpoint is called, as "step 40: loss 0.812".
    look : Look

    Returns
    -------
    Description
        Heatmaps in the order of the equations, then the curves. With several checkpoints it
        has a frame for each; with one only its numbers change from step to step.

    Raises
    ------
    ValueError
        When there are too few or too many checkpoints or names, or a checkpoint has other
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
    check_counts(progress, checkpoints, names)
    check_alike([_without_numbers(shown) for shown in checkpoints], "matrices and labels")
    layout = arrange(checkpoints[-1], look.width, _scale(look))
    picture = render(layout, look.palette)
    earlier = [
        numbers_of(layout.holding([block for equation in shown for block in equation.blocks]))
        for shown in checkpoints[:-1]
    ]
    numbers = [*earlier, picture.numbers]
    curves = curves_beside(progress, look, axis_after(picture.layout))
    beside = _room_beside(layout, curves.layout)
    fits = beside + curves.layout["width"] <= look.width
    return with_curves(progress, picture, numbers, names, look, beside if fits else None)


def _scale(look: Look) -> Scale:
    """Boxes no larger than they must be in a low window, where all is to be on one screen."""
    is_low = look.height is not None and look.height < _LOW
    return replace(look.scale, largest_cell=look.scale.smallest_cell) if is_low else look.scale


def _room_beside(layout: Layout, curves: dict[str, Any]) -> float:
    """Where curves can begin, to the right of all blocks that are as high up as they reach."""
    beside = [each for each in layout.blocks if top_of(each, layout) < curves["height"]]
    return max(right_of(placed, layout) for placed in beside) + 2 * layout.scale.gap


def learning_alt(progress: Progress, shown: Sequence[Equation] = ()) -> str:
    """Put the picture of `describe_learning` in words, with its numbers.

    Parameters
    ----------
    progress : Progress
    shown : sequence of Equation
        At the last checkpoint.

    Examples
    --------
    >>> learning_alt(Progress([0, 10], [1.5, 0.5], [0.2, 0.9], 20, 0.1, {"uniform": 0.2}))
    'Loss: 1.500 at step 0, 0.500 at step 10 of 20; the lowest possible is 0.100. \
Held-out accuracy: 20 % at step 0, 90 % at step 10; uniform has 20 %.'
    """
    return " ".join([progress_alt(progress), *(equation.alt for equation in shown)])


def _without_numbers(shown: Sequence[Equation]) -> list[Any]:
    """All that a picture has of equations, but the numbers."""
    return [
        term if isinstance(term, str) else (term.title or term.symbol, term.rows, term.columns)
        for equation in shown
        for term in equation.terms
    ]
