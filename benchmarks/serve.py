"""Serve a Streamlit script on this machine for as long as a block lasts."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Serving:
    """A server that answers.

    Attributes
    ----------
    port : int
    process : subprocess.Popen
    started, healthy : float
        `time.perf_counter` when the process was begun and when it first answered.
    """

    port: int
    process: subprocess.Popen[bytes]
    started: float
    healthy: float

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.process.pid


@contextlib.contextmanager
def server(script: Path) -> Iterator[int]:
    """Serve a script until the end of the block, which gets the port."""
    with serving(script) as served:
        yield served.port


@contextlib.contextmanager
def serving(
    script: Path,
    *options: str,
    core: int | None = None,
    settings: Mapping[str, str] | None = None,
    folder: str = "",
) -> Iterator[Serving]:
    """Serve a script on a free port of this machine until the end of the block.

    Its folder's `.streamlit/config.toml` holds, so the reference page has Streamlit's
    own settings.

    Parameters
    ----------
    script : Path
    *options : str
        Handed to Streamlit, as ``--server.disconnectedSessionTTL=5``.
    core : int, optional
        The only processor core that the server may use, where the system can do that.
    settings : mapping, optional
        Further variables of the process's environment.
    folder : str, optional
        Where in the address the app is, instead of at its root.
    """
    port, started = free_port(), time.perf_counter()
    process = subprocess.Popen(
        _command(script, port, f"--server.baseUrlPath={folder}", *options),
        cwd=script.parent,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=pinning(core),  # before numpy starts threads, which would go unpinned
    )
    try:
        _wait_until_healthy(f"{port}/{folder}".rstrip("/"), process)
        yield Serving(port, process, started, time.perf_counter())
    finally:
        process.terminate()
        process.wait(timeout=10)


def pinning(core: int | None) -> Callable[[], None] | None:
    """What keeps the process that calls it on one core; None where there is no choice."""
    if core is None or not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return None
    return lambda: os.sched_setaffinity(0, {core})


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _command(script: Path, port: int, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        "--server.headless=true",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.fileWatcherType=none",
        *options,
    ]


def _wait_until_healthy(place: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped with exit code {process.returncode}.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{place}/_stcore/health", timeout=1)
            return
        time.sleep(0.02)
    raise RuntimeError("The server didn't answer within 60 s.")
