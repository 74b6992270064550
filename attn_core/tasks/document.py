"""Tasks as JSON text that a person can read and write, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from .. import document, limits, presets, strict_json
from ..scenario import Scenario
from .errors import TaskError
from .goals.document import goal_content, read_goal
from .movable import Movable
from .task import Task, check, is_solved

VERSION = 1
FORMAT = "self-attention-lab-task"
#: Characters of a task's title, and of each of its other texts.
MAX_TITLE, MAX_TEXT = 80, 1000
MAX_GOALS, MAX_HINTS, MAX_MOVES, MAX_TEXTS = 8, 3, 40, 8

_REQUIRED = {"title", "text", "start", "move", "goals"}
_OPTIONAL = {"hints", "debrief", "solution", "texts"}
_T = TypeVar("_T")


def read(text: str) -> Task:
    """Read a task from JSON.

    Parameters
    ----------
    text : str

    Returns
    -------
    Task
        It isn't solved at its start; a solution that comes with it solves it.

    Raises
    ------
    TaskError
        When the text isn't JSON, isn't a task, or describes one that can't be; the message says
        what was expected and what came.

    Examples
    --------
    >>> read("[]")
    Traceback (most recent call last):
    attn_core.tasks.errors.TaskError: Not a task: expected a JSON object, got a list.
    """
    try:
        content = strict_json.loads(text)
    except strict_json.JSONError as error:
        raise TaskError(f"Not a task: {error}") from error
    return from_content(content)


def to_json(task: Task, indent: int | None = None) -> str:
    """Write a task; `read` reads it.

    A solution is written if it was given with the task, and is searched again otherwise.
    """
    return json.dumps(content(task), ensure_ascii=False, indent=indent)


def content(task: Task) -> dict[str, Any]:
    """Return what a task's file says."""
    start = task.start
    named = next((each.key for each in presets.PRESETS if each.scenario == start), None)
    written: dict[str, Any] = {
        FORMAT: VERSION,
        "title": task.title,
        "text": task.text,
        "start": named or document.content(start),
        "move": list(task.movable.names),
        "goals": [goal_content(goal, start) for goal in task.goals],
    }
    others: dict[str, Any] = {"hints": list(task.hints), "debrief": task.debrief}
    others["texts"] = list(task.movable.texts)
    if task.given is not None:
        others["solution"] = document.content(task.given)
    return written | {name: value for name, value in others.items() if value}


def from_content(content: Any) -> Task:
    """Build a task from the object of its file; see `read`."""
    given = _fields(content)
    start = _part("start", lambda: _scenario(given["start"]))
    solution = given.get("solution")
    names = tuple(_texts("move", given["move"], MAX_MOVES))
    texts = tuple(_texts("texts", given.get("texts", []), MAX_TEXTS))
    task = Task(
        title=_text("title", given["title"], MAX_TITLE),
        text=_text("text", given["text"], MAX_TEXT),
        start=start,
        movable=_part("move", lambda: Movable(start, names, texts)),
        goals=_goals(given["goals"], start),
        hints=tuple(_texts("hints", given.get("hints", []), MAX_HINTS)),
        debrief=_text("debrief", given.get("debrief", ""), MAX_TEXT),
        given=_part("solution", lambda: _scenario(solution)) if solution else None,
    )
    _check_whole(task)
    return task


def _check_whole(task: Task) -> None:
    """Refuse a task that has nothing to do, or whose solution is none."""
    if is_solved(task, task.start):
        raise TaskError("There is nothing to do: the start meets all goals already.")
    if task.given is not None and not is_solved(task, task.given):
        lacking = " ".join(each.sentence for each in check(task, task.given) if not each.is_met)
        raise TaskError(f"“solution” doesn’t solve the task: {lacking}")


def _fields(content: Any) -> dict[str, Any]:
    """Check which fields there are."""
    if not isinstance(content, dict):
        raise TaskError(f"Not a task: expected a JSON object, got a {type(content).__name__}.")
    version = content.get(FORMAT)
    if version != VERSION or isinstance(version, bool):
        raise TaskError(f'Not a task of this lab: expected "{FORMAT}": {VERSION} in it.')
    names = content.keys() - {FORMAT}
    missing, foreign = _REQUIRED - names, names - _REQUIRED - _OPTIONAL
    if missing or foreign:
        raise TaskError(
            f"Not a whole task: missing {sorted(missing) or 'nothing'!s:.80}, "
            f"unknown {sorted(foreign) or 'nothing'!s:.80}."
        )
    return content


def _part(name: str, build: Callable[[], _T]) -> _T:
    """Build a part of a task; an error says which part it is in."""
    try:
        return build()
    except ValueError as error:
        raise TaskError(f"“{name}”: {error}") from error


def _scenario(given: Any) -> Scenario:
    """Read a scenario: a preset's name, or its document."""
    if isinstance(given, str):
        return presets.named(given).scenario
    if not isinstance(given, dict):
        raise TaskError(f"expected a preset’s name or a scenario, got {given!r:.40}.")
    return limits.validate(document.from_content(given))


def _goals(given: Any, start: Scenario) -> tuple[Any, ...]:
    if not (isinstance(given, list) and 1 <= len(given) <= MAX_GOALS):
        raise TaskError(f"“goals”: expected a list of 1 to {MAX_GOALS}, got {given!r:.40}.")
    return tuple(
        _part(f"goal {i}", lambda each=each: read_goal(each, start))  # type: ignore[misc]
        for i, each in enumerate(given, 1)
    )


def _text(name: str, given: Any, most: int) -> str:
    if not isinstance(given, str):
        raise TaskError(f"“{name}”: expected a text, got {given!r:.40}.")
    if len(given) > most:
        raise TaskError(f"“{name}” has room for {most} characters; this one has {len(given)}.")
    if any(ord(c) < 32 and c != "\n" for c in given):
        raise TaskError(f"“{name}” holds a control character.")
    return given


def _texts(name: str, given: Any, most: int) -> list[str]:
    if not (isinstance(given, list) and len(given) <= most):
        raise TaskError(f"“{name}”: expected a list of at most {most} texts, got {given!r:.40}.")
    return [_text(name, each, MAX_TEXT) for each in given]
