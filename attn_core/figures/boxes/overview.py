"""Where the blocks of an overview stand: in a grid, or from top to bottom on a narrow page.

`overview_spots` says what stands in which line and column; here they get their pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ...notation.equation import Equation
from .box_numbers import common_size
from .layout import (
    Arrow,
    Layout,
    Legend,
    Placed,
    Sign,
    head_height,
    is_slanted,
    overhang,
    row_label_width,
)
from .look import Look, Scale
from .marks import legend_room
from .overview_spots import (
    LINES,
    Parts,
    Spot,
    attention_spots,
    chain_spots,
    embedding_spots,
    in_grid,
    in_order,
    product_formula,
)
from .text import text_width

#: A narrower page has no room for a grid.
_NARROW = 680
#: Width and height of the smallest box whose number can be read at a desk and across a room, and
#: the size of its letters; the height to which a box grows on a page without a known height.
_SMALLEST, _SMALLEST_IN_ROOM, _TALLEST = (30, 20, 11), (44, 28, 16), 30
#: A narrower page is as wide on the wall, with pixels as much larger.
_ROOM = 1220
#: The largest height of all, and where only a part is drawn; the width of a box in parts of its
#: height.
_MAX, _MAX_OF_PART, _SQUARE, _WIDE, _WIDE_IN_ROOM = 120, 34, 1.3, 1.7, 1.9
#: Size of the letters in parts of a box's height, and of the digits across a room, where they
#: matter more; of signs and formulas in parts of the letters.
_FONT, _DIGITS_IN_ROOM, _SIGN, _FORMULA = 0.44, 0.72, 1.4, 1.15
#: Height of a formula's line and of a caption, and room for arrows and above all, in parts of the
#: letters.
_FORMULA_LINE, _FOOT, _ARROW, _ABOVE = 1.6, 1.75, 3.6, 0.2


def arrange_overview(whole: Equation, look: Look) -> Layout:
    """Place the blocks of an overview.

    Parameters
    ----------
    whole : Equation
        Made by `notation.overview.overview`.
    look : Look

    Returns
    -------
    Layout
        Its blocks in their order in the equation.
    """
    parts = Parts(whole)
    if look.width >= _NARROW:
        is_whole = len(parts.attention) == LINES or look.is_large
        most = _MAX if is_whole else _MAX_OF_PART
        return _largest(partial(_with_arrows, in_grid(parts), look.width), look, most)
    look = replace(look, height=None)
    stacked = _largest(partial(_stacked, parts, one_by_one=False), look)
    if stacked.width <= look.width:
        return stacked
    return _largest(partial(_stacked, parts, one_by_one=True), look)


def _stacked(parts: Parts, cell: float, scale: Scale, *, one_by_one: bool) -> Layout:
    """Place from top to bottom: embeddings, then the products, then what follows from them."""
    spots = list(embedding_spots(parts.embeddings, 0))
    for chain in parts.chains:
        first, *others = chain_spots(chain, 0, 1 + spots[-1].line)
        spots.append(replace(first, sign="", formula=product_formula(parts, chain)))
        for spot in others:
            down = spot.column if one_by_one else 0
            spots.append(replace(spot, column=spot.column - down, line=spot.line + down))
    scale = replace(scale, longest_label=5 * scale.font)
    shown = Legend(0.0, 0.0, has_weights=bool(parts.attention))
    wide, high = legend_room(shown)
    upper = _grid(in_order(spots, parts), cell, scale, between=scale.gap)
    lower = Layout(scale, cell, 0.0, upper.height, (), ())
    if parts.attention:
        lower = _grid(list(attention_spots(parts, 0)), cell, scale, between=scale.gap / 2)
        lower = lower.moved_down(upper.height + scale.gap)
    return Layout(
        scale,
        cell,
        max(upper.width, lower.width, wide * scale.font),
        lower.height + (1 + high) * scale.font,
        upper.blocks + lower.blocks,
        upper.signs + lower.signs,
        legend=replace(shown, y=lower.height + scale.font),
    )


def _largest(place: Callable[[float, Scale], Layout], look: Look, most: int = _MAX) -> Layout:
    """Place with the largest boxes that fit the look."""
    least_width, least, _ = _smallest(look)
    wide = _WIDE_IN_ROOM if look.is_large else _WIDE

    def placed(height: int) -> Layout:
        """With boxes of a height, as wide as there is room for."""
        narrowest, widest = max(least_width, round(_SQUARE * height)), round(wide * height)
        width = _greatest(lambda w: of_size(w, height).width <= look.width, narrowest, widest)
        return of_size(width, height)

    def of_size(width: int, height: int) -> Layout:
        return place(width, _scale(width, height, look))

    def fits(height: int) -> bool:
        layout = placed(height)
        return layout.width <= look.width and layout.height <= (look.height or layout.height)

    return placed(_greatest(fits, least, most if look.height else max(least, _TALLEST)))


def _greatest(holds: Callable[[int], bool], least: int, most: int) -> int:
    """The greatest number for which something holds, or the least of all."""
    while most > least:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if holds(middle) else (least, middle - 1)
    return least


def _smallest(look: Look) -> tuple[int, ...]:
    """Width and height of the smallest box, and the size of its letters."""
    if not look.is_large:
        return _SMALLEST
    return tuple(round(each * min(1.0, look.width / _ROOM)) for each in _SMALLEST_IN_ROOM)


def _scale(cell: float, height: float, look: Look) -> Scale:
    *_, least = _smallest(look)
    font = max(least, round(_FONT * height + 1))
    digits = common_size(cell, _DIGITS_IN_ROOM * height if look.is_large else font + 1)
    return Scale(font, int(cell), int(cell), 7 * font, font, height / cell, digits)


def _grid(spots: Sequence[Spot], cell: float, scale: Scale, between: float = 0.0) -> Layout:
    """Place the spots with boxes of a width, their columns aligned."""
    lefts, width = _columns(spots, cell, scale)
    middles, height = _middles(spots, cell, scale, between)
    row = cell * scale.flat
    blocks = tuple(
        Placed(
            spot.block,
            lefts[spot.column],
            middles[spot.line] - len(spot.block.rows) * row / 2,
            is_slanted(spot.block, cell, scale),
            spot.has_rows,
            spot.has_columns,
            has_note=False,
        )
        for spot in spots
    )
    signs = tuple(
        sign
        for spot, placed in zip(spots, blocks, strict=True)
        for sign in _signs(spot, placed, cell, scale)
    )
    return Layout(scale, cell, width, height, blocks, signs)


def _with_arrows(spots: Sequence[Spot], room: float, cell: float, scale: Scale) -> Layout:
    """Place the spots, with arrows to the last column and a legend."""
    layout = _grid(spots, cell, scale)
    return _with_legend(spots, replace(layout, arrows=tuple(_arrows(spots, layout))), room)


def _columns(spots: Sequence[Spot], cell: float, scale: Scale) -> tuple[list[float], float]:
    """The left edge of the boxes of each column, and the width of all."""
    lefts: list[float] = []
    end = reach = 0.0  # of what stands to the left, and of the labels above it
    for column in range(1 + max(spot.column for spot in spots)):
        own = [spot for spot in spots if spot.column == column]
        is_reached = column and all(spot.formula for spot in own)
        sign = _ARROW * scale.font if is_reached else max(_sign(spot, scale) for spot in own)
        left = max(end + sign, reach) + max(_before(spot, cell, scale) for spot in own)
        lefts.append(left)
        end = left + max(_after(spot, cell, scale) for spot in own)
        boxes = ((len(spot.block.columns) * cell, spot) for spot in own if spot.has_columns)
        reach = left + max(wide + overhang(spot.block, cell, scale) for wide, spot in boxes)
    return lefts, max(end, reach)


def _sign(spot: Spot, scale: Scale) -> float:
    """Width of the sign at the left of a block."""
    return text_width(spot.sign, _SIGN * scale.font) + scale.gap if spot.sign else 0.0


def _before(spot: Spot, cell: float, scale: Scale) -> float:
    """Room at the left of the boxes, for words or half of a wide caption."""
    words = row_label_width(spot.block, scale) if spot.has_rows else 0.0
    return max(words, (_caption(spot, scale) - len(spot.block.columns) * cell) / 2)


def _after(spot: Spot, cell: float, scale: Scale) -> float:
    """Room for the boxes, or for half of a wide caption."""
    boxes = len(spot.block.columns) * cell
    return max(boxes, (boxes + _caption(spot, scale)) / 2)


def _caption(spot: Spot, scale: Scale) -> float:
    """Width of what is centred above or below the boxes."""
    below = text_width(f"{spot.block.symbol}  {spot.block.shape}", scale.font)
    return max(below, text_width(spot.formula, _FORMULA * scale.font))


def _middles(
    spots: Sequence[Spot], cell: float, scale: Scale, between: float
) -> tuple[list[float], float]:
    """The middle of each line, and the height of all."""
    middles: list[float] = []
    top = _ABOVE * scale.font - between
    for line in range(max(spot.line for spot in spots) + 1):
        own = [spot for spot in spots if spot.line == line]
        halves = [len(spot.block.rows) * cell * scale.flat / 2 for spot in own]
        above = max(half + _head(spot, cell, scale) for half, spot in zip(halves, own, strict=True))
        middles.append(top + between + above)
        top += between + above + max(halves) + _FOOT * scale.font
    return middles, top


def _head(spot: Spot, cell: float, scale: Scale) -> float:
    labels = head_height(spot.block, cell, scale) if spot.has_columns else scale.gap / 2
    return labels + (_FORMULA_LINE * scale.font if spot.formula else 0.0)


def _signs(spot: Spot, placed: Placed, cell: float, scale: Scale) -> Iterator[Sign]:
    """The sign at the left of a block, and the formula above it."""
    height = len(spot.block.rows) * cell * scale.flat
    if spot.sign:
        x = placed.left - _before(spot, cell, scale) - scale.gap / 2
        yield Sign(spot.sign, x, placed.top + height / 2, position="middle left")
    if spot.formula:
        x = placed.left + len(spot.block.columns) * cell / 2
        y = placed.top - _head(spot, cell, scale) + _FORMULA_LINE * scale.font / 2
        yield Sign(spot.formula, x, y, _FORMULA)


def _arrows(spots: Sequence[Spot], layout: Layout) -> Iterator[Arrow]:
    """From the last block of each of the upper lines to the scores, and to the output."""
    font, last = layout.scale.font, spots[-1].column
    pairs = sorted(zip(spots, layout.blocks, strict=True), key=lambda pair: pair[0].column)
    ends = {spot.line: placed for spot, placed in pairs if spot.column < last}
    reached = [placed for spot, placed in pairs if spot.formula]
    targets = [(each, shift) for each, shift in zip(reached[:1] * 2, (-0.5, 0.5), strict=False)]
    targets += [(output, 0.0) for output in reached[LINES - 1 :]]
    for line, (to, shift) in enumerate(targets):
        block, target = ends[line].block, to.block
        x = ends[line].left + len(block.columns) * layout.cell + font / 2
        y = ends[line].top + len(block.rows) * layout.row / 2
        end = to.left - row_label_width(target, layout.scale) - font / 4
        level = to.top + len(target.rows) * layout.row / 2 + shift * font
        yield Arrow(x, level if line != 1 else y, end, level)


def _end(placed: Placed, layout: Layout) -> float:
    """Where a block and its caption end."""
    return placed.top + len(placed.block.rows) * layout.row + _FOOT * layout.scale.font


def _with_legend(spots: Sequence[Spot], layout: Layout, room: float) -> Layout:
    """Place a legend at the bottom left where nothing else stands, else beside or below all."""
    font = layout.scale.font
    starts = [
        placed.left - _before(spot, layout.cell, layout.scale) - _sign(spot, layout.scale)
        for spot, placed in zip(spots, layout.blocks, strict=True)
        if spot.line == max(1, *(each.line for each in spots))
    ]
    shown = Legend(0.0, 0.0, has_weights=any(spot.formula for spot in spots))
    wide, high = legend_room(shown)
    bottom = layout.height - high * font
    free_from = max(_end(placed, layout) for placed in layout.blocks if placed.left < wide * font)
    if starts and min(starts) >= wide * font and bottom >= free_from:
        return replace(layout, legend=replace(shown, y=bottom))
    if (beside := layout.width + 2 * font) + wide * font <= room and bottom >= 0:
        return replace(
            layout, width=beside + wide * font, legend=replace(shown, x=beside, y=bottom)
        )
    shown = replace(shown, y=layout.height + 0.4 * font, is_row=True)
    wide, high = legend_room(shown)
    return replace(
        layout,
        width=max(layout.width, wide * font),
        height=layout.height + (high + 0.4) * font,
        legend=shown,
    )
