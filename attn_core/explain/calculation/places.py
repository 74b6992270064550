"""Numbers of places: waves and angles, pairs turned by them, and the bias of distance.

Nobody sets the waves, the angles and the bias, so each is told as the formula of its
paper with the numbers of its place in it; places count from 0.
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


def wave(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell a number that is added for a place: a sine or a cosine, or what was learned."""
    if trace.scenario.positions == "learned":
        return given(trace, cell)
    d_model = trace.scenario.d_model
    name = "cos" if cell.column % 2 else "sin"
    value = positions.sinusoidal(cell.row + 1, d_model)[cell.row, cell.column]
    return _computed(trace, cell, f"{name}({_angle(cell, cell.column // 2, d_model)})", value)


def angle(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell by what angle a place turns a pair of columns."""
    d_k = trace.scenario.d_k
    value = positions.angles(cell.row + 1, d_k)[cell.row, cell.column]
    return _computed(trace, cell, _angle(cell, cell.column, d_k), value)


def bias(trace: AttentionTrace, cell: Cell, head: int) -> Calculation:
    """Tell what the distance of two words takes off their score.

    Parameters
    ----------
    trace : AttentionTrace
        With all heads, for the slope of each hangs on how many there are.
    cell : Cell
    head : int
    """
    written, slope = _slope(trace.scenario, head)
    distance = f"|{cell.row} − {cell.column}|"
    value = -slope * abs(cell.row - cell.column)
    return _computed(trace.head(head), cell, f"−{written} × {distance}", value)


def _slope(s: Scenario, head: int) -> tuple[str, Decimal]:
    """A head's slope as the paper has it, or as a power of the one that a visitor set."""
    if s.slope is None:
        slope = labels.rounded(s.slopes[head], TRIED[-1]).normalize()
        part = written_slope(s.slopes[head])
        return part if "/" in part else f"{slope:f}", slope
    slope = labels.rounded(s.slope, TRIED[-1]).normalize()
    power = head + 1 if s.heads else 1
    return f"{slope:f}" if power == 1 else f"{slope:f}^{power}", slope**power


def turned(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell a number of a query or a key that is turned by its place, with its partner."""
    pair, *angles = graph(trace.scenario).dependencies(cell)
    if not angles:
        return copied(trace, cell, trace, pair.cells[0])
    parts = (*pair.cells, *angles[0].cells)
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    is_first = cell.column % 2 == 0

    def total(digits: int) -> Decimal:
        a, b, theta = (rounded_value(trace, part, digits) for part in parts)
        # A float's sine has more digits than any result that is printed.
        cos, sin = Decimal(math.cos(theta)), Decimal(math.sin(theta))
        return a * cos - b * sin if is_first else a * sin + b * cos

    digits, equals = fewest_decimals(lambda digits: result.is_given_by(total(digits)))
    a, b, theta = (operand_of(trace, part, digits) for part in parts)
    x, y, turn = map(graph(trace.scenario).name_of, parts)
    return Calculation(
        cell,
        name,
        f"{name} = {_turn(x, y, turn, is_first)}",
        f"{_turn(*_bracketed(a, b, theta), is_first)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(a, theta, b),
    )


def _computed(
    trace: AttentionTrace, cell: Cell, formula: str, value: float | Decimal
) -> Calculation:
    """An input that nobody sets, and the value of the formula it is told with."""
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    equals = "=" if result.is_given_by(Decimal(value)) else "≈"
    numbers = f"{formula} {equals} {result.printed}"
    return Calculation(cell, name, f"{name} = {formula}", numbers, result.printed, result.value)


def _angle(cell: Cell, pair: int, width: int) -> str:
    return f"{cell.row} / {positions.BASE:g}^({2 * pair}/{width})"


def _bracketed(a: Operand, b: Operand, theta: Operand) -> tuple[str, str, str]:
    return bracket_negative(a.printed), bracket_negative(b.printed), theta.printed


def _turn(a: str, b: str, theta: str, is_first: bool) -> str:
    if is_first:
        return f"{a} × cos {theta} − {b} × sin {theta}"
    return f"{a} × sin {theta} + {b} × cos {theta}"
