"""What heads are worth, in a browser: probabilities that change are transformers' own."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from attn_core import softmax
from attn_core.permalink import encode_text
from attn_core.pretrained import load
from benchmarks.serve import server
from pages.ui.model.shared.shared_model import VARIABLE
from tests.browser.conftest import ROOT, idle, settle
from tests.browser.test_real_model import click, plot, z
from tests.pretrained import decoders
from tests.pretrained.test_decoder_files import VARIANTS

KIND, TEXT = "gpt2", "cab bad, dab a ccc"
PARTS = np.load(VARIANTS / "parts.npz")
CLOSE = {"rtol": 0, "atol": 2e-5}


@pytest.fixture(scope="module")
def model_address(model_packages: None) -> Iterator[str]:
    """A server that shows a tiny decoder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(decoders.HOME / KIND))
        with server(ROOT / "dashboard.py") as port:
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def opened(visit: Callable[..., Page], model_address: str) -> Page:
    path = f"/Real_model?read={encode_text(TEXT)}&look=2.2.4.0.head&topic=worth"
    page = visit(model_address + path, settled=False)
    page.wait_for_selector(f"{plot('worth')} .barlayer .point", state="attached")
    idle(page)
    return page


def now(page: Page) -> np.ndarray:
    """What the likeliest tokens have, as the browser has drawn it."""
    return np.array(page.locator(plot("worth")).evaluate("plot => [...plot._fullData[0].x]"))


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(page.get_by_role("option")).to_have_count(0)
    idle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    idle(page)


def test_a_head_is_switched_off_and_on(opened):
    whole = softmax(load(decoders.HOME / KIND).encode(TEXT).logits[-1].astype(float))
    order = np.argsort(-whole, kind="stable")[:10]
    without = {name: softmax(PARTS[f"{KIND} {name}"][-1].astype(float)) for name in ("one", "two")}
    page = opened
    np.testing.assert_allclose(now(page), whole[order], **CLOSE)
    press(page, "Switch head 2 of layer 2 off")
    expect(page.get_by_text("Off: head 2 of layer 2.")).to_be_visible()
    np.testing.assert_allclose(now(page), without["one"][order], **CLOSE)
    assert np.abs(without["one"] - whole).max() > 1e-2

    choose(page, "Layer", "1")
    choose(page, "Head", "1")
    press(page, "Switch head 1 of layer 1 off")
    np.testing.assert_allclose(now(page), without["two"][order], **CLOSE)
    page.reload()
    settle(page)
    np.testing.assert_allclose(now(page), without["two"][order], **CLOSE)
    page.go_back()
    expect(page.get_by_text("Off: head 2 of layer 2.")).to_be_visible()
    idle(page)
    np.testing.assert_allclose(now(page), without["one"][order], **CLOSE)
    press(page, "All on again")
    np.testing.assert_allclose(now(page), whole[order], **CLOSE)
    assert "off=" not in page.url


def test_the_heads_that_matter_most_are_measured_and_chosen(opened):
    page = opened
    press(page, "Measure each of the 6 heads")
    page.wait_for_selector(f"{plot('effects')} .heatmaplayer image")
    idle(page)
    effects = z(page, "effects")
    assert effects.shape == (2, 3)
    whole = softmax(load(decoders.HOME / KIND).encode(TEXT).logits[-1].astype(float))
    one = softmax(PARTS[f"{KIND} one"][-1].astype(float))
    np.testing.assert_allclose(effects[1, 1], whole.max() - one[whole.argmax()], **CLOSE)
    expect(page.get_by_role("button", name=re.compile("Measure"))).to_have_count(0)
    click(page, "effects", 0, 2)
    expect(page.get_by_role("combobox", name="Head")).to_have_value("3")
    expect(page.get_by_role("button", name="Switch head 3 of layer 1 off")).to_be_visible()
