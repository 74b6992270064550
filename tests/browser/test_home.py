"""Home is one screen: it fits the window, grows with it, and never scrolls sideways."""

import pytest
from playwright.sync_api import expect

from attn_core.permalink import encode
from tests.browser.conftest import idle
from tests.browser.test_looks import LONG

#: The right ends of the document and of the page in it, where they reach beyond what is seen.
SIDEWAYS = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
    .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)"""
BOX = "() => document.querySelector('.lab-board').data[0].dx"


def bottom(place):
    area = place.bounding_box()
    return area["y"] + area["height"]


@pytest.mark.parametrize("preset", ["similarity", "verb-subject", "word-order", "uniform"])
def test_all_is_seen_on_a_laptop(visit, preset):
    page = visit(f"/?preset={preset}")
    board = page.locator(".lab-board").first
    assert board.evaluate("plot => plot.scrollWidth === plot.clientWidth")
    assert board.get_attribute("tabindex") is None
    for seen in (board, page.locator(".st-key-tools"), page.get_by_role("button", name="Pin as A")):
        assert bottom(seen) <= 800


def test_the_picture_of_six_words_is_seen_on_a_laptop(visit):
    page = visit("/?preset=antecedent")
    assert bottom(page.locator(".lab-board").first) <= 800


def test_the_head_of_the_page_is_one_line(visit):
    page = visit()
    line = [
        page.get_by_role("heading", name="Self-attention"),
        page.get_by_label("Sentence", exact=True),
        page.get_by_role("combobox", name="Start from"),
        *(page.get_by_role("button", name=name) for name in ("Undo", "Redo", "View")),
    ]
    areas = [place.bounding_box() for place in line]
    middles = [area["y"] + area["height"] / 2 for area in areas]
    assert max(middles) - min(middles) < 8
    assert [area["x"] for area in areas] == sorted(area["x"] for area in areas)
    # Streamlit's own menu is in the corner above, and can be opened.
    page.get_by_test_id("stMainMenuButton").click()
    expect(page.get_by_test_id("stMainMenuPopover")).to_be_visible()


def test_a_large_picture_scrolls_inside_itself(visit):
    page = visit(f"/?s={encode(LONG)}")
    for width in (1280, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        idle(page)
        assert page.evaluate(SIDEWAYS) == [0, 0], width
        board = page.locator(".lab-board").first
        assert board.evaluate("plot => plot.scrollWidth > plot.clientWidth"), width
        board.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.lab-board').scrollLeft > 0")


def test_boxes_follow_the_height_of_the_window(visit):
    page = visit(viewport={"width": 1280, "height": 660})
    low = page.evaluate(BOX)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"({BOX})() > {low}")


def test_a_phone_has_one_size_whatever_its_bars_do(visit):
    page = visit(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    before = page.evaluate(BOX)
    page.set_viewport_size({"width": 390, "height": 640})
    idle(page)
    assert page.evaluate(BOX) == before
    assert page.evaluate(SIDEWAYS) == [0, 0]
