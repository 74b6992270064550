"""A line to the server that is blocked, slow, dead or lost, and a server that is gone."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from attn_core.permalink import decode
from benchmarks.serve import server
from tests.browser.between import PASS, REFUSE, SWALLOW, Between
from tests.browser.conftest import ROOT, idle, settle

#: What the page says within seconds; a busy machine may take some more.
SOON = 15_000


@pytest.fixture
def between(address):
    between = Between(urlsplit(address).port)
    yield between
    between.close()


@pytest.fixture
def through(visit, between):
    """Open a page through the proxy."""

    def through(path="/?preset=verb-subject", *, settled=True, **options):
        page = visit(f"http://127.0.0.1:{between.port}{path}", settled=settled, **options)
        page.evaluate("window.neverReloaded = true")
        return page

    return through


def notice(page):
    return page.locator(".lab-notice")


def box(page):
    return page.locator("[data-cell='X-0-0']")


def scenario(page):
    (link,) = parse_qs(urlsplit(page.url).query)["s"]
    return decode(link)


@pytest.mark.parametrize("how", [REFUSE, SWALLOW])
def test_a_blocked_line_is_told_and_a_slow_one_opens(through, between, how):
    between.websockets = how
    page = through(settled=False)
    expect(notice(page)).to_contain_text("live connection", timeout=SOON)
    words = notice(page).inner_text()
    assert f"127.0.0.1:{between.port}" in words
    assert "slow line" in words and "another network" in words
    between.websockets = PASS
    settle(page)
    expect(notice(page)).to_have_text("")
    assert page.evaluate("window.neverReloaded")


def test_a_dead_line_is_told_and_renewed_by_itself(through, between):
    page = through()
    opened = between.opened
    between.kill_silently()
    box(page).press("End")
    expect(notice(page)).to_contain_text("hasn't answered", timeout=SOON)
    page.wait_for_function("location.search.includes('s=')")
    expect(notice(page)).to_have_text("", timeout=4 * SOON)
    idle(page)
    assert between.opened > opened
    assert scenario(page).X[0, 0] == 3
    assert page.evaluate("window.neverReloaded")


def test_a_page_that_comes_back_asks_whether_its_line_is_alive(through, between):
    """Nobody touches it: a laptop that slept only wakes."""
    page = through()
    between.kill_silently()
    opened = between.opened
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(notice(page)).to_contain_text("hasn't answered", timeout=SOON)
    expect(notice(page)).to_have_text("", timeout=4 * SOON)
    assert between.opened > opened


def test_a_line_that_is_alive_is_left_alone(through, between):
    page = through()
    opened = between.opened
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(6000)  # longer than a page waits before it speaks
    expect(notice(page)).to_have_count(0)
    assert between.opened == opened


def test_a_server_that_restarts_is_told_and_its_page_goes_on(through, between):
    page = through()
    box(page).press("End")
    idle(page)
    before = scenario(page)
    assert before.X[0, 0] == 3
    between.up = False
    between.cut()
    expect(notice(page)).to_contain_text("doesn't answer", timeout=SOON)
    with server(ROOT / "dashboard.py") as another:
        between.target, between.up = another, True
        expect(notice(page)).to_have_text("", timeout=4 * SOON)
        expect(page.get_by_role("button", name="Undo")).to_be_disabled(timeout=SOON)
        idle(page)
        assert scenario(page) == before
        box(page).press("Home")  # a later change is known there
        idle(page)
        assert scenario(page).X[0, 0] == -3
        assert page.evaluate("window.neverReloaded")
        between.cut()


def test_a_page_that_streamlit_gives_up_is_loaded_again(through, between):
    """A websocket never carries text; for Streamlit's page that is the end."""

    def spoil(socket):
        there = socket.connect_to_server()
        first = "neverReloaded" not in socket.url and not spoiled
        spoiled.append(socket)

        def pass_on(message):
            there.send(message)
            if first and len(spoiled) == 1:
                socket.send("no bytes")

        socket.on_message(pass_on)

    spoiled = []
    page = through(settled=False, path="/Share")
    page.route_web_socket(re.compile("_stcore/stream"), spoil)
    page.reload()
    page.evaluate("window.neverReloaded = true")
    page.wait_for_function("!window.neverReloaded", timeout=2 * SOON)
    expect(page.get_by_role("heading", name="Share")).to_be_visible(timeout=2 * SOON)


def test_a_reload_during_a_drag_shows_what_the_address_says(through, between):
    page = through()
    area = box(page).bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + 8 * step, y)
    page.reload()
    page.mouse.up()
    settle(page)
    shown = float(box(page).inner_text().replace("−", "-"))
    assert shown == round(float(scenario(page).X[0, 0]), 2)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    box(page).press("End")
    idle(page)
    assert scenario(page).X[0, 0] == 3
