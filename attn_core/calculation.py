"""Where a number comes from: its calculation, which the printed numbers really give.

A trace holds more digits than anybody reads, and sums of rounded numbers aren't the
rounded sum. So what a number is made of is printed with as many decimals as it takes
for a reader with a pocket calculator to arrive at the printed result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from . import labels
from .attention import AttentionTrace
from .cells import Cell, name_of, size, sources
from .course import divisor
from .rounding import (
    TRIED,
    Operand,
    Result,
    bracket_negative,
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
from .softmax_row import softmax_row, softmax_table
from .steps import step

#: Digits of all arithmetic here: products of numbers with 12 decimals are exact.
_PRECISION = 50
#: Longer sums are written with their first two terms and the last.
_MOST_SYMBOLS = 3


@dataclass(frozen=True)
class Term:
    """One addend of a sum of products.

    Attributes
    ----------
    label : str
        What runs along the sum: a feature, q₂, or the word of a key.
    factors : tuple of two Operand
    product : str
        As printed; the printed products of a sum give its result, too.
    value : float
        The product of the trace's own numbers.
    """

    label: str
    factors: tuple[Operand, Operand]
    product: str
    value: float

    @property
    def written(self) -> str:
        """The product in numbers, such as ``0.30 × (−0.10) = −0.03``."""
        return f"{times(*self.factors)} = {self.product}"


@dataclass(frozen=True)
class Calculation:
    """How one number of a trace is made, one step back.

    Attributes
    ----------
    cell : Cell
    name : str
        Such as ``scores[suis, Je]``.
    symbols : str
        The name and the formula for this number, in words.
    numbers : str
        The same with the printed numbers, to the result. ``≈`` stands before the result
        in place of ``=`` where the rounding of the floats themselves shows in it.
    result : str
        The trace's number as printed.
    value : float
        The trace's number.
    terms : tuple of Term
        Largest contribution first; empty where it isn't a sum of products.
    operands : tuple of Operand
        All numbers it is made of, in the order of `numbers`; empty for an input.
    table : tuple of tuple of str
        Of a weight a header and a row for each key, else empty.
    divisor : str
        What the sum of the terms is divided by, or empty.
    """

    cell: Cell
    name: str
    symbols: str
    numbers: str
    result: str
    value: float
    terms: tuple[Term, ...] = ()
    operands: tuple[Operand, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    divisor: str = ""

    @property
    def equals(self) -> str:
        """The sign before the result, ``=`` or ``≈``."""
        return "≈" if "≈" in self.numbers else "="


def calculate(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell where a number comes from.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head, without a head axis.
    cell : Cell

    Returns
    -------
    Calculation

    Raises
    ------
    ValueError
        When there is no such number, with what was expected.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> s = Scenario(("Je", "suis"), X=[[0.3, 1.2], [0.1, 0.4]], W_q=[[1, 0], [0, 1]],
    ...              W_k=[[1, 0], [0, -1]], W_v=[[1], [1]])
    >>> made = calculate(attend(s), Cell("scores", 0, 1))
    >>> made.symbols
    'scores[Je, suis] = (Q[Je, q₁] × K[suis, k₁] + Q[Je, q₂] × K[suis, k₂]) / √2'
    >>> made.numbers
    '(0.30 × 0.10 + 1.20 × (−0.40)) / √2 = −0.318'
    >>> [(term.label, term.product) for term in made.terms]
    [('q₂', '−0.48'), ('q₁', '0.03')]
    """
    _check(trace, cell)
    with localcontext(prec=_PRECISION):
        return _MAKERS[cell.name](trace, cell)


def _check(trace: AttentionTrace, cell: Cell) -> None:
    if cell.name not in NAMES:
        expected = ", ".join(NAMES)
        raise ValueError(f"There is no calculation of {cell.name!r:.40}; expected {expected}.")
    if trace.W_q.ndim != 2:
        raise ValueError(
            f"A calculation is of one head: expected W_q (d_model, d_k), got {trace.W_q.shape}."
        )
    rows, columns = size(trace.scenario, cell.name)
    if cell.row not in range(rows) or cell.column not in range(columns):
        raise ValueError(
            f"{cell.name} is {rows}×{columns}; "
            f"it has no number ({cell.row + 1}, {cell.column + 1})."
        )


def _input(trace: AttentionTrace, cell: Cell) -> Calculation:
    result, name = result_of(trace, cell), _name(trace, cell)
    symbols = f"{name} is an input: you set it"
    return Calculation(cell, name, symbols, result.printed, result.printed, result.value)


def _product(trace: AttentionTrace, cell: Cell) -> Calculation:
    pairs, result = _pairs(trace, cell), result_of(trace, cell)
    is_divided = cell.name == "scores" and trace.scenario.scale
    root = Decimal(trace.scenario.d_k).sqrt() if is_divided else Decimal(1)
    over = divisor(trace.scenario) if is_divided else ""

    def total(digits: int) -> Decimal:
        return sum(
            (rounded_value(trace, a, digits) * rounded_value(trace, b, digits) for a, b in pairs),
            Decimal(0),
        )

    digits, equals = fewest_decimals(lambda digits: result.is_given_by(total(digits) / root))
    factors = [(operand_of(trace, a, digits), operand_of(trace, b, digits)) for a, b in pairs]
    symbols = [f"{_name(trace, a)} × {_name(trace, b)}" for a, b in pairs]
    numbers = [times(a, b) for a, b in factors]
    return Calculation(
        cell,
        _name(trace, cell),
        f"{_name(trace, cell)} = {_sum(_abridged(symbols), over)}",
        f"{_sum(numbers, over)} {equals} {result.printed}",
        result.printed,
        result.value,
        terms=_terms(trace, factors, _products(factors, root, result)),
        operands=tuple(dict.fromkeys(operand for pair in factors for operand in pair)),
        divisor=over,
    )


def _masked(trace: AttentionTrace, cell: Cell) -> Calculation:
    score, blocking = (part.cells[0] for part in sources(trace.scenario, cell))
    result, name = result_of(trace, cell), _name(trace, cell)
    added = operand_of(trace, blocking, 0)
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(rounded_value(trace, score, digits) + read(added.printed))
    )
    first = operand_of(trace, score, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {_name(trace, score)} + {_name(trace, blocking)}",
        f"{first.printed} + {bracket_negative(added.printed)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(first, added),
    )


def _logits(trace: AttentionTrace, cell: Cell) -> Calculation:
    ((score,),) = (part.cells for part in sources(trace.scenario, cell))
    result, name = result_of(trace, cell), _name(trace, cell)
    temperature = Decimal(repr(trace.scenario.temperature)).normalize()
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(rounded_value(trace, score, digits) / temperature)
    )
    divided = operand_of(trace, score, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {_name(trace, score)} / temperature",
        f"{divided.printed} / {temperature:f} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(divided,),
    )


def _weights(trace: AttentionTrace, cell: Cell) -> Calculation:
    ((*row,),) = (part.cells for part in sources(trace.scenario, cell))
    results = [result_of(trace, Cell("weights", cell.row, k)) for k in range(len(row))]
    result, name = results[cell.column], _name(trace, cell)

    def gives(digits: int) -> bool:
        softmax = softmax_row(trace, row, digits)
        unrounded = softmax.differences[cell.column].exp() / softmax.total
        return result.is_given_by(unrounded) and all(
            map(Result.is_given_by, results, softmax.weights)
        )

    digits, equals = fewest_decimals(gives)
    softmax = softmax_row(trace, row, digits)
    powers = [f"e^({_name(trace, score)} − max)" for score in row]
    return Calculation(
        cell,
        name,
        f"{name} = {powers[cell.column]} / {bracketed(_abridged(powers))}",
        f"{softmax.chain(cell.column)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=tuple(map(Operand, row, softmax.written(softmax.scores))),
        table=softmax_table(trace, row, softmax, results),
    )


#: What tells the numbers of each matrix; W_o and what comes of heads isn't among them.
_MAKERS: dict[str, Callable[[AttentionTrace, Cell], Calculation]] = {
    **dict.fromkeys(("X", "W_q", "W_k", "W_v"), _input),
    **dict.fromkeys(("Q", "K", "V", "similarity", "raw_scores", "scores"), _product),
    "blocking": _input,
    "masked_scores": _masked,
    "logits": _logits,
    "weights": _weights,
    "output": _product,
}

#: Matrices whose numbers are told, in the order in which they are computed.
NAMES = tuple(_MAKERS)


def _pairs(trace: AttentionTrace, cell: Cell) -> list[tuple[Cell, Cell]]:
    """Which numbers are multiplied, in the order in which they are written."""
    raw = Cell("raw_scores", cell.row, cell.column) if cell.name == "scores" else cell
    left, right = sources(trace.scenario, raw)
    pairs = list(zip(left.cells, right.cells, strict=True))
    if cell.name == "output":  # the word from which most comes is named first
        pairs.sort(key=lambda pair: -abs(value_of(trace, pair[0]) * value_of(trace, pair[1])))
    return pairs


def _products(
    factors: Sequence[tuple[Operand, Operand]], root: Decimal, result: Result
) -> list[str]:
    """Print the products with as few decimals as let them, too, add up to the result."""
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


def _abridged(addends: Sequence[str]) -> list[str]:
    if len(addends) <= _MOST_SYMBOLS:
        return list(addends)
    return [*addends[:2], "…", addends[-1]]


def _name(trace: AttentionTrace, cell: Cell) -> str:
    return name_of(trace.scenario, cell)


def _label(trace: AttentionTrace, left: Cell) -> str:
    """Name what runs along a sum: the columns of its left matrix."""
    return labels.isolate(labels.axis(trace.scenario, step(left.name).axes[1])[left.column])
