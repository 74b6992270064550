"""A step as a matrix equation: labelled matrices, and the signs between them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..attention import AttentionTrace
from ..scenario import Array, Scenario
from ..shape_rule import resized
from . import labels
from .graph import Node, Operand, graph
from .steps import HEADLINE, Factor, Step


@dataclass(frozen=True)
class Outline:
    """A rectangle of outlined boxes; rows and columns as they are drawn.

    `is_target` marks the inspected number; other outlines are its dependencies.
    """

    rows: range
    columns: range
    is_target: bool


@dataclass(frozen=True, eq=False)
class Block:
    """A matrix ready to be drawn or tabulated.

    Attributes
    ----------
    step : Step
        Which matrix it is.
    values : ndarray, shape (rows, columns)
        The numbers of the boxes, already transposed where `transposed`.
    rows, columns : tuple of str
        Labels, unique along each axis.
    transposed : bool
        Whether the equation transposes the matrix.
    outlines : tuple of Outline
        The outlined boxes.
    title : str
        Name below the boxes, where it isn't the symbol; it may hold the visitor's words.
    is_covered : bool
        Neither numbers, labels nor shape are to be seen; see `cover`.
    """

    step: Step
    values: Array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    transposed: bool = False
    outlines: tuple[Outline, ...] = ()
    title: str = ""
    is_covered: bool = False

    @property
    def appearance(self) -> tuple[Hashable, ...]:
        """All that is drawn but the finite numbers; infinities have a look of their own."""
        infinite = np.isinf(self.values)
        return (
            *(self.step.name, self.step.symbol, self.step.kind, self.step.axes),
            *(self.rows, self.columns, self.transposed, self.outlines, self.title),
            self.is_covered,
            np.where(infinite, self.values, 0).tobytes() if infinite.any() else b"",
        )

    @property
    def symbol(self) -> str:
        """Name as drawn, such as ``Kᵀ``."""
        return self.step.symbol + ("ᵀ" if self.transposed else "")

    @property
    def shape(self) -> str:
        """Rows and columns as drawn, such as ``3×4``."""
        return f"{len(self.rows)}×{len(self.columns)}"

    def cell(self, i: int, j: int) -> str:
        """Describe the box in row i, column j by its labels."""
        row, column = self.rows[i], self.columns[j]
        if self.transposed:
            row, column = column, row
        return self.step.cell(row, column)

    def describe_row(self, i: int) -> str:
        """Describe row i by its label and its numbers."""
        numbers = ", ".join(labels.number(value) for value in self.values[i])
        return f"{labels.isolate(self.rows[i])} {numbers}"

    def describe_rows(self) -> str:
        """Describe all rows."""
        if self.is_covered:
            return f"{self.title or self.symbol}: covered."
        rows = "; ".join(self.describe_row(i) for i in range(len(self.rows)))
        return f"{self.title or self.symbol}: {rows}."

    @property
    def cells(self) -> list[list[str]]:
        """`cell` of every box, row by row."""
        return [[self.cell(i, j) for j in range(len(self.columns))] for i in range(len(self.rows))]


@dataclass(frozen=True, eq=False)
class Equation:
    """Blocks and signs from left to right."""

    terms: tuple[Block | str, ...]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The matrices alone."""
        return tuple(term for term in self.terms if isinstance(term, Block))

    @property
    def appearance(self) -> tuple[Hashable, ...]:
        """All that is drawn but the finite numbers."""
        return tuple(term.appearance if isinstance(term, Block) else term for term in self.terms)

    @property
    def result(self) -> Block:
        """The matrix on the far right."""
        return self.blocks[-1]

    @property
    def alt(self) -> str:
        """Sentences with the exact shapes, the weights and the result, for a screen reader."""
        signs = " ".join(
            f"{term.title or term.symbol} ({'?' if term.is_covered else term.shape})"
            if isinstance(term, Block)
            else term
            for term in self.terms
        ).replace(" ;", ";")
        told = [each for each in self.blocks if each.step.kind == "weight" or each is self.result]
        return " ".join((f"{signs}.", *(each.describe_rows() for each in told)))


def block(trace: AttentionTrace, name: str, transposed: bool = False, head: int = 0) -> Block:
    """Return one matrix of a trace with its labels.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        A name from `INPUTS` or `STEPS`.
    transposed : bool
        Swap rows and columns.
    head : int
        The head, from 0, where the matrix has a head axis.

    Raises
    ------
    ValueError
        When the trace has no such matrix, as `projected` without W_o.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> keys = block(attend(DEFAULT.scenario), "K", transposed=True)
    >>> keys.symbol, keys.shape, keys.columns
    ('Kᵀ', '4×3', ('Je', 'suis', 'heureux'))
    """
    return _block(trace, _node(trace.scenario, name), transposed, head)


def _node(scenario: Scenario, name: str) -> Node:
    nodes = graph(scenario)
    if name not in nodes:
        raise ValueError(f"This scenario has no {name}; it has {', '.join(nodes)}.")
    return nodes[name]


def equation(trace: AttentionTrace, name: str, head: int = 0) -> Equation:
    """Write the equation of a step: its right-hand side, ``=``, and the result.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> s = Scenario(("a", "b"), X=[[1], [2]], W_q=[[1]], W_k=[[3]], W_v=[[1]])
    >>> equation(attend(s), "raw_scores").alt
    'Q (2×1) · Kᵀ (1×2) = QKᵀ (2×2). QKᵀ: a 3.00, 6.00; b 6.00, 12.00.'
    """
    node = _node(trace.scenario, name)
    if node.step.operation == "concatenation":
        return _side_by_side(trace, node)
    return of_terms(trace, (*node.terms, "=", Operand(node)), head)


def _side_by_side(trace: AttentionTrace, node: Node) -> Equation:
    """Write the output of each head, ``=``, and their concatenation."""
    (output,) = node.operands
    parts = [
        replace(_block(trace, output.node, head=k), title=name)
        for k, name in enumerate(trace.scenario.heads)
    ] or [_block(trace, output.node)]
    return Equation((*parts, "=", _block(trace, node)))


def cover(written: Equation, names: Collection[str]) -> Equation:
    """Cover the matrices of some steps, so that nothing of them is to be seen.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> cover(equation(attend(DEFAULT.scenario), "Q"), {"Q"}).alt
    'X (3×4) · W_q (4×4) = Q (?). Q: covered.'
    """
    return Equation(
        tuple(
            _covered(term) if isinstance(term, Block) and term.step.name in names else term
            for term in written.terms
        )
    )


def _covered(block: Block) -> Block:
    return replace(block, values=np.full_like(block.values, np.nan), outlines=(), is_covered=True)


def headline(trace: AttentionTrace, head: int = 0) -> Equation:
    """Write all of attention on one line: softmax(scores) · V = output.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> headline(attend(DEFAULT.scenario)).alt.partition(". ")[0]
    'softmax ( scores (3×3) ) = weights (3×3) · V (3×4) = output (3×4)'
    """
    nodes = graph(trace.scenario)
    terms = (nodes.operand(term) if isinstance(term, Factor) else term for term in HEADLINE)
    return of_terms(trace, terms, head)


def shape_mismatch(trace: AttentionTrace, rows: int) -> Equation:
    """Write X · W_q with any number of rows in W_q, to show when the product exists.

    Where positions are added to X, it is X′ · W_q.

    Parameters
    ----------
    trace : AttentionTrace
    rows : int
        Rows of W_q; rows beyond the features of X are 0.

    Returns
    -------
    Equation
        ``X · W_q = Q`` where the shapes fit, and ``X · W_q = ?`` where they don't.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> mismatch = shape_mismatch(attend(DEFAULT.scenario), 5)
    >>> [b.shape for b in mismatch.blocks], mismatch.terms[-1]
    (['3×4', '5×4'], '?')
    """
    if rows == trace.scenario.d_model:
        return equation(trace, "Q")
    X, W = block(trace, graph(trace.scenario).resolve("X_pos").name), block(trace, "W_q")
    values = resized(W.values, rows, len(W.columns))
    names = [*W.rows[:rows], *(f"row {i}" for i in range(len(W.rows) + 1, rows + 1))]
    return Equation((X, "·", replace(W, values=values, rows=tuple(names)), "=", "?"))


def formula(scenario: Scenario, name: str) -> str:
    r"""Write the formula of a step in LaTeX, with this scenario's √d_k and temperature.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1]], W_q=[[1, 2]], W_k=[[3, 4]], W_v=[[1]])
    >>> formula(s, "scores")
    '\\mathrm{scores} = \\frac{Q K^\\top}{\\sqrt{2}}'
    """
    node = _node(scenario, name)
    right = _right_side(node, scenario)
    return right if right == node.step.latex else f"{node.step.latex} = {right}"


def _right_side(node: Node, s: Scenario) -> str:
    operands = [each.node.step.latex for each in _operands(node.terms)]
    written = " ".join(operands)
    match node.step.operation:
        case "product":
            left, right = operands
            sign = r" \cdot " if left.startswith(r"\mathrm") else " "
            return left + sign + right + (r"^\top" if node.operands[1].transposed else "")
        case "sum":
            return " + ".join(operands)
        case "scaling":
            root = rf"\sqrt{{{s.d_k}}}" if s.scale else "1"
            return rf"\frac{{{written}}}{{{root}}}"
        case "temperature":
            return rf"\frac{{{written}}}{{{s.temperature:g}}}"
        case "rotation":
            return rf"\operatorname{{rotate}}({', '.join(operands)})"
        case "softmax" | "concatenation" as function:
            return rf"\operatorname{{{function.removesuffix('enation')}}}({', '.join(operands)})"
    return node.step.latex


def _operands(terms: Iterable[Operand | str]) -> list[Operand]:
    return [term for term in terms if isinstance(term, Operand)]


def of_terms(trace: AttentionTrace, terms: Iterable[Operand | str], head: int) -> Equation:
    """Write operands, with their numbers in a trace, and signs."""
    return Equation(
        tuple(
            _block(trace, term.node, term.transposed, head) if isinstance(term, Operand) else term
            for term in terms
        )
    )


def _block(trace: AttentionTrace, node: Node, transposed: bool = False, head: int = 0) -> Block:
    values = getattr(trace, node.name)
    if values.ndim == 3:
        values = values[head]
    if transposed:
        return Block(node.step, values.T, node.columns, node.rows, transposed=True)
    return Block(node.step, values, node.rows, node.columns)
