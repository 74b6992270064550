"""News of rooms beside the pages: server-sent events, which a browser hears without a run.

`frontend/room.js` hears them. Whoever doesn't get them looks from time to time, in a run of a
part of the page; see `follow`.
"""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from functools import cache
from types import FrameType

import streamlit as st
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pages.ui.room import store
from pages.ui.room.rules import code
from pages.ui.room.store import StoreGone
from pages.ui.room.watcher import Listener, NoSuchRoomError, TooManyListenersError, Watcher

#: Seconds of silence after which something is sent, for proxies cut a silent line, and a browser
#: takes it for dead (`SILENCE` of `room.js`).
HEARTBEAT = 15.0
#: Milliseconds after which a browser that was cut off comes back.
_COME_BACK = 1000, 4000
_BEAT = "event: beat\ndata: 1\n\n"
#: Kept by nobody on the way, and held back by nobody (`X-Accel-Buffering` is nginx's).
_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}

_watcher = Watcher(store.store)


async def news(request: Request) -> Response:
    """Answer with the news of the room that is asked for, for as long as it is open."""
    source = request.client.host if request.client else ""
    asked = QueryParams(request.url.query)
    try:
        code.wrong_codes.check(source, time.time())
    except ValueError as error:
        return _refusal(429, str(error))
    try:
        listener = await _watcher.listen(code.read(asked.get("room", "")))
    except NoSuchRoomError as error:
        code.wrong_codes.note(source, time.time())
        return _refusal(404, str(error))
    except ValueError as error:
        return _refusal(404, str(error))
    except TooManyListenersError as error:
        return _refusal(503, str(error))
    except StoreGone:
        return _refusal(503, "The room can’t be reached just now.")
    _end_with_the_server()
    return _Stream(listener)


def _refusal(status: int, reason: str) -> Response:
    return PlainTextResponse(reason, status, {"Cache-Control": "no-store"})


class _Stream(StreamingResponse):
    """What one browser hears, until it is gone."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(_events(listener), headers=_HEADERS, media_type="text/event-stream")
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            _watcher.forget(self._listener)


async def _events(listener: Listener) -> AsyncIterator[str]:
    # So that they don't all come back at once where a server has died.
    yield f"retry: {random.randint(*_COME_BACK)}\n\n"
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT):
                news = await listener.next()
        except TimeoutError:
            yield _BEAT
            continue
        if news is None:
            return
        yield f"data: {news.text}\n\n"
        if news.is_last:
            return


@cache
def _end_with_the_server() -> None:
    """End all streams when the server is told to end, for it waits for them."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def chain(before: Callable[[int, FrameType | None], object]) -> None:
        def end(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(_watcher.end)
            before(number, frame)

        signal.signal(number, end)

    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(before := signal.getsignal(number)):
            chain(before)


def routes() -> list[Route]:
    """Where the news are, for `st.App`."""
    folder = st.get_option("server.baseUrlPath").strip("/")
    return [Route(f"/{folder}/room/news" if folder else "/room/news", news)]
