"""A real model's words, its text in colours, and its heads in order, in a browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core.figures.boxes.colours import PALETTES, WEIGHT_RANGE, colour_of
from attn_core.permalink import encode_text
from attn_core.pretrained.interpret import MEASURES, Focus, Reading, measure_heads, order_heads
from pages.ui.model.text_fields import PAIR
from tests.browser.conftest import idle
from tests.browser.test_live import parameter
from tests.browser.test_real_model import click_thumbnail, drawn, plot, same, z

#: Four lines: words in pieces, from right to left, without spaces, and one that isn't seen.
TEXT = "Unbelievably, the waistcoat fits 😀.\nقال الولد today, שלום עולם!\n我很高兴\nThe end"


@pytest.fixture
def opened(visit, encoder):
    def opened(look: str, text: str = TEXT, **options) -> Page:
        path = f"/Real_model?read={encode_text(text)}&look={look}"
        page = visit(path, settled=False, **options)
        drawn(page)
        return page

    return opened


def token(page: Page, name: str) -> Locator:
    """A token of the text, by its weight's name."""
    return page.get_by_role("option", name=re.compile(rf"→ \W?{re.escape(name)}\W?:"))


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a list by typing, which a list that is drawn late bears."""
    box = page.get_by_role("combobox", name=label)
    box.focus()
    page.keyboard.type(option)
    expect(page.get_by_role("option", name=option, exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(box).to_have_value(option)
    idle(page)


def told(page: Page) -> str:
    return page.locator(".lab-text-tip").inner_text()


def background(token: Locator) -> str:
    channels = re.findall(r"\d+", token.evaluate("node => getComputedStyle(node).backgroundColor"))
    return "#" + "".join(f"{int(channel):02x}" for channel in channels[:3])


def seen(encoder, look: Focus, text: str = TEXT) -> Reading:
    return Reading(encoder, encoder.encode(text), look)


def holds(page: Page, encoder, look: Focus, scheme: str = "light") -> None:
    """Hold that the text shows what a reading does: letters, colours and numbers."""
    reading = seen(encoder, look)
    weights = reading.seen.weights[reading.query]
    options = page.locator(".lab-text").get_by_role("option")
    expect(options).to_have_count(len(weights))
    scale = PALETTES[scheme].small_weight
    for i, weight in enumerate(weights):
        assert background(options.nth(i)) == colour_of(float(weight), scale, WEIGHT_RANGE)
    labels = options.evaluate_all("all => all.map(each => each.ariaLabel.split(': ').at(-1))")
    np.testing.assert_allclose([float(label) for label in labels], weights, atol=0.0006)
    chosen = page.locator(".lab-text [aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert options.nth(reading.query).get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_text_is_itself_and_answers(opened, encoder, scheme):
    page = opened("4.2.9.0.head", color_scheme=scheme)
    text = page.locator(".lab-text")
    assert text.evaluate("node => node.textContent") == f"[CLS]{TEXT}[SEP]"
    holds(page, encoder, Focus(3, 1, 8), scheme)
    token(page, "fits").hover()
    reading = seen(encoder, Focus(3, 1, 8))
    at = reading.names.index("fits")
    assert told(page) == f"waist → fits: {reading.seen.weights[8, at]:.3f}"
    token(page, "fits").click()
    idle(page)
    holds(page, encoder, Focus(3, 1, at), scheme)
    assert parameter(page, "look") == f"4.2.{at + 1}.0.head"
    expect(page.get_by_text("fits looks most at")).to_be_visible()
    expect(token(page, "fits")).to_be_focused()


def test_the_text_by_keyboard(opened, encoder):
    page = opened("4.2.9.0.head")
    names = seen(encoder, Focus(3, 1, 8)).names
    page.locator(".lab-text [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert told(page).startswith(f"waist → {names[9]}:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    here = page.evaluate("document.activeElement.getBoundingClientRect().top")
    third = token(page, "我").bounding_box()
    assert third is not None and abs(third["y"] - here) < 3
    page.keyboard.press("End")
    expect(token(page, "[SEP]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(token(page, "end")).to_be_focused()
    page.keyboard.press("Enter")
    idle(page)
    holds(page, encoder, Focus(3, 1, names.index("end")))
    expect(token(page, "end")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".lab-text :focus")).to_have_count(0)
    expect(page.locator(".lab-text-tip")).to_be_hidden()


def test_words_run_as_their_script_does(opened):
    """Each line has its own direction, and joined letters stand in their order."""
    page = opened("4.2.9.0.head.merged")
    left = {
        name: (token(page, name).bounding_box() or {})["x"]
        for name in ("قال", "الولد", "today", "שלום", "עולם")
    }
    assert sorted(left, key=lambda name: -left[name]) == [*left]
    block = page.locator(".lab-text").bounding_box()
    first = token(page, "قال").bounding_box()
    assert block is not None and first is not None
    assert block["x"] + block["width"] - (first["x"] + first["width"]) < 8
    assert (token(page, "unbelievably").bounding_box() or {})["x"] < block["x"] + 60


def test_words_in_place_of_pieces(opened, encoder):
    page = opened("4.2.9.0.head")
    assert len(z(page, "weights")) == encoder.encode(TEXT).n
    page.get_by_role("switch", name="Words, not pieces").focus()
    page.keyboard.press("Space")
    idle(page)
    merged = Focus(3, 1, 8, merged=True)
    reading = seen(encoder, merged)
    n = len(reading.tokens)
    assert n < encoder.encode(TEXT).n
    same(z(page, "weights"), reading.seen.weights)
    same(z(page, "weights").sum(axis=1), np.ones(n))
    same(
        z(page, "heads")[:n, :n],
        Reading(encoder, reading.encoded, Focus(0, 0, 1, merged=True)).seen.weights,
    )
    assert len(z(page, "scores")) == encoder.encode(TEXT).n
    expect(
        page.get_by_text("the query is waist, one of the 2 pieces of waistcoat").first
    ).to_be_visible()
    holds(page, encoder, merged)
    page.reload()
    drawn(page)
    same(z(page, "weights"), reading.seen.weights)


def test_a_finger_chooses_a_token_on_a_phone(opened, encoder):
    page = opened("4.2.9.0.head", viewport={"width": 390, "height": 844}, has_touch=True)
    token(page, "today").tap()
    idle(page)
    names = seen(encoder, Focus(3, 1, 8)).names
    holds(page, encoder, Focus(3, 1, names.index("today")))
    box = page.locator(".lab-text").bounding_box()
    assert box is not None and box["width"] <= 390


def test_a_head_is_found(opened, encoder):
    text = "The animal rested, because it was tired."
    page = opened("4.2.6.0.head", text)
    scores = measure_heads(seen(encoder, Focus(3, 1, 5), text))
    for name, kind in (("the token before", "previous"), ("punctuation", "punctuation")):
        choose(page, "Sort heads by", name)
        own = scores[MEASURES.index(kind)]
        order = order_heads(own)
        labels = page.locator(f"{plot('heads')} .annotation-text").all_text_contents()
        expected = [f"{i + 1} · {j + 1}{own[i, j]:.2f}" for i, j in order]
        assert labels == expected
        click_thumbnail(page, page.locator(plot("heads")), 0, 1)
        layer, head = order[1]
        title = f"Layer {layer + 1}, head {head + 1}"
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        same(z(page, "weights"), encoder.encode(text).weights[layer, head])
    page.reload()
    drawn(page)
    same(z(page, "weights"), encoder.encode(text).weights[layer, head])


def test_a_pair_and_only_one_way(opened, encoder):
    page = opened("4.2.3.0.head", "The animal rested.")
    page.get_by_role("button", name="A pair").click()
    idle(page)
    first, second = PAIR[1:]
    weights = encoder.encode(first, second).weights[3, 1]
    same(z(page, "weights"), weights)
    expect(page.get_by_text("a vector of its segment is added")).to_be_visible()
    choose(page, "Between", "only B → A")
    shown = z(page, "weights")  # [CLS] the animal rested . [SEP] it was tired . [SEP]
    same(shown[6:10, 1:5], weights[6:10, 1:5])
    assert np.isnan(shown).sum() == 11 * 11 - 4 * 4
    token(page, "tired").click()
    idle(page)
    assert parameter(page, "look").endswith(".head.ba")
    assert background(token(page, "animal")) != background(token(page, "was"))
    expect(page.get_by_text("of its weight to the first sentence, most to")).to_be_visible()
    there = z(page, "weights"), parameter(page, "pair")
    page.reload()
    drawn(page)
    np.testing.assert_array_equal(z(page, "weights"), there[0])
    page.get_by_label("Second sentence", exact=True).fill("")
    page.get_by_role("button", name="Read it").nth(1).click()
    idle(page)
    same(z(page, "weights"), encoder.encode(first).weights[3, 1])
