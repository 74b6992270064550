"""A room on one processor core: how soon its participants have what the presenter moves.

    python benchmarks/room.py
    python benchmarks/room.py --participants 50 --seconds 10 --rooms 0

Presenter and participants speak the server's protocols without a browser: its websocket, and the
news that come beside it. A participant asks for a run when the presenter's hand rests, as
`frontend/room.js` does; those of the second crowd hear no news and look every other second.
Server and visitors have a core each, where there are two. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core.presets import DEFAULT
from benchmarks import behaviour, process
from benchmarks.crowd import Guest, Tally
from benchmarks.load import FORGETS_AFTER, forget, look_round
from benchmarks.serve import Serving, pinning, serving
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.rooms import Opened
from pages.ui.room.rules.stage import staged
from pages.ui.room.store import Store
from pages.ui.room.store.sqlite import SqliteStore

#: Seconds between two moves of a hand, as `frontend/moves.js` sends them.
PACE = 0.2
#: Seconds of quiet, and of chance, after which a participant asks for a run; and of chance alone
#: where more has changed than numbers.
REST, SPREAD, SOON = 1.5, 6.0, 0.8
#: The key of a button with an answer, by its number.
_ANSWER = "room-option-{}"
#: Seconds in which a room votes.
VOTING = 2.0
#: Seconds that nobody moves while the processor is watched.
IDLE = 20.0
#: Visitors who come at the same time.
DOOR = 5
#: Rooms of many in which a hand moves at once.
BUSY = 3


@dataclass
class Hand:
    """What a presenter has moved, and how soon it was answered and seen.

    Attributes
    ----------
    sent : dict of float to float
        `time.perf_counter` when each number was sent, by the number; they grow.
    answered : list of float
        Seconds until the presenter had the answer.
    waits : list of float
        Seconds until each participant had each number, or a later one.
    """

    sent: dict[float, float] = field(default_factory=dict)
    answered: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


class Participant:
    """A visitor who follows, and hears news or looks by itself."""

    def __init__(self, port: int, code: str, hand: Hand, tally: Tally) -> None:
        self.guest = Guest(port, f"room={code}", tally)
        self._port, self._code, self._hand = port, code, hand
        self._last = 0.0
        self._turn = asyncio.Lock()

    async def come(self, *, hears: bool) -> None:
        """Open the page, and tell what kind of browser this is."""
        await self.guest.come()
        await behaviour.arrive(self.guest)
        token = f"{random.getrandbits(128):032x}"
        await self._tell("hello", {"token": token, "hears": hears})

    async def stay(self, *, hears: bool) -> None:
        """Take part until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look())
            if hears:
                group.create_task(self._listen())

    async def see_question(self) -> None:
        """Wait until the page has a question, with its answers."""
        while _ANSWER.format(0) not in self.guest.tab.widgets:
            await asyncio.sleep(0.05)

    async def vote(self, option: int) -> tuple[float, float]:
        """Press an answer some time within two seconds; return when, and when the page said so."""
        await asyncio.sleep(VOTING * random.random())
        tab, cast = self.guest.tab, time.perf_counter()
        async with self._turn:
            pressed = WidgetState(id=tab.widgets[_ANSWER.format(option)], trigger_value=True)
            await self.guest.do("vote", lambda: tab.send(pressed))
        if not any(message.delta.new_element.button.label.startswith("✓") for message in tab.sent):
            raise ValueError("The page doesn't say what was voted.")
        return cast, time.perf_counter()

    async def _tell(self, event: str, value: object) -> None:
        async with self._turn:
            tab = self.guest.tab
            await self.guest.do(event, lambda: tab.trigger("room-news", event, value))
            self._see()

    async def _look(self) -> None:
        """Have the part of the page run that looks whether there is news."""
        timers = self.guest.tab.timers
        await asyncio.sleep(random.random() * min(timers.values()))
        while True:
            async with self._turn:
                await self.guest.do("tick", self.guest.tab.tick)
                self._see()
            await asyncio.sleep(min(timers.values()))

    def _see(self) -> None:
        """Note the number in the picture, where the last answer had one."""
        for message in self.guest.tab.sent:
            told = message.delta.new_element.bidi_component.bytes
            if b'"scenario"' in told:
                self._note(json.loads(told)["scenario"]["X"][0][0])

    async def _listen(self) -> None:
        rest: asyncio.Task[None] | None = None
        async for news in _events(self._port, self._code):
            for *_, value in news.get("cells", ()):
                self._note(value)
            if "cells" in news or "changed" in news:
                least, chance = (0, SOON) if "changed" in news else (REST, SPREAD)
                wait = least + chance * random.random()
                if rest:
                    rest.cancel()
                rest = asyncio.create_task(self._run_after(wait, news["version"]))

    def _note(self, seen: float) -> None:
        """Note that a number has come, and with it those before it."""
        now, sent = time.perf_counter(), self._hand.sent
        if seen in sent and seen > self._last:
            self._hand.waits += [now - at for each, at in sent.items() if self._last < each <= seen]
            self._last = seen

    async def _run_after(self, wait: float, version: int) -> None:
        await asyncio.sleep(wait)
        await asyncio.shield(self._tell("run", version))


async def _events(port: int, code: str) -> AsyncIterator[dict[str, Any]]:
    """What a browser hears of a room."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET /room/news?room={code} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    writer.write(asked.encode())
    with contextlib.closing(writer):
        while line := await reader.readline():
            if line.startswith(b"data: {"):
                yield json.loads(line.removeprefix(b"data: "))


class Presenter:
    """A visitor whose hand is seen by a room; without one, by nobody."""

    def __init__(self, port: int, opened: Opened | None, tally: Tally) -> None:
        query = f"room={opened.code}&present={opened.secret}" if opened else ""
        self.guest = Guest(port, query, tally)

    async def come(self) -> None:
        """Open the page."""
        await self.guest.come()
        await behaviour.arrive(self.guest)

    async def drag(self, hand: Hand, seconds: float) -> None:
        """Drag a box for some seconds: each move waits for the answer to the last."""
        tab, end = self.guest.tab, time.perf_counter() + seconds
        [board] = behaviour.boards(tab)
        first = len(hand.sent)
        while (sent := time.perf_counter()) < end:
            value = round(0.001 * (len(hand.sent) + 1), 3)
            hand.sent[value] = sent
            told = behaviour.box_move(0, 0, value, f"drag-{first}")
            await self.guest.do("picture", partial(tab.trigger, board, "move", told))
            hand.answered.append(time.perf_counter() - sent)
            await asyncio.sleep(max(0, sent + PACE - time.perf_counter()))
        told = behaviour.box_move(0, 0, value, f"drag-{first}", done=True)
        await self.guest.do("move", lambda: tab.trigger(board, "move", told))


@dataclass(frozen=True)
class Plan:
    """How many take part, and for how long a hand moves."""

    participants: int = 100
    seconds: float = 20.0
    rooms: int = 30
    each: int = 10

    def crowds(self) -> Iterator[tuple[str, list[int], bool]]:
        """Name each crowd, with the sizes of its rooms, and whether it hears news."""
        yield "nobody else", [0], True
        yield f"{self.participants} hear news", [self.participants], True
        yield f"{self.participants} look", [self.participants], False
        if self.rooms:
            yield f"{self.rooms} rooms of {self.each}", [self.each] * self.rooms, True


class Room:
    """A room with its presenter and participants."""

    def __init__(self, port: int, store: Store, size: int, tally: Tally) -> None:
        opened = rooms.open_room(store, staged("Lab", DEFAULT.scenario))
        self.code, self.hand, self._store, self._opened = opened.code, Hand(), store, opened
        self.presenter = Presenter(port, opened, tally)
        self.people = [Participant(port, opened.code, self.hand, tally) for _ in range(size)]

    @property
    def missed(self) -> int:
        """Numbers that have not come to a participant."""
        return len(self.hand.sent) * len(self.people) - len(self.hand.waits)

    async def vote(self) -> str:
        """Ask the room; say how soon all have voted, and whether each is counted once."""
        question = Question("Which word?", ("Je", "suis", "heureux"), 1)
        asked = votes.ask(self._store, self.code, self._opened.secret, question)
        begun = time.perf_counter()
        await asyncio.gather(*(each.see_question() for each in self.people))
        seen = time.perf_counter() - begun
        done = await asyncio.gather(*(each.vote(i % 3) for i, each in enumerate(self.people)))
        cast, said = zip(*done, strict=True)
        votes.reveal(self._store, self.code, self._opened.secret, asked.id)
        [tally] = votes.tallies(self._store, self.code, asked.shown())
        counted = ", ".join(f"{bar.count}" for bar in tally.bars)
        votes.end_question(self._store, self.code, self._opened.secret, asked.id)
        return (
            f"{len(self.people)} asked, all had it after {seen:.1f} s; voted within "
            f"{VOTING:.0f} s, all answered {max(said) - min(cast):.1f} s after the first: "
            f"{tally.votes} votes ({counted})"
        )

    async def leave(self) -> None:
        """Close all pages."""
        for guest in (self.presenter.guest, *(each.guest for each in self.people)):
            await guest.leave()


@dataclass(frozen=True)
class Figures:
    """What some rooms met and took.

    Attributes
    ----------
    idle, busy : float
        Shares of the server's core while nobody moved, and while hands did.
    each : float
        Milliseconds of the server's processor for each move, which other load leaves as they are.
    visitors : float
        Share of their own core that the visitors took meanwhile.
    answered, waits : list of float
        As `Hand` has them, in ms.
    missed : int
        Numbers that didn't come to somebody.
    memory : float or None
        MB of the server at the end.
    votes : str
        What came of a vote in the first room.
    """

    idle: float
    busy: float
    each: float
    visitors: float
    answered: list[float]
    waits: list[float]
    missed: int
    memory: float | None
    votes: str = ""


async def measure(
    served: Serving, all_rooms: Sequence[Room], seconds: float, *, hears: bool = True
) -> Figures:
    """Watch rooms while nobody moves, and then while hands do in the first ones."""
    busy_rooms, people = all_rooms[:BUSY], [each for room in all_rooms for each in room.people]
    for room in all_rooms:
        await room.presenter.come()
    await _at_the_door([each.come(hears=hears) for each in people])
    staying = [asyncio.create_task(each.stay(hears=hears)) for each in people]
    await asyncio.sleep(REST)
    idle, _ = await _shares(served, asyncio.sleep(IDLE))
    hands = asyncio.gather(*(room.presenter.drag(room.hand, seconds) for room in busy_rooms))
    busy, visitors = await _shares(served, hands)
    moves = sum(len(room.hand.sent) for room in busy_rooms)
    await asyncio.sleep(REST + SPREAD + 1)
    votes = await all_rooms[0].vote()
    for task in staying:
        task.cancel()
    await asyncio.gather(*staying, return_exceptions=True)
    memory = process.memory(served.pid)
    for room in all_rooms:
        await room.leave()
    answered, waits = (
        [1000 * each for room in busy_rooms for each in getattr(room.hand, name)]
        for name in ("answered", "waits")
    )
    missed = sum(room.missed for room in busy_rooms)
    each = 1000 * busy * seconds / moves
    return Figures(idle, busy, each, visitors, answered, waits, missed, memory, votes)


async def _at_the_door(coming: Iterable[Awaitable[None]]) -> None:
    """Let visitors in, a few at a time."""
    door = asyncio.Semaphore(DOOR)

    async def enter(each: Awaitable[None]) -> None:
        async with door:
            await each

    await asyncio.gather(*map(enter, coming))


async def _shares(served: Serving, act: Awaitable[object]) -> tuple[float, float]:
    """Shares of a core that the server and the visitors take during an act."""
    before = _clocks(served)
    await act
    wall, server, client = (b - a for a, b in zip(before, _clocks(served), strict=True))
    return server / wall, client / wall


def _clocks(served: Serving) -> tuple[float, float, float]:
    return time.monotonic(), process.processor_seconds(served.pid) or 0.0, time.process_time()


def report(name: str, figures: Figures, alone: float) -> str:
    """Write a line of the table; `alone` is the median of a presenter's answers in no room."""
    own = _quantiles(figures.answered)
    reached = _quantiles(figures.waits) if figures.waits else (math.nan, math.nan)
    memory = f"{figures.memory:.0f}" if figures.memory else "unknown"
    return (
        f"{name:22}{100 * figures.idle:8.1f}{100 * figures.busy:8.1f}{figures.each:8.1f}"
        f"{100 * figures.visitors:8.1f}"
        f"{own[0]:8.1f}{own[1]:8.1f}{own[0] / alone:8.2f}{reached[0]:8.0f}{reached[1]:8.0f}"
        f"{figures.missed:8}{memory:>8}"
    )


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    median, late = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95))
    return median, late


_COLUMNS = (
    *("idle %", "busy %", "ms each", "crowd %", "own p50", "p95", "×alone"),
    *("to p50", "to p95", "missed", "MB"),
)
_HEADS = " " * 22 + "".join(f"{column:>8}" for column in _COLUMNS)


async def alone(port: int, seconds: float, tally: Tally) -> float:
    """Median ms of the answers to a presenter in no room."""
    outside, hand = Presenter(port, None, tally), Hand()
    await outside.come()
    await outside.drag(hand, seconds)
    await outside.guest.leave()
    return 1000 * statistics.median(hand.answered)


async def compare(served: Serving, store: Store, plan: Plan) -> None:
    """Print a line for each crowd."""
    tally, codes, voted = Tally(), [], []
    await look_round(served.port, "")
    start = process.memory(served.pid)
    own = await alone(served.port, plan.seconds, tally)
    print(f"A presenter in no room is answered in {own:.1f} ms.", _HEADS, sep="\n", flush=True)
    for name, sizes, hears in plan.crowds():
        opened = [Room(served.port, store, size, tally) for size in sizes]
        codes += [room.code for room in opened]
        figures = await measure(served, opened, plan.seconds, hears=hears)
        print(report(name, figures, own), flush=True)
        voted.append(f"{name}: {figures.votes}")
    print(*voted[1:], sep="\n", flush=True)
    for code in codes:
        store.close(code)
    await forget(served.port)
    memory = (start, process.most_memory(served.pid), process.memory(served.pid))
    before, most, after = (f"{mb:.0f}" if mb else "unknown" for mb in memory)
    print(f"memory in MB: start {before}, peak {most}, rooms closed {after}")
    print(f"errors: {dict(tally.errors) or 'none'}")


def main() -> None:
    """Print how soon participants have what a presenter moves, and what that takes."""
    plan = _arguments()
    own, servers = [*process.cores(), None, None][:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rooms.db"
        options = (f"--server.disconnectedSessionTTL={FORGETS_AFTER}",)
        settings = {"ROOM_STORE": f"sqlite:///{path}"}
        with serving(ROOT / "dashboard.py", *options, core=servers, settings=settings) as served:
            if pin := pinning(own):
                pin()
            print(plan, flush=True)
            asyncio.run(compare(served, SqliteStore(path), plan))


def _arguments() -> Plan:
    plan, parser = Plan(), argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--participants", type=int, default=plan.participants)
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="of each drag")
    parser.add_argument("--rooms", type=int, default=plan.rooms)
    parser.add_argument("--each", type=int, default=plan.each, help="participants of each room")
    told = parser.parse_args()
    return Plan(told.participants, told.seconds, told.rooms, told.each)


if __name__ == "__main__":
    main()
