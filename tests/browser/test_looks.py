"""Nothing is cut or wider than the screen, and axe-core finds nothing serious.

In both themes, on a laptop and on a phone. What axe can't see is in `test_live`.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from attn_core import edits
from attn_core.permalink import encode, encode_text
from attn_core.presets import DEFAULT
from tests.browser.conftest import MODEL, idle

PAGES = [
    *("", "Course", "Embeddings", "Projections", "Attention", "Positions", "Views", "Learn"),
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
INK = {"light": "#22303f", "dark": "#e6e9ee"}
#: What axe calls these would keep somebody from using a page.
SERIOUS = ("serious", "critical")
#: Texts of all figures that reach beyond their figure by more than a pixel.
CUT = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap(plot => {
    const frame = plot.querySelector("svg.main-svg").getBoundingClientRect();
    return [...plot.querySelectorAll("svg text")].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    }).map(text => text.textContent);
})"""
#: Whether a figure is no wider than the page, or scrolls inside itself, by keys as well.
FITS = """plot => plot.layout.width <= innerWidth
    || (getComputedStyle(plot).overflowX === "auto" && plot.tabIndex === 0)"""
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
def test_every_page(tour, path, link, scheme):
    page = tour(path, query=link, scheme=scheme)
    whole(page, 1280, scheme)
    if path == "Attention":
        page.get_by_text("Move the numbers").click()
        idle(page)
    accessible(page)
    resize(page, 390)
    whole(page, 390, scheme)
    assert page.evaluate(COVERED) == []
    if not link:
        accessible(page)


@pytest.mark.parametrize("step", ["predict1", "task", "seen"])
@pytest.mark.parametrize("view", ["", "&projector=1"], ids=["laptop", "projector"])
def test_a_lesson(visit, step, view):
    page = visit(f"/Course?lesson=7&step={step}{view}")
    for scheme, width in (("dark", 1280), ("light", 390)):
        recolour(page, scheme)
        resize(page, width)
        whole(page, width, scheme)
        accessible(page)


def test_a_room(visit):
    page = visit("/Room", settled=False)
    page.get_by_role("button", name="Open a room").wait_for()
    for scheme, width in (("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=scheme)
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)


@pytest.mark.parametrize("path", [PINNED, "?classic=1"], ids=["comparison", "classic"])
def test_what_only_a_link_opens(visit, path):
    page = visit(f"/{path}")
    for scheme in INK:
        recolour(page, scheme)
        accessible(page)
        resize(page, 390)
        whole(page, 390, scheme)
        resize(page, 1280)
        whole(page, 1280, scheme)


@pytest.mark.parametrize("lesson", ["paint", "grammar", "views"])
def test_what_was_learned(visit, lesson):
    page = visit(f"/Learn?learn={lesson}")
    page.get_by_role("radio", name="100", exact=True).click()
    idle(page)
    button = page.get_by_role("button", name="Learn", exact=True)
    if lesson == "paint":  # a main button can be read under the pointer, too
        for scheme in INK:
            recolour(page, scheme)
            button.hover()
            idle(page)  # its colour changes slowly
            accessible(page)
    button.click()
    page.get_by_text("Learned after").wait_for()
    for scheme in INK:
        recolour(page, scheme)
        accessible(page)
    for width in (390, 1280):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize(("topic", "pictures"), [("attention", 5), ("texts", 3)])
def test_a_real_model(visit, encoder, topic, pictures):
    texts = "Donaudampfschifffahrtsgesellschaft sails", "It sails on the Donau, since it is tired"
    read, other = map(encode_text, texts)
    page = visit(f"/{MODEL}?read={read}&other={other}&topic={topic}")
    for width in (1280, 390):
        resize(page, width)
        expect(page.locator(".js-plotly-plot")).to_have_count(pictures)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


def test_projector(visit):
    page = visit("/?projector=1")
    for width in (1280, 390):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []
        size = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        assert size >= 20


def test_a_box_without_a_name_would_be_found(visit):
    page = visit()
    page.locator("[data-cell='X-0-0']").evaluate("box => box.removeAttribute('aria-label')")
    found = Axe().run(page).response["violations"]
    assert "aria-input-field-name" in [rule["id"] for rule in found]


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    idle(page)  # the page learns its width and is drawn once more


def recolour(page, scheme):
    page.emulate_media(color_scheme=scheme)
    ink = "document.querySelector('.js-plotly-plot')?.layout?.font.color"
    page.wait_for_function(f"{ink} === '{INK[scheme]}'")
    idle(page)


def whole(page, width, scheme):
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    charts = page.locator(".js-plotly-plot")
    for i in range(charts.count()):
        assert charts.nth(i).evaluate(FITS)
        box = charts.nth(i).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate(CUT) == []
    ink = page.evaluate("document.querySelector('.js-plotly-plot')?.layout?.font.color")
    assert ink == INK[scheme]


def accessible(page):
    assert serious(page) == []
    assert raw_names(page) == []


def serious(page):
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def raw_names(page):
    """Names with a backslash or other signs of Markdown, as a reader of the screen has them."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = {node.get("name", {}).get("value") or "" for node in tree if not node["ignored"]}
    assert len(names) > 20
    return [name for name in names if re.search(r"\\|\*\*|`|\$", name)]
