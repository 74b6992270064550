"""Visitors who are counted: how long each of their acts took, and what went wrong."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from benchmarks.tab import Tab
from benchmarks.visitor import Answer, AsyncVisitor


@dataclass
class Tally:
    """What happened to a crowd.

    Attributes
    ----------
    answers : dict of str to list of Answer
        By the name of the act.
    errors : Counter
        By what went wrong.
    counted_from : float
        `time.monotonic` before which only arrivals are kept.
    """

    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    counted_from: float = 0.0
    #: All runs of the script, counted or not.
    runs: int = 0

    def note(self, act: str, answer: Answer) -> None:
        """Keep one answer."""
        self.runs += 1
        if act == "load" or time.monotonic() >= self.counted_from:
            self.answers[act].append(answer)


class Guest:
    """One visitor of a crowd."""

    def __init__(self, port: int, query: str, tally: Tally) -> None:
        self._port, self._query, self._tally = port, query, tally
        self._doing = "connect"
        self._visitor = AsyncVisitor(port, query)

    @property
    def tab(self) -> Tab:
        """The visitor's tab."""
        return self._visitor.tab

    async def do(self, act: str, message: Callable[[], bytes]) -> None:
        """Send one of the tab's messages, and count the answer and the page's exceptions."""
        self._doing, known = act, len(self.tab.exceptions)
        self._tally.note(act, await self._visitor.ask(message()))
        for exception in self.tab.exceptions[known:]:
            self._tally.errors[f"on the page: {exception}"] += 1

    async def come(self) -> None:
        """Open the first socket."""
        self._doing = "connect"
        await self._visitor.connect()

    async def come_back(self) -> None:
        """Close the socket and open another for the same session."""
        before = self.tab.session_id
        self._doing = "connect"
        await self._visitor.connect()
        await self.do("return", self.tab.load)
        if self.tab.session_id != before:
            self._tally.errors["the session was gone"] += 1

    async def open_link(self) -> None:
        """Close the tab and open another at the link in its address."""
        await self._visitor.leave()
        self._visitor = AsyncVisitor(self._port, self.tab.query or self._query)
        self._doing = "connect"
        await self._visitor.connect()

    async def suffer(self, act: Awaitable[None]) -> bool:
        """Wait for the end of an act; False if it was cut off, which is counted."""
        try:
            await act
        except (TimeoutError, OSError, WebSocketException) as error:
            self._tally.errors[f"{self._doing}: {type(error).__name__}"] += 1
            return False
        return True

    async def leave(self) -> None:
        """Close the tab."""
        await self._visitor.leave()
