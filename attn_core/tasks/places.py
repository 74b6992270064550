"""Boxes by the labels of their row and column, as a person writes them: `W_q[verb, q₁]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from ..edits import MatrixName, block_of, editable
from ..scenario import Scenario
from .errors import TaskError

_WRITTEN = re.compile(r"(?P<name>[A-Z]\w*)(?:/(?P<head>\d+))?(?:\[(?P<where>.*)\])?", re.ASCII)


@dataclass(frozen=True)
class Place:
    """A matrix, a row of it, or a box; all count from 0.

    Attributes
    ----------
    name : str
    head : int or None
        None where it is all heads.
    row, column : int or None
        None where it is all of them.
    """

    name: MatrixName
    head: int | None = None
    row: int | None = None
    column: int | None = None


def read_place(text: str, s: Scenario) -> Place:
    """Read a place of a scenario; a head, counted from 1, follows a slash.

    Raises
    ------
    TaskError
        When it isn't one; the message lists those there are.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> read_place("W_q[verb, q₁]", BY_KEY["verb-subject"].scenario)
    Place(name='W_q', head=None, row=1, column=0)
    >>> read_place("W_q/2", BY_KEY["four-views"].scenario)
    Place(name='W_q', head=1, row=None, column=None)
    """
    match = _WRITTEN.fullmatch(text.strip())
    if not match or match["name"] not in editable(s):
        names = ", ".join(editable(s))
        raise TaskError(f"Expected a matrix of {names}, a row or a box of one; got {text!r:.60}.")
    name = cast(MatrixName, match["name"])
    head = int(match["head"]) - 1 if match["head"] else None
    if head is not None and not 0 <= head < s.h:
        raise TaskError(f"{text!r:.60}: expected head 1 to {s.h}, got {head + 1}.")
    if match["where"] is None:
        return Place(name, head)
    row, column = _row_and_column(text, match["where"], s, name, head or 0)
    return Place(name, head, row, column)


def _row_and_column(
    text: str, where: str, s: Scenario, name: MatrixName, head: int
) -> tuple[int, int | None]:
    shown = block_of(s, name, head)
    for i, row in enumerate(shown.rows):  # a label may have a comma of its own
        if where.strip() == row:
            return i, None
        if where.strip().startswith(f"{row},"):
            column = where.strip()[len(row) + 1 :].strip()
            if column in shown.columns:
                return i, shown.columns.index(column)
    raise TaskError(
        f"{text!r:.60}: expected a row of {', '.join(shown.rows)}, alone or with a column of "
        f"{', '.join(shown.columns)}."
    )
