"""Visitors without a browser: a `Tab` and a socket to a running server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from benchmarks.tab import Tab

#: Seconds after which an answer counts as lost.
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    """What one rerun cost.

    Attributes
    ----------
    seconds : float
        From the request to the end of the script, as the client sees it.
    size : int
        Bytes of all messages.
    wire : int
        Bytes that came through the socket, compressed where the server does that.
    """

    seconds: float
    size: int
    wire: int


class _CountingSocket(socket.socket):
    received = 0

    def recv(self, *arguments: int) -> bytes:
        data = super().recv(*arguments)
        self.received += len(data)
        return data


class Visitor:
    """One session on one page, open until the end of a ``with`` block.

    Parameters
    ----------
    port : int
        Where the server listens on this machine.
    page, query : str, optional
        As for `Tab`.
    headers : mapping, optional
        More headers for the opening of the websocket, as a browser or a forger would set.
    session : str, optional
        Come back to this one, which may have another connection still.
    """

    def __init__(
        self,
        port: int,
        page: str = "",
        query: str = "",
        headers: Mapping[str, str] | None = None,
        session: str = "",
    ) -> None:
        self.tab = Tab(page, query)
        self.tab.session_id = session
        self.patience: float = PATIENCE
        self._wire = _CountingSocket()
        self._wire.connect(("127.0.0.1", port))
        connection = connect(
            _address(port),
            sock=self._wire,
            subprotocols=_subprotocols(self.tab.subprotocols),
            additional_headers=headers,
            max_size=None,
        )
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def load(self) -> Answer:
        """Open the page."""
        return self._ask(self.tab.load())

    def move(self, label: str, value: float) -> Answer:
        """Let go of a slider at a value."""
        return self._ask(self.tab.move(label, value))

    def tick(self) -> Answer:
        """Ask for a run of the fragment that runs by itself most often."""
        return self._ask(self.tab.tick())

    def go(self, page: str) -> Answer:
        """Choose another page from the navigation."""
        return self._ask(self.tab.go(page))

    def open(self, label: str) -> Answer:
        """Open a drawer of the page."""
        return self._ask(self.tab.open(label))

    def trigger(self, component: str, event: str, value: object) -> Answer:
        """Let a component tell an event."""
        return self._ask(self.tab.trigger(component, event, value))

    def set_width(self, pixels: int) -> Answer:
        """Tell how wide the page is, for which its pictures wait."""
        return self._ask(self.tab.keep("viewport", width=pixels))

    def type(self, widget: str, text: str) -> Answer:
        """Fill in a field."""
        return self.set(WidgetState(id=self.tab.widgets[widget], string_value=text))

    def press(self, widget: str) -> Answer:
        """Press a button."""
        return self.send(WidgetState(id=self.tab.widgets[widget], trigger_value=True))

    def set(self, *states: WidgetState) -> Answer:
        """Change widgets for good, to whatever values."""
        return self._ask(self.tab.set(*states))

    def send(self, *once: WidgetState) -> Answer:
        """Send the state of all widgets, and some that the next message won't repeat."""
        return self._ask(self.tab.send(*once))

    def send_bytes(self, data: bytes | Iterable[bytes]) -> None:
        """Send a message, whole or in pieces, whether or not it is one of the protocol."""
        self._socket.send(data)

    def receive_bytes(self) -> bytes:
        """Wait for the next message, whatever it is."""
        return self._socket.recv(timeout=self.patience, decode=False)

    def cut(self) -> None:
        """Lose the connection without a word, whatever is on its way."""
        self._wire.shutdown(socket.SHUT_RDWR)

    def closing_code(self) -> int | None:
        """Wait until the server hangs up, and tell the code that it gave."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self._socket.recv(timeout=PATIENCE)
        return self._socket.close_code

    def _ask(self, message: bytes) -> Answer:
        start, size, before = time.perf_counter(), 0, self._wire.received
        self._socket.send(message)
        over = False
        while not over:
            data = self._socket.recv(timeout=self.patience, decode=False)
            size += len(data)
            over = self.tab.hear(data)
        return Answer(time.perf_counter() - start, size, self._wire.received - before)


class _CountingConnection(ClientConnection):
    received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


class AsyncVisitor:
    """The same without a thread; it may leave and come back with its session."""

    def __init__(self, port: int, query: str = "") -> None:
        self.tab = Tab(query=query)
        self._port = port
        self._socket: ClientConnection | None = None

    async def connect(self) -> None:
        """Open a socket, with the session of the last one if there was one."""
        await self.leave()
        self._socket = await connect_async(
            _address(self._port),
            create_connection=_CountingConnection,
            subprotocols=_subprotocols(self.tab.subprotocols),
            max_size=None,
            open_timeout=PATIENCE,
        )

    async def leave(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def ask(self, message: bytes) -> Answer:
        """Send one of the tab's messages and hear all of the answer."""
        connection: Any = self._socket
        start, size, before = time.perf_counter(), 0, connection.received
        async with asyncio.timeout(PATIENCE):
            await connection.send(message)
            over = False
            while not over:
                data = await connection.recv(decode=False)
                size += len(data)
                over = self.tab.hear(data)
        return Answer(time.perf_counter() - start, size, connection.received - before)


def _address(port: int) -> str:
    return f"ws://127.0.0.1:{port}/_stcore/stream"


def _subprotocols(names: Sequence[str]) -> list[Subprotocol]:
    return [Subprotocol(name) for name in names]
