"""Heads switched off, the logit lens and whole layers, against transformers with hooks."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import softmax
from attn_core.pretrained import load
from attn_core.pretrained.decoder.ablation import ablated
from attn_core.pretrained.interpret.block import (
    added_norms,
    block_parts,
    describe_largest,
    describe_shares,
)
from attn_core.pretrained.interpret.head_worth import (
    NAMED,
    ChangedNext,
    HeadEffects,
    changed_next,
    describe_changed_next,
    describe_effects,
    layer_effects,
    similarity,
)
from attn_core.pretrained.interpret.lens import SHOWN, Lens, describe_lens, lens
from attn_core.pretrained.parts.heads import layer_heads
from tests.pretrained import decoders, tiny
from tests.pretrained.test_decoder_files import VARIANTS

pytestmark = pytest.mark.usefixtures("model_packages")
DECODED, ENCODED = np.load(VARIANTS / "parts.npz"), np.load(tiny.HOME / "parts.npz")
TEXT = "cab bad, dab a ccc"
CLOSE = {"rtol": 0, "atol": 2e-5}
#: As in `make.py` beside the numbers.
OFF = {"one": {(1, 1)}, "two": {(0, 0), (1, 1)}, "layer": layer_heads(0, tiny.HEADS)}
each_encoder = pytest.mark.parametrize("kind", tiny.KINDS)
each_decoder = pytest.mark.parametrize("kind", decoders.KINDS)


@each_encoder
def test_heads_of_encoders_switched_off(kind):
    encoded = load(tiny.HOME / kind).encode(TEXT)
    found = encoded
    for name, off in OFF.items():
        found = found.without(off)  # from one to the next, with others on again
        np.testing.assert_allclose(found.hidden, ENCODED[f"{kind} {name}"], **CLOSE)
        assert np.abs(found.hidden - encoded.hidden).max() > 1e-2
        assert found.off == off
    np.testing.assert_array_equal(found.without(()).hidden, encoded.hidden)
    assert encoded.without(()) is encoded


def test_a_text_that_is_read_in_part_is_ablated_in_part(tmp_path):
    """Its vector is that of its beginning, without the same heads."""
    folder = tiny.copied(tmp_path)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 6}')
    model, off = load(folder), {(0, 1), (1, 2)}
    long, short = model.encode(TEXT).without(off), model.encode("cab bad").without(off)
    assert long.is_cut and not short.is_cut
    np.testing.assert_allclose(long.text_vector, short.hidden.mean(axis=0), **CLOSE)
    assert np.abs(long.text_vector - model.encode(TEXT).text_vector).max() > 1e-2


@each_encoder
def test_lengths_of_what_the_parts_of_encoders_add(kind):
    norms = added_norms(load(tiny.HOME / kind).encode(TEXT))
    np.testing.assert_allclose(norms.attention, ENCODED[f"{kind} attention"], rtol=1e-5)
    np.testing.assert_allclose(norms.mlp, ENCODED[f"{kind} mlp"], rtol=1e-5)


def test_what_a_head_is_worth_to_the_similarity_of_two_texts():
    """Of one text the numbers are transformers'; the other is one that is tested above."""
    model = load(tiny.HOME / "bert")
    a, b = model.encode(TEXT), model.encode("ab ba")
    effects = layer_effects(similarity(a, b), 1, tiny.HEADS)

    def cosine(x, y):
        return x @ y / np.linalg.norm(x) / np.linalg.norm(y)

    whole = cosine(a.hidden.mean(axis=0), b.hidden.mean(axis=0))
    without = cosine(ENCODED["bert one"].mean(axis=0), b.without({(1, 1)}).hidden.mean(axis=0))
    np.testing.assert_allclose(effects[1], whole - without, **CLOSE)
    assert abs(effects[1]) > 1e-3


@each_decoder
def test_what_becomes_of_the_next_token(kind):
    encoded = load(decoders.HOME / kind).encode(TEXT)
    changed = changed_next(encoded, ablated(encoded, OFF["two"]))
    before = softmax(encoded.logits[-1].astype(float))
    after = softmax(DECODED[f"{kind} two"][-1].astype(float))
    order = np.argsort(-before)[:NAMED]
    np.testing.assert_allclose(changed.before, before[order], **CLOSE)
    np.testing.assert_allclose(changed.after, after[order], **CLOSE)
    assert changed.tokens == tuple(map(encoded.model.tokenizer.piece, order))
    assert changed.best == encoded.model.tokenizer.piece(after.argmax())
    np.testing.assert_allclose(changed.probability, after.max(), **CLOSE)
    told = describe_changed_next(changed)
    assert "Without head 1 of layer 1 and head 2 of layer 2 it has" in told
    assert "Without" not in describe_changed_next(changed_next(encoded, encoded))


def test_a_sign_among_tokens_stands_in_quotes():
    changed = ChangedNext("", (",", "␣a"), np.array([0.5, 0.25]), np.array([0.5, 0.25]), ",", 0.5)
    assert "With all heads “,” is the likeliest" in describe_changed_next(changed)
    lens_of_two = Lens(".", ((",", "b"), ("b", ",")), np.full((2, 2), 0.5))
    told = describe_lens(lens_of_two)
    assert told.startswith("After “.” the model says b in the end")
    assert "at the start it is “,”" in told


def test_the_heads_that_matter_most():
    """By size, whatever their sign, of the mean over the texts."""
    of_texts = np.random.default_rng(23).normal(size=(3, 5, 7))
    effects = HeadEffects(("␣a", "b", "c"), of_texts)
    mean = of_texts.sum(axis=0) / 3
    order = sorted(np.ndindex(5, 7), key=lambda place: -abs(mean[place]))[:10]
    assert list(effects.largest) == order
    for row, place in zip(effects.table, order, strict=True):
        np.testing.assert_allclose(row, [mean[place], *of_texts[:, *place]], rtol=1e-12)
    told = describe_effects(effects)
    assert told.count("head ") == 10
    assert "The mean probability of “␣a”, “b” and “c”, each the likeliest after its text," in told
    one = HeadEffects((), of_texts[:1])
    np.testing.assert_array_equal(one.table[0], [of_texts[0][one.largest[0]]])
    assert "The cosine of the two texts is raised most by" in describe_effects(one)
    nothing = describe_effects(HeadEffects(("a",), np.zeros((1, 2, 3))))
    assert nothing.endswith("The probability of “a” changes by less than 0.001.")


@each_decoder
def test_the_lens_names_what_transformers_says(kind):
    encoded = load(decoders.HOME / kind).encode(TEXT)
    found = lens(encoded, encoded.n - 1, "c")
    logits = DECODED[f"{kind} lens"].astype(float)
    assert found.probabilities.shape == (len(logits), SHOWN)
    assert found.stages == ("start", "after 1", "after 2")
    for tokens, shares, row in zip(found.tokens, found.probabilities, logits, strict=True):
        order = np.argsort(-row)[:SHOWN]
        assert tokens == tuple(map(encoded.model.tokenizer.piece, order))
        np.testing.assert_allclose(shares, softmax(row)[order], **CLOSE)
    assert f"After c the model says {found.tokens[-1][0]} in the end" in describe_lens(found)


@each_decoder
def test_a_block_of_a_decoder_step_by_step(kind):
    """What each step has is what the one before it made; lengths are transformers'."""
    encoded = load(decoders.HOME / kind).encode(TEXT)
    X, N, A, Y, P, M, X_next = block_parts(encoded, 1)
    np.testing.assert_array_equal(X.values, encoded.states[1])
    np.testing.assert_allclose(A.lengths, DECODED[f"{kind} attention"][1], rtol=1e-5)
    np.testing.assert_allclose(M.lengths, DECODED[f"{kind} mlp"][1], rtol=1e-5)
    np.testing.assert_allclose(Y.values, X.values + A.values, **CLOSE)
    np.testing.assert_allclose(X_next.values, Y.values + M.values, **CLOSE)
    np.testing.assert_array_equal(X_next.values, encoded.states[2])
    block = encoded.model.blocks[1]
    np.testing.assert_allclose(block.attention(N.values)[1], A.values, **CLOSE)
    np.testing.assert_allclose(block.mlp(P.values), M.values, **CLOSE)
    name = "LayerNorm" if kind == "gpt2" else "RMSNorm"
    assert name in N.equation and name in P.equation
    assert ("\\odot" in M.equation) == (kind != "gpt2")


def test_a_layer_of_an_encoder_step_by_step():
    """It normalises after each part: rows that a LayerNorm made, without gain and shift."""
    encoded = load(tiny.HOME / "bert").encode(TEXT)
    X, A, Y, M, X_next = block_parts(encoded, 0)
    layer = encoded.layers[0]
    np.testing.assert_allclose(A.lengths, ENCODED["bert attention"][0], rtol=1e-5)
    np.testing.assert_allclose(M.lengths, ENCODED["bert mlp"][0], rtol=1e-5)
    for norm, before, after in (
        (layer.norm_1, X.values + A.values, Y.values),
        (layer.norm_2, Y.values + M.values, X_next.values),
    ):
        centred = before - before.mean(axis=-1, keepdims=True)
        normal = centred / centred.std(axis=-1, keepdims=True)
        np.testing.assert_allclose((after - norm.shift) / norm.gain, normal, rtol=0, atol=1e-3)
    np.testing.assert_array_equal(X_next.values, encoded.states[1])


def test_what_is_said_of_a_step():
    encoded = load(decoders.HOME / "gpt2").encode(TEXT)
    part = block_parts(encoded, 0)[-1]
    i, j = part.largest
    assert abs(part.values[i, j]) == np.abs(part.values).max()
    told = describe_largest(part, encoded.tokens)
    assert told.endswith(f"({encoded.tokens[i]}, feature {j + 1})")
    norms = added_norms(encoded)
    share = DECODED["gpt2 attention"] / (DECODED["gpt2 attention"] + DECODED["gpt2 mlp"])
    np.testing.assert_allclose(norms.share, share, rtol=1e-5)
    of_layers = 100 * share.mean(axis=1)
    told = describe_shares(norms)
    assert f"{of_layers.mean():.0f} % in the mean" in told
    assert f"most in layer {of_layers.argmax() + 1} ({of_layers.max():.0f} %)" in told
    one = replace(norms, attention=norms.attention[:1], mlp=norms.mlp[:1])
    assert describe_shares(one).endswith("in the mean.")
