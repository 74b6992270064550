"""What heads do in a text, by hand on small matrices and in plain loops on the tiny models."""

import math

import numpy as np
import pytest

from attn_core.pretrained import load
from attn_core.pretrained.interpret import (
    MEASURES,
    Focus,
    Reading,
    describe_order,
    measure_heads,
    order_heads,
)
from attn_core.pretrained.interpret.find_heads import Marks, marks_of, measure
from tests.pretrained import decoders
from tests.pretrained.tiny import HEADS, HOME, LAYERS

WEIGHTS = np.array(
    [
        [0.2, 0.2, 0.2, 0.2, 0.2],
        [0.5, 0.25, 0.0, 0.0, 0.25],
        [0.0, 1.0, 0.0, 0.0, 0.0],
        [0.1, 0.2, 0.3, 0.4, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0],
    ]
)


def marks(queries, same=(), punctuation=()):
    between = np.zeros((5, 5), bool)
    for i, j in same:
        between[i, j] = True
    return Marks([*queries], between, np.isin(np.arange(5), punctuation))


def test_measures_by_hand():
    found = measure(WEIGHTS, marks([1, 2, 3], [(1, 4), (1, 3), (3, 1)], [2, 4]))
    entropies = (
        -0.5 * math.log(0.5) - 2 * 0.25 * math.log(0.25),
        0,
        -sum(w * math.log(w) for w in (0.1, 0.2, 0.3, 0.4)),
    )
    expected = {
        "previous": (0.5 + 1.0 + 0.3) / 3,
        "first": (0.5 + 0.0 + 0.1) / 3,
        "itself": (0.25 + 0.0 + 0.4) / 3,
        "same": (0.25 + 0.2) / 2,
        "punctuation": (0.25 + 0.0 + 0.3) / 3,
        "entropy": sum(entropies) / 3,
    }
    np.testing.assert_allclose(found, [expected[kind] for kind in MEASURES])


def test_the_first_token_has_none_before_it():
    found = measure(WEIGHTS, marks([0, 2]))
    np.testing.assert_allclose(found[:3], [1.0, 0.1, 0.1])
    assert np.isnan(found[3:5]).all()
    assert np.isnan(measure(WEIGHTS, marks([]))).all()


@pytest.fixture(scope="module")
def tiny(model_packages):
    return load(str(HOME / "bert"))


#: Tokens: [CLS] c ##ab ba , c ##ab a , [SEP].
TEXT = "cab ba, cab a,"


def test_marks_of_tokens(tiny):
    found = marks_of(Reading(tiny, tiny.encode(TEXT), Focus(0, 0, 1)))
    assert found.queries == [1, 2, 3, 4, 5, 6, 7, 8]
    assert np.flatnonzero(found.punctuation).tolist() == [4, 8]
    cab = [1, 2, 5, 6]
    assert {(i, j) for i, j in np.argwhere(found.same).tolist()} == {
        (i, j) for i in cab for j in cab if i != j
    }


def test_marks_of_words(tiny):
    found = marks_of(Reading(tiny, tiny.encode(TEXT), Focus(0, 0, 1, merged=True)))
    assert found.queries == [1, 2, 3, 4, 5, 6]
    assert np.flatnonzero(found.punctuation).tolist() == [3, 6]
    assert np.argwhere(found.same).tolist() == [[1, 4], [4, 1]]


@pytest.mark.usefixtures("model_packages")
def test_marks_of_a_decoder_are_of_what_is_before():
    model = load(str(decoders.HOME / "gpt2"))
    text = next(decoders.expected("gpt2"))["text"]
    encoded = model.encode(f"{text} {text}")
    found = marks_of(Reading(model, encoded, Focus(0, 0, 1)))
    assert found.queries == [*range(1, encoded.n)]
    assert found.same.any()
    assert not np.triu(found.same).any()


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("only_words", [False, True])
def test_all_heads_are_measured_with_all_tokens(tiny, merged, only_words):
    reading = Reading(tiny, tiny.encode(TEXT), Focus(1, 2, 1, merged=merged, only_words=only_words))
    found = dict(zip(MEASURES, measure_heads(reading), strict=True))
    assert found["first"].shape == (LAYERS, HEADS)
    whole = Reading(tiny, tiny.encode(TEXT), Focus(1, 2, 1, merged=merged)).seen.weights
    own = range(1, len(whole) - 1)
    assert found["first"][1, 2] == pytest.approx(np.mean([whole[i, 0] for i in own]), abs=1e-6)
    previous = np.mean([whole[i, i - 1] for i in own])
    assert found["previous"][1, 2] == pytest.approx(previous, abs=1e-6)
    entropy = np.mean([-sum(w * math.log(w) for w in whole[i]) for i in own])
    assert found["entropy"][1, 2] == pytest.approx(entropy, abs=1e-5)


def test_heads_in_order():
    scores = np.array([[0.3, 0.1, 0.5], [0.5, 0.2, 0.9]])
    assert order_heads(scores) == [(1, 2), (0, 2), (1, 0), (0, 0), (1, 1), (0, 1)]
    assert order_heads(np.full((2, 2), np.nan)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert describe_order("previous", scores).endswith(
        "of the weight for the token before the query. Layer 2, head 3 has the largest, with 0.90."
    )
    assert describe_order("punctuation", np.full((2, 2), np.nan)) == (
        "This text has no punctuation, so that no head has a score."
    )
