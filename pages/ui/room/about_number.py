"""Questions about a number on the screen; their answers come from the trace."""

from __future__ import annotations

from attn_core import AttentionTrace, attend
from attn_core.explain.calculation import calculate
from attn_core.explain.wording import DISPLAY_TOLERANCE, join_words
from attn_core.notation import labels
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.scenario import Array, Scenario
from attn_core.text import escape
from pages.ui.room.limits import CHOICES
from pages.ui.room.question import Question

#: How far an answer may be off, in parts of the number where it is larger than 1.
_WITHIN = 0.05
_OF_TWO_WORDS = {"weights": "weight", "scores": "score"}


def about(scenario: Scenario, head: int, cell: Cell) -> tuple[Question, ...]:
    """Return what a room can be asked of a number: none of an input, which is set by hand.

    Parameters
    ----------
    scenario : Scenario
    head : int
        The head that is looked at, from 0.
    cell : Cell

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> for asked in about(DEFAULT.scenario, 0, Cell("weights", 1, 0)):
    ...     print(asked.text, asked.options, round(asked.answer, 2))
    What is the weight of *suis* for *Je*? () 0.31
    Which word does *suis* attend to most? ('*Je*', '*suis*', '*heureux*') 1.0
    """
    trace = attend(scenario).head(head)
    nodes = graph(trace.scenario)
    if not nodes.has_cell(cell) or nodes[cell.name].step.operation == "input":
        return ()
    most = _most(trace, cell.row) if cell.name == "weights" else None
    return (_number(trace, cell), *([most] if most else []))


def _number(trace: AttentionTrace, cell: Cell) -> Question:
    made, name = calculate(trace, cell), _name(trace, cell)
    return Question(
        text=f"What is {name}?",
        options=(),
        answer=made.value,
        within=_WITHIN * max(1.0, abs(made.value)),
        why=f"{name} = {escape.markdown(made.numbers)}",
        shows=(cell.name,),
    )


def _name(trace: AttentionTrace, cell: Cell) -> str:
    """Name a number; a weight and a score by their two words."""
    node = graph(trace.scenario)[cell.name]
    if cell.name not in _OF_TWO_WORDS:
        return escape.markdown(graph(trace.scenario).name_of(cell))
    query, key = _word(node.rows[cell.row]), _word(node.columns[cell.column])
    return f"the {_OF_TWO_WORDS[cell.name]} of {query} for {key}"


def _most(trace: AttentionTrace, row: int) -> Question | None:
    """Ask which word a word attends to most; None where two words are as good."""
    keys, weights = _offered(trace.weights[row])
    if len(keys) < CHOICES[0] or sorted(weights)[-2] > max(weights) - DISPLAY_TOLERANCE:
        return None
    axes = [graph(trace.scenario).axis(axis) for axis in ("query", "key")]
    query, names = _word(axes[0][row]), [_word(axes[1][key]) for key in keys]
    given = [f"{labels.number(w)} to {name}" for w, name in zip(weights, names, strict=True)]
    return Question(
        text=f"Which word does {query} attend to most?",
        options=tuple(names),
        answer=float(weights.index(max(weights))),
        why=f"{query} gives {join_words(given)}.",
        shows=("scores", "weights"),
    )


def _offered(weights: Array) -> tuple[list[int], list[float]]:
    """Choose the keys with the largest weights, as many as a question may have, in order."""
    keys = sorted((-weights).argsort(kind="stable")[: CHOICES[1]].tolist())
    return keys, weights[keys].tolist()


def _word(label: str) -> str:
    return f"*{escape.markdown(labels.isolate(label))}*"
