"""A room sees what its presenter drags while the drag goes on, beside the pages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from benchmarks.tab import Tab
from pages.ui.room.member import SLOW_POLL
from pages.ui.room.rules import rooms
from pages.ui.room.rules.stage import staged
from pages.ui.room.store.sqlite import SqliteStore
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import numbers, thumb, value
from tests.browser.test_preview import WRITTEN

ROOT = Path(__file__).parents[2]
NEWS = ROOT / "pages" / "ui" / "live" / "frontend" / "news.js"
#: A participant asks for a run as late as any, once the presenter's hand rests.
LATE = "Math.random = ((draw) => () => 0.9 + draw() / 10)(Math.random)"
#: The digits of the first picture are these, and the browser has written them, not Plotly.
PREVIEWED = f"""(digits) => document.querySelector(".lab-cells")
    && JSON.stringify(({WRITTEN})().map((matrix) => matrix.map(([text]) => text))) === digits"""
DIGITS = f"() => JSON.stringify(({WRITTEN})().map((matrix) => matrix.map(([text]) => text)))"
BOX = "X-0-1"
#: How a message begins that asks for a run.
RUN = Tab().load()[:1]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return SqliteStore(tmp_path_factory.mktemp("room") / "rooms.db")


@pytest.fixture(scope="module")
def address(store):
    settings = {"ROOM_STORE": f"sqlite:///{store._path}"}
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def room(store):
    return rooms.open_room(store, staged("Lab", DEFAULT.scenario))


@pytest.fixture
def presenter(visit, room):
    """A presenter's page, which has put on the stage what it shows."""
    page = visit(f"/?room={room.code}&present={room.secret}")
    idle(page)
    return page


def drag(page, pixels):
    """Drag a box, and hold it; return what is written."""
    thumb(page, BOX).scroll_into_view_if_needed()
    area = thumb(page, BOX).bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels, y, steps=10)
    page.wait_for_function("!!document.querySelector('[data-dragged]')")
    return page.evaluate(DIGITS)


@pytest.fixture
def follow(visit, room):
    """Open the page as a participant; return it, and how it asks for runs from then on."""

    def follow(path="/", blocks=False):
        page, asked = visit(path, alone=True), []

        def note(frame):
            if frame[:1] == RUN:
                asked.append(frame)

        page.add_init_script(LATE)
        if blocks:
            page.route("**/room/news*", lambda route: route.abort())
        page.on("websocket", lambda line: line.on("framesent", note))
        with page.expect_request("**/room/news*"):
            page.goto(page.url.split("?")[0] + f"?room={room.code}")
        settle(page)
        return page, asked

    return follow


def say_hello(page, asked):
    """Wait until the page has told Python that news come, and is at rest."""
    while not any(b"hello" in frame for frame in asked):
        page.wait_for_timeout(50)
    idle(page)


def test_the_room_sees_a_drag_before_any_run_of_its_pages(presenter, follow):
    page, asked = follow()
    say_hello(page, asked)
    before, first = len(asked), page.evaluate(DIGITS)
    digits = drag(presenter, 80)
    assert digits != first
    page.wait_for_function(PREVIEWED, arg=digits)
    assert presenter.locator("[data-dragged]").count() == 1
    assert len(asked) == before
    assert value(page, BOX) == value(presenter, BOX)
    presenter.mouse.up()
    idle(presenter)
    page.wait_for_function("!document.querySelector('.lab-cells')")  # Plotly has drawn an answer
    idle(page)
    assert numbers(page) == numbers(presenter)
    assert page.evaluate(DIGITS) == digits
    assert sum(b'"run"' in frame for frame in asked) == 1


def test_without_news_the_room_follows_by_looking(presenter, follow):
    page, _ = follow(blocks=True)
    digits = drag(presenter, 80)
    page.wait_for_function(f"(digits) => ({DIGITS})() === digits", arg=digits)
    assert presenter.locator("[data-dragged]").count() == 1


def test_who_explores_alone_sees_nothing_of_it(presenter, follow):
    page, asked = follow()
    say_hello(page, asked)
    page.get_by_role("button", name="Explore on my own").click()
    idle(page)
    witness, told = follow()
    say_hello(witness, told)
    before, first = len(asked), page.evaluate(DIGITS)
    witness.wait_for_function(PREVIEWED, arg=drag(presenter, 80))
    assert page.evaluate(DIGITS) == first
    assert page.locator(".lab-cells").count() == 0
    assert len(asked) == before


def test_one_stream_goes_on_over_the_pages(presenter, follow):
    page, asked = follow()
    say_hello(page, asked)
    streams = []
    page.on("request", lambda request: "room/news" in request.url and streams.append(request))
    presenter.locator(".st-key-menu").get_by_text("Embeddings", exact=True).click()
    page.wait_for_url("**/Embeddings?*")
    settle(page)
    before = len(asked)
    page.wait_for_function(PREVIEWED, arg=drag(presenter, 80))
    assert len(asked) == before
    assert not streams


#: A phone that is put away, or taken up again.
SLEEP = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_who_wakes_is_where_the_room_is_and_its_end_is_said(presenter, follow, room, store):
    page, asked = follow()
    say_hello(page, asked)
    before, first = len(asked), page.evaluate(DIGITS)
    page.evaluate(SLEEP, arg=True)
    digits = drag(presenter, 80)
    presenter.mouse.up()
    idle(presenter)
    assert page.evaluate(DIGITS) == first and len(asked) == before
    with page.expect_request("**/room/news*"):
        page.evaluate(SLEEP, arg=False)
    page.wait_for_function(f"(digits) => ({DIGITS})() === digits", arg=digits)
    rooms.end(store, room.code, room.secret)
    expect(page.get_by_text("has ended")).to_be_visible(timeout=1000 * SLOW_POLL / 2)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('lab-room'))") == []


def test_what_is_told_once_is_told_to_the_next_page_too(follow, room):
    """The browser keeps its token, so that it is one participant in all its tabs."""
    page, asked = follow()
    say_hello(page, asked)
    token = page.evaluate(f"localStorage['lab-room-{room.code}']")
    assert len(token) == 32
    told = [frame for frame in asked if b"hello" in frame]
    assert len(told) == 1 and token.encode() in told[0]
    asked.clear()
    page.reload()
    settle(page)
    say_hello(page, asked)
    assert any(token.encode() in frame for frame in asked)
    assert token not in page.url


#: A module needs an address; one that holds it needs no server.
IMPORT = """async ([source, news]) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { take, movesSince, forget } = await import(address);
  forget();
  const whole = news.map(take);
  const shown = (version) => movesSince(version).map((each) => [each.name, each.value]);
  return { whole, shown: [4, 5, 6, 7].map(shown), alone: shown(undefined) };
}"""
HELLO = {"version": 5, "base": 5}


def cells(version, base, **values):
    return {
        "version": version,
        "base": base,
        "cells": [[name, 0, 0, 0, each] for name, each in values.items()],
    }


@pytest.mark.parametrize(
    ("news", "whole", "shown"),
    [
        ([HELLO], [False], [[], [], [], []]),
        # A picture of version 6 has what 6 has moved.
        (
            [HELLO, cells(6, 5, X=1), cells(7, 6, V=2)],
            [False, True, True],
            [[], [["X", 1], ["V", 2]], [["V", 2]], []],
        ),
        (
            [HELLO, cells(6, 5, X=1), cells(7, 6, X=2)],
            [False, True, True],
            [[], [["X", 2]], [["X", 2]], []],
        ),
        # What came between 5 and 6 is missing.
        ([HELLO, cells(7, 6, X=1)], [False, False], [[], [], [["X", 1]], []]),
        # Other words have come with 6.
        (
            [HELLO, HELLO | {"version": 6, "changed": ["stage"]}, cells(7, 6, X=1)],
            [False, False, True],
            [[], [], [["X", 1]], []],
        ),
        # A question has come with 6.
        (
            [HELLO, cells(6, 5, X=1) | {"changed": ["question"]}],
            [False, True],
            [[], [["X", 1]], [], []],
        ),
    ],
)
def test_a_picture_shows_the_cells_that_are_newer_than_it(browser, news, whole, shown):
    page = browser.new_page()
    told = page.evaluate(IMPORT, [NEWS.read_text(), news])
    page.close()
    assert told == {"whole": whole, "shown": shown, "alone": []}
