"""What can be done in a room, by its presenter and by its participants; all of it is in a store.

A presenter's verb takes the secret of the presenter's address, and refuses another one. Each verb
raises `StoreGone` where the store can't be reached, and `RoomGoneError` where the room has ended.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import wraps
from typing import ParamSpec, TypeVar

from pages.ui.room import code as codes
from pages.ui.room import log, question, record, stage, task_round
from pages.ui.room.code import WrongCodes
from pages.ui.room.limits import (
    AWAY,
    LIFETIME,
    MAX_MEMBERS,
    MAX_ROOMS,
    PRESENT,
    TOKEN_LENGTH,
)
from pages.ui.room.log import Last
from pages.ui.room.question import Question, Tally
from pages.ui.room.record import Record
from pages.ui.room.stage import Stage
from pages.ui.room.store import ANYHOW, BallotFull, Held, SlotChanged, Store
from pages.ui.room.task_round import Reached, Standing, TaskRound

P = ParamSpec("P")
T = TypeVar("T")
#: The slots of a room.
_KEYS, _STAGE, _QUESTION, _TASK, _KEPT = "keys", "stage", "question", "task", "kept_stage"
#: What was noted last of the stage; see `log`.
_LAST = "last"
#: The ballot of who is here.
_HERE = "here"
_TOKEN = re.compile(rf"[0-9a-f]{{{TOKEN_LENGTH}}}", re.ASCII)


class RoomGoneError(ValueError):
    """Raised for a room that has ended, or never was."""


class NotPresenterError(ValueError):
    """Raised for a presenter's verb with another secret."""


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


def _anew(verb: Callable[P, T]) -> Callable[P, T]:
    """Do a verb from its beginning where another was faster, between what it saw and did."""

    @wraps(verb)
    def done(*given: P.args, **options: P.kwargs) -> T:
        while True:
            with suppress(SlotChanged):
                return verb(*given, **options)

    return done


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
    slots = {
        _KEYS: json.dumps([_hash(secret)]),
        _STAGE: first.to_json(),
        _LAST: last.to_json(),
    }
    while not store.open(code := codes.draw(), slots, now + LIFETIME, MAX_ROOMS):
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
        raise RoomGoneError(f"There is no room {code}. Is the code right, or has the room ended?")
    _enter(store, code, _token(token), now)
    return code


def _enter(store: Store, code: str, token: str, now: float) -> None:
    try:
        _cast(store, code, _HERE, token, str(now))
        return
    except BallotFull:
        for other, seen in store.ballot(code, _HERE).items():
            if now - float(seen) > AWAY:
                store.drop(code, _HERE, other)
    try:
        _cast(store, code, _HERE, token, str(now))
    except BallotFull as error:
        raise ValueError(
            f"The room {code} is full: it has place for {MAX_MEMBERS} participants."
        ) from error


def stay(store: Store, code: str, token: str) -> None:
    """Give a sign of life."""
    _enter(store, code, _token(token), time.time())


def leave(store: Store, code: str, token: str) -> None:
    """Leave a room, with what one has said to what is open."""
    held = _held(store, code)
    ballots = [_HERE]
    if _QUESTION in held.slots:
        asked = question.read(held.slots[_QUESTION])
        ballots += [_votes(asked.id, i) for i in question.ROUNDS]
    if _TASK in held.slots:
        ballots.append(_results(task_round.read(held.slots[_TASK]).id))
    for ballot in ballots:
        store.drop(code, ballot, _token(token))


def members(store: Store, code: str) -> int:
    """Count who gave a sign of life lately."""
    now = time.time()
    return sum(now - float(seen) <= PRESENT for seen in store.ballot(code, _HERE).values())


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
    held = _held(store, code)
    slots = held.slots
    return Room(
        held.version,
        stage.read(slots[_STAGE], pages),
        question.read(slots[_QUESTION]) if _QUESTION in slots else None,
        task_round.read(slots[_TASK]) if _TASK in slots else None,
        held.until,
    )


def is_presenter(store: Store, code: str, secret: str) -> bool:
    """Whether a secret is that of a room's presenter."""
    held = store.read(code)
    return held is not None and _is_key(held, secret)


def show(store: Store, code: str, secret: str, shown: Stage) -> int:
    """Show a stage, and return the room's version.

    Raises
    ------
    NotPresenterError
    ValueError
        When it can't be shown.
    """
    held = _authority(store, code, secret)
    stage.check(shown)
    if held.slots[_STAGE] == shown.to_json():
        return _write(store, code, {})
    return _put_on_stage(store, code, held, shown)


def _put_on_stage(store: Store, code: str, held: Held, shown: Stage, **others: str | None) -> int:
    """Write a stage, and note it; to a participant's and back isn't a drag."""
    before = None if _KEPT in others else stage.from_json(held.slots[_STAGE])
    last = Last.read(held.slots.get(_LAST)).then(before, shown)
    slots = {_STAGE: shown.to_json(), _LAST: last.to_json(), **others}
    version = _write(store, code, slots, _as_in(held, _TASK) if _TASK in others else ANYHOW)
    log.stage(store, code, shown, last, is_ones=bool(others.get(_KEPT)))
    return version


@_anew
def ask(store: Store, code: str, secret: str, asked: Question) -> Question:
    """Ask the room, in place of the question before; return it with its id.

    Raises
    ------
    NotPresenterError
    ValueError
        When it is no question.
    """
    _settle_question(store, code, _authority(store, code, secret))
    fresh = replace(asked, id=secrets.token_hex(4), phase="open", round=1, even_few=False)
    question.read(written := fresh.to_json())
    log.question(store, code, fresh)
    _write(store, code, {_QUESTION: written})
    return fresh


@_anew
def vote(store: Store, code: str, token: str, asked: Question, answer: float) -> None:
    """Vote, in place of the participant's vote before.

    What comes while the presenter closes the vote is counted and shown, or refused.

    Parameters
    ----------
    store : Store
    code : str
    token : str
    asked : Question
        As the participant saw it.
    answer : float
        The index of an option, or a number.

    Raises
    ------
    ValueError
        When the vote isn't open, or the answer is none.
    """
    held = _held(store, code)
    now = _question(held, asked.id)
    if now.phase != "open" or now.round != asked.round:
        raise ValueError("This vote is closed.")
    now.check_vote(answer)
    ballot = _votes(asked.id, asked.round)
    _cast(store, code, ballot, _token(token), json.dumps(answer), _as_in(held, _QUESTION))


def vote_of(store: Store, code: str, token: str, asked: Question) -> float | None:
    """Return a participant's vote of this round; None where there is none."""
    own = store.value(code, _votes(asked.id, asked.round), token)
    return None if own is None else float(own)


def tallies(store: Store, code: str, asked: Question) -> tuple[Tally, ...]:
    """Count the votes of each round that has begun; see `question.tallies`."""
    ballots = [store.ballot(code, _votes(asked.id, i)) for i in range(1, asked.round + 1)]
    return question.tallies(asked, map(question.votes_of, ballots))


def close_vote(store: Store, code: str, secret: str, id: str) -> None:
    """Close the vote, for the discussion."""
    _change(store, code, secret, id, Question.closed)


def ask_again(store: Store, code: str, secret: str, id: str) -> None:
    """Open the vote once more, after the discussion."""
    _change(store, code, secret, id, Question.again)


def reveal(store: Store, code: str, secret: str, id: str, *, even_few: bool = False) -> None:
    """Show votes and answer; fewer than `FEWEST_SHOWN` where the presenter says so."""
    _change(store, code, secret, id, lambda asked: asked.shown(even_few=even_few))


@_anew
def _change(
    store: Store, code: str, secret: str, id: str, change: Callable[[Question], Question]
) -> None:
    held = _authority(store, code, secret)
    changed = change(_question(held, id))
    _write(store, code, {_QUESTION: changed.to_json()}, _as_in(held, _QUESTION))


@_anew
def end_question(store: Store, code: str, secret: str, id: str) -> None:
    """Take a question away; its votes are counted for the record, and deleted."""
    held = _authority(store, code, secret)
    _question(held, id)
    _settle_question(store, code, held)


def _settle_question(store: Store, code: str, held: Held) -> None:
    """Take the question away, if there is one; then note its votes, and delete who cast them."""
    if _QUESTION not in held.slots:
        return
    _write(store, code, {_QUESTION: None}, _as_in(held, _QUESTION))
    asked = question.read(held.slots[_QUESTION]).shown()
    found = tallies(store, code, asked)
    if any(each.votes for each in found):
        log.question(store, code, asked, found)
    for i in question.ROUNDS:
        store.drop(code, _votes(asked.id, i))


def _question(held: Held, id: str) -> Question:
    """Return the present question, if it is the one that is meant."""
    if _QUESTION in held.slots:
        asked = question.read(held.slots[_QUESTION])
        if asked.id == id:
            return asked
    raise ValueError("This question isn’t asked any more.")


def _votes(id: str, round: int) -> str:
    return f"q{id}.{round}"


@_anew
def give_task(store: Store, code: str, secret: str, given: TaskRound) -> TaskRound:
    """Give the room a task, in place of the one before; return it with its id.

    Raises
    ------
    NotPresenterError
    ValueError
        When it is no task.
    """
    _settle_task(store, code, _authority(store, code, secret))
    fresh = TaskRound(given.lesson, given.seed, given.is_each, given.document)
    fresh = replace(fresh, id=secrets.token_hex(4))
    task_round.read(written := fresh.to_json())
    log.task(store, code, fresh)
    _write(store, code, {_TASK: written})
    return fresh


@_anew
def end_task(store: Store, code: str, secret: str, id: str) -> None:
    """End the task; its results are counted for the record, and deleted."""
    held = _authority(store, code, secret)
    _task(held, id)
    _settle_task(store, code, held)


@_anew
def report(store: Store, code: str, token: str, id: str, link: str) -> Reached:
    """Report where a participant is; it is measured here.

    Parameters
    ----------
    store : Store
    code : str
    token : str
    id : str
        Of the task.
    link : str
        The participant's scenario.

    Raises
    ------
    ValueError
        When the task has ended, or the link holds no scenario.
    """
    held = _held(store, code)
    reached = task_round.measure(_task(held, id).task(_token(token)), link)
    _cast(store, code, _results(id), token, reached.to_json(), _as_in(held, _TASK))
    return reached


def results(store: Store, code: str, given: TaskRound) -> dict[str, Reached]:
    """Return what each reached, by labels that tell nobody; without those dismissed."""
    found = task_round.reached(store.ballot(code, _results(given.id)))
    return {label: each for label, each in found.items() if label not in given.dismissed}


def standing(store: Store, code: str, given: TaskRound) -> Standing:
    """Count how far the room is; see `task_round.standing`."""
    found = task_round.reached(store.ballot(code, _results(given.id)))
    return task_round.standing(given, found.values())


@_anew
def show_few(store: Store, code: str, secret: str, id: str) -> None:
    """Show the results of a task even of fewer than `FEWEST_SHOWN`."""
    held = _authority(store, code, secret)
    shown = replace(_task(held, id), even_few=True)
    _write(store, code, {_TASK: shown.to_json()}, _as_in(held, _TASK))


@_anew
def show_one(store: Store, code: str, secret: str, id: str, label: str) -> None:
    """Show the scenario of a participant; `back_to_stage` goes back.

    Raises
    ------
    NotPresenterError
    ValueError
        When the task has ended, or nobody has this label.
    """
    held = _authority(store, code, secret)
    given = _task(held, id)
    before = held.slots[_STAGE]
    shown = Stage(stage.from_json(before).page, _result(store, code, given, label).link)
    others = {
        _KEPT: held.slots.get(_KEPT, before),
        _TASK: given.with_stage(label).to_json(),
    }
    _put_on_stage(store, code, held, shown, **others)


def _result(store: Store, code: str, given: TaskRound, label: str) -> Reached:
    found = results(store, code, given)
    if label not in found:
        raise ValueError(f"No result that is offered has the label {label!r:.20}.")
    return found[label]


@_anew
def back_to_stage(store: Store, code: str, secret: str) -> None:
    """Go back to what was shown before a participant's scenario; nothing where none is shown."""
    held = _authority(store, code, secret)
    if _KEPT in held.slots:
        _go_back(store, code, held, task_round.read(held.slots[_TASK]).with_stage(""))


@_anew
def dismiss(store: Store, code: str, secret: str, id: str, label: str) -> None:
    """Offer a participant's scenario no longer; one that is shown leaves the stage."""
    held = _authority(store, code, secret)
    given = _task(held, id)
    _result(store, code, given, label)
    fewer = given.without(label)
    if given.on_stage == label:
        _go_back(store, code, held, fewer.with_stage(""))
    else:
        _write(store, code, {_TASK: fewer.to_json()}, _as_in(held, _TASK))


def _go_back(store: Store, code: str, held: Held, given: TaskRound | None) -> None:
    """Write a task, and with it the stage that a participant's scenario took the place of."""
    others = {_KEPT: None, _TASK: given.to_json() if given else None}
    _put_on_stage(store, code, held, stage.from_json(held.slots[_KEPT]), **others)


def _settle_task(store: Store, code: str, held: Held) -> None:
    """Take the task away, if there is one; then note its results, and delete whose they are."""
    if _TASK not in held.slots:
        return
    if _KEPT in held.slots:
        _go_back(store, code, held, None)
    else:
        _write(store, code, {_TASK: None}, _as_in(held, _TASK))
    given = task_round.read(held.slots[_TASK])
    found = standing(store, code, given)
    if found.reported:
        log.task(store, code, given, found)
    store.drop(code, _results(given.id))


def _task(held: Held, id: str) -> TaskRound:
    """Return the present task, if it is the one that is meant."""
    if _TASK in held.slots:
        given = task_round.read(held.slots[_TASK])
        if given.id == id:
            return given
    raise ValueError("This task has ended.")


def _results(id: str) -> str:
    return f"t{id}"


@_anew
def end(store: Store, code: str, secret: str) -> Record:
    """End a room: return its course, and delete all of it."""
    held = _authority(store, code, secret)
    _settle_question(store, code, held)
    _settle_task(store, code, held)
    here = len(store.ballot(code, _HERE))
    course = record.read(store.ballot(code, log.BALLOT), here)
    store.close(code)
    return course


def _hash(secret: str) -> str:
    """Hash a secret; it has 128 bits, so that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_key(held: Held, secret: str) -> bool:
    own = _hash(secret)
    return any(hmac.compare_digest(own, key) for key in json.loads(held.slots[_KEYS]))


def _held(store: Store, code: str) -> Held:
    held = store.read(code)
    if held is None:
        raise _gone(code)
    return held


def _gone(code: str) -> RoomGoneError:
    return RoomGoneError(f"The room {code} has ended.")


def _authority(store: Store, code: str, secret: str) -> Held:
    """Return what a room holds to its presenter alone."""
    held = _held(store, code)
    if not _is_key(held, secret):
        raise NotPresenterError(f"This address doesn’t have the presenter’s right in room {code}.")
    return held


def _as_in(held: Held, slot: str) -> dict[str, str]:
    """Say that a slot is to be still as it was seen."""
    return {slot: held.slots[slot]}


def _cast(
    store: Store,
    code: str,
    ballot: str,
    token: str,
    value: str,
    given: Mapping[str, str] = ANYHOW,
) -> None:
    """Cast for a participant."""
    if not store.cast(code, ballot, token, value, MAX_MEMBERS, given=given):
        raise _gone(code)


def _write(
    store: Store,
    code: str,
    slots: Mapping[str, str | None],
    given: Mapping[str, str] = ANYHOW,
) -> int:
    """Write for the presenter, from whose last act on the room lives."""
    version = store.write(code, slots, time.time() + LIFETIME, given=given)
    if not version:
        raise _gone(code)
    return version


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError(
            f"A participant’s token is {TOKEN_LENGTH} digits and letters a to f, got {text!r:.40}."
        )
    return text
