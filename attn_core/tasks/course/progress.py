"""How far a course has come, as a few characters that an address has room for.

Layout: the version digit, then one character of base 36 a lesson, then the check character of
ISO 7064 MOD 37,36 over all before it, which sees every change of one character. Lessons after
the last that was begun are left out, so the text doesn't depend on how many lessons there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

VERSION = "1"
#: Predictions of one lesson that have room in its character: 2 · 2 · 3 · 3 = 36.
PREDICTIONS = 2

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ANSWERS = (None, True, False)


@dataclass(frozen=True)
class LessonProgress:
    """What is kept of one lesson.

    Attributes
    ----------
    solved : bool
        Whether the lesson's task was solved.
    with_solution : bool
        Whether the last hint, the solution, was shown before that.
    predictions : tuple of bool or None
        Right, wrong or unanswered, for each of the `PREDICTIONS` that there is room for.

    Examples
    --------
    >>> LessonProgress(solved=True).predictions
    (None, None)
    """

    solved: bool = False
    with_solution: bool = False
    predictions: tuple[bool | None, ...] = (None,) * PREDICTIONS

    def __post_init__(self) -> None:
        if len(self.predictions) > PREDICTIONS:
            raise ValueError(
                f"Progress has room for {PREDICTIONS} predictions a lesson, "
                f"got {len(self.predictions)}."
            )
        unanswered = (None,) * (PREDICTIONS - len(self.predictions))
        object.__setattr__(self, "predictions", (*self.predictions, *unanswered))


_EMPTY = LessonProgress()


@dataclass(frozen=True)
class Progress:
    """How far a visitor has come in a course.

    Attributes
    ----------
    lessons : tuple of LessonProgress
        From lesson "1" on, without those after the last that was begun.

    Examples
    --------
    >>> progress = Progress().answered("1", 0, right=True).solved("1").solution_shown("3")
    >>> progress.to_text()
    '1502e'
    >>> Progress.from_text("1502e", ["1", "2", "3"]).of("1").solved
    True
    """

    lessons: tuple[LessonProgress, ...] = ()

    def __post_init__(self) -> None:
        kept = list(self.lessons)
        while kept and kept[-1] == _EMPTY:
            kept.pop()
        object.__setattr__(self, "lessons", tuple(kept))

    def of(self, key: str) -> LessonProgress:
        """Return what is kept of the lesson with this key, "1", "2" and so on."""
        place = _place(key)
        return self.lessons[place] if place < len(self.lessons) else _EMPTY

    def solved(self, key: str) -> Progress:
        """Note that the lesson's task is solved."""
        return self._with(key, replace(self.of(key), solved=True))

    def solution_shown(self, key: str) -> Progress:
        """Note that the solution was shown; after the task is solved it changes nothing."""
        now = self.of(key)
        return self if now.solved else self._with(key, replace(now, with_solution=True))

    def answered(self, key: str, prediction: int, *, right: bool) -> Progress:
        """Note the answer to a prediction, counted from 0; the first answer stays."""
        now = self.of(key)
        if prediction not in range(PREDICTIONS):
            raise ValueError(
                f"Progress has room for {PREDICTIONS} predictions a lesson, "
                f"got one at place {prediction}, counted from 0."
            )
        if now.predictions[prediction] is not None:
            return self
        answers = list(now.predictions)
        answers[prediction] = right
        return self._with(key, replace(now, predictions=tuple(answers)))

    def to_text(self) -> str:
        """Write the progress; that of nobody who has begun is empty.

        Examples
        --------
        >>> Progress().to_text()
        ''
        """
        if not self.lessons:
            return ""
        text = VERSION + "".join(map(_character, self.lessons))
        return text + _check(text)

    @classmethod
    def from_text(cls, text: str, keys: Collection[str]) -> Progress:
        """Read what `to_text` wrote.

        Parameters
        ----------
        text : str
            The progress; an empty text is that of nobody who has begun.
        keys : collection of str
            Keys of the lessons that there are.

        Raises
        ------
        ValueError
            When the text is of another version, was altered or cut, or is about lessons
            that there aren't.

        Examples
        --------
        >>> Progress.from_text("1508e", ["1", "2", "3"])
        Traceback (most recent call last):
        ValueError: The progress was altered on its way: expected '2' at its end, got 'e'.
        """
        if not text:
            return cls()
        _refuse_foreign(text)
        if len(text) < 3 or text[-2] == _DIGITS[0]:
            raise ValueError(
                "The progress was cut or altered: expected a lesson that was begun before its "
                f"last character, got {text!r:.40}."
            )
        begun = [str(i) for i, character in enumerate(text[1:-1], 1) if character != _DIGITS[0]]
        unknown = [key for key in begun if key not in keys]
        if unknown:
            raise ValueError(
                f"The progress is of another course: expected lessons {', '.join(keys):.80}, "
                f"got one about lesson {unknown[-1]}."
            )
        return cls(tuple(map(_lesson, text[1:-1])))

    def _with(self, key: str, lesson: LessonProgress) -> Progress:
        place = _place(key)
        lessons = [*self.lessons, *[_EMPTY] * (place + 1 - len(self.lessons))]
        lessons[place] = lesson
        return Progress(tuple(lessons))


def _place(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and not key.startswith("0")):
        raise ValueError(f"Progress is kept of lessons 1, 2, 3 …, got {key!r:.40}.")
    return int(key) - 1


def _character(lesson: LessonProgress) -> str:
    number = 0
    for prediction in reversed(lesson.predictions):
        number = len(_ANSWERS) * number + _ANSWERS.index(prediction)
    return _DIGITS[4 * number + 2 * lesson.with_solution + lesson.solved]


def _lesson(character: str) -> LessonProgress:
    number, flags = divmod(_DIGITS.index(character), 4)
    predictions = []
    for _ in range(PREDICTIONS):
        number, answer = divmod(number, len(_ANSWERS))
        predictions.append(_ANSWERS[answer])
    return LessonProgress(bool(flags & 1), bool(flags & 2), tuple(predictions))


def _check(text: str) -> str:
    """Return the check character of ISO 7064 MOD 37,36."""
    product = 36
    for character in text:
        product = ((product + _DIGITS.index(character)) % 36 or 36) * 2 % 37
    return _DIGITS[(1 - product) % 36]


def _refuse_foreign(text: str) -> None:
    """Refuse other versions, foreign characters, and a wrong check character."""
    if not text.startswith(VERSION):
        raise ValueError(
            "The progress isn't one of this lab, or is of another version: "
            f"expected it to start with {VERSION}, got {text[:1]!r}."
        )
    foreign = [each for each in text if each not in _DIGITS]
    if foreign:
        raise ValueError(
            "The progress was altered on its way: expected digits and small letters a to z, "
            f"got {foreign[0]!r}."
        )
    if text[-1] != (expected := _check(text[:-1])):
        raise ValueError(
            f"The progress was altered on its way: expected {expected!r} at its end, "
            f"got {text[-1]!r}."
        )
