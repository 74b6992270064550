"""Heads are added, copied, renamed and removed; what they see is told from their numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits, limits
from attn_core.analysis.head_similarity import (
    ablated,
    ablation,
    describe_ablation,
    describe_head_similarity,
    head_similarity,
    side_by_side,
    similarity_block,
)
from attn_core.analysis.projection_2d import cluster, project_2d
from attn_core.edits.heads import added, removed, renamed, with_heads
from attn_core.notation.equation import equation
from attn_core.presets import BY_KEY, DEFAULT

VIEWS = BY_KEY["four-views"].scenario


def many(h=3, n=5, d_model=7, d_k=2, d_v=3, seed=0):
    """Heads whose sizes are distinct primes."""
    draw = np.random.default_rng(seed).normal
    return Scenario(
        tokens=tuple("abcdefg"[:n]),
        X=draw(size=(n, d_model)),
        W_q=draw(size=(h, d_model, d_k)),
        W_k=draw(size=(h, d_model, d_k)),
        W_v=draw(size=(h, d_model, d_v)),
        W_o=draw(size=(h * d_v, d_model)),
    )


def test_a_first_axis_changes_no_number():
    before, after = attend(DEFAULT.scenario), attend(with_heads(DEFAULT.scenario))
    np.testing.assert_array_equal(after.weights[0], before.weights)
    np.testing.assert_array_equal(after.projected, before.output)  # W_o is the identity
    assert with_heads(after.scenario) == after.scenario


@pytest.mark.parametrize("like", [None, 0, 2])
def test_a_head_more_leaves_the_others_as_they_are(like):
    s = many()
    before, after = attend(s), attend(added(limits.validate(s), like))
    assert after.scenario.h == 4
    np.testing.assert_allclose(after.weights[:3], before.weights, atol=0.02)  # on the grid
    if like is not None:
        np.testing.assert_array_equal(after.weights[3], after.weights[like])
        np.testing.assert_array_equal(
            edits.matrix_of(after.scenario, "W_o", 3), edits.matrix_of(after.scenario, "W_o", like)
        )


@given(st.integers(0, 2))
def test_adding_and_removing_is_nothing(i):
    s = limits.validate(many())
    assert removed(added(s, like=i), 3) == s


def test_a_removed_head_takes_its_rows_of_W_o_along():
    s = limits.validate(many())
    left = removed(s, 1)
    assert left.heads == ("head 1", "head 3")
    np.testing.assert_array_equal(left.W_o, s.W_o[[0, 1, 2, 6, 7, 8]])
    np.testing.assert_array_equal(attend(left).weights, attend(s).weights[[0, 2]])
    with pytest.raises(ValueError, match="One head must stay"):
        removed(with_heads(DEFAULT.scenario), 0)


def test_names():
    s = limits.validate(many())
    assert renamed(s, 1, "  gram  mar ").heads == ("head 1", "gram mar", "head 3")
    for name, message in {
        " ": "needs a name",
        "head 3": "called 'head 3' already",
        "x" * 25: "room for 24",
        "a\u202eb": "U\\+202E|control|format",
    }.items():
        with pytest.raises(ValueError, match=message):
            limits.validate(renamed(s, 1, name))
    assert renamed(DEFAULT.scenario, 0, "one").heads == ("one",)


def test_eight_heads_with_the_longest_name_are_all_different():
    s = renamed(with_heads(DEFAULT.scenario), 0, "n" * limits.MAX_HEAD_LENGTH)
    for _ in range(7):
        s = added(s, like=0)
    assert len(set(s.heads)) == 8
    with pytest.raises(ValueError, match="h must be 1 to 8 here, got 9"):
        added(s)


def test_sizes_and_features_change_in_all_heads():
    s = limits.validate(many())
    wider = edits.with_size(s, d_k=3, d_v=5)
    assert (wider.W_q.shape, wider.W_o.shape) == ((3, 7, 3), (15, 7))
    np.testing.assert_array_equal(wider.W_v[..., :3], s.W_v)
    np.testing.assert_allclose(attend(wider).projected.shape, (5, 7))
    back = edits.with_size(wider, d_k=2, d_v=3)
    assert back == s
    order = s.features[::-1][:5]
    fewer = edits.with_features(s, order)
    np.testing.assert_array_equal(fewer.W_k[2], s.W_k[2][::-1][:5])
    np.testing.assert_array_equal(fewer.W_o, s.W_o[:, ::-1][:, :5])


def test_one_head_is_edited():
    s = limits.validate(many())
    moved = edits.with_cell(s, "W_k", 4, 1, 2.5, head=2)
    assert moved.W_k[2, 4, 1] == 2.5
    assert (moved.W_k != s.W_k).sum() == 1
    moved = edits.with_cell(s, "W_o", 2, 6, -1.5, head=1)
    assert moved.W_o[5, 6] == -1.5
    assert (moved.W_o != s.W_o).sum() == 1
    with pytest.raises(ValueError, match="no head 4"):
        edits.with_cell(s, "W_q", 0, 0, 1, head=3)
    with pytest.raises(ValueError, match="no box"):
        edits.with_cell(s, "W_o", 3, 0, 1, head=0)


def test_agreement_is_one_minus_the_total_variation_distance():
    trace = attend(many())
    A = trace.weights
    for i in range(3):
        for j in range(3):
            distance = np.mean([abs(A[i, row] - A[j, row]).sum() / 2 for row in range(5)])
            assert head_similarity(trace)[i, j] == pytest.approx(1 - distance)
    by_hand = replace(trace, weights=np.array([[[1, 0], [0.5, 0.5]], [[0.25, 0.75], [1, 0]]]))
    assert head_similarity(by_hand)[0, 1] == pytest.approx((0.25 + 0.5) / 2)


def test_agreement_is_told():
    told = describe_head_similarity(attend(VIEWS))
    values = head_similarity(attend(VIEWS))
    np.fill_diagonal(values, np.nan)
    most = np.unravel_index(np.nanargmax(values), values.shape)
    assert told.startswith(f"“{VIEWS.heads[most[0]]}” and “{VIEWS.heads[most[1]]}” agree most")
    assert f"{100 * np.nanmin(values):.0f} %" in told
    assert "none to agree with" in describe_head_similarity(attend(with_heads(DEFAULT.scenario)))
    shown = similarity_block(attend(VIEWS))
    assert shown.rows == shown.columns == VIEWS.heads


def test_switching_off_is_leaving_a_term_out():
    """The concatenation times W_o is a sum over heads; an independent way to the same."""
    trace = attend(many())
    s = trace.scenario
    parts = [trace.output[k] @ s.W_o[3 * k : 3 * k + 3] for k in range(3)]
    np.testing.assert_allclose(trace.projected, sum(parts))
    np.testing.assert_allclose(attend(ablated(s, [1])).projected, parts[0] + parts[2])
    without, whole, change = ablation(trace, [0, 2]).blocks
    np.testing.assert_allclose(without.values, parts[1])
    np.testing.assert_allclose(change.values, -(parts[0] + parts[2]))
    np.testing.assert_array_equal(whole.values, trace.projected)
    np.testing.assert_array_equal(attend(ablated(s, [1])).weights, trace.weights)


def test_switching_off_is_told():
    s = limits.validate(many())
    told = describe_ablation(attend(s), [1])
    change = ablation(attend(s), [1]).result
    i, j = np.unravel_index(np.abs(change.values).argmax(), change.values.shape)
    assert f"of {change.rows[i]} changes most, in {change.columns[j]}" in told
    still = replace(s, W_o=np.zeros_like(s.W_o))
    assert "nothing changes" in describe_ablation(attend(still), [0])


def test_ties_are_counted():
    s = heads_alike(4)
    # Of 6 pairs, all but those with head 2 agree wholly.
    told = describe_head_similarity(attend(edits.with_cell(s, "W_q", 0, 0, 5, head=1)))
    assert "“head 1 copy 3” agree most, and 2 others as much: 100 %" in told
    assert "differ most, and 2 others as much: only" in told
    s = edits.with_matrix(s, "X", np.ones_like(s.X))  # all words are one word
    change = np.abs(ablation(attend(s), [1]).result.values)
    count = int((change == change.max()).sum()) - 1
    assert count >= s.n - 1
    assert describe_ablation(attend(s), [1]).endswith(f", and {count} others as much.")


def heads_alike(h):
    s = with_heads(DEFAULT.scenario)
    while s.h < h:
        s = added(s, like=0)
    return s


def test_heads_stand_side_by_side():
    trace = attend(many())
    drawn = equation(trace, "concat_heads")
    assert [b.title for b in drawn.blocks] == ["head 1", "head 2", "head 3", ""]
    np.testing.assert_array_equal(
        np.hstack([b.values for b in drawn.blocks[:3]]), trace.concat_heads
    )
    assert drawn.result.columns[3:5] == ("v₁ head 2", "v₂ head 2")
    shown = side_by_side(trace, 1)
    assert [bool(b.outlines) for b in shown.blocks] == [False, True, False]
    for k, b in enumerate(shown.blocks):
        np.testing.assert_array_equal(b.values, trace.weights[k])


def test_principal_axes_hold_as_much_as_numpys_covariance_says():
    rows = np.random.default_rng(5).normal(size=(11, 5)) * [3, 1, 2, 0.5, 0.1]
    found = project_2d(rows)
    variances = np.sort(np.linalg.eigvalsh(np.cov(rows.T)))[::-1]
    np.testing.assert_allclose(found.shares, variances[:2] / variances.sum())
    np.testing.assert_allclose(np.var(found.points, axis=0, ddof=1), variances[:2])
    np.testing.assert_array_equal(project_2d(rows[:, :2]).points, rows[:, :2])
    assert project_2d(np.ones((3, 4))).shares == (0, 0)
    assert project_2d(rows[:1]).points.tolist() == [[0, 0]]


@given(st.permutations(range(7)))
def test_groups_do_not_depend_on_the_order(order):
    rows = np.array([[0, 0], [0.1, 0], [9, 9], [9, 9.5], [0, 9], [4.5, 4.5], [0.2, 0.1]])
    expected = cluster(rows)
    assert expected == (0, 0, 1, 1, 2, 3, 0)
    found = cluster(rows[order])
    for i in range(7):
        for j in range(7):
            assert (found[i] == found[j]) == (expected[order[i]] == expected[order[j]])


def test_a_chain_of_neighbours_is_one_group_and_so_are_equal_words():
    assert cluster(np.arange(12.0)[:, None]) == (0,) * 12
    assert cluster(np.ones((3, 2))) == (0, 0, 0)
    assert cluster(np.array([[0.0], [3.0], [10.0]])) == (0, 0, 1)  # just as near as 0.3 of 10


# What the preset claims


def together(head):
    """The groups of words in a head's V space."""
    trace = attend(VIEWS).head(VIEWS.heads.index(head))
    found = cluster(trace.V)
    return {
        frozenset(w for w, g in zip(VIEWS.tokens, found, strict=True) if g == group)
        for group in found
    }


def weight(head, word, *targets):
    i = VIEWS.heads.index(head)
    row = attend(VIEWS).weights[i, VIEWS.tokens.index(word)]
    return sum(row[VIEWS.tokens.index(target)] for target in targets)


SPEECH = {"I": "pronoun", "they": "pronoun", "am": "verb", "are": "verb"} | {
    "Alice": "noun",
    "cats": "noun",
}


def test_part_of_speech_stands_together():
    assert together("part of speech") == {
        frozenset(group) for group in (["I", "they"], ["am", "are"], ["Alice", "cats"], [","])
    }
    for word, kind in SPEECH.items():
        assert weight("part of speech", word, *(w for w in SPEECH if SPEECH[w] == kind)) > 0.8


def test_person_and_number_stand_together():
    assert together("person and number") == {
        frozenset(group) for group in (["I", "am"], ["they", "are", "cats"], ["Alice", ","])
    }
    assert weight("person and number", "am", "I", "am") > 0.8
    for word in ("they", "are", "cats"):
        assert weight("person and number", word, "they", "are", "cats") > 0.9


def test_a_name_stands_alone():
    assert together("name or not") == {
        frozenset(["Alice"]),
        frozenset(VIEWS.tokens) - {"Alice"},
    }
    for word in SPEECH:
        assert weight("name or not", word, "Alice") > 0.9


def test_positions_are_a_walk_from_word_to_word():
    V = attend(VIEWS).head(3).V
    steps = np.linalg.norm(np.diff(V, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=0.01)
    for before, word in zip(VIEWS.tokens, VIEWS.tokens[1:], strict=False):
        assert weight("position", word, before) > 0.7


def test_X_itself_does_not_part_the_words_so():
    """Each head's groups are nearer together in its V space than in X."""

    def parted(rows, found):
        gaps = np.linalg.norm(rows[:, None] - rows, axis=-1)
        same = np.equal.outer(found, found)
        return gaps[same].max() < gaps[~same].min()

    trace = attend(VIEWS)
    for head in ("part of speech", "person and number", "name or not"):
        V = trace.head(VIEWS.heads.index(head)).V
        assert parted(V, cluster(V))
        assert not parted(trace.X_pos, cluster(V))
        assert not parted(project_2d(trace.X_pos).points, cluster(V))
