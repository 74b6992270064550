"""Stores of rooms: a file, and a real Redis."""

import importlib.util

import pytest

from pages.ui.room import store as room_store
from tests import machine, redis_server
from tests.conftest import lack


@pytest.fixture(scope="session")
def needs_redis():
    if not machine.redis():
        lack(machine.NO_REDIS)
    if importlib.util.find_spec("redis") is None:
        lack("Redis's client isn't installed: pip install -r requirements-room.txt")


@pytest.fixture(scope="session")
def shared_redis(needs_redis, tmp_path_factory):
    """One server for all tests that leave it alone."""
    with redis_server.running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def mortal_redis(needs_redis, tmp_path):
    """A server for one test, which may kill it."""
    with redis_server.running(tmp_path) as server:
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
def store(address, monkeypatch):
    """The server's store, at that address."""
    monkeypatch.setenv("ROOM_STORE", address)
    return room_store.store()
