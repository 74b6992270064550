"""A server that seems far away: a proxy that holds back all that passes it, both ways."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def far_away(port: int, seconds: float) -> Iterator[int]:
    """Yield a port behind which the one on this machine answers, each way so much later.

    Parameters
    ----------
    port : int
        Where the server listens.
    seconds : float
        What every message takes longer in each direction; none is held back by the one before.
    """
    listening = threading.Event()
    proxy = _Proxy(port, seconds, listening)
    thread = threading.Thread(target=asyncio.run, args=[proxy.serve()])
    thread.start()
    listening.wait()
    try:
        yield proxy.port
    finally:
        proxy.stop()
        thread.join()


class _Proxy:
    def __init__(self, target: int, seconds: float, listening: threading.Event) -> None:
        self._target, self._seconds, self._listening = target, seconds, listening
        self.port = 0

    async def serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        gone = contextlib.suppress(OSError, asyncio.CancelledError)
        with contextlib.closing(writer), contextlib.closing(back), gone:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        passing = asyncio.create_task(self._pass_on(late, sink))
        while data := await source.read(65536):
            late.put_nowait((self._loop.time() + self._seconds, data))
        late.put_nowait((self._loop.time() + self._seconds, b""))
        await passing

    async def _pass_on(
        self, late: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
    ) -> None:
        while True:
            due, data = await late.get()
            await asyncio.sleep(due - self._loop.time())
            if not data:
                sink.close()
                return
            sink.write(data)
            await sink.drain()
