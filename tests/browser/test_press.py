"""A press that a part's clock comes across is heard once."""

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.conftest import idle
from tests.browser.test_learn import button, drawn_since, hurry, pictures, press, step

#: A browser that is slow to tell of a press: what it puts off to the next moment waits a second.
SLOW = """() => {
    const { setTimeout } = window;
    window.setTimeout = (done, delay, ...args) => setTimeout(done, delay || 1000, ...args);
}"""


@pytest.fixture
def told(visit):
    """A page whose run goes on, and what it tells of presses, by a clock or not."""
    page: Page = visit("/Learn?preset=verb-subject")
    told = []

    def note(data: bytes) -> None:
        if not isinstance(data, bytes):
            return
        message = BackMsg.FromString(data).rerun_script
        if any(state.trigger_value for state in message.widget_states.widgets):
            told.append(message.is_auto_rerun)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.reload()
    press(page, "itself")
    hurry(page, 1)
    before = pictures(page)
    button(page, "Learn").click()
    drawn_since(page, before + 2)
    page.evaluate(SLOW)
    told.clear()
    return page, told


def test_a_press_is_heard_once_though_a_clock_tells_of_it_first(told):
    page, told = told
    button(page, "Pause").click()
    expect(button(page, "Go on")).to_be_visible()
    idle(page)
    expect(button(page, "Go on")).to_be_visible()
    assert 0 < step(page) < 150
    # That Streamlit's clock tells of it, too, is what is mended in `serving/mend.py`.
    assert told[0] is True
    assert told[-1] is False
