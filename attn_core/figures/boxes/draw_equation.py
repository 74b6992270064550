"""Draw a matrix equation: boxes to scale, with words, shapes, signs and numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ...notation.equation import Equation
from .box_numbers import numbers_of
from .description import Description
from .layout import Layout, arrange
from .look import DEFAULT_LOOK, Look
from .overview import arrange_overview
from .render import render

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Places equations for a look.
_Arrange = Callable[[tuple[Equation, ...], Look], Layout]


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
    return _described(equations, look, _arranged)


def describe_overview(whole: Equation, *, look: Look = DEFAULT_LOOK) -> Description:
    """Draw an `overview` on one screen: a grid, or from top to bottom on a phone.

    Parameters
    ----------
    whole : Equation
        Made by `notation.overview.overview`.
    look : Look
        Boxes are as large as its width and height allow. Where there is no room for the smallest
        that can be read, the figure is wider.

    Returns
    -------
    Description

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.overview import overview
    >>> from attn_core.presets import DEFAULT
    >>> whole = overview(attend(DEFAULT.scenario))
    >>> described = describe_overview(whole, look=Look(1000, height=600))
    >>> len(described.numbers), described.layout["width"] <= 1000
    (10, True)
    """
    return _described((whole,), look, _overview)


def _described(equations: tuple[Equation, ...], look: Look, arrange: _Arrange) -> Description:
    """Describe equations that are placed in one way or another."""
    seen = _Seen(tuple(each.appearance for each in equations), equations)
    layout, still = _still(seen, look, arrange)
    blocks = [block for each in equations for block in each.blocks]
    return still.holding(numbers_of(layout.holding(blocks)))


def _arranged(equations: tuple[Equation, ...], look: Look) -> Layout:
    return arrange(equations, look.width, look.scale)


def _overview(equations: tuple[Equation, ...], look: Look) -> Layout:
    (whole,) = equations
    return arrange_overview(whole, look)


@dataclass(frozen=True)
class _Seen:
    """Equations, equal if they look alike but for their numbers."""

    faces: tuple[tuple[Hashable, ...], ...]
    equations: tuple[Equation, ...] = field(compare=False)


@lru_cache(maxsize=256)  # what visitors look at just now; while a hand moves, one each
def _still(seen: _Seen, look: Look, arrange: _Arrange) -> tuple[Layout, Description]:
    """The layout, and the figure without its numbers."""
    layout = arrange(seen.equations, look)
    return layout, render(layout, look.palette)
