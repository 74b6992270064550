"""The page of a pretrained model with tiny decoders, against the numbers of transformers."""

import numpy as np
import pytest

from attn_core.permalink import encode_text
from attn_core.pretrained import load
from pages.ui.model import shared_model
from tests.pages.test_pages import boxes, fine, visit
from tests.pages.test_real_model import PAGE, chosen, said
from tests.pretrained.decoders import HOME, KINDS, expected

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
