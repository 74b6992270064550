"""A model's vectors as embeddings: their likeness is kept, and what is told of them is true."""

import re
from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend, edits, limits, pretrained
from attn_core.analysis import long_text
from attn_core.explain.describe import describe_unknown_words
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.pretrained import describe_vectors, reduced, with_real_vectors, with_vocabulary
from attn_core.text.embeddings import SOURCES, axis_names, embed, hashed, more_features, source_of
from attn_core.text.tokenize import split

WIDTH = 17
MODELS = SOURCES[1:]
S = edits.with_sentence(BY_KEY["verb-subject"].scenario, "dog bites man and another dog")  # 6 words
CROSS = edits.with_context(edits.with_sentence(S, "dog bites man"), "a cat")


def vectors(n, seed=2):
    return np.random.default_rng(seed).normal(size=(n, WIDTH)) * np.linspace(2, 0.3, WIDTH) + 1


def told(s, found, source="word", **more):
    return " ".join(describe_vectors(s, source, found, **more))


@pytest.mark.parametrize("source", MODELS)
@pytest.mark.parametrize("d_model", [5, 7, 8])
def test_likeness_is_kept_up_to_a_factor(source, d_model):
    """Six words differ in five directions: more axes than that lose nothing."""
    s = with_real_vectors(edits.with_size(S, d_model=d_model), source, vectors(6))
    centred = vectors(6) - vectors(6).mean(axis=0)
    theirs, ours = centred @ centred.T, s.X @ s.X.T
    np.testing.assert_allclose(ours / ours[0, 0], theirs / theirs[0, 0], atol=0.003)
    assert s.features == axis_names(source, d_model)


def test_all_but_the_embeddings_stays():
    start = replace(
        S, mask=np.tril(np.ones((6, 6), bool)), positions="learned", P=np.ones((6, 4)), scale=False
    )
    s = with_real_vectors(start, "context", vectors(6))
    assert replace(s, X=start.X, features=start.features) == start


def test_the_longest_row_has_length_three_and_links_hold_the_numbers():
    s = with_real_vectors(S, "word", vectors(6) * 1000)
    lengths = np.linalg.norm(s.X, axis=1)
    assert lengths.max() == pytest.approx(3, abs=0.002)
    assert np.abs(s.X).max() <= 3
    assert decode(encode(s)) == s == limits.validate(s)


def test_two_sentences_have_the_same_axes():
    both = vectors(5)
    s = with_real_vectors(CROSS, "word", both[:3], both[3:])
    alone = reduced(both, None, 4)
    np.testing.assert_allclose(np.vstack([s.X, s.Z]), alone.X, atol=0.0006)
    assert "5 words of both sentences, 4 axes: 100 %" in told(s, reduced(both[:3], both[3:], 4))
    with pytest.raises(ValueError, match="second sentence"):
        with_real_vectors(CROSS, "word", both[:3])
    with pytest.raises(ValueError, match="second sentence"):
        with_real_vectors(S, "word", both[:3], both[3:])


@pytest.mark.parametrize("d_model", [2, 3])
def test_the_share_that_is_told_is_that_of_the_covariance(d_model):
    s = edits.with_size(S, d_model=d_model)
    values = np.linalg.eigvalsh(np.cov(vectors(6).T))[::-1]
    share = 100 * values[:d_model].sum() / values.sum()
    said = told(s, reduced(vectors(6), None, d_model))
    assert f"6 words, {d_model} axes: {share:.0f} % of the variance" in said


def test_almost_all_is_not_told_as_all():
    rows = vectors(6)[:, :5]
    along, _ = np.linalg.qr(rows - rows.mean(axis=0))
    said = told(S, reduced(along * [10, 5, 3, 2, 0.3], None, 4))  # 138 of 138.09
    assert "4 axes: 99.9 % of the variance" in said


def test_the_factor_that_is_told_leads_back():
    found = reduced(vectors(6), None, 4)
    centred = vectors(6) - vectors(6).mean(axis=0)
    factor = float(re.search(r"multiplied by ([\d.]+),", told(S, found))[1])
    kept = np.linalg.svd(centred)[2][:4]
    longest = np.linalg.norm(centred @ kept.T, axis=1).max()
    assert factor * longest == pytest.approx(3, rel=0.01)


def test_words_that_do_not_differ_are_zeros_and_told():
    one = edits.with_sentence(S, "dog")
    assert not with_real_vectors(one, "word", vectors(1)).X.any()
    assert "A single word has nothing to differ from" in told(one, reduced(vectors(1), None, 4))
    twice = edits.with_sentence(S, "dog dog dog")
    same = np.repeat(vectors(1), 3, axis=0)
    assert not with_real_vectors(twice, "word", same).X.any()
    assert "Words that are all the same" in told(twice, reduced(same, None, 4))


def test_edits_by_hand_are_told():
    found = reduced(vectors(6), None, 4)
    s = with_real_vectors(S, "word", vectors(6))
    assert "other numbers" not in told(s, found)
    assert "X holds other numbers now" in told(edits.with_cell(s, "X", 2, 1, 0.7), found)
    both = reduced(vectors(3), vectors(2, 3), 4)
    cross = with_real_vectors(CROSS, "word", vectors(3), vectors(2, 3))
    assert "Z holds other" in told(edits.with_cell(cross, "Z", 1, 1, 0.7), both)
    changed = edits.with_cell(edits.with_cell(cross, "Z", 1, 1, 0.7), "X", 1, 1, 0.7)
    assert "X and Z hold other" in told(changed, both)


def test_what_the_model_lacks_is_named_harmlessly():
    said = told(S, reduced(vectors(6), None, 4), lacking=("*x*",), escape=lambda w: f"<{w}>")
    assert "doesn't know <*x*>" in said


def test_back_to_the_vocabulary():
    start = BY_KEY["verb-subject"].scenario
    assert with_vocabulary(with_real_vectors(start, "word", vectors(3)), start) == start
    wide = edits.with_size(with_real_vectors(start, "word", vectors(3)), d_model=7)
    back = with_vocabulary(wide, start)
    assert back.features == more_features(start.features, 7)
    np.testing.assert_array_equal(back.X, embed(start.tokens, back.features))
    np.testing.assert_array_equal(back.W_q[:4], start.W_q)
    cross = with_vocabulary(with_real_vectors(CROSS, "word", vectors(3), vectors(2)), start)
    np.testing.assert_array_equal(cross.Z, embed(("a", "cat"), start.features))


def test_where_vectors_come_from_is_in_the_names():
    for source in MODELS:
        for d in (2, 5, 8):
            names = axis_names(source, d)
            assert source_of(names) == source
            assert more_features(names, d + 1)[:d] == names
            assert source_of(more_features(names, d + 1)) == source
        assert source_of(names[::-1]) is None
    assert {source_of(preset.scenario.features) for preset in BY_KEY.values()} == {"vocabulary"}


def test_new_words_without_the_model_are_named_though_the_vocabulary_knows_them():
    s = edits.with_sentence(with_real_vectors(S, "word", vectors(6)), "dog bites the man")
    assert hashed(s.tokens, s.features, s.X) == ("the",)
    assert "No table has these features for: the." in describe_unknown_words(
        ("the",), str, s.features
    )
    assert any("No table has" in line for line in long_text.describe_settings(s))
    assert not any("No table has" in line for line in long_text.describe_settings(S))


# With the model


SENTENCES = ["Je suis heureux", "the cat sat on the mat", "Paris is lovely in the rain"]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("source", MODELS)
def test_the_models_own_likeness(encoder, sentence, source):
    s = edits.with_size(edits.with_sentence(DEFAULT.scenario, sentence), d_model=5)
    ask = encoder.word_vectors if source == "word" else encoder.words_in_context
    real = with_real_vectors(s, source, ask(split(sentence)))
    distances = np.linalg.norm(ask(s.tokens)[:, None] - ask(s.tokens), axis=-1)
    ours = np.linalg.norm(real.X[:, None] - real.X, axis=-1)
    np.testing.assert_allclose(ours / ours.max(), distances / distances.max(), atol=0.001)


def test_words_look_at_those_that_are_alike(encoder):
    sentence = "the king and the queen saw a dog and a cat"
    s = edits.as_is(edits.with_sentence(DEFAULT.scenario, sentence))
    weights = attend(with_real_vectors(s, "word", encoder.word_vectors(s.tokens))).weights
    words = dict(zip(s.tokens, range(s.n), strict=True))
    for one, other in (("king", "queen"), ("queen", "king"), ("cat", "dog"), ("dog", "cat")):
        row = weights[words[one]].copy()
        row[words[one]] = 0
        assert row.argmax() == words[other]


def test_what_the_model_does_not_know_or_see(encoder):
    assert encoder.unknown(("dog", "\U0001f642", "日本", "\U0001f680")) == (
        "\U0001f642",
        "\U0001f680",
    )
    smile, rocket = encoder.word_vectors(("\U0001f642", "\U0001f680"))
    np.testing.assert_array_equal(smile, rocket)
    for ask in (encoder.word_vectors, encoder.words_in_context):
        with pytest.raises(ValueError, match=r"sees nothing of the word '\\u0301'.* without it"):
            ask(("dog", "\u0301"))


@pytest.mark.parametrize("sentence", ["dog bites man", "Je suis heureux", "the cat sat on the mat"])
def test_every_head_fits_the_lab(encoder, sentence):
    encoded = encoder.encode(sentence)
    assert encoded.n <= 8
    for layer in range(encoder.layers):
        for head in range(encoder.heads):
            small = pretrained.in_lab(encoder.scenario_of(encoded, layer, head))
            theirs = encoded.weights[layer, head]
            np.testing.assert_allclose(attend(small).weights, theirs, atol=0.002)


def test_a_head_of_eleven_tokens_is_near(encoder):
    encoded = encoder.encode("Paris is lovely in the rain today for once")
    gaps = [
        np.abs(
            attend(pretrained.in_lab(encoder.scenario_of(encoded, i, j))).weights - weights
        ).max()
        for i, layer in enumerate(encoded.weights)
        for j, weights in enumerate(layer)
    ]
    assert np.median(gaps) < 0.06 and max(gaps) < 0.35
