"""A task for the room: the same or a variant for each, and how near each came to it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from attn_core import attend, limits, permalink, strict_json
from attn_core.tasks import LESSONS, Task, check
from attn_core.tasks import read as read_document
from pages.ui.room.rules import histogram
from pages.ui.room.rules.histogram import Bar
from pages.ui.room.rules.limits import FEWEST_SHOWN, MAX_MEMBERS, MAX_TASK

_SEED_LENGTH = 6
#: Keeps the place of a result that is forgotten.
NOTHING = ""


@dataclass(frozen=True)
class TaskRound:
    """A task that the room was given: a lesson's, or a teacher's.

    Attributes
    ----------
    lesson : str
        A key of `LESSONS`; empty for a teacher's task.
    seed : str
        The variant that all have.
    is_each : bool
        Everybody has a variant of their own.
    document : str
        A teacher's task as JSON; empty for a lesson's.
    id : str
        Tells it from others of its room; empty until it is given.
    even_few : bool
        The presenter said to show fewer results than `FEWEST_SHOWN`.
    dismissed : tuple of str
        Labels of those whose scenarios aren't offered any more.
    on_stage : str
        The label of who is shown; empty for nobody.
    """

    lesson: str = ""
    seed: str = ""
    is_each: bool = False
    document: str = ""
    id: str = ""
    even_few: bool = False
    dismissed: tuple[str, ...] = ()
    on_stage: str = ""

    def task(self, token: str) -> Task:
        """Return the task of a participant.

        Parameters
        ----------
        token : str
            Which tells the participant; where each has a variant, it tells the seed, too.

        Examples
        --------
        >>> given = TaskRound("7", is_each=True, id="1")
        >>> given.task("a").start == given.task("a").start, given.task("a").start.tokens
        (True, ('Je', 'suis', 'heureux'))
        """
        return _task(self.lesson, self.seed_of(token), self.document)

    def seed_of(self, token: str) -> str:
        """Return the seed of a participant; no token can be told from it."""
        if not self.is_each:
            return self.seed
        return hashlib.sha256(f"{self.id}/{token}".encode()).hexdigest()[:_SEED_LENGTH]

    def to_json(self) -> str:
        """Write it; `read` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def with_stage(self, label: str) -> TaskRound:
        """Note who is shown; an empty label for nobody."""
        return replace(self, on_stage=label)

    def without(self, label: str) -> TaskRound:
        """Dismiss one."""
        return replace(self, dismissed=tuple(sorted({*self.dismissed, label})))


def read(text: str) -> TaskRound:
    """Read a task for the room and check all of it.

    Raises
    ------
    ValueError
        When it is none; the message says what was expected and what came.

    Examples
    --------
    >>> read(TaskRound("7").to_json())  == TaskRound("7")
    True
    >>> read(TaskRound().to_json())
    Traceback (most recent call last):
    ValueError: The room is given either the task of a lesson or one as a file.
    """
    if len(text) > MAX_TASK:
        raise ValueError(f"A task has room for {MAX_TASK} characters; this one has {len(text)}.")
    content = strict_json.loads(text)
    fields = asdict(TaskRound())
    if not isinstance(content, dict) or content.keys() != fields.keys():
        raise ValueError(
            f"Not a task for the room: expected {', '.join(fields)}; got {text!r:.40}."
        )
    content["dismissed"] = _labels(content["dismissed"])
    for name, default in fields.items():
        if type(content[name]) is not type(default):
            raise ValueError(f"Not a task for the room: “{name}” can’t be {content[name]!r:.40}.")
    given = TaskRound(**content)
    _check(given)
    return given


def _labels(given: Any) -> Any:
    is_fine = isinstance(given, list) and all(isinstance(each, str) for each in given)
    return tuple(given) if is_fine else given


def _check(given: TaskRound) -> None:
    """Refuse what is no task: neither a lesson's nor a teacher's, or both."""
    if bool(given.lesson) == bool(given.document):
        raise ValueError("The room is given either the task of a lesson or one as a file.")
    if given.document:
        given.task("")
        if given.is_each:
            raise ValueError("A task from a file has no variants: all have the same.")
        return
    if given.lesson not in LESSONS:
        raise ValueError(
            f"There is no lesson {given.lesson!r:.20}; the course has {', '.join(LESSONS)}."
        )
    LESSONS[given.lesson].variant(given.seed)


@lru_cache(maxsize=MAX_MEMBERS)  # each report asks for it, in a room with a variant each
def _task(lesson: str, seed: str, document: str) -> Task:
    return read_document(document) if document else LESSONS[lesson].variant(seed)


@dataclass(frozen=True)
class Reached:
    """How near a participant came.

    Attributes
    ----------
    fraction : float
        Of the goal that is farthest; 1 if and only if the task is solved.
    number : float or None
        What the first goal measures; None where the scenario has none.
    link : str
        The scenario.
    """

    fraction: float
    number: float | None
    link: str

    @property
    def is_solved(self) -> bool:
        """Whether the task is solved."""
        return self.fraction == 1

    def to_json(self) -> str:
        """Write it for the store."""
        return json.dumps(asdict(self))


def measure(task: Task, link: str) -> Reached:
    """Measure how near a scenario comes to a task; nothing that a browser says is believed.

    Parameters
    ----------
    task : Task
    link : str
        The scenario.

    Raises
    ------
    ValueError
        When the link holds no scenario of this lab.

    Examples
    --------
    >>> task = TaskRound("7").task("")
    >>> measure(task, permalink.encode(task.solution)).fraction
    1.0
    """
    scenario = limits.validate(permalink.decode(link))
    fraction = min(result.fraction for result in check(task, scenario))
    number = task.goals[0].measure(task.start_trace, attend(scenario))
    return Reached(fraction, number if math.isfinite(number) else None, link)


def reached(ballot: Mapping[str, str]) -> dict[str, Reached]:
    """Read the results of a ballot by their labels: numbers from 1, in the order of first reports.

    Labels stay the same while the task lasts, and tell no participant.
    """
    written = enumerate(ballot.values(), 1)
    return {str(i): Reached(**strict_json.loads(each)) for i, each in written if each != NOTHING}


@dataclass(frozen=True)
class Standing:
    """How far the room is.

    Attributes
    ----------
    reported, solved : int
        How many have begun, and how many have it.
    distances : tuple of Bar
        How much of the way each has come; empty where too few have begun.
    numbers : tuple of Bar
        The number that each reached, as the first goal measures it; empty where too few have one,
        or where each has a task of their own.
    """

    reported: int
    solved: int
    distances: tuple[Bar, ...] = ()
    numbers: tuple[Bar, ...] = ()


def standing(given: TaskRound, results: Collection[Reached]) -> Standing:
    """Count the results of a task.

    Examples
    --------
    >>> standing(TaskRound("7"), [Reached(1.0, 0.93, "1…")] * 3)
    Standing(reported=3, solved=3, distances=(), numbers=())
    """
    count, solved = len(results), sum(each.is_solved for each in results)
    if not may_be_seen(given, count):
        return Standing(count, solved)
    numbers = [each.number for each in results if each.number is not None]
    has_numbers = not given.is_each and may_be_seen(given, len(numbers))
    return Standing(
        count,
        solved,
        histogram.of_fractions([each.fraction for each in results]),
        histogram.of_numbers([numbers])[0] if has_numbers else (),
    )


def may_be_seen(given: TaskRound, count: int) -> bool:
    """Whether the presenter may see what so many reached, but for a scenario that they open."""
    return count >= FEWEST_SHOWN or (given.even_few and count > 0)
