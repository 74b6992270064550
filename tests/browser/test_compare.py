"""Compare in the browser: pin, go on, see what the change did; nothing of it is lost."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import both_editors, choose_matrix, go, numbers, press
from tests.browser.test_preview import PRESS, WRITTEN
from tests.core.courses import COURSES

A = BY_KEY["verb-subject"].scenario
B = edits.with_cell(A, "W_k", 0, 0, 0.5)
PAIR = f"/Compare?s={encode(B)}&a={encode(A)}"


def click(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    idle(page)


def choose(page, what_if):
    page.get_by_role("radio", name=what_if, exact=True).click()
    idle(page)


def difference(page):
    """B, A and B − A in the figure, where B − A is what it says."""
    b, a, between = map(np.array, numbers(page)[:3])
    np.testing.assert_allclose(between, b - a, atol=1e-12)
    return between


def suis_for_je(page):
    """From and to of the first sentence about suis and Je."""
    told = page.get_by_text(re.compile("alone (raises|lowers) the weight of suis for Je")).first
    return re.search(r"for Je from (\S+) to (\d\.\d+)", told.inner_text()).groups()


@both_editors
def test_pin_move_a_number_and_see_what_it_did(visit, start):
    page = visit(start.replace("/", "/Compare", 1))
    click(page, "Pin the present scenario as A")
    expect(page.get_by_text("A and B have the same inputs.")).to_be_visible()
    assert not difference(page).any()
    page.get_by_text("Move the numbers").click()
    idle(page)
    choose_matrix(page, "W_k")
    press(page, "W_k-0-1", "End")
    between = difference(page)
    assert between[1][0] > 0.3
    before, after = suis_for_je(page)
    assert float(before) == pytest.approx(numbers(page)[1][1][0], abs=0.0051)
    assert float(after) == pytest.approx(numbers(page)[0][1][0], abs=0.0051)
    expect(page.get_by_text("W_k pronoun → k₂ +3.00 alone raises")).to_be_visible()
    press(page, "W_k-0-1", "ArrowLeft")
    expect(page.get_by_text("W_k pronoun → k₂ +2.95 alone raises")).to_be_visible()
    assert difference(page)[1][0] < between[1][0]


def test_the_figure_follows_a_drag(visit):
    page = visit(PAIR)
    page.get_by_text("Move the numbers").click()
    idle(page)
    choose_matrix(page, "W_k")
    before, old = difference(page), numbers(page)[0][1][0]
    cell = page.locator("[data-cell='W_k-0-0']")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.wait_for_function(
        """old => {
            const [[b]] = document.querySelector(".js-plotly-plot").calcdata;
            return Math.abs(b.z[1][0] - old) > 0.01;
        }""",
        arg=old,
    )
    page.mouse.up()
    idle(page)
    assert abs(difference(page)[1][0]) < abs(before[1][0])


def test_a_link_opens_in_another_browser(visit):
    page = visit(PAIR)
    shown, told = numbers(page), suis_for_je(page)
    go(page, "Share")
    link = page.get_by_test_id("stCode").inner_text().strip()
    other = visit(link)
    go(other, "Compare")
    assert numbers(other) == shown
    assert suis_for_je(other) == told


def test_a_reload_keeps_both(visit):
    page = visit("/Compare")
    click(page, "Pin the present scenario as A")
    go(page, "Embeddings")
    press(page, "X-0-0", "Home")
    go(page, "Compare")
    shown = numbers(page)
    assert difference(page).any()
    page.reload()
    settle(page)
    assert numbers(page) == shown
    expect(page.get_by_text("A is pinned.")).to_be_visible()


def test_back_goes_over_pinning(visit):
    page = visit("/Compare")
    alone = numbers(page)
    click(page, "Pin the present scenario as A")
    pinned = numbers(page)
    click(page, "Unpin")
    assert numbers(page) == alone
    page.go_back()
    idle(page)
    assert numbers(page) == pinned
    expect(page.get_by_text("A is pinned.")).to_be_visible()
    page.go_back()
    idle(page)
    assert numbers(page) == alone
    expect(page.get_by_text("A is pinned.")).to_have_count(0)
    page.go_forward()
    idle(page)
    assert numbers(page) == pinned


def test_swap_and_undo(visit):
    page = visit(PAIR)
    before = difference(page)
    click(page, "Swap A and B")
    np.testing.assert_allclose(difference(page), -before)
    click(page, "Undo")
    np.testing.assert_array_equal(difference(page), before)


def test_what_if_and_back(visit):
    page = visit(PAIR)
    address, before = page.url, numbers(page)
    choose(page, "without scaling")
    expect(page.get_by_text("A is the present scenario")).to_be_visible()
    assert numbers(page)[1] == before[0]
    assert difference(page)[1][0] > 0.01
    assert page.url == address
    choose(page, "without scaling")
    assert numbers(page) == before
    choose(page, "without mask")
    expect(page.get_by_text("There is no mask")).to_be_visible()
    expect(page.get_by_role("button", name="Go on with this")).to_be_disabled()
    choose(page, "temperature × 2")
    hotter = numbers(page)[0]
    click(page, "Go on with this")
    assert numbers(page)[0] == hotter
    click(page, "Undo")
    assert numbers(page) == before


#: What is asked of a scenario, its head, and the step that is compared.
WHAT_IFS = [
    ("without scaling", "plain", 0, "weights"),
    ("temperature × 2", "heads, alibi", 1, "output"),
    ("without mask", "alibi, masked", 0, "weights"),
    ("without positions", "heads, rope", 1, "scores"),
    ("without projections", "heads, alibi", 2, "weights"),
]


def test_a_what_if_follows_the_hand_before_the_answer(visit, address):
    page, wrong = visit(), []
    for title, course, head, step in WHAT_IFS:
        page.goto(f"{address}/Compare?s={encode(COURSES[course])}&head={head + 1}")
        settle(page)
        choose(page, title)
        if step != "weights":
            page.get_by_role("radio", name=step, exact=True).click()
            idle(page)
        page.get_by_text("Move the numbers").click()
        idle(page)
        start = page.evaluate(WRITTEN)
        box = page.locator(".st-key-figure-inputs [data-cell='X-1-0']")
        drawn = box.evaluate(PRESS, ["PageUp", "PageUp"])["written"]
        idle(page)
        changed = [one != other for one, other in zip(start, drawn, strict=True)]
        if drawn != page.evaluate(WRITTEN) or not all([*changed[:3], changed[-1]]):
            wrong.append((title, changed))
    assert not wrong


def test_two_tabs_pin_for_themselves(visit):
    first = visit("/Compare")
    second = first.context.new_page()
    second.goto(first.url)
    settle(second)
    click(first, "Pin the present scenario as A")
    idle(second)
    expect(first.get_by_text("A is pinned.")).to_be_visible()
    expect(second.get_by_text("A is pinned.")).to_have_count(0)
    second.reload()
    settle(second)
    expect(second.get_by_text("A is pinned.")).to_have_count(0)
