"""Copying and pasting where the browser has no clipboard for pages, or refuses it."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import idle, settle
from tests.browser.seats import new_context
from tests.browser.test_journey import open_table
from tests.conftest import NAME

#: Before the page's scripts: the browser refuses, as in the frame of another site.
REFUSED = "Clipboard.prototype.writeText = async () => { throw new DOMException('no'); };"
#: Puts a field with a text into the page.
FIELD = """value => document.body.append(
    Object.assign(document.createElement("textarea"), { id: "field", value }))"""


@pytest.fixture(scope="module")
def page(browser, address):
    """A visitor of the home page under a name, over plain http."""
    page = new_context(browser).new_page()
    page.goto(f"{address.replace('127.0.0.1', NAME)}/?preset=verb-subject&cell=weights.2.1")
    settle(page)
    assert page.evaluate("[isSecureContext, 'write' in (navigator.clipboard ?? {})]") == [False] * 2
    yield page
    page.context.close()


def press_copy(code):
    """Press the button that copies, which is there under the pointer."""
    code.hover()
    code.get_by_role("button", name="Copy to clipboard").click()


@contextlib.contextmanager
def field(page, value=""):
    """A field of no part of the page."""
    page.evaluate(FIELD, value)
    yield page.locator("#field")
    page.evaluate("document.querySelector('#field').remove()")


def copied(page):
    """Press every button that copies; none may be dead. Return how many there are."""
    expect(page.get_by_test_id("stCode").first).to_be_visible()
    codes = page.get_by_test_id("stCode").all()
    for code in codes:
        press_copy(code)
        with field(page) as to:
            to.press("Control+V")
            expect(to).to_have_value(code.locator("code").inner_text())
    return len(codes)


def turn(page, name):
    page.locator(".st-key-menu").get_by_text(name, exact=True).click()
    page.wait_for_url(re.compile(rf"/{name}"))
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    idle(page)


def test_every_button_copies_without_a_clipboard(page):
    assert copied(page) == 1  # a number's formula
    turn(page, "Share")
    assert copied(page) == 2  # the link, too
    page.evaluate("document.getSelection().selectAllChildren(document.querySelector('h1'))")
    press_copy(page.get_by_test_id("stCode").first)
    assert page.evaluate("document.getSelection().toString()").strip() == "Share"  # as it was


def test_a_copy_that_fails_says_what_to_do(page):
    page.goto(page.url)  # the last button still says "Copied"
    settle(page)  # while the page is drawn, what is under the pointer changes
    page.evaluate("document.execCommand = () => false")
    press_copy(page.get_by_test_id("stCode").first)
    expect(page.locator(".lab-notice")).to_contain_text("Select the text")


def test_a_browser_that_refuses_gets_it_the_old_way(browser, address):
    page = new_context(browser).new_page()
    page.add_init_script(REFUSED)
    page.goto(f"{address}/Share")
    expect(page.get_by_role("heading", name="Share", exact=True)).to_be_visible()
    idle(page)
    assert page.evaluate("isSecureContext")
    assert copied(page) == 1
    page.context.close()


def test_a_matrix_is_pasted_into_a_table_without_a_clipboard(page):
    page.goto(page.url.replace("/Share", "/"))
    settle(page)
    open_table(page)
    with field(page, "0.25\t0.5") as source:
        source.press("Control+A")
        source.press("Control+C")
    page.get_by_test_id("stDataFrame").first.click(position={"x": 150, "y": 55})
    idle(page)
    page.keyboard.press("Control+V")
    idle(page)
    first, second = (page.locator(f"[data-cell='X-0-{j}']") for j in (0, 1))
    expect(first).to_have_text("0.25")
    expect(second).to_have_text("0.50")
