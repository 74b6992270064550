"""Outlines in an equation: around a number, and around its dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple

from ..scenario import Scenario
from .cells import Cell
from .equation import Block, Equation, Outline
from .graph import Dependency, Graph, graph

#: Outlines in one block, or none, by row and column of some numbers of another.
_Samples = dict[tuple[int, int], Outline | None]


class _Shown(NamedTuple):
    """A block as far as outlines depend on it."""

    name: str
    title: str
    transposed: bool
    shape: tuple[int, int]


class Spans(NamedTuple):
    """Rows or columns of a block, found by the row (0) or by the column (1) of a number.

    Attributes
    ----------
    by : {0, 1}
    ranges : tuple
        The first and the one behind the last; None where there is nothing.
    """

    by: int
    ranges: tuple[tuple[int, int] | None, ...]


class Part(NamedTuple):
    """What a block has outlined for each number of another: nothing where a range is None."""

    block: int
    rows: Spans
    columns: Spans
    is_target: bool


class BlockDependencies(NamedTuple):
    """All that `highlight` outlines for any number of a block; plain tuples, ready for JSON."""

    is_input: bool
    parts: tuple[Part, ...]


def highlight(equation: Equation, scenario: Scenario, cell: Cell) -> Equation:
    """Outline a number in every block that shows it, and its dependencies in the blocks before.

    Where a matrix between isn't drawn, its own dependencies are outlined instead.

    Parameters
    ----------
    equation : Equation
        Of a trace of this scenario.
    scenario : Scenario
    cell : Cell

    Returns
    -------
    Equation
        The same one where it shows neither.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> t = attend(DEFAULT.scenario)
    >>> marked = highlight(equation(t, "raw_scores"), t.scenario, Cell("raw_scores", 1, 2))
    >>> for shown in marked.blocks:
    ...     print(shown.symbol, *((o.rows, o.columns) for o in shown.outlines))
    Q (range(1, 2), range(0, 4))
    Kᵀ (range(0, 4), range(2, 3))
    QKᵀ (range(1, 2), range(2, 3))
    """
    blocks = list(equation.blocks)
    for i, outline in _outlines(_shown(equation), graph(scenario), cell):
        blocks[i] = replace(blocks[i], outlines=(*blocks[i].outlines, outline))
    remaining = iter(blocks)
    return Equation(
        tuple(next(remaining) if isinstance(term, Block) else term for term in equation.terms)
    )


def dependencies(
    drawn: Sequence[Equation], scenario: Scenario
) -> tuple[BlockDependencies | None, ...]:
    """Tabulate what `highlight` outlines, block by block, for all their numbers at once.

    Parameters
    ----------
    drawn : sequence of Equation
        What is drawn in one picture; what a number lights up stands in any of them.
    scenario : Scenario
        As in `highlight`.

    Returns
    -------
    tuple of BlockDependencies or None
        One for each block; None for one that isn't a matrix of the scenario.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.notation.equation import equation
    >>> from attn_core.presets import DEFAULT
    >>> t = attend(DEFAULT.scenario)
    >>> *_, scores = dependencies([equation(t, "raw_scores")], t.scenario)
    >>> keys = next(part for part in scores.parts if part.block == 1)  # Kᵀ
    >>> keys.rows
    Spans(by=0, ranges=((0, 4), (0, 4), (0, 4)))
    >>> keys.columns  # the column of a score
    Spans(by=1, ranges=((0, 1), (1, 2), (2, 3)))
    """
    shown = tuple(map(_shown, drawn))
    places = [(e, i) for e, blocks in enumerate(shown) for i in range(len(blocks))]
    return tuple(_block_dependencies(graph(scenario), shown, *place) for place in places)


def same_places(drawn: Equation) -> tuple[BlockDependencies, ...]:
    """Tabulate, for matrices of one shape side by side, the same place in each of them.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.analysis.head_similarity import side_by_side
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> first, second = same_places(side_by_side(attend(added(DEFAULT.scenario)), 0))
    >>> [(part.block, part.is_target, outline_of(part, 1, 2).columns) for part in second.parts]
    [(0, False, range(2, 3)), (1, True, range(2, 3))]
    """
    shape = drawn.blocks[0].values.shape
    rows, columns = (
        Spans(by, tuple((i, i + 1) for i in range(size))) for by, size in enumerate(shape)
    )
    indices = range(len(drawn.blocks))
    return tuple(
        BlockDependencies(False, tuple(Part(k, rows, columns, k == own) for k in indices))
        for own in indices
    )


def _shown(equation: Equation) -> tuple[_Shown, ...]:
    return tuple(
        _Shown(each.step.name, each.title, each.transposed, each.values.shape)
        for each in equation.blocks
    )


def _outlines(blocks: Sequence[_Shown], nodes: Graph, cell: Cell) -> Iterator[tuple[int, Outline]]:
    """Yield each outline with the index of its block."""
    if cell.name not in nodes:
        return
    targets = [i for i, block in enumerate(blocks) if _shows(nodes, block, cell.name)]
    for i in targets:
        yield i, _outline(blocks[i], [cell], is_target=True)
    free = list(range(targets[-1])) if targets else []
    for part in _drawn(nodes, cell, [blocks[i] for i in free]):
        candidates = [i for i in free if _shows(nodes, blocks[i], part.name)]
        if (head := nodes.head_of(cell)) is not None:
            # The output of each head has the same name, so only all of them identify one.
            candidates = candidates[head : head + 1] if len(candidates) == _heads(nodes) else []
        for i in candidates[:1]:
            free.remove(i)
            yield i, _outline(blocks[i], part.cells, is_target=False)


def _heads(nodes: Graph) -> int:
    whole = nodes["concat_heads"]
    return len(whole.columns) // len(whole.operands[0].node.columns)


def _drawn(nodes: Graph, cell: Cell, blocks: Sequence[_Shown]) -> Iterator[Dependency]:
    """Yield what a number depends on; in place of a matrix that isn't drawn, what that does."""
    drawn = {nodes[block.name].original for block in blocks if block.name in nodes}
    for part in nodes.dependencies(cell):
        yield from _as_drawn(nodes, part, drawn)


def _as_drawn(nodes: Graph, part: Dependency, drawn: Set[str]) -> Iterator[Dependency]:
    if nodes[part.name].original in drawn:
        yield part
    elif drawn & _ancestors(nodes, part.name):
        deeper: dict[str, dict[Cell, None]] = {}
        for each in chain.from_iterable(map(nodes.dependencies, part.cells)):
            deeper.setdefault(each.name, {}).update(dict.fromkeys(each.cells))
        for name, cells in deeper.items():
            yield from _as_drawn(nodes, Dependency(name, tuple(cells)), drawn)


@lru_cache(maxsize=512)
def _ancestors(nodes: Graph, name: str) -> frozenset[str]:
    """Collect what a matrix is computed from, step by step."""
    before = {operand.node.name for operand in nodes[name].operands}
    originals = {nodes[each].original for each in before}
    return frozenset(originals.union(*(_ancestors(nodes, each) for each in before)))


def _shows(nodes: Graph, block: _Shown, name: str) -> bool:
    """Whether a block has the numbers of a matrix, under this name or another."""
    return block.name in nodes and nodes[block.name].original == nodes[name].original


def _outline(block: _Shown, cells: Iterable[Cell], *, is_target: bool) -> Outline:
    rows, columns = (
        _span(index) for index in zip(*((c.row, c.column) for c in cells), strict=True)
    )
    if block.transposed:
        rows, columns = columns, rows
    return Outline(rows, columns, is_target)


def _span(indices: Iterable[int]) -> range:
    values = tuple(indices)
    return range(min(values), max(values) + 1)


@lru_cache(maxsize=512)  # a drag changes none of it
def _block_dependencies(
    nodes: Graph, drawn: tuple[tuple[_Shown, ...], ...], e: int, index: int
) -> BlockDependencies | None:
    """Return those of a block of the equation `e`."""
    block, own = drawn[e][index], sum(map(len, drawn[:e])) + index
    if block.name not in nodes:
        return None
    titled = {k for k, each in enumerate(chain(*drawn)) if each.title and k != own}
    parts = (
        _part(k, is_target, found)
        for (k, is_target), found in _samples(nodes, drawn, block).items()
        if not (is_target and k in titled)  # another head's, by the same name
    )
    return BlockDependencies(nodes[block.name].step.operation == "input", tuple(parts))


def _samples(
    nodes: Graph, drawn: Sequence[Sequence[_Shown]], block: _Shown
) -> dict[tuple[int, bool], _Samples]:
    """Outline what some numbers of a block depend on, enough to tell of all.

    What is outlined goes by the number's row or by its column alone, and whether anything is, by
    its column.
    """
    seen: dict[tuple[int, int], dict[tuple[int, bool], Outline]] = {}

    def look(i: int, j: int) -> None:
        cell = Cell(block.name, *((j, i) if block.transposed else (i, j)))
        seen[i, j] = {(k, each.is_target): each for k, each in _all_outlines(drawn, nodes, cell)}

    rows, columns = block.shape
    first: dict[tuple[int, bool], int] = {}  # the column where the outlines of a block begin
    for j in range(columns):
        look(0, j)
        first = dict.fromkeys(seen[0, j], j) | first
    for i, j in product(range(1, rows), sorted(set(first.values()))):
        look(i, j)
    return {key: {at: outlines.get(key) for at, outlines in seen.items()} for key in first}


def _all_outlines(
    drawn: Iterable[Sequence[_Shown]], nodes: Graph, cell: Cell
) -> Iterator[tuple[int, Outline]]:
    """Yield the outlines in all equations, with the index of a block among all."""
    before = 0
    for blocks in drawn:
        for i, outline in _outlines(blocks, nodes, cell):
            yield before + i, outline
        before += len(blocks)


def _part(block: int, is_target: bool, samples: _Samples) -> Part:
    """Find whether outlines go by the row or by the column of the number."""
    for by_rows, by_columns in product((0, 1), repeat=2):
        rows = _spans(by_rows, {at: o.rows if o else None for at, o in samples.items()})
        columns = _spans(by_columns, {at: o.columns if o else None for at, o in samples.items()})
        part = Part(block, rows, columns, is_target)
        if all(outline_of(part, *at) == each for at, each in samples.items()):
            return part
    raise AssertionError(f"Block {block} isn't outlined by row and column: {samples}.")


def _spans(by: int, samples: Mapping[tuple[int, int], range | None]) -> Spans:
    found: dict[int, tuple[int, int] | None] = dict.fromkeys(sorted(at[by] for at in samples))
    found |= {at[by]: (each.start, each.stop) for at, each in samples.items() if each}
    return Spans(by, tuple(found.values()))


def outline_of(part: Part, i: int, j: int) -> Outline | None:
    """Return what a part has outlined for the number in row i, column j; None for nothing.

    Examples
    --------
    >>> diagonal = Part(0, Spans(0, ((0, 1), (1, 2))), Spans(1, ((0, 1), None)), is_target=False)
    >>> outline_of(diagonal, 1, 0)
    Outline(rows=range(1, 2), columns=range(0, 1), is_target=False)
    >>> outline_of(diagonal, 1, 1)
    """
    rows, columns = (each.ranges[(i, j)[each.by]] for each in (part.rows, part.columns))
    if rows is None or columns is None:
        return None
    return Outline(range(*rows), range(*columns), part.is_target)
