"""Goals on single numbers and single rows of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from ...attention import AttentionTrace
from ...explain.wording import Escape
from ...notation.steps import step
from ...scenario import Array
from .bound import Bound
from .goal import Goal, Slope, fields_of, labels_of, matrix_of, of_head, slope_at


@dataclass(frozen=True)
class Cell(Goal):
    """One number of a matrix; row, column and head count from 0."""

    matrix: str
    row: int
    column: int
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the number."""
        M = matrix_of(now, self.matrix, self.head)
        has_it = M is not None and self.row < M.shape[0] and self.column < M.shape[1]
        return (float(M[self.row, self.column]) if has_it and M is not None else nan,)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name it by its labels."""
        row, column = labels_of(now, self.matrix, self.row, self.column, escape)
        head = of_head(now, self.head)
        if self.matrix == "weights":
            return f"The weight {row} → {column}{head} is"
        return f"{escape(step(self.matrix).symbol)}[{row}, {column}]{head} is"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope:
        """Return 1 at its place."""
        return {self.matrix: slope_at(now, self.matrix, self.head, {(self.row, self.column): 1.0})}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return where it stands."""
        return {"kind": "cell"} | fields_of(self, "matrix", "row", "column", "head")


@dataclass(frozen=True)
class Row(Goal):
    """How far a row of a matrix is from a target, in the number that is farthest."""

    matrix: str
    row: int
    target: tuple[float, ...]
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the row."""
        M = matrix_of(now, self.matrix, self.head)
        return tuple(M[self.row].tolist()) if M is not None and self.row < len(M) else (nan,)

    def distance(self, shown: Sequence[float]) -> float:
        """Return the largest distance from the target."""
        if len(shown) != len(self.target):
            return nan
        return float(np.max(np.abs(np.subtract(shown, self.target))))

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the row."""
        row, _ = labels_of(now, self.matrix, self.row, 0, escape)
        return f"{escape(step(self.matrix).symbol)} of {row}{of_head(now, self.head)} is"

    def wanted(self) -> str:
        """Write the target."""
        numbers = ", ".join(
            Bound(low=each).describe().removeprefix("at least ") for each in self.target
        )
        return f"({numbers}), each ± {self.bound.describe().removeprefix('at most ')}"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope:
        """Return the sign of each distance, in proportion to the largest."""
        away = np.subtract(self.shown(start, now), self.target)
        share = away / max(float(np.abs(away).max()), 1e-12)
        entries = {(self.row, j): float(x) for j, x in enumerate(share)}
        return {self.matrix: slope_at(now, self.matrix, self.head, entries)}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return where it stands, and the target."""
        return {"kind": "row"} | fields_of(self, "matrix", "row", "target", "head")


@dataclass(frozen=True)
class Cosine(Goal):
    """The cosine of the angle between two rows of a matrix."""

    matrix: str
    rows: tuple[int, int]
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the cosine; nan where a row is 0 throughout."""
        M = matrix_of(now, self.matrix, self.head)
        if M is None or max(self.rows) >= len(M):
            return (nan,)
        a, b = M[self.rows[0]], M[self.rows[1]]
        length = float(np.linalg.norm(a) * np.linalg.norm(b))
        return (float(a @ b) / length if length else nan,)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name both rows."""
        a, b = (labels_of(now, self.matrix, i, 0, escape)[0] for i in self.rows)
        of = "" if self.matrix == "X" else f" in {escape(step(self.matrix).symbol)}"
        return f"The cosine of {a} and {b}{of}{of_head(now, self.head)} is"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return the derivative by both rows."""
        M, cosine = matrix_of(now, self.matrix, self.head), self.measure(start, now)
        if M is None or np.isnan(cosine):
            return None
        a, b = M[self.rows[0]], M[self.rows[1]]
        la, lb = float(np.linalg.norm(a)), float(np.linalg.norm(b))
        by = ((b / lb - cosine * a / la) / la, (a / la - cosine * b / lb) / lb)
        entries = {
            (i, j): float(x)
            for i, row in zip(self.rows, by, strict=True)
            for j, x in enumerate(row)
        }
        return {self.matrix: slope_at(now, self.matrix, self.head, entries)}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return which rows."""
        return {"kind": "cosine"} | fields_of(self, "matrix", "rows", "head")


@dataclass(frozen=True)
class Ahead(Goal):
    """By how much a score is ahead of the largest other score of its row."""

    query: int
    key: int
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the lead, below 0 where another is larger."""
        S = matrix_of(now, "scores", self.head)
        if S is None or self.query >= S.shape[0] or self.key >= S.shape[1] or S.shape[1] < 2:
            return (nan,)
        return (float(S[self.query, self.key] - S[self.query, self._rival(S)]),)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the score."""
        query, key = labels_of(now, "scores", self.query, self.key, escape)
        head = of_head(now, self.head)
        return f"The score {query} → {key}{head} is ahead of the next in its row by"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return 1 at the score and −1 at its rival."""
        S = matrix_of(now, "scores", self.head)
        if S is None:
            return None
        entries = {(self.query, self.key): 1.0, (self.query, self._rival(S)): -1.0}
        return {"scores": slope_at(now, "scores", self.head, entries)}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return which score."""
        return {"kind": "ahead"} | fields_of(self, "query", "key", "head")

    def _rival(self, S: Array) -> int:
        others = np.array(S[self.query])
        others[self.key] = -np.inf
        return int(others.argmax())
