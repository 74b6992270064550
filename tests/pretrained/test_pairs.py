"""Pairs of sentences: tokens, segments and numbers against transformers, and what is seen."""

import json
from pathlib import Path

import numpy as np
import pytest

from attn_core.pretrained import load
from attn_core.pretrained.interpret import (
    Focus,
    Reading,
    describe_pair,
    describe_seen,
    describe_token,
    measure_heads,
)
from attn_core.pretrained.tokens.tokenizer import Tokenizer
from tests.pretrained.tiny import HOME, KINDS, rewritten

WORD_LISTS = json.loads((HOME.parent / "word_lists.json").read_text(encoding="utf-8"))
PAIRS = json.loads((HOME / "pairs.json").read_text(encoding="utf-8"))
READ = [(i, each) for i, each in enumerate(PAIRS) if "kind" in each]
LISTED = [each for each in PAIRS if "list" in each]


@pytest.fixture(scope="module")
def models(model_packages):
    return {kind: load(str(HOME / kind)) for kind in KINDS}


@pytest.mark.parametrize(("i", "case"), READ)
def test_a_pair_against_transformers(models, i, case):
    model, arrays = models[case["kind"]], np.load(HOME / "pairs.npz")
    encoded = model.encode(case["first"], case["second"])
    assert list(encoded.tokens) == case["tokens"]
    assert list(encoded.pieces.segments) == case["segments"]
    np.testing.assert_allclose(encoded.hidden, arrays[f"hidden_{i}"], atol=1e-5)
    np.testing.assert_allclose(encoded.weights, arrays[f"weights_{i}"], atol=1e-5)


def test_segments_count(models):
    """The golden numbers of the first pair can't come from a model that leaves them out."""
    case = PAIRS[0]
    encoded = models["bert"].encode(case["first"], case["second"])
    model = load(str(HOME / "bert"))
    model._segments = model._segments[:1]
    assert np.abs(model.encode(case["first"], case["second"]).hidden - encoded.hidden).max() > 0.1


def test_which_models_have_segments(models, tmp_path):
    assert {kind: model.has_segments for kind, model in models.items()} == {
        "bert": True,
        "roberta": False,
        "distilbert": False,
    }

    def one_row(tensors):
        name = next(name for name in tensors if name.endswith("token_type_embeddings.weight"))
        tensors[name] = tensors[name][:1]

    single = load(str(rewritten(tmp_path, one_row)))
    assert not single.has_segments
    pair = single.encode("ab ba", "cab")
    rows = models["bert"]._segments
    assert pair.pieces.segments[-1] == 1
    single._segments = rows[[0, 0]]  # both sentences have the first one's
    np.testing.assert_array_equal(single.encode("ab ba", "cab").states, pair.states)


@pytest.mark.parametrize("case", LISTED)
@pytest.mark.usefixtures("model_packages")
def test_tokenizers_made_of_lists(case, tmp_path):
    listed = WORD_LISTS[case["list"]]
    for name, content in listed["files"].items():
        Path(tmp_path, name).write_text(content, encoding="utf-8")
    pieces = Tokenizer(tmp_path, listed["kind"], 99).split(listed["text"], "b a")
    assert list(pieces.tokens) == case["tokens"]
    assert list(pieces.segments) == case["segments"]


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_tokens_of_a_pair_are(models, kind):
    encoded = models[kind].encode("ab ba", "cab, dab")
    pieces = encoded.pieces
    assert encoded.text == "ab ba\ncab, dab"
    assert pieces.is_pair
    own = [i for i, special in enumerate(pieces.special) if not special]
    written = ["".join(encoded.text[slice(*pieces.spans[i])].split()) for i in own]
    assert written == ["a", "b", "ba", "c", "ab", ",", "da", "b"]
    assert [pieces.sides[i] for i in own] == [0, 0, 0, 1, 1, 1, 1, 1]
    assert {pieces.sides[i] for i in range(encoded.n) if i not in own} == {None}
    single = models[kind].encode("ab ba").pieces
    assert not single.is_pair
    assert set(single.segments) == {0}


def test_a_pair_of_which_one_is_blank_or_too_long(models):
    for first, second in (("ab", " "), (" ", "ab")):
        with pytest.raises(ValueError, match="at least one word"):
            models["bert"].encode(first, second)
    most = models["bert"].max_tokens
    with pytest.raises(ValueError, match=f"has {most + 1}"):
        models["bert"].encode("a " * (most - 5), "b b b")
    assert models["bert"].encode("a " * (most - 5), "b b").n == most


@pytest.fixture
def reading(models):
    encoded = models["bert"].encode("ab ba", "cab, dab")

    def read(**focus):
        return Reading(
            models["bert"], encoded, Focus(**{"layer": 1, "head": 2, "query": 2} | focus)
        )

    return read


#: Rows of the tokens [CLS] a ##b ba [SEP] c ##ab , da ##b [SEP] by sentence.
A, B = [1, 2, 3], [5, 6, 7, 8, 9]


@pytest.mark.parametrize("view", ["head", "average", "rollout"])
@pytest.mark.parametrize(("way", "queries", "keys"), [("ab", A, B), ("ba", B, A)])
def test_from_one_sentence_to_the_other(reading, view, way, queries, keys):
    found, whole = reading(way=way, view=view), reading(view=view)
    expected = np.zeros_like(whole.seen.weights)
    between = np.ix_(queries, keys)
    expected[between] = whole.seen.weights[between]
    np.testing.assert_array_equal(found.seen.weights, expected)
    assert np.argwhere(found.seen.mask).tolist() == [[i, j] for i in queries for j in keys]
    assert found.queries == queries
    assert found.seen.title.endswith(f", only {way[0].upper()} → {way[1].upper()}")
    assert whole.seen.mask is None


def test_thumbnails_of_one_way_and_heads_measured_of_all(reading):
    small, _ = reading(way="ba").thumbnails(99)
    assert small[1, 2].sum() == pytest.approx(reading(way="ba").seen.weights.sum(), rel=1e-5)
    assert small[1, 2].any()
    np.testing.assert_array_equal(measure_heads(reading(way="ba")), measure_heads(reading()))


def test_one_way_between_words(reading):
    found = reading(way="ab", merged=True, only_words=True)
    assert found.tokens == ("ab", "ba", "cab", ",", "dab")
    whole = reading(merged=True, only_words=True).seen.weights
    np.testing.assert_array_equal(found.seen.weights[:2, 2:], whole[:2, 2:])
    assert not found.seen.weights[:, :2].any()
    assert not found.seen.weights[2:].any()


def test_query_and_key_are_of_their_sentences(reading):
    assert reading(way="ab", query=8).focus.query == 3
    assert reading(way="ba", query=1).focus.query == 5
    row = reading().trace.weights
    assert reading(way="ab").key == B[int(row[2, B].argmax())]
    assert reading(way="ba", query=6).key == A[int(row[6, A].argmax())]


def test_a_single_text_has_no_way(models):
    model = models["bert"]
    reading = Reading(model, model.encode("ab ba\ncab"), Focus(0, 0, 1, way="ab"))
    assert reading.focus.way == ""
    assert reading.text_key == ("ab ba\ncab", 0)
    assert Reading(model, model.encode("ab ba", "cab"), Focus(0, 0, 1)).text_key == (
        "ab ba\ncab",
        3,
    )


def test_told_of_a_pair(models, reading):
    weights = reading().seen.weights
    told = describe_seen(reading(way="ab"))
    share = weights[np.ix_(A, B)].sum(axis=1).mean()
    assert told.startswith(
        f"Of the weights of the first sentence {100 * share:.0f} % goes to the second sentence. "
        f"The largest is {weights[np.ix_(A, B)].max():.3f}, from "
    )
    own = weights[6, A].sum()
    assert f"##ab gives {100 * own:.0f} % of its weight to the first sentence, most to " in (
        describe_token(reading(way="ba", query=6))
    )
    tells = {}
    for kind, model in models.items():
        tells[kind] = describe_pair(model, model.encode("ab ba", "cab, dab"))
    assert tells["bert"] == (
        "The model reads the pair as [CLS] A [SEP] B [SEP]. To each token a vector of its segment "
        "is added, the first or the second."
    )
    assert tells["roberta"].startswith(
        "The model reads the pair as <s> A </s> </s> B </s>. It has "
    )
    assert "no vectors for two segments" in tells["distilbert"]
