"""What the server asks of the system: room for many visitors, and no waiting in its sockets."""

from __future__ import annotations

import gc
import socket
import sys
from functools import cache

#: Streamlit opens four files for each visitor, so that this is 2500 of them. Most systems
#: start a program with 1024, and allow more to one that asks.
OPEN_FILES = 10_000


@cache
def prepare() -> None:
    """Do both, once for all visitors."""
    make_room()
    send_at_once()


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
