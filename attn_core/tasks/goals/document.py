"""Goals as JSON: words by the labels that the page shows, columns and heads counted from 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from ...notation.graph import graph
from ...notation.steps import has, step
from ...scenario import Scenario
from ..errors import TaskError
from . import (
    ONE_WORD,
    Ahead,
    Blocked,
    Cell,
    Cosine,
    Goal,
    Gradient,
    Heads,
    Largest,
    Moved,
    Order,
    Pattern,
    Row,
    Same,
    Shape,
)
from .bound import Bound, near

#: What nothing may exceed.
_NONE = Bound(high=0.0)


class _Fields:
    """The fields of one goal, each read once and checked."""

    def __init__(self, given: Any, start: Scenario) -> None:
        if not isinstance(given, dict):
            raise TaskError(f"expected an object, got {given!r:.40}.")
        self._given, self._read, self._s = given, {"goal"}, start

    def take(self, name: str) -> Any:
        """Return a field that has to be there."""
        if name not in self._given:
            raise TaskError(f"“{name}” is missing; there is {', '.join(self._given) or 'nothing'}.")
        self._read.add(name)
        return self._given[name]

    def end(self) -> None:
        """Refuse what nobody has read."""
        if foreign := sorted(self._given.keys() - self._read):
            raise TaskError(f"unknown {foreign!s:.80}; expected {', '.join(sorted(self._read))}.")

    def number(self, name: str) -> float:
        """Return a finite number."""
        value = self.take(name)
        if not _is_number(value):
            raise TaskError(f"“{name}”: expected a number, got {value!r:.40}.")
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        value = self.take(name)
        if type(value) is not int or not low <= value <= high:
            raise TaskError(
                f"“{name}”: expected a whole number {low} to {high}, got {value!r:.40}."
            )
        return value

    def bound(self) -> Bound:
        """Return above, below, or near with within."""
        found = [name for name in ("above", "below", "near") if name in self._given]
        if len(found) != 1:
            raise TaskError(f"expected one of above, below and near; got {found or 'none'}.")
        value = self.number(found[0])
        if found[0] == "near":
            return near(value, self.within())
        return Bound(low=value) if found[0] == "above" else Bound(high=value)

    def within(self) -> float:
        """Return how far a number may be from its target."""
        within = self.number("within")
        if within <= 0:
            raise TaskError(f"“within”: expected a number above 0, got {within:g}.")
        return within

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return one of several texts."""
        value = self.take(name)
        if value not in choices:
            raise TaskError(f"“{name}”: expected one of {', '.join(choices)}; got {value!r:.40}.")
        return str(value)

    def matrix(self, default: str = "") -> str:
        """Return the name of a matrix that the scenario has."""
        if default and "matrix" not in self._given:
            return default
        names = [name for name in graph(self._s) if has(name)]
        return self.choice("matrix", names)

    def head(self) -> int:
        """Return a head from 0; the first where none is named."""
        return self.whole("head", 1, self._s.h) - 1 if "head" in self._given else 0

    def label(self, name: str, axis: Any, value: Any = None) -> int:
        """Return the place of a label along an axis; a number counts from 1."""
        labels = graph(self._s).axis(axis)
        value = self.take(name) if value is None else value
        if value in labels:
            return labels.index(value)
        if type(value) is int and 1 <= value <= len(labels):
            return value - 1
        raise TaskError(f"“{name}”: expected one of {', '.join(labels)}; got {value!r:.40}.")

    def labels(self, name: str, axis: Any) -> tuple[int, int]:
        """Return the places of two different labels."""
        pair = self.take(name)
        if not (isinstance(pair, list) and len(pair) == 2):
            raise TaskError(f"“{name}”: expected a list of two, got {pair!r:.40}.")
        a, b = (self.label(name, axis, each) for each in pair)
        if a == b:
            raise TaskError(f"“{name}”: expected two different ones, got {pair[0]!r:.40} twice.")
        return a, b

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """Return so many numbers."""
        values = self.take(name)
        if not (isinstance(values, list) and len(values) == count and all(map(_is_number, values))):
            raise TaskError(f"“{name}”: expected a list of {count} numbers, got {values!r:.60}.")
        return tuple(map(float, values))

    def shape(self) -> tuple[int, int]:
        """Return two sizes."""
        sizes = self.numbers("shape", 2)
        if not all(size.is_integer() and 1 <= size <= 99 for size in sizes):
            raise TaskError(f"“shape”: expected two whole numbers from 1 on, got {sizes}.")
        return int(sizes[0]), int(sizes[1])

    def size(self, matrix: str) -> int:
        """Return the number of columns of a matrix."""
        return len(graph(self._s).axis(step(matrix).axes[1]))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and isfinite(value)


def _cell(f: _Fields) -> Goal:
    matrix = f.matrix()
    rows, columns = step(matrix).axes
    return Cell(f.bound(), matrix, f.label("row", rows), f.label("column", columns), f.head())


def _row(f: _Fields) -> Goal:
    matrix = f.matrix()
    row = f.label("row", step(matrix).axes[0])
    return Row(Bound(high=f.within()), matrix, row, f.numbers("near", f.size(matrix)), f.head())


def _cosine(f: _Fields) -> Goal:
    matrix = f.matrix("X")
    return Cosine(f.bound(), matrix, f.labels("rows", step(matrix).axes[0]), f.head())


def _query_and_key(f: _Fields) -> tuple[int, int]:
    return f.label("query", "query"), f.label("key", "key")


def _weight(f: _Fields) -> Goal:
    return Cell(f.bound(), "weights", *_query_and_key(f), f.head())


def _ahead(f: _Fields) -> Goal:
    return Ahead(Bound(low=f.number("by")), *_query_and_key(f), f.head())


def _pattern(f: _Fields) -> Goal:
    above = Bound(low=f.number("above"))
    return Pattern(above, f.choice("pattern", ONE_WORD), f.head())


def _gradient(f: _Fields) -> Goal:
    matrix = f.choice("matrix", ("W_q", "W_k"))
    rows, columns = step(matrix).axes
    at = f.label("row", rows), f.label("column", columns)
    return Gradient(f.bound(), f.choice("pattern", ONE_WORD), matrix, *at, f.head())


def _moved(f: _Fields) -> Goal:
    return Moved(Bound(high=float(f.whole("at_most", 1, 999))))


_READERS: dict[str, Callable[[_Fields], Goal]] = {
    "weight": _weight,
    "cell": _cell,
    "row": _row,
    "cosine": _cosine,
    "ahead": _ahead,
    "largest": lambda f: Largest(f.bound(), f.head()),
    "pattern": _pattern,
    "gradient": _gradient,
    "same": lambda f: Same(_NONE, f.matrix()),
    "shape": lambda f: Shape(_NONE, f.matrix(), f.shape()),
    "blocked": lambda f: Blocked(_NONE, *_query_and_key(f)),
    "heads": lambda f: Heads(f.bound(), f.labels("heads", "head")),
    "moved": _moved,
    "order": lambda f: Order(f.bound(), f.head()),
}
#: The names of all kinds of goals.
KINDS = tuple(_READERS)


def read_goal(given: Any, start: Scenario) -> Goal:
    """Read a goal of a task that starts from a scenario.

    Raises
    ------
    TaskError
        When it isn't one; the message says what was expected and what came.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> goal = {"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}
    >>> read_goal(goal, DEFAULT.scenario).plain(None)
    {'kind': 'cell', 'matrix': 'weights', 'row': 1, 'column': 0, 'head': 0}
    >>> read_goal({**goal, "key": "tu"}, DEFAULT.scenario)
    Traceback (most recent call last):
    attn_core.tasks.errors.TaskError: “key”: expected one of Je, suis, heureux; got 'tu'.
    """
    fields = _Fields(given, start)
    goal = _READERS[fields.choice("goal", KINDS)](fields)
    fields.end()
    return goal


def goal_content(goal: Goal, start: Scenario) -> dict[str, Any]:
    """Write a goal as `read_goal` reads it.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> goal_content(Order(Bound(low=0.1)), DEFAULT.scenario)
    {'goal': 'order', 'above': 0.1}
    """
    nodes, bound = graph(start), goal.bound.plain()
    at_head: int = getattr(goal, "head", 0)
    head = {"head": at_head + 1} if at_head else {}
    match goal:
        case Cell(_, "weights"):
            return {"goal": "weight", **_asks(start, goal.row, goal.column), **bound, **head}
        case Cell():
            rows, columns = (nodes.axis(axis) for axis in step(goal.matrix).axes)
            at = {"row": rows[goal.row], "column": columns[goal.column]}
            return {"goal": "cell", "matrix": goal.matrix, **at, **bound, **head}
        case Row():
            row = nodes.axis(step(goal.matrix).axes[0])[goal.row]
            where = {"matrix": goal.matrix, "row": row, "near": list(goal.target)}
            return {"goal": "row", **where, "within": goal.bound.high, **head}
        case Cosine():
            labels = nodes.axis(step(goal.matrix).axes[0])
            pair = [labels[i] for i in goal.rows]
            return {"goal": "cosine", "matrix": goal.matrix, "rows": pair, **bound, **head}
        case Ahead():
            asks = _asks(start, goal.query, goal.key)
            return {"goal": "ahead", **asks, "by": goal.bound.low, **head}
        case Largest():
            return {"goal": "largest", **bound, **head}
        case Pattern():
            return {"goal": "pattern", "pattern": goal.pattern, **bound, **head}
        case Gradient():
            rows, columns = (nodes.axis(axis) for axis in step(goal.matrix).axes)
            at = {"row": rows[goal.row], "column": columns[goal.column]}
            pattern = {"pattern": goal.pattern, "matrix": goal.matrix}
            return {"goal": "gradient", **pattern, **at, **bound, **head}
        case Same():
            return {"goal": "same", "matrix": goal.matrix}
        case Shape():
            return {"goal": "shape", "matrix": goal.matrix, "shape": list(goal.shape)}
        case Blocked():
            return {"goal": "blocked", **_asks(start, goal.query, goal.key)}
        case Heads():
            return {"goal": "heads", "heads": [i + 1 for i in goal.heads], **bound}
        case Moved():
            return {"goal": "moved", "at_most": int(goal.bound.high)}
        case Order():
            return {"goal": "order", **bound, **head}
    raise TypeError(f"{type(goal).__name__} has no place in a file")


def _asks(start: Scenario, query: int, key: int) -> dict[str, str]:
    nodes = graph(start)
    return {"query": nodes.axis("query")[query], "key": nodes.axis("key")[key]}
