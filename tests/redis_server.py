"""A Redis of a test's own, which can be killed and started again."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.serve import free_port
from tests import machine


class RedisServer:
    """A server in a folder, which keeps what it was told over a restart."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self._command = [
            *(machine.redis(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
            *("--appendonly", "yes", "--dir", str(folder), *options),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What `ROOM_STORE` says."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, "Redis has ended"
            assert time.monotonic() < end, "Redis doesn't answer"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it hang: it takes connections, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def tell(self, command: str) -> str:
        """Send a command without Redis's client, and give what came in one piece."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as wire:
            wire.sendall(f"{command}\r\n".encode())
            return wire.recv(65536).decode()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.tell("PING").startswith(("+PONG", "-NOAUTH"))
        return False


@contextlib.contextmanager
def running(folder: Path, *options: str) -> Iterator[RedisServer]:
    """Run a server until the end of the block."""
    server = RedisServer(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
