"""Masks of each kind: who may look at whom, how they are recognised, what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import attend, edits, masks
from attn_core.presets import DEFAULT

LONG = edits.with_sentence(DEFAULT.scenario, "Je ne suis pas très heureux ici")  # n = 7
SIZES = st.integers(1, 11)


@given(SIZES, st.data())
def test_a_padding_mask_hides_what_comes_after_the_last_real_word(n, data):
    n_k = data.draw(SIZES)
    real = data.draw(st.integers(1, n_k))
    mask = masks.padding(n, n_k, real)
    for i in range(n):
        for j in range(n_k):
            assert mask[i, j] == (j + 1 <= real)
    assert masks.is_a(mask, "padding")
    assert masks.size(mask, "padding") == real


@given(SIZES, st.data())
def test_a_window_reaches_as_far_back_as_ahead(n, data):
    reach = data.draw(st.integers(0, n))
    mask = masks.window(n, reach)
    for i in range(n):
        for j in range(n):
            assert mask[i, j] == (i - reach <= j <= i + reach)
    assert masks.is_a(mask, "window")
    if reach < n:
        assert masks.size(mask, "window") == min(reach, n - 1)


@given(st.sampled_from(["causal", "padding", "window"]), st.integers(2, 11), st.data())
def test_a_mask_is_known_by_its_boxes(kind, n, data):
    mask = {
        "causal": lambda: masks.causal(n),
        "padding": lambda: masks.padding(n, n, data.draw(st.integers(1, n - 1))),
        "window": lambda: masks.window(n, data.draw(st.integers(0, n - 2))),
    }[kind]()
    assert masks.kind(mask) == kind
    changed = np.array(mask)
    changed[n - 1, 0] = not changed[n - 1, 0]
    assert masks.kind(changed) != kind or n == 2
    assert not masks.is_a(mask, "none")
    assert masks.is_a(mask, "custom")


def test_a_full_mask_is_custom():
    assert masks.kind(np.ones((5, 3), dtype=bool)) == "custom"
    assert masks.kind(None) == "none"
    assert masks.is_a(None, "none")
    assert not masks.is_a(None, "custom")


@pytest.mark.parametrize("kind", masks.KINDS)
def test_each_kind_blocks_weights(kind):
    s = edits.with_mask_kind(LONG, kind)
    weights = attend(s).weights
    np.testing.assert_array_equal(weights == 0, ~s.allowed)
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_sizes_to_start_with_and_to_choose():
    assert masks.size(edits.with_mask_kind(LONG, "padding").mask, "padding") == 6
    assert masks.size(edits.with_mask_kind(LONG, "window").mask, "window") == 1
    assert edits.with_mask_kind(LONG, "padding", 2).mask[:, 2:].sum() == 0
    assert edits.with_mask_kind(LONG, "window", 0).mask.sum() == 7
    assert edits.with_mask_kind(LONG, "padding", 7).mask.all()
    assert edits.with_mask_kind(LONG, "window", 7).mask.all()
    cross = edits.with_context(LONG, "I am not at all happy here, today my dear")
    assert cross.n_k == 11
    for size, real in ((None, 10), (1, 1), (11, 11)):
        assert edits.with_mask_kind(cross, "padding", size).mask.sum(axis=1).tolist() == [real] * 7
    one = edits.with_sentence(LONG, "Je")
    assert edits.with_mask_kind(one, "padding").mask.tolist() == [[True]]
    for kind, size, message in [
        ("padding", 0, "Real words must be 1 to 7 here, got 0"),
        ("padding", 8, "got 8"),
        ("window", -1, "reach of a window must be 0 to 7 here, got -1"),
        ("window", 1.5, "got 1.5"),
        ("diagonal", None, "one of"),
    ]:
        with pytest.raises(ValueError, match=message):
            edits.with_mask_kind(LONG, kind, size)


def test_a_custom_mask_starts_from_the_one_before():
    window = edits.with_mask_kind(LONG, "window", 2)
    assert edits.with_mask_kind(window, "custom") == window


def test_a_whole_row_is_not_blocked():
    mask = np.array(LONG.allowed)
    mask[3] = False
    with pytest.raises(ValueError, match=r"blocks the whole row 4 \(pas\)"):
        replace(LONG, mask=mask)


def test_named_masks_stay_what_they_are_when_words_change():
    for kind, size in [("causal", None), ("window", 2)]:
        s = edits.with_sentence(edits.with_mask_kind(LONG, kind, size), "Je suis pas heureux")
        assert s.mask.shape == (4, 4)
        assert masks.kind(s.mask) == kind
        assert size is None or masks.size(s.mask, kind) == size


def test_padding_stays_behind_the_same_word():
    s = edits.with_mask_kind(LONG, "padding", 4)  # pas is the last real word
    assert masks.size(edits.with_sentence(s, "ne suis pas très heureux").mask, "padding") == 3
    assert masks.size(edits.with_sentence(s, "Je ne suis très heureux").mask, "padding") == 3
    # None of the real words is left: as many as fit are real.
    assert masks.size(edits.with_sentence(s, "chat noir").mask, "padding") == 2


def test_a_window_wider_than_a_shorter_sentence_blocks_nothing():
    s = edits.with_sentence(edits.with_mask_kind(LONG, "window", 5), "Je suis")
    assert s.mask.all()
