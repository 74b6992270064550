"""The graph of a scenario's matrices, each with its labels, operands and dependencies.

Positions, a mask, a temperature or a second sentence add steps. `graph` resolves once which
matrices exist and which replace the others; all other code reads its nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..scenario import Scenario
from . import labels
from .cells import Cell
from .steps import AXES, INPUTS, SOFTMAX_INPUT, STEPS, Axis, Factor, Operation, Step, step


@dataclass(frozen=True)
class Dependency:
    """A part of an operand: a row, a column, a pair, or a single number.

    Attributes
    ----------
    name : str
        The operand's name.
    cells : tuple of Cell
        In the order of use; rows and columns of the operand itself, not of its
        transpose.
    """

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """One matrix that a scenario has, without its numbers.

    Attributes
    ----------
    step : Step
        With this scenario's symbol.
    rows, columns : tuple of str
        Labels.
    terms : tuple of Operand or str
        The right-hand side as an equation writes it; empty for an input.
    operands : tuple of Operand
        The matrices that each number depends on, without steps that change nothing.
    original : str
        The first matrix with the same numbers, in most cases itself.
    """

    step: Step
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    terms: tuple[Operand | str, ...]
    operands: tuple[Operand, ...]
    original: str

    @property
    def name(self) -> str:
        """Attribute of `AttentionTrace`."""
        return self.step.name

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of one head's matrix."""
        return len(self.rows), len(self.columns)


@dataclass(frozen=True)
class Operand:
    """A node in an equation, transposed or not."""

    node: Node
    transposed: bool = False


@dataclass(frozen=True, eq=False)
class Graph(Mapping[str, Node]):
    """All nodes of a scenario by name, in the order of computation; built by `graph`."""

    _axes: dict[Axis, tuple[str, ...]]
    _idle: frozenset[str]
    _nodes: dict[str, Node] = field(default_factory=dict)
    __hash__ = object.__hash__  # a mapping has none of its own

    def __getitem__(self, name: str) -> Node:
        return self._nodes[name]

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def resolve(self, name: str) -> Node:
        """Return the node of a name, or the node that replaces it.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> graph(DEFAULT.scenario).resolve("Z_pos").name  # no positions, no Z
        'X'
        """
        return self.operand(Factor(name)).node

    def has_operand(self, factor: Factor) -> bool:
        """Whether a factor's matrix exists, or another replaces it."""
        return factor.name in self or bool(step(factor.name).before)

    def operand(self, factor: Factor) -> Operand:
        """Resolve a factor of an equation to its operand."""
        each = step(factor.name)
        while each.name not in self or (
            factor.back_to not in ("", each.name) and each.name in self._idle
        ):
            each = step(each.before)
        return Operand(self[each.name], factor.transposed)

    def axis(self, name: Axis) -> tuple[str, ...]:
        """Labels along an axis."""
        return self._axes[name]

    def dependencies(self, cell: Cell) -> tuple[Dependency, ...]:
        """List the numbers that a number depends on, one step back; none for an input.

        A product depends on a row of the left and a column of the right matrix, the softmax
        on a row, a rotated number on its pair and their angle, the concatenated heads on a
        number of one head's output (see `head_of`), and any other step on the numbers at the
        same row and column.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> row, column = graph(DEFAULT.scenario).dependencies(Cell("output", 1, 3))
        >>> row.name, row.cells[0]
        ('weights', Cell(name='weights', row=1, column=0))
        >>> column.name, column.cells[0]
        ('V', Cell(name='V', row=0, column=3))
        """
        node = self[cell.name]
        find = _DEPENDENCIES.get(node.step.operation, _same_place)
        return tuple(find(node.operands, cell))

    def head_of(self, cell: Cell) -> int | None:
        """Return the head that a number of the concatenated heads comes from; else None.

        Examples
        --------
        >>> from attn_core.edits.heads import added
        >>> from attn_core.presets import DEFAULT
        >>> g = graph(added(DEFAULT.scenario))
        >>> g.head_of(Cell("concat_heads", 0, 5)), g.head_of(Cell("output", 0, 1))
        (1, None)
        """
        node = self[cell.name]
        if node.step.operation != "concatenation":
            return None
        return cell.column // len(node.operands[0].node.columns)

    def name_of(self, cell: Cell) -> str:
        """Name a number by its matrix, row and column.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> graph(DEFAULT.scenario).name_of(Cell("raw_scores", 1, 0))
        'QKᵀ[suis, Je]'
        """
        node = self[cell.name]
        row, column = node.rows[cell.row], node.columns[cell.column]
        return f"{node.step.symbol}[{labels.isolate(row)}, {labels.isolate(column)}]"

    def has_cell(self, cell: Cell) -> bool:
        """Whether a cell exists.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> [graph(DEFAULT.scenario).has_cell(Cell("X", i, 3)) for i in (2, 3)]
        [True, False]
        """
        if cell.name not in self:
            return False
        rows, columns = self[cell.name].shape
        return 0 <= cell.row < rows and 0 <= cell.column < columns

    def nearest(self, name: Any, row: Any, column: Any) -> Cell:
        """Return a cell; where a matrix has fewer rows or columns, its last one.

        Raises
        ------
        ValueError
            When there is no such matrix, or a place isn't a whole number from 0.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> graph(DEFAULT.scenario).nearest("weights", 1, 3)
        Cell(name='weights', row=1, column=2)
        """
        if not isinstance(name, str) or name not in self:
            raise ValueError(f"There is no matrix {name!r:.40} here.")
        rows, columns = self[name].shape
        for what, place in (("row", row), ("column", column)):
            if type(place) is not int or place < 0:
                raise ValueError(f"{name} is {rows}×{columns}; it has no {what} {place!r:.40}.")
        return Cell(name, min(row, rows - 1), min(column, columns - 1))


def graph(scenario: Scenario) -> Graph:
    """Resolve the matrices of a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    Graph
        The steps from the scores to the weights always exist, even where they change
        nothing, because that is worth seeing, too.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> tuple(graph(DEFAULT.scenario))[:6]
    ('X', 'W_q', 'W_k', 'W_v', 'attn_mask', 'similarity')
    >>> [operand.node.name for operand in graph(DEFAULT.scenario)["weights"].operands]
    ['scores']
    """
    # A drag changes numbers alone, so shapes and settings identify the graph.
    values = vars(scenario).values()
    key = tuple([v.shape if isinstance(v, np.ndarray) else v for v in values])
    if (found := _GRAPHS.get(key)) is None:
        if len(_GRAPHS) >= _MOST:  # other sessions may have added some meanwhile
            _GRAPHS.clear()
        found = _GRAPHS[key] = _resolved(scenario)
    return found


#: The last graphs. `lru_cache` would keep the scenarios with all their numbers.
_GRAPHS: dict[Hashable, Graph] = {}
_MOST = 64


def _resolved(s: Scenario) -> Graph:
    steps = [each for each in (*INPUTS, *STEPS) if each.exists(s)]
    axes = {name: labels_of(s) for name, labels_of in AXES.items()}
    found = Graph(axes, frozenset(each.name for each in steps if each.idle(s)))
    for each in steps:
        found._nodes[each.name] = _node(found, each, s)
    return found


def _node(found: Graph, which: Step, s: Scenario) -> Node:
    """Resolve a step whose operands are resolved already."""
    rows, columns = map(found.axis, which.axes)
    # A factor that doesn't exist, and that nothing replaces, is left out.
    right_side = [t for t in which.right_side if isinstance(t, str) or found.has_operand(t)]
    terms = tuple(found.operand(t) if isinstance(t, Factor) else _sign(s, t) for t in right_side)
    factors = (term for term in right_side if isinstance(term, Factor))
    operands = tuple(found.operand(SOFTMAX_INPUT if each.back_to else each) for each in factors)
    is_same = which.name in found._idle
    original = found.resolve(which.before).original if is_same else which.name
    return Node(_as_written(s, which), rows, columns, terms, operands, original)


def _as_written(s: Scenario, which: Step) -> Step:
    if which.name == "raw_scores" and s.positions == "rope":
        return replace(which, symbol="Q′K′ᵀ", latex=r"Q' K'^\top")
    return which


def _sign(s: Scenario, text: str) -> str:
    return text.format(divisor=divisor(s), temperature=f"{s.temperature:g}")


def divisor(s: Scenario) -> str:
    """Write the divisor of the raw scores: √d_k, as a whole number where it is one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> divisor(DEFAULT.scenario)
    '2'
    """
    if not s.scale:
        return "1"
    root = math.isqrt(s.d_k)
    return str(root) if root * root == s.d_k else f"√{s.d_k}"


def _row_and_column(operands: tuple[Operand, ...], cell: Cell) -> Iterator[Dependency]:
    left, right = operands
    yield _row(left.node, cell.row)
    if right.transposed:
        yield _row(right.node, cell.column)
    else:
        name, rows = right.node.name, len(right.node.rows)
        yield Dependency(name, tuple(Cell(name, k, cell.column) for k in range(rows)))


def _whole_row(operands: tuple[Operand, ...], cell: Cell) -> Iterator[Dependency]:
    for operand in operands:
        yield _row(operand.node, cell.row)


def _row(node: Node, row: int) -> Dependency:
    return Dependency(node.name, tuple(Cell(node.name, row, k) for k in range(len(node.columns))))


def _same_place(operands: tuple[Operand, ...], cell: Cell) -> Iterator[Dependency]:
    for operand in operands:
        yield Dependency(operand.node.name, (replace(cell, name=operand.node.name),))


def _pair_and_angle(operands: tuple[Operand, ...], cell: Cell) -> Iterator[Dependency]:
    """Yield the pair of numbers that is rotated together, and its angle."""
    (name, angles), pair = (each.node.name for each in operands), cell.column // 2
    if pair == len(operands[1].node.columns):  # the last of an odd number has no partner
        yield Dependency(name, (replace(cell, name=name),))
    else:
        yield Dependency(name, tuple(Cell(name, cell.row, k) for k in (2 * pair, 2 * pair + 1)))
        yield Dependency(angles, (Cell(angles, cell.row, pair),))


def _of_one_head(operands: tuple[Operand, ...], cell: Cell) -> Iterator[Dependency]:
    node = operands[0].node
    yield Dependency(node.name, (Cell(node.name, cell.row, cell.column % len(node.columns)),))


#: The dependencies of a number by its operation; any other depends on its own row and column.
_DEPENDENCIES: dict[Operation, Callable[[tuple[Operand, ...], Cell], Iterator[Dependency]]] = {
    "product": _row_and_column,
    "softmax": _whole_row,
    "rotation": _pair_and_angle,
    "concatenation": _of_one_head,
}
