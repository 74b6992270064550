"""The pretrained model against what transformers computes with it, and by hand."""

import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from attn_core import attend

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = json.loads((GOLDEN / "minilm.json").read_text())
ARRAYS = np.load(GOLDEN / "minilm.npz")
SENTENCES = [case["sentence"] for case in CASES]
CLOSE = {"rtol": 0, "atol": 1e-5}
LAYERS, HEADS, D_MODEL, D_K = 6, 12, 384, 32
each_sentence = pytest.mark.parametrize("i", range(len(CASES)), ids=SENTENCES)


@each_sentence
def test_golden_sentences_agree(encoder, i):
    encoded = encoder.encode(SENTENCES[i])
    n = len(CASES[i]["tokens"])
    assert encoded.tokens == tuple(CASES[i]["tokens"])
    assert encoded.weights.shape == (LAYERS, HEADS, n, n)
    assert encoded.hidden.shape == (n, D_MODEL)
    np.testing.assert_allclose(encoded.weights, ARRAYS[f"weights_{i}"], **CLOSE)
    np.testing.assert_allclose(encoded.hidden, ARRAYS[f"hidden_{i}"], **CLOSE)


@each_sentence
def test_the_lab_attends_as_the_model_does(encoder, i):
    encoded = encoder.encode(SENTENCES[i])
    for layer, head in np.ndindex(LAYERS, HEADS):
        weights = attend(encoder.scenario_of(encoded, layer, head)).weights
        np.testing.assert_allclose(weights, encoded.weights[layer, head], rtol=0, atol=1e-6)
        np.testing.assert_allclose(weights, ARRAYS[f"weights_{i}"][layer, head], **CLOSE)
    assert encoder.scenario(SENTENCES[i], 4, 7) == encoder.scenario_of(encoded, 4, 7)


def test_a_head_is_a_scenario_with_its_biases_in_a_column_of_ones(encoder):
    s = encoder.scenario(SENTENCES[0], 2, 5)
    assert s.tokens == tuple(CASES[0]["tokens"])
    assert (s.d_model, s.d_k, s.d_v, s.h) == (D_MODEL + 1, D_K, D_K, 1)
    assert {array.dtype for array in (s.X, s.W_q, s.W_k, s.W_v)} == {np.dtype(np.float32)}
    assert (s.X[:, -1] == 1).all()
    assert s.features[0] == "x1" and s.features[-1] == "1"
    assert s.W_o is None and s.mask is None and s.scale
    np.testing.assert_array_equal(s.X[:, :-1], encoder.encode(SENTENCES[0]).states[2])


def test_sizes(encoder):
    sizes = (encoder.layers, encoder.heads, encoder.d_model, encoder.d_k, encoder.max_tokens)
    assert sizes == (LAYERS, HEADS, D_MODEL, D_K, 512)


@pytest.mark.parametrize(
    ("layer", "head", "message"),
    [
        (6, 0, r"layer must be 0 to 5, got 6\."),
        (-1, 0, "layer must be 0 to 5, got -1"),
        (0, 12, r"head must be 0 to 11, got 12\."),
        (0, 0.5, r"head must be 0 to 11, got 0\.5"),
        ("0", 0, "layer must be 0 to 5, got '0'"),
        (None, 0, "layer must be 0 to 5, got None"),
    ],
)
def test_no_such_head(encoder, layer, head, message):
    with pytest.raises(ValueError, match=message):
        encoder.scenario("a", layer, head)


def test_numbers_of_an_encoded_text_cannot_be_changed(encoder):
    encoded = encoder.encode("a b")
    for array in (encoded.states, encoded.weights, encoded.hidden):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        encoded.text = "b a"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u200e", "\0"])
def test_blank_text(encoder, text):
    with pytest.raises(ValueError, match="at least one word"):
        encoder.encode(text)


@pytest.mark.parametrize("text", [None, 3, b"a", ["a", "b"]])
def test_no_text(encoder, text):
    with pytest.raises(ValueError, match="must be a string, got"):
        encoder.encode(text)


def test_lone_surrogate(encoder):
    with pytest.raises(ValueError, match=r"valid Unicode; 'a \\ud83d' isn't") as told:
        encoder.encode("a \ud83d")
    str(told.value).encode()


@pytest.mark.parametrize("words", [509, 510])
def test_as_many_tokens_as_there_are_places(encoder, words):
    """[CLS] and [SEP] are two more."""
    encoded = encoder.encode("a " * words)
    assert encoded.n == words + 2
    np.testing.assert_allclose(encoded.weights.sum(axis=-1), 1, rtol=0, atol=1e-5)


def test_one_token_too_many(encoder):
    with pytest.raises(ValueError, match="up to 512 tokens; this text has 513"):
        encoder.encode("a " * 511)
    with pytest.raises(ValueError, match="up to 512 tokens; this text has 20002"):
        encoder.split("a " * 20_000)


def test_emoji_and_other_scripts(encoder):
    text = "👩‍👩‍👧 naïve 東京 مرحبا"
    encoded = encoder.encode(text)
    assert np.isfinite(encoded.hidden).all()
    assert "naive" in encoded.tokens and "東" in encoded.tokens
    begin, end = encoded.pieces.spans[encoded.tokens.index("東")]
    assert text[begin:end] == "東"


def test_a_mask_that_was_typed_is_one_token(encoder):
    encoded = encoder.encode("Paris is [MASK].")
    assert encoded.tokens == ("[CLS]", "paris", "is", "[MASK]", ".", "[SEP]")
    assert encoded.pieces.ids[3] == 103  # so BERT's vocabulary has it


def test_sentence_is_the_mean_of_all_tokens(encoder):
    encoded = encoder.encode(SENTENCES[2])
    mean = ARRAYS["hidden_2"].sum(axis=0) / 9
    np.testing.assert_allclose(encoded.text_vector, mean, **CLOSE)


def test_threads_get_the_numbers_of_one(encoder):
    alone = [encoder.encode(text) for text in SENTENCES]
    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(encoder.encode, SENTENCES * 7))
    for i, encoded in enumerate(together):
        once = alone[i % len(SENTENCES)]
        assert encoded.tokens == once.tokens
        np.testing.assert_array_equal(encoded.hidden, once.hidden)
        np.testing.assert_array_equal(encoded.weights, once.weights)


def test_words_in_context_are_means_of_their_pieces(encoder):
    """[CLS] je sui ##s he ##ure ##ux [SEP]"""
    vectors = encoder.words_in_context(["Je", "suis", "heureux"])
    hidden = ARRAYS["hidden_0"]
    by_hand = [hidden[1], (hidden[2] + hidden[3]) / 2, (hidden[4] + hidden[5] + hidden[6]) / 3]
    np.testing.assert_allclose(vectors, by_hand, **CLOSE)


def test_words_in_context_keep_signs_with_their_word(encoder):
    """[CLS] paris is lovely in the rain . [SEP]"""
    vectors = encoder.words_in_context(SENTENCES[2].split())
    hidden = ARRAYS["hidden_2"]
    np.testing.assert_allclose(vectors[:5], hidden[1:6], **CLOSE)
    np.testing.assert_allclose(vectors[5], (hidden[6] + hidden[7]) / 2, **CLOSE)


def test_a_word_the_model_does_not_see(encoder):
    with pytest.raises(ValueError, match=r"sees nothing of the word '\\u200b'"):
        encoder.words_in_context(["a", "\u200b", "b"])


def table(encoder):
    """Rows of the model's file, read without our code."""
    from safetensors.numpy import load_file

    from attn_core.pretrained.sources.locate import installed

    return load_file(installed() / "model.safetensors")["embeddings.word_embeddings.weight"]


def test_word_vectors_are_rows_of_the_table(encoder):
    """BERT's vocabulary: cat 4937; sui 24086 and ##s 2015."""
    vectors = encoder.word_vectors(["cat", "suis", "cat"])
    rows = table(encoder)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors[0], rows[4937])
    np.testing.assert_array_equal(vectors[2], rows[4937])
    np.testing.assert_allclose(vectors[1], (rows[24086] + rows[2015]) / 2, rtol=0, atol=1e-7)
    with pytest.raises(ValueError, match="sees nothing of the word"):
        encoder.word_vectors(["cat", ""])


def test_a_long_text_takes_little_memory(encoder):
    """The weights of all heads at 512 tokens are 75 MB, and the scores of a layer's heads 13."""
    encoder.encode("a")
    tracemalloc.start()
    try:
        encoded = encoder.encode("a " * 510)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert encoded.n == 512
    assert kept < 8e6
    assert most < 35e6
