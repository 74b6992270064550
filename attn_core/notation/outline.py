"""Outlines in an equation: around a number, and around its dependencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..scenario import Scenario
from .cells import Cell
from .equation import Block, Equation, Outline
from .graph import Graph, graph


def highlight(equation: Equation, scenario: Scenario, cell: Cell) -> Equation:
    """Outline a number in every block that shows it, and its dependencies in the blocks before.

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
    blocks, nodes = list(equation.blocks), graph(scenario)
    if cell.name not in nodes:
        return equation
    targets = [i for i, block in enumerate(blocks) if _shows(nodes, block, cell.name)]
    for i in targets:
        blocks[i] = _with_outline(blocks[i], [cell], is_target=True)
    free = list(range(targets[-1])) if targets else []
    for part in nodes.dependencies(cell):
        candidates = [i for i in free if _shows(nodes, blocks[i], part.name)]
        if (head := nodes.head_of(cell)) is not None:
            # The output of each head has the same name, so only all of them identify one.
            candidates = candidates[head : head + 1] if len(candidates) == scenario.h else []
        for i in candidates[:1]:
            free.remove(i)
            blocks[i] = _with_outline(blocks[i], part.cells, is_target=False)
    remaining = iter(blocks)
    return Equation(
        tuple(next(remaining) if isinstance(term, Block) else term for term in equation.terms)
    )


def _shows(nodes: Graph, block: Block, name: str) -> bool:
    """Whether a block has the numbers of a matrix, under this name or another."""
    return block.step.name in nodes and nodes[block.step.name].original == nodes[name].original


def _with_outline(block: Block, cells: Iterable[Cell], *, is_target: bool) -> Block:
    rows, columns = (
        _span(index) for index in zip(*((c.row, c.column) for c in cells), strict=True)
    )
    if block.transposed:
        rows, columns = columns, rows
    return replace(block, outlines=(*block.outlines, Outline(rows, columns, is_target)))


def _span(indices: Iterable[int]) -> range:
    values = tuple(indices)
    return range(min(values), max(values) + 1)
