"""A worksheet on paper, with the browser's own printer: whole, black on white, alone."""

import pytest
from playwright.sync_api import Page

from attn_core.export.worksheet import worksheet
from attn_core.tasks import LESSONS
from tests.browser.test_paper import MARGIN, SHEETS
from tests.tasks.test_lessons import OWN

#: Boxes, and whatever has text of its own, that are cut at the right, or lie on one another.
CUT = """() => [...document.querySelectorAll("td, th, figcaption, p, li, h1, h2, span")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.textContent)"""
LAPPED = """() => {
    const places = [...document.querySelectorAll("figure")].map(x => x.getBoundingClientRect());
    return places.flatMap((a, i) => places.slice(i + 1).filter(b =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
    ).map(b => [a.top, b.top]));
}"""
COLOURS = """() => [...new Set([...document.querySelectorAll("body, body *")].flatMap(each => {
    const { color, backgroundColor } = getComputedStyle(each);
    return [color, backgroundColor];
}))].sort()"""


@pytest.fixture
def paper(browser, tmp_path):
    """Opens worksheets, and holds that they ask for nothing."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    def show(text: str) -> Page:
        file = tmp_path / "worksheet.html"
        file.write_text(text, encoding="utf-8")
        page.goto(file.as_uri())
        return page

    yield show
    assert [url for url in asked if not url.endswith("/worksheet.html")] == []
    context.close()


def sheets(page, form, lies=False):
    pdf = page.pdf(format=form, landscape=lies, margin=MARGIN, print_background=True)
    return pdf.count(b"/Type /Page\n")


@pytest.mark.parametrize("key", OWN)
def test_every_lesson_fits_each_sheet(paper, key):
    for seed in ("", "k3f9"):
        page = paper(worksheet(LESSONS[key].page(seed), f"Lesson {key}"))
        page.emulate_media(media="print")
        for name, (width, height) in SHEETS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], (seed, name)
            assert page.evaluate(LAPPED) == [], (seed, name)
        assert page.evaluate(COLOURS) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"]


def test_the_solution_is_a_sheet_of_its_own(paper):
    page = paper(worksheet(LESSONS["7"].page("k3f9")))
    whole = {form: sheets(page, form) for form in ("A4", "Letter")}
    page.evaluate("document.querySelector('#solution').remove()")
    first = {form: sheets(page, form) for form in whole}
    assert first == {"A4": 1, "Letter": 1}
    page = paper(worksheet(LESSONS["7"].page("k3f9")))
    page.evaluate("document.querySelector('main').replaceChildren('short')")
    short = {form: sheets(page, form) for form in whole}
    assert short == whole  # the solution doesn't move up, however short the first sheet is


def test_it_can_be_read_on_a_screen_as_well(paper):
    page = paper(worksheet(LESSONS["7"].page("")))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
