"""Calculations element by element: inputs, copies, sums and quotients."""

from __future__ import annotations

from decimal import Decimal

from ...attention import AttentionTrace
from ...notation.cells import Cell
from ...notation.graph import graph
from .answer import Calculation
from .rounding import bracket_negative, fewest_decimals, operand_of, result_of, rounded_value


def given(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Describe an input, which the visitor sets."""
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    symbols = f"{name} is an input: you set it"
    return Calculation(cell, name, symbols, result.printed, result.printed, result.value)


def copied(
    trace: AttentionTrace, cell: Cell, source: AttentionTrace, original: Cell, whose: str = ""
) -> Calculation:
    """Calculate a number that is a copy of another.

    Parameters
    ----------
    trace : AttentionTrace
        The trace with the copy.
    cell : Cell
    source : AttentionTrace
        The trace with the original.
    original : Cell
    whose : str
        The text behind the original's name.
    """
    result, name = result_of(trace, cell), graph(trace.scenario).name_of(cell)
    digits, equals = fewest_decimals(
        lambda digits: result.is_given_by(rounded_value(source, original, digits))
    )
    operand = operand_of(source, original, digits)
    return Calculation(
        cell,
        name,
        f"{name} = {graph(source.scenario).name_of(original)}{whose}",
        f"{operand.printed} {equals} {result.printed}",
        result.printed,
        result.value,
        operands=(operand,),
    )


def added(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate the sum of two matrices at one row and column."""
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
    """Calculate a score divided by the temperature."""
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
