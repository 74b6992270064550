"""A step as a matrix equation: which boxes, with which names, joined by which signs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..attention import AttentionTrace
from ..scenario import Array, Scenario
from ..shape_rule import resized
from . import labels
from .graph import Node, Operand, graph
from .steps import HEADLINE, Factor, Step


@dataclass(frozen=True)
class Outline:
    """Boxes with a line around them; rows and columns as they are drawn.

    `is_target` parts the number that is asked about from what it is made of.
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
        What stands in the boxes, already transposed where `transposed`.
    rows, columns : tuple of str
        Labels, unique along each axis.
    transposed : bool
        Whether it stands transposed in the equation.
    outlines : tuple of Outline
        Which boxes are outlined.
    title : str
        Name below the boxes, where it isn't the symbol; in the visitor's words.
    """

    step: Step
    values: Array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    transposed: bool = False
    outlines: tuple[Outline, ...] = ()
    title: str = ""

    @property
    def face(self) -> tuple[Hashable, ...]:
        """All of its looks but its numbers; where they are infinite, and how, is a look."""
        infinite = np.isinf(self.values)
        return (
            *(self.step.name, self.step.symbol, self.step.kind, self.step.axes),
            *(self.rows, self.columns, self.transposed, self.outlines, self.title),
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
        """Say what the box in row i, column j is."""
        row, column = self.rows[i], self.columns[j]
        if self.transposed:
            row, column = column, row
        return self.step.cell(row, column)

    def spoken_row(self, i: int) -> str:
        """Say row i with its numbers."""
        numbers = ", ".join(labels.number(value) for value in self.values[i])
        return f"{labels.isolate(self.rows[i])} {numbers}"

    @property
    def cells(self) -> list[list[str]]:
        """`cell` of every box, row by row."""
        return [[self.cell(i, j) for j in range(len(self.columns))] for i in range(len(self.rows))]


@dataclass(frozen=True, eq=False)
class Equation:
    """Blocks and signs from left to right."""

    terms: tuple[Block | str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The matrices alone."""
        return tuple(term for term in self.terms if isinstance(term, Block))

    @property
    def face(self) -> tuple[Hashable, ...]:
        """All of its looks but its numbers."""
        return tuple(term.face if isinstance(term, Block) else term for term in self.terms)

    @property
    def result(self) -> Block:
        """The matrix on the far right."""
        return self.blocks[-1]

    @property
    def alt(self) -> str:
        """A sentence with the true values, for a reader who can't see the picture."""
        signs = " ".join(
            f"{term.title or term.symbol} ({term.shape})" if isinstance(term, Block) else term
            for term in self.terms
        )
        rows = "; ".join(self.result.spoken_row(i) for i in range(len(self.result.rows)))
        return f"{signs}. {self.result.title or self.result.symbol}: {rows}."


def block(trace: AttentionTrace, name: str, transposed: bool = False, head: int = 0) -> Block:
    """One matrix of a trace with its labels.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        A name from `INPUTS` or `STEPS`.
    transposed : bool
        Swap rows and columns.
    head : int
        Which head, where the matrix has a head axis.

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
    nodes = graph(trace.scenario)
    if name not in nodes:
        raise ValueError(f"This scenario has no {name}; it has {', '.join(nodes)}.")
    return _block(trace, nodes[name], transposed, head)


def equation(trace: AttentionTrace, name: str, head: int = 0) -> Equation:
    """Write a step as what it is made of, ``=``, and the result.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> s = Scenario(("a", "b"), X=[[1], [2]], W_q=[[1]], W_k=[[3]], W_v=[[1]])
    >>> equation(attend(s), "raw_scores").alt
    'Q (2×1) · Kᵀ (1×2) = QKᵀ (2×2). QKᵀ: a 3.00, 6.00; b 6.00, 12.00.'
    """
    node = graph(trace.scenario)[name]
    if node.step.operation == "concatenation":
        return _side_by_side(trace, node)
    return _equation(trace, (*node.terms, "=", Operand(node)), head)


def _side_by_side(trace: AttentionTrace, node: Node) -> Equation:
    """Write the output of each head, and all of them as one matrix."""
    (output,) = node.operands
    parts = [
        replace(_block(trace, output.node, head=k), title=name)
        for k, name in enumerate(trace.scenario.heads)
    ] or [_block(trace, output.node)]
    return Equation((*parts, "=", _block(trace, node)))


def headline(trace: AttentionTrace, head: int = 0) -> Equation:
    """All of attention on one line: softmax(scores) · V = output."""
    nodes = graph(trace.scenario)
    terms = (nodes.operand(term) if isinstance(term, Factor) else term for term in HEADLINE)
    return _equation(trace, terms, head)


def shape_mismatch(trace: AttentionTrace, rows: int) -> Equation:
    """X · W_q with a W_q of any number of rows, to show when the product exists.

    Where positions are added to X, it is X′ · W_q.

    Parameters
    ----------
    trace : AttentionTrace
    rows : int
        Rows of W_q; where they are more than the features of X, the new ones are 0.

    Returns
    -------
    Equation
        ``X · W_q = Q`` where the shapes fit, and ``X · W_q = ?`` where they don't.
    """
    if rows == trace.scenario.d_model:
        return equation(trace, "Q")
    X, W = block(trace, graph(trace.scenario).resolve("X_pos").name), block(trace, "W_q")
    values = resized(W.values, rows, len(W.columns))
    names = [*W.rows[:rows], *(f"row {i}" for i in range(len(W.rows) + 1, rows + 1))]
    return Equation((X, "·", replace(W, values=values, rows=tuple(names)), "=", "?"))


def formula(scenario: Scenario, name: str) -> str:
    r"""LaTeX of a step, with this scenario's √d_k and temperature in it.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1]], W_q=[[1, 2]], W_k=[[3, 4]], W_v=[[1]])
    >>> formula(s, "scores")
    '\\mathrm{scores} = \\frac{Q K^\\top}{\\sqrt{2}}'
    """
    node = graph(scenario)[name]
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


def _equation(trace: AttentionTrace, terms: Iterable[Operand | str], head: int) -> Equation:
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
