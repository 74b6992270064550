"""The menu, the links at the foot of a page, and the keys that undo and redo."""

import re

import pytest
from playwright.sync_api import expect

from pages.ui.menu import ENTRIES
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import numbers, press, thumb, value
from tests.browser.test_looks import INK, accessible, recolour

PHONE = {"width": 390, "height": 844}
#: Counts the least links that the menu has at any moment, until it is asked.
WATCH = """() => {
    window.fewest = Infinity;
    const look = () => {
        window.fewest = Math.min(window.fewest, document.querySelectorAll(".st-key-menu a").length);
        requestAnimationFrame(look);
    };
    look();
}"""


def entry(page, name):
    return page.locator(".st-key-menu").get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize(
    ("start", "name", "path"), [("/", "Attention", "/Attention"), ("/Share", "Lab", "/")]
)
def test_the_address_of_a_link_shows_the_same_numbers(visit, start, name, path):
    page = visit(f"{start}?preset=verb-subject")
    if start == "/":
        press(page, "X-1-1", "ArrowLeft")
    link = entry(page, name)
    link.focus()
    address = link.evaluate("link => link.href")
    assert re.search(rf"://[^/]+{path}\?preset=verb-subject&s=", address)
    other = visit(address, alone=True)
    expect(other).to_have_url(page.url.replace(start + "?", path + "?"))
    link.click()
    page.wait_for_url(f"**{path}?*")
    settle(page)
    assert numbers(page) == numbers(other)
    if start == "/":
        page.reload()
        settle(page)
        assert numbers(page) == numbers(other)


def test_the_menu_stays_while_a_page_turns(visit):
    page = visit()
    width = page.get_by_test_id("stSidebar").bounding_box()["width"]
    page.evaluate(WATCH)
    entry(page, "Projections").click()
    page.wait_for_url("**/Projections?*")
    settle(page)
    assert page.evaluate("window.fewest") == len(ENTRIES)
    assert page.get_by_test_id("stSidebar").bounding_box()["width"] == width
    expect(page).to_have_title("Projections · Self-Attention Lab")


def test_from_page_to_page_on_a_phone(visit):
    page = visit("/Embeddings?preset=negation&head=1", viewport=PHONE)
    before = page.url.partition("?")[2]
    for label, path in (("Next: Projections", "/Projections"), ("Previous: Embeddings", "/Embed")):
        link = page.get_by_role("link", name=label)
        assert link.bounding_box()["x"] + link.bounding_box()["width"] <= 390
        link.click()
        page.wait_for_url(f"**{path}*")
        settle(page)
        assert page.url.partition("?")[2] == before
    # The menu lies over the page, and is gone once it has been used.
    page.get_by_test_id("stExpandSidebarButton").click()
    entry(page, "Views").click()
    page.wait_for_url("**/Views?*")
    settle(page)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    for _ in range(4):  # one for each address that was written on the way
        if "/Embeddings" not in page.url:
            page.go_back()
            idle(page)
    expect(page.get_by_role("heading", name="Embeddings", exact=True)).to_be_visible()
    assert page.url.partition("?")[2] == before


def test_keys_undo_and_redo(visit):
    page = visit()
    start = value(page, "X-1-1")
    press(page, "X-1-1", "ArrowLeft")  # and the keyboard stays in the box
    moved = value(page, "X-1-1")
    assert moved != start
    for keys, expected in (
        ("Control+z", start),
        ("Control+Shift+Z", moved),
        ("Meta+z", start),
        ("Meta+Shift+Z", moved),
        ("Alt+Control+z", moved),
    ):
        page.keyboard.press(keys)
        idle(page)
        assert value(page, "X-1-1") == expected, keys

    page.locator(".st-key-mask").get_by_text("causal").click()  # a switch holds no text
    idle(page)
    page.keyboard.press("Control+z")
    idle(page)
    expect(page.locator(".st-key-mask").get_by_role("radio", name="none")).to_be_checked()


def test_what_keys_have_only_just_moved_is_undone(visit):
    """A change by keys goes on until there is a pause; undoing it ends it before."""
    page = visit()
    start = value(page, "X-1-1")
    thumb(page, "X-1-1").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    idle(page)
    assert value(page, "X-1-1") == start
    assert thumb(page, "X-1-1").evaluate("box => box === document.activeElement")
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    idle(page)
    assert value(page, "X-1-1") != start


def test_keys_that_a_field_or_a_dialog_has_for_itself(visit):
    page = visit()
    press(page, "X-1-1", "ArrowLeft")
    moved = value(page, "X-1-1")
    field = page.get_by_label("Sentence", exact=True)
    field.press("End")
    field.press_sequentially("x")
    field.press("Control+z")
    expect(field).to_have_value("Je suis heureux")  # the field's own undo
    idle(page)
    assert value(page, "X-1-1") == moved
    box = thumb(page, "X-1-1")
    box.press("Enter")
    page.keyboard.type("2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    idle(page)
    assert value(page, "X-1-1") == moved
    page.get_by_role("button", name="View").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Control+z")
    idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert value(page, "X-1-1") == moved


def test_the_view_is_chosen_with_the_keyboard(visit):
    page = visit()
    page.get_by_role("button", name="View").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    for scheme in INK:
        recolour(page, scheme)
        accessible(page)
    while not page.evaluate("document.activeElement.closest('.st-key-projector')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**projector=1*")
    idle(page)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20
    menu = page.locator(".st-key-menu")
    expect(menu).not_to_be_in_viewport()  # its room is the picture's
    page.keyboard.press("Space")
    expect(menu).to_be_in_viewport()
