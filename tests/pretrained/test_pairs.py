"""Pairs of sentences: tokens, segments and numbers against transformers, and what is seen."""

import json
from pathlib import Path

import numpy as np
import pytest

from attn_core.pretrained import load
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
