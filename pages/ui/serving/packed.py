"""A script that is kept compressed reaches a browser as a script."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: How the names of such files end.
END = ".js.gz"
#: Streamlit would send bytes of an unknown kind, to be asked for at each visit. Of a script that it
#: keeps, a browser keeps what it has compiled, too: Plotly's takes half of the time of a page. The
#: address names the version, so any copy is the right one.
HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Content-Encoding": "gzip",
    "Cache-Control": "public, max-age=31536000, immutable",
}


class Packed:
    """Says of files with that `END` what they are (ASGI middleware)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one for such a file gets it with its headers."""
        if scope["type"] == "http" and scope["path"].endswith(END):
            # Streamlit would compress it once more.
            kept = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            await self._app({**scope, "headers": kept}, receive, _telling(send))
        else:
            await self._app(scope, receive, send)


def _telling(send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(raw=message["headers"]).update(HEADERS)
        await send(message)

    return tell
