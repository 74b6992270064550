"""The news of a room, from the real store to what a browser is sent."""

import asyncio
import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette

from attn_core import edits
from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from pages.ui.room import news, watcher
from pages.ui.room.rules import code
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.limits import MAX_WRONG_CODES_EACH
from pages.ui.room.rules.stage import staged
from pages.ui.room.store import StoreGone
from pages.ui.room.store.sqlite import SqliteStore
from pages.ui.room.watcher import NoSuchRoomError, TooManyListenersError, Watcher

ROOT = Path(__file__).parents[3]
CODE, OTHER = "KXQRT", "BCDFG"
#: Seconds, many times what it takes.
PATIENCE = 20


class Counting:
    """The real store, with a note of what was asked, and perhaps out of reach."""

    def __init__(self, path):
        self.real, self.asked, self.is_gone = SqliteStore(path), [], False

    def __getattr__(self, verb):
        def ask(*given):
            self.asked.append((verb, *given[:1]))
            if self.is_gone:
                raise StoreGone("The file can't be read.")
            return getattr(self.real, verb)(*given)

        return ask


@pytest.fixture
def store(tmp_path):
    made = Counting(tmp_path / "rooms.db")
    for each in (CODE, OTHER):
        open_room(made.real, each)
    return made


def open_room(store, code=CODE):
    slots = {"keys": "[]", "stage": moved(0.0)}
    assert store.open(code, slots, time.time() + 1000, 7)


def moved(value, name="W_q", row=1, column=0, page="Lab"):
    return staged(page, edits.with_cell(DEFAULT.scenario, name, row, column, value)).to_json()


def running(test):
    """Run a test's coroutine; the thread of the tests has an event loop of Playwright's."""

    async def bounded(**given):
        async with asyncio.timeout(PATIENCE):
            await test(**given)

    def run(store):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, bounded(store=store)).result()

    run.__name__ = test.__name__
    return run


async def told(listener):
    """What the next news say."""
    return json.loads((await listener.next()).text)


@running
async def test_moved_numbers_are_told_as_cells(store):
    listener = await Watcher(lambda: store).listen(CODE)
    assert await told(listener) == {"version": 1, "base": 1}
    store.real.write(CODE, {"stage": moved(0.8)})
    cells = [["W_q", 0, 1, 0, 0.8]]
    assert await told(listener) == {"version": 2, "base": 1, "cells": cells}
    store.real.write(CODE, {"stage": moved(-0.3, "X", 2, 3)})
    news = await told(listener)
    assert news | {"cells": sorted(news["cells"])} == {
        "version": 3,
        "base": 2,
        # What was moved before is back where it was.
        "cells": [["W_q", 0, 1, 0, 0.0], ["X", 0, 2, 3, -0.3]],
    }


@running
async def test_what_else_changes_is_named(store):
    listener = await Watcher(lambda: store).listen(CODE)
    await told(listener)
    store.real.write(CODE, {"stage": moved(0.8, page="Attention")})
    assert await told(listener) == {"version": 2, "base": 1, "changed": ["stage"]}
    store.real.write(CODE, {"stage": moved(0.9, page="Attention"), "question": "{}"})
    news = await told(listener)
    assert news["changed"] == ["question"] and news["cells"] == [["W_q", 0, 1, 0, 0.9]]
    store.real.write(CODE, {"keys": "[1]"})  # is nobody's news
    store.real.write(CODE, {"question": None, "stage": "not a stage"})
    assert await told(listener) == {"version": 5, "base": 3, "changed": ["question", "stage"]}


@running
async def test_one_look_is_for_all_who_listen(store):
    watcher = Watcher(lambda: store)
    listeners = [await watcher.listen(code) for code in (CODE, CODE, CODE, OTHER)]
    for listener in listeners:
        await told(listener)
    store.real.write(CODE, {"stage": moved(0.8)})
    first, *others = [await listener.next() for listener in listeners[:3]]
    assert all(each is first for each in others)  # and so is its text, which is written once
    assert store.asked.count(("read", CODE)) == 2  # at the first listener, and now
    assert store.asked.count(("read", OTHER)) == 1
    assert listeners[3]._waiting is None


@running
async def test_without_listeners_the_store_is_asked_nothing(store):
    watcher = Watcher(lambda: store)
    assert not store.asked
    listeners = [await watcher.listen(CODE) for _ in range(2)]
    for left, listener in enumerate(listeners[::-1]):
        assert watcher.listeners() == watcher.listeners(CODE) == 2 - left
        watcher.forget(listener)
    await watcher._task
    asked = len(store.asked)
    assert watcher.listeners() == 0
    again = await watcher.listen(CODE)
    await told(again)
    store.real.write(CODE, {"stage": moved(0.8)})
    assert (await told(again))["version"] == 2
    assert len(store.asked) > asked


@running
async def test_a_slow_listener_gets_all_that_it_missed_in_one(store):
    watcher = Watcher(lambda: store)
    slow, quick = [await watcher.listen(CODE) for _ in range(2)]
    await told(quick)
    for version, stage in enumerate((moved(0.8), moved(0.9), moved(0.9, "X")), 2):
        store.real.write(CODE, {"stage": stage})
        assert (await told(quick))["version"] == version
    news = await told(slow)
    assert news | {"cells": sorted(news["cells"])} == {
        "version": 4,
        "base": 1,
        "cells": [["W_q", 0, 1, 0, 0.0], ["X", 0, 1, 0, 0.9]],
    }
    store.real.write(CODE, {"stage": moved(0.7, "X")})
    await told(quick)
    store.real.write(CODE, {"stage": moved(0.7, page="Views")})
    await told(quick)
    assert await told(slow) == {"version": 6, "base": 4, "changed": ["stage"]}


@running
async def test_a_store_that_goes_away_is_told_once_and_comes_back(store):
    listener = await Watcher(lambda: store).listen(CODE)
    await told(listener)
    store.is_gone = True
    assert await told(listener) == {"version": 1, "base": 1, "gone": True}
    asked = len(store.asked)
    while len(store.asked) < asked + 3:
        await asyncio.sleep(0.01)
    assert listener._waiting is None
    store.real.write(CODE, {"stage": moved(0.8)})
    store.is_gone = False
    cells = [["W_q", 0, 1, 0, 0.8]]
    assert await told(listener) == {"version": 2, "base": 1, "cells": cells}
    store.is_gone = True
    assert (await told(listener))["gone"]
    store.is_gone = False
    assert await told(listener) == {"version": 2, "base": 2}


@running
async def test_who_comes_while_the_store_is_away_is_told_so(store):
    watcher = Watcher(lambda: store)
    first = await watcher.listen(CODE)
    await told(first)
    store.is_gone = True
    await told(first)
    assert (await told(await watcher.listen(CODE)))["gone"]
    with pytest.raises(StoreGone):
        await watcher.listen(OTHER)


@running
async def test_the_end_of_a_room_is_the_last_news(store):
    watcher = Watcher(lambda: store)
    listener, other = [await watcher.listen(code) for code in (CODE, OTHER)]
    store.real.close(CODE)
    while not (last := await listener.next()).is_last:
        pass
    assert json.loads(last.text) == {"version": 0, "base": 1}
    with pytest.raises(NoSuchRoomError):
        await watcher.listen(CODE)
    watcher.forget(listener)
    await told(other)
    store.real.write(OTHER, {"stage": moved(0.8)})
    assert (await told(other))["version"] == 2


@running
async def test_listeners_are_bounded(store):
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(watcher, "MAX_LISTENERS_OF_ROOM", 2)
        bounds.setattr(watcher, "MAX_LISTENERS", 3)
        watching = Watcher(lambda: store)
        first, _ = [await watching.listen(CODE) for _ in range(2)]
        with pytest.raises(TooManyListenersError):
            await watching.listen(CODE)
        await watching.listen(OTHER)
        with pytest.raises(TooManyListenersError):
            await watching.listen(OTHER)
        watching.forget(first)
        await watching.listen(CODE)


@running
async def test_listeners_who_come_at_once_are_bounded(store):
    """All of them wait for the store before the first one is counted."""
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(watcher, "MAX_LISTENERS_OF_ROOM", 2)
        watching = Watcher(lambda: store)
        asked = [watching.listen(CODE) for _ in range(5)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(each, TooManyListenersError) for each in found].count(False) == 2
        assert watching.listeners(CODE) == 2


async def ask(query, source="192.0.2.7", until=lambda sent: False):
    """Ask as a browser does, which goes when it has seen enough; return what was sent."""
    sent, gone = [], asyncio.Event()

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if until(body(sent)):
            gone.set()

    scope = {"type": "http", "method": "GET", "path": "/room/news", "headers": []}
    scope |= {"query_string": query.encode(), "client": (source, 5), "asgi": {"version": "3.0"}}
    await Starlette(routes=news.routes())(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), body(sent)


def body(sent):
    return b"".join(message.get("body", b"") for message in sent).decode()


@pytest.fixture
def served(store, monkeypatch):
    """The route, with a store and a watcher of its own."""
    monkeypatch.setattr(news, "_watcher", Watcher(lambda: store))
    monkeypatch.setattr(code, "wrong_codes", WrongCodes())
    monkeypatch.setattr(news, "HEARTBEAT", 0.05)


@pytest.mark.usefixtures("served")
@running
async def test_a_browser_is_sent_events_until_it_goes(store):
    beats = "event: beat\ndata: 1\n\n" * 2
    status, headers, sent = await ask("room=kx-qrt", until=lambda sent: beats in sent)
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"cache-control"].startswith(b"no-cache")
    assert headers[b"x-accel-buffering"] == b"no"
    assert not any(name.startswith(b"access-control") for name in headers)
    retry, first, *others = sent.split("\n\n")
    assert re.fullmatch(r"retry: \d{4}", retry) and first == 'data: {"version":1,"base":1}'
    assert set(others) == {"event: beat\ndata: 1", ""}
    assert news._watcher.listeners() == 0


@pytest.mark.usefixtures("served")
@running
async def test_the_stream_of_a_room_that_ends_is_over(store):
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(ask(f"room={CODE}"))
        while not news._watcher.listeners():
            await asyncio.sleep(0.01)
        store.real.close(CODE)
    status, _, sent = asked.result()
    assert status == 200 and sent.rstrip().endswith('data: {"version":0,"base":1}')
    assert (await ask(f"room={CODE}"))[0] == 404


@pytest.mark.usefixtures("served")
@running
async def test_wrong_codes_are_refused_in_words_and_counted(store):
    for query in ("", "room=", "room=KXQR0", "room=<script>", "room=BBBBB"):
        status, headers, sent = await ask(query)
        assert status == 404 and headers[b"content-type"].startswith(b"text/plain")
        assert "room" in sent and sent.endswith(".")
    for _ in range(MAX_WRONG_CODES_EACH):
        await ask("room=BBBBB")
    status, _, sent = await ask(f"room={CODE}")
    assert status == 429 and "Wait" in sent
    status, *_ = await ask(f"room={CODE}", source="192.0.2.8", until=lambda sent: "data" in sent)
    assert status == 200


@pytest.mark.usefixtures("served")
@running
async def test_a_store_out_of_reach_is_said_in_words(store):
    store.is_gone = True
    status, _, sent = await ask(f"room={CODE}")
    assert status == 503 and sent.endswith(".")


@pytest.mark.parametrize("folder", ["", "lab/of/mine"])
def test_the_server_has_the_news_and_can_end_while_somebody_listens(tmp_path, folder):
    """It would wait for the stream, and be killed here for its patience."""
    path = tmp_path / "rooms.db"
    open_room(SqliteStore(path))
    settings = {"ROOM_STORE": f"sqlite:///{path}"}
    base = f"/{folder}/" if folder else "/"
    with (
        serving(ROOT / "dashboard.py", settings=settings, folder=folder) as served,
        closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)) as line,
    ):
        line.request("GET", f"{base}room/news?room={CODE}", headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        assert answer.status == 200 and "Content-Encoding" not in answer.headers
        assert next_event(answer) == {"version": 1, "base": 1}
        SqliteStore(path).write(CODE, {"stage": moved(0.8)})
        assert next_event(answer)["cells"] == [["W_q", 0, 1, 0, 0.8]]
        served.process.terminate()
        served.process.wait(PATIENCE)
        assert not answer.read().strip()
    assert served.process.returncode in (0, -15)


def next_event(answer):
    """Read up to the next event with data."""
    while not (line := answer.readline()).startswith(b"data:"):
        assert line, "the stream is over"
    return json.loads(line.removeprefix(b"data:"))
