"""What each verb of a store of rooms costs, in a file and in Redis.

    python benchmarks/room_store.py                         the file alone
    python benchmarks/room_store.py redis://127.0.0.1:6379  Redis beside it, with a room of its own

Prints microseconds, all taken in one run; nothing is asserted.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from pages.ui.room.rules.limits import MAX_MEMBERS
from pages.ui.room.store import ADDRESS, Store, store

ROUNDS = 500
ROOM, BALLOT = "bench", "q1.1"
STAGE = "x" * 2000  # a scenario's link
LARGE = "x" * 100_000  # one that is too large for a link
THREADS = 8


def verbs(kept: Store) -> dict[str, Callable[[int], object]]:
    """What is measured, by its name; each is called with the numbers of the rounds."""
    return {
        "version": lambda _: kept.version(ROOM),
        "read, 2 kB": lambda _: kept.read(ROOM),
        "write, 2 kB": lambda number: kept.write(ROOM, {"stage": f"{number}{STAGE}"}),
        "write, 100 kB": lambda number: kept.write(ROOM, {"task": f"{number}{LARGE}"}),
        "until alone": lambda _: kept.write(ROOM, {}, time.time() + 1000),
        "cast, first": lambda number: kept.cast(ROOM, "first", str(number), "1", ROUNDS),
        "cast, again": lambda number: kept.cast(ROOM, BALLOT, "7", str(number), MAX_MEMBERS),
        f"ballot of {MAX_MEMBERS}": lambda _: kept.ballot(ROOM, BALLOT),
        "rooms": lambda _: kept.rooms(),
    }


def microseconds(act: Callable[[int], object]) -> list[float]:
    """How long each round took, sorted."""
    took = []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - begin) * 1e6)
    return sorted(took)


def crowd(kept: Store) -> float:
    """Milliseconds in which threads cast one vote for each member, all together."""
    tokens = iter(range(MAX_MEMBERS))

    def cast() -> None:
        for token in tokens:
            kept.cast(ROOM, "crowd", str(token), "1", MAX_MEMBERS)

    threads = [threading.Thread(target=cast) for _ in range(THREADS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - begin) * 1e3


def measure(name: str, address: str) -> None:
    """Print what the verbs of the store at an address take."""
    os.environ[ADDRESS] = address
    kept = store()
    kept.close(ROOM)
    kept.open(ROOM, {"stage": STAGE, "keys": "x" * 64}, time.time() + 1000, 10**6)
    for token in range(MAX_MEMBERS):
        kept.cast(ROOM, BALLOT, str(token), "1", MAX_MEMBERS)
    print(f"\n{name:<18}{'median':>9}{'95 %':>9}{'most':>9}  µs")
    for verb, act in verbs(kept).items():
        took = microseconds(act)
        median, late = statistics.median(took), took[int(0.95 * len(took))]
        print(f"  {verb:<16}{median:9.0f}{late:9.0f}{took[-1]:9.0f}")
    print(f"  {MAX_MEMBERS} votes from {THREADS} threads: {crowd(kept):.1f} ms")
    begin = time.perf_counter()
    kept.close(ROOM)
    print(f"  closing the room: {(time.perf_counter() - begin) * 1e3:.1f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/rooms.db")
    for address in sys.argv[1:]:
        measure("Redis", address)
