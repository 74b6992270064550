"""A participant whose network goes, for longer than the server keeps their session."""

import contextlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from attn_core import edits
from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.store.sqlite import SqliteStore
from tests.browser.between import Between
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import V, numbers, thumb, value
from tests.browser.test_room import shows

ROOT = Path(__file__).parents[2]
MOVED = staged("Lab", edits.with_cell(DEFAULT.scenario, "W_v", 0, 0, 2.5))
ASKED = Question("Which word?", ("this one", "that one"), 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return SqliteStore(tmp_path_factory.mktemp("room") / "rooms.db")


@pytest.fixture(scope="module")
def address(store):
    """A server that forgets at once who has gone, as any does after some minutes."""
    settings = {
        "ROOM_STORE": f"sqlite:///{store._path}",
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "0",
    }
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def between(address):
    with contextlib.closing(Between(urlsplit(address).port)) as between:
        yield between


@pytest.fixture
def room(store):
    return rooms.open_room(store, staged("Lab", DEFAULT.scenario))


def test_who_had_no_network_for_minutes_is_where_the_room_is(visit, between, store, room):
    key = store, room.code, room.secret
    page = visit(f"http://127.0.0.1:{between.port}/?room={room.code}", alone=True)
    idle(page)
    thumb(page, "X-0-1").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("On your own")).to_be_visible()
    idle(page)
    mine = numbers(page)[V]
    page.get_by_role("button", name="Follow again").click()
    shows(page, mine, otherwise=True)
    idle(page)
    start = numbers(page)[V]

    page.context.set_offline(True)
    between.cut()
    expect(page.get_by_text("The server doesn't answer just now")).to_be_visible()
    rooms.show(*key, MOVED)
    asked = votes.ask(*key, ASKED)
    assert numbers(page)[V] == start
    expect(page.get_by_text("Which word?")).to_have_count(0)

    opened = between.opened
    page.context.set_offline(False)
    page.get_by_role("button", name="that one").wait_for()
    idle(page)
    page.get_by_role("button", name="that one").click()
    expect(page.get_by_role("button", name="✓ that one")).to_be_visible()
    assert between.opened > opened
    assert list(store.ballot(room.code, f"q{asked.id}.1").values()) == ["1"]
    votes.end_question(*key, asked.id)
    shows(page, start, otherwise=True)
    settle(page)
    assert value(page, "W_v-0-0") == 2.5

    page.context.set_offline(True)
    between.cut()
    expect(page.get_by_text("The server doesn't answer just now")).to_be_visible()
    rooms.show(*key, staged("Projections", MOVED.scenario))
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/Projections"))
    settle(page)
    while len(store.ballot(room.code, "here")) > 1:  # until the browser has said who it is
        page.wait_for_timeout(50)

    rooms.show(*key, MOVED)
    page.get_by_role("heading", name="Self-attention", exact=True).wait_for()
    page.get_by_role("button", name="Explore on my own").click()
    shows(page, mine)
