"""A page that is opened in a new tab shows the visitor's scenario, as the old tab does."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from attn_core.permalink import decode
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import choose_matrix, go, numbers, press, thumb, value

START = "/?preset=four-views&head=3&projector=1&cell=weights.2.1"


def said(page):
    return parse_qs(urlsplit(page.url).query)


def opened(page, name, **how):
    """Open a page of the menu in a new tab."""
    with page.context.expect_page() as tab:
        page.locator(".st-key-menu").get_by_text(name, exact=True).click(**how)
    settle(tab.value)
    return tab.value


def test_a_new_tab_shows_what_the_old_one_does(visit):
    page = visit(START)
    page.get_by_test_id("stExpandSidebarButton").click()  # a projector has no room for the menu
    idle(page)
    page.get_by_role("button", name="Pin as A").click()
    idle(page)
    choose_matrix(page, "W_q")
    thumb(page, "W_q-0-1").scroll_into_view_if_needed()
    box = thumb(page, "W_q-0-1").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 10, steps=5)
    page.mouse.up()
    idle(page)
    assert value(page, "W_q-0-1") != 0
    before, address = numbers(page), said(page)
    assert {"preset", "s", "head", "projector", "cell", "a"} == set(address)
    assert decode(address["s"][0]).W_q[2][0, 1] == value(page, "W_q-0-1")
    tab = opened(page, "Compare", button="middle")
    assert said(tab) == address
    assert urlsplit(tab.url).path == "/Compare"
    tab = opened(page, "Lab", modifiers=["ControlOrMeta"])
    assert (said(tab), numbers(tab)) == (address, before)

    # What a new tab does is its own, and a plain click keeps the session with its undo.
    press(tab, "temperature", "ArrowRight")
    page.evaluate("window.labIsTheSame = true")
    go(page, "Projections")
    assert page.evaluate("window.labIsTheSame")
    assert said(page) == address
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    idle(page)
    tab = opened(page, "Attention", button="middle")
    assert said(tab) == said(page) != address
    for _ in range(4):  # one for each address that was written on the way
        if urlsplit(page.url).path != "/":
            page.go_back()
            idle(page)
    assert numbers(page) == before
