"""Positions in the browser: choose a kind, see its step and what the order does."""

import numpy as np
from playwright.sync_api import Page, expect

from attn_core import attend, edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import both_editors, go, numbers, press, thumb, value

BITES = BY_KEY["word-order"].scenario
SAME, DIFFERENT = "The order doesn't matter here", "The order matters: "


def choose(page: Page, kind: str) -> None:
    page.get_by_role("radio", name=kind, exact=True).click()
    idle(page)


def order(page: Page, chart: int) -> np.ndarray:
    """What the order changes, where it is what it says."""
    turned, weights, difference = map(np.array, numbers(page, chart))
    np.testing.assert_allclose(difference, turned - weights, atol=1e-12)
    return difference


def says(page: Page, start: str) -> None:
    expect(page.get_by_text(start)).to_be_visible()


@both_editors
def test_each_kind_shows_its_step_and_flips_the_verdict(visit, start):
    page = visit(start.replace("/", "/Positions", 1))
    page.get_by_role("button", name="Open “dog bites man”").click()
    idle(page)
    says(page, SAME)
    assert not order(page, 2).any()
    for title, kind, charts in (
        ("Sinusoidal", "sinusoidal", {0: "X_pos"}),
        ("Learned", "learned", {0: "X_pos"}),
        ("RoPE", "rope", {0: "rotated_Q", 1: "rotated_K"}),
    ):
        choose(page, title)
        trace = attend(edits.with_positions(BITES, kind))
        for chart, name in charts.items():
            np.testing.assert_allclose(numbers(page, chart)[-1], getattr(trace, name))
        says(page, DIFFERENT)
        assert np.abs(order(page, 2 + len(charts))).max() > 0.1
    choose(page, "ALiBi")
    says(page, SAME)
    says(page, "a sentence and its mirror image look alike")
    page.get_by_role("button", name="Set the causal mask").click()
    idle(page)
    says(page, DIFFERENT)
    assert np.abs(order(page, 3)).max() > 0.1
    choose(page, "None")
    says(page, "the mask tells the order as well")


def test_the_pictures_follow_a_drag_of_the_learned_table(visit):
    page = visit(f"/Positions?s={encode(edits.with_positions(BITES, 'learned'))}")
    before, changed = numbers(page), order(page, 3)
    cell = page.locator("[data-cell='P-2-1']")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.wait_for_function(
        """old => {
            const [, [p]] = document.querySelector(".js-plotly-plot").calcdata;
            return Math.abs(p.z[2][1] - old) > 0.01;
        }""",
        arg=before[1][2][1],
    )
    page.mouse.up()
    idle(page)
    X, P, placed = map(np.array, numbers(page))
    assert P[2][1] == value(page, "P-2-1") > before[1][2][1]
    np.testing.assert_allclose(placed, X + P)
    assert not np.allclose(order(page, 3), changed)


def test_a_link_opens_in_another_browser_and_a_reload_keeps_all(visit):
    page = visit("/Positions")
    page.get_by_role("button", name="Open “dog bites man”").click()
    idle(page)
    choose(page, "Learned")
    press(page, "P-0-0", "End")
    shown = numbers(page)
    page.reload()
    settle(page)
    assert numbers(page) == shown
    go(page, "Share")
    other = visit(page.get_by_test_id("stCode").inner_text().strip())
    go(other, "Positions")
    assert numbers(other) == shown
    assert shown[1][0][0] == value(other, "P-0-0") == 3
    expect(other.get_by_role("radio", name="Learned", exact=True)).to_be_checked()


def test_back_goes_over_kinds(visit):
    page = visit(f"/Positions?s={encode(BITES)}")
    choose(page, "RoPE")
    choose(page, "ALiBi")
    press(page, "slope", "ArrowRight")
    assert value(page, "slope") == 0.05
    page.go_back()
    idle(page)
    expect(page.locator(".st-key-slope")).to_contain_text(
        "0.004"
    )  # 1/256, the authors' for one head
    page.go_back()
    idle(page)
    expect(page.get_by_role("radio", name="RoPE", exact=True)).to_be_checked()
    assert thumb(page, "slope").count() == 0
    page.go_back()
    idle(page)
    says(page, SAME)


def test_with_a_second_sentence_a_refused_kind_goes_back(visit):
    s = edits.with_positions(edits.with_context(BITES, "I am happy"), "sinusoidal")
    page = visit(f"/Positions?s={encode(s)}")
    before = numbers(page)
    choose(page, "RoPE")
    expect(page.get_by_test_id("stAlert")).to_contain_text("with a second sentence")
    expect(page.get_by_role("radio", name="Sinusoidal", exact=True)).to_be_checked()
    assert numbers(page) == before


def test_formulas_fit_on_a_phone(visit):
    page = visit(f"/Positions?s={encode(BITES)}", viewport={"width": 390, "height": 800})
    wide = {}
    for kind in ("None", "Sinusoidal", "Learned", "RoPE", "ALiBi"):
        choose(page, kind)
        expect(page.locator(".katex-html")).not_to_have_count(0)
        wide[kind] = page.locator(".katex-html").evaluate_all(
            "all => all.filter(e => e.getBoundingClientRect().right > innerWidth - 8)"
            ".map(e => e.textContent)"
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind
    assert not any(wide.values()), wide
