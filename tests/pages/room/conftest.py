"""Stores of rooms (a file, a real Redis); a room in one, its presenter and its participants."""

import time

import pytest

from attn_core.presets import BY_KEY
from pages.ui.menu import ENTRIES
from pages.ui.room.rules import rooms
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.stage import staged
from pages.ui.room.store.sqlite import SqliteStore
from tests import redis_server

PAGES = [entry.title for entry in ENTRIES]
SIMILARITY = BY_KEY["similarity"].scenario


def token(i):
    return f"{i:032x}"


@pytest.fixture(scope="session")
def shared_redis(needs_redis, tmp_path_factory):
    """One server for all tests that leave it alone."""
    with redis_server.running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def address(request, tmp_path):
    """What `ROOM_STORE` says of a store that is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rooms.db'}"
    server = request.getfixturevalue("shared_redis")
    server.tell("FLUSHALL")
    return server.address


@pytest.fixture
def store(tmp_path):
    return SqliteStore(tmp_path / "rooms.db")


@pytest.fixture
def room(store):
    return rooms.open_room(store, staged("Lab", SIMILARITY))


@pytest.fixture
def look(store, room):
    """What all of the room see."""
    return lambda: rooms.look(store, room.code, PAGES)


@pytest.fixture
def join(store, room):
    """Let a participant in, by number."""
    wrong = WrongCodes()

    def join(i):
        rooms.join(store, room.code, token(i), wrong, "192.0.2.7")
        return token(i)

    return join


@pytest.fixture
def meanwhile(store, monkeypatch):
    """Let another act between what a verb reads of the store and what it does."""

    def meanwhile(act):
        read = store.read

        def read_and_act(code):
            held = read(code)
            monkeypatch.setattr(store, "read", read)
            act()
            return held

        monkeypatch.setattr(store, "read", read_and_act)

    return meanwhile


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves: `clock.now += 60`."""

    class Clock:
        now = time.time()

        def time(self):
            return self.now

    moved = Clock()
    monkeypatch.setattr("time.time", moved.time)
    return moved
