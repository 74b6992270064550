"""Questions about a number on the screen; their answers come from the trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

from attn_core import AttentionTrace, attend
from attn_core.explain.calculation import calculate
from attn_core.explain.wording import DISPLAY_TOLERANCE, join_words
from attn_core.notation import cells, labels
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.scenario import Array, Scenario
from attn_core.tasks.goals.goal import of_head
from attn_core.text import escape
from pages.ui.room.rules.limits import CHOICES
from pages.ui.room.rules.question import Question

#: How far an answer may be off, in parts of the number where it is larger than 1.
_WITHIN = 0.05
#: Numbers to choose from, and how far apart they are at least.
_OFFERED, _APART = 4, 0.05
_OF_TWO_WORDS = {"weights": "weight", "scores": "score"}


def about(scenario: Scenario, head: int, cell: Cell) -> tuple[Question, ...]:
    """Return what a room can be asked of a number: none of an input, which is set by hand.

    Parameters
    ----------
    scenario : Scenario
    head : int
        The head that is looked at, from 0.
    cell : Cell

    Returns
    -------
    tuple of Question
        What it is; and of a weight, where one is ahead, which word is attended to most.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> for asked in about(DEFAULT.scenario, 0, Cell("weights", 1, 0)):
    ...     print(asked.text, asked.options, round(asked.answer, 2))
    What is the weight of *suis* for *Je*? () 0.31
    Which word does *suis* attend to most? ('*Je*', '*suis*', '*heureux*') 1.0
    """
    if not _can_be_asked(scenario, head, cell):
        return ()
    trace = attend(scenario)
    most = _most(trace, head, cell.row) if cell.name == "weights" else None
    return (_number(trace, head, cell), *([most] if most else []))


def to_choose(scenario: Scenario, head: int, cell: Cell) -> Question | None:
    """Ask for a number with four to choose from; None where `about` asks nothing.

    The wrong ones are what one might take it for: the number of the step before, query and key
    confused, its neighbours.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> to_choose(DEFAULT.scenario, 0, Cell("scores", 1, 0)).options
    ('0.09', '0.30', '0.60', '0.68')
    """
    if not _can_be_asked(scenario, head, cell):
        return None
    trace = attend(scenario)
    asked = _number(trace, head, cell)
    offered = sorted((asked.answer, *_wrong(trace, head, cell, asked.answer)))
    written = tuple(map(labels.number, offered))
    return replace(asked, options=written, answer=float(offered.index(asked.answer)), within=0.0)


def _can_be_asked(scenario: Scenario, head: int, cell: Cell) -> bool:
    nodes = graph(scenario)
    if not (nodes.has_cell(cell) and 0 <= head < scenario.h):
        return False
    is_computed = nodes[cell.name].step.operation != "input"
    return is_computed and isfinite(
        _matrix(attend(scenario), cell.name, head)[cell.row, cell.column]
    )


def _matrix(trace: AttentionTrace, name: str, head: int) -> Array:
    """Return a matrix, of one head where each has its own."""
    M: Array = getattr(trace, name)
    return M if M.ndim == 2 else M[head]


def _number(trace: AttentionTrace, head: int, cell: Cell) -> Question:
    made, name = calculate(trace, cell, head), _name(trace, head, cell)
    nodes = graph(trace.scenario)
    return Question(
        text=f"What is {name}?",
        options=(),
        answer=made.value,
        within=_WITHIN * max(1.0, abs(made.value)),
        why=f"{name} = {escape.markdown(made.numbers)}",
        shows=tuple(each for each in nodes if nodes[each].original == nodes[cell.name].original),
        cell=cells.to_text(cell),
    )


def _name(trace: AttentionTrace, head: int, cell: Cell) -> str:
    """Name a number; a weight and a score by their two words."""
    node = graph(trace.scenario)[cell.name]
    where = of_head(trace, head) if getattr(trace, cell.name).ndim == 3 else ""
    if cell.name not in _OF_TWO_WORDS:
        return escape.markdown(graph(trace.scenario).name_of(cell)) + where
    query, key = _word(node.rows[cell.row]), _word(node.columns[cell.column])
    return f"the {_OF_TWO_WORDS[cell.name]} of {query} for {key}{where}"


def _wrong(trace: AttentionTrace, head: int, cell: Cell, right: float) -> list[float]:
    """Choose wrong numbers that differ from the right one and from each other."""
    kept, is_weight = [right], graph(trace.scenario)[cell.name].step.kind == "weight"
    for x in _confusable(trace, head, cell, right):
        can_be = isfinite(x) and (not is_weight or 0 <= x <= 1)
        if can_be and all(abs(x - each) >= _APART for each in kept):
            kept.append(x)
        if len(kept) == _OFFERED:
            break
    return kept[1:]


def _confusable(trace: AttentionTrace, head: int, cell: Cell, right: float) -> Iterator[float]:
    """Yield numbers that one might take for the right one, the likeliest first."""
    node, M = graph(trace.scenario)[cell.name], _matrix(trace, cell.name, head)
    i, j = cell.row, cell.column
    for operand in node.operands:
        before = _matrix(trace, operand.node.name, head)
        if not operand.transposed and before.shape == M.shape:
            yield float(before[i, j])  # the step is forgotten
    if node.step.axes == ("query", "key") and max(i, j) < min(M.shape):
        yield float(M[j, i])
    yield from map(float, (*M[i], *M[:, j]))
    yield from (-right, 2 * right, right / 2)
    yield from (right + sign * k / 5 for k in range(1, 9) for sign in (1, -1))


def _most(trace: AttentionTrace, head: int, row: int) -> Question | None:
    """Ask which word a word attends to most; None where two words are as good."""
    keys, weights = _offered(_matrix(trace, "weights", head)[row])
    if len(keys) < CHOICES[0] or sorted(weights)[-2] > max(weights) - DISPLAY_TOLERANCE:
        return None
    axes = [graph(trace.scenario).axis(axis) for axis in ("query", "key")]
    query, names = _word(axes[0][row]), [_word(axes[1][key]) for key in keys]
    where = of_head(trace, head)
    given = [f"{labels.number(w)} to {name}" for w, name in zip(weights, names, strict=True)]
    return Question(
        text=f"Which word does {query} attend to most{where}?",
        options=tuple(names),
        answer=float(weights.index(max(weights))),
        why=f"{query} gives {join_words(given)}{where}.",
        shows=("scores", "weights"),
    )


def _offered(weights: Array) -> tuple[list[int], list[float]]:
    """Choose the keys with the largest weights, as many as a question may have, in order."""
    keys = sorted((-weights).argsort(kind="stable")[: CHOICES[1]].tolist())
    return keys, weights[keys].tolist()


def _word(label: str) -> str:
    return f"*{escape.markdown(labels.isolate(label))}*"
