"""Questions to a room: what is asked, what is right by the trace, and how votes are counted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from attn_core import strict_json
from attn_core.notation import cells
from attn_core.tasks.course.prediction import Prediction
from attn_core.tasks.goals.bound import TOLERANCE
from pages.ui.room.rules import histogram
from pages.ui.room.rules.histogram import Bar
from pages.ui.room.rules.limits import CHOICES, FEWEST_SHOWN, MAX_NUMBER, MAX_QUESTION

#: Votes are cast while it is open, discussed while it is closed, seen once it is shown.
Phase = Literal["open", "closed", "shown"]
PHASES: tuple[Phase, ...] = ("open", "closed", "shown")
#: Before and after the discussion.
ROUNDS = 1, 2


@dataclass(frozen=True)
class Question:
    """A question to the room.

    Attributes
    ----------
    text : str
        Markdown.
    options : tuple of str
        To choose from, Markdown; empty where a number is asked for.
    answer : float
        The index of the right option, or the number.
    within : float
        How far a number may be off.
    why : str
        Why it is so, Markdown; may be empty.
    shows : tuple of str
        Steps whose pictures would tell the answer.
    cell : str
        The number that is asked for, as `cells.to_text` writes it; empty for none or several.
    id : str
        Tells it from others of its room; empty until it is asked.
    phase : {"open", "closed", "shown"}
    round : int
        1 before the discussion, 2 after it.
    even_few : bool
        The presenter said to show fewer votes than `FEWEST_SHOWN`.
    """

    text: str
    options: tuple[str, ...]
    answer: float
    within: float = 0.0
    why: str = ""
    shows: tuple[str, ...] = ()
    cell: str = ""
    id: str = ""
    phase: Phase = "open"
    round: int = 1
    even_few: bool = False

    def to_json(self) -> str:
        """Write it; `read` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def is_right(self, vote: float) -> bool:
        """Whether a vote is right."""
        return abs(vote - self.answer) <= self.within + TOLERANCE

    def check_vote(self, vote: Any) -> float:
        """Return a vote as a number.

        Raises
        ------
        ValueError
            When it is none of the options, or no number that can be shown.

        Examples
        --------
        >>> Question("Which word?", ("Je", "suis"), 1).check_vote(2)
        Traceback (most recent call last):
        ValueError: Expected a choice of 0 to 1, got 2.
        """
        if self.options:
            if type(vote) is not int or not 0 <= vote < len(self.options):
                raise ValueError(
                    f"Expected a choice of 0 to {len(self.options) - 1}, got {vote!r:.40}."
                )
        elif type(vote) not in (int, float) or not abs(vote) <= MAX_NUMBER:  # true for nan as well
            raise ValueError(f"Expected a number within ±{MAX_NUMBER:g}, got {vote!r:.40}.")
        return float(vote)

    def closed(self) -> Question:
        """Close the vote, for the discussion."""
        return replace(self, phase="closed") if self.phase == "open" else self

    def again(self) -> Question:
        """Open the vote once more, after the discussion.

        Raises
        ------
        ValueError
            When the answer was shown.
        """
        if self.phase == "shown":
            raise ValueError("The answer was shown, so there is no vote after it.")
        return replace(self, phase="open", round=2)

    def shown(self, *, even_few: bool = False) -> Question:
        """Show votes and answer; then nobody votes any more."""
        return replace(self, phase="shown", even_few=self.even_few or even_few)


def read(text: str) -> Question:
    """Read a question and check all of it.

    Raises
    ------
    ValueError
        When it is none; the message says what was expected and what came.

    Examples
    --------
    >>> asked = Question("Which word?", ("Je", "suis"), 1)
    >>> read(asked.to_json()) == asked
    True
    """
    if len(text) > MAX_QUESTION:
        raise ValueError(f"A question has room for {MAX_QUESTION} characters; got {len(text)}.")
    content = strict_json.loads(text)
    if not isinstance(content, dict) or content.keys() != _CHECKS.keys():
        raise ValueError(f"Not a question: expected {', '.join(_CHECKS)}; got {text!r:.40}.")
    for name, is_fine in _CHECKS.items():
        if not is_fine(content[name]):
            raise ValueError(f"Not a question: “{name}” can’t be {content[name]!r:.40}.")
    tuples = {name: tuple(content[name]) for name in ("options", "shows")}
    asked = Question(**(content | tuples))
    if asked.options:
        asked.check_vote(int(asked.answer))
    return asked


def _is_text(x: Any) -> bool:
    return isinstance(x, str)


def _is_number(x: Any) -> bool:
    return type(x) in (int, float) and math.isfinite(x)


def _are_texts(x: Any) -> bool:
    return isinstance(x, list) and all(map(_is_text, x))


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "options": lambda x: _are_texts(x) and (not x or CHOICES[0] <= len(x) <= CHOICES[1]),
    "answer": _is_number,
    "within": lambda x: _is_number(x) and x >= 0,
    "why": _is_text,
    "shows": _are_texts,
    "cell": lambda x: x == "" or (_is_text(x) and cells.from_text(x) is not None),
    "id": _is_text,
    "phase": lambda x: x in PHASES,
    "round": lambda x: x in ROUNDS,
    "even_few": lambda x: isinstance(x, bool),
}


def from_prediction(predicted: Prediction) -> Question:
    """Make a prediction of a lesson a question to the room.

    Examples
    --------
    >>> from attn_core.tasks import LESSONS
    >>> first, _ = map(from_prediction, LESSONS["7"].page("").predictions)
    >>> first.options[int(first.answer)]
    '*suis*, itself'
    """
    return Question(
        predicted.question,
        predicted.options,
        predicted.answer,
        predicted.within,
        predicted.why,
        predicted.shows,
    )


@dataclass(frozen=True)
class Tally:
    """The votes of one round.

    Attributes
    ----------
    votes : int
        How many there are, whether they are shown or not.
    right : int or None
        How many are right; None where they aren't shown.
    bars : tuple of Bar
        Empty where they aren't shown.
    """

    votes: int
    right: int | None = None
    bars: tuple[Bar, ...] = ()


def tallies(asked: Question, rounds: Iterable[Iterable[float]]) -> tuple[Tally, ...]:
    """Count the votes of each round, on bins that all rounds share.

    Nothing but their number is told before the presenter shows them, and of fewer than
    `FEWEST_SHOWN` only where the presenter says so.

    Examples
    --------
    >>> asked = Question("Which word?", ("Je", "suis"), 1)
    >>> tallies(asked, [[0, 1, 1, 1, 1]])
    (Tally(votes=5, right=None, bars=()),)
    >>> tallies(asked.shown(), [[0, 1, 1, 1, 1], [1, 1]])[0].right
    4
    >>> tallies(asked.shown(), [[0, 1, 1, 1, 1], [1, 1]])[1]
    Tally(votes=2, right=None, bars=())
    """
    held = [list(each) for each in rounds]
    seen = [votes if _may_be_seen(asked, len(votes)) else [] for votes in held]
    return tuple(
        Tally(len(votes), sum(map(asked.is_right, kept)), bars) if kept else Tally(len(votes))
        for votes, kept, bars in zip(held, seen, _histograms(asked, seen), strict=True)
    )


def _may_be_seen(asked: Question, votes: int) -> bool:
    return asked.phase == "shown" and (votes >= FEWEST_SHOWN or asked.even_few)


def _histograms(asked: Question, rounds: list[list[float]]) -> list[tuple[Bar, ...]]:
    if asked.options:
        return [histogram.of_choices(votes, asked.options, asked.answer) for votes in rounds]
    return histogram.of_numbers(rounds, asked.answer)


def votes_of(ballot: Mapping[str, str]) -> list[float]:
    """Read the votes of a ballot, which `Question.check_vote` has checked."""
    return [float(vote) for vote in ballot.values()]
