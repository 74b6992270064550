"""A participant's page is where the presenter's is, by asking now and then; and may let go."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from pages.ui.room.rules import rooms
from pages.ui.room.rules.stage import staged
from pages.ui.room.store.sqlite import SqliteStore
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import V, numbers, thumb, value
from tests.browser.test_live import centre

ROOT = Path(__file__).parents[2]
#: What a picture shows of V, as JSON.
_V = """(V) => {
  const shown = document.querySelector(".js-plotly-plot")?.calcdata
    ?.map(([first]) => first).filter(({ trace }) => trace.type === "heatmap")[V];
  return shown && JSON.stringify(Array.from(shown.z, (row) => Array.from(row)));
}"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return SqliteStore(tmp_path_factory.mktemp("room") / "rooms.db")


@pytest.fixture(scope="module")
def address(tmp_path_factory, store):
    """A server that shares its store with the test."""
    settings = {"ROOM_STORE": f"sqlite:///{store._path}"}
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def room(store):
    return rooms.open_room(store, staged("Lab", DEFAULT.scenario))


def shows(page: Page, matrix: list, *, otherwise: bool = False) -> None:
    """Wait until a picture shows this V, or another one."""
    wanted = page.evaluate("JSON.stringify", matrix)
    is_it = f"(shown => shown && (shown === wanted) !== {str(otherwise).lower()})(({_V})({V}))"
    page.wait_for_function(f"wanted => {is_it}", arg=wanted)


def test_a_participant_follows_lets_go_and_comes_back(visit, room):
    presenter = visit(f"/?room={room.code}&present={room.secret}")
    at = visit(f"/?room={room.code}")
    start = numbers(at)[V]
    assert start == numbers(presenter)[V]

    x, y = centre(thumb(presenter, "X-0-1"))
    presenter.mouse.move(x, y)
    presenter.mouse.down()
    presenter.mouse.move(x + 40, y, steps=4)
    shows(at, start, otherwise=True)
    held = numbers(at)[V]
    expect(presenter.locator(".lab-boxes[data-busy]")).to_have_count(1)  # the hand still drags
    presenter.mouse.move(x + 80, y, steps=4)
    presenter.mouse.up()
    idle(presenter)
    shown = numbers(presenter)[V]
    assert shown not in (start, held)
    shows(at, shown)

    at.reload()
    settle(at)
    shows(at, shown)

    idle(at)
    thumb(at, "X-0-1").focus()
    at.keyboard.press("Home")
    expect(at.get_by_text("On your own")).to_be_visible()
    idle(at)
    mine = numbers(at)[V]
    assert value(at, "X-0-1") == -3 and mine != shown
    thumb(presenter, "X-1-0").focus()
    presenter.keyboard.press("End")
    idle(presenter)
    after = numbers(presenter)[V]
    at.reload()
    settle(at)
    shows(at, mine)  # also once it has asked anew

    at.get_by_role("button", name="Follow again").click()
    shows(at, after)
    presenter.locator(".st-key-menu").get_by_text("Projections", exact=True).click()
    at.wait_for_url(re.compile("/Projections"))
    expect(at.get_by_text("Following the presenter")).to_be_visible()
    at.reload()
    expect(at.get_by_role("heading", name="Projections")).to_be_visible()
    presenter.locator(".st-key-menu").get_by_text("Lab", exact=True).click()
    at.get_by_role("heading", name="Self-attention", exact=True).wait_for()
    shows(at, after)

    at.get_by_role("button", name="Explore on my own").click()
    shows(at, mine)
