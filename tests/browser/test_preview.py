"""While a hand moves, the browser's own numbers are drawn, and they are those of the answer."""

import time
from itertools import chain

from playwright.sync_api import Page

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import DEFAULT
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import V, choose_matrix, numbers, thumb, value
from tests.core.courses import COURSES, made

#: What is written in each box of the first picture, in which colour and size.
WRITTEN = """() => [...document.querySelector(".js-plotly-plot").querySelectorAll(".hm")].map(
    (matrix) => [...matrix.querySelectorAll(".heatmap-label text")].map((text) => {
        const { fill, fontSize } = getComputedStyle(text);
        return [text.textContent, fill, fontSize];
    }))"""
#: Press keys in a box, and return what is drawn before an answer can come.
PRESS = f"""(box, keys) => {{
    for (const key of keys)
        box.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
    const picture = document.querySelector(".js-plotly-plot");
    const cells = [...picture.querySelectorAll(".lab-cells")].map(({{ children }}) =>
        [...children].map((box) => [
            ...["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name))),
            box.style.fill,
        ]));
    return {{ written: ({WRITTEN})(), cells }};
}}"""
#: The colours of Plotly's picture of each matrix: inside the corners of boxes and beside them.
PAINTED = """async (cells) => {
    const images = [...document.querySelector(".js-plotly-plot").querySelectorAll(".hm image")];
    return Promise.all(images.map(async (image, k) => {
        const [left, top, width, height] = ["x", "y", "width", "height"].map(
            (name) => Number(image.getAttribute(name)));
        const picture = new Image();
        picture.src = image.getAttribute("href") ?? image.getAttribute("xlink:href");
        await picture.decode();
        const canvas = new OffscreenCanvas(width, height).getContext("2d");
        canvas.drawImage(picture, 0, 0);
        const colour = (x, y) => [...canvas.getImageData(
            Math.round(x - left), Math.round(y - top), 1, 1).data];
        return cells[k].map(([x, y, w, h]) => [
            [[x, y], [x + w - 1, y + h - 1], [x + w / 2, y + h / 2]].map((at) => colour(...at)),
            [[x - 1, y], [x + w, y + h - 1]].map((at) => colour(...at)),
        ]);
    }));
}"""

#: A link's scenario, the head, and the box that a hand moves.
CASES = {
    "start": (DEFAULT.scenario, 0, "X-0-1"),
    "large numbers": (edits.with_matrix(made(), "X", made().X * 9, 0), 0, "W_q-6-2"),
    "rope, masked": (COURSES["rope, odd"], 0, "W_k-0-0"),
    "second sentence": (COURSES["cross, learned"], 0, "Z-10-0"),
    "second head": (COURSES["heads, alibi"], 1, "W_k-2-1"),
}


def rgba(colour: str) -> list[int]:
    return [*map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")), 255]


def open_case(page: Page, address: str, name: str) -> None:
    scenario, head, box = CASES[name]
    page.goto(f"{address}/?s={encode(scenario)}" + (f"&head={head + 1}" if head else ""))
    settle(page)
    if not box.startswith("X"):
        choose_matrix(page, box.partition("-")[0])


def test_numbers_and_colours_are_those_of_the_answer(visit, address):
    page, wrong = visit(), []
    for name, (_, _, box) in CASES.items():
        open_case(page, address, name)
        start = page.evaluate(WRITTEN)
        drawn = thumb(page, box).evaluate(PRESS, ["PageUp", "PageUp", "ArrowLeft"])
        idle(page)
        answer, painted = page.evaluate(WRITTEN), page.evaluate(PAINTED, drawn["cells"])
        assert drawn["written"] != start, name
        assert [len(cells) for cells in drawn["cells"]] == [len(texts) for texts in start], name
        if drawn["written"] != answer:
            pairs = zip(chain(*drawn["written"]), chain(*answer), strict=True)
            wrong.append((name, "numbers", [pair for pair in pairs if pair[0] != pair[1]]))
        for cells, pixels in zip(drawn["cells"], painted, strict=True):
            for (*_, fill), (inside, beside) in zip(cells, pixels, strict=True):
                if inside != [rgba(fill)] * 3 or any(alpha for *_, alpha in beside):
                    wrong.append((name, "colours", fill, inside, beside))
    assert not wrong, wrong[:3]
    assert page.locator(".lab-cells").count() == 0


def test_plotly_draws_when_the_hand_rests(visit):
    page = visit()
    board = page.locator(".lab-board").first
    before = int(board.get_attribute("data-drawn"))
    drawn = thumb(page, "X-0-1").evaluate(PRESS, ["ArrowRight", "PageUp", "ArrowRight"])
    idle(page)
    # There were three answers: to the first and the last move, and to the end of the gesture.
    assert 0 < int(board.get_attribute("data-drawn")) - before < 3
    assert drawn["written"] == page.evaluate(WRITTEN)
    assert numbers(page)[V][0][1] == value(page, "X-0-1") == 0.6


def test_moves_to_the_server_are_few_and_the_last_one_arrives(visit):
    page = visit(alone=True)
    sent = []
    page.on("websocket", lambda line: line.on("framesent", lambda _: sent.append(1)))
    page.reload()
    settle(page)
    thumb(page, "X-0-1").scroll_into_view_if_needed()
    area = thumb(page, "X-0-1").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    before, begun = len(sent), time.monotonic()
    for step in range(1, 61):
        page.mouse.move(x + 4 * step, y)
        page.evaluate("new Promise(requestAnimationFrame)")
    moves, seconds = len(sent) - before, time.monotonic() - begun
    assert 0 < moves <= 1 + 5 * seconds
    page.mouse.up()
    idle(page)
    assert numbers(page)[V][0][1] == value(page, "X-0-1") == 3
