"""Read what is typed or pasted: a number, or cells of a spreadsheet, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..explain.wording import pluralize
from ..notation.equation import Block
from ..notation.labels import short
from ..scenario import Array, Scenario
from .matrices import MatrixName, block_of, with_matrix

#: Characters of pasted cells; the largest matrix of the lab has less than a hundred numbers.
MAX_PASTED = 20_000
#: Characters that a message quotes of an entry that can't be read.
_QUOTED = 40
_SIGNS = str.maketrans({"−": "-", "–": "-", ",": "."})
#: Numbers that differ by less, relative to their size, were not rounded but held in float32.
_SAME = 1e-6


@dataclass(frozen=True)
class Noted:
    """The next scenario, and what is to be said of it that can't be seen in it."""

    scenario: Scenario
    note: str


def read_number(text: str | None, where: str) -> float:
    """Read a number as people write it: with a decimal point or comma, and any minus sign.

    Parameters
    ----------
    text : str or None
        What was typed; None is an emptied box.
    where : str
        Names the box in the message.

    Raises
    ------
    ValueError
        When it isn't a number.

    Examples
    --------
    >>> read_number("1,5", "X"), read_number("−0.25", "X"), read_number("1e1", "X")
    (1.5, -0.25, 10.0)
    >>> read_number("1.5 kg", "X, row Je, column verb")
    Traceback (most recent call last):
    ValueError: X, row Je, column verb: expected a number such as 1.5, got “1.5 kg”.
    """
    if not isinstance(text, str | None):
        raise ValueError(f"{where}: expected a number such as 1.5 as text, got {text!r:.40}.")
    # A file may begin with a mark of its bytes, and a word processor makes a dash of a minus.
    written = (text or "").strip().lstrip("\ufeff").translate(_SIGNS)
    try:
        return float(written.replace("_", "?"))  # Python alone reads 1_000 as a number
    except ValueError:
        came = f"“{_plain(text or '')}”" if written else "an empty box"
        why = ""
        if written.count(".") > 1:
            why = " A point or a comma stands before the decimals only, so there is one at most."
        raise ValueError(f"{where}: expected a number such as 1.5, got {came}.{why}") from None


def _plain(text: str) -> str:
    """Show an entry on one line, without signs that can't be seen."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    return shown if len(shown) <= _QUOTED else f"{shown[:_QUOTED]}…"


def where(shown: Block, row: int, column: int) -> str:
    """Name a box of a matrix for a message.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> where(block_of(DEFAULT.scenario, "X"), 0, 1)
    'X, row Je, column verb'
    """
    return f"{_name(shown)}, row {shown.rows[row]}, column {shown.columns[column]}"


def _name(shown: Block) -> str:
    return shown.title or shown.step.name


def split_cells(text: str) -> list[list[str]]:
    r"""Split what a spreadsheet copies: a line a row, a tabulator between two cells.

    Examples
    --------
    >>> split_cells("1,5\t−2\r\n0\t3\r\n"), split_cells("1,5")
    ([['1,5', '−2'], ['0', '3']], [['1,5']])
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return [line.split("\t") for line in lines]


def with_pasted(
    s: Scenario, name: MatrixName, row: int, column: int, text: str, head: int = 0
) -> Noted:
    r"""Fill a matrix from one box on with one typed number, or with cells of a spreadsheet.

    Returns
    -------
    Noted
        Its note says which numbers were left out.

    Raises
    ------
    ValueError
        When there is no such box, or an entry that has a box isn't a number of the lab.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> pasted = with_pasted(DEFAULT.scenario, "X", 2, 2, "0,5\t1\t2\n9\t9\t9")
    >>> pasted.scenario.X[2]
    array([0. , 0. , 0.5, 1. ])
    >>> print(pasted.note.replace(": ", ":\n"))
    The pasted block is 2×3, and from the chosen box on there is room for 1×2:
    the other 4 numbers were left out.
    """
    shown = block_of(s, name, head)
    values = np.array(shown.values)
    left_out = enter(values, shown, row, column, text)
    return Noted(with_matrix(s, name, values, head), left_out)


def enter(values: Array, shown: Block, row: int, column: int, text: str | None) -> str:
    """Write into values what was typed or pasted from one box on; say what was left out.

    Raises
    ------
    ValueError
        As `with_pasted`.
    """
    rows, columns = values.shape
    if not (0 <= row < rows and 0 <= column < columns):
        place = f"({row + 1}, {column + 1})"
        raise ValueError(f"{_name(shown)} is {shown.shape}; it has no box {place}.")
    cells: Sequence[Sequence[str | None]]
    cells = split_cells(text) if isinstance(text, str) else [[text]]
    if len(cells) * len(cells[0]) > 1 and len(text or "") > MAX_PASTED:
        raise ValueError(f"Cells have room for {MAX_PASTED} characters; those pasted have more.")
    for i, line in enumerate(cells[: rows - row], row):
        for j, cell in enumerate(line[: columns - column], column):
            values[i, j] = read_number(cell, where(shown, i, j))
    return _left_out(cells, rows - row, columns - column)


def _left_out(cells: Sequence[Sequence[object]], rows: int, columns: int) -> str:
    """Say how much of a block is beyond the edge of the matrix."""
    width = max(map(len, cells))
    fit = sum(len(line[:columns]) for line in cells[:rows])
    if (count := sum(map(len, cells)) - fit) == 0:
        return ""
    return (
        f"The pasted block is {len(cells)}×{width}, and from the chosen box on there is room for "
        f"{min(rows, len(cells))}×{min(columns, width)}: the other {pluralize(count, 'number')} "
        f"{'was' if count == 1 else 'were'} left out."
    )


def describe_rounded_numbers(entered: Array, kept: Array) -> str:
    """Say which numbers were rounded to the lab's grid; empty where none were.

    Examples
    --------
    >>> describe_rounded_numbers(np.array([1.5, -0.12345]), np.array([1.5, -0.123]))
    '−0.12345 was rounded to −0.123: the lab holds three decimals.'
    """
    (rounded,) = np.nonzero(~np.isclose(entered, kept, rtol=_SAME, atol=_SAME).ravel())
    if not rounded.size:
        return ""
    first, to = (short(each.ravel()[rounded[0]], digits=10) for each in (entered, kept))
    if rounded.size == 1:
        return f"{first} was rounded to {to}: the lab holds three decimals."
    return (
        f"{rounded.size} numbers were rounded to three decimals, which the lab holds; the first "
        f"is {first}, now {to}."
    )


_ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P")


def describe_rounded_scenario(given: Scenario, validated: Scenario) -> str:
    """Say which numbers of a scenario were rounded to the lab's grid.

    Examples
    --------
    >>> from attn_core.limits import validate
    >>> from attn_core.presets import DEFAULT
    >>> from dataclasses import replace
    >>> fine = replace(DEFAULT.scenario, temperature=1.23456)
    >>> describe_rounded_scenario(fine, validate(fine))
    '1.23456 was rounded to 1.235: the lab holds three decimals.'
    """
    if given is validated:
        return ""
    return describe_rounded_numbers(_numbers(given), _numbers(validated))


def _numbers(s: Scenario) -> Array:
    arrays = (getattr(s, name) for name in _ARRAYS)
    return np.concatenate([[s.temperature], *(a.ravel() for a in arrays if a is not None)])
