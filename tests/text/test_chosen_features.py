"""Features for the words of a sentence: checked against all choices, and at random."""

from itertools import combinations

import numpy as np
import pytest

from attn_core import limits
from attn_core.text.chosen_features import choose_features
from attn_core.text.embeddings import embed
from attn_core.text.tokenize import split
from attn_core.text.vocabulary import FEATURES, WORDS

TABLE = sorted(WORDS)
OWN = split("le chat noir que je vois dort sur le grand tapis rouge")
SIZES = range(limits.D_MODEL[0], limits.D_MODEL[1] + 1)


def dead(tokens, features):
    return int((~embed(tokens, features).any(axis=1)).sum())


def sentences(count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield tuple(rng.choice(TABLE, rng.integers(1, limits.MAX_TOKENS + 1)))


@pytest.mark.parametrize("d_model", [6, 7, 8])
def test_no_word_of_any_sentence_has_a_row_of_zeros(d_model):
    assert [t for t in sentences(101, d_model) if dead(t, choose_features(t, d_model))] == []


def test_all_words_have_rows_where_so_many_features_can_do_that():
    """By trying all choices of two and three features."""
    possible = []
    for tokens in sentences(43, 11):
        for d_model in (2, 3):
            if dead(tokens, choose_features(tokens, d_model)):
                found = any(not dead(tokens, each) for each in combinations(FEATURES, d_model))
                assert not found, (tokens, d_model)
            else:
                possible.append(d_model)
    assert {2, 3} == set(possible)


def test_sizes_order_and_names():
    for tokens in (*sentences(13, 5), OWN, ("ornithorynque",)):
        for d_model in SIZES:
            chosen = choose_features(tokens, d_model)
            assert 2 <= len(chosen) <= d_model
            assert len(set(chosen)) == len(chosen) and set(chosen) <= set(FEATURES)
            assert choose_features(tokens[::-1], d_model) == chosen


def test_the_sentence_of_a_new_user():
    assert dead(OWN, ("pronoun", "verb", "feeling", "first person")) == 7 + 2
    for d_model in range(4, 9):
        assert dead(OWN, choose_features(OWN, d_model)) == 0
    rows = embed(OWN, choose_features(OWN, 8))
    assert len(np.unique(rows, axis=0)) >= 9  # of 11 words


def test_more_room_tells_more_words_apart():
    told = {
        d: sum(len(np.unique(embed(t, choose_features(t, d)), axis=0)) for t in sentences(31, 7))
        for d in (6, 8)
    }
    all_words = sum(len(np.unique(embed(t, FEATURES), axis=0)) for t in sentences(31, 7))
    assert told[6] < told[8] <= all_words
    assert told[8] > 0.9 * all_words


def test_features_that_are_kept_come_first():
    keep = ("2nd", "early", "feeling", "x1")
    chosen = choose_features(OWN, 8, keep)
    assert chosen[:4] == keep
    assert dead(OWN, chosen[4:]) == 0
    assert choose_features(OWN, 4, keep) == keep
    assert choose_features(("noir",), 4, ("colour", "size")) == ("colour", "size")
