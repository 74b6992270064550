"""Serve a Streamlit script on this machine for as long as a block lasts."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Replica(NamedTuple):
    """A server that may be one of several."""

    port: int
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def server(script: Path) -> Iterator[int]:
    """Serve a script on a free port of this machine until the end of the block."""
    with replica(script) as served:
        yield served.port


@contextlib.contextmanager
def replica(script: Path, settings: Mapping[str, str] | None = None) -> Iterator[Replica]:
    """Serve a script as `server` does, and hand out the process as well.

    Parameters
    ----------
    script : Path
    settings : mapping, optional
        Further variables of the process's environment.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.fileWatcherType=none",
    ]
    process = subprocess.Popen(
        command,
        cwd=script.parent,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_healthy(port, process)
        yield Replica(port, process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped with exit code {process.returncode}.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return
        time.sleep(0.1)
    raise RuntimeError("The server didn't answer within 60 s.")
