"""Whatever is done in whatever order, both stores are as a plain dictionary is."""

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pages.ui.room.store import BallotFull, Held, RoomsFull, SlotChanged, store
from pages.ui.room.store.sqlite import SqliteStore

CODES = st.sampled_from(["KXQRT", "KXQRU", "AAAAA"])
NAMES = st.sampled_from(["stage", "task", "q1.1", "", "é:%"])
VALUES = st.sampled_from(["", "open"]) | st.text(st.characters(codec="utf-8"), max_size=20)
#: Mostly nothing; else what a slot sometimes holds.
GIVEN = st.just({}) | st.dictionaries(NAMES, st.sampled_from(["", "open"]), max_size=2)
TOKENS = st.sampled_from(["a", "b", "0:c", "\0d"])
#: Begins in the future of the machine's clock, which Redis goes by.
START = time.time() + 10**6
UNTILS = st.integers(1, 30)


class Rooms(RuleBasedStateMachine):
    """The same steps on a store and on a dictionary, in a time of their own."""

    make_store = None  # a store that is empty
    patch = None

    def __init__(self):
        super().__init__()
        self.now, self.rooms = START, {}
        self.patch.setattr(time, "time", lambda: self.now)
        self.store = self.make_store()

    def live(self):
        return {code: room for code, room in self.rooms.items() if room["until"] > self.now}

    @rule(code=CODES, slots=st.dictionaries(NAMES, VALUES, max_size=3), ends=UNTILS)
    def open(self, code, slots, ends):
        live, until = self.live(), self.now + ends
        if code not in live and len(live) >= 2:
            with pytest.raises(RoomsFull):
                self.store.open(code, slots, until, 2)
            return
        assert self.store.open(code, slots, until, 2) == (code not in live)
        if code not in live:
            self.rooms[code] = {"version": 1, "slots": slots, "until": until, "ballots": {}}

    @rule(
        code=CODES,
        slots=st.dictionaries(NAMES, st.none() | VALUES, max_size=3),
        ends=st.none() | UNTILS,
        given=GIVEN,
    )
    def write(self, code, slots, ends, given):
        until = None if ends is None else self.now + ends
        room = self.live().get(code)
        if room and not given.items() <= room["slots"].items():
            with pytest.raises(SlotChanged):
                self.store.write(code, slots, until, given=given)
            return
        told = self.store.write(code, slots, until, given=given)
        if room:
            merged = {**room["slots"], **slots}
            room["slots"] = {name: value for name, value in merged.items() if value is not None}
            room["version"] += bool(slots)
            room["until"] = until or room["until"]
        assert told == (room["version"] if room else 0)

    @rule(code=CODES, ballot=NAMES, token=TOKENS, value=VALUES, given=GIVEN)
    def cast(self, code, ballot, token, value, given):
        room = self.live().get(code)
        if room and not given.items() <= room["slots"].items():
            with pytest.raises(SlotChanged):
                self.store.cast(code, ballot, token, value, 2, given=given)
            return
        held = room["ballots"].setdefault(ballot, {}) if room else {}
        if len(held) >= 2 and token not in held:
            with pytest.raises(BallotFull):
                self.store.cast(code, ballot, token, value, 2)
            return
        assert self.store.cast(code, ballot, token, value, 2, given=given) == bool(room)
        held[token] = value

    @rule(code=CODES, ballot=NAMES, token=st.none() | TOKENS)
    def drop(self, code, ballot, token):
        self.store.drop(code, ballot, token)
        ballots = self.rooms.get(code, {}).get("ballots", {})
        if token is None:
            ballots.pop(ballot, None)
        else:
            ballots.get(ballot, {}).pop(token, None)

    @rule(code=CODES)
    def close(self, code):
        self.store.close(code)
        self.rooms.pop(code, None)

    @rule()
    def tidy(self):
        live = self.live()
        assert self.store.tidy(self.now) == len(self.rooms) - len(live)
        self.rooms = live

    @rule(seconds=st.integers(0, 20))
    def wait(self, seconds):
        self.now += seconds

    @invariant()
    def both_hold_the_same(self):
        live = self.live()
        assert self.store.rooms() == len(live)
        for code in "KXQRT", "KXQRU", "AAAAA":
            room = live.get(code)
            held = Held(room["version"], room["slots"], room["until"]) if room else None
            assert self.store.read(code) == held
            assert self.store.version(code) == (room["version"] if room else 0)
            for ballot in "stage", "q1.1", "é:%":
                cast = room["ballots"].get(ballot, {}) if room else {}
                assert list(self.store.ballot(code, ballot).items()) == list(cast.items())
                assert self.store.value(code, ballot, "0:c") == cast.get("0:c")


def run(make_store, monkeypatch):
    machine = type("Machine", (Rooms,), {"make_store": make_store, "patch": monkeypatch})
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=30))


def test_sqlite(monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(10**9))
        run(lambda _: SqliteStore(Path(folder) / f"{next(numbers)}.db"), monkeypatch)


def test_redis(shared_redis, monkeypatch):
    monkeypatch.setenv("ROOM_STORE", shared_redis.address)

    def make_store(_machine):
        shared_redis.tell("FLUSHALL")
        return store()

    run(make_store, monkeypatch)
