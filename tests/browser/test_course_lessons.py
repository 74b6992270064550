"""Every lesson is solved by hand, as after its hints, and its address proves it elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import Scenario
from attn_core.permalink import decode
from attn_core.tasks import LESSONS, is_solved
from tests.browser.conftest import idle
from tests.browser.test_goals import type_into
from tests.browser.test_journey import thumb, type_sentence, value
from tests.browser.test_live import centre, parameter
from tests.browser.test_real_model import click_thumbnail

SOLVED = "✓ Solved"
PIXELS, STEP = 4, 0.05  # a box goes a step further with so many pixels of a drag


def task(page: Page):
    """The task of the page, as the core has it."""
    return LESSONS[parameter(page, "lesson")].variant(parameter(page, "seed") or "")


def scenario(page: Page) -> Scenario:
    return decode(parameter(page, "s"))


def goal(page: Page, i: int) -> Locator:
    return page.locator(".lab-goals li").nth(i)


def state(page: Page) -> Locator:
    return page.locator(".lab-state")


def drag(page: Page, cell: str, to: float) -> None:
    """Drag a box sideways to a number."""
    box = thumb(page, cell)
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + PIXELS * round((to - value(page, cell)) / STEP), y, steps=5)
    page.mouse.up()
    idle(page)
    assert value(page, cell) == pytest.approx(to)


def pull(page: Page, cell: str, i: int) -> None:
    """Drag a box as a learner who watches a goal's bar, until it is met."""
    line, bound = goal(page, i), task(page).goals[i].bound
    shown = float(line.locator("b").inner_text().replace("−", "-"))
    way = PIXELS if shown < bound.low else -PIXELS
    x, y = centre(thumb(page, cell))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 120):
        if line.get_attribute("data-met") is not None:
            break
        page.mouse.move(x + way * step, y)
    page.mouse.up()
    idle(page)


def slide(page: Page, cell: str, to: float) -> None:
    """Click a box, drag the thumb of the slider that opens beside it, and nudge it by keys."""
    box = thumb(page, cell)
    box.scroll_into_view_if_needed()
    box.click()
    strip = page.locator(".lab-slider input")
    area = strip.bounding_box()
    half = area["height"] / 2
    part = (area["width"] - 2 * half) / 6  # from −3 to 3, and the thumb is a circle
    y, middle = area["y"] + half, area["x"] + area["width"] / 2
    page.mouse.move(middle + part * value(page, cell), y)
    page.mouse.down()
    page.mouse.move(middle + part * to, y, steps=5)
    page.mouse.up()
    idle(page)
    steps = round((to - value(page, cell)) / STEP)
    assert abs(steps) < 10
    for _ in range(abs(steps)):
        strip.press("ArrowRight" if steps > 0 else "ArrowLeft")
    idle(page)


def keys(page: Page, cell: str, *pressed: str) -> None:
    """Press keys in a box, one after the other as a hand does, and pause."""
    box = thumb(page, cell)
    for key in pressed:
        box.press(key)
    idle(page)


def words_are_rows(page: Page) -> None:
    drag(page, "X-1-2", 3)
    drag(page, "X-1-1", 0)


def three_readings(page: Page) -> None:
    keys(page, "W_q-1-0", *["ArrowRight"] * 10)
    keys(page, "W_q-1-1", "PageDown")


def shape_rule(page: Page) -> None:
    type_sentence(page, "Je ne suis pas heureux")
    expect(state(page)).to_have_text("1 of 3 met")
    size(page, "d_k").fill("2")
    page.keyboard.press("Enter")
    idle(page)
    page.locator(".st-key-d_v").get_by_test_id("stNumberInputStepDown").click()
    idle(page)


def size(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-{name} input")


def score(page: Page) -> None:
    drag(page, "W_q-1-0", 3)
    expect(state(page)).to_have_text("0 of 1 met")
    type_into(page, "W_k-0-0", "1,75")


def root(page: Page) -> None:
    handle = page.locator(".st-key-temperature input")
    for presses in [60, *[5] * 12]:  # steps of 0.05, from 1 on
        for _ in range(presses):
            handle.press("ArrowRight")
        idle(page)
        if state(page).inner_text() == SOLVED:
            break


def softmax(page: Page) -> None:
    slide(page, "W_q-1-1", -2)
    slide(page, "W_q-1-2", 1.5)


def who(page: Page) -> None:
    keys(page, "W_q-1-0", "End")
    keys(page, "W_q-1-1", "Home")
    expect(state(page)).to_have_text("0 of 1 met")
    keys(page, "W_q-1-2", "Home")


def output(page: Page) -> None:
    for _ in range(4):  # each shifts the other a little
        pull(page, "W_v-0-0", 0)
        pull(page, "W_v-2-0", 1)
        if state(page).inner_text() == SOLVED:
            break


def learnable(page: Page) -> None:
    type_into(page, "W_q-0-1", "3")
    type_into(page, "W_k-1-1", "3")
    expect(state(page)).to_have_text("1 of 2 met")
    type_into(page, "W_q-1-2", "3")
    type_into(page, "W_k-2-2", "3")


def another_view(page: Page) -> None:
    pull(page, "W_v-4-0", 1)
    pull(page, "W_v-0-0", 0)


def masks_and_order(page: Page) -> None:
    page.locator(".st-key-mask").get_by_text("window", exact=True).click()
    idle(page)
    page.locator(".st-key-mask-size").get_by_role("radio", name="1", exact=True).click()
    idle(page)
    for kind, said in {"ALiBi": "2 of 3 met", "Sinusoidal": SOLVED}.items():
        page.locator(".st-key-positions").get_by_text(kind).click()
        idle(page)
        expect(state(page)).to_have_text(said)


def heads(page: Page) -> None:
    type_into(page, "W_q-2-1", "3")
    drag(page, "W_q-0-0", 0)
    page.locator(".st-key-head").get_by_text("2").click()
    idle(page)
    keys(page, "W_q-1-1", "End")


def real_head(page: Page) -> None:
    choose(page, "Head", "6")
    expect(state(page)).to_have_text("0 of 1 met")
    heads = page.locator(".st-key-figure-real-heads .js-plotly-plot")
    click_thumbnail(page, heads, 0, 2)
    expect(page.get_by_role("combobox", name="Head")).to_have_value("3")
    choose(page, "Text", "Je suis heureux")


def real_sentence(page: Page) -> None:
    choose(page, "Layer", "6")
    choose(page, "Head", "12")


def choose(page: Page, what: str, option: str) -> None:
    """Choose from a list: open it, and click."""
    page.get_by_role("combobox", name=what).click()
    page.get_by_role("option", name=option, exact=True).click()
    idle(page)


BY_HAND: dict[str, Callable[[Page], None]] = {
    "1": words_are_rows,
    "2": three_readings,
    "3": shape_rule,
    "4": score,
    "5": root,
    "6": softmax,
    "7": who,
    "8": output,
    "9": learnable,
    "10": another_view,
    "11": masks_and_order,
    "12": heads,
    "13": real_head,
    "14": real_sentence,
}


def test_a_lesson_is_solved_by_hand_and_its_address_proves_it(visit, lesson):
    page = visit(f"/Course?lesson={lesson.key}&step=task")
    expect(state(page)).not_to_have_text(SOLVED)
    BY_HAND[lesson.key](page)
    expect(state(page)).to_have_text(SOLVED)
    expect(page.locator(".st-key-solved")).to_be_visible()
    assert is_solved(task(page), scenario(page))
    other = visit(page.url, settled=False)
    expect(state(other)).to_have_text(SOLVED)
    expect(page.locator(f".st-key-lesson-{lesson.key}")).to_contain_text("✓")
