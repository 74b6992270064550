"""A goal, and what all kinds of goals share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from ...attention import AttentionTrace
from ...explain.wording import Escape, axis_label
from ...notation.graph import graph
from ...notation.labels import numbers
from ...notation.steps import Axis, step
from ...scenario import Array
from .bound import Bound

#: The derivative of a goal's number by each matrix that it reads.
Slope = Mapping[str, Array]


@dataclass(frozen=True)
class Goal:
    """One thing that is wanted; the kinds below measure their number.

    Attributes
    ----------
    bound : Bound
        Of the number that `measure` returns.
    """

    bound: Bound

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the numbers that the sentence shows; nan where the present scenario has none."""
        raise NotImplementedError

    def distance(self, shown: Sequence[float]) -> float:
        """Return the one number that is to be within the bound."""
        return shown[0]

    def measure(self, start: AttentionTrace, now: AttentionTrace) -> float:
        """Return that number for the present scenario; nan where it has none."""
        return self.distance(self.shown(start, now))

    def write(self, shown: Sequence[float]) -> str:
        """Write the numbers, or that the present scenario has none."""
        return self.written(shown) if all(map(isfinite, shown)) else "not there"

    def written(self, shown: Sequence[float]) -> str:
        """Write the numbers, with as many decimals as show whether the goal is met."""
        is_met = self.bound.holds(self.distance(shown))
        for digits in range(2, 7):
            (written,) = numbers(np.array([shown]), digits)  # as in the boxes
            seen = [float(each.replace("−", "-")) for each in written]
            if self.bound.holds(self.distance(seen)) == is_met:
                break
        return written[0] if len(written) == 1 else f"({', '.join(written)})"

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the number in a sentence."""
        raise NotImplementedError

    def wanted(self) -> str:
        """Say what the number is to be."""
        return self.bound.describe()

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return the derivative of the number; None where gradient descent can't follow it."""
        return None

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return what the browser measures while a hand moves; {} where only Python does."""
        return {}


def matrix_of(trace: AttentionTrace, name: str, head: int) -> Array | None:
    """Return a matrix of a trace, of one head where each has its own; None where there is none."""
    M: Array | None = getattr(trace, name)
    if M is None or M.ndim == 2:
        return M
    return M[head] if head < len(M) else None


def slope_at(
    trace: AttentionTrace, name: str, head: int, entries: Mapping[tuple[int, int], float]
) -> Array:
    """Make the derivative by a matrix: 0 but for a few numbers of one head."""
    by = np.zeros(getattr(trace, name).shape)
    own = by if by.ndim == 2 else by[head]
    for at, value in entries.items():
        own[at] = value
    return by


def labels_of(
    trace: AttentionTrace, name: str, row: int, column: int, escape: Escape
) -> tuple[str, str]:
    """Name a row and a column; by its number where there is none."""
    axes = step(name).axes
    return _label(trace, axes[0], row, escape), _label(trace, axes[1], column, escape)


def _label(trace: AttentionTrace, axis: Axis, i: int, escape: Escape) -> str:
    has_it = i < len(graph(trace.scenario).axis(axis))
    return axis_label(trace.scenario, axis, i, escape) if has_it else f"#{i + 1}"


def of_head(trace: AttentionTrace, head: int) -> str:
    """Name the head, where there are several."""
    return f" in head {head + 1}" if trace.scenario.h > 1 else ""


def fields_of(goal: Any, *names: str) -> dict[str, Any]:
    """Return some fields of a goal for the browser."""
    return {name: getattr(goal, name) for name in names}


def as_json(values: Array) -> Any:
    """Write a matrix for JSON, which has no −∞."""
    return (
        [as_json(each) for each in values]
        if values.ndim
        else (x if isfinite(x := values.item()) else None)
    )
