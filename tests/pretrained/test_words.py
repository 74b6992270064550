"""Words in place of pieces: which tokens make one, and weights between them, by hand."""

import numpy as np
import pytest

from attn_core.pretrained import interpret, load
from attn_core.pretrained.interpret.words import group_by_word, merge_words, name_word
from attn_core.pretrained.tokens.tokenizer import Pieces
from tests.pretrained import decoders
from tests.pretrained.tiny import HEADS, HOME, LAYERS

TEXT = "cab bad, dab a ccc"
#: Of the tokens [CLS] c ##ab ba ##d , da ##b a c ##c ##c [SEP].
GROUPS = ((0,), (1, 2), (3, 4), (5,), (6, 7), (8,), (9, 10, 11), (12,))
WORDS = ("[CLS]", "cab", "bad", ",", "dab", "a", "ccc", "[SEP]")


@pytest.fixture(scope="module", params=["bert", "roberta"])
def model(request, model_packages):
    return load(str(HOME / request.param))


@pytest.fixture
def reading(model):
    def read(**focus):
        given = {"layer": 1, "head": 2, "query": 7, "merged": True} | focus
        return interpret.Reading(model, model.encode(TEXT), interpret.Focus(**given))

    return read


def pieces(text, *tokens):
    """Tokens that stand in a text one after the other; those of a list share their place."""
    names, spans, at = [], [], 0
    for each in tokens:
        written = each[0] if isinstance(each, list) else each.removeprefix("##")
        at = text.index(written, at)
        for name in each[1:] if isinstance(each, list) else [each]:
            names.append(name)
            spans.append((at, at + len(written)))
        at += len(written)
    letters = [None if " (" in name else name.removeprefix("##") for name in names]
    none = (False,) * len(names)
    ids = tuple(range(len(names)))
    return Pieces(
        tuple(names),
        ids,
        none,
        tuple(spans),
        tuple(names),
        tuple(letters),
        none,
        (0,) * len(names),
        (0,) * len(names),
    )


@pytest.mark.parametrize(
    ("text", "tokens", "words"),
    [
        ("waistcoat-pocket", ["waist", "##coat", "-", "pocket"], ["waistcoat", "-", "pocket"]),
        ("abc def", ["abc", "de", "f"], ["abc", "def"]),
        ("didn't", ["didn", "'", "t"], ["didn", "'", "t"]),
        ("قال كتاب", ["قال", "ك", "##تاب"], ["قال", "كتاب"]),
        ("한국어 말", ["한", "##국", "##어", "말"], ["한국어", "말"]),
        # Scripts without spaces: pieces stay, but where the model marks them as parts.
        ("我很高兴", ["我", "很", "高兴"], ["我", "很", "高兴"]),
        ("食べている", ["食", "べ", "##ている"], ["食", "べている"]),
        ("abc我", ["ab", "c", "我"], ["abc", "我"]),
        # One character in several tokens is one, whatever it is.
        ("a 😁😁", ["a", *[["😁", "😁 (1/2)", "😁 (2/2)"]] * 2], ["a", "😁", "😁"]),
        ("很😁", [["很", "很 (1/2)", "很 (2/2)"], "😁"], ["很", "😁"]),
    ],
)
def test_tokens_of_a_word(text, tokens, words):
    made = pieces(text, *tokens)
    groups = group_by_word(text, made)
    assert [i for group in groups for i in group] == [*range(len(made.ids))]
    assert [name_word(text, made, group) for group in groups] == words


def test_words_of_a_models_text(model, reading):
    found = reading()
    assert found.groups == GROUPS
    around = model.encode(TEXT).tokens[0], model.encode(TEXT).tokens[-1]
    assert found.tokens == (around[0], *WORDS[1:-1], around[1])
    assert found.firsts == (0, 1, 3, 5, 6, 8, 9, 12)
    assert found.query == 4


def test_weights_by_hand():
    weights = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.3, 0.2, 0.0], [0, 0, 0, 1], [0.25] * 4])
    np.testing.assert_allclose(
        merge_words(weights, [(0,), (1, 2), (3,)]),
        [[0.1, 0.5, 0.4], [0.25, 0.25, 0.5], [0.25, 0.5, 0.25]],
    )


def slowly(weights, groups):
    """The same with sums and means that are written out."""
    return [
        [np.mean([sum(float(weights[i, j]) for j in key) for i in query]) for key in groups]
        for query in groups
    ]


@pytest.mark.parametrize("view", interpret.VIEWS)
@pytest.mark.parametrize("only_words", [False, True])
def test_the_map_of_words(reading, view, only_words):
    merged = reading(view=view, only_words=only_words)
    groups = GROUPS[1:-1] if only_words else GROUPS
    whole = reading(view=view, merged=False).seen
    np.testing.assert_allclose(merged.seen.weights, slowly(whole.weights, groups), atol=1e-6)
    assert merged.seen.tokens == merged.tokens
    assert len(merged.tokens) == len(groups)
    sums = merged.seen.weights.sum(axis=1)
    if only_words:
        assert (sums < 1).all()
    else:
        np.testing.assert_allclose(sums, 1, atol=1e-6)


@pytest.mark.usefixtures("model_packages")
def test_words_of_a_decoder_see_what_is_before_them():
    model = load(str(decoders.HOME / "llama-gqa"))
    text = next(decoders.expected("llama-gqa"))["text"]
    focus = interpret.Focus(0, 1, 2, merged=True)
    reading = interpret.Reading(model, model.encode(text), focus)
    n = len(reading.tokens)
    assert 2 < n < reading.encoded.n
    np.testing.assert_array_equal(reading.mask, np.tri(n, dtype=bool))
    weights = reading.seen.weights
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    assert not np.triu(weights, 1).any()
    np.testing.assert_allclose(weights, slowly(reading.trace.weights, reading.groups), atol=1e-6)


def test_thumbnails_of_words(model, reading):
    small, tokens = reading().thumbnails(99)
    weights = model.encode(TEXT).weights
    assert tokens == reading().tokens
    for layer in range(LAYERS):
        for head in range(HEADS):
            expected = slowly(weights[layer, head], GROUPS)
            np.testing.assert_allclose(small[layer, head], expected, atol=1e-6)
    assert reading().thumbnails(5)[0].shape == (LAYERS, HEADS, 5, 5)


def test_scores_stay_with_pieces(reading):
    merged, plain = reading(), reading(merged=False)
    np.testing.assert_array_equal(merged.scores, plain.scores)
    assert merged.in_pieces.tokens == plain.tokens
    assert merged.in_pieces.query == 7
    assert plain.in_pieces is plain


def test_told_of_words(model, reading):
    assert interpret.describe_merged(reading()).endswith(
        "Words of several pieces: cab (2), bad (2), dab (2) and ccc (3)."
    )
    piece = model.encode(TEXT).pieces.shown[7]
    told = interpret.describe_pieces(reading())
    assert told.startswith("A model has scores between its tokens, not between words.")
    assert told.endswith(f"Here the query is {piece}, one of the 2 pieces of dab.")
    assert interpret.describe_pieces(reading(query=5)).endswith("not between words.")
    whole = interpret.Reading(model, model.encode("a b"), interpret.Focus(0, 0, 1, merged=True))
    assert interpret.describe_merged(whole) == (
        "The model cuts no word of this text, so that each word is one token."
    )


def laid_out(text, made, groups):
    """The text in its tokens, names in <>, and what stands behind them."""
    placed, after = interpret.places_in_text(text, made, groups)
    shown = [f"<{each.written}>" if each.is_name else each.written for each in placed]
    return [each.before for each in placed], shown, after


def alone(made):
    return [(i,) for i in range(len(made.ids))]


def test_tokens_where_they_stand():
    text = " Waist, \nfoo  e\u0301t\u200b! 😁"
    made = pieces(text, "Wai", "st", ",", "foo", "e", "t", "!", ["😁", "😁 (1/2)", "😁 (2/2)"])
    before, shown, after = laid_out(text, made, alone(made))
    assert before == [" ", "", "", " \n", "  ", "", "", " ", ""]
    assert shown == ["Wai", "st", ",", "foo", "e\u0301", "t\u200b", "!", "<😁 (1/2)>", "<😁 (2/2)>"]
    assert after == ""
    before, shown, after = laid_out(text, made, group_by_word(text, made))
    assert "".join(b + s for b, s in zip(before, shown, strict=True)) + after == text
    assert shown == ["Waist", ",", "foo", "e\u0301t\u200b", "!", "😁"]


def test_a_mark_that_is_a_token_and_a_space_that_is_one():
    text = "❤\ufe0f a\n\n"
    made = pieces(text, "❤", "\ufe0f", " ", "a", "\n")
    assert laid_out(text, made, alone(made)) == (
        ["", "", "", "\ufe0f ", ""],
        ["❤", "<\ufe0f>", "< >", "a", "<\n>"],
        "\n\n",
    )


def test_what_the_model_puts_around_a_text_has_a_name(model):
    whole = model.encode(TEXT)
    made, groups = whole.pieces, group_by_word(whole.text, whole.pieces)
    before, shown, after = laid_out(whole.text, made, groups)
    assert shown == [f"<{made.tokens[0]}>", *WORDS[1:-1], f"<{made.tokens[-1]}>"]
    assert before == ["", "", " ", "", " ", " ", " ", ""]
    assert after == ""
    inner = laid_out(whole.text, made, groups[1:-1])  # without what the model put there
    assert inner == (before[1:-1], shown[1:-1], after)
