"""The server: room for many visitors, no waiting, no answer lost, memory given back."""

from __future__ import annotations

import ctypes
import gc
import socket
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache

from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionManager
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

#: Streamlit opens four files for each visitor, so that this is 2500 of them. Most systems
#: start a program with 1024, and allow more to one that asks.
OPEN_FILES = 10_000


#: Seconds between two looks whether nobody is busy, and since when nobody must be.
TIDY_EVERY, QUIET = 30, 5

_last_run = 0.0


def note_run() -> None:
    """Note that a page is run; the first one prepares the server."""
    global _last_run
    _last_run = time.monotonic()
    _prepare()


@cache
def _prepare() -> None:
    make_room()
    send_at_once()
    answer_who_came_back(getattr(Runtime.instance(), "_session_mgr", None))
    threading.Thread(target=_tidy_when_quiet, name="tidy", daemon=True).start()


def make_room() -> None:
    """Ask the system for so many open files, once they are fewer."""
    if sys.platform == "win32":
        return  # knows no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def send_at_once() -> None:
    """Turn off Nagle's algorithm (RFC 896), which holds a small message back for a receipt.

    A run sends many small messages, and a browser delays its receipts by 40 ms. asyncio
    turns it off (TCP_NODELAY) only for sockets that were made with a protocol number, and
    Streamlit makes the one that it listens at without. Visitors' sockets inherit from that.
    """
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.fileno() >= 0:
            _set_no_delay(thing)


def _set_no_delay(connection: socket.socket) -> None:
    internet = connection.family in (socket.AF_INET, socket.AF_INET6)
    if internet and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Present(list[ActiveSessionInfo]):
    """The sessions with a connection; in a loop, each with the one that it has by then."""

    def __init__(self, sessions: SessionManager, seen: list[ActiveSessionInfo]) -> None:
        super().__init__(seen)
        self._sessions = sessions

    def __iter__(self) -> Iterator[ActiveSessionInfo]:
        for seen in super().__iter__():
            if now := self._sessions.get_active_session_info(seen.session.id):
                yield now


def answer_who_came_back(sessions: object) -> None:
    """Send messages to the connection that a session has, not to the one that it had.

    Streamlit's loop takes a list of all connections and goes through it, a message at a time,
    which takes a while where there are many. Whoever lost the connection and came back in the
    meantime is in the list with the old one, and all that the new run of their page has sent
    until then went there, and so nowhere: the page got no answer.
    """
    if not isinstance(sessions, WebsocketSessionManager):  # a test without a server
        return
    listed = sessions.list_active_sessions
    sessions.list_active_sessions = lambda: _Present(sessions, listed())  # type: ignore[method-assign]


def _tidy_when_quiet() -> None:
    while True:
        time.sleep(TIDY_EVERY)
        if time.monotonic() - _last_run > QUIET:
            tidy()


def tidy() -> None:
    """Collect what visitors who left have held, and give its memory back to the system.

    Not after each run, where it would be most of the run (see `.streamlit/config.toml`).
    glibc keeps what was freed between things that are still there unless it is asked.
    """
    gc.collect()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
