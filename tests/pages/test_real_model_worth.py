"""Heads switched off on the page, the logit lens and a whole layer, against transformers."""

import base64
import json
from contextlib import suppress

import numpy as np
import pytest

from attn_core import softmax
from attn_core.permalink import encode_text
from attn_core.pretrained import load
from attn_core.pretrained.interpret import Focus, Reading
from pages.ui.model.shared import measured, shared_model
from pages.ui.model.shared.readings import alone
from tests.pages.test_pages import array, fine, parameter, press, visit
from tests.pages.test_real_model import PAGE, complaint, said
from tests.pretrained import decoders, tiny
from tests.pretrained.test_decoder_files import VARIANTS

PARTS, ENCODED = np.load(VARIANTS / "parts.npz"), np.load(tiny.HOME / "parts.npz")
TEXT = "cab bad, dab a ccc"
CLOSE = {"rtol": 0, "atol": 2e-5}


@pytest.fixture(autouse=True)
def nothing_measured(model_packages, monkeypatch):
    monkeypatch.setattr(shared_model, "_loading", {})
    measured._layers.clear()


@pytest.fixture(params=decoders.KINDS)
def kind(request, monkeypatch):
    """A server that shows this decoder."""
    monkeypatch.setenv(shared_model.VARIABLE, str(decoders.HOME / request.param))
    return request.param


one_kind = pytest.mark.parametrize("kind", ["llama-gqa"], indirect=True)


def opened(topic="worth", **query):
    return fine(visit(PAGE, read=encode_text(TEXT), topic=topic, **query))


def traces(at, name):
    """The traces of a picture, by its name."""
    (found,) = [c for c in at.get("plotly_chart") if c.proto.id.endswith(f"figure-model-{name}")]
    return json.loads(found.proto.spec)["data"]


def changed(at):
    """What the likeliest tokens have now, and with all heads."""
    now, outlines, *_ = traces(at, "worth")
    return np.array(now["x"]), [
        after if before is None else before
        for after, before in zip(now["x"], outlines["x"], strict=True)
    ]


def bars(at, name):
    heights = [trace["y"] for trace in traces(at, name)]
    return [np.frombuffer(base64.b64decode(each["bdata"]), each["dtype"]) for each in heights]


def button(at, key):
    return next(each for each in at.button if each.key == key)


def probabilities(logits):
    return softmax(logits[-1].astype(float))


def test_probabilities_without_heads_are_transformers(kind):
    """The chosen head, then all of its layer, then all on again."""
    whole = probabilities(load(decoders.HOME / kind).encode(TEXT).logits)
    order = np.argsort(-whole, kind="stable")[:10]
    at = opened(look="2.2.4.0.head")
    np.testing.assert_allclose(changed(at)[0], whole[order], **CLOSE)
    assert "All heads are on." in said(at)
    fine(button(at, "worth-head").click().run())
    after, before = changed(at)
    one = probabilities(PARTS[f"{kind} one"])
    np.testing.assert_allclose(before, whole[order], rtol=0, atol=1e-3)
    np.testing.assert_allclose(after, one[order], **CLOSE)
    assert np.abs(after - before).max() > 1e-4
    assert "Off: **head 2 of layer 2**." in said(at)
    assert parameter(at, "off") == "2.2"
    assert button(at, "worth-head").label == "Switch head 2 of layer 2 on"
    fine(button(at, "worth-layer").click().run())
    np.testing.assert_allclose(
        changed(at)[0], probabilities(PARTS[f"{kind} layer"])[order], **CLOSE
    )
    assert "Off: **all heads of layer 2**." in said(at)
    press(at, "All on again")
    np.testing.assert_allclose(changed(fine(at))[0], whole[order], **CLOSE)
    assert "off" not in at.query_params


@one_kind
def test_an_address_keeps_which_heads_are_off(kind):
    at = opened(off="1.1-2.2", look="1.1.1.0.head")
    order = np.argsort(-probabilities(load(decoders.HOME / kind).encode(TEXT).logits))[:10]
    np.testing.assert_allclose(changed(at)[0], probabilities(PARTS[f"{kind} two"])[order], **CLOSE)
    fine(button(at, "worth-head").click().run())
    assert parameter(at, "off") == "2.2"


@one_kind
@pytest.mark.parametrize("off", ["9.1", "2", "0.1", "x", "1.6", "1.1-", "1" * 5000])
def test_heads_that_are_not_there_are_not_off(kind, off):
    assert "All heads are on." in said(opened(off=off))


@one_kind
def test_layer_and_head_are_chosen_beside_the_switches(kind):
    at = opened(look="1.1.1.0.head")
    at.selectbox(key="model-layer").set_value(1)
    at.selectbox(key="model-head").set_value(3)
    fine(at.run())
    assert button(at, "worth-head").label == "Switch head 4 of layer 2 off"
    assert parameter(at, "look").startswith("2.4.")


@one_kind
def test_each_head_is_measured_where_that_is_asked_for(kind):
    at = opened()
    (layers, heads), key = (2, 5), "worth-measure"
    assert button(at, key).label == f"Measure each of the {layers * heads} heads"
    assert "switched off alone" not in said(at)
    fine(button(at, key).click().run())
    effects = array(traces(at, "effects")[0]["z"])
    assert effects.shape == (layers, heads)
    whole = probabilities(load(decoders.HOME / kind).encode(TEXT).logits)
    one = probabilities(PARTS[f"{kind} one"])
    np.testing.assert_allclose(effects[1, 1], whole.max() - one[whole.argmax()], **CLOSE)
    assert "Each of the 10 heads was switched off alone." in said(at)
    fine(at.run())  # they stay, and nobody measures them again
    np.testing.assert_array_equal(array(traces(at, "effects")[0]["z"]), effects)
    assert key not in [each.key for each in at.button]


@one_kind
def test_the_mean_over_three_texts(kind):
    at = opened()
    at.toggle(key="worth-three").set_value(True)
    fine(at.run())
    for i, text in enumerate(("ab ba", "dab a c")):
        at.text_input(key=f"worth-text-{i}").set_value(text)
    fine(at.run())
    fine(button(at, "worth-measure").click().run())
    table = array(traces(at, "ten")[0]["z"])
    assert table.shape == (10, 4)
    np.testing.assert_allclose(table[:, 0], table[:, 1:].mean(axis=1), rtol=1e-5, atol=1e-7)
    mean = array(traces(at, "effects")[0]["z"])
    np.testing.assert_allclose(np.sort(np.abs(mean), axis=None)[::-1], np.abs(table[:, 0]))
    at.text_input(key="worth-text-1").set_value("a" * 300)
    fine(at.run())
    assert "reads up to 23 tokens" in complaint(at)


def reading(kind="llama-gqa", text=TEXT):
    model = load(decoders.HOME / kind)
    return Reading(model, model.encode(text), Focus(0, 0, 0))


def test_others_are_let_in_between_two_heads_and_what_is_measured_stays(monkeypatch):
    """A visitor who goes away in between loses nothing; each layer is measured once."""
    layers, measure, probability = [], measured.head_worth.layer_effects, []

    def counted(in_turn, layer, heads):
        def free_before_and_after(off):
            assert not alone().locked()
            found = in_turn(off)
            assert not alone().locked()
            return found

        layers.append(layer)
        return measure(free_before_and_after, layer, heads)

    def held(encoded):
        def measured_alone(off):
            assert alone().locked()
            probability.append(off)
            return 0.5

        return measured_alone

    def leave(done, total):
        assert not alone().locked()
        assert (done, total) == (1, 2)
        raise InterruptedError

    monkeypatch.setattr(measured.head_worth, "layer_effects", counted)
    monkeypatch.setattr(measured.head_worth, "probability", held)
    with suppress(InterruptedError):
        measured.head_effects([reading()], leave)
    assert layers == [0]
    assert measured.head_effects([reading()]) is None
    found = measured.head_effects([reading()], lambda done, total: None)
    assert layers == [0, 1]
    assert len(probability) == 2 * (1 + 5)
    np.testing.assert_array_equal(measured.head_effects([reading()]), found)


def test_two_visitors_measure_each_layer_once(monkeypatch):
    """Who comes while a layer is measured waits for it, and both find what the other did."""
    layers, measure = [], measured.head_worth.layer_effects

    def counted(in_turn, layer, heads):
        assert measured._layers(*measured._key(reading())).lock.locked()
        layers.append(layer)
        return measure(in_turn, layer, heads)

    def another(done, total):
        measured.head_effects([reading()], lambda done, total: None)

    monkeypatch.setattr(measured.head_worth, "layer_effects", counted)
    found = measured.head_effects([reading()], another)
    assert layers == [0, 1]
    np.testing.assert_array_equal(measured.head_effects([reading()]), found)


def test_what_becomes_of_two_texts_of_an_encoder(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, str(tiny.HOME / "bert"))
    at = opened(off="2.2")
    assert "Type a second text above" in said(at)
    at = opened(off="2.2", other=encode_text("ab ba"))
    other = load(tiny.HOME / "bert").encode("ab ba").without({(1, 1)}).hidden.mean(axis=0)
    own = ENCODED["bert one"].mean(axis=0)
    cosine = own @ other / np.linalg.norm(own) / np.linalg.norm(other)
    assert f"{cosine:.3f} without head 2 of layer 2" in said(at)
    fine(button(at, "worth-measure").click().run())
    assert array(traces(at, "effects")[0]["z"]).shape == (tiny.LAYERS, tiny.HEADS)
    assert "The cosine of the two texts is raised most by" in said(at)


def test_the_mean_over_three_texts_to_compare_with(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, str(tiny.HOME / "bert"))
    at = opened(other=encode_text("ab ba"))
    at.toggle(key="cosine-three").set_value(True)
    fine(at.run())
    for i, text in enumerate(("dab a c", "bad cab")):
        at.text_input(key=f"cosine-text-{i}").set_value(text)
    fine(at.run())
    fine(button(at, "worth-measure").click().run())
    table = array(traces(at, "ten")[0]["z"])
    assert table.shape == (tiny.LAYERS * tiny.HEADS, 4)
    np.testing.assert_allclose(table[:, 0], table[:, 1:].mean(axis=1), rtol=1e-5, atol=1e-7)
    assert "The text's mean cosine with the others is" in said(at)
    assert "Text 1 is the second one above." in said(at)
    effects = array(traces(at, "effects")[0]["z"])
    model, own = load(tiny.HOME / "bert"), ENCODED["bert one"].mean(axis=0)
    changes = []
    for text in ("ab ba", "dab a c", "bad cab"):
        whole, without = model.encode(text), model.encode(text).without({(1, 1)})
        before, after = (
            x @ y / np.linalg.norm(x) / np.linalg.norm(y)
            for x, y in (
                (model.encode(TEXT).hidden.mean(axis=0), whole.hidden.mean(axis=0)),
                (own, without.hidden.mean(axis=0)),
            )
        )
        changes.append(before - after)
    np.testing.assert_allclose(effects[1, 1], np.mean(changes), **CLOSE)


def test_where_the_vectors_of_texts_are_not_known_nothing_is_measured(tmp_path, monkeypatch):
    folder = tiny.copied(tmp_path)
    modules = [
        {"type": f"sentence_transformers.models.{kind}", "path": ""} for kind in ("CNN", "Pooling")
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    monkeypatch.setenv(shared_model.VARIABLE, str(folder))
    assert load(folder).encode(TEXT).text_vector is None
    at = opened(other=encode_text("ab ba"))
    assert "so nothing is measured" in said(at)
    assert "worth-measure" not in [each.key for each in at.button]


@one_kind
def test_numbers_that_leave_their_range_without_a_head_are_told(kind, monkeypatch):
    def broken(*_):
        raise ValueError("on the way its numbers leave the range of float32")

    monkeypatch.setattr(measured, "ablated", broken)
    measured._next_without.clear()
    assert "leave the range of float32" in complaint(opened(off="2.1"))


def test_what_a_decoder_would_say_after_every_layer(kind):
    at = opened("layers", look="1.1.11.0.head")  # of the last token
    table = traces(at, "lens")[0]
    shares = np.array([softmax(row) for row in PARTS[f"{kind} lens"].astype(float)])
    np.testing.assert_allclose(array(table["z"]), -np.sort(-shares)[:, :5], **CLOSE)
    assert table["y"] == ["start", "after 1", "after 2"]
    assert "Belrose et al. 2023" in said(at)


def test_a_whole_layer_of_a_decoder(kind):
    at = opened("layers", look="2.1.4.0.head")
    attention, mlp = bars(at, "added")
    np.testing.assert_allclose(attention, PARTS[f"{kind} attention"][1], rtol=1e-5)
    np.testing.assert_allclose(mlp, PARTS[f"{kind} mlp"][1], rtol=1e-5)
    share = PARTS[f"{kind} attention"] / (PARTS[f"{kind} attention"] + PARTS[f"{kind} mlp"])
    np.testing.assert_allclose(array(traces(at, "shares")[0]["z"]), share, rtol=1e-5)
    lines = next(each.value for each in at.markdown if "| equation |" in each.value).splitlines()
    assert len(lines) == 2 + 7
    length = PARTS[f"{kind} attention"][1, 3]
    assert f"| {length:.2f} |" in lines[4]
    assert "LayerNorm" in lines[3] if kind == "gpt2" else "RMSNorm" in lines[3]


def test_a_whole_layer_of_an_encoder(monkeypatch):
    """Its norms stand behind the two parts."""
    monkeypatch.setenv(shared_model.VARIABLE, str(tiny.HOME / "roberta"))
    at = opened("layers", look="1.1.4.0.head")
    np.testing.assert_allclose(bars(at, "added")[0], ENCODED["roberta attention"][0], rtol=1e-5)
    lines = next(each.value for each in at.markdown if "| equation |" in each.value).splitlines()
    assert ["LayerNorm" in line for line in lines[2:]] == [False, False, True, False, True]
    assert "figure-model-lens" not in str([c.proto.id for c in at.get("plotly_chart")])
