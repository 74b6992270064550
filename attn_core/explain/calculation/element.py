"""Numbers that are made of what stands in the same place: set, copied, added or divided."""

from __future__ import annotations

from decimal import Decimal

from ...attention import AttentionTrace
from ...notation.cells import Cell
from ...notation.graph import graph
from .answer import Calculation
from .rounding import bracket_negative, fewest_decimals, operand_of, result_of, rounded_value


def given(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell a number that the visitor sets."""
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    symbols = f"{name} is an input: you set it"
    return Calculation(cell, name, symbols, result.printed, result.printed, result.value)


def copied(
    trace: AttentionTrace, cell: Cell, of: AttentionTrace, original: Cell, whose: str = ""
) -> Calculation:
    """Tell a number that is another one as it is.

    Parameters
    ----------
    trace : AttentionTrace
        With the copy.
    cell : Cell
    of : AttentionTrace
        With the original, if not the same.
    original : Cell
    whose : str
        What stands behind the original's name.
    """
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(rounded_value(of, original, digits))
    )
    operand = operand_of(of, original, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {graph(of.scenario).name_of(original)}{whose}",
        f"{operand.printed} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(operand,),
    )


def added(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell the sum of two numbers in the same place of two matrices."""
    parts = [part.cells[0] for part in graph(trace.scenario).dependencies(cell)]
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(
            sum((rounded_value(trace, part, digits) for part in parts), Decimal(0))
        )
    )
    first, second = (operand_of(trace, part, digits) for part in parts)
    return Calculation(
        cell,
        name,
        f"{name} = {' + '.join(map(graph(trace.scenario).name_of, parts))}",
        f"{first.printed} + {bracket_negative(second.printed)} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(first, second),
    )


def divided(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Tell a score that is divided by the temperature."""
    ((score,),) = (part.cells for part in graph(trace.scenario).dependencies(cell))
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    temperature = Decimal(repr(trace.scenario.temperature)).normalize()
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(rounded_value(trace, score, digits) / temperature)
    )
    operand = operand_of(trace, score, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {graph(trace.scenario).name_of(score)} / temperature",
        f"{operand.printed} / {temperature:f} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(operand,),
    )
