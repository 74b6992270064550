"""A visitor without a browser: speaks Streamlit's protocol to a running server."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol


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
    page : str, optional
        Name of the page in the address; left out, it is the home page.
    query : str, optional
        What follows the question mark in the address.
    headers : mapping, optional
        More headers for the opening of the websocket, as a browser or a forger would set.
    """

    def __init__(
        self, port: int, page: str = "", query: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self._page = page
        self.query = query
        self._states: dict[str, WidgetState] = {}
        self._cache: dict[str, ForwardMsg] = {}
        self.session = ""
        #: All that the last run sent.
        self.sent: list[ForwardMsg] = []
        #: Ids of widgets by their key in the app; by their label when they have none.
        self.widgets: dict[str, str] = {}
        self.sliders: dict[str, Slider] = {}
        self.drawers: dict[str, str] = {}
        self.exceptions: list[str] = []
        self._port, self._headers = port, headers
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Visitor:
        self._wire = _CountingSocket()
        self._wire.connect(("127.0.0.1", self._port))
        opening = connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            sock=self._wire,
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=self._headers,
            max_size=None,
        )
        self._socket = self._closing.enter_context(opening)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def load(self) -> Answer:
        """Open the page."""
        return self._rerun(BackMsg())

    def move(self, label: str, value: float) -> Answer:
        """Let go of a slider at a value."""
        state = WidgetState(id=self.sliders[label].id)
        state.double_array_value.data.append(value)
        return self.set(state)

    def open(self, label: str) -> Answer:
        """Open a drawer of the page."""
        return self.set(WidgetState(id=self.drawers[label], bool_value=True))

    def press(self, widget: str) -> Answer:
        """Press a button."""
        return self.send(WidgetState(id=self.widgets[widget], trigger_value=True))

    def set(self, *states: WidgetState) -> Answer:
        """Change widgets for good."""
        # As a browser does, every message tells the state of all widgets touched so far.
        self._states |= {state.id: state for state in states}
        return self.send()

    def send(self, *once: WidgetState) -> Answer:
        """Send the state of all widgets, and some that the next message won't repeat."""
        message = BackMsg()
        states = self._states | {state.id: state for state in once}
        message.rerun_script.widget_states.widgets.extend(states.values())
        return self._rerun(message)

    def send_bytes(self, data: bytes | Iterable[bytes]) -> None:
        """Send a message, whole or in pieces, whether or not it is one of the protocol."""
        self._socket.send(data)

    def closing_code(self) -> int | None:
        """Wait until the server hangs up, and tell the code that it gave."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self._socket.recv(timeout=30)
        return self._socket.close_code

    def _rerun(self, message: BackMsg) -> Answer:
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = self.query
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        self.sent = []
        size, before = 0, self._wire.received
        while True:
            data = self._socket.recv(timeout=30)
            assert isinstance(data, bytes)
            size += len(data)
            answer = ForwardMsg.FromString(data)
            self._note(answer)
            if answer.WhichOneof("type") == "script_finished":
                seconds = time.perf_counter() - start
                return Answer(seconds, size, self._wire.received - before)

    def _note(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "ref_hash":  # the server knows that we have had this one
            answer = self._cache[answer.ref_hash]
        elif answer.metadata.cacheable:
            self._cache[answer.hash] = answer
        self.sent.append(answer)
        if kind == "new_session":
            self.session = answer.new_session.initialize.session_id
        elif kind == "page_info_changed":
            self.query = answer.page_info_changed.query_string
        self._note_widget(answer)

    def _note_widget(self, answer: ForwardMsg) -> None:
        drawer = answer.delta.add_block.expandable
        if drawer.id:
            self.drawers[drawer.label] = drawer.id
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "slider":
            self.sliders[element.slider.label] = element.slider
        elif kind == "exception":
            self.exceptions.append(element.exception.message)
        drawn = getattr(element, kind) if kind else None
        if identity := getattr(drawn, "id", ""):
            key = identity.split("-", 2)[-1]  # $$ID-digest-key
            self.widgets[getattr(drawn, "label", "") if key == "None" else key] = identity
