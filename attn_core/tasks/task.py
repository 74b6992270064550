"""A task: where to start, what may move, what is wanted; and how near a scenario comes to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..attention import AttentionTrace, attend
from ..explain.wording import Escape
from ..scenario import Scenario
from .fill import with_numbers
from .goals import Goal
from .movable import Movable

#: What a goal that isn't met shows at most.
_NEARLY = 0.99


@dataclass(frozen=True, eq=False)
class Task:
    """A task, read from start and present scenario alone; see `check`.

    Attributes
    ----------
    title, text : str
        What it is called, and what is asked.
    start : Scenario
    movable : Movable
        All else is locked.
    goals : tuple of Goal
        One at least.
    hints : tuple of str
        Up to three; the solution comes behind them.
    debrief : str
        What was to be seen.
    given : Scenario, optional
        A solution that is known.
    """

    title: str
    text: str
    start: Scenario
    movable: Movable
    goals: tuple[Goal, ...]
    hints: tuple[str, ...] = ()
    debrief: str = ""
    given: Scenario | None = None

    @cached_property
    def start_trace(self) -> AttentionTrace:
        """The trace of the start, which goals compare with."""
        return attend(self.start)

    @cached_property
    def solution(self) -> Scenario:
        """A scenario that solves the task: the one that is given, or else one that is searched.

        Raises
        ------
        UnsolvableError
            When none is found.
        """
        from .solve import solve  # which checks with this module

        return self.given or solve(self)

    def debriefed(self, scenario: Scenario) -> str:
        """Fill the debrief with the numbers of a scenario that solves the task."""
        return with_numbers(self.debrief, self.start_trace, attend(scenario))


@dataclass(frozen=True)
class Result:
    """How near a scenario comes to one goal.

    Attributes
    ----------
    fraction : float
        From 0, as far as the start or farther, to 1; it is 1 if and only if the goal is met.
    before, value, after : str
        The sentence, with the number that moves with the hand in the middle.
    """

    fraction: float
    before: str
    value: str
    after: str

    @property
    def sentence(self) -> str:
        """What was reached, and what is wanted."""
        return f"{self.before}{self.value}{self.after}"

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.fraction == 1


def check(task: Task, scenario: Scenario, escape: Escape = str) -> tuple[Result, ...]:
    """Check a scenario: one result for each goal in order, and one for what is locked.

    A task is solved where all fractions are 1.

    Parameters
    ----------
    task : Task
    scenario : Scenario
    escape : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> from attn_core.tasks.goals import Cell
    >>> from attn_core.tasks.goals.bound import Bound
    >>> start = BY_KEY["similarity"].scenario
    >>> goal = Cell(Bound(low=0.9), "weights", row=1, column=0)
    >>> task = Task("", "", start, Movable(start, ("W_q",)), (goal,))
    >>> for result in check(task, start):
    ...     print(result.fraction, result.sentence)
    0.0 The weight suis → Je is 0.31, wanted at least 0.90.
    1.0 Only W_q may move.
    """
    now = attend(scenario)
    results = tuple(_result(goal, task.start_trace, now, escape) for goal in task.goals)
    return (*results, _locked(task, scenario, escape))


def is_solved(task: Task, scenario: Scenario) -> bool:
    """Whether a scenario meets all goals, and leaves what is locked as it was."""
    return all(result.is_met for result in check(task, scenario))


def unit(goal: Goal, start: AttentionTrace) -> float:
    """Return the distance from a goal that makes a fraction of 0."""
    shortfall = goal.bound.shortfall(goal.measure(start, start))
    return shortfall if 0 < shortfall < float("inf") else 1.0


def _result(goal: Goal, start: AttentionTrace, now: AttentionTrace, escape: Escape) -> Result:
    shown = goal.shown(start, now)
    value = goal.distance(shown)
    part = 1 - goal.bound.shortfall(value) / unit(goal, start)
    fraction = 1.0 if goal.bound.holds(value) else min(max(part, 0.0), _NEARLY)
    written = goal.write(shown)
    before = goal.what(now, escape) + (" " if written else "")
    return Result(fraction, before, written, f", wanted {goal.wanted()}.")


def _locked(task: Task, scenario: Scenario, escape: Escape) -> Result:
    foreign = task.movable.locked_change(task.start, scenario)
    rule = escape(task.movable.describe())
    if not foreign:
        return Result(1.0, rule, "", "")
    return Result(0.0, f"{escape(foreign)} isn’t as at the start. {rule}", "", "")
