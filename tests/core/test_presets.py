"""Each preset's claim is true of its trace; a claim without a test here fails the last test."""

from importlib.resources import files

import numpy as np
import pytest

from attn_core import attend, limits
from attn_core.analysis.projection_2d import cluster
from attn_core.edits import with_sentence
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, PRESETS
from attn_core.text.embeddings import unknown

CLAIMS = {}


def claim(key):
    def note(test):
        CLAIMS[key] = test
        return test

    return note


def trace_of(key):
    return attend(BY_KEY[key].scenario)


def most(trace, word):
    """What a word looks at most, and how much."""
    row = trace.weights[trace.scenario.tokens.index(word)]
    return trace.scenario.tokens[int(row.argmax())], row.max()


@claim("similarity")
def test_similarity():
    t = trace_of("similarity")
    for name in ("Q", "K", "V"):
        np.testing.assert_array_equal(getattr(t, name), t.X)
    np.testing.assert_array_equal(t.raw_scores, t.similarity)
    assert list(t.weights.argmax(axis=1)) == [0, 1, 2]


@claim("verb-subject")
def test_verb_subject():
    t = trace_of("verb-subject")
    assert most(t, "suis")[0] == "Je"
    assert most(t, "suis")[1] > 0.95
    assert t.similarity[1].argmax() == 1


@claim("negation")
def test_negation():
    t = trace_of("negation")
    for word in ("ne", "pas"):
        assert most(t, word)[0] == "heureux"
        assert most(t, word)[1] > 0.9
    ne, pas = (t.scenario.tokens.index(word) for word in ("ne", "pas"))
    heureux = t.weights[-1]
    assert heureux[ne] == heureux[pas] > 0.45


@claim("another-view")
def test_another_view():
    t = trace_of("another-view")
    assert most(t, "noir")[0] == "chat"
    animate = t.scenario.features.index("animate")
    assert not t.W_q[animate].any()
    assert not t.W_k[animate].any()
    noir = t.scenario.tokens.index("noir")
    assert t.X[noir, animate] == 0
    assert t.output[noir, 0] > 0.9


@claim("previous-word")
def test_previous_word():
    t = trace_of("previous-word")
    assert (np.diagonal(t.weights, offset=-1) > 0.9).all()
    assert not np.triu(t.weights, 1).any()


@claim("uniform")
def test_uniform():
    t = trace_of("uniform")
    assert not t.scores.any()
    np.testing.assert_allclose(t.weights, 1 / t.scenario.n)
    np.testing.assert_allclose(t.output, np.tile(t.V.mean(axis=0), (t.scenario.n, 1)))


@claim("twins")
def test_twins():
    t = trace_of("twins")
    dogs = [i for i, token in enumerate(t.scenario.tokens) if token == "dog"]
    assert len(dogs) == 2
    for i in dogs:
        np.testing.assert_array_equal(t.weights[i, dogs], t.weights[i, dogs[0]])
        assert t.weights[i, dogs[0]] > np.delete(t.weights[i], dogs).max()


@claim("sharp")
def test_sharp():
    sharp, plain = trace_of("sharp"), trace_of("similarity")
    np.testing.assert_array_equal(sharp.scores, plain.scores)
    assert (sharp.weights.max(axis=1) > 0.9).all()
    assert (plain.weights.max(axis=1) < 0.9).all()


@claim("soft")
def test_soft():
    soft, plain = trace_of("soft"), trace_of("similarity")
    np.testing.assert_array_equal(soft.scores, plain.scores)
    assert (np.abs(soft.weights - 1 / 3) < 0.05).all()


@claim("antecedent")
def test_antecedent():
    t = trace_of("antecedent")
    assert most(t, "elle")[0] == "Marie"
    assert most(t, "elle")[1] > 0.8
    elle, paul = (t.scenario.tokens.index(word) for word in ("elle", "Paul"))
    assert t.weights[elle, paul] < 0.1


@claim("four-views")
def test_four_views():
    """In each V space others stand together; `test_heads` has the rest of the claims."""
    t = trace_of("four-views")
    found = {head: cluster(t.head(k).V) for k, head in enumerate(t.scenario.heads)}
    assert [len(set(each)) for each in found.values()][:3] == [4, 3, 2]
    assert len(set(found.values())) == 4


@claim("word-order")
def test_word_order():
    t = trace_of("word-order")
    assert t.scenario.positions == "none"
    dog, bites, man = range(3)
    assert t.weights[bites, dog] == t.weights[bites, man] > 0.4
    there = attend(with_sentence(t.scenario, "man bites dog"))
    np.testing.assert_allclose(there.weights[::-1, ::-1], t.weights, rtol=1e-12)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
def test_every_preset_has_a_claim_that_is_tested(preset):
    assert len(PRESETS) >= 8
    assert preset.claim.endswith(".")
    assert preset.key in CLAIMS
    assert unknown(preset.scenario.tokens) == ()
    assert limits.validate(preset.scenario) == preset.scenario
    assert decode(encode(preset.scenario)) == preset.scenario


def test_every_file_is_a_preset():
    names = {path.name for path in files("attn_core.presets").iterdir()} - {"__pycache__"}
    assert names == {"__init__.py", "presets.json", *(f"{key}.json" for key in BY_KEY)}
