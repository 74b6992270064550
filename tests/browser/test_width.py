"""A picture is drawn for the frame that it stands in, whatever comes late."""

import itertools

import pytest

from pages.ui.live.components import loader
from tests.browser.conftest import settle
from tests.browser.seats import new_context
from tests.browser.test_looks import CUT, PINNED

#: Calls the loader with numbered data, ends its imports in some order, and tells what was shown.
LOAD = """async ([loader, order]) => {
    document.head.innerHTML = '<script src="/static/js/index.js"></scr' + 'ipt>';
    const ends = [], shown = [];
    window.imported = () => new Promise(end => ends.push(end));
    const text = loader.replace("import(", "window.imported(");
    const file = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const load = (await import(file)).default;
    const parentElement = document.createElement("div");
    const data = order.map((_, i) => new TextEncoder().encode(i));
    const calls = data.map(data => load({ data, parentElement, setTriggerValue: alert }));
    for (const i of order) {
        ends[i]({ default: ({ data }) => shown.push(data) });
        await new Promise(done => setTimeout(done));
    }
    await Promise.all(calls);
    return shown;
}"""
#: Keeps what comes from the server, or what goes there, for a while.
LATE = {
    "told": """() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), 400) };
    }""",
    "heard": """() => {
        const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
        Object.defineProperty(WebSocket.prototype, "onmessage", { get, set(hear) {
            set.call(this, event => setTimeout(() => hear(event), 400));
        } });
    }""",
}
#: Of each figure: its own size, that of the frame it was sent for, and the width that there is.
SIZES = """() => [...document.querySelectorAll(".js-plotly-plot")].map(plot => {
    const frame = plot.closest("[data-testid=stElementContainer]").getBoundingClientRect();
    const picture = plot.querySelector("svg.main-svg").getBoundingClientRect();
    return [picture.width, picture.height, frame.width, frame.height].map(Math.round);
})"""


def test_data_are_shown_in_their_order_whichever_import_ends_first(browser):
    page = browser.new_page()
    for order in itertools.permutations(range(4)):
        assert page.evaluate(LOAD, [loader("board"), order]) == [0, 1, 2, 3], order
    page.close()


@pytest.mark.parametrize("late", ["board.js", "plotly-*.gz", *LATE])
def test_the_first_width_is_unknown_and_something_is_late(browser, address, late):
    page = new_context(browser, color_scheme="dark").new_page()
    if late in LATE:
        page.add_init_script(f"({LATE[late]})()")
    else:  # until the page knows its width and has told it
        page.route(f"**/{late}", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(f"{address}/{PINNED}")
    settle(page)
    ((width, height, room, frame),) = page.evaluate(SIZES)
    assert 640 < width <= room
    assert height == frame
    assert page.evaluate(CUT) == []
    page.context.close()
