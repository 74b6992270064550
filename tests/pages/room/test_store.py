"""Both stores of rooms keep one contract: a file of SQLite, and a real Redis."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pages.ui.room import store as room_store
from pages.ui.room.store import BallotFull, Held, RoomsFull, SlotChanged

ROOT = Path(__file__).parents[3]
LATER = time.time() + 10**6  # seconds, more than any run of the tests takes


@pytest.fixture
def store(address, monkeypatch):
    """The server's store, at that address."""
    monkeypatch.setenv("ROOM_STORE", address)
    return room_store.store()


def test_a_room_is_opened_once(store):
    assert store.open("KXQRT", {"stage": "1"}, LATER, 7)
    assert not store.open("KXQRT", {"stage": "2"}, LATER, 7)
    assert store.read("KXQRT") == Held(1, {"stage": "1"}, LATER)
    assert store.read("KXQRU") is None
    assert store.version("KXQRU") == 0


def test_each_write_makes_a_version(store):
    store.open("KXQRT", {"stage": "1", "keys": "2"}, LATER, 7)
    assert store.write("KXQRT", {"stage": "3", "task": "4"}) == 2 == store.version("KXQRT")
    assert store.write("KXQRT", {"keys": None, "absent": None}) == 3
    assert store.read("KXQRT") == Held(3, {"stage": "3", "task": "4"}, LATER)
    assert store.write("KXQRU", {"stage": "1"}) == 0
    assert store.read("KXQRU") is None


def test_the_end_is_moved_without_a_version(store):
    store.open("KXQRT", {"stage": "1"}, LATER, 7)
    assert store.write("KXQRT", {}, LATER + 5) == 1 == store.version("KXQRT")
    assert store.read("KXQRT") == Held(1, {"stage": "1"}, LATER + 5)
    assert store.write("KXQRT", {"stage": "2"}, LATER + 7) == 2
    assert store.read("KXQRT") == Held(2, {"stage": "2"}, LATER + 7)


def test_a_token_has_one_value_and_keeps_its_place(store):
    store.open("KXQRT", {}, LATER, 7)
    for token, value in ("b", "1"), ("a", "2:0"), ("c", "3"), ("b", "4"):
        assert store.cast("KXQRT", "q1.1", token, value, 3)
    assert list(store.ballot("KXQRT", "q1.1").items()) == [("b", "4"), ("a", "2:0"), ("c", "3")]
    assert store.version("KXQRT") == 1
    assert store.ballot("KXQRT", "q1.2") == {}
    assert not store.cast("KXQRU", "q1.1", "a", "1", 3)
    assert store.ballot("KXQRU", "q1.1") == {}


def test_one_tokens_value_is_read_alone(store):
    store.open("KXQRT", {}, LATER, 7)
    for token, value in ("a", "1:2"), ("b", ""), ("a", "3:é"):
        store.cast("KXQRT", "q1", token, value, 7)
    asked = [("q1", "a"), ("q1", "b"), ("q1", "c"), ("q2", "a")]
    assert [store.value("KXQRT", *each) for each in asked] == ["3:é", "", None, None]
    assert store.value("KXQRU", "q1", "a") is None
    store.drop("KXQRT", "q1", "a")
    assert store.value("KXQRT", "q1", "a") is None


def test_what_is_meant_for_other_slots_is_not_done(store):
    store.open("KXQRT", {"question": "open", "task": ""}, LATER, 7)
    assert store.cast("KXQRT", "q", "a", "1", 7, given={"question": "open", "task": ""})
    assert store.write("KXQRT", {"question": "closed"}, LATER + 5, given={"question": "open"}) == 2
    for given in {"question": "open"}, {"question": "closed", "stage": ""}, {"task": "", "é": "1"}:
        with pytest.raises(SlotChanged):
            store.cast("KXQRT", "q", "a", "2", 7, given=given)
        with pytest.raises(SlotChanged):
            store.write("KXQRT", {"question": None, "stage": "1"}, LATER + 7, given=given)
    assert store.read("KXQRT") == Held(2, {"question": "closed", "task": ""}, LATER + 5)
    assert store.ballot("KXQRT", "q") == {"a": "1"}
    assert store.write("KXQRT", {"question": None}, given={"question": "closed"}) == 3
    assert not store.cast("KXQRU", "q", "a", "1", 7, given={"question": "open"})
    assert store.write("KXQRU", {"task": "1"}, given={"question": "open"}) == 0


def test_the_order_of_many_first_casts(store):
    """Redis by itself keeps the order of some hundred at most."""
    store.open("KXQRT", {}, LATER, 7)
    tokens = [f"{number * 7919 % 1009:x}" for number in range(307)]
    for token in tokens + tokens[::-1]:
        store.cast("KXQRT", "q", token, "é" * 100, 307)
    assert list(store.ballot("KXQRT", "q")) == tokens


def test_ballots_are_bounded(store):
    store.open("KXQRT", {}, LATER, 7)
    for token in "abc":
        store.cast("KXQRT", "q1", token, "1", 3)
    with pytest.raises(BallotFull, match="3"):
        store.cast("KXQRT", "q1", "d", "1", 3)
    assert store.cast("KXQRT", "q1", "a", "2", 3)
    assert store.cast("KXQRT", "q2", "d", "1", 3)
    assert store.ballot("KXQRT", "q1") == {"a": "2", "b": "1", "c": "1"}


def test_rooms_are_bounded(store):
    assert store.open("AAAAA", {}, LATER, 2)
    assert store.open("BBBBB", {}, LATER, 2)
    with pytest.raises(RoomsFull, match="2"):
        store.open("CCCCC", {}, LATER, 2)
    assert store.version("CCCCC") == 0
    store.close("AAAAA")
    assert store.open("CCCCC", {}, LATER, 2)
    assert store.rooms() == 2


def test_a_token_or_a_ballot_is_dropped(store):
    store.open("KXQRT", {}, LATER, 7)
    for ballot, token in ("q1", "a"), ("q1", "b"), ("q1", "c"), ("q2", "a"):
        store.cast("KXQRT", ballot, token, "1", 9)
    store.drop("KXQRT", "q1", "b")
    assert list(store.ballot("KXQRT", "q1")) == ["a", "c"]
    store.drop("KXQRT", "q1", "a")
    for token in "ba":
        store.cast("KXQRT", "q1", token, "2", 9)
    assert list(store.ballot("KXQRT", "q1")) == ["c", "b", "a"]
    store.drop("KXQRT", "q1")
    assert store.ballot("KXQRT", "q1") == {}
    assert store.ballot("KXQRT", "q2") == {"a": "1"}
    assert store.version("KXQRT") == 1


def test_a_room_that_was_closed_leaves_nothing(store, left_behind):
    store.open("KXQRT", {"stage": "a-slot"}, LATER, 7)
    store.write("KXQRT", {"stage": "another-slot" * 999})
    store.cast("KXQRT", "q-name", "a-token", "a-value", 7)
    store.cast("KXQRT", "q-name", "a-token", "an-other-value", 7)
    store.open("OTHER", {"stage": "kept"}, LATER, 7)
    names = "KXQRT", "a-slot", "another-slot", "q-name", "a-token", "a-value", "an-other-value"
    assert "KXQRT" in left_behind()
    store.close("KXQRT")
    left = left_behind()
    assert "OTHER" in left
    assert [name for name in names if name in left] == []
    store.close("OTHER")
    store.close("OTHER")
    assert "OTHER" not in left_behind()


@pytest.fixture
def left_behind(address, request):
    """Read all that the store keeps, without the store."""
    path = Path(address.removeprefix("sqlite:///"))
    if path.is_absolute():
        return lambda: "".join(
            each.read_bytes().decode("latin-1") for each in path.parent.glob(f"{path.name}*")
        )
    server = request.getfixturevalue("shared_redis")
    return lambda: "\n".join(_told(server))


def _told(server):
    for key in server.tell("KEYS *").split("\r\n"):
        if key.startswith("self-attention-lab"):
            is_hash = server.tell(f"TYPE {key}") == "+hash\r\n"
            yield key + server.tell(f"HGETALL {key}" if is_hash else f"ZRANGE {key} 0 -1")


def test_a_room_that_is_past_does_not_exist(store, monkeypatch):
    store.open("PAST1", {"stage": "1"}, LATER, 7)
    store.cast("PAST1", "q", "a", "1", 7)
    store.open("KXQRT", {"stage": "2"}, LATER + 10, 7)
    monkeypatch.setattr(time, "time", lambda: LATER)
    assert store.version("PAST1") == 0
    assert store.read("PAST1") is None
    assert store.write("PAST1", {"stage": "3"}, LATER + 99) == 0
    assert not store.cast("PAST1", "q", "b", "1", 7)
    assert store.ballot("PAST1", "q") == {}
    assert store.value("PAST1", "q", "a") is None
    assert store.rooms() == 1
    assert store.open("THIRD", {}, LATER + 10, 2)
    assert store.open("PAST1", {"task": "4"}, LATER + 10, 3)
    assert store.read("PAST1") == Held(1, {"task": "4"}, LATER + 10)
    assert store.ballot("PAST1", "q") == {}


def test_rooms_that_are_past_are_tidied_away(store, left_behind):
    for number, code in enumerate(("PAST1", "PAST2", "KXQRT")):
        store.open(code, {"stage": "1"}, LATER + number, 7)
        store.cast(code, f"ballot-of-{code}", "a", "1", 7)
    assert store.tidy(LATER - 1) == 0
    assert store.tidy(LATER + 1) == 2
    assert "PAST" not in left_behind()
    assert store.rooms() == 1
    assert store.ballot("KXQRT", "ballot-of-KXQRT") == {"a": "1"}


def test_what_was_handed_in_comes_back(store):
    """Signs that mean something to a database, to Lua or to the protocol."""
    signs = {"": "", "a:b": "1:2", "q'": '"; DROP TABLE room', "\r\n*1": "\0\x01", "é🙂": "%s {0}"}
    store.open("KXQRT", signs, LATER, 7)
    for name, value in signs.items():
        store.cast("KXQRT", "q:1", name, value, 7)
    assert store.read("KXQRT").slots == signs
    assert store.ballot("KXQRT", "q:1") == signs
    store.write("KXQRT", {"stage": "x" * 300_007})
    assert len(store.read("KXQRT").slots["stage"]) == 300_007


@pytest.fixture
def beside(address):
    """Start other processes with the store at the same address."""

    def start(script, *arguments):
        script = "import sys\nfrom pages.ui.room.store import *\nhere = store()\n" + script
        process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "ROOM_STORE": address},
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(process)  # waits until it has ended
        stack.callback(process.kill)
        return process

    with contextlib.ExitStack() as stack:
        yield start


CASTS = """
first = int(sys.argv[1])
for number in range(first, first + 300):
    here.cast("KXQRT", "q", f"token {number % 300}", f"value {number}", 300)
    here.write("KXQRT", {f"slot {first}": str(number)})
"""


def test_processes_lose_nothing_to_each_other(store, beside):
    """Three cast for the same 300 tokens, each in another order."""
    store.open("KXQRT", {}, LATER, 7)
    processes = [beside(CASTS, first) for first in (0, 100, 200)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    held = store.ballot("KXQRT", "q")
    assert {token.split()[1] for token in held} == {str(number) for number in range(300)}
    assert all(int(held[t].split()[1]) % 300 == int(t.split()[1]) for t in held)
    slots = {"slot 0": "299", "slot 100": "399", "slot 200": "499"}
    assert store.read("KXQRT") == Held(901, slots, LATER)


CROWDS = """
done = 0
for number in range(100):
    for crowd in (
        lambda: here.cast("KXQRT", "q", f"{sys.argv[1]} {number}", "1", 151),
        lambda: here.open(f"{sys.argv[1]} {number}", {}, float(sys.argv[2]), 97),
    ):
        try:
            done += crowd()
        except (BallotFull, RoomsFull):
            pass
print(done)
"""


def test_processes_keep_the_bounds_together(store, beside):
    store.open("KXQRT", {}, LATER, 7)
    processes = [beside(CROWDS, number, LATER) for number in range(3)]
    done = sum(int(process.communicate()[0]) for process in processes)
    assert len(store.ballot("KXQRT", "q")) == 151
    assert store.rooms() == 97
    assert done == 151 + 96


WRITES = """
number = 1
while here.version("KXQRT"):
    number += 1
    new = str(number)
    here.write("KXQRT", {"stage": new, "task": new, new: "1", str(number - 1): None})
"""


def test_a_reader_never_sees_half_a_write(store, beside):
    store.open("KXQRT", {"stage": "1", "task": "1", "1": "1"}, LATER, 7)
    process, seen = beside(WRITES), {}
    while len(seen) < 100:
        assert process.poll() is None
        held = store.read("KXQRT")
        seen[str(held.version)] = held.slots
    store.close("KXQRT")
    whole = {number: {"stage": number, "task": number, number: "1"} for number in seen}
    assert seen == whole


VOTES = """
for number in range(10**6):
    try:
        here.cast("KXQRT", "q", f"{sys.argv[1]} {number}", "1", 10**6, given={"question": "open"})
    except SlotChanged:
        print(number)
        break
"""


def test_a_vote_is_cast_before_the_close_or_refused(store, beside):
    """What each of three replicas had cast is there at the close, and nothing comes after it."""
    store.open("KXQRT", {"question": "open"}, LATER, 7)
    processes = [beside(VOTES, number) for number in range(3)]
    while len({token[0] for token in store.ballot("KXQRT", "q")}) < 3:
        assert all(process.poll() is None for process in processes)
    store.write("KXQRT", {"question": "closed"})
    closed = store.ballot("KXQRT", "q")
    cast = [int(process.communicate()[0]) for process in processes]
    assert store.ballot("KXQRT", "q") == closed
    assert sum(cast) == len(closed)


def test_a_replica_that_is_killed_in_the_middle_of_its_writes(store, beside):
    store.open("KXQRT", {"stage": "1", "task": "1", "1": "1"}, LATER, 7)
    for _ in range(3):
        process, before = beside(WRITES), store.version("KXQRT")
        while store.version("KXQRT") < before + 20:
            assert process.poll() is None
        process.kill()
        process.wait()
        held = store.read("KXQRT")
        assert held.slots["stage"] == held.slots["task"]
        assert held.slots["stage"] in held.slots
        assert store.write("KXQRT", {"keys": "1"}) == held.version + 1


def test_threads_lose_nothing_to_each_other(store):
    store.open("KXQRT", {}, LATER, 7)
    versions = []

    def act(first):
        for number in range(first, first + 60):
            store.cast("KXQRT", "q", str(number), str(number), 300)
            versions.append(store.write("KXQRT", {"stage": str(number)}))

    threads = [threading.Thread(target=act, args=(60 * number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.ballot("KXQRT", "q") == {str(number): str(number) for number in range(300)}
    assert sorted(versions) == list(range(2, 302))


TELLS = """
import json
print(json.dumps([here.read("KXQRT").slots, here.ballot("KXQRT", "q"), here.rooms()]))
here.write("KXQRT", {"stage": "theirs"})
"""


def test_replicas_share_their_rooms(store, beside):
    store.open("KXQRT", {"stage": "ours"}, LATER, 7)
    store.cast("KXQRT", "q", "a", "1", 7)
    assert json.loads(beside(TELLS).communicate()[0]) == [{"stage": "ours"}, {"a": "1"}, 1]
    assert store.read("KXQRT") == Held(2, {"stage": "theirs"}, LATER)
