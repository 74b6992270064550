"""Picture of the shape rule: a row of X over a column of W, number by number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...notation.equation import Block
from ...shape_rule import ShapeRule
from .colours import Theme
from .description import Description
from .draw_equation import render
from .layout import Layout, Placed, Sign, scale_for, text_width

if TYPE_CHECKING:
    import plotly.graph_objects as go


def draw_partners(
    left: Block,
    right: Block,
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> go.Figure:
    """Draw the first row of `left` above the first column of `right`, partner over partner.

    A product multiplies these pairs and adds them up. Where one of the two has no
    partner there is a question mark, and no product.

    Parameters
    ----------
    left, right : Block
        Such as X and W_q; their inner sizes may differ.
    width, theme, projector
        As in `draw`.

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import misfit
    >>> from attn_core.presets import DEFAULT
    >>> X, W = misfit(attend(DEFAULT.scenario), rows=5).blocks
    >>> figure = draw_partners(X, W)
    >>> [len(trace.z[0]) for trace in figure.select_traces({"type": "heatmap"})]
    [4, 5]
    """
    described = describe_partners(left, right, width=width, theme=theme, projector=projector)
    return described.figure()


def describe_partners(
    left: Block,
    right: Block,
    *,
    width: float = 960,
    theme: Theme = "light",
    projector: bool = False,
) -> Description:
    """Say what `draw_partners` draws, as `describe` does for `draw`."""
    scale = scale_for(width, projector)
    row, column = partners(left, right)
    rule = rule_of(left, right)
    longest = max(len(row.columns), len(column.columns))
    widest = max(text_width(label, scale.font) for label in (row.rows[0], column.rows[0]))
    margin = min(widest, scale.longest_label) + 12
    slant_room = scale.longest_label * 0.8
    cell = max(12.0, min(float(scale.largest_cell), (width - margin - slant_room) / longest))
    upper = slant_room + scale.font
    lower = upper + cell + scale.font * 2.4 + slant_room
    missing_below = len(row.columns) > len(column.columns)
    signs = tuple(
        Sign("?", margin + (j + 0.5) * cell, (lower if missing_below else upper) + cell / 2)
        for j in rule.unmatched
    )
    return render(
        Layout(
            scale=scale,
            cell=cell,
            width=margin + longest * cell + slant_room,
            height=lower + cell + scale.font * 2,
            blocks=(
                Placed(row, margin, upper, slanted=True),
                Placed(column, margin, lower, slanted=True),
            ),
            signs=signs,
        ),
        theme,
    )


def partners(left: Block, right: Block) -> tuple[Block, Block]:
    """Return the first row of `left` and the first column of `right`, laid down as a row."""
    row = replace(left, values=left.values[:1], rows=left.rows[:1])
    column = replace(
        right,
        values=right.values[:, :1].T,
        rows=right.columns[:1],
        columns=right.rows,
        transposed=True,
    )
    return row, column


def partners_alt(left: Block, right: Block) -> str:
    """Tell the picture of `draw_partners` with its numbers.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import misfit
    >>> from attn_core.presets import DEFAULT
    >>> X, W = misfit(attend(DEFAULT.scenario), rows=3).blocks
    >>> partners_alt(X, W).partition(". ")[2]
    'X: Je 1.00, 0.00, 0.00, 1.00. W_q: q₁ 1.00, 0.00, 0.00.'
    """
    told = (f"{block.step.symbol}: {block.spoken_row(0)}." for block in partners(left, right))
    return " ".join((rule_of(left, right).message, *told))


def rule_of(left: Block, right: Block) -> ShapeRule:
    """The shape rule for the product of two blocks."""
    shapes = [(len(block.rows), len(block.columns)) for block in (left, right)]
    return ShapeRule(left.symbol, shapes[0], right.symbol, shapes[1])
