"""The inputs that differ between two scenarios, and A with one of them taken from B."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..edits import MatrixName, block_of, editable
from ..positions import PositionKind
from ..scenario import Scenario
from .compare import Comparison, compare

#: Queries and keys have one size, so W_q and W_k can only change their size together.
QUERY_KEY = "W_q and W_k"

#: RoPE rotates pairs of columns, so it can't be switched without them.
QUERY_KEY_POSITIONS = "W_q, W_k and the positions"

#: The fields that can only change together.
_PLACES = ("positions", "P", "slope")
_TOGETHER = {
    "positions": _PLACES,
    QUERY_KEY: ("W_q", "W_k"),
    QUERY_KEY_POSITIONS: ("W_q", "W_k", *_PLACES),
}

Setting = Literal["scale", "temperature", "positions", "slope", "mask"]


@dataclass(frozen=True)
class NumberChange:
    """One number of a matrix.

    Attributes
    ----------
    name : str
        One of `edits.editable`.
    row, column : int
        From 0.
    label : str
        Row and column, such as ``verb → k₁``.
    before, after : float
        In A and in B.
    """

    name: MatrixName
    row: int
    column: int
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class SizeChange:
    """Projections that have another size in B, and can only change as a whole.

    Attributes
    ----------
    name : str
        ``W_v``, `QUERY_KEY` or `QUERY_KEY_POSITIONS`.
    before, after : int
        Their columns in A and in B.
    """

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class SettingChange:
    """A setting; positions of another kind change P or the slope, too.

    Attributes
    ----------
    name : {"scale", "temperature", "positions", "slope", "mask"}
    before, after : bool, float or str
        Its value in A and in B: the kind of positions, the slope of the first head, whether
        there is a mask.
    """

    name: Setting
    before: bool | float | PositionKind
    after: bool | float | PositionKind


Change = NumberChange | SizeChange | SettingChange


def changes(a: Scenario, b: Scenario) -> tuple[Change, ...]:
    """List every input that differs between two scenarios of one sentence.

    Parameters
    ----------
    a, b : Scenario
        With the same words and features, in the same order; the words of a second
        sentence count as well, so adding one is no single change.

    Returns
    -------
    tuple of Change
        In the order of `edits.editable`, row by row, then whole projections of another
        size, then the settings. A mask that blocks nothing equals no mask.

    Raises
    ------
    ValueError
        When words or features differ.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.presets import DEFAULT
    >>> b = edits.with_cell(DEFAULT.scenario, "W_k", 1, 0, 0.8)
    >>> changes(DEFAULT.scenario, b)
    (NumberChange(name='W_k', row=1, column=0, label='verb → k₁', before=0.0, after=0.8),)
    """
    return changes_of(compare(a, b))


def changes_of(c: Comparison) -> tuple[Change, ...]:
    """List every input that differs between A and B; see `changes`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from attn_core.presets import DEFAULT
    >>> changes_of(compare(DEFAULT.scenario, replace(DEFAULT.scenario, scale=False)))
    (SettingChange(name='scale', before=True, after=False),)
    """
    if not c.same_words:
        raise ValueError("A and B must have the same words and features.")
    a, b = c.a.scenario, c.b.scenario
    return (*_numbers(a, b), *_sizes(a, b), *_settings(a, b))


def with_change(a: Scenario, b: Scenario, change: Change) -> Scenario:
    """Return A with one input changed to what it is in B.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from attn_core.presets import DEFAULT
    >>> a = DEFAULT.scenario
    >>> b = replace(a, scale=False, temperature=2)
    >>> with_change(a, b, changes(a, b)[1]) == replace(a, temperature=2)
    True
    """
    taken = {name: getattr(b, name) for name in _TOGETHER.get(change.name, (change.name,))}
    if isinstance(change, NumberChange):
        values = np.array(getattr(a, change.name))
        values[change.row, change.column] = taken[change.name][change.row, change.column]
        taken[change.name] = values
    result: Scenario = replace(a, **taken)
    return result


def _numbers(a: Scenario, b: Scenario) -> Iterator[NumberChange]:
    for name in editable(a):
        values = getattr(b, name)
        if values is None or np.array_equal(getattr(a, name), values):
            continue
        shown = block_of(a, name)
        if shown.values.shape != values.shape:
            continue
        for i, j in np.argwhere(shown.values != values).tolist():
            numbers = float(shown.values[i, j]), float(values[i, j])
            yield NumberChange(name, i, j, shown.cell(i, j), *numbers)


def _sizes(a: Scenario, b: Scenario) -> Iterator[SizeChange]:
    if a.d_k != b.d_k:
        yield SizeChange(QUERY_KEY_POSITIONS if _are_tied(a, b) else QUERY_KEY, a.d_k, b.d_k)
    if a.d_v != b.d_v:
        yield SizeChange("W_v", a.d_v, b.d_v)


def _are_tied(a: Scenario, b: Scenario) -> bool:
    """Whether one scenario has RoPE, and the other has no pair of columns to rotate."""
    return any(s.positions == "rope" and other.d_k == 1 for s, other in ((a, b), (b, a)))


def _settings(a: Scenario, b: Scenario) -> Iterator[SettingChange]:
    if a.scale != b.scale:
        yield SettingChange("scale", a.scale, b.scale)
    if a.temperature != b.temperature:
        yield SettingChange("temperature", a.temperature, b.temperature)
    if a.positions != b.positions and not _are_tied(a, b):
        yield SettingChange("positions", a.positions, b.positions)
    if a.slopes and b.slopes and a.slopes != b.slopes:
        yield SettingChange("slope", a.slopes[0], b.slopes[0])
    if not np.array_equal(a.allowed, b.allowed):
        yield SettingChange("mask", not a.allowed.all(), not b.allowed.all())
