"""Numbers of a matrix product: a sum of products, each with its contribution."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ...attention import AttentionTrace
from ...notation import labels
from ...notation.cells import Cell
from ...notation.graph import divisor, graph
from .answer import Calculation, Term
from .rounding import (
    TRIED,
    Operand,
    Result,
    bracketed,
    fewest_decimals,
    operand_of,
    read,
    result_of,
    rounded_value,
    short,
    times,
    value_of,
)

#: Longer sums are written with their first two terms and the last.
_MOST_SYMBOLS = 3


def product(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate the dot product of a row and a column, scaled where it is a score."""
    nodes, pairs, result = graph(trace.scenario), _pairs(trace, cell), result_of(trace, cell)
    name = nodes.name_of(cell)
    is_divided = nodes[cell.name].step.operation == "scaling" and trace.scenario.scale
    root = Decimal(trace.scenario.d_k).sqrt() if is_divided else Decimal(1)
    over = divisor(trace.scenario) if is_divided else ""

    def total(digits: int) -> Decimal:
        return sum(
            (rounded_value(trace, a, digits) * rounded_value(trace, b, digits) for a, b in pairs),
            Decimal(0),
        )

    digits, equals = fewest_decimals(lambda digits: result.is_given_by(total(digits) / root))
    factors = [(operand_of(trace, a, digits), operand_of(trace, b, digits)) for a, b in pairs]
    symbols = [" × ".join(map(nodes.name_of, pair)) for pair in pairs]
    return Calculation(
        cell,
        name,
        f"{name} = {_sum(abridged(symbols), over)}",
        f"{_sum([times(a, b) for a, b in factors], over)} {equals} {result.printed}",
        result.printed,
        result.value,
        terms=_terms(trace, factors, _products(factors, root, result)),
        operands=tuple(dict.fromkeys(operand for pair in factors for operand in pair)),
        divisor=over,
    )


def abridged(addends: Sequence[str]) -> list[str]:
    """Leave out the middle of a long sum.

    Examples
    --------
    >>> abridged(["a", "b", "c", "d", "e"])
    ['a', 'b', '…', 'e']
    """
    if len(addends) <= _MOST_SYMBOLS:
        return list(addends)
    return [*addends[:2], "…", addends[-1]]


def _pairs(trace: AttentionTrace, cell: Cell) -> list[tuple[Cell, Cell]]:
    """Pair the factors of each product, in the order in which they are written."""
    nodes = graph(trace.scenario)
    if nodes[cell.name].step.operation == "scaling":
        ((cell,),) = (part.cells for part in nodes.dependencies(cell))
    left, right = nodes.dependencies(cell)
    pairs = list(zip(left.cells, right.cells, strict=True))
    if left.name == "weights":  # the largest contribution is named first
        pairs.sort(key=lambda pair: -abs(value_of(trace, pair[0]) * value_of(trace, pair[1])))
    return pairs


def _products(
    factors: Sequence[tuple[Operand, Operand]], root: Decimal, result: Result
) -> list[str]:
    """Print the products with the fewest decimals that still add up to the result."""
    exact = [read(a.printed) * read(b.printed) for a, b in factors]
    for digits in TRIED:
        rounded = [labels.rounded(product, digits) for product in exact]
        if result.is_given_by(sum(rounded, Decimal(0)) / root):
            break
    return [short(labels.written(product, digits)) for product in rounded]


def _terms(
    trace: AttentionTrace, factors: Sequence[tuple[Operand, Operand]], products: Sequence[str]
) -> tuple[Term, ...]:
    terms = [
        Term(
            _label(trace, a.cell),
            (a, b),
            product,
            value_of(trace, a.cell) * value_of(trace, b.cell),
        )
        for (a, b), product in zip(factors, products, strict=True)
    ]
    return tuple(sorted(terms, key=lambda term: -abs(term.value)))


def _sum(addends: Sequence[str], over: str) -> str:
    return f"{bracketed(addends)} / {over}" if over else " + ".join(addends)


def _label(trace: AttentionTrace, left: Cell) -> str:
    """Name the index of a sum: a column of its left matrix."""
    return labels.isolate(graph(trace.scenario)[left.name].columns[left.column])
