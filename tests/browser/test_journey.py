"""The main journey by hand, and the ways in which a visitor could lose something."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import attend, edits, export, limits, permalink
from attn_core.document import from_json
from attn_core.notation.labels import unique
from attn_core.presets import DEFAULT
from attn_core.text.tokenize import split
from tests.browser.conftest import idle, settle, type_into_table

#: The last matrices of the first picture.
V, SCORES, WEIGHTS, OUTPUT = range(6, 10)


def choose_matrix(page: Page, name: str) -> None:
    """Choose a matrix for native sliders, or a table; live, all are in a picture."""
    choice = page.locator(".st-key-matrix").get_by_text(re.compile(rf"^{name} ·"))
    if choice.count():
        choice.click()
        idle(page)


def open_table(page: Page) -> None:
    """Show the table of the first matrix."""
    page.get_by_text("Tables and fillings").click()
    idle(page)


def thumb(page: Page, slider: str) -> Locator:
    """What takes the keys of a slider: a box such as W_q-0-1, or a part of a native slider.

    The key of a native slider of a matrix goes on with its revision.
    """
    native = f'[class*="st-key-{slider}-"] input[type=range], .st-key-{slider} input[type=range]'
    return page.locator(f'[data-cell="{slider}"], {native}').first


def value(page: Page, slider: str) -> float:
    """Where a slider stands."""
    place = thumb(page, slider)
    return float(place.evaluate("e => e.value ?? e.getAttribute('aria-valuenow')"))


both_editors = pytest.mark.parametrize("start", ["/", "/?classic=1"], ids=["live", "classic"])


def press(page: Page, slider: str, key: str) -> None:
    """Move a slider by keyboard."""
    thumb(page, slider).press(key)
    idle(page)


def type_sentence(page: Page, sentence: str) -> None:
    field = page.get_by_label("Sentence", exact=True)
    field.fill(sentence)
    field.press("Enter")
    idle(page)


def go(page: Page, name: str) -> None:
    page.locator(".st-key-menu").get_by_text(name, exact=True).click()
    page.wait_for_url(re.compile(f"/{name}"))
    settle(page)


def numbers(page: Page, chart: int = 0) -> list:
    """The numbers in the boxes of a chart, matrix by matrix, as the browser has drawn them."""
    return (
        page.locator(".js-plotly-plot")
        .nth(chart)
        .evaluate(
            """plot => plot.calcdata.map(([first]) => first)
                  .filter(({ trace }) => trace.type === "heatmap")
                  .map(({ z }) => Array.from(z, row => Array.from(row)))"""
        )
    )


def make_suis_look_at_je(page: Page) -> None:
    type_sentence(page, "Je suis heureux")
    choose_matrix(page, "W_q")
    press(page, "W_q-1-0", "End")
    choose_matrix(page, "W_k")
    press(page, "W_k-0-0", "End")


@both_editors
def test_newcomer_makes_suis_look_at_je_and_shares_it(visit, start):
    page = visit(start)
    make_suis_look_at_je(page)
    weights = numbers(page)[WEIGHTS]
    assert weights[1][0] > 0.9
    said = f"suis looks mostly at Je, {weights[1][0]:.2f}"
    expect(page.locator(".st-key-why")).to_contain_text("suis → Je")

    go(page, "Attention")
    expect(page.get_by_text(said)).to_be_visible()
    assert numbers(page, chart=3)[-1] == weights

    go(page, "Share")
    link = page.get_by_test_id("stCode").inner_text().strip()
    other = visit(link)
    assert numbers(other)[WEIGHTS] == weights
    expect(other.locator(".st-key-why")).to_contain_text(f"suis attends mostly to Je, {said[-4:]}")


def drag(page: Page, cell: str, by: float) -> None:
    """Drag a box by a number, without scrolling to it."""
    area = page.locator(f"[data-cell='{cell}']").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80 * by, y, steps=6)
    page.mouse.up()
    idle(page)


def test_newcomer_needs_two_drags_and_reads_why(visit):
    page = visit()
    assert numbers(page)[WEIGHTS][1][0] < 0.4
    why = page.locator(".st-key-why")
    drag(page, "W_q-1-0", 3)
    drag(page, "W_k-0-0", 2)
    assert numbers(page)[WEIGHTS][1][0] > 0.9
    for said in ("Why:", "W_q verb → q₁", "W_k pronoun → k₁", "suis", "Je"):
        expect(why).to_contain_text(said)
    expect(why).to_be_in_viewport(ratio=1)
    expect(page.locator(".lab-board").first).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    for _ in range(2):  # each drag is one change
        page.get_by_role("button", name="Undo").click()
        idle(page)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_teacher_at_a_projector(visit):
    page = visit("/", viewport={"width": 1280, "height": 720})
    page.get_by_role("button", name="View").click()
    page.locator(".st-key-projector label").first.click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("projector=1"))
    idle(page)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".lab-board :is(.heatmap-label text, .lab-box)")]
            .map(number => parseFloat(getComputedStyle(number).fontSize))"""
    )
    assert len(sizes) > 80
    assert min(sizes) >= 20
    picture = page.locator(".lab-board").first
    assert picture.evaluate("board => board.scrollWidth - board.clientWidth") == 0
    assert picture.bounding_box()["height"] < 610
    expect(picture).to_be_in_viewport(ratio=0.99)
    page.locator("[data-cell='W_q-1-0']").scroll_into_view_if_needed()
    drag(page, "W_q-1-0", 1.5)
    assert numbers(page)[1][1][0] == value(page, "W_q-1-0") == 1.5
    expect(page.locator("[data-cell='W_q-1-0']")).to_have_text("1.50")
    assert page.evaluate(
        """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
            .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)"""
    ) == [0, 0]


def test_reload_keeps_everything(visit):
    page = visit()
    make_suis_look_at_je(page)
    before = numbers(page)
    page.reload()
    settle(page)
    assert numbers(page) == before


def test_back_and_forward(visit):
    page = visit()
    start = numbers(page)
    make_suis_look_at_je(page)
    end = numbers(page)
    page.go_back()
    idle(page)
    page.go_back()
    idle(page)
    assert numbers(page) == start
    page.go_forward()
    idle(page)
    page.go_forward()
    idle(page)
    assert numbers(page) == end


def test_two_tabs_do_not_meet(visit):
    first, second = visit(), visit()
    before = numbers(second)
    make_suis_look_at_je(first)
    press(second, "temperature", "ArrowRight")
    after = numbers(second)
    assert after[SCORES] != before[SCORES]
    assert after[V] == before[V]


@both_editors
def test_fast_moves_all_arrive(visit, start):
    """Reruns overlap; an older URL in one of them must not win."""
    page = visit(start)
    choose_matrix(page, "W_q")
    for slider in ("W_q-0-0", "W_q-1-0", "W_q-2-0", "W_q-3-0"):
        thumb(page, slider).press("End")
    idle(page)
    assert [value(page, f"W_q-{i}-0") for i in range(4)] == [3, 3, 3, 3]
    page.reload()
    settle(page)
    go(page, "Projections")
    assert [row[0] for row in numbers(page)[1]] == [3, 3, 3, 3]


REFUSED = {
    "": "1 to 12 words and signs; it is empty",
    "a b c d e f g h i j k l m": "this one has 13",
    "x" * 200: "room for 40 characters",
    "Je suis\u0007": "U+0007",
}


def test_a_sentence_that_cannot_be_shown(visit):
    page = visit()
    before = numbers(page)
    for sentence, message in REFUSED.items():
        type_sentence(page, sentence)
        expect(page.get_by_test_id("stAlert")).to_contain_text(message)
        assert numbers(page) == before
        # It stays there to be mended, not retyped.
        assert page.get_by_label("Sentence", exact=True).input_value() == sentence
    type_sentence(page, "Je dors")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


HOSTILE = (
    "<b>x</b>",
    "<img src=x onerror=alert(1)>",
    "![i](//e.test)",
    "a :red[b] `c` **d**",
    "$x^2$ $y$",
    "&lt; %{z} <br>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "$\\href{x}$",
)


def test_words_are_never_markup(visit):
    # Features chosen by hand stay whatever is typed.
    by_hand = edits.with_features(DEFAULT.scenario, ("pronoun", "verb", "animate"))
    page = visit(f"/?s={permalink.encode(by_hand)}", alone=True)
    fetched, dialogs = [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for sentence in HOSTILE:
        type_sentence(page, sentence)
        words = unique(split(sentence))
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
        for i, word in enumerate(words[:4]):
            assert thumb(page, f"X-{i}-0").get_attribute("aria-label") == f"{word} · pronoun"
        assert set(words) <= set(page.locator(".js-plotly-plot text").all_text_contents())
    page.get_by_role("button", name="View").click()
    page.locator(".st-key-classic label").first.click()
    page.keyboard.press("Escape")
    idle(page)
    for sentence in HOSTILE:
        type_sentence(page, sentence)
        for i, word in enumerate(unique(split(sentence))[:4]):
            label = page.locator(f'[class*="st-key-X-{i}-0-"] label')
            assert label.inner_text() == f"{word} · pronoun"
            assert label.locator("b, strong, code, img, a, .katex, [style*=color]").count() == 0
    assert not [url for url in fetched if "//e.test" in url]
    assert not dialogs


#: Whole tokens and names that only a link can bring, in pieces that a sentence would be cut into.
MARKUP = (
    "<script>alert(1)</script>",
    "<img/src=x/onerror=alert(1)>",
    "[x](javascript:alert(1))",
    ":red[b]",
    "$\\href{javascript:alert(1)}{x}$",
    "<b>x</b>",
)
INJECTED = "a[href^=javascript], img[src$=x], svg[onload], [onerror], .katex a, text a"


def test_a_link_full_of_markup_is_shown_literally(visit):
    names = tuple(name[: limits.MAX_FEATURE_LENGTH] for name in MARKUP)
    s = edits.with_size(edits.with_sentence(DEFAULT.scenario, "a b c d e f"), d_model=6)
    link = permalink.encode(replace(s, tokens=MARKUP, features=names))
    page = visit("/favicon.png", settled=False, alone=True)
    dialogs, fetched = [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    own = page.url.removesuffix("favicon.png")
    for path in ("", "Embeddings", "Projections", "Attention"):
        page.goto(f"{own}{path}?preset=<img src=x onerror=alert(1)>&s={link}")
        settle(page)
        assert page.locator(INJECTED).count() == 0, path
        assert page.locator("script", has_text="alert(1)").count() == 0, path
        drawn = page.locator(".js-plotly-plot text").all_text_contents()
        for word in unique(names if path == "Projections" else MARKUP):
            # A picture cuts what is too long for it.
            cut = [t[:-1] for t in drawn if t.endswith("…")]
            assert word in drawn or any(map(word.startswith, cut)), (path, word)
    assert not dialogs
    assert not [url for url in fetched if not url.startswith((own, "data:", "blob:"))]


def test_table_is_typed(visit):
    page = visit()
    open_table(page)
    type_into_table(page, "2,345")  # French keyboards have a comma
    assert numbers(page)[V][0] == [2.345, 0, 0, 1]  # V = X here


def upload(page: Page, file: Path) -> None:
    with page.expect_response(re.compile("upload_file")):  # the browser reads it first
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    idle(page)


def test_json_down_and_up(visit, tmp_path):
    page = visit()
    make_suis_look_at_je(page)
    before = numbers(page)
    go(page, "Share")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as JSON").click()
    saved = tmp_path / "attention.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text())["tokens"] == ["Je", "suis", "heureux"]

    other = visit("/Share")
    upload(other, saved)
    assert numbers(other) == before
    # What a phone makes of a name doesn't matter, and NPZ opens as JSON does.
    other.get_by_role("button", name="Undo").click()
    idle(other)
    assert numbers(other) != before
    npz = {
        "name": "download",
        "mimeType": "",
        "buffer": export.npz(attend(from_json(saved.read_text()))),
    }
    other.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(npz)
    idle(other)
    assert numbers(other) == before


@pytest.mark.parametrize("last", ["3.4", "99"])
def test_a_whole_matrix_is_pasted(visit, last):
    page = visit()
    before = numbers(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_table(page)
    pasted = f"0.1\t0.2\t0.3\t0.4\n1.1\t1.2\t1.3\t1.4\n3.1\t3.2\t3.3\t{last}"
    page.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 150, "y": 55})
    idle(page)  # until the table has the focus
    page.keyboard.press("Control+V")
    idle(page)  # the table hands its edits over after a short debounce
    if last == "99":
        alert = page.get_by_test_id("stAlert")
        expect(alert).to_have_text("X takes numbers from −30 to 30: row 3, column 4 is 99.")
        assert numbers(page) == before
        page.mouse.wheel(0, 400)
        expect(alert).to_be_in_viewport()
    else:
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
        assert numbers(page)[V] == [
            [0.1, 0.2, 0.3, 0.4],
            [1.1, 1.2, 1.3, 1.4],
            [3.1, 3.2, 3.3, 3.4],
        ]
