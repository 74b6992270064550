"""Nothing is cut or wider than the screen, in both themes, on a laptop and on a phone."""

import pytest
from playwright.sync_api import expect

from attn_core import edits
from attn_core.permalink import encode, encode_text
from attn_core.presets import DEFAULT
from tests.browser.conftest import MODEL, idle

PAGES = [
    *("", "Embeddings", "Projections", "Attention", "Positions", "Views", "Learn"),
    *("Compare", MODEL, "Share"),
]
LONG = edits.with_size(
    edits.with_sentence(
        DEFAULT.scenario,
        "heureusement nous sommes toujours très contents ici aujourd'hui même si il neige",
    ),
    d_model=8,
    d_k=8,
    d_v=8,
)
PINNED = (
    f"Compare?a={encode(LONG)}&s={encode(edits.with_sentence(LONG, 'Nous sommes si contents'))}"
)
#: Texts of all figures that reach beyond their figure by more than a pixel.
CUT = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap(plot => {
    const frame = plot.querySelector("svg.main-svg").getBoundingClientRect();
    return [...plot.querySelectorAll("svg text")].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    }).map(text => text.textContent);
})"""
#: What of figures lies below their own buttons.
COVERED = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap(plot => {
    const bar = plot.querySelector(".modebar").getBoundingClientRect();
    const parts = plot.querySelectorAll("svg.main-svg text, .heatmaplayer image, .barlayer path");
    return [...parts].filter(part => {
        const box = part.getBoundingClientRect();
        return box.width && box.left < bar.right && bar.left < box.right
            && box.top < bar.bottom && bar.top < box.bottom;
    }).map(part => part.textContent || part.tagName);
})"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("link", "scheme"), [("", "dark"), (f"?s={encode(LONG)}", "light")], ids=["short", "long"]
)
def test_nothing_is_cut(tour, path, link, scheme):
    page = tour(path, query=link, scheme=scheme)
    whole(page, 1280, scheme)
    resize(page, 390)
    whole(page, 390, scheme)
    assert page.evaluate(COVERED) == []


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    idle(page)  # the page learns its width and is drawn once more


def whole(page, width, scheme):
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    charts = page.locator(".js-plotly-plot")
    for i in range(charts.count()):
        assert charts.nth(i).evaluate("plot => plot.layout.width") <= width
        box = charts.nth(i).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate(CUT) == []
    ink = page.evaluate("document.querySelector('.js-plotly-plot').layout.font.color")
    assert ink == {"light": "#22303f", "dark": "#e6e9ee"}[scheme]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_of_a_comparison_is_cut(visit, width):
    page = visit(f"/{PINNED}", viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []


def test_nothing_of_two_texts_is_cut(visit, encoder):
    texts = "Donaudampfschifffahrtsgesellschaft sails", "It sails on the Donau, since it is tired"
    read, other = map(encode_text, texts)
    page = visit(f"/{MODEL}?read={read}&other={other}")
    for width in (1280, 390):
        resize(page, width)
        expect(page.locator(".js-plotly-plot")).to_have_count(8)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize("lesson", ["paint", "grammar", "views"])
def test_nothing_of_what_was_learned_is_cut(visit, lesson):
    page = visit(f"/Learn?learn={lesson}")
    page.get_by_role("radio", name="100", exact=True).click()
    idle(page)
    page.get_by_role("button", name="Learn", exact=True).click()
    page.get_by_text("Learned after").wait_for()
    for width in (1280, 390):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_projector(visit, width):
    page = visit("/?projector=1", viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    size = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert size >= 20


def test_figures_follow_a_change_of_theme(visit):
    page = visit("/", color_scheme="light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot').layout.font.color === '#e6e9ee'"
    )
    page.emulate_media(color_scheme="light")
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot').layout.font.color === '#22303f'"
    )
