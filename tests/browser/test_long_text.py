"""A long text in a browser: pasted, zoomed, asked for a row, refused, sent as a link."""

import numpy as np
from playwright.sync_api import Page, expect

from attn_core import attend
from attn_core.analysis import long_text
from attn_core.notation.labels import unique
from attn_core.permalink import encode_text
from attn_core.presets import BY_KEY
from tests.browser.conftest import idle
from tests.browser.test_looks import INK, accessible, recolour, resize, whole

S = BY_KEY["verb-subject"].scenario
WORDS = [f"{word}{i}" for i, word in enumerate(("je", "dog", "saw", "rabbit") * 128)]
TEXT = " ".join(WORDS)
PATH = "/Long_text?preset=verb-subject"


def paste(page: Page, text: str) -> None:
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Show the weights").click()
    idle(page)


def opened(visit, path: str = PATH, **options) -> Page:
    page = visit(path, settled=False, **options)
    page.get_by_label("Text", exact=True).wait_for()
    idle(page)
    return page


def drawn(page: Page) -> None:
    # What is expected says, where it doesn't come, what the page shows instead.
    expect(page.locator(".heatmaplayer image").first).to_be_attached()
    expect(page.locator(".barlayer .bars path").first).to_be_attached()
    page.wait_for_function("document.querySelector('.heatmaplayer image').href.baseVal")
    idle(page)


def plot(page: Page, figure: int, told: str):
    return page.evaluate(
        f"figure => {{ const plot = document.querySelectorAll('.js-plotly-plot')[figure];"
        f" return {told}; }}",
        figure,
    )


def weights(page: Page) -> np.ndarray:
    return np.array(plot(page, 0, "plot.calcdata[0][0].z.map(row => [...row])"))


def span(page: Page) -> float:
    low, high = plot(page, 0, "plot.layout.xaxis.range")
    return high - low


def point(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where a weight is on the screen; its picture is scrolled there."""
    page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
    x, y = page.evaluate(
        """([row, column]) => {
            const plot = document.querySelector(".js-plotly-plot");
            const { left, top } = plot.getBoundingClientRect();
            const { _offset: x, ...across } = plot._fullLayout.xaxis;
            const { _offset: y, ...down } = plot._fullLayout.yaxis;
            return [left + x + across.c2p(column), top + y + down.c2p(row)];
        }""",
        [row, column],
    )
    return x, y


def test_512_words_are_pasted_zoomed_and_asked(visit):
    page = opened(visit)
    paste(page, TEXT)
    drawn(page)
    trace = attend(long_text.scenario_of(S, TEXT))
    np.testing.assert_allclose(weights(page), trace.weights, rtol=1e-6)
    assert span(page) == 512
    x, y = point(page, 100, 100)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 80, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot').layout.xaxis.range.at(-1) < 250"
    )
    assert 40 < span(page) < 120
    idle(page)  # a click too soon would be the second of a double click
    x, y = point(page, 120, 117)
    page.mouse.move(x, y)
    label = page.locator(".js-plotly-plot").first.locator(".hoverlayer .hovertext")
    expect(label).to_contain_text(f"query {WORDS[120]}, key {WORDS[117]}")
    expect(label).to_contain_text(f"{trace.weights[120, 117]:.4f}")
    zoomed = span(page)
    page.mouse.click(x, y)
    expect(page.get_by_text(f"{WORDS[120]} looks most at")).to_be_visible()
    idle(page)
    assert span(page) == zoomed
    np.testing.assert_allclose(
        plot(page, 1, "[...plot.calcdata[0].map(bar => bar.s)]"), trace.weights[120], rtol=1e-12
    )
    page.mouse.dblclick(*point(page, 120, 117))
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot').layout.xaxis.range.at(-1) > 500"
    )


def test_buttons_zoom_and_save(visit):
    page = opened(visit, f"{PATH}&text={encode_text('The dog saw a dog, and a dog saw it.')}")
    drawn(page)
    page.locator(".js-plotly-plot").first.hover()
    full = span(page)
    page.get_by_role("button", name="Zoom in").first.click()
    page.wait_for_function(
        f"(([a, b]) => b - a < {0.9 * full})"
        "(document.querySelector('.js-plotly-plot').layout.xaxis.range)"
    )
    page.get_by_role("button", name="Reset axes").first.click()
    page.wait_for_function(
        f"(([a, b]) => b - a === {full})"
        "(document.querySelector('.js-plotly-plot').layout.xaxis.range)"
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").first.click()
    assert download.value.suggested_filename == "attention-long-text.svg"


def test_513_words_are_refused_and_stay(visit):
    page = opened(visit)
    paste(page, TEXT)
    drawn(page)
    idle(page)
    before = weights(page)
    paste(page, f"{TEXT} more")
    expect(page.get_by_text("this one has 513")).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value(f"{TEXT} more")
    assert np.array_equal(weights(page), before)


def test_the_link_opens_in_another_browser_and_stays(visit):
    page = opened(visit)
    text = long_text.EXAMPLE
    page.get_by_role("button", name="Try an example").click()
    drawn(page)
    link = page.url
    other = opened(visit, link)
    drawn(other)
    expect(other.get_by_label("Text", exact=True)).to_have_value(text)
    np.testing.assert_array_equal(weights(other), weights(page))
    other.reload()
    drawn(other)
    expect(other.get_by_label("Text", exact=True)).to_have_value(text)
    paste(other, "The dog saw a dog")
    drawn(other)
    assert len(weights(other)) == 5
    other.go_back()
    expect(other.get_by_label("Text", exact=True)).to_have_value(text)
    idle(other)
    assert len(weights(other)) == len(long_text.words_of(text))


def test_a_word_is_searched(visit):
    page = opened(visit, f"{PATH}&text={encode_text(long_text.EXAMPLE)}")
    drawn(page)
    box = page.get_by_role("combobox", name="Query")
    box.click()
    box.fill("waistcoat-pocket₂")
    box.press("Enter")
    expect(page.get_by_text("waistcoat-pocket₂ looks")).to_be_visible()
    words = unique(long_text.words_of(long_text.EXAMPLE))
    expect(box).to_have_value(f"waistcoat-pocket₂ · {words.index('waistcoat-pocket₂') + 1}")


def test_it_looks_as_all_pages_do(visit):
    page = opened(visit, f"{PATH}&text={encode_text(long_text.EXAMPLE)}")
    drawn(page)
    for width in (390, 1280):
        for scheme in INK:
            recolour(page, scheme)
            resize(page, width)
            whole(page, width, scheme)
            accessible(page)


def test_classic_charts_show_it_too(visit):
    page = opened(visit, f"{PATH}&classic=1&text={encode_text('The dog saw a dog')}")
    drawn(page)
    assert plot(page, 0, "plot._fullLayout.dragmode") == "zoom"
    expect(page.locator(".lab-board")).to_have_count(0)
