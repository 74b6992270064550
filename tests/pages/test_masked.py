"""What stands under a mask, on the page of real models."""

import json

import numpy as np
import pytest

from attn_core.permalink import encode_text
from attn_core.pretrained import load
from attn_core.pretrained.interpret import under_mask as of_masks
from pages.ui.model import shared_model
from pages.ui.session.model_query import SENTENCE
from tests.pages.test_pages import fine, visit
from tests.pretrained import decoders, tiny
from tests.pretrained.test_masked import home

PAGE = "9_Real_model.py"


@pytest.fixture(autouse=True)
def _nothing_loaded(model_packages, monkeypatch):
    monkeypatch.setattr(shared_model, "_loading", {})


def opened(monkeypatch, folder, text=SENTENCE, **query):
    monkeypatch.setenv(shared_model.VARIABLE, str(folder))
    return fine(visit(PAGE, read=encode_text(text), topic="prediction", **query))


def said(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption)).replace("\\", "")


def headers(at):
    return [each.value.replace("\\", "") for each in at.header]


def button(at):
    found = [each for each in at.button if each.key == "model-mask"]
    return found[0] if found else None


def bars(at):
    """Names and probabilities of the bars."""
    (figure,) = [c for c in at.get("plotly_chart") if "Under" in c.proto.alt]
    data = json.loads(figure.proto.spec)["data"]
    return data[2]["text"], data[0]["x"]


def test_a_mask_is_put_in_place_of_the_chosen_token(monkeypatch):
    at = opened(monkeypatch, tiny.HOME / "bert", "cab bad, dab", look="1.1.3.0.head")
    assert "What stands under [MASK]" in headers(at)
    assert "This text has no [MASK]" in said(at)
    assert button(at).label.replace("\\", "") == "Put [MASK] in place of ##ab"
    button(at).click()
    fine(at.run())
    text = next(each for each in at.text_area if each.key == "model-text")
    assert text.value == "c[MASK] bad, dab"
    names, chances = bars(at)
    encoder = load(tiny.HOME / "bert")
    found = of_masks.under_mask(encoder, encoder.encode(text.value), 2)
    assert found.place == 2 and len(names) == 10
    np.testing.assert_allclose(chances, found.probabilities)
    assert of_masks.describe_under_mask(found) in said(at)
    assert button(at) is None  # the chosen token is the mask


def test_another_token_gets_a_mask_as_well(monkeypatch):
    at = opened(monkeypatch, home("roberta"), "a <mask> b", look="1.1.4.0.head")
    assert "What stands under <mask>" in headers(at)
    button(at).click()
    fine(at.run())
    assert "Under <mask>, number 2 of 2 here, most likely stand" in said(at)
    assert "Choose another of them" in said(at)


def test_what_the_model_puts_around_a_text_can_t_be_hidden(monkeypatch):
    assert button(opened(monkeypatch, tiny.HOME / "bert", look="1.1.1.0.head")) is None


@pytest.mark.parametrize("folder", [tiny.HOME / "roberta", decoders.HOME / "gpt2"])
def test_without_such_a_head_there_is_no_section(folder, monkeypatch):
    at = opened(monkeypatch, folder, "a b")
    assert not any("under" in header for header in headers(at))
    assert button(at) is None and headers(at)
