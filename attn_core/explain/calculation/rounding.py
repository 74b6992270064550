"""Rounding in a calculation: the decimals of each printed number, and whether they suffice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ...attention import AttentionTrace
from ...limits import DECIMALS
from ...notation import labels
from ...notation.cells import Cell
from ...notation.steps import INPUTS, step

#: Decimals to try for the operands of a number, in this order.
TRIED = range(2, 13)
#: Half a unit of the last printed place, and a little for a tie that floats can't hold.
_HALF = Decimal("0.500001")


@dataclass(frozen=True)
class Operand:
    """A number as it is printed, and its cell."""

    cell: Cell
    printed: str


@dataclass(frozen=True)
class Result:
    """A number of the trace, rounded as it is printed."""

    value: float
    number: Decimal
    digits: int

    @property
    def printed(self) -> str:
        """The number as it is printed."""
        return labels.written(self.number, self.digits)

    def is_given_by(self, computed: Decimal) -> bool:
        """Whether a computed number rounds to the printed result."""
        # Two infinities have no difference.
        if computed == self.number:
            return True
        return abs(computed - self.number) <= _HALF * Decimal(1).scaleb(-self.digits)


def result_of(trace: AttentionTrace, cell: Cell) -> Result:
    """Round a number of a trace as a result is printed."""
    value, digits = value_of(trace, cell), _decimals(cell, DECIMALS)
    if math.isfinite(value):
        # The decimals of a large float32 are noise; float64 holds them up to 1e12.
        precision = np.finfo(trace.Q.dtype).precision
        digits = max(0, min(digits, int(precision) - len(str(int(abs(value))))))
    return Result(value, labels.rounded(value, digits), digits)


def fewest_decimals(gives: Callable[[int], bool]) -> tuple[int, str]:
    """Find the fewest decimals that give the result, and the sign to write before it.

    The floats of a trace have rounding errors of their own. Where such an error moves the
    result across the boundary between two printed numbers, no decimals give it: the search
    ends, and the sign is ``≈``. In float64 only a large number near a boundary does this.
    """
    for digits in TRIED:
        if gives(digits):
            return digits, "="
    return TRIED[-1], "≈"


def value_of(trace: AttentionTrace, cell: Cell) -> float:
    """Look up a number in a trace."""
    return float(getattr(trace, cell.name)[cell.row, cell.column])


def rounded_value(trace: AttentionTrace, cell: Cell, digits: int) -> Decimal:
    """Round a number as `operand_of` prints it."""
    return labels.rounded(value_of(trace, cell), _decimals(cell, digits))


def operand_of(trace: AttentionTrace, cell: Cell, digits: int) -> Operand:
    """Print a number with so many decimals; an input with all its decimals."""
    printed = labels.number(value_of(trace, cell), _decimals(cell, digits))
    return Operand(cell, short(printed))


def _decimals(cell: Cell, digits: int) -> int:
    """Choose the decimals of a number: none for a mask, and all of an input."""
    if step(cell.name).kind == "mask":
        return 0
    # An input that the visitor sets is on the lab's grid, so these decimals print it exactly;
    # a computed input, such as an angle, needs at least as many.
    return max(digits, DECIMALS) if step(cell.name) in INPUTS else digits


def short(printed: str) -> str:
    """Remove zeros at the end, but keep two decimals.

    Examples
    --------
    >>> short("0.500"), short("0.125"), short("3")
    ('0.50', '0.125', '3')
    """
    whole, point, decimals = printed.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}" if point else printed


def read(printed: str) -> Decimal:
    """Read a printed number back.

    Examples
    --------
    >>> read("−0.50"), read("−∞")
    (Decimal('-0.50'), Decimal('-Infinity'))
    """
    return Decimal(printed.replace("−", "-").replace("∞", "Infinity"))


def bracket_negative(printed: str) -> str:
    """Put a negative number in brackets, for a place behind a sign."""
    return f"({printed})" if printed.startswith("−") else printed


def times(left: Operand, right: Operand) -> str:
    """Write a product."""
    return f"{bracket_negative(left.printed)} × {bracket_negative(right.printed)}"


def bracketed(addends: Sequence[str]) -> str:
    """Write a sum in brackets; a single number needs none."""
    added = " + ".join(addends)
    return f"({added})" if len(addends) > 1 else added
