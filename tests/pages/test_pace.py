"""How fast a server takes the messages of one visitor."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui.serving import pace
from pages.ui.serving.pace import AT_ONCE, RATE, Pace


@pytest.fixture
def clock(monkeypatch):
    """A clock that only a wait moves on, and the test."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

        async def sleep(self, seconds):
            self.now += seconds

    moved = Clock()
    monkeypatch.setattr(pace, "time", moved)
    monkeypatch.setattr(pace.asyncio, "sleep", moved.sleep)
    return moved


def run(work):
    """Run it in a thread of its own, for a browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def connection(kind):
    """What Streamlit receives from, of a visitor whose next message is always there."""
    taken = []

    async def receive():
        return {"type": "websocket.receive", "bytes": b"x"}

    async def app(scope, receive, send):
        taken.append(receive)

    run(Pace(app)({"type": kind}, receive, None))
    return taken[0], receive


def take(receive, count):
    async def take():
        return [await receive() for _ in range(count)]

    return run(take())


def test_who_sends_without_end_is_heard_at_the_rate(clock):
    receive, _ = connection("websocket")
    take(receive, AT_ONCE)
    assert clock.now == 1000
    assert len(take(receive, 37)) == 37  # none is lost
    assert clock.now == pytest.approx(1000 + 37 / RATE)
    clock.now += 11 / RATE  # a rest
    rested = clock.now
    take(receive, 11)
    assert clock.now == pytest.approx(rested)
    take(receive, 2)
    assert clock.now == pytest.approx(rested + 2 / RATE)


def test_no_rest_is_saved_up(clock):
    receive, _ = connection("websocket")
    clock.now += 10_000
    take(receive, AT_ONCE + 1)
    assert clock.now == pytest.approx(11_000 + 1 / RATE)


def test_a_hand_is_never_waited_for(clock):
    receive, _ = connection("websocket")
    for _ in range(3 * AT_ONCE):
        before = clock.now
        take(receive, 1)
        assert clock.now == before
        clock.now += 0.1


def test_requests_and_uploads_are_let_alone():
    paced, receive = connection("http")
    assert paced is receive
