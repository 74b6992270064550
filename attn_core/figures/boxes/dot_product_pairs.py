"""Picture of the shape rule: a row of X over a column of W, number by number."""

from __future__ import annotations

from dataclasses import replace

from ...notation.equation import Block
from ...shape_rule import ShapeRule
from .description import Description
from .layout import Layout, Placed, Sign
from .look import DEFAULT_LOOK, Look
from .render import render
from .text import text_width


def describe_dot_product_pairs(
    left: Block, right: Block, *, look: Look = DEFAULT_LOOK
) -> Description:
    """Draw the first row of `left` above the first column of `right`, pair below pair.

    A product multiplies these pairs and adds them up. Where a number has no pair there is a
    question mark, and no product.

    Parameters
    ----------
    left, right : Block
        Such as X and W_q; their inner sizes may differ.
    look : Look

    Returns
    -------
    Description

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import shape_mismatch
    >>> from attn_core.presets import DEFAULT
    >>> X, W = shape_mismatch(attend(DEFAULT.scenario), rows=5).blocks
    >>> [own["z"].shape for own in describe_dot_product_pairs(X, W).numbers]
    [(1, 4), (1, 5)]
    """
    layout = _layout(*dot_product_pairs(left, right), rule_of(left, right), look)
    return render(layout, look.palette)


def _layout(row: Block, column: Block, rule: ShapeRule, look: Look) -> Layout:
    scale = look.scale
    longest = max(len(row.columns), len(column.columns))
    widest = max(text_width(label, scale.font) for label in (row.rows[0], column.rows[0]))
    margin = min(widest, scale.longest_label) + 12
    slant_room = scale.longest_label * 0.8
    cell = max(12.0, min(float(scale.largest_cell), (look.width - margin - slant_room) / longest))
    upper = slant_room + scale.font
    lower = upper + cell + scale.font * 2.4 + slant_room
    unpaired = (lower if len(row.columns) > len(column.columns) else upper) + cell / 2
    return Layout(
        scale=scale,
        cell=cell,
        width=margin + longest * cell + slant_room,
        height=lower + cell + scale.font * 2,
        blocks=(
            Placed(row, margin, upper, slanted=True),
            Placed(column, margin, lower, slanted=True),
        ),
        signs=tuple(Sign("?", margin + (j + 0.5) * cell, unpaired) for j in rule.unmatched),
    )


def dot_product_pairs(left: Block, right: Block) -> tuple[Block, Block]:
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


def dot_product_pairs_alt(left: Block, right: Block) -> str:
    """Put the picture of `describe_dot_product_pairs` in words, with its numbers.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import shape_mismatch
    >>> from attn_core.presets import DEFAULT
    >>> X, W = shape_mismatch(attend(DEFAULT.scenario), rows=3).blocks
    >>> dot_product_pairs_alt(X, W).partition(". ")[2]
    'X: Je 1.00, 0.00, 0.00, 1.00. W_q: q₁ 1.00, 0.00, 0.00.'
    """
    pairs = dot_product_pairs(left, right)
    rows = (f"{block.step.symbol}: {block.describe_row(0)}." for block in pairs)
    return " ".join((rule_of(left, right).message, *rows))


def rule_of(left: Block, right: Block) -> ShapeRule:
    """The shape rule for the product of two blocks."""
    shapes = [(len(block.rows), len(block.columns)) for block in (left, right)]
    return ShapeRule(left.symbol, shapes[0], right.symbol, shapes[1])
