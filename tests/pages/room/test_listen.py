"""What a browser tells of itself in a room, on a real server."""

from pathlib import Path

import pytest

from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from benchmarks.visitor import Visitor
from pages.ui.room.member import POLL, SLOW_POLL
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[3]
TOKEN = "0123456789abcdef" * 2
ASKED = Question("Which?", ("this", "that"), 0, 0.0, "So.")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return SqliteStore(tmp_path_factory.mktemp("room") / "rooms.db")


@pytest.fixture(scope="module")
def port(store):
    settings = {"ROOM_STORE": f"sqlite:///{store._path}"}
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield served.port


@pytest.fixture
def room(store):
    return rooms.open_room(store, staged("Lab", DEFAULT.scenario))


@pytest.fixture
def visitor(port, room):
    with Visitor(port, query=f"room={room.code}") as visitor:
        visitor.load()
        yield visitor
        assert not visitor.tab.exceptions


def hello(visitor, **told):
    visitor.trigger("room-news", "hello", told)
    return min(visitor.tab.timers.values())


def test_where_news_come_the_page_looks_seldom(visitor):
    assert min(visitor.tab.timers.values()) == POLL
    assert hello(visitor, token=TOKEN, hears=True) == SLOW_POLL
    assert hello(visitor, token=TOKEN, hears=False) == POLL


def test_in_a_crowd_pages_look_seldomer(port, room, store):
    for i in range(100):
        rooms.join(store, room.code, f"{i:032x}", WrongCodes(), "192.0.2.7")
    with Visitor(port, query=f"room={room.code}") as visitor:
        visitor.load()
        # 101 pages, of which each run takes 25 ms: less than half of a core's time
        assert 101 * 0.025 / min(visitor.tab.timers.values()) < 0.5


def test_two_tabs_of_a_browser_are_one_participant(visitor, port, room, store):
    [drawn] = store.ballot(room.code, "here")
    hello(visitor, token=TOKEN, hears=True)
    assert drawn != TOKEN and list(store.ballot(room.code, "here")) == [TOKEN]
    with Visitor(port, query=f"room={room.code}") as other:
        other.load()
        hello(other, token=TOKEN, hears=True)
        assert list(store.ballot(room.code, "here")) == [TOKEN]

        asked = votes.ask(store, room.code, room.secret, ASKED)
        for tab, option in ((visitor, 0), (other, 1)):
            tab.tick()
            tab.press(f"room-option-{option}")
        assert store.ballot(room.code, f"q{asked.id}.1") == {TOKEN: "1"}


def test_a_token_is_told_once(visitor, room, store):
    hello(visitor, token=TOKEN, hears=True)
    hello(visitor, token=TOKEN[::-1], hears=True)
    assert list(store.ballot(room.code, "here")) == [TOKEN]


def test_a_session_is_one_participant_however_often_it_comes(visitor, room, store, port):
    """Else one could fill a room, or vote many times."""
    asked = votes.ask(store, room.code, room.secret, ASKED)
    visitor.tick()
    visitor.press("room-option-1")
    hello(visitor, token=TOKEN, hears=False)
    for i in range(3):
        visitor.press("room-option-0")
        visitor.go("Room")
        visitor.press("room-leave")
        visitor.type("room-code", room.code)
        visitor.press("room-join-button")
        visitor.go("")  # the browser comes to the page that it was called to
        hello(visitor, token=f"{i:032x}", hears=False)
    assert list(store.ballot(room.code, "here")) == [TOKEN]
    assert list(store.ballot(room.code, f"q{asked.id}.1")) == [TOKEN]


def test_what_is_no_token_is_passed_over(visitor, room, store):
    [drawn] = store.ballot(room.code, "here")
    for forged in ("x", "<script>", TOKEN.upper(), TOKEN + "0", 7, None, [TOKEN], {"a": TOKEN}):
        assert hello(visitor, token=forged, hears="yes") == POLL
    for forged in (None, [], "hello", 3, {}):
        visitor.trigger("room-news", "hello", forged)
        visitor.trigger("room-news", "run", forged)
    assert list(store.ballot(room.code, "here")) == [drawn]


def test_a_presenter_and_who_is_in_no_room_listen_to_nothing(port, room):
    for query in ("", f"room={room.code}&present={room.secret}"):
        with Visitor(port, query=query) as visitor:
            visitor.load()
            assert visitor.tab.has_component("viewport")
            assert not visitor.tab.has_component("room-news")
