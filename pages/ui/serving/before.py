"""What stands in the page before Streamlit's own scripts, and so without any connection.

`dashboard.py` hands this to Streamlit as the app that it serves (`st.App`), for nothing else
of ours is run before the first visitor's websocket is open.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import cli_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server import server_util

from pages.ui.serving.pace import Pace

_FRONTEND = Path(__file__).parents[1] / "live" / "frontend"
_SCRIPTS = "line.js", "clipboard.js", "undo.js"
#: Headers with which a browser would be told that it has the page already, perhaps without
#: these scripts, or would get it packed.
_CONDITIONS = (
    b"accept-encoding", b"if-modified-since", b"if-none-match", b"if-range", b"range",
)  # fmt: skip


def scripts() -> bytes:
    """Write the scripts as one element of the page.

    What they know of Streamlit's protocol comes from Streamlit: how a message begins that
    asks for a run of the page, a question whether the server is there, and its answer.
    """
    run = BackMsg()
    run.rerun_script.SetInParent()
    wire = {
        "run": run.SerializeToString()[0],
        "ask": [*BackMsg(app_heartbeat=True).SerializeToString()],
        "answer": [*ForwardMsg(heartbeat_ack=True).SerializeToString()],
    }
    ours = "\n".join((_FRONTEND / name).read_text("utf-8") for name in _SCRIPTS)
    return f"<script>\nconst labWire = {json.dumps(wire)};\n{ours}</script>\n".encode()


class Before:
    """Puts the scripts into the page on its way to a browser (ASGI middleware)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._scripts = app, scripts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one for a page gets it with the scripts."""
        if _asks_for_a_page(scope):
            kept = [header for header in scope["headers"] if header[0] not in _CONDITIONS]
            await self._app({**scope, "headers": kept}, receive, _Adding(send, self._scripts))
        else:
            await self._app(scope, receive, send)


class _Adding:
    """Sends what it is given on; HTML as a whole, with scripts at the end of its head."""

    def __init__(self, send: Send, scripts: bytes) -> None:
        self._send, self._scripts = send, scripts
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._page += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self._start)

    async def _send_page(self, start: Message) -> None:
        page = self._page.replace(b"</head>", self._scripts + b"</head>", 1)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Length"] = str(len(page))
        for name in ("ETag", "Last-Modified", "Accept-Ranges"):  # they are of the file alone
            del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _asks_for_a_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_html(start: Message) -> bool:
    kind = MutableHeaders(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")


@asynccontextmanager
async def open_browser(_: st.App) -> AsyncIterator[None]:
    """Open the page on this machine, as Streamlit does by itself without an `App`."""
    if not st.get_option("server.headless"):
        named = st.get_option("browser.serverAddress") or st.get_option("server.address")
        cli_util.open_browser(server_util.get_url(named or "localhost"))
    yield


MIDDLEWARE = [Middleware(Before), Middleware(Pace)]
