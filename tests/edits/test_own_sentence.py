"""Features for own sentences: chosen, offered, and what they leave alone."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import edits
from attn_core.edits import heads
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.text import embeddings
from attn_core.text.embeddings import axis_names, embed

OWN = "le chat noir que je vois dort sur le grand tapis"
OTHER = "Marie donne demain trois pommes rouges à ses amis"
START = DEFAULT.scenario


def typed(s, sentence, start=START, chosen=()):
    return edits.with_typed_words(s, edits.with_sentence(s, sentence), start, chosen)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_an_own_sentence_lives_or_loses_nothing(preset):
    """No row of zeros, or, where that took rows of projections away, the same features."""
    start = preset.scenario
    noted = typed(start, OWN, start)
    s = noted.scenario
    if s.features == start.features:
        assert preset.key in ("four-views",) and not noted.note
    else:
        assert not edits.dead_words(s) and noted.note
        np.testing.assert_array_equal(s.X, embed(s.tokens, s.features))
    if start != edits.as_is(start):
        for i, name in enumerate(start.features):
            for W in edits.PROJECTIONS:
                kept = getattr(start, W)[..., i, :]
                if kept.any():
                    there = getattr(s, W)[..., s.features.index(name), :]
                    np.testing.assert_array_equal(there, kept)
    chosen = edits.with_features_for_words(edits.with_sentence(start, OWN))
    assert not edits.dead_words(chosen)  # whoever asks for it gets it


def test_the_identity_stays_the_identity():
    noted = typed(START, OWN)
    assert noted.scenario == edits.as_is(noted.scenario)
    assert noted.scenario.d_k == noted.scenario.d_model == len(noted.scenario.features)
    assert edits.describe_dropped(START, noted.scenario) == ""
    again = typed(noted.scenario, OTHER, chosen=noted.scenario.features)
    assert not edits.dead_words(again.scenario)
    assert again.scenario == edits.as_is(again.scenario)


def test_features_that_were_chosen_may_change_again_later():
    """Also where the sentence between needed none: nobody made them by hand."""
    first = typed(START, "Le chat dort").scenario
    between = typed(first, "Le chien", chosen=first.features).scenario
    assert between.features == first.features
    last = typed(between, "Je suis heureux", chosen=first.features).scenario
    assert not edits.dead_words(last)
    assert edits.dead_words(typed(between, "Je suis heureux").scenario)  # a visitor's own choice


def test_projections_of_heads_and_learned_positions_stay():
    two = heads.added(START)
    after = edits.with_sentence(two, "Le chat dort")
    assert edits.with_typed_words(two, after, START) == edits.Noted(after, "")
    P = np.zeros((3, START.d_model))
    P[0, 0] = 2.5
    placed = replace(START, positions="learned", P=P)
    noted = edits.with_typed_words(placed, edits.with_sentence(placed, "Le chat dort"), placed)
    column = noted.scenario.features.index("pronoun")
    assert noted.scenario.P[0, column] == 2.5


def test_a_row_that_was_set_to_zero_is_no_lack_of_features():
    s = typed(START, "Le chat dort").scenario
    zeroed = edits.with_matrix(s, "X", s.X * [[1], [0], [1]])
    assert not zeroed.X[1].any()
    assert edits.dead_words(zeroed) == ()


def test_numbers_of_a_hash_from_before_the_word_was_known_are_not_edited():
    s = edits.with_sentence(START, "Je suis tapis")
    old = embed(("xyzzy",), s.features)  # as a word has that isn't in the vocabulary
    assert edits.describe_dropped(s, edits.with_sentence(s, "Je suis")) == ""
    hashed = [[embeddings._hashed("tapis", name) for name in s.features]]
    link = replace(s, X=np.vstack([s.X[:2], hashed]))
    assert edits.describe_dropped(link, edits.with_sentence(link, "Je suis")) == ""
    by_hand = replace(s, X=np.vstack([s.X[:2], old]))
    assert "tapis" in edits.describe_dropped(by_hand, edits.with_sentence(by_hand, "Je suis"))


def test_a_second_sentence_gets_features_of_its_own():
    start = BY_KEY["verb-subject"].scenario
    first = typed(start, OWN, start).scenario
    second = typed(first, OTHER, start, first.features).scenario
    assert not edits.dead_words(second) and second.features != first.features
    assert second.features[:4] == start.features


def test_where_all_rows_live_nothing_is_chosen():
    noted = typed(START, "Je suis triste")
    assert (noted.scenario.features, noted.note) == (START.features, "")


@pytest.mark.parametrize(
    "by_hand",
    [
        edits.with_cell(START, "X", 0, 0, 0.25),  # Je, which stays
        edits.with_cell(START, "W_q", 1, 2, 0.5),
        edits.with_cell(START, "W_v", 3, 0, 0.5),
        edits.with_features(START, ("pronoun", "verb", "animate")),
        edits.with_size(START, d_model=5),
    ],
    ids=["X", "W_q", "W_v", "features", "d_model"],
)
def test_what_is_made_by_hand_is_left_alone(by_hand):
    noted = typed(by_hand, "Je dessine demain le chat")
    assert noted == edits.Noted(edits.with_sentence(by_hand, "Je dessine demain le chat"), "")
    assert edits.dead_words(noted.scenario)


def test_numbers_of_words_that_are_gone_are_not_missed():
    s = edits.with_cell(START, "X", 0, 0, 0.25)
    assert typed(s, "Le chat dort").note


def test_numbers_by_hand_survive_the_offer():
    s = edits.with_cell(edits.with_cell(START, "W_q", 1, 2, 0.5), "X", 0, 1, 0.75)
    chosen = edits.with_features_for_words(edits.with_sentence(s, "Je dors sur le tapis"))
    verb = chosen.features.index("verb")
    assert chosen.W_q[verb, 2] == 0.5 and chosen.X[0, verb] == 0.75
    assert chosen.d_k == START.d_k and not edits.dead_words(chosen)


def test_learned_positions_and_features_of_the_words_stay_where_room_is_short():
    s = edits.with_sentence(BY_KEY["four-views"].scenario, "Le chat blorg dort sur le grand tapis")
    chosen = edits.with_features_for_words(s)
    assert chosen.features[:4] == ("verb", "noun", "early", "late")
    assert not edits.dead_words(chosen)
    np.testing.assert_array_equal(chosen.P[:, 2:4], s.P[:, 6:])


def test_a_second_sentence_for_keys_counts():
    s = edits.with_context(START, "Je suis")
    noted = edits.with_typed_words(s, edits.with_context(s, "le tapis rouge"), START)
    assert noted.note and not edits.dead_words(noted.scenario)
    by_hand = edits.with_cell(s, "Z", 1, 0, 0.5)
    kept = edits.with_typed_words(by_hand, edits.with_context(by_hand, "le suis"), START)
    assert kept.note == "" and edits.dead_words(kept.scenario) == ("le",)


def test_a_models_vectors_are_no_ones_features():
    s = replace(START, features=axis_names("word", 4), X=np.zeros((3, 4)))
    assert edits.dead_words(s) == ()


def test_pairs_of_rope_stay_pairs():
    s = edits.with_positions(START, "rope")
    chosen = typed(s, "Le chat dort", s).scenario
    assert chosen.d_k == 4 and not edits.dead_words(chosen)
