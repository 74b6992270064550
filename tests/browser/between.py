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
        listening = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=[self._serve(listening)])
        self._thread.start()
        listening.wait()

    async def _serve(self, listening):
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await self._over.wait()
        server.close()
        for line in self._lines:
            line["writer"].transport.abort()
        if self._lines:
            await asyncio.wait([line["task"] for line in self._lines], timeout=5)

    def kill_silently(self):
        """Let what is open be open and pass nothing on, as for a phone that changed networks."""
        for line in self._lines:
            line["dead"] = True

    def cut(self, everything=False):
        """Close all websockets that are open, or wait for it; or all connections."""
        for line in list(self._lines):
            if everything or line["websocket"]:
                self._loop.call_soon_threadsafe(line["writer"].close)

    def close(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _meet(self, reader, writer):
        task = asyncio.current_task()
        line = {"task": task, "writer": writer, "dead": False, "websocket": False}
        self._lines.append(line)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            if self.up:
                head = await reader.readuntil(b"\r\n\r\n")
                line["websocket"] = b"upgrade: websocket" in head.lower()
                if not line["websocket"]:
                    await self._pass_on(line, head, reader, writer)
                elif self.websockets == PASS:
                    self.opened += 1
                    await self._pass_on(line, head, reader, writer)
                elif self.websockets == REFUSE:
                    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                else:
                    await reader.read()
        self._lines.remove(line)

    async def _pass_on(self, line, head, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        back.write(head)
        with contextlib.closing(back):
            await asyncio.gather(_pump(line, reader, back), _pump(line, there, writer))


async def _pump(line, source, sink):
    while data := await source.read(65536):
        if not line["dead"]:
            sink.write(data)
            await sink.drain()
    sink.close()
