"""The lessons of the course: one file each in `lessons/`, of which each seed draws a variant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Any

from ... import document, limits, presets
from ...attention import attend
from ...scenario import Scenario
from .. import model_heads
from ..document import from_content
from ..errors import TaskError
from ..fill import fill, with_numbers
from ..moves import with_moves
from ..task import Task
from .prediction import Prediction, read_prediction

_SEED = re.compile(r"[a-z0-9]{1,12}", re.ASCII)
_REQUIRED = {"title", "story", "misconception", "start", "task"}
#: What of a file a lesson says of itself, beside its title.
_OWN = ("minutes", "needs_model", "leads_to")
_OPTIONAL = {*_OWN, "shows", "draws", "words", "numbers", "predictions"}


@dataclass(frozen=True, eq=False)
class LessonPage:
    """A lesson with its drawn words and numbers.

    Attributes
    ----------
    story, misconception : str
        Markdown.
    predictions : tuple of Prediction
        What is asked before it is seen.
    task : Task
    shows : tuple of str
        Steps of the start that are drawn beside the story.
    draws : tuple of str
        Steps to which the way is drawn that the hand moves; empty for all of it.
    """

    story: str
    predictions: tuple[Prediction, ...]
    misconception: str
    task: Task
    shows: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson; `LESSONS` has all of them.

    Attributes
    ----------
    key : str
        Its number.
    title : str
    content : dict
        Of its file.
    minutes : int
        How long it takes, about.
    needs_model : bool
        It is about a pretrained model, which has to be installed.
    leads_to : str
        The page of the lab where one can go on; empty where the next lesson does.
    """

    key: str
    title: str
    content: Mapping[str, Any] = field(repr=False)
    minutes: int = 10
    needs_model: bool = False
    leads_to: str = ""

    def variant(self, seed: str) -> Task:
        """Return the task of a variant.

        Parameters
        ----------
        seed : str
            1 to 12 small letters and digits; the same seed is the same variant on every machine.
            An empty one has the first words and numbers.

        Raises
        ------
        ValueError
            When it isn't a seed, or the lesson needs a model that isn't installed.

        Examples
        --------
        >>> LESSONS["7"].variant("").start.tokens
        ('Je', 'suis', 'heureux')
        """
        return self.page(seed).task

    def page(self, seed: str) -> LessonPage:
        """Return all of a variant; see `variant`."""
        check_seed(seed)
        return _page(self, seed)

    @property
    def predictions(self) -> int:
        """How many predictions every variant has."""
        return len(self.content.get("predictions", ()))

    @property
    def is_ready(self) -> bool:
        """Whether its variants can be had without waiting for a model."""
        return not self.needs_model or model_heads.is_loaded()


def check_seed(seed: str) -> None:
    """Raise ValueError for what isn't a seed; an empty one is none, and fine."""
    if seed and not _SEED.fullmatch(seed):
        raise ValueError(f"A seed is 1 to 12 small letters (a to z) and digits, got {seed!r:.40}.")


@lru_cache(maxsize=64)
def _page(lesson: Lesson, seed: str) -> LessonPage:
    drawn = draw(lesson, seed)
    content = fill({name: lesson.content[name] for name in _TEXTS if name in lesson.content}, drawn)
    start = read_start(content["start"])
    trace = attend(start)
    task = {"self-attention-lab-task": 1, "title": lesson.title} | content["task"]
    if "solution" in task:
        task["solution"] = document.content(with_moves(start, task["solution"]))
    return LessonPage(
        story=with_numbers(content["story"], trace, trace),
        predictions=tuple(read_prediction(each, start) for each in content.get("predictions", [])),
        misconception=with_numbers(content["misconception"], trace, trace),
        task=from_content(task | {"start": document.content(start)}),
        shows=tuple(lesson.content.get("shows", ())),
        draws=tuple(lesson.content.get("draws", ())),
    )


_TEXTS = ("story", "misconception", "start", "task", "predictions")


def draw(lesson: Lesson, seed: str) -> dict[str, Any]:
    """Draw the words and numbers of a variant.

    Only `Random.random` is used, whose numbers Python promises to keep.
    """
    dice = Random(f"{lesson.key}/{seed}") if seed else None
    words: Mapping[str, list[Any]] = lesson.content.get("words", {})
    counts = {len(choices) for choices in words.values()}
    if len(counts) > 1:
        raise TaskError(f"“words”: expected lists of one length, got {sorted(counts)}.")
    row = _index(dice, counts.pop()) if counts else 0
    drawn = {name: choices[row] for name, choices in words.items()}
    for name, choices in lesson.content.get("numbers", {}).items():
        numbers = choices if isinstance(choices, list) else _range(**choices)
        drawn[name] = numbers[_index(dice, len(numbers))]
    return drawn


def _index(dice: Random | None, count: int) -> int:
    return int(dice.random() * count) if dice else 0


def _range(*, step: float, to: float, **begin: float) -> list[float]:
    low = begin["from"]
    return [round(low + i * step, 6) for i in range(round((to - low) / step) + 1)]


def read_start(given: Mapping[str, Any]) -> Scenario:
    """Build the scenario that a lesson starts from: a preset, changes of it, and whole matrices."""
    if foreign := given.keys() - {"preset", "scenario", "moves", "matrices"}:
        raise TaskError(f"“start”: unknown {sorted(foreign)}.")
    if "scenario" in given:
        s = document.from_content({document.FORMAT: document.VERSION} | given["scenario"])
    else:
        s = presets.named(given["preset"]).scenario
    s = with_moves(s, given.get("moves", []))
    return limits.validate(replace(s, **given.get("matrices", {})))


def read_lesson(key: str, text: str) -> Lesson:
    """Read a lesson's file.

    Raises
    ------
    TaskError
        When it isn't one.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TaskError(f"Lesson {key} isn’t TOML: {error}") from error
    names = content.keys()
    missing, foreign = _REQUIRED - names, names - _REQUIRED - _OPTIONAL
    if missing or foreign:
        raise TaskError(
            f"Lesson {key}: missing {sorted(missing) or 'nothing'}, "
            f"unknown {sorted(foreign) or 'nothing'}."
        )
    own = {name: content[name] for name in _OWN if name in content}
    return Lesson(key, content["title"], content, **own)


def _read_all() -> dict[str, Lesson]:
    found = {}
    for file in files(__package__).joinpath("lessons").iterdir():
        if file.name.endswith(".toml"):
            key = str(int(file.name.partition("-")[0]))
            found[key] = read_lesson(key, file.read_text(encoding="utf-8"))
    return {key: found[key] for key in sorted(found, key=int)}


#: The lessons in their order, by their number.
LESSONS: dict[str, Lesson] = _read_all()
