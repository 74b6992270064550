"""What a room holds in its store, by slots and ballots, and who may read and write it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from pages.ui.room.rules import log, stage
from pages.ui.room.rules.limits import DELETED_IN, LIFETIME, MAX_MEMBERS, TOKEN_LENGTH
from pages.ui.room.rules.log import Last
from pages.ui.room.rules.stage import Stage
from pages.ui.room.store import ANYHOW, Held, SlotChanged, Store

P = ParamSpec("P")
T = TypeVar("T")
#: The slots of a room: who presents, what all see, and where it goes back to after a participant's.
KEYS, STAGE, QUESTION, TASK, KEPT = "keys", "stage", "question", "task", "kept_stage"
#: What was noted last of the stage; see `log`.
LAST = "last"
#: Begins the slots of ballots that are over and being deleted; each says since when.
_OVER = "over "
#: The ballot of who is here.
HERE = "here"
_TOKEN = re.compile(rf"[0-9a-f]{{{TOKEN_LENGTH}}}", re.ASCII)


class RoomGoneError(ValueError):
    """Raised for a room that has ended, or never was."""


class NotPresenterError(ValueError):
    """Raised for a presenter's verb with another secret."""


def anew(verb: Callable[P, T]) -> Callable[P, T]:
    """Do a verb from its beginning where another was faster, between what it saw and did."""

    @wraps(verb)
    def done(*given: P.args, **options: P.kwargs) -> T:
        while True:
            with suppress(SlotChanged):
                return verb(*given, **options)

    return done


def read(store: Store, code: str) -> Held:
    """Return what a room holds."""
    held = store.read(code)
    if held is None:
        raise gone(code)
    return held


def read_as_presenter(store: Store, code: str, secret: str) -> Held:
    """Return what a room holds to its presenter alone; delete what an earlier verb couldn't."""
    held = read(store, code)
    if not is_key(held, secret):
        raise NotPresenterError(f"This address doesn’t have the presenter’s right in room {code}.")
    if left := [*_left(held)]:
        delete(store, code, left)
    return held


def _left(held: Held) -> Iterator[str]:
    """Name the ballots that are over, and that the verb which ended them couldn't delete."""
    for name, since in held.slots.items():
        if name.startswith(_OVER) and time.time() - float(since) > DELETED_IN:
            yield name.removeprefix(_OVER)


def gone(code: str) -> RoomGoneError:
    """Say that a room has ended."""
    return RoomGoneError(f"The room {code} has ended.")


def is_key(held: Held, secret: str) -> bool:
    """Whether a secret is that of who presents."""
    own = hash_of(secret)
    return any(hmac.compare_digest(own, key) for key in json.loads(held.slots[KEYS]))


def hash_of(secret: str) -> str:
    """Hash a secret; it has 128 bits, so that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def put_on_stage(
    store: Store, code: str, held: Held, shown: Stage, whose: str, **others: str | None
) -> int:
    """Write a stage, and note it with whose it is; to a participant's and back isn't a drag."""
    before = None if KEPT in others else stage.from_json(held.slots[STAGE])
    last = Last.read(held.slots.get(LAST)).then(before, shown, whose=whose)
    slots = {STAGE: shown.to_json(), LAST: last.to_json(), **others}
    version = write(store, code, slots, as_in(held, TASK) if TASK in others else ANYHOW)
    log.stage(store, code, shown, last)
    return version


def as_in(held: Held, slot: str) -> dict[str, str]:
    """Say that a slot is to be still as it was seen."""
    return {slot: held.slots[slot]}


def over(ballots: Collection[str]) -> dict[str, str]:
    """Return slots that say of ballots that they are over."""
    return {_OVER + ballot: str(time.time()) for ballot in ballots}


def delete(store: Store, code: str, ballots: Collection[str]) -> None:
    """Delete ballots that are over, and then what says so."""
    for ballot in ballots:
        store.drop(code, ballot)
    write(store, code, {_OVER + ballot: None for ballot in ballots})


def cast(
    store: Store,
    code: str,
    ballot: str,
    token: str,
    value: str,
    given: Mapping[str, str] = ANYHOW,
) -> None:
    """Cast for a participant."""
    if not store.cast(code, ballot, token, value, MAX_MEMBERS, given=given):
        raise gone(code)


def write(
    store: Store,
    code: str,
    slots: Mapping[str, str | None],
    given: Mapping[str, str] = ANYHOW,
) -> int:
    """Write for the presenter, from whose last act on the room lives."""
    version = store.write(code, slots, time.time() + LIFETIME, given=given)
    if not version:
        raise gone(code)
    return version


def is_token(text: str) -> bool:
    """Whether a text can be a participant's token."""
    return _TOKEN.fullmatch(text) is not None


def checked(text: str) -> str:
    """Return a participant's token, if it is one."""
    if not is_token(text):
        raise ValueError(
            f"A participant’s token is {TOKEN_LENGTH} digits and letters a to f, got {text!r:.40}."
        )
    return text
