"""Where rooms are kept: strings by name, for the replicas that share them.

It knows nothing of what they say. Two implementations do the same: a file (`sqlite.py`), and
Redis or Valkey (`redis.py`). Time is `time.time()`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

#: Names the store: `sqlite:///path`, `redis://…`, `rediss://…` or `valkey://…`.
ADDRESS = "ROOM_STORE"
#: That a verb is done whatever the slots hold.
ANYHOW: Mapping[str, str] = MappingProxyType({})
_SERVERS = "redis", "rediss", "valkey", "valkeys"


class StoreGone(Exception):
    """The store can't be reached now; the message says what was tried, and no password."""


class NoStore(ValueError):
    """`ROOM_STORE` can't be understood, or its client isn't there; the message has no password."""


class RoomsFull(ValueError):
    """As many rooms are open as the store takes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} rooms are open, and the server takes no more")


class BallotFull(ValueError):
    """As many tokens have cast as the ballot takes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} have answered, and no more can")


class SlotChanged(Exception):
    """A slot holds something else than it was to hold, so nothing was done."""


@dataclass(frozen=True)
class Held:
    """What a room holds.

    Attributes
    ----------
    version : int
        Grows with each write.
    slots : dict of str to str
        Its strings by name.
    until : float
        When it ends by itself, as `time.time()` counts.
    """

    version: int
    slots: dict[str, str]
    until: float


class Store(Protocol):
    """Rooms by their codes. After its `until` a room doesn't exist for any verb.

    Each verb is done as a whole or not at all, and raises `StoreGone` where the store can't be
    reached. The next call tries again. What has slots `given` is done only while they hold these
    values, and raises `SlotChanged` else.
    """

    def open(self, code: str, slots: Mapping[str, str], until: float, most: int) -> bool:
        """Make a room.

        Returns
        -------
        bool
            False where the code is taken.

        Raises
        ------
        RoomsFull
            `most` rooms are open.
        """

    def version(self, code: str) -> int:
        """Version of a room; 0 if there is none."""

    def read(self, code: str) -> Held | None:
        """All slots of a room; None if there is none."""

    def write(
        self,
        code: str,
        slots: Mapping[str, str | None],
        until: float | None = None,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> int:
        """Replace these slots; None removes one.

        Returns
        -------
        int
            The version, a new one where there are slots; 0 if there is no such room.
        """

    def cast(
        self,
        code: str,
        ballot: str,
        token: str,
        value: str,
        most: int,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> bool:
        """Put a token's value in a ballot, in place of its last. The version stays.

        Returns
        -------
        bool
            False if there is no such room.

        Raises
        ------
        BallotFull
            `most` other tokens have cast.
        """

    def ballot(self, code: str, ballot: str) -> dict[str, str]:
        """Values by token, in the order of first casts."""

    def value(self, code: str, ballot: str, token: str) -> str | None:
        """Value of one token; None if it has none."""

    def drop(self, code: str, ballot: str, token: str | None = None) -> None:
        """Delete a token's value, or the whole ballot. The version stays."""

    def close(self, code: str) -> None:
        """Delete all that a room holds."""

    def tidy(self, now: float) -> int:
        """Delete the rooms whose `until` is past, and count them."""

    def rooms(self) -> int:
        """How many rooms are open."""


def store() -> Store:
    """Give the server's one store; it is reached at its first use.

    Raises
    ------
    NoStore
    """
    return _at(os.environ.get(ADDRESS, ""))


def why_none() -> str:
    """Say why this server has no store; empty where it has one."""
    try:
        store()
    except NoStore as error:
        return str(error)
    return ""


def warn() -> None:
    """Tell whoever runs the server why it has no store."""
    if why := why_none():
        logging.getLogger(__name__).warning(why)


@lru_cache(maxsize=1)
def _at(address: str) -> Store:
    scheme, _, rest = address.partition("://")
    if not address or (scheme == "sqlite" and rest.startswith("/") and len(rest) > 1):
        from . import sqlite

        return sqlite.SqliteStore(Path(rest[1:]) if address else None)
    if scheme not in _SERVERS:
        servers = ", ".join(f"{server}://" for server in _SERVERS)
        raise NoStore(
            f"This server has no rooms: {ADDRESS} should be unset, sqlite:///path, or begin with "
            f"one of {servers}."
        )
    if find_spec("redis") is None:
        raise NoStore(
            f"This server has no rooms: {ADDRESS} names Redis, whose client isn't installed. "
            "Run pip install -r requirements-room.txt."
        )
    from . import redis

    return redis.RedisStore(address)
