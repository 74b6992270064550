"""A page on paper: light, whole, and without what only a screen can work."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import idle
from tests.browser.test_journey import numbers
from tests.browser.test_looks import CUT

#: Sheets between margins of 10 mm, at 96 dots an inch, upright and on their side.
SHEETS = {
    "A4": (718, 1047),
    "A4 landscape": (1047, 718),
    "Letter": (740, 980),
    "Letter landscape": (980, 740),
}
MARGIN = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
INK = "document.querySelector('.js-plotly-plot').layout.font.color"
#: Controls that would be printed.
SHOWN = """() => [...document.querySelectorAll(
    "button, input, textarea, summary, [role=slider], [role=combobox], .modebar, .lab-boxes,"
    + " .lab-words, .lab-meaning, .lab-slider, .st-key-menu, .st-key-tools, .st-key-hint"
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
#: Of each number of the first picture: its text, and its left, right, top and bottom.
PRINTED = """() => [...document.querySelector(".js-plotly-plot")
    .querySelectorAll(".heatmap-label text")].filter(text => text.checkVisibility()).map(text => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return [text.textContent, left, right, top, bottom];
    })"""


def on_sheet(page, name):
    """Show a page as it is on a sheet of paper, and hold that nothing is cut or a control."""
    width, height = SHEETS[name]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"{INK} === '#22303f'")
    idle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    for svg in page.locator(".js-plotly-plot > * > svg").all():
        box = svg.bounding_box()
        assert box is None or box["x"] + box["width"] <= width
    assert page.evaluate(SHOWN) == []


def test_home_on_paper(visit):
    page = visit("/?cell=weights.2.1", color_scheme="dark")  # in the light one less changes
    ink = page.evaluate(INK)
    wide = page.evaluate("document.querySelector('.js-plotly-plot').layout.width")
    for name, (width, height) in SHEETS.items():
        on_sheet(page, name)
        assert page.evaluate("document.querySelector('.js-plotly-plot').layout.width") == wide
        printed = page.evaluate(PRINTED)
        written = [f"{x:.2f}" for matrix in numbers(page) for row in matrix for x in row]
        assert sorted(text for text, *_ in printed) == sorted(written)
        for text, left, right, top, bottom in printed:
            assert 0 <= left < right <= width and 0 <= top < bottom <= height, text
        why = page.locator(".st-key-why").bounding_box()
        assert why["y"] + why["height"] <= height
        ground, text = page.evaluate(LIGHT)
        assert ground > 0.9
        assert text < 0.6
    expect(page.get_by_text("= e^(0.300")).to_be_visible()  # a number's calculation is no control
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"{INK} === '{ink}'")


@pytest.mark.parametrize("path", ["Embeddings", "Projections", "Attention", "Views", "Learn"])
def test_every_page_on_paper(visit, path):
    page = visit(f"/{path}?preset=verb-subject")
    for name in SHEETS:
        on_sheet(page, name)


@pytest.mark.parametrize("size", [(1280, 300), (390, 844)], ids=["low", "phone"])
def test_a_sheet_holds_the_whole_of_home(visit, size):
    """All of the page, as the printer has it: on one sheet, not cut where the screen ends."""
    width, height = size
    page = visit("/", color_scheme="dark", viewport={"width": width, "height": height})
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
            window.printed = document.querySelector(".js-plotly-plot").layout.font.color })"""
    )
    for name in SHEETS:
        form, *lies = name.split()
        pdf = page.pdf(format=form, landscape=bool(lies), margin=MARGIN, print_background=True)
        assert pdf.count(b"/Type /Page\n") == 1, name
    assert page.evaluate("printed") == "#22303f"
    assert page.evaluate(INK) == "#e6e9ee"
