"""The picture is the editor: boxes over it are sliders, wherever an input of the visitor stands."""

import json

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core.notation.labels import numbers as written
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from tests.browser.conftest import idle
from tests.browser.test_hands import PHONE, scrolled, swipe
from tests.browser.test_journey import go, numbers, thumb, value
from tests.browser.test_live import centre

#: All boxes of a page: what they say, and how far they are from those that Plotly drew.
OVER = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) =>
    [...plot.querySelectorAll(".lab-box")].map((box) => {
        const at = box.getBoundingClientRect();
        const [x, y] = [(at.left + at.right) / 2, (at.top + at.bottom) / 2];
        const near = [...plot.querySelectorAll(".heatmap-label text")].map((text) => {
            const label = text.getBoundingClientRect();
            return [Math.hypot((label.left + label.right) / 2 - x,
                (label.top + label.bottom) / 2 - y), text];
        }).sort(([a], [b]) => a - b)[0];
        const { fontSize, color } = getComputedStyle(near[1]);
        const own = getComputedStyle(box);
        return { away: near[0], own: [box.textContent, own.fontSize, own.color],
            plotly: [near[1].textContent, fontSize, getComputedStyle(near[1]).fill] };
    }))"""
LABELS = """() => [...document.querySelectorAll(".heatmap-label text")].map(
    (label) => label.textContent)"""
STOPS = """() => [...document.querySelectorAll(".lab-boxes")].map(
    (matrix) => matrix.querySelectorAll("[tabindex='0']").length)"""
#: Import a file of the page's own, as the page has it.
OWN = """(name) => import(performance.getEntriesByType("resource")
    .map((file) => file.name).find((file) => file.endsWith(`/${name}`)))"""


def slider(page: Page) -> Locator:
    return page.locator(".lab-slider")


def focused(page: Page) -> str:
    cell: str = page.evaluate("document.activeElement.dataset.cell ?? ''")
    return cell


def texts(page: Page, cell: str) -> list[str]:
    return page.locator(f"[data-cell='{cell}']").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_boxes_lie_where_plotly_drew_them_and_say_the_same(visit, scheme):
    page = visit("/Projections?preset=verb-subject", color_scheme=scheme)
    shown = page.evaluate(OVER)
    assert len(shown) == 3 * 3 * 4 + 2 * 4 * 2 + 4 * 3
    assert max(box["away"] for box in shown) < 2
    assert [box["own"] for box in shown] == [box["plotly"] for box in shown]
    page.set_viewport_size({"width": 700, "height": 800})
    idle(page)
    assert max(box["away"] for box in page.evaluate(OVER)) < 2


def test_three_copies_of_a_matrix_move_together(visit):
    page = visit("/Projections")
    assert texts(page, "X-0-1") == ["0.00"] * 3
    assert page.evaluate(STOPS) == [1] * 6
    page.keyboard.press("Tab")
    box = page.locator("[data-cell='X-0-1']").nth(1)
    box.scroll_into_view_if_needed()
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    expect(slider(page)).to_have_count(0)  # it would lie in the way
    page.mouse.move(x + 40, y, steps=4)
    assert texts(page, "X-0-1") == ["0.50"] * 3  # whether the server has answered or not
    page.mouse.up()
    idle(page)
    assert texts(page, "X-0-1") == ["0.50"] * 3
    assert [matrices[0][1] for matrices in numbers(page)[:1]] == [0.5]
    assert focused(page) == "X-0-1"
    page.keyboard.press("Control+Z")
    idle(page)
    assert texts(page, "X-0-1") == ["0.00"] * 3
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert focused(page) == "X-0-1"


def test_one_stop_for_a_matrix_and_a_way_between_its_boxes(visit):
    page = visit("/Projections")
    thumb(page, "X-0-0").focus()
    for key, cell in {
        "Control+ArrowRight": "X-0-1",
        "Control+ArrowDown": "X-1-1",
        "Meta+ArrowLeft": "X-1-0",
        "Control+ArrowLeft": "X-1-0",  # there is none
        "Control+ArrowUp": "X-0-0",
    }.items():
        page.keyboard.press(key)
        assert focused(page) == cell, key
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Tab")
    assert focused(page) == "W_q-0-0"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "X-0-1"  # where it was
    assert page.evaluate(STOPS) == [1] * 6
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    matrix = page.get_by_role("group", name="X, 3×4").first
    expect(matrix).to_have_accessible_description(
        page.get_by_text("Drag a framed box sideways").first.inner_text()
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_chosen_box_has_its_slider_beside_it(visit, width):
    page = visit("/Embeddings", viewport={"width": width, "height": 800})
    box = thumb(page, "X-1-3")
    box.scroll_into_view_if_needed()
    box.click()
    area, own = slider(page).bounding_box(), box.bounding_box()
    assert area["x"] >= 0 and area["x"] + area["width"] <= width
    assert area["y"] >= 0 and area["y"] + area["height"] <= 800
    assert area["y"] >= own["y"] + own["height"] or area["y"] + area["height"] <= own["y"]
    strip = slider(page).get_by_role("slider", name="suis · first person")
    assert strip.get_attribute("type") == "range"
    assert strip.bounding_box()["height"] >= 44
    expect(slider(page)).to_contain_text("−3")
    grip = strip.bounding_box()
    y = grip["y"] + grip["height"] / 2
    page.mouse.move(grip["x"] + grip["width"] * 0.6, y)
    page.mouse.down()
    page.mouse.move(grip["x"] + grip["width"] * 0.8, y, steps=3)
    page.mouse.move(grip["x"] + grip["width"] + 50, y, steps=3)
    expect(box).to_have_text("3.00")
    page.mouse.up()
    idle(page)
    assert value(page, "X-1-3") == numbers(page)[0][1][3] == 3
    page.get_by_role("button", name="Undo").click()  # one change, and the keyboard is elsewhere
    idle(page)
    assert value(page, "X-1-3") == 0.6
    expect(slider(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    box.focus()
    expect(slider(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(slider(page)).to_have_count(0)
    assert focused(page) == "X-1-3"
    x, y = centre(box)
    for is_chosen in (False, True):  # a drag leaves the picture free, but for a box that was chosen
        if is_chosen:
            box.click()
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 20, y, steps=4)
        page.mouse.up()
        idle(page)
        expect(slider(page)).to_have_count(int(is_chosen))


def test_a_swipe_over_boxes_scrolls_and_a_tap_opens_the_slider(visit):
    page = visit("/Projections", **PHONE)
    box = thumb(page, "W_q-0-0")
    box.scroll_into_view_if_needed()
    before, (x, y) = scrolled(page), centre(box)
    swipe(page, x, y, down=-200)
    assert scrolled(page) > before
    assert value(page, "W_q-0-0") == 1
    expect(slider(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    box.scroll_into_view_if_needed()
    box.tap()
    expect(slider(page)).to_be_visible()
    swipe(page, *centre(box), across=60)
    assert value(page, "W_q-0-0") > 1.3


def test_a_held_box_and_the_keyboard_outlive_another_frame(visit):
    page = visit("/Embeddings", color_scheme="light")
    box = thumb(page, "X-0-1")
    box.scroll_into_view_if_needed()
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    ink = "document.querySelector('.js-plotly-plot').layout.font.color"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} === '#e6e9ee'")
    assert value(page, "X-0-1") == 0.5
    page.mouse.move(x + 80, y, steps=4)
    page.mouse.up()
    idle(page)
    assert value(page, "X-0-1") == numbers(page)[0][0][1] == 1
    page.set_viewport_size({"width": 700, "height": 800})
    idle(page)
    assert focused(page) == "X-0-1"
    page.keyboard.press("ArrowRight")
    idle(page)
    assert numbers(page)[0][0][1] == 1.05


def test_only_what_the_visitor_set_is_moved(visit):
    page = visit("/Projections")
    names = {
        cell.split("-")[0]
        for cell in page.evaluate(
            "() => [...document.querySelectorAll('[data-cell]')].map((box) => box.dataset.cell)"
        )
    }
    assert names == {"X", "W_q", "W_k", "W_v"}
    identity = page.locator("[class*='st-key-figure-identity']")
    expect(identity.locator(".js-plotly-plot")).to_have_count(1)
    expect(identity.locator("[data-cell]")).to_have_count(0)


PAIR = f"/Compare?a={encode(BY_KEY['uniform'].scenario)}&s={encode(DEFAULT.scenario)}"


@pytest.mark.parametrize(
    ("path", "cell"),
    [("/Embeddings", "X-0-1"), (PAIR, "W_k-0-0"), ("/Views?preset=four-views", "W_v-0-1")],
)
def test_all_pictures_follow_in_the_same_frame(visit, path, cell):
    page = visit(path)
    if "Compare" in path:
        page.get_by_text("Move the numbers").click()
        idle(page)
    labels = """() => [...document.querySelectorAll(".heatmaplayer .hm")].map((matrix) =>
        [...matrix.querySelectorAll("text")].map((text) => text.textContent))"""
    before = page.evaluate(labels)
    drawn = thumb(page, cell).evaluate(
        f"""(box) => {{
            box.dispatchEvent(new KeyboardEvent("keydown", {{ key: "PageUp", bubbles: true }}));
            return ({labels})();
        }}"""
    )
    idle(page)
    after = page.evaluate(labels)
    assert len(before) == len(after) > 2
    changed = [i for i, matrix in enumerate(after) if matrix != before[i]]
    assert len(changed) > 1
    # What is derived from the scenario otherwise, as an ablation, comes with the answer.
    assert [i for i in changed if drawn[i] != after[i]] == []


def test_a_matrix_of_another_shape_is_not_previewed(visit):
    page = visit("/Embeddings")
    shown = f"""async (shape) => {{
        const {{ preview }} = await ({OWN})("preview.js");
        const [move] = [{{ name: "X", head: 0, row: 2, column: 3, value: 2, shape }}];
        return [preview([move]), document.querySelector("[data-cell='X-2-3']").textContent];
    }}"""
    before = thumb(page, "X-2-3").inner_text()
    for shape in ([3, 5], [4, 4], [1, 1]):
        assert page.evaluate(shown, shape) == [False, before]
    assert page.evaluate(shown, [3, 4]) == [True, "2.00"]


def test_digits_are_rounded_as_in_python(visit):
    page = visit("/Embeddings")
    rng = np.random.default_rng(7)
    ties = rng.integers(-4000, 4000, 3000) / 1000 + 0.005
    drawn = np.concatenate([rng.normal(scale=9, size=3000), ties, np.nextafter(ties, 0)])
    for digits in (0, 1, 2):
        own = page.evaluate(
            f"""async ([values, digits]) => {{
                const {{ number }} = await ({OWN})("preview.js");
                return JSON.parse(values).map((value) => number(value, digits));
            }}""",
            [json.dumps(drawn.tolist()), digits],
        )
        assert own == written(drawn[None], digits)[0]
    nearly = f"async () => (await ({OWN})('preview.js')).number(0.775 - 1e-15, 2)"
    assert page.evaluate(nearly) == "0.78"


def test_the_way_back_from_another_page(visit):
    page = visit("/Projections")
    thumb(page, "W_v-0-0").press("Home")
    idle(page)
    go(page, "Attention")
    page.get_by_text("Move the numbers").click()
    idle(page)
    assert value(page, "W_v-0-0") == -3


def test_a_typed_number_is_shown_before_the_answer(visit):
    page = visit()
    before = page.evaluate(f"({LABELS})()")
    thumb(page, "W_q-1-0").press("Enter")
    field = thumb(page, "W_q-1-0").locator("input")
    field.fill("2,5")
    drawn = field.evaluate(
        f"""field => {{
            field.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Enter", bubbles: true }}));
            return ({LABELS})();
        }}"""
    )
    idle(page)
    assert value(page, "W_q-1-0") == 2.5
    assert before != drawn == page.evaluate(f"({LABELS})()")
