"""Where the blocks of an overview stand: in a grid, or from top to bottom on a narrow page.

The grid has a line for each projection. The embeddings stand in its first column, the projections,
queries, keys and values in the next; scores, weights and output in the last, read downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ...notation.equation import Block, Equation
from ...notation.overview import END
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

#: Lines of a grid: one for each projection.
_LINES = 3

_Pair = tuple[str, Block]


@dataclass(frozen=True)
class _Spot:
    """A block in the grid, the sign at its left and the formula above it."""

    block: Block
    column: int
    line: int
    sign: str = ""
    formula: str = ""
    has_rows: bool = True
    has_columns: bool = True


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
    parts = _Parts(whole)
    if look.width >= _NARROW:
        is_whole = len(parts.attention) == _LINES or look.is_large
        most = _MAX if is_whole else _MAX_OF_PART
        return _largest(partial(_with_arrows, _in_grid(parts), look.width), look, most)
    look = replace(look, height=None)
    stacked = _largest(partial(_stacked, parts, one_by_one=False), look)
    if stacked.width <= look.width:
        return stacked
    return _largest(partial(_stacked, parts, one_by_one=True), look)


class _Parts:
    """The blocks of an overview by what they are, each with the sign before it."""

    def __init__(self, whole: Equation) -> None:
        lines = _lines(whole)
        projections = [line for line in lines if not _is_attention(line)]
        pairs = [pair for line in projections for pair in line]
        self.blocks = whole.blocks
        self.embeddings = [pair for pair in pairs if _is_embedding(pair)]
        chains = [[pair for pair in line if not _is_embedding(pair)] for line in projections]
        #: Projection and product, and the product's rotated rows where there are some.
        self.chains = [chain for chain in chains if chain]
        self.attention = [pair for line in lines if _is_attention(line) for pair in line]


def _lines(whole: Equation) -> list[list[_Pair]]:
    """Separate the equations: the blocks of each with the signs before them."""
    lines: list[list[_Pair]] = [[]]
    sign = ""
    for term in whole.terms:
        if isinstance(term, Block):
            lines[-1].append((sign, term))
        elif term == END:
            lines.append([])
        sign = term if isinstance(term, str) and term != END else ""
    return lines


def _is_attention(line: list[_Pair]) -> bool:
    """Whether a line is one matrix, with what it is made of in its sign: scores and after."""
    return len(line) == 1 and line[0][0].endswith("=")


def _is_embedding(pair: _Pair) -> bool:
    return pair[1].step.axes[1] == "feature"


def _in_grid(parts: _Parts) -> list[_Spot]:
    stacks = _stacks(parts.embeddings)
    spots = [spot for i, stack in enumerate(stacks) for spot in _embeddings(stack, i)]
    for line, chain in enumerate(parts.chains):
        spots += _chain(chain, len(stacks), line)
    last = len(stacks) + max(map(len, parts.chains), default=0)
    return _in_order([*spots, *_attention(parts, last)], parts)


def _in_order(spots: list[_Spot], parts: _Parts) -> list[_Spot]:
    """Put spots in the order of the equation."""
    places = {id(block): i for i, block in enumerate(parts.blocks)}
    return sorted(spots, key=lambda spot: places[id(spot.block)])


def _stacks(embeddings: list[_Pair]) -> list[list[_Pair]]:
    """The embeddings as columns of at most three, those of the second sentence by themselves."""
    if len(embeddings) <= _LINES:
        return [embeddings]
    roles = dict.fromkeys(block.step.axes[0] for _, block in embeddings)
    return [[pair for pair in embeddings if pair[1].step.axes[0] == role] for role in roles]


def _embeddings(stack: list[_Pair], column: int) -> Iterator[_Spot]:
    """Place embeddings below each other; labels that stand above aren't repeated."""
    above: tuple[str, ...] = ()
    for line, (sign, block) in enumerate(stack):
        is_new = block.rows != above
        yield _Spot(block, column, line, sign, has_rows=is_new, has_columns=is_new)
        above = block.rows


def _chain(chain: list[_Pair], column: int, line: int) -> Iterator[_Spot]:
    for i, (sign, block) in enumerate(chain):
        yield _Spot(block, column + i, line, sign, has_rows=i == 0)


def _attention(parts: _Parts, column: int) -> Iterator[_Spot]:
    """Place scores, weights and output below each other, each under its formula."""
    for line, (sign, block) in enumerate(parts.attention):
        formula = sign.removesuffix(" =")
        yield _Spot(block, column, line, formula=f"↓ {formula}" if line else formula)


def _stacked(parts: _Parts, cell: float, scale: Scale, *, one_by_one: bool) -> Layout:
    """Place from top to bottom: embeddings, then the products, then what follows from them."""
    spots = list(_embeddings(parts.embeddings, 0))
    for chain in parts.chains:
        first, *others = _chain(chain, 0, 1 + spots[-1].line)
        spots.append(replace(first, sign="", formula=_product(parts, chain)))
        for spot in others:
            down = spot.column if one_by_one else 0
            spots.append(replace(spot, column=spot.column - down, line=spot.line + down))
    scale = replace(scale, longest_label=5 * scale.font)
    shown = Legend(0.0, 0.0, has_weights=bool(parts.attention))
    wide, high = legend_room(shown)
    upper = _grid(_in_order(spots, parts), cell, scale, between=scale.gap)
    lower = Layout(scale, cell, 0.0, upper.height, (), ())
    if parts.attention:
        lower = _grid(list(_attention(parts, 0)), cell, scale, between=scale.gap / 2)
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


def _product(parts: _Parts, chain: list[_Pair]) -> str:
    """Write the product that a chain begins with; its left factor may be written in the sign."""
    (sign, projection), (_, product), *_ = chain
    before = parts.blocks[parts.blocks.index(projection) - 1]
    left = sign if sign != "·" else f"{before.symbol} ·"
    return f"{left} {projection.symbol} = {product.symbol}"


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


def _grid(spots: Sequence[_Spot], cell: float, scale: Scale, between: float = 0.0) -> Layout:
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


def _with_arrows(spots: Sequence[_Spot], room: float, cell: float, scale: Scale) -> Layout:
    """Place the spots, with arrows to the last column and a legend."""
    layout = _grid(spots, cell, scale)
    return _with_legend(spots, replace(layout, arrows=tuple(_arrows(spots, layout))), room)


def _columns(spots: Sequence[_Spot], cell: float, scale: Scale) -> tuple[list[float], float]:
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


def _sign(spot: _Spot, scale: Scale) -> float:
    """Width of the sign at the left of a block."""
    return text_width(spot.sign, _SIGN * scale.font) + scale.gap if spot.sign else 0.0


def _before(spot: _Spot, cell: float, scale: Scale) -> float:
    """Room at the left of the boxes, for words or half of a wide caption."""
    words = row_label_width(spot.block, scale) if spot.has_rows else 0.0
    return max(words, (_caption(spot, scale) - len(spot.block.columns) * cell) / 2)


def _after(spot: _Spot, cell: float, scale: Scale) -> float:
    """Room for the boxes, or for half of a wide caption."""
    boxes = len(spot.block.columns) * cell
    return max(boxes, (boxes + _caption(spot, scale)) / 2)


def _caption(spot: _Spot, scale: Scale) -> float:
    """Width of what is centred above or below the boxes."""
    below = text_width(f"{spot.block.symbol}  {spot.block.shape}", scale.font)
    return max(below, text_width(spot.formula, _FORMULA * scale.font))


def _middles(
    spots: Sequence[_Spot], cell: float, scale: Scale, between: float
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


def _head(spot: _Spot, cell: float, scale: Scale) -> float:
    labels = head_height(spot.block, cell, scale) if spot.has_columns else scale.gap / 2
    return labels + (_FORMULA_LINE * scale.font if spot.formula else 0.0)


def _signs(spot: _Spot, placed: Placed, cell: float, scale: Scale) -> Iterator[Sign]:
    """The sign at the left of a block, and the formula above it."""
    height = len(spot.block.rows) * cell * scale.flat
    if spot.sign:
        x = placed.left - _before(spot, cell, scale) - scale.gap / 2
        yield Sign(spot.sign, x, placed.top + height / 2, position="middle left")
    if spot.formula:
        x = placed.left + len(spot.block.columns) * cell / 2
        y = placed.top - _head(spot, cell, scale) + _FORMULA_LINE * scale.font / 2
        yield Sign(spot.formula, x, y, _FORMULA)


def _arrows(spots: Sequence[_Spot], layout: Layout) -> Iterator[Arrow]:
    """From the last block of each of the upper lines to the scores, and to the output."""
    font, last = layout.scale.font, spots[-1].column
    pairs = sorted(zip(spots, layout.blocks, strict=True), key=lambda pair: pair[0].column)
    ends = {spot.line: placed for spot, placed in pairs if spot.column < last}
    reached = [placed for spot, placed in pairs if spot.formula]
    targets = [(each, shift) for each, shift in zip(reached[:1] * 2, (-0.5, 0.5), strict=False)]
    targets += [(output, 0.0) for output in reached[_LINES - 1 :]]
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


def _with_legend(spots: Sequence[_Spot], layout: Layout, room: float) -> Layout:
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
