"""A workshop: a presenter, a phone, a keyboard and a slow line go through questions and a task."""

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from attn_core.permalink import encode
from benchmarks.serve import serving
from tests.browser.conftest import idle, settle
from tests.browser.test_course_lessons import SOLVED, scenario
from tests.browser.test_journey import press

ROOT = Path(__file__).parents[2]
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
#: A far corner of a hall: bytes a second and milliseconds.
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 60_000, "uploadThroughput": 30_000}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server with a store of its own."""
    settings = {"ROOM_STORE": f"sqlite:///{tmp_path_factory.mktemp('room') / 'rooms.db'}"}
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def presenter(visit):
    page = visit("/Room", settled=False)
    button(page, "Open a room").click()
    expect(page.locator(".room-code")).to_be_visible()
    idle(page)
    return page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def code_of(presenter: Page) -> str:
    return presenter.locator(".room-code").inner_text()


def ask(presenter: Page) -> None:
    """Ask which word *suis* attends to most."""
    presenter.get_by_role("button", name="Ask the room").click()
    presenter.get_by_role("button", name="Which word does suis").click()
    expect(button(presenter, "Show the answers")).to_be_visible()


def answered(presenter: Page, count: int) -> None:
    expect(presenter.get_by_text(f"{count} of 3 participants answered")).to_be_visible()


@pytest.fixture
def phone(visit, presenter):
    return visit(f"/?room={code_of(presenter)}", **PHONE)


@pytest.fixture
def keyboard(visit, presenter):
    """Who comes in without a mouse, by the letters on the wall."""
    page = visit("/Room", settled=False)
    page.get_by_label("Code, 5 letters").focus()
    page.keyboard.type(code_of(presenter).lower())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Following the presenter")).to_be_visible()
    settle(page)
    return page


@pytest.fixture
def slow(visit, presenter):
    page = visit(f"/?room={code_of(presenter)}", alone=True)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    return page


def with_keys(page: Page, name: str) -> None:
    """Press a button by keyboard alone, from the beginning of the page."""
    page.locator("body").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab doesn't lead to {name}.")


def test_a_workshop(presenter, phone, keyboard, slow):
    room = [phone, keyboard, slow]
    expect(presenter.get_by_text("3 participants")).to_be_visible()

    ask(presenter)
    for page in room:
        expect(button(page, "heureux")).to_be_visible()
        expect(page.locator(".st-key-figure-votes")).to_have_count(0)
    button(phone, "heureux").tap()
    with_keys(keyboard, "Je")
    button(slow, "suis").click()
    answered(presenter, 3)
    for page in room:
        expect(page.get_by_text("You said:")).to_be_visible()
        expect(page.get_by_text("0.45")).to_have_count(0)

    button(presenter, "Close the vote, to discuss").click()
    for page in room:
        expect(page.get_by_text("There will be a second vote")).to_be_visible()
    button(presenter, "Vote again").click()
    for page in room:
        expect(page.get_by_text("Second vote")).to_be_visible()
    button(phone, "suis").tap()
    with_keys(keyboard, "heureux")
    expect(button(keyboard, "✓ heureux")).to_be_visible()
    with_keys(keyboard, "suis")  # changed, and counted once
    button(slow, "suis").click()
    answered(presenter, 3)
    expect(button(keyboard, "✓ suis")).to_be_visible()

    button(presenter, "Show the answers").click()
    for page in (presenter, *room):
        expect(page.get_by_text("fewer than 5 isn’t shown")).to_be_visible()
        expect(page.get_by_text("0.45 to suis")).to_be_visible()
    button(presenter, "Show even so few").click()
    for page in (presenter, *room):
        votes = page.locator(".st-key-figure-votes")
        expect(votes.get_by_text("after the discussion (3)")).to_be_visible()
        expect(votes.get_by_text("3 · 100 %")).to_be_visible()
        assert votes.get_by_text("1 · 33 %").count() == 3
    button(presenter, "Done").click()

    presenter.get_by_role("button", name="Give a task").click()
    presenter.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    presenter.get_by_role("option", name=re.compile("^7 ·")).click()
    button(presenter, "Give it to all").click()
    for page in room:
        expect(page.get_by_text("0 of 1 met")).to_be_visible()
        settle(page)
    expect(presenter.get_by_text("0 of 3 participants solved it")).to_be_visible()

    for box, key in {"W_q-1-0": "End", "W_q-1-1": "Home", "W_q-1-2": "Home"}.items():
        press(keyboard, box, key)
    expect(keyboard.get_by_text(SOLVED)).to_be_visible()
    expect(presenter.get_by_text("1 of 3 participants solved it")).to_be_visible()
    press(slow, "W_q-1-0", "End")

    start = scenario(presenter)
    button(presenter, "Show me one").click()
    button(presenter, "Show it").click()  # the one that is nearest comes first
    expect(button(presenter, "Back")).to_be_visible()
    presenter.wait_for_url(lambda url: "/Room" not in url)
    settle(presenter)
    assert scenario(presenter) == scenario(keyboard)
    button(presenter, "Back").click()
    expect(button(presenter, "Show me one")).to_be_visible()
    presenter.wait_for_function("link => location.search.includes(link)", arg=encode(start))

    button(presenter, "End the task").click()
    for page in room:
        expect(page.get_by_text("Following the presenter")).to_be_visible()
    phone.wait_for_function("link => location.search.includes(link)", arg=encode(start))

    go_to_room(presenter)
    button(presenter, "End the room").click()
    with presenter.expect_download() as saved:
        button(presenter, "End it, and give me the file").click()
        button(presenter, "Save the room’s course").click()
    course = saved.value.path().read_text()
    assert "Which word does *suis* attend to most?" in course
    assert "3 votes, 3 right" in course
    for page in room:
        expect(page.get_by_text(re.compile(r"The room \w+ has ended"))).to_be_visible()
        expect(page.get_by_text("The task has ended")).to_have_count(0)
        expect(page).not_to_have_url(re.compile("room="))


def go_to_room(page: Page) -> None:
    page.get_by_role("link", name="Code and end").click()
    expect(page.locator(".room-code")).to_be_visible()
    idle(page)


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 720), (1920, 1080)])
def test_the_way_in_is_on_one_projector_screen(presenter, width, height):
    presenter.set_viewport_size({"width": width, "height": height})
    idle(presenter)
    presenter.get_by_text("View", exact=True).click()
    presenter.locator("label").filter(has_text="Projector").click()
    presenter.keyboard.press("Escape")
    expect(presenter.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    idle(presenter)
    for shown in (
        presenter.locator(".room-code"),
        presenter.locator(".room-address"),
        presenter.get_by_alt_text("QR code of the link"),
    ):
        box = shown.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
    letters = presenter.locator(".room-code")
    assert letters.evaluate("code => code.scrollWidth <= code.clientWidth")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(presenter.screenshot())))
    address = presenter.locator(".room-address").inner_text().split()[0]
    assert found.text == f"http://{address}"
    assert found.text.endswith(f"/?room={code_of(presenter)}")


def test_a_question_fits_a_phone(presenter, phone):
    ask(presenter)
    expect(button(phone, "heureux")).to_be_visible()
    idle(phone)
    for name in ("Je", "suis", "heureux"):
        box = button(phone, name).bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844
        assert box["width"] > 300
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_one_who_reloads_or_has_two_tabs_has_one_vote(presenter, phone):
    ask(presenter)
    button(phone, "heureux").tap()
    expect(button(phone, "✓ heureux")).to_be_visible()
    idle(phone)
    phone.reload()
    expect(button(phone, "✓ heureux")).to_be_visible()

    other = phone.context.new_page()
    other.goto(phone.url)
    expect(button(other, "✓ heureux")).to_be_visible()
    button(other, "Je").tap()
    expect(button(other, "✓ Je")).to_be_visible()
    expect(presenter.get_by_text("1 of 1 participant answered")).to_be_visible()
    phone.reload()
    expect(button(phone, "✓ Je")).to_be_visible()
