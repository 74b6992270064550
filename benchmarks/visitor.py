"""A visitor without a browser: speaks Streamlit's protocol to a running server."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
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
    """One session on one page, open until the end of a ``with`` block."""

    def __init__(self, port: int, page: str = "", cookies: str = "") -> None:
        self._page = page
        self._query = ""
        self._states: dict[str, WidgetState] = {}
        self.session = ""
        self.sliders: dict[str, Slider] = {}
        self.drawers: dict[str, str] = {}
        self.exceptions: list[str] = []
        self._wire = _CountingSocket()
        self._wire.connect(("127.0.0.1", port))
        self._open = ExitStack()
        connection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            sock=self._wire,
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": cookies} if cookies else None,
            max_size=None,
        )
        self._socket = self._open.enter_context(connection)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def load(self) -> Answer:
        """Open the page."""
        return self._rerun(BackMsg())

    def move(self, label: str, value: float) -> Answer:
        """Let go of a slider at a value."""
        state = WidgetState(id=self.sliders[label].id)
        state.double_array_value.data.append(value)
        return self._set(state)

    def open(self, label: str) -> Answer:
        """Open a drawer of the page."""
        return self._set(WidgetState(id=self.drawers[label], bool_value=True))

    def _set(self, state: WidgetState) -> Answer:
        # As a browser does, every message tells the state of all widgets touched so far.
        self._states[state.id] = state
        message = BackMsg()
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        return self._rerun(message)

    def _rerun(self, message: BackMsg) -> Answer:
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = self._query
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
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
        if answer.WhichOneof("type") == "new_session":
            self.session = answer.new_session.initialize.session_id
        if answer.WhichOneof("type") == "page_info_changed":
            self._query = answer.page_info_changed.query_string
        drawer = answer.delta.add_block.expandable
        if drawer.id:
            self.drawers[drawer.label] = drawer.id
        element = answer.delta.new_element
        if element.WhichOneof("type") == "slider":
            self.sliders[element.slider.label] = element.slider
        elif element.WhichOneof("type") == "exception":
            self.exceptions.append(element.exception.message)
