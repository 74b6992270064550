"""Learning in a real browser: it runs by itself, is paused, looked back at, and sent to the lab."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import attend, edits, permalink
from attn_core.permalink import encode
from attn_core.presets import BY_KEY
from tests.browser.conftest import idle, settle, type_into_table
from tests.browser.test_journey import go, numbers, thumb
from tests.browser.test_live import parameter, place

S = BY_KEY["verb-subject"].scenario
#: Counts what the browser sends from now on.
COUNT_REQUESTS = """() => {
    window.sent = 0;
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
        window.sent++;
        return send.call(this, data);
    };
}"""
WEIGHTS, WANTED, W_Q, W_K, MEETING = range(5)


def button(page: Page, name: str) -> Locator:
    """A button of the page itself; while a run lasts long, Streamlit's header has a Stop, too."""
    main = page.get_by_test_id("stMainBlockContainer")
    return main.get_by_role("button", name=name, exact=True)


def press(page: Page, name: str) -> None:
    button(page, name).click()
    idle(page)


def pictures(page: Page) -> int:
    """How often the first picture has been drawn."""
    return int(page.locator(".lab-board").first.get_attribute("data-drawn"))


def drawn_since(page: Page, count: int) -> None:
    """Wait until the first picture has been drawn more often than so."""
    page.wait_for_function("n => document.querySelector('.lab-board').dataset.drawn > n", arg=count)


def pressed_after(page: Page, name: str, count: int) -> None:
    """Press a button in the frame in which the first picture has been drawn so often.

    A click from outside may take longer than the whole run, where the machine is slow.
    """
    page.wait_for_function(
        """([name, n]) => {
          if (document.querySelector(".lab-board").dataset.drawn <= n) return false;
          const found = [...document.querySelectorAll("button")];
          const button = found.find((each) => each.innerText.trim().endsWith(name));
          button?.click();
          return Boolean(button);
        }""",
        arg=[name, count],
    )


def hurry(page: Page, steps: int) -> None:
    """Choose how many steps there are from one picture to the next."""
    page.get_by_role("radio", name=str(steps), exact=True).click()
    idle(page)


def said(page: Page) -> str:
    return page.get_by_test_id("stProgress").inner_text()


def step(page: Page) -> int:
    return int(said(page).split("Step ")[1].split()[0])


def run_is_over(page: Page) -> None:
    """Wait until all steps are taken, and the page is still."""
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("Learned after 150 steps")
    idle(page)


def past(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step of the run")


def test_learn_pause_look_back_and_send_to_the_lab(visit):
    page = visit("/Learn?preset=verb-subject")
    press(page, "itself")
    first = numbers(page)
    assert first[WANTED] == np.eye(3).tolist()
    hurry(page, 1)  # so that a slow hand finds it running
    before = pictures(page)
    button(page, "Learn").click()
    pressed_after(page, "Pause", before + 5)
    expect(button(page, "Go on")).to_be_visible()
    idle(page)
    paused, shown = said(page), numbers(page)
    assert 0 < step(page) < 150
    page.wait_for_timeout(700)
    assert (said(page), numbers(page)) == (paused, shown)
    np.testing.assert_allclose(shown[MEETING], np.array(shown[W_Q]) @ shown[W_K])

    page.evaluate(COUNT_REQUESTS)
    past(page).focus()
    page.keyboard.press("Home")
    idle(page)
    assert numbers(page)[W_Q] == first[W_Q]  # the numbers that it began with
    page.keyboard.press("End")
    idle(page)
    assert numbers(page)[W_Q] == shown[W_Q]
    assert page.evaluate("window.sent") == 0  # it is all in the browser

    press(page, "Send to the lab")
    expect(page.get_by_text("Sent: every page shows what was learned.")).to_be_visible()
    sent = permalink.decode(parameter(page, "s"))
    np.testing.assert_allclose(sent.W_q, shown[W_Q], atol=5e-4)
    go(page, "Attention")
    assert numbers(page, 0)[2] == pytest.approx(attend(sent).raw_scores)
    go(page, "Learn")
    assert said(page) == paused
    hurry(page, 20)
    button(page, "Go on").click()
    run_is_over(page)


def test_a_box_is_painted_by_a_click(visit):
    page = visit(f"/Learn?preset=verb-subject&s={encode(S)}&paint=0-0-0_1-0-0_0-0-0")
    page.mouse.click(*place(page, WANTED, 1, 2))
    idle(page)
    assert numbers(page)[WANTED] == [[0, 0, 0], [0.5, 0, 0.5], [0, 0, 0]]
    page.mouse.click(*place(page, WANTED, 1, 0))
    idle(page)
    assert numbers(page)[WANTED] == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    page.mouse.click(*place(page, WEIGHTS, 0, 0))  # these aren't painted
    idle(page)
    page.reload()
    settle(page)
    assert numbers(page)[WANTED] == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_a_table_is_painted_and_refuses_what_cant_be(visit):
    page = visit("/Learn?preset=verb-subject")
    page.get_by_text("Paint it as a table").click()
    type_into_table(page, "2,5")
    assert numbers(page)[WANTED] == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert parameter(page, "paint") == "2.5-0-0_1-0-0_0-1-0"
    type_into_table(page, "-1")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("from 0 to 30: row 1, column 1 is −1.")
    assert numbers(page)[WANTED] == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_the_page_can_be_used_while_it_runs(visit):
    page = visit("/Learn?learn=grammar")
    hurry(page, 1)
    before = pictures(page)
    button(page, "Learn").click()
    drawn_since(page, before)
    page.get_by_role("button", name="View").click()
    page.get_by_text("Projector").click()
    page.wait_for_function("parseFloat(getComputedStyle(document.documentElement).fontSize) > 20")
    drawn_since(page, pictures(page) + 2)
    button(page, "Stop").click()
    expect(button(page, "Learn again")).to_be_visible()
    assert "Stopped after" in said(page)


def test_another_d_k_shows_the_loss_fall_at_once(visit):
    page = visit("/Learn?preset=verb-subject")
    press(page, "itself")
    page.get_by_role("radio", name="100", exact=True).click()
    idle(page)
    button(page, "Learn").click()
    run_is_over(page)
    assert float(said(page).split()[-1].rstrip(".")) < 0.05
    thumb(page, "learn-paint-d_k").press("ArrowLeft")
    run_is_over(page)
    assert float(said(page).split()[-1].rstrip(".")) > 0.1
    expect(page.get_by_text("the scores Q Kᵀ have rank 1")).to_be_visible()
    assert np.array(numbers(page)[W_Q]).shape == (4, 1)


def test_the_painted_words_are_the_labs(visit):
    longer = edits.with_sentence(S, "Je suis très heureux")
    page = visit(f"/Learn?s={encode(longer)}")
    assert np.array(numbers(page)[WANTED]).shape == (4, 4)
