"""Numbers that depend on positions: encodings, angles, rotated pairs and ALiBi's bias.

The visitor sets none of them but learned positions, so each is calculated with the formula
of its paper; positions count from 0.
"""

from __future__ import annotations

import math
from decimal import Decimal

from ... import positions
from ...attention import AttentionTrace
from ...notation import labels
from ...notation.cells import Cell
from ...notation.graph import graph
from ...scenario import Scenario
from ..papers import written_slope
from .answer import Calculation
from .element import copied, given
from .rounding import (
    TRIED,
    Operand,
    bracket_negative,
    fewest_decimals,
    operand_of,
    result_of,
    rounded_value,
)


def positional_encoding(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate a number of P: a sine or a cosine; a learned position is an input."""
    if trace.scenario.positions == "learned":
        return given(trace, cell)
    d_model = trace.scenario.d_model
    name = "cos" if cell.column % 2 else "sin"
    value = positions.sinusoidal(cell.row + 1, d_model)[cell.row, cell.column]
    return _from_formula(
        trace, cell, f"{name}({_angle_formula(cell, cell.column // 2, d_model)})", value
    )


def rotary_angle(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate the angle by which a position rotates a pair of columns."""
    s = trace.scenario
    value = positions.angles(cell.row + 1, s.d_k, s.frequencies)[cell.row, cell.column]
    formula = _angle_formula(cell, cell.column, s.d_k)
    if s.frequencies is not None:
        formula = f"{cell.row} × {s.frequencies[cell.column]:.6g}"
    return _from_formula(trace, cell, formula, value)


def alibi_bias(trace: AttentionTrace, cell: Cell, head: int) -> Calculation:
    """Calculate the bias that ALiBi adds to the score of two words.

    Parameters
    ----------
    trace : AttentionTrace
        Of all heads, because each slope depends on their number.
    cell : Cell
    head : int
    """
    written, slope = _slope(trace.scenario, head)
    distance = f"|{cell.row} − {cell.column}|"
    value = -slope * abs(cell.row - cell.column)
    return _from_formula(trace.head(head), cell, f"−{written} × {distance}", value)


def _slope(s: Scenario, head: int) -> tuple[str, Decimal]:
    """Write a head's slope as the paper does, or as a power of the visitor's."""
    if s.slope is None:
        slope = labels.rounded(s.slopes[head], TRIED[-1]).normalize()
        part = written_slope(s.slopes[head])
        return part if "/" in part else f"{slope:f}", slope
    slope = labels.rounded(s.slope, TRIED[-1]).normalize()
    power = head + 1 if s.heads else 1
    return f"{slope:f}" if power == 1 else f"{slope:f}^{power}", slope**power


def rotated(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate a number of a rotated query or key from its pair and their angle."""
    pair, *angles = graph(trace.scenario).dependencies(cell)
    if not angles:
        return copied(trace, cell, trace, pair.cells[0])
    parts = (*pair.cells, *angles[0].cells)
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    is_first = cell.column % 2 == 0

    def total(digits: int) -> Decimal:
        a, b, theta = (rounded_value(trace, part, digits) for part in parts)
        # The sine of a float has more digits than any printed result.
        cos, sin = Decimal(math.cos(theta)), Decimal(math.sin(theta))
        return a * cos - b * sin if is_first else a * sin + b * cos

    digits, equals = fewest_decimals(lambda digits: result.is_given_by(total(digits)))
    a, b, theta = (operand_of(trace, part, digits) for part in parts)
    x, y, angle = map(graph(trace.scenario).name_of, parts)
    return Calculation(
        cell,
        name,
        f"{name} = {_rotation(x, y, angle, is_first)}",
        f"{_rotation(*_bracketed(a, b, theta), is_first)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(a, theta, b),
    )


def _from_formula(
    trace: AttentionTrace, cell: Cell, formula: str, value: float | Decimal
) -> Calculation:
    """Print a computed input with its formula and the value of that formula."""
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    equals = "=" if result.is_given_by(Decimal(value)) else "≈"
    numbers = f"{formula} {equals} {result.printed}"
    return Calculation(cell, name, f"{name} = {formula}", numbers, result.printed, result.value)


def _angle_formula(cell: Cell, pair: int, width: int) -> str:
    return f"{cell.row} / {positions.BASE:g}^({2 * pair}/{width})"


def _bracketed(a: Operand, b: Operand, theta: Operand) -> tuple[str, str, str]:
    return bracket_negative(a.printed), bracket_negative(b.printed), theta.printed


def _rotation(a: str, b: str, theta: str, is_first: bool) -> str:
    if is_first:
        return f"{a} × cos {theta} − {b} × sin {theta}"
    return f"{a} × sin {theta} + {b} × cos {theta}"
