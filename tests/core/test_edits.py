"""Edits keep what still fits; limits say what they are."""

import re
from dataclasses import replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, edits, limits, masks
from attn_core.embeddings import embed, known, unknown
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.vocabulary import FEATURES, WORDS

START = DEFAULT.scenario


def test_a_new_word_leaves_the_edited_ones_alone():
    s = edits.with_cell(START, "X", 2, 1, -1.25)  # heureux · verb
    s = edits.with_sentence(s, "Je ne suis pas heureux")
    assert s.tokens == ("Je", "ne", "suis", "pas", "heureux")
    assert s.X[4, 1] == -1.25
    np.testing.assert_array_equal(s.X[[0, 2]], START.X[:2])
    np.testing.assert_array_equal(s.X[[1, 3]], embed(("ne", "pas"), s.features))
    np.testing.assert_array_equal(s.W_q, START.W_q)


def test_places_follow_the_word():
    s = edits.with_sentence(BY_KEY["previous-word"].scenario, "chat noir dort")
    np.testing.assert_array_equal(s.X, np.eye(3, 4))
    assert masks.kind(s.mask) == "causal"


def test_a_custom_mask_follows_the_words():
    mask = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], bool)
    s = edits.with_sentence(replace(START, mask=mask), "Je ne suis heureux")
    kept = [0, 2, 3]
    np.testing.assert_array_equal(s.mask[np.ix_(kept, kept)], mask)
    assert s.mask[1].all()
    assert s.mask[:, 1].all()


def test_a_row_is_never_left_blocked():
    mask = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]], bool)
    s = edits.with_sentence(replace(START, mask=mask), "suis heureux")
    np.testing.assert_array_equal(s.mask, [[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "1 to 12 words and signs; it is empty"),
        ("  \n ", "it is empty"),
        (" ".join("abcdefghijklm"), "room for 12 words and signs; this one has 13"),
        ("x" * 200, "room for 40 characters; xxxxxxxxxx… has 200"),
        ("Je \x00 suis", "U+0000"),
        ("a\u202eb", "U+202E"),
    ],
)
def test_sentences_beyond_the_limits(sentence, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        edits.with_sentence(START, sentence)


@pytest.mark.parametrize("n", [1, 12])
def test_sentences_at_the_limits(n):
    assert edits.with_sentence(START, "mot " * n).n == n


@given(st.integers(2, 8), st.integers(1, 8), st.integers(1, 8))
def test_sizes_keep_what_fits(d_model, d_k, d_v):
    s = edits.with_size(BY_KEY["verb-subject"].scenario, d_model=5, d_k=3, d_v=3)
    t = edits.with_size(s, d_model=d_model, d_k=d_k, d_v=d_v)
    assert (t.d_model, t.d_k, t.d_v) == (d_model, d_k, d_v)
    m, k, v = min(5, d_model), min(3, d_k), min(3, d_v)
    np.testing.assert_array_equal(t.X[:, :m], s.X[:, :m])
    np.testing.assert_array_equal(t.W_q[:m, :k], s.W_q[:m, :k])
    np.testing.assert_array_equal(t.W_v[:m, :v], s.W_v[:m, :v])
    assert not t.W_k[m:].any()
    np.testing.assert_array_equal(t.X[:, m:], embed(t.tokens, t.features[m:]))


def test_features_are_chosen_by_name():
    s = edits.with_features(BY_KEY["verb-subject"].scenario, ("verb", "noun", "pronoun"))
    assert s.features == ("verb", "noun", "pronoun")
    np.testing.assert_array_equal(s.W_q[0], [3, 0])  # verb brought its row along
    np.testing.assert_array_equal(s.W_q[1], [0, 0])
    np.testing.assert_array_equal(s.X[:, 2], [1, 0, 0])
    with pytest.raises(ValueError, match="d_model must be 2 to 8 here, got 1"):
        edits.with_features(s, ("verb",))


@pytest.mark.parametrize("name", edits.MATRICES)
def test_fillings(name):
    s = edits.with_size(START, d_k=3, d_v=5)
    shape = getattr(s, name).shape
    np.testing.assert_array_equal(edits.identity(s, name), np.eye(*shape))
    np.testing.assert_array_equal(edits.zeros(s, name), np.zeros(shape))
    drawn = edits.random(s, name, seed=7)
    np.testing.assert_array_equal(drawn, edits.random(s, name, seed=7))
    assert (drawn != edits.random(s, name, seed=8)).any()
    assert drawn.shape == shape
    np.testing.assert_allclose(drawn * 20, np.round(drawn * 20))
    changed = edits.with_matrix(s, name, drawn)
    back = edits.with_matrix(changed, name, edits.as_started(changed, name, START))
    np.testing.assert_array_equal(getattr(back, name), getattr(s, name))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((4, 3)), "W_q must be (4, 4), got (4, 3)."),
        (np.full((4, 4), 30.01), "from −30 to 30: row 1, column 1 is 30.01"),
        (np.full((4, 4), np.nan), "row 1, column 1 is nan"),
        (np.full((4, 4), -np.inf), "is -inf"),
    ],
)
def test_matrices_beyond_the_limits(values, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        edits.with_matrix(START, "W_q", values)


def test_a_matrix_the_other_way_round_is_asked_about():
    with pytest.raises(ValueError, match=r"X must be \(3, 4\), got \(4, 3\)\. Is X transposed\?"):
        edits.with_matrix(START, "X", np.ones((4, 3)))


@given(hnp.arrays(np.float64, (4, 4), elements=st.floats(-30, 30)))
def test_numbers_land_on_the_grid(values):
    W = edits.with_matrix(START, "W_q", values).W_q
    np.testing.assert_allclose(W, values, atol=0.00051)
    assert [f"{v:.3f}" for v in W.ravel()] == [f"{float(f'{v:.3f}'):.3f}" for v in W.ravel()]
    assert all(v == float(f"{v:.3f}") for v in W.ravel())


NINE = np.ones((9, 4, 2))


def test_limits_of_a_whole_scenario():
    W = np.ones((4, 9))
    cases = {
        "d_k must be 1 to 8": replace(START, W_q=W, W_k=W),
        "d_v must be 1 to 8": replace(START, W_v=W),
        "The temperature must be 0.05 to 10": replace(START, temperature=11),
        "h must be 1 to 8 here, got 9": replace(START, W_q=NINE, W_k=NINE, W_v=NINE),
        "W_o takes numbers from −30 to 30": replace(START, W_o=31 * np.eye(4)),
        "A feature's name has room for 24": replace(START, features=("a", "b", "c", "d" * 25)),
        "no line break": replace(START, tokens=("Je", "a\nb", "c")),
        "room for 12": Scenario(("a",) * 13, np.ones((13, 4)), *[START.W_q] * 3),
    }
    for message, scenario in cases.items():
        with pytest.raises(ValueError, match=message):
            limits.admit(scenario)


def test_mask_kinds():
    assert masks.kind(edits.with_mask_kind(START, "causal").mask) == "causal"
    assert edits.with_mask_kind(START, "none").mask is None
    custom = edits.with_mask_kind(edits.with_mask_kind(START, "causal"), "custom")
    np.testing.assert_array_equal(custom.mask, masks.causal(3))


def test_vocabulary():
    assert len(WORDS) >= 60
    assert all(set(features) <= set(FEATURES) for features in WORDS.values())
    assert all(abs(v) <= 1 for features in WORDS.values() for v in features.values())
    for preset in PRESETS:
        assert all(map(known, preset.scenario.tokens))


def test_hashed_words_are_the_same_everywhere():
    """The numbers are written down: another machine, day or version must not change them."""
    row = embed(("ornithorynque",), FEATURES[:4])[0]
    # printf 'ornithorynque\0verb' | sha256sum | cut -c1-16, modulo 41, minus 20, over 20
    assert list(row) == [-0.8, 0.75, -0.15, 0.75]
    np.testing.assert_array_equal(embed(("Ornithorynque",), FEATURES[:4])[0], row)
    assert unknown(("Je", "blorg", "suis", "blorg", "xyz")) == ("blorg", "xyz")
