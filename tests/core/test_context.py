"""A second sentence: queries from one, keys and values from the other."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend, edits
from attn_core.edits import mask_kinds
from attn_core.notation.equation import equation, formula, headline
from attn_core.presets import DEFAULT

CROSS = edits.with_context(DEFAULT.scenario, "I am not happy here")


def test_queries_ask_and_the_second_sentence_answers():
    s = CROSS
    assert (s.n, s.n_k, s.is_cross) == (3, 5, True)
    t = attend(s)
    for i in range(3):
        scores = [
            sum((s.X[i] @ s.W_q)[c] * (s.Z[j] @ s.W_k)[c] for c in range(s.d_k)) / s.d_k**0.5
            for j in range(5)
        ]
        expected = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(t.weights[i], expected)
        np.testing.assert_allclose(t.output[i], expected @ (s.Z @ s.W_v))


def test_a_sentence_over_itself_is_self_attention():
    s = DEFAULT.scenario
    crossed = replace(s, context=s.tokens, Z=s.X)
    for name in ("Q", "K", "V", "scores", "weights", "output"):
        np.testing.assert_array_equal(getattr(attend(crossed), name), getattr(attend(s), name))


def test_equations_name_both_sentences():
    t = attend(CROSS)
    drawn = equation(t, "weights").result
    assert drawn.rows == ("Je", "suis", "heureux")
    assert drawn.columns == ("I", "am", "not", "happy", "here")
    assert [b.shape for b in headline(t).blocks] == ["3×5", "3×5", "5×4", "3×4"]
    assert formula(CROSS, "Q") == "Q = X W_q"
    assert formula(CROSS, "K") == "K = Z W_k"
    assert formula(edits.with_positions(CROSS, "learned"), "V") == "V = Z' W_v"
    assert [b.symbol for b in equation(t, "K").blocks] == ["Z", "W_k", "K"]


def test_words_that_stay_keep_their_numbers_and_their_mask():
    s = edits.with_cell(CROSS, "Z", 3, 2, -2.5)  # happy · feeling
    mask = np.ones((3, 5), dtype=bool)
    mask[1, 3] = mask[2, 0] = False
    s = edits.with_context(replace(s, mask=mask), "We happy")
    np.testing.assert_array_equal(s.Z[1], [0, 0, -2.5, 0.3])
    assert not s.mask[1, 1]
    assert s.mask.sum() == 5
    s = edits.with_sentence(s, "suis heureux")
    assert s.mask.shape == (2, 2)
    assert not s.mask[0, 1]


def test_a_row_is_never_left_blocked():
    mask = np.zeros((3, 5), dtype=bool)
    mask[:, 4] = True
    s = edits.with_context(replace(CROSS, mask=mask), "I am")
    assert s.mask.all()


def test_what_compares_places_in_one_sentence_is_taken_out():
    for kind in ("rope", "alibi"):
        s = edits.with_context(edits.with_positions(DEFAULT.scenario, kind), "I am")
        assert (s.positions, s.slope) == ("none", None)
        with pytest.raises(ValueError, match="two words of one sentence"):
            edits.with_positions(CROSS, kind)
    for kind in ("causal", "window"):
        s = edits.with_context(edits.with_mask_kind(DEFAULT.scenario, kind), "I am")
        assert s.mask is None
        with pytest.raises(ValueError, match="places in one sentence"):
            edits.with_mask_kind(CROSS, kind)
    padded = edits.with_mask_kind(CROSS, "padding", 2)
    assert mask_kinds.kind(padded.mask) == "padding"
    np.testing.assert_array_equal(attend(padded).weights[:, 2:], 0)


def test_a_learned_table_has_a_row_for_each_place_of_the_longer_sentence():
    s = edits.with_positions(DEFAULT.scenario, "learned")
    crossed = edits.with_context(s, "I am not happy here")
    assert crossed.P.shape == (5, 4)
    np.testing.assert_array_equal(crossed.P[:3], s.P)
    t = attend(crossed)
    np.testing.assert_array_equal(t.X_pos, crossed.X + crossed.P[:3])
    np.testing.assert_array_equal(t.Z_pos, crossed.Z + crossed.P)
    assert edits.with_context(crossed, "") == s
    assert edits.with_positions(CROSS, "learned").P.shape == (5, 4)
    longer = edits.with_sentence(crossed, "Je ne suis pas du tout heureux")
    assert longer.P.shape == (7, 4)
    np.testing.assert_array_equal(longer.P, [*crossed.P, *np.zeros((2, 4))])


def test_an_empty_second_sentence_ends_it():
    assert edits.with_context(CROSS, "  ") == DEFAULT.scenario
    assert edits.with_context(DEFAULT.scenario, "") == DEFAULT.scenario
    with pytest.raises(ValueError, match="room for 12"):
        edits.with_context(CROSS, "x " * 13)


def test_features_and_sizes_go_on_in_both():
    s = edits.with_features(CROSS, ("verb", "negation"))
    np.testing.assert_array_equal(s.Z, [[0, 0], [1, 0], [0, 1], [0, 0], s.Z[4]])
    assert edits.with_size(CROSS, d_model=6).Z.shape == (5, 6)
    edited = edits.with_cell(edits.with_positions(CROSS, "learned"), "Z", 3, 1, -7)
    kept = edits.with_features(edited, ("noun", "feeling", "verb"))  # verb was the second
    assert kept.Z[:, 2].tolist() == [0, 1, 0, -7, CROSS.Z[4, 1]]
    np.testing.assert_array_equal(kept.P[:, [2, 1]], edited.P[:, [1, 2]])
    assert not kept.P[:, 0].any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Z": None}, "expected both context and Z, got context alone"),
        ({"context": ()}, "expected both context and Z, got Z alone"),
        ({"Z": np.ones((3, 4))}, r"expected \(5, 4\), got \(3, 4\)"),
        ({"Z": np.ones((5, 3))}, r"expected \(5, 4\), got \(5, 3\)"),
        ({"mask": np.ones((3, 3), dtype=bool)}, r"expected bool \(3, 5\)"),
        ({"context": ("I", "", "x", "y", "z")}, "context must be non-empty strings"),
        ({"context": "I am"}, "context must be a sequence"),
    ],
)
def test_a_wrong_second_sentence_cannot_be(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(CROSS, **changes)


def test_it_differs_from_the_sentence_without():
    assert DEFAULT.scenario != CROSS
    assert isinstance(hash(CROSS), int)
    assert Scenario(**{f: getattr(CROSS, f) for f in CROSS.__dataclass_fields__}) == CROSS
