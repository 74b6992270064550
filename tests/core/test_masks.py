"""Masks of each kind: who may look at whom, how they are recognised, what they refuse."""

from dataclasses import replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, _mask_checks, attend, edits, masks
from attn_core.edits import mask_kinds
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
    assert mask_kinds.is_a(mask, "padding")
    assert mask_kinds.size(mask, "padding") == real


@given(SIZES, st.data())
def test_a_window_reaches_as_far_back_as_ahead(n, data):
    reach = data.draw(st.integers(0, n))
    mask = masks.window(n, reach)
    for i in range(n):
        for j in range(n):
            assert mask[i, j] == (i - reach <= j <= i + reach)
    assert mask_kinds.is_a(mask, "window")
    if reach < n:
        assert mask_kinds.size(mask, "window") == min(reach, n - 1)


@given(st.sampled_from(["causal", "padding", "window"]), st.integers(2, 11), st.data())
def test_a_mask_is_known_by_its_boxes(kind, n, data):
    mask = {
        "causal": lambda: masks.causal(n),
        "padding": lambda: masks.padding(n, n, data.draw(st.integers(1, n - 1))),
        "window": lambda: masks.window(n, data.draw(st.integers(0, n - 2))),
    }[kind]()
    assert mask_kinds.kind(mask) == kind
    changed = np.array(mask)
    changed[n - 1, 0] = not changed[n - 1, 0]
    assert mask_kinds.kind(changed) != kind or n == 2
    assert not mask_kinds.is_a(mask, "none")
    assert mask_kinds.is_a(mask, "custom")


@given(st.integers(2, 7), st.integers(2, 5), st.data())
def test_a_mask_is_understood_as_libraries_write_it(n, n_k, data):
    mask = data.draw(hnp.arrays(bool, (n, n_k))) | np.eye(n, n_k, dtype=bool)
    mask[:, 0] = True  # each word sees one
    ways = [mask, mask.tolist(), mask.astype(int), mask.astype(np.float16), mask.astype(np.uint8)]
    if not mask.all():
        lows = (-np.inf, -1e9, -1e4, np.finfo(np.float32).min)
        ways += [np.where(mask, 0, low) for low in lows]
        ways.append(np.where(mask, 0, -(10**9)))  # whole numbers
    for way in ways:
        read = _mask_checks.read_mask(way)
        assert read.dtype == bool
        np.testing.assert_array_equal(read, mask)
        X = np.ones((n, 3))
        more = {"context": ("b",) * n_k, "Z": np.ones((n_k, 3))}
        s = Scenario(("a",) * n, X, *[np.eye(3)] * 3, mask=way, **more)
        np.testing.assert_array_equal(s.mask, mask)


def test_a_mask_that_may_mean_two_things_is_refused():
    for values, message in [
        (np.zeros((3, 5)), "0 throughout: as True and False it blocks everything, as numbers"),
        ([[0, 2], [1, 1]], "got int64 .2, 2. with 2 in it"),
        ([[0, -0.5], [0, 0]], "with -0.5 in it"),
        ([[0, -9999], [0, 0]], "with -9999 in it"),
        ([[1, -np.inf], [0, 0]], "with 1 in it"),
        ([[0, np.nan], [0, 0]], "with nan in it"),
        ([[0, np.inf], [0, 0]], "with inf in it"),
        ([["yes", "no"]], "True = may attend, or numbers; got <U3"),
        ([[1, 0], [1]], "rows of one length"),
    ]:
        with pytest.raises(ValueError, match=message):
            _mask_checks.read_mask(values)


@pytest.mark.parametrize("kind", [bool, int, float])
def test_a_mask_of_the_other_convention_is_asked_about(kind):
    """As `torch.nn.MultiheadAttention` wants it, True = blocked."""
    blocked = np.triu(np.ones((7, 7)), k=1).astype(kind)
    with pytest.raises(ValueError, match=r"row 7 \(ici\)\. Does True .1. mean blocked in it"):
        replace(LONG, mask=blocked)
    neither = np.tri(7, k=-1).astype(kind)
    neither[3] = 1  # turned over, this row is blocked
    with pytest.raises(ValueError, match=r"\(Je\)\.$"):
        replace(LONG, mask=neither)
    with pytest.raises(ValueError, match=r"\(Je\)\.$"):
        replace(LONG, mask=np.where(np.tri(7, k=-1), 0, -np.inf))  # nothing to turn over


def test_a_full_mask_is_custom():
    assert mask_kinds.kind(np.ones((5, 3), dtype=bool)) == "custom"
    assert mask_kinds.kind(None) == "none"
    assert mask_kinds.is_a(None, "none")
    assert not mask_kinds.is_a(None, "custom")


@pytest.mark.parametrize("kind", masks.KINDS)
def test_each_kind_blocks_weights(kind):
    s = edits.with_mask_kind(LONG, kind)
    weights = attend(s).weights
    np.testing.assert_array_equal(weights == 0, ~s.allowed)
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_sizes_to_start_with_and_to_choose():
    assert mask_kinds.size(edits.with_mask_kind(LONG, "padding").mask, "padding") == 6
    assert mask_kinds.size(edits.with_mask_kind(LONG, "window").mask, "window") == 1
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
        assert mask_kinds.kind(s.mask) == kind
        assert size is None or mask_kinds.size(s.mask, kind) == size


def test_padding_stays_behind_the_same_word():
    s = edits.with_mask_kind(LONG, "padding", 4)  # pas is the last real word
    assert mask_kinds.size(edits.with_sentence(s, "ne suis pas très heureux").mask, "padding") == 3
    assert mask_kinds.size(edits.with_sentence(s, "Je ne suis très heureux").mask, "padding") == 3
    # None of the real words is left: as many as fit are real.
    assert mask_kinds.size(edits.with_sentence(s, "chat noir").mask, "padding") == 2


def test_a_window_wider_than_a_shorter_sentence_blocks_nothing():
    s = edits.with_sentence(edits.with_mask_kind(LONG, "window", 5), "Je suis")
    assert s.mask.all()
