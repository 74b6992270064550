"""Draw a matrix equation: boxes to scale, with words, shapes, signs and numbers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ...notation.equation import Equation
from .box_numbers import numbers_of
from .description import Description
from .layout import Layout, arrange
from .look import DEFAULT_LOOK, Look
from .render import render

if TYPE_CHECKING:
    import plotly.graph_objects as go


def draw(*equations: Equation, look: Look = DEFAULT_LOOK) -> go.Figure:
    """Draw an equation, or several below each other with boxes of one size.

    Parameters
    ----------
    *equations : Equation
    look : Look
        An equation breaks into lines where the width is too small.

    Returns
    -------
    plotly.graph_objects.Figure
        One heatmap for each matrix, left to right, then traces with the texts.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> figure = draw(equation(attend(DEFAULT.scenario), "Q"))
    >>> [trace.name for trace in figure.select_traces({"type": "heatmap"})]
    ['X', 'W_q', 'Q']
    """
    return describe(*equations, look=look).figure()


def describe(*equations: Equation, look: Look = DEFAULT_LOOK) -> Description:
    """Describe what `draw` draws; the same, without Plotly's checks.

    Parameters
    ----------
    *equations, look
        As in `draw`.

    Returns
    -------
    Description

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> described = describe(equation(attend(DEFAULT.scenario), "Q"))
    >>> described.numbers[0]["z"].shape
    (3, 4)
    """
    seen = _Seen(tuple(each.appearance for each in equations), equations)
    layout, still = _still(seen, look)
    blocks = [block for each in equations for block in each.blocks]
    return still.holding(numbers_of(layout.holding(blocks)))


@dataclass(frozen=True)
class _Seen:
    """Equations, equal if they look alike but for their numbers."""

    faces: tuple[tuple[Hashable, ...], ...]
    equations: tuple[Equation, ...] = field(compare=False)


@lru_cache(maxsize=256)  # what visitors look at just now; while a hand moves, one each
def _still(seen: _Seen, look: Look) -> tuple[Layout, Description]:
    """The layout, and the figure without its numbers."""
    layout = arrange(seen.equations, look.width, look.scale)
    return layout, render(layout, look.palette)
