"""Pointing lights up what a number is made of, and the answer never moves the picture."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import idle, settle
from tests.browser.test_hands import PHONE
from tests.browser.test_inspector import answer, follow
from tests.browser.test_journey import SCORES, WEIGHTS, numbers, thumb, value
from tests.browser.test_live import centre, place
from tests.browser.test_looks import accessible, recolour, resize

#: What lies where in the first picture, in whole pixels: our outlines, or Plotly's.
LIT = """(selector) => {
    const plot = document.querySelector(".js-plotly-plot");
    const { left, top } = plot.getBoundingClientRect();
    const isOutline = ({ dataset: { index } }) => {
        const { type, fillcolor } = plot.layout.shapes?.[index] ?? {};
        return type !== "path" && !fillcolor; // no arrow, and nothing of the legend
    };
    return [...plot.querySelectorAll(selector)].filter(isOutline).map((outline) => {
        const { x, y, width, height } = outline.getBoundingClientRect();
        return [x - left, y - top, width, height].map(Math.round);
    });
}"""
OUTLINES, SHAPES = "[data-lit]", ".shapelayer path"
#: Where the answer is, and the number that it is about.
DOCK = """() => {
    const { top, bottom } = document.querySelector(".st-key-answer").getBoundingClientRect();
    const thick = [...document.querySelectorAll(".shapelayer path")].find(
        (path) => parseFloat(getComputedStyle(path).strokeWidth) > 3);
    return { top, bottom, box: thick.getBoundingClientRect().bottom };
}"""
#: Whether what has the focus shows it: itself, or the label or track around it.
IS_MARKED = """() => {
    const focused = document.activeElement;
    const around = [focused, focused.parentElement, focused.closest("label")];
    return around.some((element) => {
        if (!element) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
}"""

#: Fields have a border of their own, and what only scrolls is no control.
HAS_BORDER = "document.activeElement.matches('main, input:not([type=radio])')"


#: The matrix that has the focus.
STOP = """document.activeElement.closest("[role=grid], [role=group]")?.getAttribute("aria-label")"""
#: Where these are in the first picture.
Q, W_V = 2, 5


def near(one: list, other: list) -> bool:
    """Whether the same places are outlined; a line may be drawn half a pixel beside another."""
    pairs = zip(sorted(one), sorted(other), strict=True)
    return all(abs(a - b) <= 2 for pair in pairs for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize("path", ["/", "/Attention"])
def test_what_lights_up_is_what_the_answer_outlines(visit, path):
    page = visit(f"{path}?preset=verb-subject", alone=True)
    sent = []
    page.on("websocket", lambda line: line.on("framesent", lambda _: sent.append(1)))
    page.reload()
    settle(page)
    result = len(numbers(page)) - 1
    page.mouse.move(*place(page, result, 1, 0))
    before = len(sent)
    lit = page.evaluate(LIT, OUTLINES)
    assert len(lit) == 3
    page.mouse.move(*place(page, result, 2, 1))
    assert page.evaluate(LIT, OUTLINES) != lit
    assert len(sent) == before
    page.mouse.click(*place(page, result, 2, 1))
    lit = page.evaluate(LIT, OUTLINES)
    idle(page)
    assert near(page.evaluate(LIT, SHAPES), lit)
    page.mouse.move(0, 0)
    assert page.evaluate(LIT, OUTLINES) == []


def test_a_box_that_is_moved_leaves_no_outline_behind(visit):
    page = visit("/?preset=verb-subject")
    box = thumb(page, "W_k-0-0")
    x, y = centre(box)
    page.mouse.move(x, y)
    own = page.evaluate(LIT, OUTLINES)
    assert len(own) == 1
    page.mouse.down()
    page.mouse.move(*place(page, SCORES, 1, 1), steps=4)
    assert page.evaluate(LIT, OUTLINES) == own
    page.mouse.up()
    idle(page)
    slider = page.locator(".lab-slider")
    expect(slider).to_have_count(0)  # a drag leaves the picture free
    box.click()
    covered = place(page, W_V, 0, 0)
    assert slider.evaluate("(s, at) => s.contains(document.elementFromPoint(...at))", covered)
    page.mouse.move(*covered)
    assert page.evaluate(LIT, OUTLINES) == []
    box.hover()
    assert len(page.evaluate(LIT, OUTLINES)) == 1
    page.mouse.move(x, 5)
    assert page.evaluate(LIT, OUTLINES) == []


def test_inputs_light_up_above_their_boxes(visit):
    page = visit("/?preset=verb-subject")
    page.mouse.move(*place(page, Q, 1, 1))
    # What is made of, at the upper edge of its first box, and what is painted there.
    painted = page.evaluate("""() => [...document.querySelectorAll(".lab-part")].map((part) => {
        part.style.pointerEvents = "auto";
        const { left, top } = part.getBoundingClientRect();
        const [first, next] = document.elementsFromPoint(left + 15, top + 1);
        return [first === part, next.className];
    })""")
    assert painted == [[True, "lab-box"]] * 2


def test_suis_attends_to_je_within_a_few_keys(visit):
    page = visit()
    assert numbers(page)[WEIGHTS][1][0] < 0.5
    keys = (
        *("Tab", "Enter"),  # skip the menu and the line above the picture
        *("Tab", "Tab"),  # X, W_q
        *("Control+ArrowDown", "End", "Tab", "End"),
    )
    for each in keys:
        page.keyboard.press(each)
    expect(thumb(page, "W_k-0-0")).to_be_focused()
    idle(page)
    assert sum(len(each.split("+")) for each in keys) <= 25
    assert numbers(page)[WEIGHTS][1][0] > 0.9
    assert [value(page, name) for name in ("W_q-1-0", "W_k-0-0")] == [3, 3]
    expect(thumb(page, "W_k-0-0")).to_be_focused()  # after the answer, too
    assert page.evaluate(IS_MARKED)
    expect(page.locator(".lab-slider")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lab-slider")).to_have_count(0)
    expect(thumb(page, "W_k-0-0")).to_be_focused()
    stops = []
    for _ in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_MARKED)
        stops.append(page.evaluate(STOP))
    derived = ("Q, 3×4", "K, 3×4", "V, 3×4", "scores, 3×3", "weights, 3×3", "output, 3×4")
    assert stops == ["W_v, 4×4", *derived]


def test_a_tap_lights_up_and_a_swipe_does_not(visit):
    page = visit("/?preset=verb-subject", **PHONE)
    x, y = place(page, WEIGHTS, 1, 0)
    page.touchscreen.tap(x, y)
    assert len(page.evaluate(LIT, OUTLINES)) == 2
    idle(page)
    assert len(page.evaluate(LIT, OUTLINES)) == 2  # when it is drawn anew, too
    page.get_by_role("heading", level=1).tap()
    assert page.evaluate(LIT, OUTLINES) == []


def test_the_keyboard_goes_through_a_matrix_and_asks(visit):
    page = visit("/?preset=verb-subject")
    weights = numbers(page)[WEIGHTS]
    grids = page.get_by_role("grid")
    assert [grid.get_attribute("aria-label") for grid in grids.all()] == [
        *("Q, 3×2", "K, 3×2", "V, 3×3", "scores, 3×3", "weights, 3×3", "output, 3×3")
    ]
    cell = grids.nth(4).get_by_role("gridcell")
    cell.focus()
    seen = []
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "End", "Home", "Control+End", "ArrowRight"):
        page.keyboard.press(key)
        expect(cell).to_be_focused()
        seen.append(cell.get_attribute("aria-label"))
    walked = [(0, 0), (0, 1), (1, 1), (1, 2), (1, 0), (2, 2), (2, 2)]
    words = ("Je", "suis", "heureux")
    assert seen == [f"query {words[i]}, key {words[j]}: {weights[i][j]:.3f}" for i, j in walked]
    assert len(page.evaluate(LIT, OUTLINES)) == 2
    page.keyboard.press("Enter")
    idle(page)
    expect(answer(page)).to_contain_text("weights[heureux, heureux] =")
    said = f"weights[heureux, heureux] = {weights[2][2]:.3f}"
    expect(page.locator(".lab-said")).to_have_text(said)
    expect(cell).to_be_focused()
    page.keyboard.press("Tab")
    expect(grids.nth(5).get_by_role("gridcell")).to_be_focused()
    page.keyboard.press("Escape")
    idle(page)
    expect(answer(page)).to_have_count(0)


def test_the_first_change_leaves_the_picture_where_it_is(visit):
    page = visit()
    picture = page.locator(".lab-board").first
    before = picture.bounding_box()
    by_key(page)
    idle(page)
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    assert abs(picture.bounding_box()["y"] - before["y"]) < 1


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_the_answer_leaves_the_picture_where_it_is(visit, size):
    width, height = size
    page = visit("/?preset=verb-subject", viewport={"width": width, "height": height})
    plot = page.locator(".js-plotly-plot").first
    before = plot.bounding_box()
    page.mouse.click(*place(page, SCORES, 1, 0))  # a score, whose answer is the longest
    idle(page)
    assert plot.bounding_box() == before
    dock = page.evaluate(DOCK)
    assert dock["box"] < dock["top"]
    assert dock["bottom"] - dock["top"] <= 0.45 * height
    # All that stands below can be read.
    page.mouse.move(width / 2, before["y"])
    page.mouse.wheel(0, 5000)
    following = page.get_by_role("link", name="Next: Embeddings")
    expect(following).to_be_in_viewport()
    following.click(trial=True)


def test_a_number_that_the_answer_would_cover_is_scrolled_free(visit):
    page = visit("/?preset=verb-subject", viewport={"width": 1280, "height": 620})
    page.mouse.click(*place(page, WEIGHTS, 2, 2))
    idle(page)
    dock = page.evaluate(DOCK)
    assert dock["bottom"] <= 620
    assert 0 < dock["box"] < dock["top"]


@pytest.mark.parametrize("name", ["X", "Q", "W_v", "weights", "output"])
def test_an_answer_stands_below_the_number_that_a_link_asks_about(visit, name):
    page = visit(f"/?preset=verb-subject&cell={name}.3.2")
    expect(answer(page)).to_be_in_viewport()
    dock = page.evaluate(DOCK)
    assert dock["bottom"] <= 800
    assert 0 < dock["box"] < dock["top"]


def test_what_has_the_focus_is_not_below_the_answer(visit):
    page = visit("/?preset=verb-subject&cell=weights.1.1")
    top = page.locator(".st-key-answer").bounding_box()["y"]
    box = thumb(page, "W_v-3-0")
    assert box.bounding_box()["y"] > top
    box.focus()
    area, slider = box.bounding_box(), page.locator(".lab-slider")
    assert area["y"] + area["height"] < top
    assert is_on_top(page, slider)
    words = page.locator(".lab-words button")
    words.first.focus()
    page.keyboard.press("Enter")
    assert is_on_top(page, page.locator(":popover-open"))
    for closed in (":popover-open", ".st-key-answer"):
        page.keyboard.press("Escape")
        expect(page.locator(closed)).to_have_count(0)


def is_on_top(page, place):
    """Whether all four corners of what is in the window can be seen."""
    return place.evaluate("""(place) => {
        const { left, right, top, bottom } = place.getBoundingClientRect();
        const corners = [left + 12, right - 12].flatMap(x => [[x, top + 12], [x, bottom - 12]]);
        return corners.every(([x, y]) => place.contains(document.elementFromPoint(x, y)));
    }""")


@pytest.mark.parametrize("width", [1280, 390])
def test_tables_are_as_wide_as_the_page(visit, width):
    page = visit(viewport={"width": width, "height": 800})
    ask = page.get_by_role("button", name="Where does a number come from?")
    picture = page.locator(".lab-board").first
    before = ask.bounding_box()["y"] - picture.bounding_box()["y"]
    tables = page.locator(".st-key-tables-headline")
    tables.get_by_text("Numbers as tables").click()
    idle(page)
    expect(tables.get_by_test_id("stDataFrame")).to_have_count(10)
    area, board = tables.bounding_box(), picture.bounding_box()
    assert area["x"] <= board["x"] + 1
    assert area["width"] >= min(board["width"], width - 40)
    after = ask.bounding_box()
    assert abs(after["y"] - board["y"] - before) < 12
    assert after["y"] + after["height"] <= area["y"]


def test_escape_closes_a_list_before_the_answer(visit):
    page = visit("/?preset=verb-subject&cell=weights.2.1")
    row = page.get_by_role("combobox", name=re.compile("Row"))
    row.focus()
    idle(page)  # the answer has scrolled to it, which would close the list
    row.press_sequentially("h")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    idle(page)
    expect(answer(page)).to_be_visible()
    page.keyboard.press("Escape")
    idle(page)
    expect(answer(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Where does a number come from?")).to_be_focused()


def test_from_the_last_stop_to_its_box(visit):
    page = visit("/?preset=verb-subject&cell=scores.2.1")
    for name in ("Q[suis, q₁]", "X[suis, verb]"):
        follow(page, name)
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="Go to this box").click()
    expect(thumb(page, "X-1-1")).to_be_focused()
    expect(thumb(page, "X-1-1")).to_be_in_viewport()
    assert page.evaluate("window.isSamePage")


def test_from_the_last_stop_to_the_page_that_has_its_box(visit):
    page = visit("/Attention?preset=verb-subject&cell=raw_scores.2.1")
    for name in ("Q[suis, q₁]", "X[suis, verb]"):
        follow(page, name)
    expect(page.get_by_role("button", name="Go to this box")).to_have_count(0)
    link = page.get_by_role("link", name="Go to the page with this box: Lab")
    link.hover()
    assert "&s=" in link.get_attribute("href")
    link.click()
    page.wait_for_url(re.compile(r"/\?.*preset=verb-subject"))
    settle(page)
    expect(thumb(page, "X-1-1")).to_be_attached()


def by_key(page):
    thumb(page, "X-1-0").press("End")


def by_drag(page):
    x, y = centre(thumb(page, "X-1-0"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=5)
    page.mouse.move(x + 240, y, steps=5)
    page.mouse.up()


@pytest.mark.parametrize("change", [by_key, by_drag])
def test_a_change_is_told_in_weights_once_it_rests(visit, change):
    page = visit()
    said = page.get_by_role("status").and_(page.locator(".lab-said"))
    expect(said).to_have_attribute("aria-live", "polite")
    expect(said).to_have_text("")
    before = numbers(page)[WEIGHTS]
    change(page)
    idle(page)
    after = numbers(page)[WEIGHTS]
    own = f"suis → suis: {before[1][1]:.2f} to {after[1][1]:.2f}"
    assert after[1][1] - before[1][1] > 0.5
    expect(said).to_have_text(re.compile(rf"^{own}; [^;]+$"))
    page.get_by_role("button", name="Undo").click()
    idle(page)
    expect(said).to_have_text(re.compile(f"^suis → suis: {after[1][1]:.2f} to"))


def test_the_first_tab_stop_leads_to_the_equation(visit):
    page = visit()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(".lab-board").first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_can_be_seen(visit, scheme):
    page = visit("/?cell=weights.1.1", color_scheme=scheme)
    unmarked, count = [], 0
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body"):
        # Fields have a border of their own, and what scrolls is no control.
        if not page.evaluate(
            "document.activeElement.matches('main, input:not([type=radio]), pre')"
        ):
            count += 1
            if not page.evaluate(IS_MARKED):
                unmarked.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        page.keyboard.press("Tab")
    assert count > 30
    assert not unmarked


@pytest.mark.parametrize("view", ["", "&projector=1"], ids=["laptop", "projector"])
@pytest.mark.parametrize("asked", ["", "&cell=output.2.1"], ids=["slider", "slider and answer"])
def test_what_a_hand_opens_is_accessible(visit, view, asked):
    page = visit(f"/?preset=verb-subject{asked}{view}")
    expect(answer(page)).to_have_count(1 if asked else 0)
    for scheme in ("dark", "light"):
        recolour(page, scheme)
        with_slider_accessible(page)
    resize(page, 390)
    with_slider_accessible(page)


def with_slider_accessible(page):
    thumb(page, "W_q-1-0").focus()
    expect(page.locator(".lab-slider")).to_be_visible()
    accessible(page)
