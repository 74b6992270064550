"""A picture is drawn for the frame that it stands in, whatever comes late."""

import itertools
import multiprocessing
from collections.abc import Iterator

import pytest

from pages.ui.live.components import loader
from tests.browser.conftest import idle, settle
from tests.browser.seats import new_context
from tests.browser.test_journey import numbers, thumb, value
from tests.browser.test_live import centre
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


#: What would be half an equation or a box beside its place, noted for each frame that is painted.
WATCH = """() => {
    const within = (part, whole) => part.left > whole.left - 3 && part.right < whole.right + 3
        && part.top > whole.top - 3 && part.bottom < whole.bottom + 3;
    window.wrong = () => [...document.querySelectorAll(".js-plotly-plot")].flatMap(plot => {
        const area = part => part.getBoundingClientRect();
        const picture = area(plot.querySelector("svg.main-svg"));
        const frame = area(plot.closest("[data-testid=stElementContainer]"));
        const images = [...plot.querySelectorAll(".heatmaplayer image")].map(area);
        const found = [];
        if (Math.abs(picture.height - frame.height) > 1) found.push("frame of another height");
        // One that has no room in its page even as it was drawn scrolls inside itself.
        const isWhole = plot.layout.width <= plot.parentElement.labBoard.fit.room;
        if (isWhole && picture.width > frame.width + 1) found.push("wider than its frame");
        for (const box of plot.querySelectorAll(".lab-box")) {
            if (!images.some(image => within(area(box), image))) found.push(box.dataset.cell);
        }
        return found;
    });
    window.noted = new Set();
    // After all that the page itself does before it paints: the last of its observers.
    const note = () => new ResizeObserver((_, observer) => {
        observer.disconnect();
        for (const each of window.wrong()) window.noted.add(each);
        requestAnimationFrame(note);
    }).observe(document.body);
    requestAnimationFrame(note);
}"""
#: Wraps every text of the page outside its pictures, as a browser's translation does.
TRANSLATE = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, text =>
        text.data.trim() && !text.parentElement.closest("script, style, svg, textarea")
            ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
    const texts = [];
    while (walk.nextNode()) texts.push(walk.currentNode);
    for (const text of texts) {
        const outer = document.createElement("font"), inner = document.createElement("font");
        text.replaceWith(outer);
        outer.append(inner);
        inner.textContent = text.data;
    }
    return texts.length;
}"""
INK = "document.querySelector('.js-plotly-plot').layout.font.color"


def _spin() -> None:
    while True:
        pass


@pytest.fixture
def busy() -> Iterator[None]:
    """A machine that has other things to do."""
    spins = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(2)]
    for spin in spins:
        spin.start()
    yield
    for spin in spins:
        spin.kill()
        spin.join()


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def whole(page):
    """Hold that each figure is drawn for the page that there is, with its boxes in their places."""
    idle(page)
    assert page.evaluate("wrong()") == []
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    room, drawn_for, zoom = page.evaluate(
        """() => {
            const plot = document.querySelector(".lab-board");
            const page = document.querySelector(".st-key-viewport");
            return [page.clientWidth, plot.parentElement.labBoard.frame.room, plot.style.zoom];
        }"""
    )
    assert drawn_for == room // 20 * 20  # steps in which the page tells its width
    assert zoom == "1"


def test_the_window_is_resized_while_a_hand_moves_and_the_server_is_slow(visit, busy):
    page = visit("/", alone=True)
    page.evaluate(WATCH)
    for widths in ([700, 390, 1280], [390, 1024, 700], [1280, 390, 700, 1280]):
        before = value(page, "X-0-1")
        x, y = centre(thumb(page, "X-0-1"))
        page.mouse.move(x, y)
        page.mouse.down()
        for steps, width in enumerate(widths, 1):
            page.mouse.move(x + 8 * steps, y)
            drawn = page.locator(".lab-board").first.get_attribute("data-drawn")
            resize(page, width)
            page.mouse.move(x + 8 * steps + 4, y)  # and now for both to be on their way
            if steps % 2:
                page.wait_for_function(
                    f"document.querySelector('.lab-board').dataset.drawn > {drawn}"
                )
        page.mouse.up()
        whole(page)
        moved = round(before + (2 * len(widths) + 1) * 0.05, 2)
        assert value(page, "X-0-1") == numbers(page)[0][0][1] == moved
    assert page.evaluate("[...noted]") == []


def test_a_translated_page_is_resized_turned_and_recoloured(visit):
    page = visit("/", alone=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(WATCH)
    assert page.evaluate(TRANSLATE) > 20
    for width, scheme, ink in ((844, "dark", "#e6e9ee"), (390, "light", "#22303f")):
        page.emulate_media(color_scheme=scheme)
        resize(page, width)
        page.wait_for_function(f"{INK} === '{ink}'")
        whole(page)
    before = value(page, "W_q-1-0")
    thumb(page, "W_q-1-0").press("End")
    idle(page)
    assert before < value(page, "W_q-1-0") == numbers(page)[1][1][0] == 3
    resize(page, 1280)
    whole(page)
    assert page.evaluate("[...noted]") == []
    assert errors == []
