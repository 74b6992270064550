"""Which block of an overview stands in which line and column, before any has a size.

A grid has a line for each projection. The embeddings stand in its first column, the projections,
queries, keys and values in the next; scores, weights and output in the last, read downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...notation.equation import Block, Equation
from ...notation.overview import END

#: Lines of a grid: one for each projection.
LINES = 3

_Pair = tuple[str, Block]


@dataclass(frozen=True)
class Spot:
    """A block in the grid, the sign at its left and the formula above it."""

    block: Block
    column: int
    line: int
    sign: str = ""
    formula: str = ""
    has_rows: bool = True
    has_columns: bool = True


class Parts:
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


def in_grid(parts: Parts) -> list[Spot]:
    """Place all blocks of a wide page, in the order of the equation."""
    stacks = _stacks(parts.embeddings)
    spots = [spot for i, stack in enumerate(stacks) for spot in embedding_spots(stack, i)]
    for line, chain in enumerate(parts.chains):
        spots += chain_spots(chain, len(stacks), line)
    last = len(stacks) + max(map(len, parts.chains), default=0)
    return in_order([*spots, *attention_spots(parts, last)], parts)


def in_order(spots: list[Spot], parts: Parts) -> list[Spot]:
    """Put spots in the order of the equation."""
    places = {id(block): i for i, block in enumerate(parts.blocks)}
    return sorted(spots, key=lambda spot: places[id(spot.block)])


def _stacks(embeddings: list[_Pair]) -> list[list[_Pair]]:
    """The embeddings as columns of at most three, those of the second sentence by themselves."""
    if len(embeddings) <= LINES:
        return [embeddings]
    roles = dict.fromkeys(block.step.axes[0] for _, block in embeddings)
    return [[pair for pair in embeddings if pair[1].step.axes[0] == role] for role in roles]


def embedding_spots(stack: list[_Pair], column: int) -> Iterator[Spot]:
    """Place embeddings below each other; labels that stand above aren't repeated."""
    above: tuple[str, ...] = ()
    for line, (sign, block) in enumerate(stack):
        is_new = block.rows != above
        yield Spot(block, column, line, sign, has_rows=is_new, has_columns=is_new)
        above = block.rows


def chain_spots(chain: list[_Pair], column: int, line: int) -> Iterator[Spot]:
    """Place a projection and its products beside each other; the first has the row labels."""
    for i, (sign, block) in enumerate(chain):
        yield Spot(block, column + i, line, sign, has_rows=i == 0)


def attention_spots(parts: Parts, column: int) -> Iterator[Spot]:
    """Place scores, weights and output below each other, each under its formula."""
    for line, (sign, block) in enumerate(parts.attention):
        formula = sign.removesuffix(" =")
        yield Spot(block, column, line, formula=f"↓ {formula}" if line else formula)


def product_formula(parts: Parts, chain: list[_Pair]) -> str:
    """Write the product that a chain begins with; its left factor may be written in the sign."""
    (sign, projection), (_, product), *_ = chain
    before = parts.blocks[parts.blocks.index(projection) - 1]
    left = sign if sign != "·" else f"{before.symbol} ·"
    return f"{left} {projection.symbol} = {product.symbol}"
