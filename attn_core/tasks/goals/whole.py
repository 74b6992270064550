"""Goals on whole matrices: their shape, and what stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from ...attention import AttentionTrace
from ...edits import editable
from ...explain.wording import Escape
from ...notation.steps import step
from .goal import Goal, as_json, matrix_of


@dataclass(frozen=True)
class Same(Goal):
    """The largest change of a matrix since the start."""

    matrix: str

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return it; nan where the shape has changed."""
        before, after = getattr(start, self.matrix), getattr(now, self.matrix)
        if before is None or after is None or before.shape != after.shape:
            return (nan,)
        same = before == after  # where −∞ meets −∞ there is no difference
        change = np.subtract(after, before, where=~same, out=np.zeros(after.shape))
        return (float(np.abs(change).max()),)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the matrix."""
        return f"{escape(step(self.matrix).symbol)} stays as at the start; its largest change is"

    def wanted(self) -> str:
        """Say that nothing may change."""
        return "0"

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return the matrix as it was."""
        values = getattr(start, self.matrix)
        return (
            {}
            if values is None
            else {"kind": "same", "matrix": self.matrix, "before": as_json(values)}
        )


@dataclass(frozen=True)
class Shape(Goal):
    """How many rows and columns a matrix has too many or too few."""

    matrix: str
    shape: tuple[int, int]

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the shape of one head."""
        M = matrix_of(now, self.matrix, 0)
        return (nan,) if M is None else tuple(M.shape)

    def distance(self, shown: Sequence[float]) -> float:
        """Return how many rows and columns there are too many or too few."""
        return nan if len(shown) != 2 else float(np.abs(np.subtract(shown, self.shape)).sum())

    def written(self, shown: Sequence[float]) -> str:
        """Write the shape."""
        return "×".join(f"{size:.0f}" for size in shown)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the matrix."""
        return f"The shape of {escape(step(self.matrix).symbol)} is"

    def wanted(self) -> str:
        """Write the shape."""
        return "{}×{}".format(*self.shape)


@dataclass(frozen=True)
class Moved(Goal):
    """How many boxes have other numbers than at the start."""

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the number of boxes; nan where a matrix has another shape."""
        count = 0
        for name in editable(start.scenario):
            before, after = getattr(start.scenario, name), getattr(now.scenario, name)
            if after is None or before.shape != after.shape:
                return (nan,)
            count += int((before != after).sum())
        return (float(count),)

    def written(self, shown: Sequence[float]) -> str:
        """Write a whole number."""
        return f"{shown[0]:.0f}"

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Say what is counted."""
        return "Boxes moved since the start:"

    def wanted(self) -> str:
        """Write the maximum."""
        return f"at most {self.bound.high:.0f}"

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return all matrices as they were."""
        before = {name: as_json(getattr(start.scenario, name)) for name in editable(start.scenario)}
        return {"kind": "moved", "before": before}
