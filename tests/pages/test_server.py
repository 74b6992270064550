"""What the server asks of the system."""

import gc
import socket
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from pages.ui import server

ROOT = Path(__file__).parents[2]


def test_visitors_sockets_send_small_messages_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.send_at_once()
        with (
            socket.create_connection(listening.getsockname()),
            listening.accept()[0] as accepted,
        ):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_visitors_held_is_collected():
    class Session:
        pass

    held = Session()
    held.itself = held  # only a collection finds that nobody else holds it
    gone = weakref.ref(held)
    gc.disable()
    try:
        del held
        assert gone() is not None
        server.tidy()
        assert gone() is None
    finally:
        gc.enable()


#: Threads that all take memory at once, and how many places the C library then has for it.
PLACES = """
import ctypes, re, sys, tempfile, threading
from pages.ui import server

server.share_memory() if sys.argv[1] == "shared" else None
together = threading.Barrier(8)


def take():
    together.wait()
    held = [bytearray(5000 + i) for i in range(200)]
    together.wait()


threads = [threading.Thread(target=take) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall(b"<heap ", file.read())))
"""


@pytest.mark.skipif(not getattr(server._libc(), "mallopt", None), reason="It takes glibc.")
def test_threads_share_memory():
    def places(how):
        command = [sys.executable, "-c", PLACES, how]
        return int(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)

    assert places("shared") <= 2 < places("apart")
