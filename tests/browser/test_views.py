"""Heads, masks and second sentences in a real browser: clicked, edited, linked, gone back from."""

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from attn_core import attend, permalink
from attn_core.presets import BY_KEY, DEFAULT
from tests.browser.conftest import idle, settle
from tests.browser.test_inspector import answer, click, follow
from tests.browser.test_journey import WEIGHTS, go, numbers, thumb
from tests.browser.test_live import parameter, picture, place

VIEWS = BY_KEY["four-views"].scenario
HEADS, CHOSEN = 0, 1  # pictures from the top


def scenario(page: Page):
    return permalink.decode(parameter(page, "s"))


def click_in(page: Page, name: str, matrix: int, row: int, column: int) -> None:
    page.mouse.click(*place(page, matrix, row, column, figure=picture(page, name)))
    idle(page)


def test_a_click_makes_a_head_large(visit):
    page = visit("/Views?preset=four-views")
    np.testing.assert_allclose(numbers(page, HEADS), attend(VIEWS).weights)
    click(page, 2, 4, 3)
    np.testing.assert_allclose(numbers(page, CHOSEN)[1], attend(VIEWS).weights[2])
    expect(page.get_by_role("heading", name="name or not")).to_be_visible()
    assert parameter(page, "head") == "3"
    page.reload()
    settle(page)
    np.testing.assert_allclose(numbers(page, CHOSEN)[1], attend(VIEWS).weights[2])
    go(page, "Attention")
    assert numbers(page, 0)[2] == pytest.approx(attend(VIEWS).raw_scores[2])
    go(page, "Views")
    assert parameter(page, "head") == "3"


def test_all_pictures_follow_a_number_of_one_head(visit):
    page = visit("/Views?preset=four-views&head=2")
    thumb(page, "W_v-4-1").press("End")
    idle(page)
    moved = scenario(page)
    assert moved.W_v[1, 4, 1] == 3
    assert (moved.W_v != VIEWS.W_v).sum() == 1
    trace = attend(moved)
    *outputs, heads, again, _, projected = numbers(page, picture(page, "projected"))
    np.testing.assert_allclose(outputs, trace.output)
    np.testing.assert_allclose(heads, trace.concat_heads)
    np.testing.assert_allclose(again, trace.concat_heads)
    np.testing.assert_allclose(projected, trace.projected)
    page.get_by_role("button", name="Undo").click()
    idle(page)
    assert scenario(page) == VIEWS


def test_heads_are_made_by_hand(visit):
    page = visit("/Views")
    page.get_by_role("button", name="Add a head").click()
    idle(page)
    name = page.get_by_label("Name of this head")
    name.fill("**b** <i>")
    name.press("Enter")
    idle(page)
    thumb(page, "W_q-0-0").press("Home")
    idle(page)
    page.get_by_role("button", name="Copy this head").click()
    idle(page)
    s = scenario(page)
    assert s.heads == ("head 1", "**b** <i>", "**b** <i> copy")
    np.testing.assert_array_equal(s.W_q[1], s.W_q[2])
    assert s.W_q[1, 0, 0] == -3
    np.testing.assert_allclose(numbers(page, HEADS), attend(s).weights)
    assert page.locator("i", has_text="copy").count() == 0  # a name is never markup
    page.get_by_role("button", name="Remove this head").click()
    idle(page)
    assert scenario(page).heads == s.heads[:2]


def test_a_projected_number_is_followed_back_through_its_head(visit):
    page = visit("/Views?preset=four-views")
    last = len(numbers(page, picture(page, "projected"))) - 1
    click_in(page, "projected", last, 0, 3)  # I · verb … made of the heads side by side
    expect(answer(page)).to_contain_text("projected[I, name] =")
    follow(page, "heads[I, v₁ name or not]")
    expect(answer(page)).to_contain_text("heads[I, v₁ name or not]")
    follow(page, "output[I, v₁]")
    assert parameter(page, "head") == "3"
    trace = attend(VIEWS)
    expect(answer(page)).to_contain_text(f"= {trace.output[2, 0, 0]:.3f}")
    follow(page, "weights[I, Alice]")
    expect(answer(page)).to_contain_text(f"= {trace.weights[2, 0, 2]:.3f}")


def test_a_head_is_switched_off_and_on(visit):
    page = visit("/Views?preset=four-views")
    off = page.get_by_test_id("stButtonGroup").filter(has_text="Switch off")
    off.get_by_text("name or not", exact=True).click()
    idle(page)
    without, whole, change = numbers(page, picture(page, "ablation"))
    np.testing.assert_allclose(whole, attend(VIEWS).projected)
    np.testing.assert_allclose(np.array(without)[:, VIEWS.features.index("name")], 0)
    assert np.abs(change).max() > 0.5
    off.get_by_text("name or not", exact=True).click()
    idle(page)
    assert picture(page, "ablation") == -1


def test_pointing_lights_the_same_pair_in_all_heads(visit):
    page = visit("/Views?preset=four-views")
    page.mouse.move(*place(page, 2, 4, 3, figure=HEADS))
    lit = page.locator("[data-lit]")
    expect(lit).to_have_count(VIEWS.h)
    assert {each.get_attribute("data-lit") for each in lit.all()} == {
        f"{head},4,5,3,4" for head in range(VIEWS.h)
    }
    expect(page.locator(".lab-target")).to_have_attribute("data-lit", "2,4,5,3,4")


def test_a_mask_is_made_with_the_keyboard(visit):
    page = visit("/Attention")
    page.locator("[data-testid=stRadio] label", has_text="custom").click()
    idle(page)
    chart = page.locator(".lab-board").nth(picture(page, "mask"))
    chart.get_by_role("gridcell").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(chart.locator(".lab-target")).to_have_attribute("data-lit", "0,1,2,2,3")
    page.keyboard.press("Enter")
    idle(page)
    assert scenario(page).mask.tolist() == [[True] * 3, [True, True, False], [True] * 3]


def test_a_mask_is_made_by_clicking_boxes(visit):
    page = visit("/Attention")
    page.locator("[data-testid=stRadio] label", has_text="custom").click()
    idle(page)
    click_in(page, "mask", 0, 1, 2)
    assert scenario(page).mask.tolist() == [[True] * 3, [True, True, False], [True] * 3]
    # A box that is blocked has no number, and is opened by a click all the same.
    click_in(page, "mask", 0, 1, 2)
    assert scenario(page).mask.all()
    for column in (0, 1):
        click_in(page, "mask", 0, 1, column)
    click_in(page, "mask", 0, 1, 2)
    expect(page.get_by_test_id("stAlert")).to_contain_text("blocks the whole row 2 (suis)")
    assert scenario(page).mask[1].tolist() == [False, False, True]
    trace = attend(scenario(page))
    masked = numbers(page, picture(page, "masked_scores"))
    assert [value is None for value in masked[1][1]] == [True, True, False]
    np.testing.assert_allclose(trace.weights[1], [0, 0, 1])


def test_masks_of_each_kind_are_drawn_and_linked(visit):
    page = visit("/Attention?preset=negation")
    links = {}
    for kind in ("padding", "window", "causal"):
        page.locator("[data-testid=stRadio] label", has_text=kind).click()
        idle(page)
        s = scenario(page)
        assert s.mask is not None
        blocked = np.array(numbers(page, picture(page, "masked_scores"))[1], dtype=object)
        np.testing.assert_array_equal(np.equal(blocked, None), ~s.mask)
        links[kind] = page.url
    for kind, link in links.items():
        other = visit(link)
        checked = other.locator("[data-testid=stRadio] label:has(input:checked)", has_text=kind)
        expect(checked).to_be_visible()


def test_a_second_sentence_in_a_second_browser(visit):
    page = visit()
    page.get_by_text("Second sentence").click()
    idle(page)
    field = page.get_by_role("textbox", name="Second sentence")
    field.fill("I am not happy")
    field.press("Enter")
    idle(page)
    shown = numbers(page)
    d_v = scenario(page).d_v
    assert [np.shape(each) for each in shown[-4:]] == [(4, d_v), (3, 4), (3, 4), (3, d_v)]
    np.testing.assert_allclose(shown[-2], attend(scenario(page)).weights)
    other = visit(page.url)
    assert scenario(other) == scenario(page)
    expect(other.get_by_role("textbox", name="Second sentence")).to_have_value("I am not happy")
    page.go_back()
    settle(page)
    page.go_back()
    settle(page)
    assert scenario(page) == DEFAULT.scenario


def test_a_link_of_the_first_version_still_opens(visit):
    first = json.loads((Path(__file__).parents[1] / "golden" / "first_links.json").read_text())
    for name in ("verb-subject", "masked, unscaled"):
        page = visit(f"/?s={first[name]['link']}")
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
        np.testing.assert_allclose(numbers(page)[WEIGHTS], first[name]["weights"])
