"""What can be done with a room, by its presenter and by its participants; it is in a store.

A presenter's verb takes the secret of the presenter's address, and refuses another one. Each verb
raises `StoreGone` where the store can't be reached, and `RoomGoneError` where the room has ended.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass

from pages.ui.room.rules import code as codes
from pages.ui.room.rules import log, record, slots, stage, tasks, votes
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.limits import AWAY, LIFETIME, MAX_MEMBERS, MAX_ROOMS, PRESENT
from pages.ui.room.rules.log import Last
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.record import Record
from pages.ui.room.rules.stage import Stage
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import BallotFull, Store


@dataclass(frozen=True)
class Opened:
    """A new room: its code, and the secret of who presents."""

    code: str
    secret: str


@dataclass(frozen=True)
class Room:
    """A room as all see it.

    Attributes
    ----------
    version : int
        Grows with each change.
    stage : Stage
    question : Question or None
    task : TaskRound or None
    until : float
        When it ends by itself, as `time.time()` counts.
    """

    version: int
    stage: Stage
    question: Question | None
    task: TaskRound | None
    until: float


def open_room(store: Store, first: Stage) -> Opened:
    """Open a room, which shows a stage.

    Raises
    ------
    ValueError
        When the stage can't be shown, or the server has no place for another room.
    """
    stage.check(first)
    store.tidy(now := time.time())
    secret = secrets.token_urlsafe(16)
    last = Last.read(None).then(None, first)
    begun = {
        slots.KEYS: json.dumps([slots.hash_of(secret)]),
        slots.STAGE: first.to_json(),
        slots.LAST: last.to_json(),
    }
    while not store.open(code := codes.draw(), begun, now + LIFETIME, MAX_ROOMS):
        pass  # the code is taken; with 3 million of them hardly twice
    log.stage(store, code, first, last)
    return Opened(code, secret)


def join(store: Store, text: str, token: str, wrong: WrongCodes, source: str) -> str:
    """Enter a room, and return its code.

    Parameters
    ----------
    store : Store
    text : str
        The code, as typed or from an address.
    token : str
        Of the participant; the same one enters once.
    wrong : WrongCodes
        Of this server.
    source : str
        Who tries, such as an address; it is never put into the store.

    Raises
    ------
    ValueError
        When there is no such room, it is full, or too many wrong codes came.
    """
    code = codes.read(text)
    wrong.check(source, now := time.time())
    if not store.version(code):
        wrong.note(source, now)
        raise slots.RoomGoneError(
            f"There is no room {code}. Is the code right, or has the room ended?"
        )
    _enter(store, code, slots.checked(token), now)
    return code


def _enter(store: Store, code: str, token: str, now: float) -> None:
    try:
        slots.cast(store, code, slots.HERE, token, str(now))
        return
    except BallotFull:
        for other, seen in store.ballot(code, slots.HERE).items():
            if now - float(seen) > AWAY:
                store.drop(code, slots.HERE, other)
    try:
        slots.cast(store, code, slots.HERE, token, str(now))
    except BallotFull as error:
        raise ValueError(
            f"The room {code} is full: it has place for {MAX_MEMBERS} participants."
        ) from error


def stay(store: Store, code: str, token: str) -> None:
    """Give a sign of life."""
    _enter(store, code, slots.checked(token), time.time())


def take_over(store: Store, code: str, token: str, before: str) -> None:
    """Go on as another participant; the one before goes, whose vote counts if one has none."""
    votes.take_over(store, code, slots.checked(token), before)
    tasks.forget(store, code, before)
    store.drop(code, slots.HERE, before)
    stay(store, code, token)


def members(store: Store, code: str) -> int:
    """Count who gave a sign of life lately."""
    now = time.time()
    return sum(now - float(seen) <= PRESENT for seen in store.ballot(code, slots.HERE).values())


def look(store: Store, code: str, pages: Collection[str]) -> Room:
    """Return what all of a room see.

    Parameters
    ----------
    store : Store
    code : str
    pages : collection of str
        The titles of the pages there are.

    Raises
    ------
    RoomGoneError
    ValueError
        When what the room holds can't be read.
    """
    held = slots.read(store, code)
    shown = stage.read(held.slots[slots.STAGE], pages)
    return Room(held.version, shown, votes.present(held), tasks.present(held), held.until)


def is_presenter(store: Store, code: str, secret: str) -> bool:
    """Whether a secret is that of a room's presenter."""
    held = store.read(code)
    return held is not None and slots.is_key(held, secret)


def show(store: Store, code: str, secret: str, shown: Stage) -> int:
    """Show a stage, and return the room's version.

    Raises
    ------
    NotPresenterError
    ValueError
        When it can't be shown.
    """
    held = slots.read_as_presenter(store, code, secret)
    stage.check(shown)
    if held.slots[slots.STAGE] == shown.to_json():
        return slots.write(store, code, {})
    return slots.put_on_stage(store, code, held, shown, "")


@slots.anew
def course(store: Store, code: str, secret: str) -> Record:
    """Return the course of a room that is about to end: question and task are over."""
    held = slots.read_as_presenter(store, code, secret)
    votes.settle(store, code, held)
    tasks.settle(store, code, held)
    here = len(store.ballot(code, slots.HERE))
    return record.read(store.ballot(code, log.BALLOT), here)


def end(store: Store, code: str, secret: str) -> None:
    """End a room: delete all of it, also its course."""
    slots.read_as_presenter(store, code, secret)
    store.close(code)
