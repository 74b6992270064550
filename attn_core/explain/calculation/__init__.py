"""The calculation of each number of a trace, which a pocket calculator confirms.

A trace holds more digits than anybody reads, and sums of rounded numbers aren't the
rounded sum. So the operands of a number are printed with as many decimals as a reader
with a pocket calculator needs to arrive at the printed result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import localcontext

from ...attention import AttentionTrace
from ...notation import labels
from ...notation.cells import Cell
from ...notation.graph import graph
from ...notation.steps import Operation
from . import element
from .answer import Calculation
from .position_values import alibi_bias, positional_encoding, rotary_angle, rotated
from .product import abridged, product
from .rounding import Operand, Result, bracketed, fewest_decimals, result_of
from .softmax_row import softmax_row, softmax_table

#: Digits of all arithmetic here: products of numbers with 12 decimals are exact.
_PRECISION = 50


def calculate(trace: AttentionTrace, cell: Cell, head: int = 0) -> Calculation:
    """Write the calculation of one number, one step back.

    Parameters
    ----------
    trace : AttentionTrace
        Of all heads, or of one.
    cell : Cell
    head : int
        The head, from 0, where each head has such a matrix.

    Returns
    -------
    Calculation

    Raises
    ------
    ValueError
        When there is no such number or no such head; the message says what was expected.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> s = Scenario(("Je", "suis"), X=[[0.3, 1.2], [0.1, 0.4]], W_q=[[1, 0], [0, 1]],
    ...              W_k=[[1, 0], [0, -1]], W_v=[[1], [1]])
    >>> result = calculate(attend(s), Cell("scores", 0, 1))
    >>> result.symbols
    'scores[Je, suis] = (Q[Je, q₁] × K[suis, k₁] + Q[Je, q₂] × K[suis, k₂]) / √2'
    >>> result.numbers
    '(0.30 × 0.10 + 1.20 × (−0.40)) / √2 = −0.318'
    >>> [(term.label, term.product) for term in result.terms]
    [('q₂', '−0.48'), ('q₁', '0.03')]
    """
    _check(trace, cell, head)
    with localcontext(prec=_PRECISION):
        if cell.name == "alibi_bias":
            return alibi_bias(trace, cell, head)
        one_head = trace.head(head)
        # Only the trace of all heads has the results that the heads share.
        source = one_head if cell.name in graph(one_head.scenario) else trace
        return _calculator(cell.name, source)(source, cell)


def _calculator(name: str, trace: AttentionTrace) -> Calculator:
    return _INPUTS.get(name) or _OPERATIONS[graph(trace.scenario)[name].step.operation]


def _check(trace: AttentionTrace, cell: Cell, head: int) -> None:
    nodes = graph(trace.scenario)
    if cell.name not in nodes:
        raise ValueError(
            f"There is no calculation of {cell.name!r:.40}; expected {', '.join(nodes)}."
        )
    if head not in range(trace.scenario.h):
        raise ValueError(f"Heads count from 0; expected one of {trace.scenario.h}, got {head}.")
    rows, columns = nodes[cell.name].shape
    if cell.row not in range(rows) or cell.column not in range(columns):
        raise ValueError(
            f"{cell.name} is {rows}×{columns}; "
            f"it has no number ({cell.row + 1}, {cell.column + 1})."
        )


def _weights(trace: AttentionTrace, cell: Cell) -> Calculation:
    nodes = graph(trace.scenario)
    row = [score for part in nodes.dependencies(cell) for score in part.cells]
    results = [result_of(trace, replace(cell, column=k)) for k in range(trace.scenario.n_k)]
    result, name = results[cell.column], nodes.name_of(cell)

    def gives(digits: int) -> bool:
        softmax = softmax_row(trace, row, digits)
        unrounded = softmax.differences[cell.column].exp() / softmax.total
        return result.is_given_by(unrounded) and all(
            map(Result.is_given_by, results, softmax.weights)
        )

    digits, equals = fewest_decimals(gives)
    softmax = softmax_row(trace, row, digits)
    powers = [f"e^({nodes.name_of(score)} − max)" for score in row]
    return Calculation(
        cell,
        name,
        f"{name} = {powers[cell.column]} / {bracketed(abridged(powers))}",
        f"{softmax.chain(cell.column)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=tuple(map(Operand, row, softmax.written(softmax.scores))),
        table=softmax_table(trace, row, softmax, results),
    )


def _concatenated(trace: AttentionTrace, cell: Cell) -> Calculation:
    nodes = graph(trace.scenario)
    head = nodes.head_of(cell) or 0
    ((original,),) = (part.cells for part in nodes.dependencies(cell))
    heads = trace.scenario.heads
    whose = f" of {labels.isolate(heads[head])}" if heads else ""
    return element.copied(trace, cell, trace.head(head), original, whose)


Calculator = Callable[[AttentionTrace, Cell], Calculation]

#: Inputs that the visitor doesn't set are computed from the positions.
_INPUTS: dict[str, Calculator] = {
    "P": positional_encoding,
    "P_context": positional_encoding,
    "rotary_angles": rotary_angle,
}
_OPERATIONS: dict[Operation, Calculator] = {
    "input": element.given,
    "product": product,
    "scaling": product,
    "sum": element.added,
    "temperature": element.divided,
    "rotation": rotated,
    "softmax": _weights,
    "concatenation": _concatenated,
}
