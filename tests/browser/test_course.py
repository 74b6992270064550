"""Lessons by mouse, by finger and by keyboard, from the story to the next one."""

import re

from playwright.sync_api import Page, expect

from attn_core.permalink import decode
from attn_core.tasks import LESSONS, is_solved
from tests.browser.conftest import idle, settle
from tests.browser.test_home import SIDEWAYS, bottom
from tests.browser.test_journey import thumb

KEY = "7"
PAGE = LESSONS[KEY].page("")
TASK = PAGE.task
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}


def button(page: Page, key: str):
    return page.locator(f".st-key-{key} button")


def scenario(page: Page):
    return decode(re.search(r"[?&]s=([^&]+)", page.url)[1])


def moves():
    """What the solution moves: boxes, and to where."""
    for name in TASK.movable.matrices:
        now, then = (getattr(s, name) for s in (TASK.start, TASK.solution))
        for i, j in zip(*(now != then).nonzero(), strict=True):
            yield f"{name}-{i}-{j}", float(then[i, j])


def drag(page: Page, box: str, to: float) -> None:
    """Drag a box sideways until it has a number."""
    place = thumb(page, box)
    place.scroll_into_view_if_needed()
    area = place.bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    way = 1 if to > float(place.get_attribute("aria-valuenow")) else -1
    for step in range(1, 200):
        page.mouse.move(x + 4 * way * step, y)
        if (float(place.get_attribute("aria-valuenow")) - to) * way >= 0:
            break
    page.mouse.up()
    idle(page)


def type_into(page: Page, box: str, to: float) -> None:
    """Type a number into a box that has the keyboard."""
    thumb(page, box).focus()
    page.keyboard.type(f"{to:g}")
    page.keyboard.press("Enter")
    idle(page)


def test_a_lesson_by_mouse(visit):
    page = visit(f"/Course?lesson={KEY}")
    expect(page.get_by_role("heading", name=f"{KEY} · {LESSONS[KEY].title}")).to_be_visible()
    for i, asked in enumerate(PAGE.predictions):
        button(page, "next").click()
        idle(page)
        if i:
            button(page, "rather-see").click()
        else:
            button(page, f"option-{1 - min(int(asked.answer), 1)}").click()
        idle(page)
        expect(page.locator("[class*='st-key-verdict']").get_by_text("The answer:")).to_be_visible()
        assert page.evaluate(SIDEWAYS) == [0, 0]
    button(page, "next").click()
    idle(page)
    assert bottom(page.locator(".lab-board").first) <= 800
    for box, to in moves():
        drag(page, box, to)
    expect(page.locator(".lab-state")).to_have_text("✓ Solved")
    expect(page.locator(".st-key-solved")).to_contain_text("now; it was 0.31.")
    assert is_solved(TASK, scenario(page))
    address = page.url
    page.reload()
    settle(page)
    expect(page.locator(".st-key-solved")).to_contain_text("now; it was 0.31.")
    assert page.url == address
    button(page, "seen").click()
    idle(page)
    expect(page.get_by_text("isn’t solved yet")).to_have_count(0)
    button(page, "next").click()
    idle(page)
    following = [*LESSONS][[*LESSONS].index(KEY) + 1]
    expect(page.get_by_role("heading", name=LESSONS[following].title)).to_be_visible()
    expect(button(page, f"lesson-{KEY}").first).to_contain_text("✓")
    page.go_back()
    idle(page)
    expect(page).to_have_url(re.compile(f"lesson={KEY}&step=seen"))


def test_what_is_locked_stays_and_says_why(visit):
    page = visit(f"/Course?lesson={KEY}&step=task")
    type_into(page, "X-0-0", 2)
    assert scenario(page) == TASK.start


def test_the_lesson_by_keyboard(visit):
    page = visit(f"/Course?lesson={KEY}&step=predict1")
    button(page, f"option-{int(PAGE.predictions[0].answer)}").focus()
    page.keyboard.press("Enter")
    idle(page)
    expect(page.locator(".st-key-verdict")).to_contain_text("Right:")
    button(page, "test-me").focus()
    page.keyboard.press("Enter")
    idle(page)
    settle(page)
    for box, to in moves():
        type_into(page, box, to)
    expect(page.locator(".st-key-solved")).to_contain_text("now; it was 0.31.")
    button(page, "seen").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("step=seen"))


def test_the_lesson_by_finger(visit):
    page = visit(f"/Course?lesson={KEY}&step=predict1", **PHONE)
    assert page.evaluate(SIDEWAYS) == [0, 0]
    button(page, "rather-see").tap()
    idle(page)
    button(page, "test-me").tap()
    settle(page)
    assert page.evaluate(SIDEWAYS) == [0, 0]
    for i in range(len(TASK.hints)):
        button(page, "hint-next").tap()
        idle(page)
        assert page.locator(".st-key-hints p").count() > i
    page.locator(".lab-board").first.evaluate("board => board.scrollIntoView({ block: 'end' })")
    assert page.locator(".lab-goals").bounding_box()["y"] > 0  # it stays on the screen
    button(page, "solution").tap()
    idle(page)
    expect(page.locator(".lab-state")).to_have_text("✓ Solved")
    button(page, "seen").tap()
    idle(page)
    expect(page.locator(".st-key-step")).to_contain_text("what you have seen")
    assert page.evaluate(SIDEWAYS) == [0, 0]


def test_every_story_and_prediction_is_one_screen(visit, lesson):
    page = visit(f"/Course?lesson={lesson.key}")
    tall = "document.querySelector('[data-testid=stMain]').scrollHeight"
    assert page.evaluate(tall) <= 800, "story"
    for i in range(lesson.predictions):
        button(page, "next").click()
        idle(page)
        button(page, "rather-see").click()
        idle(page)
        assert page.evaluate(tall) <= 800, f"prediction {i + 1}"
