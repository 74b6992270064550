"""Solve a task before it is given: settings by search, numbers by gradient descent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from ..attention import AttentionTrace, attend
from ..edits import PROJECTIONS
from ..learning.backpropagation import backpropagate
from ..learning.optimizer import Optimizer
from ..limits import DECIMALS, MAX_ABS, quantize
from ..scenario import Array, Scenario
from .choices import choices
from .errors import UnsolvableError
from .goals import Goal, Moved
from .task import Task, check, is_solved, unit

#: Numbers that a slider reaches are tried first, then all that the lab holds.
_REACHES = 3.0, MAX_ABS
_STEPS = 300
_RATES = 0.15, 0.02
#: Steps between two looks whether it is solved; and the part of a step that numbers have moved by
#: then where it gets no further.
_LOOKS, _STILL = 15, 0.05
#: How many boxes are moved one after the other.
_TURNS = 16
#: How far inside its bound a number is to be, so that rounding doesn't take it out.
_MARGIN = 0.01
#: Steps of a slider; a solution that can be set by them is easier to follow.
_SLIDER_STEP = 0.05
#: How many choices of settings are followed by gradient descent, the most promising first.
_MOST_CHOICES = 4

#: Which boxes may move, in the shape of each matrix.
Open = Mapping[str, Array]
#: A matrix, and an index of its whole array.
Box = tuple[str, tuple[int, ...]]


def solve(task: Task, patience: float = inf) -> Scenario:
    """Find a scenario that solves a task.

    Parameters
    ----------
    task : Task
    patience : float
        Seconds after which no other way is tried.

    Returns
    -------
    Scenario
        On the lab's grid; it differs from the start in as few boxes as were found to do.

    Raises
    ------
    UnsolvableError
        When none is found; the message says how near the nearest came, and for how long it was
        searched where that was not to the end.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> from attn_core.tasks.goals.bound import Bound
    >>> from attn_core.tasks.goals import Cell
    >>> from attn_core.tasks.movable import Movable
    >>> start = BY_KEY["similarity"].scenario
    >>> goal = Cell(Bound(low=0.9), "weights", row=1, column=0)
    >>> attend(solve(Task("", "", start, Movable(start, ("W_q",)), (goal,)))).weights[1, 0] > 0.9
    np.True_
    """
    begins = sorted(choices(task), key=lambda s: -_progress(task, s))[:_MOST_CHOICES]
    tried, until, within = [task.start], monotonic() + patience, ""
    for reach, begin, method in product(_REACHES, begins, (_searched, _descend)):
        if monotonic() >= until:
            within = f" within {patience:g} seconds"
            break
        tried.append(method(task, begin, _open(task, begin), reach))
        if is_solved(task, tried[-1]):
            return _simplified(task, tried[-1])
    nearest = max(tried, key=lambda s: _progress(task, s))
    lacking = " ".join(each.sentence for each in check(task, nearest) if not each.is_met)
    raise UnsolvableError(f"No solution was found{within}. The nearest comes to this: {lacking}")


def _progress(task: Task, s: Scenario) -> float:
    return sum(each.fraction for each in check(task, s))


def _open(task: Task, s: Scenario) -> dict[str, Array]:
    """Return which boxes of each matrix may move."""
    masks: dict[str, Array] = {}
    for name in task.movable.matrices:
        heads = range(s.h if name in PROJECTIONS or name == "W_o" else 1)
        each = [task.movable.mask(s, name, head) for head in heads]
        whole = np.concatenate(each) if name == "W_o" else np.stack(each)
        masks[name] = whole.reshape(getattr(s, name).shape)
    return masks


def _searched(task: Task, s: Scenario, boxes: Open, reach: float) -> Scenario:
    """Move one box at a time, that with the steepest slope, to where it does best.

    What it finds are few boxes on a slider's steps. It may get stuck, where `_descend` doesn't.
    """
    most, chosen = _most_boxes(task), set[Box]()
    for _ in range(_TURNS if boxes else 0):
        by = _inward(_gradient(task, attend(s), boxes), s, reach)
        if len(chosen) == most:
            by = {name: _only(M, [at for of, at in chosen if of == name]) for name, M in by.items()}
        tried = {box: _best_value(task, s, *box, reach) for box in _steepest(by)}
        box = min(tried, key=lambda each: _loss(task, tried[each]), default=None)
        if box is None or tried[box] is s or is_solved(task, tried[box]):
            return s if box is None else tried[box]
        chosen.add(box)
        s = tried[box]
    return s


def _steepest(by: Mapping[str, Array]) -> list[Box]:
    """Return the box of each matrix that has the steepest slope, if any has one."""
    tops = {name: np.unravel_index(int(np.abs(M).argmax()), M.shape) for name, M in by.items()}
    return [(name, tuple(map(int, at))) for name, at in tops.items() if by[name][at]]


def _most_boxes(task: Task) -> float:
    """Return how many boxes may move at most."""
    return min((goal.bound.high for goal in task.goals if isinstance(goal, Moved)), default=np.inf)


def _only(M: Array, places: list[tuple[int, ...]]) -> Array:
    """Set all numbers to 0 but those at some places."""
    kept = np.zeros(M.shape)
    for at in places:
        kept[at] = M[at]
    return kept


def _inward(by: Mapping[str, Array], s: Scenario, reach: float) -> dict[str, Array]:
    """Leave out the boxes that would leave what a slider reaches."""
    return {name: np.where(np.sign(-M) * getattr(s, name) >= reach, 0, M) for name, M in by.items()}


def _best_value(task: Task, s: Scenario, name: str, at: tuple[int, ...], reach: float) -> Scenario:
    """Move one box to the slider's step that leaves least to do: roughly first, then by halves."""
    best, least = s, _loss(task, s)
    now, width = float(getattr(s, name)[at]), reach / 3
    values = [i * width for i in range(-3, 4)]
    while width >= _SLIDER_STEP / 2:
        for value in np.clip(values, -reach, reach).tolist():
            trial = _with(s, name, at, _stepped(value))
            if (loss := _loss(task, trial)) < least:
                best, least, now = trial, loss, value
        width /= 2
        values = [now - width, now + width]
    return best


def _loss(task: Task, s: Scenario) -> float:
    """Return the squared shortfalls."""
    start, now = task.start_trace, attend(s)
    lacks = (_lack(goal, goal.measure(start, now)) / unit(goal, start) for goal in task.goals)
    return sum(lack * lack for lack in lacks)


def _descend(task: Task, s: Scenario, boxes: Open, reach: float) -> Scenario:
    """Move the boxes by gradient descent, in large steps and then in small ones."""
    for rate in _RATES if boxes else ():
        s = _descend_at(rate, task, s, boxes, reach)
        if is_solved(task, s):
            break
    return s


def _descend_at(rate: float, task: Task, s: Scenario, boxes: Open, reach: float) -> Scenario:
    """Follow the gradient until the task is solved, or the numbers hardly move."""
    optimizer = Optimizer("Adam", learning_rate=rate)
    params = {name: np.array(getattr(s, name)) for name in boxes}
    most = {name: np.maximum(np.abs(M), reach) for name, M in params.items()}
    state, before = optimizer.init(params), params
    for step in range(1, _STEPS + 1):
        by = _gradient(task, attend(s), boxes)
        is_flat = not any(M.any() for M in by.values())
        if is_flat or step % _LOOKS == 0:
            rounded, moved = _rounded(s, params), _farthest(before, params)
            if is_solved(task, rounded) or (step > 1 and moved < _STILL * rate):
                return rounded
            before = params
        if is_flat:
            by = _nudge(boxes)
        stepped, state = optimizer.step(params, by, state)
        params = {name: np.clip(M, -most[name], most[name]) for name, M in stepped.items()}
        s = replace(s, **_as_fields(params))
    return _rounded(s, params)


def _farthest(before: Mapping[str, Array], after: Mapping[str, Array]) -> float:
    return max(float(np.abs(after[name] - before[name]).max()) for name in after)


def _gradient(task: Task, now: AttentionTrace, boxes: Open) -> dict[str, Array]:
    """Return the derivative of half the squared shortfalls by the boxes that may move."""
    given: dict[str, Array] = {}
    for goal in task.goals:
        lack = _lack(goal, goal.measure(task.start_trace, now)) / unit(goal, task.start_trace)
        slope = goal.slope(task.start_trace, now) if lack else None
        for name, M in (slope or {}).items():
            given[name] = given.get(name, np.zeros(M.shape)) - lack * M
    by = backpropagate(now, given)
    return {name: np.where(mask, by[name], 0) for name, mask in boxes.items()}


def _lack(goal: Goal, value: float) -> float:
    """Return how far a number is to grow (below 0: to shrink) to be safely within its bound."""
    low, high = goal.bound.low, goal.bound.high
    margin = min(_MARGIN, (high - low) / 4)
    if value < low + margin:
        return low + margin - value
    return high - margin - value if value > high - margin else 0.0


def _nudge(boxes: Open) -> dict[str, Array]:
    """Return a gradient to leave a place by where the true one is 0, as of W_q = W_k = 0."""
    dice = np.random.default_rng(0)
    return {name: np.where(mask, dice.normal(size=mask.shape), 0) for name, mask in boxes.items()}


def _rounded(s: Scenario, params: Mapping[str, Array]) -> Scenario:
    return replace(s, **_as_fields({name: quantize(name, M) for name, M in params.items()}))


def _as_fields(params: Mapping[str, Array]) -> dict[str, Any]:
    return dict(params)


def _simplified(task: Task, s: Scenario) -> Scenario:
    """Put boxes back to the start where the task stays solved, and others onto a slider's steps."""
    for name, at in _moved(task, s):
        before, now = float(getattr(task.start, name)[at]), float(getattr(s, name)[at])
        for value in (before, _stepped(now), round(now, 2)):
            trial = _with(s, name, at, value)
            if is_solved(task, trial):
                s = trial
                break
    return s


def _moved(task: Task, s: Scenario) -> Iterator[tuple[str, tuple[int, ...]]]:
    """List the boxes that moved, those that moved least first."""
    moved = []
    for name in task.movable.matrices:
        before, after = getattr(task.start, name), getattr(s, name)
        if before.shape == after.shape:
            change = np.abs(after - before)
            moved += [(change[at], name, at) for at in map(tuple, np.argwhere(change))]
    for _, name, at in sorted(moved, key=lambda each: each[0]):
        yield name, at


def _stepped(value: float) -> float:
    return round(round(value / _SLIDER_STEP) * _SLIDER_STEP, DECIMALS)


def _with(s: Scenario, name: str, at: tuple[int, ...], value: float) -> Scenario:
    values = np.array(getattr(s, name))
    values[at] = value
    return replace(s, **_as_fields({name: values}))
