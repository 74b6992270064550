"""What the server asks of the system: room for many visitors, no waiting, memory given back."""

from __future__ import annotations

import ctypes
import gc
import socket
import sys
import threading
import time
from functools import cache

from pages.ui.serving import mend

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
    mend.streamlit()
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
