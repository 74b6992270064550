"""Small multiples: many matrices of one kind side by side, on one colour scale."""

from __future__ import annotations

from ...notation.equation import Equation
from .description import Description
from .layout import arrange
from .look import DEFAULT_LOOK, Look, Scale
from .render import render

_DESK = Scale(font=11, smallest_cell=21, largest_cell=32, longest_label=62, gap=12)
_PROJECTOR = Scale(font=17, smallest_cell=36, largest_cell=52, longest_label=100, gap=18)


def describe_multiples(equation: Equation, *, look: Look = DEFAULT_LOOK) -> Description:
    """Draw the blocks of an equation smaller than `describe` does.

    Parameters
    ----------
    equation : Equation
    look : Look
        The blocks go on as many lines as the width asks for.

    Returns
    -------
    Description
        One heatmap for each block, in their order, then the texts.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> from attn_core.analysis.head_similarity import side_by_side
    >>> shown = describe_multiples(side_by_side(attend(added(DEFAULT.scenario)), 0))
    >>> [own["z"].shape for own in shown.numbers]
    [(3, 3), (3, 3)]
    """
    scale = _PROJECTOR if look.is_large else _DESK
    return render(arrange([equation], look.width, scale), look.palette)
