"""Questions before seeing: the trace knows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...attention import AttentionTrace, attend
from ...scenario import Scenario
from ..errors import TaskError
from ..fill import with_numbers
from ..goals.bound import TOLERANCE
from ..goals.document import read_goal
from ..moves import with_moves

_REQUIRED = {"question", "why"}
_OPTIONAL = {"moves", "shows", "options", "number", "within"}


@dataclass(frozen=True, eq=False)
class Prediction:
    """A question about a scenario, and what its trace answers.

    Attributes
    ----------
    question, why : str
        Markdown; why it is so, with the numbers.
    scenario : Scenario
        What the question is about.
    shows : tuple of str
        Steps whose picture is covered until there is an answer.
    options : tuple of str
        To choose from; empty where a number is asked for.
    answer : float
        The index of the right option, or the number.
    within : float
        How far a number may be off.
    """

    question: str
    why: str
    scenario: Scenario
    shows: tuple[str, ...]
    options: tuple[str, ...]
    answer: float
    within: float = 0.0

    def right(self, answer: float) -> bool:
        """Whether an answer is right."""
        return abs(answer - self.answer) <= self.within + TOLERANCE


def read_prediction(given: Mapping[str, Any], start: Scenario) -> Prediction:
    """Read a prediction of a lesson.

    Of its options exactly one has goals that the trace meets all (with ``not``: that it doesn't).
    A number is what its goal measures.

    Raises
    ------
    TaskError
        When it isn't one, or not exactly one option is right.
    """
    missing, foreign = _REQUIRED - given.keys(), given.keys() - _REQUIRED - _OPTIONAL
    if missing or foreign:
        raise TaskError(f"A prediction: missing {sorted(missing)}, unknown {sorted(foreign)}.")
    if ("options" in given) == ("number" in given):
        raise TaskError("A prediction has either options or a number.")
    scenario = with_moves(start, given.get("moves", []))
    before, now = attend(start), attend(scenario)
    options = given.get("options", [])
    answer = (
        _right_option(options, before, now) if options else _number(given["number"], before, now)
    )
    return Prediction(
        question=with_numbers(given["question"], before, before),
        why=with_numbers(given["why"], before, now),
        scenario=scenario,
        shows=tuple(given.get("shows", ())),
        options=tuple(option["text"] for option in options),
        answer=answer,
        within=float(given.get("within", 0)),
    )


def _right_option(
    options: list[Mapping[str, Any]], before: AttentionTrace, now: AttentionTrace
) -> float:
    right = [i for i, option in enumerate(options) if _is_true(option, before, now)]
    if len(right) != 1:
        texts = [options[i]["text"] for i in right]
        raise TaskError(f"Expected exactly one right option, got {texts or 'none'}.")
    return float(right[0])


def _is_true(option: Mapping[str, Any], before: AttentionTrace, now: AttentionTrace) -> bool:
    goals = [read_goal(each, now.scenario) for each in option["goals"]]
    is_met = all(goal.bound.holds(goal.measure(before, now)) for goal in goals)
    return is_met is not option.get("not", False)


def _number(given: Any, before: AttentionTrace, now: AttentionTrace) -> float:
    """Measure what a goal measures; it has no bound of its own."""
    goal = read_goal({"above": 0, **given} if "by" not in given else given, now.scenario)
    return goal.measure(before, now)
