"""Questions ready to be asked: those of the lessons, and about any number on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from attn_core import AttentionTrace, Scenario, attend
from attn_core.explain.calculation import calculate
from attn_core.explain.wording import DISPLAY_TOLERANCE, join_words
from attn_core.notation import cells
from attn_core.notation.cells import Cell
from attn_core.notation.graph import Node, graph
from attn_core.notation.labels import isolate, number
from attn_core.scenario import Array
from attn_core.tasks import LESSONS
from attn_core.tasks.goals.goal import matrix_of, of_head
from attn_core.tasks.prediction import Prediction
from attn_core.text import escape
from pages.ui.room.limits import CHOICES
from pages.ui.room.question import Question

#: Numbers to choose from, and how far apart they are at least where there are such.
_NUMBERS, _APART = 4, 0.05
#: How far a number may be off: so much, or such a part of it where that is more.
_WITHIN, _PART = 0.05, 0.1


def of_lesson(key: str, seed: str = "") -> tuple[Question, ...]:
    """Return the questions of a lesson; they are about the start of its task.

    Examples
    --------
    >>> [len(asked.options) for asked in of_lesson("7")]
    [3, 3]
    """
    return tuple(map(_of_prediction, LESSONS[key].page(seed).predictions))


def _of_prediction(predicted: Prediction) -> Question:
    return Question(
        predicted.question,
        predicted.options,
        predicted.answer,
        predicted.within,
        predicted.why,
        predicted.shows,
    )


def about_cell(scenario: Scenario, cell: Cell, head: int = 0) -> tuple[Question, ...]:
    """Make questions about a number, which its trace answers.

    Parameters
    ----------
    scenario : Scenario
    cell : Cell
        One that the scenario has.
    head : int
        From 0.

    Returns
    -------
    tuple of Question
        Which key is first in its row, where the columns are keys and one is ahead; the number to
        choose; the number to type. None where it is −∞.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> first, *_, last = about_cell(BY_KEY["similarity"].scenario, Cell("weights", 1, 0))
    >>> first.text, first.options[int(first.answer)]
    ('Which word does *suis* attend to most?', 'suis')
    >>> last.text, round(last.answer, 2)
    ('What is the weight *suis* → *Je*?', 0.31)
    """
    if not graph(scenario).has_cell(cell):
        raise ValueError(f"There is no number {cells.to_text(cell)} here.")
    about = _About(attend(scenario), cell, head)
    if about.node.step.kind == "mask" or not np.isfinite(about.value):
        return ()
    return (*_first(about), _chosen(about), _typed(about))


def attended_most(scenario: Scenario, query: int, head: int = 0) -> Question | None:
    """Ask which word a word attends to most; None where two are as good.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> attended_most(BY_KEY["similarity"].scenario, 2).text
    'Which word does *heureux* attend to most?'
    """
    about = _About(attend(scenario), Cell("weights", query, 0), head)
    return next(_first(about), None)


@dataclass(frozen=True, eq=False)
class _About:
    """A number that is asked about."""

    trace: AttentionTrace
    cell: Cell
    head: int

    @cached_property
    def node(self) -> Node:
        """Of its matrix."""
        return graph(self.trace.scenario)[self.cell.name]

    @cached_property
    def values(self) -> Array:
        """Its matrix, of one head."""
        return self.matrix(self.cell.name)

    @property
    def value(self) -> float:
        """The number."""
        return float(self.values[self.cell.row, self.cell.column])

    @property
    def symbol(self) -> str:
        """Of its matrix, for Markdown."""
        return escape.markdown(self.node.step.symbol)

    @property
    def labels(self) -> tuple[str, str]:
        """Of its row and its column, for Markdown."""
        node = self.node
        return _word(node.rows[self.cell.row]), _word(node.columns[self.cell.column])

    @property
    def where(self) -> str:
        """Names the head, where the matrix has one for each."""
        has_heads = getattr(self.trace, self.cell.name).ndim == 3
        return of_head(self.trace, self.head) if has_heads else ""

    def matrix(self, name: str) -> Array:
        """Return a matrix of the same head."""
        found = matrix_of(self.trace, name, self.head)
        if found is None:
            raise ValueError(f"{name} has no head {self.head + 1}.")
        return found


def _first(about: _About) -> Iterator[Question]:
    """Ask which key has the largest number of a row, where one is ahead."""
    row, columns = about.values[about.cell.row], about.node.columns
    if not _is_of_pairs(about.node) or len(row) < CHOICES[0]:
        return
    order = np.argsort(-row).tolist()
    if row[order[0]] - row[order[1]] < DISPLAY_TOLERANCE:
        return
    offered = sorted(order[: CHOICES[1]])
    yield Question(
        _which(about),
        tuple(escape.label(isolate(columns[j])) for j in offered),
        float(offered.index(order[0])),
        why=_row_why(about),
        shows=tuple(
            name for name, node in graph(about.trace.scenario).items() if _is_of_pairs(node)
        ),
    )


def _is_of_pairs(node: Node) -> bool:
    """Whether a step computes a number of each query and key, from the first scores on."""
    return bool(node.operands) and node.step.axes == ("query", "key") and node.step.kind != "mask"


def _which(about: _About) -> str:
    query, _ = about.labels
    if about.node.name == "weights":
        return f"Which word does *{query}* attend to most{about.where}?"
    return (
        f"Which word has the largest number of {about.symbol} in the row of *{query}*{about.where}?"
    )


def _row_why(about: _About) -> str:
    row = about.values[about.cell.row]
    numbers = [
        f"{number(x)} for *{_word(label)}*"
        for x, label in zip(row, about.node.columns, strict=True)
    ]
    return f"The row of *{about.labels[0]}* in {about.symbol}: {join_words(numbers)}."


def _typed(about: _About) -> Question:
    """Ask for the number itself."""
    within = max(_WITHIN, _PART * abs(about.value))
    return Question(_what(about), (), about.value, within, _why(about), _same(about))


def _chosen(about: _About) -> Question:
    """Ask for the number, with others to choose from that one might take for it."""
    offered = sorted((about.value, *_others(about)))
    return Question(
        _what(about),
        tuple(map(number, offered)),
        float(offered.index(about.value)),
        why=_why(about),
        shows=_same(about),
    )


def _why(about: _About) -> str:
    made = calculate(about.trace, about.cell, about.head)
    return f"{escape.markdown(made.name)} = {escape.markdown(made.numbers or made.result)}"


def _others(about: _About) -> list[float]:
    """Take wrong numbers that differ from the right one, and from each other."""
    kept = [about.value]
    for x in _wrong(about):
        can_be = np.isfinite(x) and (about.node.step.kind != "weight" or 0 <= x <= 1)
        if can_be and all(abs(x - each) >= _APART for each in kept):
            kept.append(x)
        if len(kept) == _NUMBERS:
            break
    return kept[1:]


def _wrong(about: _About) -> Iterator[float]:
    """Yield numbers that one might take for it, the likeliest first."""
    values, value, i, j = about.values, about.value, about.cell.row, about.cell.column
    for operand in about.node.operands:
        before = about.matrix(operand.node.name)
        if not operand.transposed and before.shape == values.shape:
            yield float(before[i, j])  # the step is forgotten
    if about.node.step.axes == ("query", "key") and max(i, j) < min(values.shape):
        yield float(values[j, i])  # query and key change places
    yield from map(float, (*values[i], *values[:, j]))
    yield from (-value, 2 * value, value / 2, 1 - value)
    yield from (value + sign * k / 5 for k in range(1, 9) for sign in (1, -1))


def _what(about: _About) -> str:
    row, column = about.labels
    if about.cell.name == "weights":
        return f"What is the weight *{row}* → *{column}*{about.where}?"
    return f"What is the number of {about.symbol} at *{row}*, *{column}*{about.where}?"


def _same(about: _About) -> tuple[str, ...]:
    """Name the steps that show the number: its matrix, and those with the same numbers."""
    nodes = graph(about.trace.scenario)
    return tuple(name for name in nodes if nodes[name].original == about.node.original)


def _word(label: str) -> str:
    return escape.markdown(isolate(label))
