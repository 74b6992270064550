"""Both stores of rooms do the same."""

import time

import pytest

from pages.ui.room.store import BallotFull, Held, RoomsFull
from pages.ui.room.store.sqlite import SqliteStore

LATER = time.time() + 1000


@pytest.fixture
def store(tmp_path):
    return SqliteStore(tmp_path / "rooms.db")


def test_a_room_is_opened_once(store):
    assert store.open("KXQRT", {"stage": "1"}, LATER, 7)
    assert not store.open("KXQRT", {"stage": "2"}, LATER, 7)
    assert store.read("KXQRT") == Held(1, {"stage": "1"}, LATER)
    assert store.read("KXQRU") is None
    assert store.version("KXQRU") == 0


def test_each_write_makes_a_version(store):
    store.open("KXQRT", {"stage": "1", "keys": "2"}, LATER, 7)
    assert store.write("KXQRT", {"stage": "3", "task": "4"}) == 2 == store.version("KXQRT")
    assert store.write("KXQRT", {"keys": None}) == 3
    assert store.read("KXQRT") == Held(3, {"stage": "3", "task": "4"}, LATER)
    assert store.write("KXQRT", {}, LATER + 5) == 3
    assert store.read("KXQRT") == Held(3, {"stage": "3", "task": "4"}, LATER + 5)
    assert store.write("KXQRU", {"stage": "1"}) == 0


def test_a_token_has_one_value(store):
    store.open("KXQRT", {}, LATER, 7)
    for token, value in ("b", "1"), ("a", "2"), ("c", "3"), ("b", "4"):
        assert store.cast("KXQRT", "q1.1", token, value, 3)
    with pytest.raises(BallotFull, match="3"):
        store.cast("KXQRT", "q1.1", "d", "5", 3)
    assert list(store.ballot("KXQRT", "q1.1").items()) == [("b", "4"), ("a", "2"), ("c", "3")]
    assert store.version("KXQRT") == 1
    assert not store.cast("KXQRU", "q1.1", "a", "1", 3)


def test_rooms_are_bounded(store):
    assert store.open("AAAAA", {}, LATER, 2)
    assert store.open("BBBBB", {}, LATER, 2)
    with pytest.raises(RoomsFull, match="2"):
        store.open("CCCCC", {}, LATER, 2)
    store.close("AAAAA")
    assert store.open("CCCCC", {}, LATER, 2)
    assert store.rooms() == 2
