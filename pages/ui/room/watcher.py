"""The one task of a process that asks the store what is new in rooms that browsers listen to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from pages.ui.room.rules import stage
from pages.ui.room.rules.limits import MAX_LISTENERS, MAX_LISTENERS_OF_ROOM
from pages.ui.room.rules.slots import QUESTION, STAGE, TASK
from pages.ui.room.rules.stage import Moved
from pages.ui.room.store import Held, Store, StoreGone

#: Seconds between two looks into the store.
INTERVAL = 0.1
#: Listeners that are told before others of the server have a turn.
AT_ONCE = 10
#: The slots whose changes a participant's page shows; `room.js` knows the stage's by its name.
_SHOWN = STAGE, QUESTION, TASK

Place = tuple[str, int, int, int]


class NoSuchRoomError(LookupError):
    """Raised for a code without a room."""


class TooManyListenersError(Exception):
    """Raised where a room, or the process, has as many listeners as may be."""


@dataclass(frozen=True)
class News:
    """What has changed in a room since the news before.

    Attributes
    ----------
    version : int
        Of the room, after it; 0 where the room has ended.
    base : int
        The version that the news before it told.
    cells : mapping
        By place: numbers of the stage, where numbers are all that has changed of it.
    changed : frozenset of str
        Slots with other changes.
    gone : bool
        The store can't be reached just now.
    """

    version: int
    base: int
    cells: Mapping[Place, Moved] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    gone: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the room has ended."""
        return not self.version

    def then(self, later: News) -> News:
        """Put two pieces of news together, for a listener who has had neither."""
        if later.is_last:
            return later
        kept = {} if STAGE in later.changed else self.cells
        cells = {**kept, **later.cells}
        return replace(later, base=self.base, cells=cells, changed=self.changed | later.changed)

    @cached_property
    def text(self) -> str:
        """As JSON, which is written once for all listeners."""
        said: dict[str, Any] = {"version": self.version, "base": self.base}
        if self.cells:
            said["cells"] = list(self.cells.values())
        if self.changed:
            said["changed"] = sorted(self.changed)
        if self.gone:
            said["gone"] = True
        return json.dumps(said, separators=(",", ":"))


class Listener:
    """What one browser hasn't been sent yet: one piece of news, into which later ones go."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._waiting: News | None = None
        self._has_news = asyncio.Event()
        self._is_over = False

    def tell(self, news: News) -> None:
        """Leave news for it, whether it has taken the last or not."""
        self._waiting = self._waiting.then(news) if self._waiting else news
        self._has_news.set()

    def end(self) -> None:
        """Have it hear nothing more."""
        self._is_over = True
        self._has_news.set()

    async def next(self) -> News | None:
        """Wait for news; None where there won't be any."""
        await self._has_news.wait()
        self._has_news.clear()
        news, self._waiting = self._waiting, None
        return None if self._is_over else news


@dataclass
class _Room:
    """A room with listeners: what was last seen in the store, and the version last told."""

    held: Held
    told: int
    listeners: set[Listener] = field(default_factory=set)

    async def tell(self, news: News) -> None:
        """Tell all, a few at a time: what else the server is asked comes in between."""
        self.told = news.version
        for i, listener in enumerate([*self.listeners], 1):
            listener.tell(news)
            if i % AT_ONCE == 0:
                await asyncio.sleep(0)


class Watcher:
    """Looks into the store while somebody listens.

    Parameters
    ----------
    store : callable
        Returns the server's store.
    """

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._rooms: dict[str, _Room] = {}
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "room-news")
        self._is_gone = self._is_over = False

    async def listen(self, code: str) -> Listener:
        """Add a listener; its first news is the version of the room.

        Raises
        ------
        NoSuchRoomError, TooManyListenersError, StoreGone
        """
        self._check_number(code)
        if code not in self._rooms:
            held = await self._asked(lambda store: store.read(code))
            if held is None:
                raise NoSuchRoomError(f"There is no room {code}.")
            self._check_number(code)  # of many at once, all have waited
            self._rooms.setdefault(code, _Room(held, held.version))
        room, listener = self._rooms[code], Listener(code)
        room.listeners.add(listener)
        listener.tell(News(room.told, room.told, gone=self._is_gone))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        return listener

    def forget(self, listener: Listener) -> None:
        """Drop a listener; nobody watches a room without any."""
        room = self._rooms.get(listener.code)
        if room:
            room.listeners.discard(listener)
            if not room.listeners:
                del self._rooms[listener.code]

    def end(self) -> None:
        """End for all listeners, and take no more."""
        self._is_over = True
        self._end_all()

    def _end_all(self) -> None:
        for room in self._rooms.values():
            for listener in room.listeners:
                listener.end()

    def listeners(self, code: str = "") -> int:
        """How many listen, to a room or in all."""
        rooms = [self._rooms.get(code)] if code else self._rooms.values()
        return sum(len(room.listeners) for room in rooms if room)

    def _check_number(self, code: str) -> None:
        is_full = self.listeners() >= MAX_LISTENERS
        if is_full or self._is_over or self.listeners(code) >= MAX_LISTENERS_OF_ROOM:
            raise TooManyListenersError("As many browsers listen as can.")

    async def _asked(self, ask: Callable[[Store], Any]) -> Any:
        """Ask the store in the thread that is for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: ask(self._store()))

    async def _watch(self) -> None:
        try:
            while self._rooms:
                await self._look()
                await asyncio.sleep(INTERVAL)
        finally:
            self._end_all()  # where it failed; browsers come back, and have it begin anew

    async def _look(self) -> None:
        seen = {code: room.held for code, room in self._rooms.items()}
        try:
            found = await self._asked(partial(look, seen=seen))
        except StoreGone:
            await self._tell_all_whether_gone(True)
            return
        await self._tell_all_whether_gone(False)
        for code, each in found.items():
            await self._update(code, seen[code], each)

    async def _update(self, code: str, seen: Held, found: Found) -> None:
        room = self._rooms.get(code)
        if room is None or room.held is not seen:
            return  # all of them left meanwhile
        if found.held is None:
            del self._rooms[code]
            await room.tell(News(0, room.told))
            return
        room.held = found.held
        if found.cells or found.changed:
            await room.tell(News(found.held.version, room.told, found.cells, found.changed))

    async def _tell_all_whether_gone(self, gone: bool) -> None:
        if gone != self._is_gone:
            self._is_gone = gone
            for room in [*self._rooms.values()]:
                await room.tell(News(room.told, room.told, gone=gone))


@dataclass(frozen=True)
class Found:
    """What a room holds now, None for one that has ended, and what has changed."""

    held: Held | None
    cells: Mapping[Place, Moved] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


def look(store: Store, seen: Mapping[str, Held]) -> dict[str, Found]:
    """Look which of these rooms have another version than was seen, and what it changes.

    Parameters
    ----------
    store : Store
    seen : mapping
        What each room held, by its code.
    """
    codes = [code for code, held in seen.items() if store.version(code) != held.version]
    return {code: _compare(seen[code], store.read(code)) for code in codes}


def _compare(before: Held, after: Held | None) -> Found:
    if after is None:
        return Found(None)
    changed = {name for name in _SHOWN if before.slots.get(name) != after.slots.get(name)}
    cells = _cells(before, after) if STAGE in changed else None
    if cells is None:
        return Found(after, changed=frozenset(changed))
    return Found(after, cells, frozenset(changed - {STAGE}))


def _cells(before: Held, after: Held) -> dict[Place, Moved] | None:
    """The numbers in which two stages differ, by place; None where more does."""
    try:
        stages = [stage.from_json(held.slots[STAGE]) for held in (before, after)]
    except (KeyError, ValueError):
        return None  # there was none, or the page that shows it says what is wrong
    moved = stage.difference(*stages)
    return None if moved is None else {each[:4]: each for each in moved}
