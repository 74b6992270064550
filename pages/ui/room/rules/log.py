"""What happened in a room, noted for its record: no person, no token."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from attn_core import strict_json
from pages.ui.room.rules.limits import MAX_EVENTS, MAX_SHOWN, ONE_DRAG
from pages.ui.room.rules.question import Question, Tally
from pages.ui.room.rules.stage import WHOSE, Stage, difference
from pages.ui.room.rules.task_round import Standing, TaskRound
from pages.ui.room.store import ANYHOW, BallotFull, Store

#: The ballot of events, in their order; the value of an event is replaced as it goes on.
BALLOT = "log"


class Last(NamedTuple):
    """The last scenario that was noted.

    Attributes
    ----------
    key : str
        Of its event.
    at : float
        When it was shown.
    number : int
        How many there are.
    whose : str
        Tells the participant who made it, or whose words it has; empty for the presenter.
    """

    key: str
    at: float
    number: int
    whose: str = ""

    @classmethod
    def read(cls, text: str | None) -> Last:
        """Read it from the slot of a room, which doesn't have it at first."""
        return cls(**strict_json.loads(text)) if text else cls("", 0.0, 0)

    def to_json(self) -> str:
        """Write it for the slot."""
        return json.dumps(self._asdict())

    def then(self, before: Stage | None, after: Stage, *, whose: str = "") -> Last:
        """Return what is last once a stage is shown: the same where a drag goes on."""
        if before is not None and _has_same_words(before, after):
            whose = whose or self.whose
        now = time.time()
        goes_on = before is not None and now - self.at <= ONE_DRAG and _is_drag(before, after)
        if self.key and (goes_on or self.number >= MAX_SHOWN):
            return self._replace(at=now, whose=whose)
        return Last(f"s{secrets.token_hex(4)}", now, self.number + 1, whose)


def _is_drag(before: Stage, after: Stage) -> bool:
    """Whether only numbers differ, whatever is pointed at meanwhile."""
    same_place = replace(before, head=after.head, cell=after.cell)
    return difference(same_place, after) is not None


def _has_same_words(before: Stage, after: Stage) -> bool:
    a, b = before.scenario, after.scenario
    return (a.tokens, a.context) == (b.tokens, b.context)


def stage(store: Store, code: str, shown: Stage, last: Last) -> None:
    """Note a stage.

    Parameters
    ----------
    store : Store
    code : str
    shown : Stage
    last : Last
        With its key.
    """
    _note(store, code, last.key, {"kind": "stage", **asdict(shown), WHOSE: last.whose})


def forget(store: Store, code: str, whose: str) -> None:
    """Delete what was shown of a participant, whenever it was, and what was made of it there."""
    for key, written in store.ballot(code, BALLOT).items():
        if strict_json.loads(written).get(WHOSE) == whose:
            store.drop(code, BALLOT, key)


def question(
    store: Store,
    code: str,
    asked: Question,
    rounds: Sequence[Tally] = (),
    *,
    given: Mapping[str, str] = ANYHOW,
) -> None:
    """Note a question, and its votes as far as they may be seen; while slots are as `given`."""
    said = {name: value for name, value in asdict(asked).items() if name in _OF_QUESTION}
    votes = [asdict(each) for each in rounds]
    event = {"kind": "question", **said, "rounds": votes}
    _note(store, code, f"q{asked.id}", event, given)


_OF_QUESTION = "text", "options", "answer", "within"


def task(
    store: Store,
    code: str,
    task: TaskRound,
    reached: Standing | None = None,
    *,
    given: Mapping[str, str] = ANYHOW,
) -> None:
    """Note a task, and how far the room came; while slots are as `given`."""
    shared = task.task("")
    said: dict[str, Any] = {"title": shared.title, "text": shared.text, "each": task.is_each}
    said |= {"lesson": task.lesson, "seed": task.seed}
    results = asdict(reached) if reached else {}
    _note(store, code, f"t{task.id}", {"kind": "task", **said, "results": results}, given)


def _note(
    store: Store,
    code: str,
    key: str,
    event: Mapping[str, Any],
    given: Mapping[str, str] = ANYHOW,
) -> None:
    written = json.dumps({"at": time.time(), **event}, ensure_ascii=False)
    try:
        store.cast(code, BALLOT, key, written, MAX_EVENTS, given=given)
    except BallotFull as error:
        raise ValueError(
            f"The record of room {code} is full: it has place for {MAX_EVENTS} events. "
            "End the room, and open another one."
        ) from error
