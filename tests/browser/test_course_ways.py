"""A lesson with wrong answers and all hints, by fingers alone, by keys, and in classic mode."""

import re

import pytest
from playwright.sync_api import Page, expect

from attn_core.tasks import LESSONS, is_solved
from attn_core.tasks.course.progress import Progress
from tests.browser.conftest import idle, settle
from tests.browser.test_course import PAGE, PHONE, TASK, button, moves, scenario, type_into
from tests.browser.test_course_lessons import SOLVED, state
from tests.browser.test_home import SIDEWAYS
from tests.browser.test_journey import choose_matrix, thumb, value
from tests.browser.test_live import centre, parameter

KEY = "7"
TOP = """() => document.querySelector(".lab-board").getBoundingClientRect().top
    + document.querySelector("[data-testid=stMain]").scrollTop"""
#: How far below one element another begins.
GAP = """([above, below]) => document.querySelector(below).getBoundingClientRect().top
    - document.querySelector(above).getBoundingClientRect().bottom"""


def progress(page: Page):
    return Progress.from_text(parameter(page, "course"), LESSONS).of(KEY)


def reload(page: Page) -> None:
    page.reload()
    settle(page)


def answer_wrongly(page: Page, i: int) -> None:
    wrong = 0 if PAGE.predictions[i].answer else 1
    button(page, f"option-{wrong}").click()
    idle(page)
    said = page.locator(".st-key-verdict-other")
    expect(said).to_contain_text("Not quite.")
    expect(said).to_contain_text("You said:")


def test_wrong_answers_all_hints_and_the_solution_with_reloads_and_back(visit):
    page = visit(f"/Course?lesson={KEY}")
    for i in range(len(PAGE.predictions)):
        button(page, "next").click()
        idle(page)
        answer_wrongly(page, i)
        reload(page)
        expect(page.locator(".st-key-verdict-other")).to_contain_text("Not quite.")
    assert progress(page).predictions == (False, False)
    for step in ("predict2", "predict1"):  # an answer is a step of its own
        page.go_back()
        expect(page).to_have_url(re.compile(f"step={step}"))
        idle(page)
        expect(page.locator(".st-key-verdict-other")).to_contain_text("Not quite.")
    for _ in PAGE.predictions:
        button(page, "next").click()
        idle(page)
    tops = {page.evaluate(TOP)}
    for i, hint in enumerate(TASK.hints):
        button(page, "hint-next").click()
        idle(page)
        expect(page.locator(".st-key-hints p")).to_have_count(i + 1)
        expect(page.locator(".st-key-hints p").first).to_contain_text(hint.replace("*", "")[:20])
        tops.add(page.evaluate(TOP))
    button(page, "solution").click()
    idle(page)
    expect(state(page)).to_have_text(SOLVED)
    assert len(tops | {page.evaluate(TOP)}) == 1  # the picture stays under the hand
    told = page.locator(".st-key-solved")
    expect(told).to_contain_text("The weight suis → Je is 0.92 now; it was 0.31.")
    expect(told).not_to_contain_text("Solved")  # the bar says it
    assert scenario(page) == TASK.solution
    reload(page)
    expect(state(page)).to_have_text(SOLVED)
    assert progress(page).solved
    assert progress(page).with_solution
    button(page, "seen").click()
    expect(page).to_have_url(re.compile("step=seen"))
    idle(page)
    expect(page.locator(".st-key-figure-seen .js-plotly-plot")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("step=task"))
    idle(page)
    expect(state(page)).to_have_text(SOLVED)


def test_fingers_alone(visit):
    page = visit(f"/Course?lesson={KEY}&step=predict1", **PHONE)
    picture = ".st-key-figure-prediction-0"
    question = page.locator("[data-testid=stMarkdown]").filter(has_text="Nothing has moved yet")
    asked, answers = question.bounding_box(), page.locator(".st-key-answers").bounding_box()
    assert 0 <= answers["y"] - asked["y"] - asked["height"] < 60
    assert page.evaluate(GAP, [".st-key-answers", picture]) >= 0
    button(page, f"option-{int(PAGE.predictions[0].answer)}").tap()
    idle(page)
    expect(page.locator(".st-key-verdict")).to_contain_text("Right:")
    button(page, "test-me").tap()
    settle(page)
    top = page.evaluate(TOP)
    for box, to in moves():
        pull(page, box, to)
    expect(state(page)).to_have_text(SOLVED)
    assert is_solved(TASK, scenario(page))
    assert page.evaluate(TOP) == top
    assert page.evaluate(SIDEWAYS) == [0, 0]
    button(page, "seen").tap()
    expect(page).to_have_url(re.compile("step=seen"))


def pull(page: Page, box: str, to: float) -> None:
    """Drag a box sideways with a finger until it has a number."""
    place = thumb(page, box)
    place.evaluate("box => box.scrollIntoView({ block: 'center' })")
    idle(page)
    x, y = centre(place)
    touch = page.context.new_cdp_session(page)

    def tell(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [*points]})

    way = 1 if to > value(page, box) else -1
    tell("touchStart", {"x": x, "y": y})
    for step in range(1, 120):
        tell("touchMove", {"x": x + 4 * way * step, "y": y})
        if (value(page, box) - to) * way >= 0:
            break
    tell("touchEnd")
    idle(page)
    assert value(page, box) == pytest.approx(to)


def test_by_keys_all_is_said(visit):
    page = visit(f"/Course?lesson={KEY}&step=predict1")
    said = page.get_by_role("status").and_(page.locator(".lab-said"))
    press(page, f"option-{int(PAGE.predictions[0].answer)}")
    expect(said).to_contain_text("Right: suis, itself.")
    press(page, "test-me")
    settle(page)
    expect(said).to_contain_text(f"{LESSONS[KEY].title}. Step 4 of 5: task.")
    *first, last = moves()
    for box, to in first:
        type_into(page, box, to)
        expect(said).to_contain_text(
            re.compile(r"The weight suis → Je is 0\.\d\d, wanted at least")
        )
    expect(page.get_by_role("progressbar", name=re.compile("suis → Je"))).to_have_attribute(
        "aria-valuetext", re.compile(r"\d+ % of the way")
    )
    type_into(page, *last)
    expect(said).to_contain_text("Solved: all goals are met.")
    bar = page.get_by_role("progressbar", name=re.compile("suis → Je"))
    expect(bar).to_have_attribute("aria-valuetext", "met")
    press(page, "seen")
    expect(page).to_have_url(re.compile("step=seen"))


def press(page: Page, key: str) -> None:
    button(page, key).focus()
    page.keyboard.press("Enter")
    idle(page)


def test_with_the_classic_editors(visit):
    page = visit(f"/Course?lesson={KEY}&step=predict1&classic=1")
    answer_wrongly(page, 0)
    button(page, "test-me").click()
    settle(page)
    assert parameter(page, "classic") == "1"
    choose_matrix(page, "W_q")
    for box, to in moves():
        thumb(page, box).press("End" if to > 0 else "Home")
        idle(page)
    expect(state(page)).to_have_text(SOLVED)
    assert is_solved(TASK, scenario(page))
    button(page, "seen").click()
    idle(page)
    expect(page.get_by_text("isn’t solved yet")).to_have_count(0)
