"""Where the boxes, labels and signs of an equation stand, in pixels.

All boxes of an equation have one size. Terms go on as few lines as keep the boxes
large enough for their numbers; where the width allows less, the boxes shrink.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...notation.equation import Block, Equation
from .look import DESK, Scale
from .text import NOTE, text_width

_SLANT = math.radians(40)
#: On the narrowest screens letters shrink before boxes get smaller than this.
_LEAST_CELL, _SMALLEST_FONT = 12, 8
#: Which way a score or weight is read.
ROLE_NOTE = "row = query, column = key"


@dataclass(frozen=True)
class Placed:
    """A block with the upper left corner of its first box, and which labels are written."""

    block: Block
    left: float
    top: float
    slanted: bool
    has_rows: bool = True
    has_columns: bool = True
    has_note: bool = True


@dataclass(frozen=True)
class Sign:
    """An operator at (x, y), and where it stands there; its size in parts of the letters'."""

    text: str
    x: float
    y: float
    size: float = 0.0
    position: str = "middle center"


@dataclass(frozen=True)
class Arrow:
    """An arrow to the right, from (x, y) to (to_x, to_y)."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True)
class Legend:
    """A legend of colours with its upper left corner at (x, y): a column, or one row.

    Where neither scores nor weights are drawn it names the colours of other numbers alone.
    """

    x: float
    y: float
    is_row: bool = False
    has_weights: bool = True


@dataclass(frozen=True)
class Layout:
    """A whole equation in place."""

    scale: Scale
    cell: float
    width: float
    height: float
    blocks: tuple[Placed, ...]
    signs: tuple[Sign, ...]
    arrows: tuple[Arrow, ...] = ()
    legend: Legend | None = None

    @property
    def row(self) -> float:
        """Height of a box; `cell` is its width."""
        return self.cell * self.scale.flat

    def holding(self, blocks: Iterable[Block]) -> Layout:
        """Return the same places with other blocks, of the same shapes and labels."""
        pairs = zip(self.blocks, blocks, strict=True)
        return replace(self, blocks=tuple(replace(placed, block=each) for placed, each in pairs))

    def moved_down(self, by: float) -> Layout:
        """Return blocks and signs further below."""
        blocks = tuple(replace(placed, top=placed.top + by) for placed in self.blocks)
        signs = tuple(replace(sign, y=sign.y + by) for sign in self.signs)
        return replace(self, height=self.height + by, blocks=blocks, signs=signs)


@dataclass(frozen=True)
class _Unit:
    """A block with the signs before and after it, which no line break parts."""

    before: str
    block: Block
    after: str


def arrange(equations: Sequence[Equation], width: float, scale: Scale = DESK) -> Layout:
    """Place equations in a width, one below the other.

    Parameters
    ----------
    equations : sequence of Equation
    width : float
        Pixels at hand.
    scale : Scale

    Returns
    -------
    Layout
        Never wider than `width`, unless single labels alone are.
    """
    written = [tuple(_units(equation)) for equation in equations]
    scale = _fitting(written, width, scale)
    cell = min(_cell_size(units, width, scale) for units in written)
    lines = [line for units in written for line in _wrap(units, width, cell, scale)]
    blocks: list[Placed] = []
    signs: list[Sign] = []
    top = 0.0
    for line in lines:
        head = max(head_height(unit.block, cell, scale) for unit in line)
        body = max(len(unit.block.rows) for unit in line) * cell * scale.flat
        foot = max(_foot(unit.block, scale) for unit in line)
        own_blocks, own_signs = _place_line(line, top + head + body / 2, cell, scale)
        blocks += own_blocks
        signs += own_signs
        top += head + body + foot + scale.gap
    used = max(sum(_width(unit, cell, scale) for unit in line) for line in lines)
    return Layout(scale, cell, used, top - scale.gap, tuple(blocks), tuple(signs))


def right_of(placed: Placed, layout: Layout) -> float:
    """Right edge of a block with its labels and its caption."""
    block, cell, scale = placed.block, layout.cell, layout.scale
    boxes = len(block.columns) * cell
    wide = max(boxes + overhang(block, cell, scale), _caption_width(block, boxes, scale))
    return placed.left + wide


def top_of(placed: Placed, layout: Layout) -> float:
    """Upper edge of a block with its labels."""
    return placed.top - head_height(placed.block, layout.cell, layout.scale)


def _units(equation: Equation) -> Iterator[_Unit]:
    """Join each block with the signs that belong to it: those before, and a final one."""
    before: list[str] = []
    pending: Block | None = None
    pending_before = ""
    for term in equation.terms:
        if isinstance(term, Block):
            if pending is not None:
                after, before = _closing(before)
                yield _Unit(pending_before, pending, after)
            pending, pending_before, before = term, " ".join(before), []
        else:
            before.append(term)
    if pending is not None:
        yield _Unit(pending_before, pending, " ".join(before))


def _closing(signs: list[str]) -> tuple[str, list[str]]:
    """Separate what closes the block on the left (``)``, ``/ √3``) from what opens the next."""
    closing = [sign for sign in signs if sign.startswith((")", "/"))]
    return " ".join(closing), [sign for sign in signs if sign not in closing]


def _fitting(written: list[tuple[_Unit, ...]], width: float, scale: Scale) -> Scale:
    """Shrink the letters where words and signs alone would fill the width."""
    while scale.font > _SMALLEST_FONT and any(
        _width(unit, _LEAST_CELL, scale) > width for units in written for unit in units
    ):
        scale = replace(scale, font=scale.font - 1, longest_label=int(scale.longest_label * 0.92))
    return scale


def _cell_size(units: tuple[_Unit, ...], width: float, scale: Scale) -> float:
    """Largest box that needs no more lines than the smallest legible one does."""

    def lines(cell: float) -> int:
        return len(_wrap(units, width, cell, scale))

    def overflows(cell: float) -> bool:
        return any(_width(unit, cell, scale) > width for unit in units)

    cell = float(scale.smallest_cell)
    while overflows(cell) and cell > 1:
        cell -= 1
    if cell < scale.smallest_cell:
        return cell
    fewest = lines(cell)
    while cell < scale.largest_cell and lines(cell + 1) == fewest and not overflows(cell + 1):
        cell += 1
    return cell


def _wrap(units: tuple[_Unit, ...], width: float, cell: float, scale: Scale) -> list[list[_Unit]]:
    lines: list[list[_Unit]] = [[]]
    used = 0.0
    for unit in units:
        needed = _width(unit, cell, scale)
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append(unit)
        used += needed
    return lines


def _place_line(
    line: list[_Unit], middle: float, cell: float, scale: Scale
) -> tuple[list[Placed], list[Sign]]:
    """Place the blocks and signs of a line side by side, about the height of its middle."""
    blocks: list[Placed] = []
    signs: list[Sign] = []
    left = 0.0
    for unit in line:
        before, after = (_sign_width(text, scale) for text in (unit.before, unit.after))
        if unit.before:
            signs.append(Sign(unit.before, left + before / 2, middle))
        box_left = left + before + _left(unit.block, cell, scale)
        height = len(unit.block.rows) * cell * scale.flat
        slanted = is_slanted(unit.block, cell, scale)
        blocks.append(Placed(unit.block, box_left, middle - height / 2, slanted))
        left += _width(unit, cell, scale)
        if unit.after:
            signs.append(Sign(unit.after, left - after / 2, middle))
    return blocks, signs


def _width(unit: _Unit, cell: float, scale: Scale) -> float:
    block = unit.block
    boxes = len(block.columns) * cell
    right = max(boxes + overhang(block, cell, scale), _caption_width(block, boxes, scale))
    signs = _sign_width(unit.before, scale) + _sign_width(unit.after, scale)
    return signs + _left(block, cell, scale) + right + scale.gap / 2


def _left(block: Block, cell: float, scale: Scale) -> float:
    """Room left of the first box, for row labels above and half of a wide caption below."""
    boxes = len(block.columns) * cell
    return max(row_label_width(block, scale), _caption_width(block, boxes, scale) - boxes)


def _sign_width(text: str, scale: Scale) -> float:
    return text_width(text, scale.font * 1.4) + scale.gap if text else 0.0


def row_label_width(block: Block, scale: Scale) -> float:
    """Width of the labels of the rows, with a gap."""
    return min(_widest(block.rows, scale), scale.longest_label) + scale.gap / 2


def _widest(texts: Iterable[str], scale: Scale) -> float:
    return max(text_width(text, scale.font) for text in texts)


def is_slanted(block: Block, cell: float, scale: Scale) -> bool:
    """Whether a label of a column is wider than its boxes."""
    return _widest(block.columns, scale) > cell - 2


def overhang(block: Block, cell: float, scale: Scale) -> float:
    """How far the last slanted label reaches beyond the last box."""
    if not is_slanted(block, cell, scale):
        return 0.0
    letter = 0.8 * scale.font * math.sin(_SLANT)
    reach = [
        min(text_width(text, scale.font), scale.longest_label) * math.cos(_SLANT)
        + letter
        - cell * (len(block.columns) - 0.5 - j)
        for j, text in enumerate(block.columns)
    ]
    return max(0.0, *reach)


def head_height(block: Block, cell: float, scale: Scale) -> float:
    """Height of the labels of the columns."""
    if not is_slanted(block, cell, scale):
        return scale.font * 1.6
    longest = min(_widest(block.columns, scale), scale.longest_label)
    return longest * math.sin(_SLANT) + scale.font * 1.4


def _caption_width(block: Block, boxes: float, scale: Scale) -> float:
    """Room right of the first box that a centred caption needs."""
    name = text_width(f"{block.title or block.symbol}  {block.shape}", scale.font)
    widest = max(name, text_width(role_note(block), scale.font * NOTE))
    return max(boxes, (boxes + widest) / 2)


def role_note(block: Block) -> str:
    """Say which way a score or weight is read; empty for other matrices."""
    return ROLE_NOTE if block.step.axes == ("query", "key") else ""


def _foot(block: Block, scale: Scale) -> float:
    return scale.font * (3.1 if role_note(block) else 1.8)
