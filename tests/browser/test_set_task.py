"""A teacher sets a task on Share, a student solves it elsewhere, and its link proves it."""

import io
import json
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from attn_core.permalink import decode
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS, read
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import press
from tests.browser.test_looks import resize

SHARE = "/Share?preset=similarity"


def open_part(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).click()
    idle(page)


def choose(page: Page, name: str, label: str, option: str) -> None:
    box = page.locator(f'[class*="-{name}"]').get_by_role("combobox", name=label)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()
    idle(page)


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Tab")
    idle(page)


def make(page: Page) -> str:
    """Make the task; return its link."""
    page.get_by_role("button", name="Make the task").click()
    expect(page.get_by_text("It can be solved.")).to_be_visible()
    idle(page)
    return link(page, "task=")


def link(page: Page, what: str) -> str:
    code = page.get_by_test_id("stCode").filter(has_text=what)
    return re.sub(r"\s", "", code.inner_text())


def code(page: Page) -> str:
    """Read the code on the page as a phone does."""
    shown = page.get_by_alt_text("QR code of the link")
    expect(shown).to_be_visible()
    idle(page)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.screenshot())))
    return found.text


def test_a_task_is_set_solved_elsewhere_and_proven(visit):
    teacher = visit(SHARE)
    open_part(teacher, "Set a task, for a class")
    fill(teacher, "Number", "0.6")
    fill(teacher, "Title", "Find the *subject*")
    fill(teacher, "What is asked", "Have suis attend to Je.")
    address = make(teacher)
    teacher.locator("label").filter(has_text="QR code").click()
    assert code(teacher) == address

    student = visit(address)
    expect(student.get_by_role("heading", name="Find the *subject*")).to_be_visible()
    expect(student.get_by_text("Have suis attend to Je.")).to_be_visible()
    expect(student.get_by_text("For who set the task")).not_to_be_visible()
    press(student, "W_q-1-0", "End")
    expect(student.get_by_text("✓ Solved", exact=True)).to_be_visible()
    open_part(student, "For who set the task")
    proof = link(student, "task=")
    student.locator("label").filter(has_text="QR code").click()
    assert code(student) == proof

    opened = visit(proof)
    expect(opened.get_by_text("✓ Solved", exact=True)).to_be_visible()
    assert decode(re.search("[?&]s=([^&]+)", opened.url)[1]).W_q[1, 0] == 3


def test_a_task_is_tried_and_its_file_is_opened_again(visit, tmp_path):
    page = visit(SHARE)
    open_part(page, "Set a task, for a class")
    choose(page, "0-kind", "Goal 1", "Every word’s largest weight")
    choose(page, "0-how", "is to be", "at most")
    fill(page, "Number", "0.4")
    page.get_by_role("combobox", name="What may move").click()
    page.get_by_role("option", name="temperature", exact=True).click()
    page.keyboard.press("Escape")
    idle(page)
    fill(page, "Hints, one a line, up to three (may be left out)", "Warm it.\nWarmer.")
    address = make(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the task").click()
    file = tmp_path / "task.json"
    download.value.save_as(file)
    task = read(file.read_text(encoding="utf-8"))
    assert json.loads(file.read_text(encoding="utf-8"))["hints"] == ["Warm it.", "Warmer."]
    assert task.start == BY_KEY["similarity"].scenario

    other = visit("/Share?preset=negation")
    open_part(other, "Set a task, for a class")
    with other.expect_response(re.compile("upload_file")):
        other.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(file)
    # For a moment the field of before is still there, behind the new one.
    expect(other.get_by_label("Hints, one a line").first).to_have_value("Warm it.\nWarmer.")
    assert make(other) == address
    other.get_by_role("button", name="Try it").click()
    other.wait_for_url(re.compile("/Course"))
    settle(other)
    other.get_by_role("button", name="Hint 1 of 2").click()
    expect(other.get_by_text("Warm it.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_fields_fit_a_phone(visit, scheme):
    page = visit(SHARE, color_scheme=scheme)
    open_part(page, "Set a task, for a class")
    choose(page, "0-kind", "Goal 1", "A row of a matrix")
    for width in (1280, 1024, 390):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for field in page.locator('[class*="st-key-task-goal-0"] [data-testid^="st"]').all():
            box = field.bounding_box()
            assert box is None or box["x"] + box["width"] <= width


def test_a_receipt_is_checked_in_another_browser(visit):
    task = LESSONS["7"].variant("k3f9")
    student = visit("/Course?lesson=7&seed=k3f9&step=task")
    moved = task.solution.W_q - task.start.W_q
    for row, column in zip(*moved.nonzero(), strict=True):
        press(student, f"W_q-{row}-{column}", "End" if moved[row, column] > 0 else "Home")
    open_part(student, "Receipt for your teacher")
    address = link(student, "receipt=")
    student.locator("label").filter(has_text="QR code").click()
    assert code(student) == address
    teacher = visit(address)
    expect(teacher.get_by_text("The receipt is genuine.")).to_be_visible()
    teacher.reload()
    settle(teacher)
    expect(teacher.get_by_text("The receipt is genuine.")).to_be_visible()
    forged = visit(address.replace("receipt=10", "receipt=11"))
    expect(forged.get_by_text("This receipt isn’t valid here.")).to_be_visible()
