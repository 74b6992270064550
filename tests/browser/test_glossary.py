"""A term is explained at the pointer, by a tap and by the keyboard, and the page stays still."""

from attn_core.explain.glossary import BY_NAME
from tests.browser.conftest import settle

OPEN = "() => document.querySelector(':popover-open')?.innerText.split('\\n')[0] ?? null"
#: Where all else on the page is.
PLACES = """() => [...document.querySelectorAll("[data-testid=stElementContainer]")]
    .map((each) => each.getBoundingClientRect()).map(({x, y, height}) => [x, y, height])"""


def test_a_term_is_explained(visit):
    page = visit("/Attention")
    words = page.locator(".lab-words button")
    softmax = words.get_by_text("softmax", exact=True)
    assert softmax.get_attribute("title") == BY_NAME["softmax"].says
    before = page.evaluate(PLACES)

    words.first.focus()
    while softmax.evaluate("button => document.activeElement !== button"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(OPEN) == BY_NAME["softmax"].says
    assert page.evaluate(PLACES) == before
    page.keyboard.press("Escape")
    assert page.evaluate(OPEN) is None
    assert softmax.evaluate("button => document.activeElement === button")

    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    weight = words.get_by_text("weight", exact=True)
    weight.click()
    assert page.evaluate(OPEN) == BY_NAME["weight"].says
    box = page.locator(":popover-open").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.get_by_role("heading", level=1).click()  # anywhere else
    page.wait_for_function("() => !document.querySelector(':popover-open')")
