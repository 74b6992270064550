"""Boxes are sliders, and the picture follows the hand without being made anew."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import DEFAULT
from tests.browser.conftest import idle, settle
from tests.browser.seats import new_context
from tests.browser.test_journey import V, choose_matrix, go, numbers, thumb, value

#: Plotly's file and some of ours that the page can't go on without.
FILES = ["**/plotly-*.gz", "**/board.js", "**/frame.js", "**/attend.js"]


def centre(box: Locator) -> tuple[float, float]:
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    return area["x"] + area["width"] / 2, area["y"] + area["height"] / 2


def place(
    page: Page, matrix: int, row: int, column: int, *, figure: int = 0
) -> tuple[float, float]:
    """Where a box of a figure is on the screen."""
    plot = page.locator(".js-plotly-plot").nth(figure)
    plot.locator(".heatmaplayer .hm").nth(matrix).scroll_into_view_if_needed()
    x, y = page.evaluate(
        """([matrix, row, column, figure]) => {
            const plot = document.querySelectorAll(".js-plotly-plot")[figure];
            const { x0, dx, y0, dy } = plot.data[matrix];
            const { left, top } = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            return [left + xaxis._offset + xaxis.l2p(x0 + column * dx),
                top + yaxis._offset + yaxis.l2p(y0 + row * dy)];
        }""",
        [matrix, row, column, figure],
    )
    return x, y


def picture(page: Page, name: str) -> int:
    """Which picture from the top has this key."""
    index: int = page.evaluate(
        """name => Array.from(document.querySelectorAll(".js-plotly-plot"))
             .findIndex(plot => plot.closest(`[class*="st-key-figure-${name}"]`))""",
        name,
    )
    return index


def parameter(page: Page, name: str) -> str:
    return page.evaluate("name => new URL(location).searchParams.get(name)", name)


def test_the_picture_follows_a_drag_which_is_one_change(visit):
    page = visit()
    start, link = numbers(page), parameter(page, "s")
    box = thumb(page, "X-0-1")
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for pixels in range(10, 90, 10):
        before = page.locator(".lab-board").first.get_attribute("data-drawn")
        page.mouse.move(x + pixels, y)
        page.wait_for_function(f"document.querySelector('.lab-board').dataset.drawn > {before}")
        seen.add(numbers(page)[V][0][1])  # V = X here
    assert len(seen) > 3  # while the button is down
    page.mouse.up()
    idle(page)
    assert value(page, "X-0-1") == 1
    assert numbers(page)[V][0][1] == 1
    assert parameter(page, "s") != link
    page.get_by_role("button", name="Undo").click()
    idle(page)
    assert numbers(page) == start
    assert value(page, "X-0-1") == 0
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_drag_to_and_fro_is_no_change(visit):
    page = visit()
    x, y = centre(thumb(page, "X-0-1"))
    page.mouse.move(x, y)
    page.mouse.down()
    before = page.locator(".lab-board").first.get_attribute("data-drawn")
    page.mouse.move(x + 40, y)
    page.wait_for_function(f"document.querySelector('.lab-board').dataset.drawn > {before}")
    page.mouse.move(x, y)
    page.mouse.up()
    idle(page)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_keys(visit):
    page = visit()
    box = thumb(page, "X-0-1")
    expect(box).to_have_role("slider")
    expect(box).to_have_accessible_name("Je · verb")
    for key, expected in {
        "ArrowRight": 0.05,
        "ArrowUp": 0.1,
        "Shift+ArrowRight": 0.6,
        "ArrowLeft": 0.55,
        "PageDown": 0.05,
        "Home": -3,
        "ArrowDown": -3,
        "End": 3,
    }.items():
        box.press(key)
        assert value(page, "X-0-1") == expected, key
    expect(box).to_have_text("3.00")
    expect(box).to_have_attribute("aria-valuetext", "3.00")
    idle(page)
    assert numbers(page)[V][0][1] == 3
    # All at once, for a slow machine's pause between two keys would end the change.
    box.evaluate(
        """(box, keys) => keys.forEach(
            key => box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })))""",
        ["ArrowLeft", "ArrowLeft", "PageDown", "Home"],
    )
    idle(page)
    assert value(page, "X-0-1") == -3
    page.get_by_role("button", name="Undo").click()  # one change, as there was no pause
    idle(page)
    assert value(page, "X-0-1") == 3


def test_a_change_that_begins_at_the_bound_is_undone_too(visit):
    page = visit()
    box = thumb(page, "X-0-1")
    box.press("End")
    idle(page)
    box.press("ArrowRight")  # nothing moves
    idle(page)
    box.press("ArrowLeft")
    idle(page)
    assert value(page, "X-0-1") == 2.95
    page.get_by_role("button", name="Undo").click()
    idle(page)
    assert value(page, "X-0-1") == 3


def test_many_quick_keys_all_count(visit):
    page = visit()
    choose_matrix(page, "W_v")
    box = thumb(page, "W_v-0-0")
    for _ in range(37):
        box.press("ArrowRight")
    idle(page)
    assert value(page, "W_v-0-0") == 2.85
    page.reload()
    settle(page)
    assert numbers(page)[V][0][0] == 2.85


def test_a_number_is_typed(visit):
    page = visit()
    box = thumb(page, "X-0-1")
    box.press("1")
    page.keyboard.type(",2345")
    page.keyboard.press("Enter")
    idle(page)
    assert value(page, "X-0-1") == 1.234  # rounded to the lab's grid
    assert numbers(page)[V][0][1] == 1.234
    box.press("Enter")
    page.keyboard.type("7")  # the old number is selected
    page.keyboard.press("Escape")
    assert value(page, "X-0-1") == 1.234
    box.press("Enter")
    page.keyboard.type("-17.5")
    page.keyboard.press("Tab")  # leaving enters it, too
    idle(page)
    assert value(page, "X-0-1") == -17.5
    expect(box).to_have_attribute("aria-valuemin", "-30")


NO_ENTRY = {
    "1,2,3": "X, row Je, column verb: expected a number such as 1.5, got “1,2,3”. A point or a "
    "comma stands before the decimals only, so there is one at most.",
    "31": "X takes numbers from −30 to 30: row 1, column 2 is 31.",
}


def test_an_entry_that_is_refused_stays_to_be_mended(visit):
    page = visit()
    before = numbers(page)
    box = thumb(page, "X-0-1")
    box.press("Enter")
    field = box.locator("input")
    for typed, message in NO_ENTRY.items():
        field.fill(typed)
        field.press("Enter")
        expect(page.get_by_test_id("stAlert")).to_have_text(message)
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert numbers(page) == before
    field.fill("1,2")
    field.press("Enter")
    idle(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert value(page, "X-0-1") == 1.2


def test_touch(visit):
    page = visit(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    box = thumb(page, "X-0-1")
    box.scroll_into_view_if_needed()
    x, y = centre(box)
    touch = page.context.new_cdp_session(page)

    def dispatch(kind: str, *points: float) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x + p, "y": y} for p in points]},
        )

    dispatch("touchStart", 0)
    for pixels in range(8, 48, 8):
        dispatch("touchMove", pixels)
    dispatch("touchEnd")
    idle(page)
    assert value(page, "X-0-1") == 0.5
    assert numbers(page)[V][0][1] == 0.5
    box.tap()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    idle(page)
    assert value(page, "X-0-1") == 2


def test_figures_are_changed_in_place_and_hover_stays(visit):
    page = visit()
    page.evaluate("document.querySelector('.js-plotly-plot').mine = true")
    label = page.locator(".hoverlayer text").first
    page.mouse.move(*place(page, matrix=V, row=0, column=0))
    expect(label).to_contain_text("Je · v₁: 1.000")
    # A page that scrolled would move the picture away from under the pointer.
    thumb(page, "X-0-0").evaluate("box => box.focus({ preventScroll: true })")
    page.keyboard.press("End")
    expect(label).to_contain_text("Je · v₁: 3.000")
    idle(page)
    expect(label).to_contain_text("Je · v₁: 3.000")
    assert page.evaluate("document.querySelector('.js-plotly-plot').mine")


def test_all_figures_of_a_page_follow(visit):
    page = visit()
    go(page, "Attention")
    page.get_by_text("Move the numbers").click()
    idle(page)
    computed = range(1, 6)  # below the picture of the inputs
    before = [numbers(page, chart)[-1] for chart in computed]
    choose_matrix(page, "W_q")
    thumb(page, "W_q-0-0").press("End")
    idle(page)
    after = [numbers(page, chart)[-1] for chart in computed]
    assert all(a != b for a, b in zip(before, after, strict=True))
    raw, scaled = after[0], after[1]
    assert scaled[0][0] == pytest.approx(raw[0][0] / 2)  # d_k is 4


@pytest.mark.parametrize("blocked", FILES)
def test_without_a_file_the_page_falls_back_to_plain_charts(browser, address, blocked):
    context = new_context(browser)
    page = context.new_page()
    page.route(blocked, lambda route: route.abort())
    page.goto(address)
    settle(page)
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(1)
    expect(page.get_by_text("couldn't load the live picture")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    thumb(page, "X-0-1").press("End")
    idle(page)
    assert numbers(page)[V][0][1] == 3
    context.close()


def test_the_browser_keeps_the_files(browser, address):
    """Plotly's file is fetched by the first page and not again by the next."""
    page = new_context(browser).new_page()
    page.goto(address)
    settle(page)
    fetched = "performance.getEntriesByType('resource').filter(e => /plotly-.*gz/.test(e.name))"
    (first,) = page.evaluate(f"{fetched}.map(e => e.transferSize)")
    assert 1e6 < first < 2e6  # compressed
    page.goto(page.url.replace("/?", "/Projections?"))
    settle(page)
    (second,) = page.evaluate(f"{fetched}.map(e => e.transferSize)")
    assert second == 0
    page.context.close()


def test_a_board_without_its_frame_asks_for_it(visit):
    page = visit()
    page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(e => e.labFrame)
            .forEach(e => { e.labFrame = undefined; })"""
    )
    thumb(page, "X-0-1").press("End")
    drawn = "document.querySelector('.js-plotly-plot').calcdata[2][0].z[0][1]"  # V = X here
    page.wait_for_function(f"{drawn} === 3")
    idle(page)
    assert numbers(page)[V][0][1] == 3


def test_classic_sliders_are_a_choice_that_a_link_keeps(visit):
    page = visit()
    page.get_by_role("button", name="View").click()
    page.locator(".st-key-classic label").first.click()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(1)
    expect(page.locator("[data-cell]")).to_have_count(0)
    page.wait_for_url(re.compile("classic=1"))
    other = visit(page.url)
    expect(other.locator('[class*="st-key-X-0-0-"]')).to_have_count(1)
    page.locator(".st-key-classic label").first.click()
    expect(page.locator('[data-cell="X-0-0"]')).to_have_count(1)


#: Numbers on the page whose minus is a hyphen: as text, in fields, and as a reader has them.
HYPHENS = """(where) => [...document.querySelectorAll(where)].flatMap(part => [
    ...[...part.childNodes].filter(node => node.nodeType === 3).map(node => node.data),
    ...["aria-label", "aria-valuetext", "alt", "title"].map(name => part.getAttribute(name)),
    part.value,
]).filter(text => /(^|[^\\w.])-[\\d.∞]/.test(text ?? ""))"""
NEGATIVE = edits.with_matrix(DEFAULT.scenario, "X", -0.375 * np.ones((3, 4)))


@pytest.mark.parametrize("start", ["", "classic=1&"])
def test_a_minus_is_one_everywhere(visit, start):
    page = visit(f"/?{start}s={encode(NEGATIVE)}&cell=V.1.1")
    minus = page.locator(".heatmaplayer .heatmap-label, .js-plotly-plot text", has_text="−0.38")
    expect(minus).not_to_have_count(0)
    if start:  # Streamlit writes its own sliders
        assert page.evaluate(HYPHENS, ".js-plotly-plot *, [data-testid=stMarkdown] *") == []
    else:
        box = thumb(page, "X-0-1")
        expect(box).to_have_attribute("aria-valuetext", "−0.375")
        page.mouse.move(*place(page, matrix=V, row=0, column=0))
        expect(page.locator(".hoverlayer text").first).to_contain_text("−0.375")
        box.press("Enter")
        expect(box.locator("input")).to_have_value("−0.375")
        assert page.evaluate(HYPHENS, "body *") == []
        page.keyboard.press("Enter")
        idle(page)
        assert value(page, "X-0-1") == -0.375
