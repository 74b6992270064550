"""What stands under a mask, on the page of real models."""

import json

import numpy as np
import pytest

from attn_core import softmax
from attn_core.permalink import encode_text
from attn_core.pretrained import load
from attn_core.pretrained.interpret import under_mask as of_masks
from pages.ui.model.shared import shared_model
from pages.ui.session.model_query import SENTENCE, heads_to_text
from tests.pages.test_pages import array, fine, visit
from tests.pretrained import decoders, tiny
from tests.pretrained.test_masked import CASES, GOLDEN, home

PAGE = "9_Real_model.py"


@pytest.fixture(autouse=True)
def _nothing_loaded(model_packages, monkeypatch):
    monkeypatch.setattr(shared_model, "_loading", {})


def opened(monkeypatch, folder, text=SENTENCE, **query):
    monkeypatch.setenv(shared_model.VARIABLE, str(folder))
    return fine(visit(PAGE, read=encode_text(text), **{"topic": "prediction", **query}))


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


def test_heads_that_are_off_change_what_stands_there(monkeypatch):
    """Bars are what transformers has without them, and outlines what it has with all."""
    case, expected = CASES[0], np.load(GOLDEN / "expected.npz")
    off = heads_to_text([(0, 2), (1, 0), (1, 1)])
    at = opened(monkeypatch, tiny.HOME / "bert", case["text"], topic="worth", off=off)
    place = of_masks.masks(encoder := load(tiny.HOME / "bert"), encoder.encode(case["text"]))[0]
    before, after = (
        softmax(expected[f"{name}_0"][place].astype(float)) for name in ("logits", "without")
    )
    best = np.argsort(-before)[:10]
    (figure,) = [c for c in at.get("plotly_chart") if "Under" in c.proto.alt]
    bars, outlines, *_ = (trace.get("x") for trace in json.loads(figure.proto.spec)["data"])
    np.testing.assert_allclose(bars, after[best], rtol=0, atol=1e-5)
    drawn = [each for each in zip(outlines, before[best], strict=True) if each[0] is not None]
    assert len(drawn) > 5
    np.testing.assert_allclose(*zip(*drawn, strict=True), rtol=0, atol=1e-5)
    assert "with all heads, and 0." in said(at) and "head 3 of layer 1" in said(at)
    (told, *_) = (trace.get("hovertext") for trace in json.loads(figure.proto.spec)["data"])
    assert f"; with all heads {before[best[0]]:.3f}" in told[0]


def test_each_head_is_measured_for_what_stands_there(monkeypatch):
    """Beside the similarity of two texts, which is measured by itself."""
    encoder, text = load(tiny.HOME / "bert"), CASES[0]["text"]
    query = {"topic": "worth", "other": encode_text("ab ba")}
    at = opened(monkeypatch, tiny.HOME / "bert", text, **query)
    keys = ["worth-mask", "worth-measure"]
    assert [each.key for each in at.button if each.label.startswith("Measure each")] == keys
    fine(at.button(key="worth-mask").click().run())
    assert [each.key for each in at.button if each.label.startswith("Measure each")] == keys[1:]
    names = [each.proto.id.rpartition("figure-model-")[2] for each in at.get("plotly_chart")]
    (figure,) = [at.get("plotly_chart")[names.index("mask-effects")]]
    effects = array(json.loads(figure.proto.spec)["data"][0]["z"])
    encoded = encoder.encode(text)
    expected = np.zeros((tiny.LAYERS, tiny.HEADS))
    for layer, head in np.ndindex(*expected.shape):
        changed = of_masks.changed_mask(encoder, encoded, 0, {(layer, head)})
        expected[layer, head] = changed.before.probabilities[0] - changed.after[0]
    np.testing.assert_allclose(effects, expected, rtol=0, atol=1e-6)
    assert np.abs(expected).max() > 1e-3
    assert f"The probability of “{changed.before.names[0]}” is" in said(at)
    fine(at.button(key="worth-measure").click().run())
    assert "The cosine of the two texts is" in said(at)


def test_the_mean_over_three_texts_with_a_mask(monkeypatch):
    at = opened(monkeypatch, tiny.HOME / "bert", CASES[0]["text"], topic="worth")
    at.toggle(key="mask-three").set_value(True)
    fine(at.run())
    offered = [at.text_input(key=f"mask-text-{i}").value for i in range(2)]
    assert all("[MASK]" in text for text in offered)
    for i, text in enumerate(("a [MASK]", "dab")):
        at.text_input(key=f"mask-text-{i}").set_value(text)
    assert at.run().error[0].value.replace("\\", "") == "Each text needs a [MASK]."
    assert not [each for each in at.button if each.key == "worth-mask"]
    at.text_input(key="mask-text-1").set_value("[MASK] dab")
    fine(at.run())
    fine(at.button(key="worth-mask").click().run())
    charts = {each.proto.id.rpartition("model-")[2]: each for each in at.get("plotly_chart")}
    table = array(json.loads(charts["mask-ten"].proto.spec)["data"][0]["z"])
    assert table.shape == (tiny.LAYERS * tiny.HEADS, 4)
    np.testing.assert_allclose(table[:, 0], table[:, 1:].mean(axis=1), rtol=1e-5, atol=1e-7)
    assert "The mean probability of" in said(at)


def test_without_a_mask_heads_have_nothing_to_change_there(monkeypatch):
    at = opened(monkeypatch, tiny.HOME / "bert", "a b", topic="worth", off=heads_to_text([(0, 2)]))
    assert not [c for c in at.get("plotly_chart") if "Under" in c.proto.alt]
    assert "head 3 of layer 1" in said(at)


def test_a_pair_and_one_text_of_the_same_letters_are_told_apart(monkeypatch):
    encoder, off = load(tiny.HOME / "bert"), {(0, 2)}
    query = {"topic": "worth", "off": heads_to_text(off), "look": "1.1.2.0.head"}
    for second in ("[MASK] ba", None):
        text = "ab" if second else "ab\n[MASK] ba"
        pair = {"pair": encode_text(second)} if second else {}
        at = opened(monkeypatch, tiny.HOME / "bert", text, **query, **pair)
        changed = of_masks.changed_mask(encoder, encoder.encode(text, second), 1, off)
        assert of_masks.describe_changed_mask(changed) in said(at)
