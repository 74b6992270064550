"""Single numbers of a trace, and which other numbers each is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..scenario import Scenario
from . import labels
from .course import stands, step_in, takes
from .steps import Axis, Factor, has, step

_WRITTEN = re.compile(r"(\w{1,20})\.([1-9]\d{0,3})\.([1-9]\d{0,3})", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """One number of a trace; row and column count from 0.

    Attributes
    ----------
    name : str
        A name from `INPUTS` or `STEPS`.
    row, column : int
    """

    name: str
    row: int
    column: int


@dataclass(frozen=True)
class Source:
    """A part of a factor: a row of it, a column, or a single number.

    Attributes
    ----------
    name : str
        The factor's name.
    cells : tuple of Cell
        In the order in which they are used; as they stand in the factor itself,
        not in its transpose.
    """

    name: str
    cells: tuple[Cell, ...]


def sources(scenario: Scenario, cell: Cell) -> tuple[Source, ...]:
    """Find what a number is made of, one step back; nothing for an input.

    Of a product it is a row of the left and a column of the right matrix, of the
    softmax a row, of a turned number its pair and their angle, of the heads side by side
    a number of one head's output (see `head_of`), and of all else the number in the same
    place.

    Parameters
    ----------
    scenario : Scenario
    cell : Cell

    Returns
    -------
    tuple of Source
        In the order of the equation.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> row, column = sources(DEFAULT.scenario, Cell("output", 1, 3))
    >>> row.name, row.cells[0]
    ('weights', Cell(name='weights', row=1, column=0))
    >>> column.name, column.cells[0]
    ('V', Cell(name='V', row=0, column=3))
    """
    if cell.name in ("rotated_Q", "rotated_K"):
        return _turned(scenario, cell)
    if cell.name == "concatenated":
        return (Source("output", (Cell("output", cell.row, cell.column % scenario.d_v),)),)
    terms = step(cell.name).made_of
    return tuple(
        Source(factor.name, tuple(_part(scenario, cell, factor, "·" in terms, is_first)))
        for factor, is_first in _factors(scenario, terms)
    )


def head_of(scenario: Scenario, cell: Cell) -> int | None:
    """Tell whose output a number of the heads side by side is; None for any other number.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> s = added(DEFAULT.scenario)
    >>> s.d_v, head_of(s, Cell("concatenated", 0, 5)), head_of(s, Cell("output", 0, 1))
    (4, 1, None)
    """
    return cell.column // scenario.d_v if cell.name == "concatenated" else None


def size(scenario: Scenario, name: str) -> tuple[int, int]:
    """Rows and columns of a matrix.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> size(DEFAULT.scenario, "Q"), size(DEFAULT.scenario, "weights")
    ((3, 4), (3, 3))
    """
    rows, columns = (_length(scenario, axis) for axis in step(name).axes)
    return rows, columns


def name_of(scenario: Scenario, cell: Cell) -> str:
    """Name a number by its matrix, row and column.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> name_of(DEFAULT.scenario, Cell("raw_scores", 1, 0))
    'QKᵀ[suis, Je]'
    """
    which = step_in(scenario, cell.name)
    rows, columns = (labels.axis(scenario, axis) for axis in which.axes)
    row, column = labels.isolate(rows[cell.row]), labels.isolate(columns[cell.column])
    return f"{which.symbol}[{row}, {column}]"


def exists(scenario: Scenario, cell: Cell) -> bool:
    """Whether a scenario has such a number.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> exists(DEFAULT.scenario, Cell("X", 2, 3)), exists(DEFAULT.scenario, Cell("X", 3, 0))
    (True, False)
    """
    if not takes(scenario, cell.name):
        return False
    rows, columns = size(scenario, cell.name)
    return 0 <= cell.row < rows and 0 <= cell.column < columns


def nearest(scenario: Scenario, name: Any, row: Any, column: Any) -> Cell:
    """Choose a number; where a matrix has fewer rows or columns, its last one.

    Raises
    ------
    ValueError
        When there is no such matrix, or a place isn't a whole number from 0.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> nearest(DEFAULT.scenario, "weights", 1, 3)
    Cell(name='weights', row=1, column=2)
    """
    if not isinstance(name, str) or not exists(scenario, Cell(name, 0, 0)):
        raise ValueError(f"There is no matrix {name!r:.40} here.")
    rows, columns = size(scenario, name)
    for what, place in (("row", row), ("column", column)):
        if type(place) is not int or place < 0:
            raise ValueError(f"{name} is {rows}×{columns}; it has no {what} {place!r:.40}.")
    return Cell(name, min(row, rows - 1), min(column, columns - 1))


def to_text(cell: Cell) -> str:
    """Write a cell as it stands in an address, counting from 1.

    Examples
    --------
    >>> to_text(Cell("weights", 1, 0))
    'weights.2.1'
    """
    return f"{cell.name}.{cell.row + 1}.{cell.column + 1}"


def from_text(text: str) -> Cell | None:
    """Read what `to_text` wrote; None for anything else.

    Examples
    --------
    >>> from_text("weights.2.1")
    Cell(name='weights', row=1, column=0)
    """
    match = _WRITTEN.fullmatch(text)
    if not match or not has(match[1]):
        return None
    return Cell(match[1], int(match[2]) - 1, int(match[3]) - 1)


def _length(s: Scenario, axis: Axis) -> int:
    match axis:
        case "query" | "word":
            return s.n
        case "key":
            return s.n_k
        case "feature":
            return s.d_model
        case "q" | "k":
            return s.d_k
        case "v":
            return s.d_v
        case "pair":
            return s.d_k // 2
        case "head":
            return s.h
        case "head value":
            return s.h * s.d_v


def _factors(scenario: Scenario, terms: tuple[Factor | str, ...]) -> Iterator[tuple[Factor, bool]]:
    """Yield the matrices of an equation, and whether each is the first."""
    factors = [term for term in terms if isinstance(term, Factor)]
    for i, factor in enumerate(factors):
        yield stands(factor, scenario, unmasked=scenario.mask is None), i == 0


def _turned(scenario: Scenario, cell: Cell) -> tuple[Source, ...]:
    """The pair of numbers that is turned together, and by which angle."""
    name, pair = cell.name.removeprefix("rotated_"), cell.column // 2
    if pair == scenario.d_k // 2:  # the last of an odd number of columns has no partner
        return (Source(name, (Cell(name, cell.row, cell.column),)),)
    return (
        Source(name, tuple(Cell(name, cell.row, k) for k in (2 * pair, 2 * pair + 1))),
        Source("angles", (Cell("angles", cell.row, pair),)),
    )


def _part(
    scenario: Scenario, cell: Cell, factor: Factor, is_product: bool, is_first: bool
) -> Iterator[Cell]:
    rows, columns = size(scenario, factor.name)
    if not is_product and cell.name != "weights":
        yield Cell(factor.name, cell.row, cell.column)
    elif is_first:
        yield from (Cell(factor.name, cell.row, k) for k in range(columns))
    elif factor.transposed:
        yield from (Cell(factor.name, cell.column, k) for k in range(columns))
    else:
        yield from (Cell(factor.name, k, cell.column) for k in range(rows))
