"""Single numbers of a trace, and their names in an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .steps import current_name, has

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


def to_text(cell: Cell) -> str:
    """Write a cell for an address, counting from 1.

    Examples
    --------
    >>> to_text(Cell("weights", 1, 0))
    'weights.2.1'
    """
    return f"{cell.name}.{cell.row + 1}.{cell.column + 1}"


def from_text(text: str) -> Cell | None:
    """Parse a text that `to_text` wrote; None for any other text.

    Examples
    --------
    >>> from_text("weights.2.1")
    Cell(name='weights', row=1, column=0)
    """
    match = _WRITTEN.fullmatch(text)
    if not match or not has(name := current_name(match[1])):
        return None
    return Cell(name, int(match[2]) - 1, int(match[3]) - 1)
