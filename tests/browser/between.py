"""What may stand between a browser and a server: a proxy that blocks, a line that dies."""

import asyncio
import contextlib
import threading

#: How a websocket's opening is met: passed on, refused, or never answered.
PASS, REFUSE, SWALLOW = "pass", "refuse", "swallow"


class Between:
    """A proxy on this machine that passes all bytes on, until it is told otherwise.

    Attributes
    ----------
    port : int
    target : int
        Port of the server.
    websockets : {PASS, REFUSE, SWALLOW}
        How the next websocket is met.
    up : bool
        Whether the next connection is met at all.
    opened : int
        How many websockets were passed on.
    """

    def __init__(self, target):
        self.target, self.websockets, self.up, self.opened = target, PASS, True, 0
        self._lines = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._meet, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def kill_silently(self):
        """Let what is open be open and pass nothing on, as for a phone that changed networks."""
        for line in self._lines:
            line["dead"] = True

    def cut(self):
        """Close all that is open."""
        for line in list(self._lines):
            self._loop.call_soon_threadsafe(line["writer"].close)

    def close(self):
        self.cut()
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _meet(self, reader, writer):
        line = {"writer": writer, "dead": False}
        self._lines.append(line)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self.up:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"upgrade: websocket" not in head.lower():
                    await self._pass_on(line, head, reader, writer)
                elif self.websockets == PASS:
                    self.opened += 1
                    await self._pass_on(line, head, reader, writer)
                elif self.websockets == REFUSE:
                    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                else:
                    await reader.read()
        self._lines.remove(line)
        writer.close()

    async def _pass_on(self, line, head, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        back.write(head)
        try:
            await asyncio.gather(_pump(line, reader, back), _pump(line, there, writer))
        finally:
            back.close()


async def _pump(line, source, sink):
    while data := await source.read(65536):
        if not line["dead"]:
            sink.write(data)
            await sink.drain()
    sink.close()
