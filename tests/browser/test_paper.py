"""A page on paper: light, whole, and without what only a screen can work."""

from playwright.sync_api import expect

from tests.browser.conftest import idle
from tests.browser.test_looks import CUT

#: The width of a sheet of A4 between its margins, at 96 dots an inch.
PAPER = 720
INK = "document.querySelector('.js-plotly-plot').layout.font.color"
#: Controls that would be printed.
SHOWN = """() => [...document.querySelectorAll(
    "button, input, textarea, summary, [role=slider], [role=combobox], .modebar, .lab-boxes"
)].filter(each => each.checkVisibility() && each.getBoundingClientRect().height > 0)
    .map(each => each.outerHTML.slice(0, 120))"""
#: How light the ground of a part of the page, and each text on it, is: 0 to 1.
LIGHT = """() => {
    const light = colour => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
        return a ? (0.3 * r + 0.6 * g + 0.1 * b) / 255 : null;
    };
    const parts = [document.documentElement, ...document.querySelectorAll("body, body *")]
        .filter(each => each.checkVisibility());
    const grounds = parts.filter(each => !each.closest(".js-plotly-plot"))
        .map(each => light(getComputedStyle(each).backgroundColor));
    const texts = "p, h1, h2, code, .scatterlayer text, .annotation text";
    const inks = parts.filter(each => each.matches(texts))
        .map(each => light(getComputedStyle(each)[each.closest("svg") ? "fill" : "color"]));
    const real = lights => lights.filter(light => light !== null);
    return [Math.min(...real(grounds)), Math.max(...real(inks))];
}"""


def test_home_on_paper(visit):
    page = visit("/?cell=weights.2.1", color_scheme="dark")  # in the light one less changes
    ink = page.evaluate(INK)
    wide = page.evaluate("document.querySelector('.js-plotly-plot').layout.width")
    assert wide > PAPER
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.wait_for_function(f"{INK} === '#22303f'")
    idle(page)
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.width") == wide
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate(CUT) == []
    for svg in page.locator(".js-plotly-plot > * > svg").all():
        box = svg.bounding_box()
        assert box is None or box["x"] + box["width"] <= PAPER
    assert page.evaluate(SHOWN) == []
    ground, text = page.evaluate(LIGHT)
    assert ground > 0.9
    assert text < 0.6
    expect(page.get_by_text("= e^(0.300")).to_be_visible()  # a number's calculation is no control
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"{INK} === '{ink}'")


def test_a_sheet_holds_the_whole_of_home(visit):
    """All of the page, as the printer has it: on one sheet, not cut where the screen ends."""
    page = visit("/", color_scheme="dark", viewport={"width": 1280, "height": 300})
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
            window.printed = document.querySelector(".js-plotly-plot").layout.font.color })"""
    )
    pdf = page.pdf(format="A4", print_background=True)
    assert pdf.count(b"/Type /Page\n") == 1
    assert page.evaluate("printed") == "#22303f"
    assert page.evaluate(INK) == "#e6e9ee"
