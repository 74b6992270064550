"""A decoder writes on in a browser: paused, taken back, asked about, and found again."""

import re

import pytest
from playwright.sync_api import Page, expect

from attn_core.permalink import encode_text
from attn_core.pretrained import Decoder, load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.sampling import Sampling
from attn_core.pretrained.interpret import candidates, next_word
from benchmarks.serve import serving
from pages.ui.model.shared.shared_model import VARIABLE
from tests.browser.conftest import ROOT, idle
from tests.browser.test_learn import button, press
from tests.browser.test_live import parameter
from tests.pretrained.decoders import HOME

KIND, TEXT = "gpt2", "cab bad"
#: Seed 3 writes with these settings for as long as there is room.
SEED, HOW = 3, Sampling(1.8)
#: Pauses in the frame in which there are four; a click from outside may come after the end.
PAUSE = """() => {
    if (document.querySelectorAll(".st-key-next-text .lab-new").length < 4) return false;
    const buttons = [...document.querySelectorAll("button")];
    const pause = buttons.find((each) => each.innerText.trim().endsWith("Pause"));
    pause?.click();
    return Boolean(pause);
}"""


@pytest.fixture(scope="module")
def model(model_packages) -> Decoder:
    return load(HOME / KIND)


@pytest.fixture(scope="module")
def address(model):
    with serving(ROOT / "dashboard.py", settings={VARIABLE: str(HOME / KIND)}) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def page(visit) -> Page:
    page = visit(
        f"/Real_model?topic=prediction&read={encode_text(TEXT)}&next={SEED}-{HOW.temperature}-0-1-0"
    )
    drawn(page)
    return page


def drawn(page: Page) -> None:
    page.wait_for_selector(".st-key-figure-model-next .barlayer .point", state="attached")
    page.wait_for_selector(".st-key-figure-model-cache .heatmaplayer image", state="attached")
    idle(page)


def core(model, count: int) -> Continuation:
    """The same, written by the core alone."""
    going = Continuation(model, TEXT, SEED)
    for _ in range(count):
        going.step(HOW)
    return going


def text(page: Page) -> list[str]:
    """What was written, token by token."""
    return page.locator(".st-key-next-text .lab-new").all_inner_texts()


def bars(page: Page, which: int = 0) -> list[float | None]:
    told = "(plot, i) => plot.data[i].x"
    return list(page.locator(".st-key-figure-model-next .js-plotly-plot").evaluate(told, which))


def shows(page: Page, going: Continuation, how: Sampling) -> None:
    """Hold that all that is on the page is of what the core has written."""
    word = next_word(going)
    assert text(page) == [each.written for each in word.placed if each.is_new]
    assert bars(page) == pytest.approx(candidates(word, how).after.tolist(), rel=1e-4)


def test_it_writes_on_is_paused_taken_back_changed_and_found_again(page, model):
    shows(page, core(model, 0), HOW)
    press(page, "Next word")
    shows(page, core(model, 1), HOW)

    button(page, "Write on").click()
    page.wait_for_function(PAUSE)
    expect(button(page, "Write on")).to_be_visible()
    idle(page)
    count = len(text(page))
    assert 3 < count < 19
    shows(page, core(model, count), HOW)
    assert parameter(page, "next") == f"{SEED}-1.8-0-1-{count}"

    press(page, "Back")
    shows(page, core(model, count - 1), HOW)
    press(page, "Next word")
    shows(page, core(model, count), HOW)
    press(page, "Back")

    page.get_by_role("slider", name="Temperature").focus()
    page.keyboard.press("ArrowLeft")
    idle(page)
    lower = Sampling(1.75)
    shows(page, core(model, count - 1), lower)
    own = candidates(next_word(core(model, count - 1)), Sampling()).after.tolist()
    differs = [value for value in bars(page, 1) if value is not None]
    assert differs == pytest.approx(own[: len(differs)], rel=1e-3)
    press(page, "Next word")
    going = core(model, count - 1)
    going.step(lower)
    shows(page, going, lower)

    page.locator(".st-key-next-text span").nth(2).click()
    idle(page)
    name = model.tokenizer.piece(going.ids[2])
    expect(page.get_by_role("heading", name=f"What {name} attends to")).to_be_visible()
    page.get_by_role("combobox", name="Layer").click()
    page.get_by_role("option", name="1", exact=True).click()
    idle(page)
    expect(page.get_by_text(re.compile(f"what {name} attends to: layer 1"))).to_be_visible()
    assert parameter(page, "look").startswith("1.")

    page.reload()
    drawn(page)
    shows(page, going, lower)
    press(page, "Start again")
    assert text(page) == []


def test_it_ends_by_itself(page, model):
    """At the model's own end, or where there is no more room; the clock ends with it."""
    button(page, "Write on").click()
    full = page.get_by_text("and no place for one more")
    expect(full).to_be_visible(timeout=180_000)  # nineteen words, a run each
    expect(button(page, "Write on")).to_be_disabled()
    idle(page)
    shows(page, core(model, 23 - core(model, 0).n), HOW)
    assert parameter(page, "next") == f"{SEED}-1.8-0-1-{len(text(page))}"
