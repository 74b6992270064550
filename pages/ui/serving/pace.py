"""Messages of a visitor are taken as fast as a hand makes them, and no faster.

Streamlit takes each as it comes, stops the run that it finds and begins another: one visitor
who sends without end would keep it from answering anybody else.
"""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Messages that are taken of one connection: a second, and at once after a rest. None is lost: the
#: others wait at the sender's.
RATE, AT_ONCE = 20.0, 80


class Pace:
    """Takes the messages of a websocket no faster than `RATE` (ASGI middleware)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on."""
        paced = _Paced(receive) if scope["type"] == "websocket" else receive
        await self._app(scope, paced, send)


class _Paced:
    """Receives, and waits where that was too fast."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        #: When all that has come would have come at the rate.
        self._due = 0.0

    async def __call__(self) -> Message:
        message = await self._receive()
        now = time.monotonic()
        self._due = max(self._due, now - AT_ONCE / RATE) + 1 / RATE
        if self._due > now:
            await asyncio.sleep(self._due - now)
        return message
