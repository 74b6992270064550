"""Goals on the weights of all words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from ...analysis.head_similarity import head_similarity
from ...attention import AttentionTrace, attend
from ...edits import reversed_words
from ...explain.wording import Escape
from ...gradients import backward
from ...learning.raw_target import PATTERNS, open_to
from ...notation.labels import isolate
from ...scenario import Array
from .goal import Goal, Slope, fields_of, labels_of, matrix_of, of_head, slope_at

#: The patterns in which each word has one word to look at.
ONE_WORD = tuple(name for name in PATTERNS if name != "all alike")


@dataclass(frozen=True)
class Largest(Goal):
    """Every row's largest weight: the largest where all are to be small, else the smallest."""

    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the largest weight of the row that is farthest from the goal."""
        A = matrix_of(now, "weights", self.head)
        return (nan if A is None else float(A.max(axis=1)[self._row(A)]),)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name it."""
        side = "at most" if self._is_upper() else "at least"
        return f"Each row’s largest weight{of_head(now, self.head)} is {side}"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return 1 at that weight."""
        A = matrix_of(now, "weights", self.head)
        if A is None:
            return None
        i = self._row(A)
        return {"weights": slope_at(now, "weights", self.head, {(i, int(A[i].argmax())): 1.0})}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return which of them counts."""
        return {"kind": "largest", "is_upper": self._is_upper(), "head": self.head}

    def _is_upper(self) -> bool:
        return self.bound.high < np.inf

    def _row(self, A: Array) -> int:
        most = A.max(axis=1)
        return int(most.argmax() if self._is_upper() else most.argmin())


@dataclass(frozen=True)
class Pattern(Goal):
    """The smallest weight at the place that a pattern gives each word; see `ONE_WORD`."""

    pattern: str
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return it; a word without such a neighbour doesn't count."""
        A = matrix_of(now, "weights", self.head)
        at = self._places(A)
        return (float(A[at].min()) if A is not None and at.any() else nan,)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the pattern."""
        return f"Each word’s weight on {self.pattern}{of_head(now, self.head)} is at least"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return a share of 1 at each place: the smaller the weight, the more."""
        A = matrix_of(now, "weights", self.head)
        at = self._places(A)
        if A is None or not at.any():
            return None
        lack = np.where(at, np.maximum(self.bound.low + 0.02 - A, 0), 0)
        share = lack / max(float(lack.sum()), 1e-12)
        entries = {(int(i), int(j)): float(share[i, j]) for i, j in np.argwhere(at)}
        return {"weights": slope_at(now, "weights", self.head, entries)}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return its name."""
        return {"kind": "pattern"} | fields_of(self, "pattern", "head")

    def _places(self, A: Array | None) -> Array:
        return np.zeros((0, 0), bool) if A is None else PATTERNS[self.pattern](*A.shape) > 0


@dataclass(frozen=True)
class Gradient(Goal):
    """The gradient of a box of W_q or W_k, as a part of the largest of all: from 0 to 1.

    Its loss is the cross-entropy of the weights and a pattern; see `gradients`.
    """

    pattern: str
    matrix: str
    row: int
    column: int
    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return |gradient| / largest |gradient|; nan where all are 0 or there is no such box."""
        if self.head >= now.scenario.h:
            return (nan,)
        trace = now.head(self.head)
        target = open_to(PATTERNS[self.pattern](*trace.weights.shape), trace.scenario)
        if not target.any():
            return (nan,)
        by = backward(trace, target)
        size = {"W_q": np.abs(by.dW_q), "W_k": np.abs(by.dW_k)}
        most, own = max(float(M.max()) for M in size.values()), size[self.matrix]
        has_it = most > 0 and self.row < own.shape[0] and self.column < own.shape[1]
        return (float(own[self.row, self.column]) / most if has_it else nan,)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name the box."""
        row, column = labels_of(now, self.matrix, self.row, self.column, escape)
        return f"The gradient of {self.matrix}[{row}, {column}] is, as a part of the largest,"


@dataclass(frozen=True)
class Blocked(Goal):
    """Whether the mask lets a query attend to a key: 1, or 0 where it is blocked."""

    query: int
    key: int

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return 1 or 0."""
        allowed = now.scenario.allowed
        has_it = self.query < allowed.shape[0] and self.key < allowed.shape[1]
        return (float(allowed[self.query, self.key]) if has_it else nan,)

    def write(self, shown: Sequence[float]) -> str:
        """Write nothing: the sentence says whether it may."""
        return ""

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Say whether it may."""
        query, key = labels_of(now, "weights", self.query, self.key, escape)
        is_open = self.measure(now, now) != 0  # nan where a word is gone
        return f"{query} {'may' if is_open else 'can’t'} attend to {key}"

    def wanted(self) -> str:
        """Say that it is to be blocked."""
        return "a mask that blocks it"


@dataclass(frozen=True)
class Heads(Goal):
    """The similarity of two heads; see `head_similarity`."""

    heads: tuple[int, int]

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return the part of their weights that both have."""
        has_both = now.scenario.h > max(self.heads)
        return (float(head_similarity(now)[self.heads]) if has_both else nan,)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Name both heads."""
        names = now.scenario.heads
        a, b = (
            escape(isolate(names[i])) if i < len(names) else f"head {i + 1}" for i in self.heads
        )
        return f"The similarity of {a} and {b} is"

    def slope(self, start: AttentionTrace, now: AttentionTrace) -> Slope | None:
        """Return the derivative by the smaller weight of each pair."""
        if now.scenario.h <= max(self.heads):
            return None
        i, j = self.heads
        A, by = now.weights, np.zeros(now.weights.shape)
        is_smaller = A[i] < A[j]
        by[i], by[j] = is_smaller / now.scenario.n, ~is_smaller / now.scenario.n
        return {"weights": by}

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return which heads."""
        return {"kind": "heads", "heads": list(self.heads)}


@dataclass(frozen=True)
class Order(Goal):
    """The largest change of a weight when the words come in reverse."""

    head: int = 0

    def shown(self, start: AttentionTrace, now: AttentionTrace) -> tuple[float, ...]:
        """Return it; nan where the scenario has a second sentence, whose words stay."""
        if now.scenario.is_cross:
            return (nan,)
        A = matrix_of(now, "weights", self.head)
        back = matrix_of(attend(reversed_words(now.scenario)), "weights", self.head)
        return (nan if A is None or back is None else float(np.abs(back[::-1, ::-1] - A).max()),)

    def what(self, now: AttentionTrace, escape: Escape) -> str:
        """Say what is compared."""
        return "With the words in reverse, the weight that changes most changes by"

    def plain(self, start: AttentionTrace) -> dict[str, Any]:
        """Return the head."""
        return {"kind": "order"} | fields_of(self, "head")
