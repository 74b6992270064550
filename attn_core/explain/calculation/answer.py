"""The calculation of one number: its formula in symbols and in numbers, and its operands."""

from __future__ import annotations

from dataclasses import dataclass

from ...notation.cells import Cell
from .rounding import Operand, times


@dataclass(frozen=True)
class Term:
    """One addend of a sum of products.

    Attributes
    ----------
    label : str
        The index of the sum: a feature, q₂, or the word of a key.
    factors : tuple of two Operand
    product : str
        As printed; the printed products of a sum add up to its result, too.
    value : float
        The product of the trace's exact numbers.
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
    """The calculation of one number of a trace, one step back.

    Attributes
    ----------
    cell : Cell
    name : str
        Such as ``scores[suis, Je]``.
    symbols : str
        The name of the number and its formula.
    numbers : str
        The same formula with the printed numbers and the result. ``≈`` replaces ``=`` where
        the rounding errors of the trace's floats show in the result.
    result : str
        The trace's number as printed.
    value : float
        The trace's number.
    terms : tuple of Term
        Largest contribution first; empty where the number isn't a sum of products.
    operands : tuple of Operand
        All numbers that the number depends on, in the order of `numbers`; empty for an input.
    table : tuple of tuple of str
        For a weight a header and a row for each key, else empty.
    divisor : str
        The divisor of the sum of the terms, or empty.
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
