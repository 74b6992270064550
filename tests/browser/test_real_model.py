"""A pretrained model in a browser: its heads looked through, asked, compared, taken to the lab."""

import re
import tomllib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import attend, permalink
from attn_core.figures.words.head_grid import grid_for
from attn_core.notation.labels import number
from attn_core.pretrained.interpret import shared
from pages.ui.session.model_query import SENTENCE
from tests.browser.conftest import ROOT, idle, settle
from tests.browser.test_journey import go, numbers
from tests.browser.test_live import parameter

OTHER = "The animal rested because it was raining"
#: With [CLS] and [SEP] the model has room for exactly these.
LONGEST = " ".join(("the", "dog", "saw", "rabbit", "and") * 102)
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
#: Streamlit's own: below the path of a page it looks for its server first.
ITS_OWN = re.compile(r"/Real_model/_stcore/(health|host-config)$")


@pytest.fixture
def opened(visit, address, encoder) -> Iterator[Callable[..., Page]]:
    """Open the page, and hold in the end that the browser has complained of nothing."""
    complaints = []

    def heard(message):
        if message.type == "error" and not ITS_OWN.search(message.location.get("url", "")):
            complaints.append(message.text)

    def opened(path: str = "/Real_model", told=None, **options) -> Page:
        page = visit("/favicon.png", settled=False, alone=True, **options)
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if told is not None:
            page.on("websocket", lambda socket: socket.on("framereceived", told))
        page.goto(path if path.startswith("http") else address + path)
        drawn(page)
        return page

    yield opened
    assert complaints == []


def drawn(page: Page) -> None:
    """Wait until the head is drawn, and the page is still."""
    page.wait_for_selector(f"{plot('weights')} .heatmaplayer image")
    # It stands below all that is chosen, which may be made anew until then.
    page.wait_for_selector(f"{plot('token')} .barlayer .point", state="attached")
    idle(page)


def plot(name: str) -> str:
    return f".st-key-figure-model-{name} .js-plotly-plot"


def z(page: Page, name: str) -> np.ndarray:
    """The numbers of a heatmap, as the browser has drawn them."""
    told = "plot => plot.calcdata[0][0].z.map(row => [...row])"
    rows = page.locator(plot(name)).evaluate(told)
    return np.array(rows, float)


def click(page: Page, name: str, row: float, column: float) -> None:
    """Click on a point of a heatmap."""
    click_point(page, page.locator(plot(name)), row, column)


def click_point(page: Page, heatmap: Locator, row: float, column: float) -> None:
    heatmap.scroll_into_view_if_needed()
    place = heatmap.evaluate(
        """(plot, [row, column]) => {
            const { left, top } = plot.getBoundingClientRect();
            const { _offset: x, ...across } = plot._fullLayout.xaxis;
            const { _offset: y, ...down } = plot._fullLayout.yaxis;
            return [left + x + across.l2p(column), top + y + down.l2p(row)];
        }""",
        [row, column],
    )
    page.mouse.click(*place)
    idle(page)


def click_head(page: Page, row: int, column: int) -> None:
    """Click in the middle of a thumbnail; rows and columns are those of thumbnails."""
    click_thumbnail(page, page.locator(plot("heads")), row, column)


def click_thumbnail(page: Page, heads: Locator, row: int, column: int) -> None:
    first = heads.evaluate("plot => [...plot.calcdata[0][0].z[0]]")
    side = next(i for i, value in enumerate(first) if value is None)  # the gap after it
    click_point(page, heads, *((side + 1) * k + side // 2 for k in (row, column)))


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def field(page: Page, label: str = "Text") -> Locator:
    return page.get_by_label(label, exact=True)


def read(page: Page, text: str, label: str = "Text") -> None:
    field(page, label).fill(text)
    page.get_by_role("button", name="Read it").nth(int(label != "Text")).click()
    idle(page)


def look(page: Page) -> dict[str, str]:
    """What is chosen, by the names of the boxes."""
    boxes = page.get_by_test_id("stSelectbox").get_by_role("combobox")
    return dict(boxes.evaluate_all("boxes => boxes.map(box => [box.ariaLabel, box.value])"))


def whole(page: Page) -> tuple:
    """All that a visitor could lose."""
    return field(page).input_value(), look(page), z(page, "weights").tolist()


def same(numbers, truth) -> None:
    np.testing.assert_allclose(numbers, truth, rtol=1e-4, atol=1e-6)


def test_a_head_is_chosen_asked_and_found_again(opened, encoder):
    page = opened()
    encoded = encoder.encode(SENTENCE)
    n, tokens = encoded.n, encoded.tokens
    mosaic = np.pad(z(page, "heads"), (0, 1)).reshape(encoder.layers, n + 1, encoder.heads, n + 1)
    same(mosaic.swapaxes(1, 2)[..., :n, :n], encoded.weights)
    same(z(page, "weights"), encoded.weights[3, 1])
    expect(page.get_by_text("it looks most at animal (0.64)")).to_be_visible()

    click_head(page, 0, 2)
    expect(page.get_by_role("heading", name="Layer 1, head 3")).to_be_visible()
    same(z(page, "weights"), encoded.weights[0, 2])
    before = whole(page)
    click(page, "weights", 6, 3)
    trace = attend(encoder.scenario_of(encoded, 0, 2))
    assert look(page) | {"Token": f"{tokens[6]} · 7", "Key": f"{tokens[3]} · 4"} == look(page)
    told = f"The score of {tokens[6]} for {tokens[3]} is {number(trace.scores[6, 3])}"
    expect(page.get_by_text(told)).to_be_visible()
    rows = np.argsort(-trace.weights[6], kind="stable")
    same(z(page, "features").sum(axis=1), trace.scores[6, rows])
    click(page, "features", 1, 20)
    expect(box(page, "Key")).to_have_value(f"{tokens[rows[1]]} · {rows[1] + 1}")

    there = whole(page)
    page.reload()
    drawn(page)
    assert whole(page) == there
    other = opened(page.url)
    assert whole(other) == there
    read(other, OTHER)  # two visitors don't meet
    page.go_back()
    expect(box(page, "Key")).to_have_value(f"{tokens[3]} · 4")
    page.go_back()
    expect(box(page, "Token")).to_have_value(before[1]["Token"])
    idle(page)
    assert whole(page) == before


def test_a_phone_has_two_rows_a_layer(opened, encoder):
    page = opened(viewport={"width": 390, "height": 800})
    assert grid_for(encoder.layers, encoder.heads, 340).rows_a_layer == 2
    click_head(page, 3, 4)
    expect(page.get_by_role("heading", name="Layer 2, head 11")).to_be_visible()
    same(z(page, "weights"), encoder.encode(SENTENCE).weights[1, 10])


def test_layer_head_and_view_by_keyboard(opened, encoder):
    page = opened()
    weights = encoder.encode(SENTENCE).weights

    def choose(name: str, typed: str) -> None:
        expect(box(page, name)).to_be_focused()
        page.keyboard.type(typed)
        # On a busy machine the list comes late, and Enter takes what stands in it.
        expect(
            page.locator("[role=option]:not(span)").filter(has_text=re.compile(f"^{typed}"))
        ).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("[role=option]:not(span)")).to_have_count(0)
        expect(box(page, name)).to_have_value(re.compile(f"^{typed}"))
        idle(page)
        page.wait_for_timeout(300)  # what closes gives the focus back, and would take it from a Tab
        expect(box(page, name)).to_be_focused()

    box(page, "Layer").focus()
    choose("Layer", "3")
    page.keyboard.press("Tab")
    choose("Head", "12")
    same(z(page, "weights"), weights[2, 11])
    page.keyboard.press("Tab")
    choose("Show", "mean")
    same(z(page, "weights"), weights[2].mean(axis=0))
    choose("Show", "rollout")
    first, second, third = (weights[:3].mean(axis=1) + np.eye(weights.shape[-1])) / 2
    same(z(page, "weights"), third @ second @ first)
    expect(page.locator(plot("scores"))).to_have_count(0)
    choose("Show", "one")
    hide = page.get_by_role("switch", name="Hide what the model puts around a text")
    while not hide.evaluate("field => field === document.activeElement"):
        page.keyboard.press("Tab")  # past the picture and its buttons
    page.keyboard.press("Space")
    idle(page)
    same(z(page, "weights"), weights[2, 11, 1:-1, 1:-1])
    expect(page.get_by_text("of all goes to [CLS] and [SEP], which are not shown")).to_be_visible()


def test_texts_are_typed_refused_and_compared(opened, encoder):
    page = opened()
    text = "The dog saw a rabbit"
    read(page, text)
    encoded = encoder.encode(text)
    same(z(page, "weights"), encoded.weights[3, 1])
    before = whole(page)
    alert = page.locator(".st-key-complaint")
    for refused, reason in {" \n ": "it is empty", f"{LONGEST} more": "has 513"}.items():
        read(page, refused)
        expect(alert).to_contain_text(reason)
        assert whole(page) == (refused, *before[1:])
    read(page, text)
    expect(alert.get_by_test_id("stAlert")).to_have_count(0)

    page.get_by_role("radio", name="Two texts").click()
    idle(page)
    read(page, OTHER, "Second text")
    other = encoder.encode(OTHER)
    same(z(page, "text-0"), encoded.weights[3, 1])
    same(z(page, "text-1"), other.weights[3, 1])
    both = shared(encoded, other)
    same(z(page, "shared"), both.cosines)
    vectors = [each.hidden.mean(axis=0) for each in (encoded, other)]
    cosine = np.dot(*vectors) / np.prod([np.linalg.norm(each) for each in vectors])
    told = page.get_by_text(f"The cosine between the two texts' vectors is {number(cosine)}.")
    expect(told).to_be_visible()
    read(page, f"{LONGEST} more", "Second text")
    expect(alert).to_contain_text("has 513")
    expect(told).to_be_visible()
    page.get_by_role("radio", name="Attention", exact=True).click()
    idle(page)
    assert whole(page) == before


def test_a_head_is_opened_in_the_lab(opened, encoder):
    page = opened()
    before = parameter(page, "s")
    page.get_by_role("button", name="Open it in the lab").click()
    page.wait_for_url(re.compile(r"/\?"))  # it goes there
    settle(page)
    small = permalink.decode(parameter(page, "s"))
    assert small.tokens == encoder.encode(SENTENCE).tokens
    go(page, "Attention")
    weights = numbers(page, 3)[-1]
    same(weights, attend(small).weights)
    assert np.abs(weights - encoder.encode(SENTENCE).weights[3, 1]).max() < 0.03
    page.get_by_role("button", name="Undo").click()
    idle(page)
    assert parameter(page, "s") == before


def test_512_tokens(opened, encoder):
    sizes = []
    page = opened(told=lambda frame: sizes.append(len(frame)))
    field(page).fill(LONGEST)
    page.get_by_role("button", name="Read it").first.click()
    page.wait_for_function(
        "plot => document.querySelector(plot)?.calcdata[0][0].z.length === 512",
        arg=plot("scores"),
    )
    idle(page)
    same(z(page, "weights").sum(axis=1), np.ones(512))
    assert 30 < len(z(page, "heads")) / encoder.layers < 60
    assert 1e6 < max(sizes) < CONFIG["server"]["maxMessageSize"] * 1e6
    page.locator(plot("weights")).hover()
    zoom = page.locator(".st-key-figure-model-weights").get_by_role("button", name="Zoom in")
    zoom.click()
    page.wait_for_function(
        "plot => { const [a, b] = document.querySelector(plot).layout.xaxis.range;"
        " return b - a < 300; }",
        arg=plot("weights"),
    )


def test_classic_charts_show_the_same(opened, encoder):
    page = opened("/Real_model?classic=1")
    same(z(page, "weights"), encoder.encode(SENTENCE).weights[3, 1])
    expect(page.locator(".js-plotly-plot")).to_have_count(5)
    expect(page.locator(".lab-board")).to_have_count(0)
