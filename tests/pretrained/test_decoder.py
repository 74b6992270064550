"""Decoders against what transformers computes with the same files, and by their properties."""

import numpy as np
import pytest

from attn_core import attend, document
from attn_core.pretrained import Decoder, load
from tests.pretrained import decoders

pytestmark = pytest.mark.usefixtures("model_packages")
each_kind = pytest.mark.parametrize("kind", decoders.KINDS)
TEXT = "cab bad, dab a ccc"


@each_kind
def test_golden_texts_agree(kind):
    model = load(decoders.HOME / kind)
    assert isinstance(model, Decoder)
    assert decoders.gap(model, kind) < 1e-5


@each_kind
def test_the_lab_attends_as_the_model_does(kind):
    model = load(decoders.HOME / kind)
    for case in decoders.expected(kind):
        encoded = model.encode(case["text"])
        for layer, head in np.ndindex(model.layers, model.heads):
            trace = attend(model.scenario_of(encoded, layer, head))
            assert np.abs(trace.weights - case["weights"][layer, head]).max() < 1e-5
        assert model.scenario(case["text"], layer, head) == trace.scenario


@each_kind
def test_outputs_of_the_scenarios_are_what_the_model_goes_on_with(kind):
    """The values, too, are those of the right heads; W_o is read here without our code."""
    model = load(decoders.HOME / kind)
    encoded = model.encode(TEXT)
    for layer, trace in enumerate(encoded.traces()):
        concatenated = np.concatenate([head.output for head in encoded.heads(layer)], axis=-1)
        W_o, b_o = model.blocks[layer].attention.o
        added = concatenated @ W_o + (0 if b_o is None else b_o)
        np.testing.assert_allclose(added, trace.attention, rtol=0, atol=2e-5)


def test_a_head_is_a_causal_scenario():
    s = load(decoders.HOME / "llama-gqa").scenario(TEXT, 1, 3)
    assert (s.n, s.d_model, s.d_k, s.d_v, s.h) == (11, 20, 4, 4, 1)
    assert s.positions == "rope" and s.scale and s.W_o is None
    assert s.features == tuple(f"x{i}" for i in range(1, 21))
    np.testing.assert_array_equal(s.mask, np.tril(np.ones((11, 11), bool)))
    assert {array.dtype for array in (s.X, s.W_q, s.W_k, s.W_v)} == {np.dtype(np.float32)}


def test_biases_are_rows_that_a_column_of_ones_meets():
    """GPT-2 and Qwen2 have some; GPT-2's positions are in X already."""
    for kind, d_model, positions in (("gpt2", 15, "none"), ("qwen2-biases", 20, "rope")):
        s = load(decoders.HOME / kind).scenario(TEXT, 0, 1)
        assert (s.d_model, s.features[-1], s.positions) == (d_model + 1, "1", positions)
        assert (s.X[:, -1] == 1).all() and s.W_q[-1].any()


def test_norms_of_queries_and_keys_are_folded_into_the_scenario():
    """X holds each word three times: divided for its query, for its key, and as it is."""
    model = load(decoders.HOME / "qwen3-qk-norm")
    encoded = model.encode(TEXT)
    trace = attend(model.scenario_of(encoded, 0, 3))
    s, d = trace.scenario, 20
    assert s.d_model == 3 * d and len(set(s.features)) == 3 * d
    X = model.blocks[0].norm_1(encoded.states[0])
    np.testing.assert_array_equal(s.X[:, -d:], X)
    assert not s.W_q[d:].any() and not s.W_v[: 2 * d].any()
    gain = model.blocks[0].attention.q_norm.gain
    size = np.sqrt(np.mean((trace.Q / gain) ** 2, axis=-1))
    np.testing.assert_allclose(size, 1, rtol=0, atol=1e-4)  # each query has the norm's length


def test_heads_say_with_whom_they_share_keys_and_values():
    two = load(decoders.HOME / "llama-tied-two-kv")
    assert (two.heads, two.kv_heads) == (4, 2)
    assert [two.sharing(head) for head in range(4)] == [(0, 1), (0, 1), (2, 3), (2, 3)]
    a, b, c = (two.scenario(TEXT, 1, head) for head in (0, 1, 2))
    np.testing.assert_array_equal(a.W_k, b.W_k)
    np.testing.assert_array_equal(a.W_v, b.W_v)
    assert not np.array_equal(a.W_q, b.W_q) and not np.array_equal(b.W_k, c.W_k)
    assert load(decoders.HOME / "gpt2").sharing(2) == (2,)
    assert load(decoders.HOME / "llama-gqa").sharing(2) == (0, 1, 2, 3, 4)


@each_kind
def test_later_tokens_change_nothing_before_them(kind):
    model = load(decoders.HOME / kind)
    long, short = model.encode(TEXT), model.encode(TEXT.removesuffix(" a ccc"))
    n = short.n
    assert 1 < n < long.n and long.tokens[:n] == short.tokens
    for part in decoders.PARTS[1:]:
        gap = np.abs(getattr(long, part)[:n] - getattr(short, part)).max()
        assert gap < 1e-5
    # In single precision products of other sizes differ by some millionths.
    np.testing.assert_allclose(long.weights[..., :n, :n], short.weights, rtol=0, atol=1e-5)
    assert (np.triu(long.weights, 1) == 0).all()
    np.testing.assert_allclose(long.weights.sum(axis=-1), 1, rtol=0, atol=1e-6)


@each_kind
def test_weights_that_were_not_kept_are_computed_again(kind, monkeypatch):
    model = load(decoders.HOME / kind)
    encoded = model.encode(TEXT)
    monkeypatch.setattr("attn_core.pretrained.decoder.model.MOST_KEPT", 3)
    again = model.encode(TEXT)
    assert encoded.kept is not None and again.kept is None
    np.testing.assert_array_equal(again.weights, encoded.weights)


def test_the_last_row_of_the_logits_alone():
    encoded = load(decoders.HOME / "qwen3-qk-norm").encode(TEXT)
    np.testing.assert_allclose(encoded.next_logits, encoded.logits[-1], rtol=0, atol=1e-5)


def test_sizes():
    model = load(decoders.HOME / "qwen3-qk-norm")
    sizes = (model.layers, model.heads, model.kv_heads, model.d_model, model.d_k)
    assert sizes == (2, 4, 2, 20, 8)
    assert (model.max_tokens, model.vocabulary, model.ends) == (23, 17, {0})


@pytest.mark.parametrize(
    ("layer", "head", "message"),
    [(2, 0, r"layer must be 0 to 1, got 2\."), (0, -1, "head must be 0 to 4"), (0, True, "True")],
)
def test_no_such_head(layer, head, message):
    with pytest.raises(ValueError, match=message):
        load(decoders.HOME / "llama-gqa").scenario("a", layer, head)


def test_texts_that_are_none():
    model = load(decoders.HOME / "gpt2")
    for text, message in (("", "at least one word"), (3, "must be a string"), ("\ud83d", "valid")):
        with pytest.raises(ValueError, match=message):
            model.encode(text)


@each_kind
def test_as_many_tokens_as_there_are_positions(kind):
    model = load(decoders.HOME / kind)
    assert model.encode("c" * 23).n == 23
    with pytest.raises(ValueError, match="The model reads up to 23 tokens; this text has 24"):
        model.encode("c" * 24)


def test_numbers_of_an_encoded_text_cannot_be_changed():
    encoded = load(decoders.HOME / "gpt2").encode("a b")
    for array in (encoded.states, encoded.weights, encoded.hidden, encoded.logits):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_scenario_with_frequencies_is_a_document_like_any_other(tmp_path):
    model = load(decoders.configured(tmp_path, "llama-gqa", rope_theta=5e5, rope_parameters="—"))
    s = model.scenario("ab ba cab", 1, 4)
    assert s.frequencies is not None
    again = document.from_json(document.to_json(s))
    assert again == s
    np.testing.assert_array_equal(attend(again).weights, attend(s).weights)
