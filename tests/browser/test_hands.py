"""Fingers on pictures and boxes, and letters that a phone can read and type."""

import pytest
from playwright.sync_api import Page, expect

from attn_core.permalink import encode_text
from tests.browser.conftest import MODEL, idle
from tests.browser.test_journey import WEIGHTS, numbers, thumb, value
from tests.browser.test_live import centre, place
from tests.browser.test_long_text import drawn, span

PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}
TABLET = PHONE | {"viewport": {"width": 820, "height": 700}}
LONG = f"Long_text?preset=verb-subject&text={encode_text('The dog saw a dog, and a dog saw it.')}"
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def swipe(page: Page, x: float, y: float, *, across: float = 0, down: float = 0) -> None:
    """Swipe with a finger, and wait until the page has come to rest."""
    touch = page.context.new_cdp_session(page)

    def tell(kind: str, *parts: float) -> None:
        points = [{"x": x + across * part, "y": y + down * part} for part in parts]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    tell("touchStart", 0)
    for step in range(1, 11):
        tell("touchMove", step / 10)
    tell("touchEnd")
    last = None
    while (now := scrolled(page)) != last:
        last = now
        page.wait_for_timeout(200)
    idle(page)


def scrolled(page: Page) -> float:
    top: float = page.evaluate(SCROLLED)
    return top


def middle(page: Page, plot: str) -> tuple[float, float]:
    """The middle of what can be seen of a figure, on the screen."""
    page.locator(plot).first.scroll_into_view_if_needed()
    x, y = page.locator(f"{plot} .nsewdrag").first.evaluate(
        """area => {
            const { left, right, top, bottom } = area.getBoundingClientRect();
            return [(left + right) / 2, (Math.max(60, top) + Math.min(innerHeight, bottom)) / 2];
        }"""
    )
    return x, y


def swipes(page: Page, plot: str) -> None:
    """Swipe up over a figure, and hold that the page followed."""
    x, y = middle(page, plot)
    before = scrolled(page)
    swipe(page, x, y, down=-150)
    page.wait_for_function(f"{SCROLLED} > {before}")  # it begins late where a machine is busy
    idle(page)


@pytest.mark.parametrize("start", ["/", "/?classic=1"], ids=["live", "classic"])
def test_home_is_swiped_and_tapped(visit, start):
    page = visit(start, **PHONE)
    address = page.url
    swipes(page, ".js-plotly-plot")
    expect(page.get_by_role("button", name="Close the answer")).to_have_count(0)
    assert page.url == address
    if "classic" not in start:
        page.touchscreen.tap(*place(page, matrix=WEIGHTS, row=2, column=0))
        expect(page.get_by_role("button", name="Close the answer")).to_be_visible()
        page.wait_for_url("**cell=weights.3.1**")


@pytest.mark.parametrize("device", [PHONE, TABLET], ids=["phone", "tablet"])
@pytest.mark.parametrize("classic", ["", "&classic=1"], ids=["live", "classic"])
def test_a_long_text_is_swiped_and_tapped(visit, device, classic):
    page = visit(f"/{LONG}{classic}", settled=False, **device)
    drawn(page)
    everything, text = span(page), page.get_by_test_id("stMain").inner_text()
    plot = ".heatmaplayer" if classic else ".st-key-figure-long-text .js-plotly-plot"
    plot = f".js-plotly-plot:has({plot})" if classic else plot
    swipes(page, plot)
    assert span(page) == everything
    if classic:
        return
    assert page.get_by_test_id("stMain").inner_text() == text
    x, y = middle(page, plot)
    page.touchscreen.tap(x, y + 40)
    page.wait_for_function(
        "told => document.querySelector('[data-testid=stMain]').innerText !== told", arg=text
    )
    # A finger drags where it was asked to, until all is shown again.
    bar = page.locator(f"{plot} .modebar")
    bar.get_by_role("button", name="Zoom", exact=True).tap()
    x, y = middle(page, plot)
    swipe(page, x, y, across=60, down=60)
    page.wait_for_function(
        f"(([a, b]) => b - a < {everything})"
        "(document.querySelector('.js-plotly-plot').layout.xaxis.range)"
    )
    bar.get_by_role("button", name="Reset axes").tap()
    page.wait_for_function(
        f"(([a, b]) => b - a === {everything})"
        "(document.querySelector('.js-plotly-plot').layout.xaxis.range)"
    )
    swipes(page, plot)
    assert span(page) == everything


def test_a_real_model_is_swiped_and_tapped(visit, encoder):
    page = visit(f"/{MODEL}", **PHONE)
    page.wait_for_selector(".st-key-figure-model-token .barlayer .point", state="attached")
    idle(page)
    plot = ".st-key-figure-model-heads .js-plotly-plot"
    heading = page.get_by_role("heading", name="Layer 4, head 2", exact=True)
    expect(heading).to_be_visible()
    swipes(page, plot)
    expect(heading).to_be_visible()
    middle(page, plot)
    x, y = page.locator(plot).evaluate(
        """(plot, [row, column]) => {
            const { left, top } = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            const side = plot.calcdata[0][0].z[0].indexOf(undefined) + 1;  // with the gap
            const [x, y] = [column, row].map(k => side * k + side / 2 - 1);
            return [left + xaxis._offset + xaxis.l2p(x), top + yaxis._offset + yaxis.l2p(y)];
        }""",
        [5, 4],  # the second row of layer 3, which begins with head 7
    )
    page.touchscreen.tap(x, y)
    expect(page.get_by_role("heading", name="Layer 3, head 11", exact=True)).to_be_visible()


def test_a_swipe_over_a_box_is_no_drag(visit):
    page = visit("/", **PHONE)
    box = thumb(page, "X-0-1")
    for across in (0, 60):
        box.scroll_into_view_if_needed()
        top = scrolled(page)
        swipe(page, *centre(box), across=across, down=-150)
        assert scrolled(page) > top
        assert value(page, "X-0-1") == 0
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_phone_makes_suis_look_at_je(visit):
    """Boxes are chosen by taps and moved by their sliders; swipes only scroll."""
    page = visit("/", **PHONE | {"viewport": {"width": 390, "height": 844}})
    for cell in ("W_q-1-0", "W_k-0-0"):
        box = thumb(page, cell)
        box.scroll_into_view_if_needed()
        before = (scrolled(page), numbers(page))
        swipe(page, *centre(box), down=-120)
        assert scrolled(page) > before[0]
        assert numbers(page) == before[1]
        expect(page.locator(".lab-slider")).to_have_count(0)
        box.tap()
        strip = page.locator(".lab-slider input")
        area = strip.bounding_box()
        part = (float(strip.input_value()) + 3) / 6  # where the thumb is, which is 44 pixels wide
        x = area["x"] + 22 + part * (area["width"] - 44)
        swipe(page, x, area["y"] + area["height"] / 2, across=area["width"])
        assert value(page, cell) == 3
        page.touchscreen.tap(5, 300)  # beside all boxes
        expect(page.locator(".lab-slider")).to_have_count(0)
    assert numbers(page)[WEIGHTS][1][0] > 0.9
    why = page.locator(".st-key-why")
    why.scroll_into_view_if_needed()
    expect(why).to_contain_text("W_k pronoun → k₁")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_drag_that_becomes_a_swipe_goes_back(visit):
    """Some browsers tell of the first pixels before they scroll."""
    page = visit("/", **PHONE)
    thumb(page, "X-0-1").evaluate(
        """box => {
            const { x, y } = box.getBoundingClientRect();
            const tell = (type, dx, dy) => box.dispatchEvent(new PointerEvent(type, {
                clientX: x + dx, clientY: y + dy, pointerType: "touch", isPrimary: true,
                pointerId: 1, bubbles: true }));
            box.setPointerCapture = () => {};
            tell("pointerdown", 9, 9);
            tell("pointermove", 15, 40);
            box.seen = box.ariaValueNow;
            tell("pointermove", 69, 40);
            box.moved = box.ariaValueNow;
            tell("pointercancel", 69, 80);
        }"""
    )
    assert thumb(page, "X-0-1").evaluate("box => [box.seen, box.moved]") == ["0", "0.75"]
    idle(page)
    assert value(page, "X-0-1") == 0
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_phone_has_no_reason_to_zoom_and_a_minus(visit, address):
    page = visit("/", **PHONE)
    for path in ("", "Long_text", "Views"):
        if path:
            page.goto(f"{address}/{path}")
        if path != "Long_text":
            page.get_by_text("Tables and fillings").click()  # there is a field for a number
        page.locator("textarea, input[type=number]").first.wait_for()
        idle(page)
        box = page.locator("[data-cell]").first
        if box.count():
            box.press("Enter")
            page.locator("[data-cell] input").wait_for()
        fields = page.locator("input:not([type=radio], [type=checkbox]), textarea")
        told = fields.evaluate_all(
            """fields => fields.map(field => [field.ariaLabel, field.inputMode,
                Number(field.min) < 0 || Boolean(field.closest("[data-cell]")),
                parseFloat(getComputedStyle(field).fontSize)])"""
        )
        assert told
        assert [name for name, _, _, size in told if size < 16] == []
        without_minus = ("decimal", "numeric")
        assert [name for name, mode, below, _ in told if below and mode in without_minus] == []
