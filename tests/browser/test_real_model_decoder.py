"""A decoder in a browser: chosen among several models, taken to the lab, found again."""

import os
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from attn_core import attend, limits, permalink
from attn_core.pretrained import load
from benchmarks.serve import serving
from pages.ui.model.shared.shared_model import VARIABLE
from tests.browser.conftest import ROOT, idle, settle
from tests.browser.test_journey import go, numbers
from tests.browser.test_live import parameter
from tests.browser.test_real_model import (
    CONFIG,
    box,
    click,
    click_head,
    drawn,
    field,
    look,
    read,
    z,
)
from tests.pretrained.decoders import configured
from tests.pretrained.tiny import HOME as ENCODERS

TEXT, CAUSAL = "cab bad, dab a ccc", np.tri(11, dtype=bool)


@pytest.fixture(scope="module")
def model(model_packages, tmp_path_factory) -> str:
    """A tiny decoder that has places for as many tokens as the lab has room for."""
    folder = tmp_path_factory.mktemp("models")
    said = {"max_position_embeddings": limits.MAX_WORDS}
    return str(configured(folder, "llama-tied-two-kv", **said))


@pytest.fixture(scope="module")
def home(model) -> Iterator[str]:
    """A server that shows an encoder first, and the decoder."""
    settings = {VARIABLE: f"{ENCODERS / 'bert'},{model}"}
    with serving(ROOT / "dashboard.py", settings=settings) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture
def opened(visit, home) -> Callable[..., Page]:
    """Open the page at the encoder, with a text that both can read."""

    def opened(told=None) -> Page:
        page = visit(f"{home}/favicon.png", settled=False, alone=True)
        if told is not None:
            page.on("websocket", lambda socket: socket.on("framereceived", told))
        page.goto(f"{home}/Real_model?read={permalink.encode_text(TEXT)}")
        drawn(page)
        return page

    return opened


def choose(page: Page, model: str) -> None:
    box(page, "Model").click()
    page.get_by_role("option", name=os.path.basename(model)).click()
    idle(page)


def seen(page: Page) -> tuple:
    """All that a visitor could lose; what is empty in the map is 0 here."""
    return field(page).input_value(), look(page), np.nan_to_num(z(page, "weights")).tolist()


def test_a_decoder_is_chosen_looked_at_taken_to_the_lab_and_found_again(opened, model):
    encoded, page = load(model).encode(TEXT), opened()
    assert not np.isnan(z(page, "weights")).any()  # an encoder's tokens attend to all
    choose(page, model)
    assert parameter(page, "model") == os.path.basename(model)
    click_head(page, row=1, column=2)
    click(page, "weights", row=7, column=4)
    shown = z(page, "weights")
    np.testing.assert_array_equal(np.isnan(shown), ~CAUSAL)
    np.testing.assert_allclose(shown[CAUSAL], encoded.weights[1, 2][CAUSAL], atol=1e-5)
    asked = {"Model": os.path.basename(model), "Layer": "2", "Head": "3"}
    assert asked.items() <= look(page).items()
    # The products of what RoPE has rotated add up to the scores.
    row = z(page, "scores")[7, :8]
    np.testing.assert_allclose(sorted(z(page, "features").sum(axis=1)), sorted(row), atol=1e-4)
    before = seen(page)

    page.get_by_role("button", name="Open it in the lab").click()
    page.wait_for_url(re.compile(r"/\?"))
    settle(page)
    small = permalink.decode(parameter(page, "s"))
    np.testing.assert_array_equal(small.mask, CAUSAL)
    go(page, "Attention")
    in_lab = np.array(numbers(page, 3)[-1], float)
    np.testing.assert_allclose(in_lab, attend(small).weights, atol=1e-4)
    page.locator(".st-key-menu").get_by_text("Real model", exact=True).click()
    page.wait_for_url(re.compile("/Real_model"))
    drawn(page)
    assert seen(page) == before
    page.reload()
    drawn(page)
    assert seen(page) == before


def test_512_tokens(opened, model):
    """Each picture's message stays below the server's limit, and the page goes on."""
    sizes: list[int] = []
    page = opened(told=lambda frame: sizes.append(len(frame)))
    choose(page, model)
    text = "a " * limits.MAX_WORDS
    n = limits.MAX_WORDS
    assert load(model).encode(text.strip()).n == n
    read(page, text.strip())
    page.wait_for_function(
        "n => document.querySelector('.st-key-figure-model-scores .js-plotly-plot')"
        "?.calcdata[0][0].z.length === n",
        arg=n,
    )
    idle(page)
    np.testing.assert_allclose(np.nansum(z(page, "weights"), axis=1), np.ones(n), rtol=1e-4)
    assert 1e6 < max(sizes) < CONFIG["server"]["maxMessageSize"] * 1e6
    read(page, TEXT)
    assert len(z(page, "weights")) == len(CAUSAL)
    assert field(page).input_value() == TEXT
