"""What a hand has done to a task's goals since the start, and why."""

from __future__ import annotations

from math import isfinite

from ..analysis.compare import Comparison
from ..analysis.why import describe_change, describe_moves
from ..attention import AttentionTrace, attend
from ..explain.wording import Escape
from ..notation.cells import Cell as Place
from ..scenario import Scenario
from .goals import Cell, Goal, Largest
from .task import Task


def describe_outcome(task: Task, scenario: Scenario, escape: Escape = str) -> str:
    r"""Describe what the goals' numbers are and were at the start, and then what did it.

    Parameters
    ----------
    task : Task
    scenario : Scenario
        Another than the start.
    escape : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core.tasks import LESSONS
    >>> task = LESSONS["1"].variant("")
    >>> print(describe_outcome(task, task.solution).replace(". ", ".\n"))
    The cosine of suis and heureux is 1.00 now; it was 0.15.
    The cosine of Je and suis is 0.14 now; it was 0.36.
    X suis · verb 1.00 → 0.00 and X suis · feeling 0.00 → 3.00 did it.
    """
    now = attend(scenario)
    told = [_told(goal, task.start_trace, now, escape) for goal in task.goals]
    return " ".join(each for each in (*told, _reason(task, now, escape)) if each)


def _told(goal: Goal, start: AttentionTrace, now: AttentionTrace, escape: Escape) -> str:
    """Say what one goal's number is and was; nothing of what stayed."""
    before, after = goal.shown(start, start), goal.shown(start, now)
    was, written = goal.write(before), goal.write(after)
    if before == after or (written and written == was):
        return ""
    what = goal.what(now, escape)
    if not written or not all(map(isfinite, before)):
        return f"{what}{f' {written}' * bool(written)} now."
    return f"{what} {written} now; it was {was}."


def _reason(task: Task, now: AttentionTrace, escape: Escape) -> str:
    """Say what did it, and through which product where a weight or an output is wanted."""
    goal = max(task.goals, key=lambda each: _change(each, task.start_trace, now))
    if now.scenario.h > 1:
        return ""  # each head has its own numbers, and its own reason
    c = Comparison(task.start_trace.head(0), now.head(0))
    if not c.same_words:
        return ""
    if isinstance(goal, Cell) and goal.matrix in ("weights", "output"):
        return describe_change(c, escape, Place(goal.matrix, goal.row, goal.column))
    if isinstance(goal, Largest):
        return describe_change(c, escape)
    return f"{describe_moves(c, escape)} did it."


def _change(goal: Goal, start: AttentionTrace, now: AttentionTrace) -> float:
    """How far a goal's number moved, and 0 where it has none."""
    change = abs(goal.measure(start, now) - goal.measure(start, start))
    return change if isfinite(change) else 0.0
