"""A line to the server that is blocked, slow, dead or lost, and a server that is gone."""

import contextlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from attn_core.permalink import decode
from benchmarks.serve import server
from tests.browser.between import PASS, REFUSE, SWALLOW, Between
from tests.browser.conftest import ROOT, idle, settle
from tests.browser.seats import new_context

#: ms in which the page is to speak; it does after 4 s, and a busy machine takes some more.
SOON = 20_000


@pytest.fixture(scope="module")
def between(address):
    with contextlib.closing(Between(urlsplit(address).port)) as between:
        yield between


@pytest.fixture(autouse=True)
def well(between, address):
    """What one test has done to the line is no other's trouble."""
    yield
    between.target, between.up, between.websockets = urlsplit(address).port, True, PASS


@pytest.fixture(scope="module")
def page(browser, between):
    """A visitor's page through the proxy; it outlives all that happens to its line."""
    page = new_context(browser).new_page()
    page.goto(f"http://127.0.0.1:{between.port}/?preset=verb-subject")
    settle(page)
    page.evaluate("window.neverReloaded = true")
    yield page
    assert page.evaluate("window.neverReloaded")
    page.context.close()


def notice(page):
    return page.locator(".lab-notice")


def press(page, key):
    """Move the first box by a key."""
    page.locator("[data-cell='X-0-0']").press(key)


def scenario(page):
    (link,) = parse_qs(urlsplit(page.url).query)["s"]
    return decode(link)


def moved(page, key, value):
    """Move the first box, and wait until the address says so."""
    press(page, key)
    idle(page)
    assert scenario(page).X[0, 0] == value


def test_a_line_that_is_alive_is_left_alone(page, between):
    opened = between.opened
    page.evaluate("dispatchEvent(new Event('online'))")
    moved(page, "End", 3)
    page.wait_for_timeout(5000)  # longer than a page waits before it speaks
    expect(notice(page)).to_have_count(0)
    assert between.opened == opened


def test_a_dead_line_is_told_and_renewed_by_itself(page, between):
    opened = between.opened
    between.kill_silently()
    press(page, "Home")
    expect(notice(page)).to_contain_text("hasn't answered", timeout=SOON)
    expect(notice(page)).to_have_text("")
    assert between.opened > opened
    idle(page)
    assert scenario(page).X[0, 0] == -3
    moved(page, "End", 3)


WAKE = "dispatchEvent(new Event('online'))"
WORK = "document.querySelector('.stApp').dataset.testScriptState = 'running'"


@pytest.mark.parametrize("happens", [WAKE, WORK])
def test_a_page_that_wakes_or_waits_asks_whether_its_line_is_alive(page, between, happens):
    """Nobody touches it: a laptop that slept, a run of the page that takes long."""
    opened = between.opened
    between.kill_silently()
    page.evaluate(happens)
    expect(notice(page)).to_contain_text("hasn't answered", timeout=SOON)
    expect(notice(page)).to_have_text("")
    assert between.opened > opened
    moved(page, "Home", -3)


def test_a_network_that_goes_and_comes_is_told(page, between):
    page.context.set_offline(True)
    between.cut()
    expect(notice(page)).to_contain_text("doesn't answer", timeout=SOON)
    page.context.set_offline(False)
    expect(notice(page)).to_have_text("")
    moved(page, "End", 3)


def test_a_server_that_restarts_is_told_and_its_page_goes_on(page, between):
    before = scenario(page)
    between.up = False
    between.cut(everything=True)
    expect(notice(page)).to_contain_text("doesn't answer", timeout=SOON)
    expect(page.get_by_role("dialog")).to_be_visible()  # Streamlit's own
    expect(page.get_by_role("status").filter(has_text="doesn't answer")).to_be_visible()
    with server(ROOT / "dashboard.py") as another:
        between.target, between.up = another, True
        expect(notice(page)).to_have_text("")
        # The new session has no past; only a run of it draws that.
        expect(page.get_by_role("button", name="Undo")).to_be_disabled()
        idle(page)
        assert scenario(page) == before
        moved(page, "Home", -3)


def opened(browser, between, path, prepare=lambda page: None):
    page = new_context(browser).new_page()
    prepare(page)
    page.goto(f"http://127.0.0.1:{between.port}{path}")
    return page


def share(page):
    return page.get_by_role("heading", name="Share", exact=True)


@pytest.mark.parametrize("how", [REFUSE, SWALLOW])
def test_a_blocked_line_is_told_and_one_that_was_slow_opens(browser, between, how):
    between.websockets = how
    page = opened(browser, between, "/Share")
    expect(notice(page)).to_contain_text("live connection", timeout=SOON)
    words = notice(page).inner_text()
    assert f"127.0.0.1:{between.port}" in words
    assert "slow line" in words and "another network" in words
    between.websockets = PASS
    between.cut()  # what is on its way, which a browser would wait for
    expect(share(page)).to_be_visible()
    expect(notice(page)).to_have_text("")
    page.context.close()


def spoil_first_line(page):
    """A websocket of Streamlit's never carries text; for its page that is the end."""
    met = []

    def spoil(websocket):
        met.append(websocket)
        there, first = websocket.connect_to_server(), len(met) == 1

        def pass_on(message):
            there.send(message)
            if first:
                websocket.send("no bytes")

        websocket.on_message(pass_on)

    page.route_web_socket(re.compile("stream"), spoil)


def lose_a_script(page):
    """A script that a part of the page needs; Streamlit shows a red box in its place."""
    page.route(re.compile("/static/js/FileUploader"), lambda route: route.abort(), times=1)


@pytest.mark.parametrize("spoil", [spoil_first_line, lose_a_script])
def test_a_page_that_streamlit_gives_up_is_loaded_again(browser, between, spoil):
    page = opened(browser, between, "/Share", spoil)
    page.wait_for_function("performance.getEntriesByType('navigation')[0].type === 'reload'")
    expect(share(page)).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    expect(page.get_by_text("Failed to fetch")).to_have_count(0)
    page.context.close()


def test_a_reload_during_a_drag_shows_what_the_address_says(browser, between):
    page = opened(browser, between, "/?preset=verb-subject")
    settle(page)
    area = page.locator("[data-cell='X-0-0']").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + 8 * step, y)
    page.reload()
    page.mouse.up()
    settle(page)
    shown = page.locator("[data-cell='X-0-0']").inner_text().replace("−", "-")
    assert float(shown) == round(float(scenario(page).X[0, 0]), 2)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    moved(page, "End", 3)
    page.context.close()
