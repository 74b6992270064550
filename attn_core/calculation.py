"""Where a number comes from: its calculation, which the printed numbers really give.

A trace holds more digits than anybody reads, and sums of rounded numbers aren't the
rounded sum. So what a number is made of is printed with as many decimals as it takes
for a reader with a pocket calculator to arrive at the printed result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np

from . import labels
from .attention import AttentionTrace
from .cells import Cell, name_of, size, sources
from .equation import divisor
from .limits import DECIMALS
from .steps import INPUTS, step

#: Decimals that are tried for what a number is made of, in this order.
_TRIED = range(2, 13)
#: Half a unit of the last printed place, and a little for a tie that floats can't hold.
_HALF = Decimal("0.500001")
#: Digits of all arithmetic here: products of numbers with 12 decimals are exact.
_PRECISION = 50
#: Longer sums are written with their first two terms and the last.
_MOST_SYMBOLS = 3


@dataclass(frozen=True)
class Operand:
    """A number as it is printed, and where it stands."""

    cell: Cell
    printed: str


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
    if cell.name not in _MAKERS:
        expected = ", ".join(_MAKERS)
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
    result, name = _result(trace, cell), _name(trace, cell)
    symbols = f"{name} is an input: you set it"
    return Calculation(cell, name, symbols, result.printed, result.printed, result.value)


def _product(trace: AttentionTrace, cell: Cell) -> Calculation:
    pairs, result = _pairs(trace, cell), _result(trace, cell)
    is_divided = cell.name == "scores" and trace.scenario.scale
    root = Decimal(trace.scenario.d_k).sqrt() if is_divided else Decimal(1)
    over = divisor(trace.scenario) if is_divided else ""

    def total(digits: int) -> Decimal:
        return sum(
            (_rounded(trace, a, digits) * _rounded(trace, b, digits) for a, b in pairs), Decimal(0)
        )

    digits, equals = _fewest(lambda digits: result.is_given_by(total(digits) / root))
    factors = [(_operand(trace, a, digits), _operand(trace, b, digits)) for a, b in pairs]
    symbols = [f"{_name(trace, a)} × {_name(trace, b)}" for a, b in pairs]
    numbers = [f"{_signed(a.printed)} × {_signed(b.printed)}" for a, b in factors]
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
    result, name = _result(trace, cell), _name(trace, cell)
    added = _operand(trace, blocking, 0)
    digits, equals = _fewest(
        lambda digits: result.is_given_by(_rounded(trace, score, digits) + _read(added.printed))
    )
    first = _operand(trace, score, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {_name(trace, score)} + {_name(trace, blocking)}",
        f"{first.printed} + {_signed(added.printed)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(first, added),
    )


def _logits(trace: AttentionTrace, cell: Cell) -> Calculation:
    ((score,),) = (part.cells for part in sources(trace.scenario, cell))
    result, name = _result(trace, cell), _name(trace, cell)
    temperature = Decimal(repr(trace.scenario.temperature)).normalize()
    digits, equals = _fewest(
        lambda digits: result.is_given_by(_rounded(trace, score, digits) / temperature)
    )
    divided = _operand(trace, score, digits)
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
    results = [_result(trace, Cell("weights", cell.row, k)) for k in range(len(row))]
    result, name = results[cell.column], _name(trace, cell)

    def gives(digits: int) -> bool:
        softmax = _softmax(trace, row, digits)
        unrounded = softmax.differences[cell.column].exp() / softmax.total
        return result.is_given_by(unrounded) and all(
            map(_Result.is_given_by, results, softmax.weights)
        )

    digits, equals = _fewest(gives)
    softmax = _softmax(trace, row, digits)
    powers = [f"e^({_name(trace, score)} − max)" for score in row]
    return Calculation(
        cell,
        name,
        f"{name} = {powers[cell.column]} / {_bracketed(_abridged(powers))}",
        f"{softmax.chain(cell.column)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=tuple(map(Operand, row, softmax.written(softmax.scores))),
        table=_table(trace, row, softmax, results),
    )


#: What tells each matrix's numbers; W_o and what comes of heads isn't among them.
_MAKERS: dict[str, Callable[[AttentionTrace, Cell], Calculation]] = {
    **dict.fromkeys(("X", "W_q", "W_k", "W_v", "blocking"), _input),
    **dict.fromkeys(("similarity", "Q", "K", "V", "raw_scores", "scores"), _product),
    "masked_scores": _masked,
    "logits": _logits,
    "weights": _weights,
    "output": _product,
}


@dataclass(frozen=True)
class _Result:
    """The trace's number, rounded to what is printed."""

    value: float
    number: Decimal
    digits: int

    @property
    def printed(self) -> str:
        return labels.written(self.number, self.digits)

    def is_given_by(self, computed: Decimal) -> bool:
        # Infinities have no difference.
        if computed == self.number:
            return True
        return abs(computed - self.number) <= _HALF * Decimal(1).scaleb(-self.digits)


def _result(trace: AttentionTrace, cell: Cell) -> _Result:
    value, digits = _value(trace, cell), 0 if cell.name == "blocking" else DECIMALS
    if math.isfinite(value):
        # Of a large float32 the decimals would be noise; float64 carries them to 1e12.
        precision = np.finfo(trace.X.dtype).precision
        digits = max(0, min(digits, int(precision) - len(str(int(abs(value))))))
    return _Result(value, labels.rounded(value, digits), digits)


def _fewest(gives: Callable[[int], bool]) -> tuple[int, str]:
    """Find the fewest decimals that give the result, and the sign to write before it.

    The floats of a trace carry rounding errors of their own. Where one moves the result
    over the edge between two printed numbers, no decimals ever give it: the search ends,
    and the sign says so. With float64 that takes a large number beside such an edge.
    """
    for digits in _TRIED:
        if gives(digits):
            return digits, "="
    return _TRIED[-1], "≈"


def _pairs(trace: AttentionTrace, cell: Cell) -> list[tuple[Cell, Cell]]:
    """Which numbers are multiplied, in the order in which they are written."""
    raw = Cell("raw_scores", cell.row, cell.column) if cell.name == "scores" else cell
    left, right = sources(trace.scenario, raw)
    pairs = list(zip(left.cells, right.cells, strict=True))
    if cell.name == "output":  # the word from which most comes is named first
        pairs.sort(key=lambda pair: -abs(_value(trace, pair[0]) * _value(trace, pair[1])))
    return pairs


def _products(
    factors: Sequence[tuple[Operand, Operand]], root: Decimal, result: _Result
) -> list[str]:
    """Print the products with as few decimals as let them, too, add up to the result."""
    exact = [_read(a.printed) * _read(b.printed) for a, b in factors]
    for digits in _TRIED:
        rounded = [labels.rounded(product, digits) for product in exact]
        if result.is_given_by(sum(rounded, Decimal(0)) / root):
            break
    return [_short(labels.written(product, digits)) for product in rounded]


def _terms(
    trace: AttentionTrace, factors: Sequence[tuple[Operand, Operand]], products: Sequence[str]
) -> tuple[Term, ...]:
    terms = [
        Term(_label(trace, a.cell), (a, b), product, _value(trace, a.cell) * _value(trace, b.cell))
        for (a, b), product in zip(factors, products, strict=True)
    ]
    return tuple(sorted(terms, key=lambda term: -abs(term.value)))


@dataclass(frozen=True)
class _Softmax:
    """A row of the softmax, each list computed from the one before as it is printed."""

    digits: int
    scores: list[Decimal]
    largest: Decimal
    differences: list[Decimal]
    powers: list[Decimal]
    total: Decimal
    weights: list[Decimal]

    def written(self, values: Iterable[Decimal]) -> list[str]:
        return [labels.written(value, self.digits) for value in values]

    def chain(self, k: int) -> str:
        """Write the weight of key k but for its result."""
        score, largest, power, total = self.written(
            (self.scores[k], self.largest, self.powers[k], self.total)
        )
        powers = _bracketed(self.written(self.powers))
        return f"e^({score} − {_signed(largest)}) / {powers} = {power} / {total}"


def _softmax(trace: AttentionTrace, row: Sequence[Cell], digits: int) -> _Softmax:
    scores = [_rounded(trace, score, digits) for score in row]
    largest = max(scores)
    differences = [score - largest for score in scores]
    powers = [labels.rounded(difference.exp(), digits) for difference in differences]
    total = sum(powers, Decimal(0))
    weights = [power / total for power in powers]
    return _Softmax(digits, scores, largest, differences, powers, total, weights)


def _table(
    trace: AttentionTrace, row: Sequence[Cell], softmax: _Softmax, results: Sequence[_Result]
) -> tuple[tuple[str, ...], ...]:
    largest, total = softmax.written((softmax.largest, softmax.total))
    header = ("key", step(row[0].name).symbol, f"− largest, {largest}", "e^", f"÷ sum, {total}")
    keys = labels.axis(trace.scenario, "key")
    columns = map(softmax.written, (softmax.scores, softmax.differences, softmax.powers))
    return (header, *zip(keys, *columns, (each.printed for each in results), strict=True))


def _value(trace: AttentionTrace, cell: Cell) -> float:
    return float(getattr(trace, cell.name)[cell.row, cell.column])


def _rounded(trace: AttentionTrace, cell: Cell, digits: int) -> Decimal:
    # What a visitor sets is on the lab's grid, so it is printed as it is set.
    least = DECIMALS if step(cell.name) in INPUTS else 0
    return labels.rounded(_value(trace, cell), max(digits, least))


def _operand(trace: AttentionTrace, cell: Cell, digits: int) -> Operand:
    number = _rounded(trace, cell, digits)
    if cell.name == "blocking":
        return Operand(cell, labels.written(number, 0))
    return Operand(cell, _short(labels.written(number, -int(number.as_tuple().exponent))))


def _short(printed: str) -> str:
    """Leave out zeros at the end, but for two decimals: ``0.500`` is ``0.50``."""
    whole, _, decimals = printed.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def _read(printed: str) -> Decimal:
    return Decimal(printed.replace("−", "-").replace("∞", "Infinity"))


def _signed(printed: str) -> str:
    """Bracket a negative number where a sign stands before it."""
    return f"({printed})" if printed.startswith("−") else printed


def _bracketed(addends: Sequence[str]) -> str:
    added = " + ".join(addends)
    return f"({added})" if len(addends) > 1 else added


def _sum(addends: Sequence[str], over: str) -> str:
    return f"{_bracketed(addends)} / {over}" if over else " + ".join(addends)


def _abridged(addends: Sequence[str]) -> list[str]:
    if len(addends) <= _MOST_SYMBOLS:
        return list(addends)
    return [*addends[:2], "…", addends[-1]]


def _name(trace: AttentionTrace, cell: Cell) -> str:
    return name_of(trace.scenario, cell)


def _label(trace: AttentionTrace, left: Cell) -> str:
    """Name what runs along a sum: the columns of its left matrix."""
    return labels.isolate(labels.axis(trace.scenario, step(left.name).axes[1])[left.column])
