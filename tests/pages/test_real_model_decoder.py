"""The page of a pretrained model with tiny decoders, against the numbers of transformers."""

import numpy as np
import pytest

from attn_core.permalink import encode_text
from attn_core.pretrained import DEFAULT, load
from pages.ui.model import shared_model
from tests.pages.test_pages import boxes, fine, parameter, visit
from tests.pages.test_real_model import PAGE, chosen, said
from tests.pretrained.decoders import HOME, KINDS, copied, expected
from tests.pretrained.tiny import HOME as ENCODERS

BERT = ENCODERS / "bert"
LONGEST = {kind: max(expected(kind), key=lambda case: len(case["tokens"])) for kind in KINDS}


@pytest.fixture(autouse=True)
def nothing_loaded(model_packages, monkeypatch):
    monkeypatch.setattr(shared_model, "_loading", {})


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    """A server that shows this decoder."""
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME / request.param))
    return request.param


def opened(kind, **query):
    return fine(visit(PAGE, read=encode_text(LONGEST[kind]["text"]), **query))


def test_all_heads_one_large_its_scores_and_one_weight(kind):
    weights = LONGEST[kind]["weights"]
    (layers, heads, n, _), at = weights.shape, opened(kind, look="2.2.4.3.head")
    (mosaic,), large, scores, features = (
        boxes(at),
        boxes(at, 1)[0],
        boxes(at, 2)[0],
        boxes(at, 4)[0],
    )
    assert n > 4
    assert mosaic.shape == (layers * (n + 1) - 1, heads * (n + 1) - 1)
    np.testing.assert_allclose(mosaic[:n, :n], weights[0, 0], atol=1e-4)
    np.testing.assert_allclose(large, weights[1, 1], atol=1e-4)
    # What RoPE has rotated adds up to the scores, of which the softmax makes these weights.
    seen = np.exp(scores[3, :4])
    np.testing.assert_allclose(seen / seen.sum(), weights[1, 1, 3, :4], atol=1e-4)
    np.testing.assert_allclose(np.sort(features.sum(axis=1)), np.sort(scores[3, :4]), rtol=1e-4)
    for chart in at.get("plotly_chart"):
        assert len(chart.proto.alt) > 20


def test_the_mean_of_the_heads(kind):
    at = chosen(opened(kind), layer=1, view="average")
    np.testing.assert_allclose(boxes(at, 1)[0], LONGEST[kind]["weights"][1].mean(0), atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("gpt2", ("is causal", "biases are one more row")),
        ("llama-gqa", ("All heads of a layer share one $W_k$", "rotated by RoPE")),
        ("llama-tied-two-kv", ("with neighbours: 1 to 2 and 3 to 4", "rotated by RoPE")),
        ("qwen3-qk-norm", ("numbers three times", "rotated by RoPE")),
    ],
    indirect=["kind"],
)
def test_what_it_is(kind, expected):
    told = said(opened(kind))
    assert "is a decoder with 2 layers" in told
    assert all(part in told for part in expected)


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_it_puts_nothing_around_a_text_that_could_be_hidden(kind):
    assert not any(load(str(HOME / kind)).split("ab").special)
    assert "model-only_words" not in [each.key for each in opened(kind).toggle]


@pytest.fixture
def several(monkeypatch):
    """A server that shows an encoder, then two decoders."""
    given = (str(BERT), str(HOME / "gpt2"), f"{HOME / 'llama-gqa'}/")
    monkeypatch.setenv(shared_model.VARIABLE, ", ".join(given))
    return given


def test_a_visitor_chooses_among_the_models_of_the_server(several):
    at = fine(visit(PAGE, read=encode_text("ab ba")))
    which = at.selectbox(key="model-which")
    assert (which.options, which.value) == (["bert", "gpt2", "llama-gqa"], "bert")
    assert set(shared_model._loading) == {several[0]}
    assert "is an encoder" in said(at)
    which.set_value("llama-gqa")
    fine(at.run())
    assert "is a decoder with 2 layers of 5 heads" in said(at)
    assert parameter(at, "model") == "llama-gqa"
    at.selectbox(key="model-which").set_value("bert")
    assert "is an encoder" in said(fine(at.run()))
    assert "model" not in at.query_params


def test_a_link_to_a_model(several):
    at = fine(visit(PAGE, model="llama-gqa"))
    assert at.selectbox(key="model-which").value == "llama-gqa"
    assert set(shared_model._loading) == {several[2]}


@pytest.mark.parametrize("asked", ["qwen3-qk-norm", str(HOME / "qwen3-qk-norm"), "../gpt2"])
def test_no_other_model_of_the_machine_can_be_had(several, asked):
    at = fine(visit(PAGE, model=asked))
    assert at.selectbox(key="model-which").value == "bert"
    assert set(shared_model._loading) == {several[0]}


def test_two_folders_of_one_name(tmp_path, monkeypatch):
    folders = [copied(tmp_path / each, "gpt2") for each in ("a", "b")]
    monkeypatch.setenv(shared_model.VARIABLE, ",".join(map(str, folders)))
    assert shared_model.labels() == {"gpt2": str(folders[0]), "gpt2 2": str(folders[1])}


def test_of_what_comes_with_the_lab_only_what_is_at_hand_is_offered(monkeypatch):
    monkeypatch.delenv(shared_model.VARIABLE, raising=False)
    monkeypatch.setattr(shared_model, "DEFAULTS", ("lab/none", str(BERT), str(HOME / "gpt2")))
    at_hand = str(BERT), str(HOME / "gpt2")
    monkeypatch.setattr(shared_model, "is_at_hand", at_hand.__contains__)
    assert shared_model.names() == at_hand
    monkeypatch.setattr(shared_model, "is_at_hand", lambda _: False)
    assert shared_model.names() == (DEFAULT,)


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_one_model_is_no_choice(kind):
    assert "model-which" not in [each.key for each in opened(kind).selectbox]


def test_vectors_of_words_are_an_encoder_s(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, f"{HOME / 'gpt2'},{BERT}")
    assert shared_model.encoder_name() == str(BERT)
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME / "gpt2"))
    assert shared_model.encoder_name() == DEFAULT
