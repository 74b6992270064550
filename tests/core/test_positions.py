"""Positions against their papers, and what they are for: words in another order."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attn_core import Scenario, attend, edits
from attn_core.analysis.rope_distance import pair_at_all_positions
from attn_core.analysis.word_order import compare_with_reversal, is_alibi_symmetric
from attn_core.document import from_json, to_json
from attn_core.edits import heads
from attn_core.explain.describe import describe_step
from attn_core.explain.describe.position_sentences import describe_slopes
from attn_core.explain.papers import SCHEMES, written_slope
from attn_core.notation import labels
from attn_core.permalink import decode, encode
from attn_core.positions import KINDS, angles, bias, rotate, sinusoidal, slopes
from attn_core.presets import BY_KEY
from tests.core.courses import made

BITES = BY_KEY["word-order"].scenario
NUMBERS = st.floats(-3, 3, width=32)


def matrices(*shape):
    return arrays(np.float64, shape, elements=NUMBERS)


# The papers


@pytest.mark.parametrize(("n", "d_model"), [(2, 2), (5, 7), (11, 8), (1, 1)])
def test_sinusoidal_is_the_papers(n, d_model):
    P = sinusoidal(n, d_model)
    assert P.shape == (n, d_model)
    for pos in range(n):
        for column in range(d_model):
            wave = math.sin if column % 2 == 0 else math.cos
            i = column // 2
            assert P[pos, column] == pytest.approx(wave(pos / 10000 ** (2 * i / d_model)))


def test_sinusoidal_by_hand():
    np.testing.assert_allclose(sinusoidal(2, 2), [[0, 1], [0.8414709848, 0.5403023059]])


@given(matrices(5, 6), matrices(5, 3))
def test_rotating_is_multiplying_complex_numbers(Q, theta):
    turned = rotate(Q, theta)
    expected = (Q[:, 0::2] + 1j * Q[:, 1::2]) * np.exp(1j * theta)
    np.testing.assert_allclose(turned[:, 0::2], expected.real, atol=1e-12)
    np.testing.assert_allclose(turned[:, 1::2], expected.imag, atol=1e-12)


def test_a_column_without_a_partner_stays():
    Q = np.arange(15.0).reshape(3, 5)
    turned = rotate(Q, angles(3, 5))
    np.testing.assert_array_equal(turned[:, 4], Q[:, 4])
    np.testing.assert_array_equal(turned[0], Q[0])
    assert (turned[1:, :4] != Q[1:, :4]).all()


def test_angles_are_the_papers():
    np.testing.assert_allclose(angles(3, 4)[2], [2 * 10000**0, 2 * 10000 ** (-2 / 4)])


@given(matrices(6), matrices(6), st.integers(0, 11), st.integers(0, 11), st.integers(0, 100))
def test_a_score_of_rope_depends_on_the_distance_alone(q, k, i, j, shift):
    theta = angles(12 + 100, 6)

    def score(i, j):
        return rotate(q[None], theta[[i]])[0] @ rotate(k[None], theta[[j]])[0]

    bound = 1e-9 * max(1.0, np.linalg.norm(q) * np.linalg.norm(k))
    assert abs(score(i + shift, j + shift) - score(i, j)) <= bound


def authors_slopes(n):
    """The code of the paper's authors, word for word but for the names."""

    def of_a_power_of_2(n):
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]

    if math.log2(n).is_integer():
        return of_a_power_of_2(n)
    closest = 2 ** math.floor(math.log2(n))
    return of_a_power_of_2(closest) + authors_slopes(2 * closest)[0::2][: n - closest]


def test_slopes_are_the_authors_for_so_many_heads():
    np.testing.assert_array_equal(slopes(4), [1 / 4, 1 / 16, 1 / 64, 1 / 256])
    np.testing.assert_array_equal(slopes(8), [2.0**-i for i in range(1, 9)])
    np.testing.assert_array_equal(slopes(3), [1 / 16, 1 / 256, 1 / 4])
    for h in range(1, 34):
        np.testing.assert_allclose(slopes(h), authors_slopes(h), rtol=1e-12, err_msg=str(h))


def test_the_authors_slopes_follow_the_number_of_heads_and_a_set_one_stays():
    """What is told, biases and links agree, whatever is done to the heads."""
    s = edits.with_positions(BITES, "alibi")
    assert (s.slope, s.slopes) == (None, (1 / 256,))
    four = heads.added(heads.added(heads.added(s), like=0))
    assert four.slopes == (1 / 4, 1 / 16, 1 / 64, 1 / 256)
    for each, expected in (
        (s, [1 / 256]),
        (four, [1 / 4, 1 / 16, 1 / 64, 1 / 256]),
        (heads.removed(four, 0), [1 / 16, 1 / 256, 1 / 4]),
        (heads.removed(edits.with_slope(four, 0.5), 0), [0.5, 0.25, 0.125]),
        (edits.with_slope(edits.with_slope(four, 0.5), None), [1 / 4, 1 / 16, 1 / 64, 1 / 256]),
    ):
        trace, again = attend(each), decode(encode(each))
        assert again == each
        one_step = trace.alibi_bias[..., 0, 1]
        np.testing.assert_array_equal(np.atleast_1d(-one_step), expected)
        np.testing.assert_array_equal(attend(again).alibi_bias, trace.alibi_bias)
        for i, slope in enumerate(expected):
            assert trace.head(i).scenario.slopes == (slope,)
            assert -attend(each.head(i)).alibi_bias[0, 2] == 2 * slope
        told = describe_slopes(each)
        assert (f"The authors' slope{'s' * (each.h > 1)} for" in told) == (each.slope is None)
        assert all(written_slope(slope) in told for slope in expected), told
    assert "1/16, 1/256 and 1/4" in describe_slopes(heads.removed(four, 3))
    assert describe_slopes(BITES) == ""


def test_a_link_with_a_slope_keeps_it():
    """As older links have it, which knew no authors' slopes: 0.5 of the first head."""
    W = np.stack([BITES.W_q] * 4)
    s = replace(BITES, W_q=W, W_k=W, W_v=W, positions="alibi", slope=0.5)
    text = to_json(s)
    assert '"positions":"alibi","slope":0.5' in text
    assert from_json(text) == s
    assert from_json(text).slopes == (0.5, 0.25, 0.125, 0.0625)
    assert from_json(text.replace(',"slope":0.5', "")).slopes[1:] == (1 / 16, 1 / 64, 1 / 256)


def test_bias_by_hand():
    expected = [[0, -0.25, -0.5], [-0.25, 0, -0.25], [-0.5, -0.25, 0]]
    np.testing.assert_array_equal(bias(3, 0.25), expected)
    s = edits.with_slope(edits.with_positions(BITES, "alibi"), 0.25)
    trace = attend(s)
    np.testing.assert_allclose(trace.biased_scores, trace.scores + expected)


def test_a_bias_has_the_axis_of_heads_that_the_projections_have():
    for h, shape in ((None, (5, 5)), (1, (1, 5, 5)), (3, (3, 5, 5))):
        assert attend(made(h=h, positions="alibi")).alibi_bias.shape == shape


def test_every_kind_cites_its_paper():
    assert tuple(SCHEMES) == KINDS
    cited = {kind: " ".join(p.cited for p in told.papers) for kind, told in SCHEMES.items()}
    for kind, names in {
        "none": ["Vaswani", "3.5"],
        "sinusoidal": ["Vaswani", "3.5"],
        "learned": ["Gehring", "Devlin"],
        "rope": ["RoFormer", "equation 15"],
        "alibi": ["Press", "section 3"],
    }.items():
        assert all(name in cited[kind] for name in names)
    for told in SCHEMES.values():
        assert all(p.link.startswith("https://arxiv.org/abs/") for p in told.papers)


def test_a_slope_is_alibis_and_within_its_limits():
    s = edits.with_positions(BITES, "alibi")
    assert edits.with_slope(s, 0.123456).slope == 0.123
    assert [edits.with_slope(s, slope).slope for slope in (0.05, 1)] == [0.05, 1]
    for bad in (0.0, 1.05, float("nan")):
        with pytest.raises(ValueError, match=r"must be 0\.05 to 1"):
            edits.with_slope(s, bad)
    with pytest.raises(ValueError, match="positions are none"):
        edits.with_slope(BITES, 0.5)


# Order


@given(matrices(5, 3), matrices(3, 2, 3), st.permutations(range(5)))
def test_without_positions_and_mask_weights_go_with_their_words(X, W, order):
    W_q, W_k = np.array(W).transpose(1, 0, 2)
    s = Scenario(tuple("abcde"), X=X, W_q=W_q, W_k=W_k, W_v=W_q)
    there = replace(s, tokens=tuple(s.tokens[i] for i in order), X=X[list(order)])
    np.testing.assert_allclose(
        attend(there).weights, attend(s).weights[np.ix_(order, order)], rtol=1e-9, atol=1e-12
    )


def man_bites_dog(s):
    """The weights of the words in reverse, in the order of dog bites man."""
    there = replace(s, tokens=("man", "bites", "dog"), X=np.array([s.X[2], s.X[1], s.X[0]]))
    return attend(there).weights[[2, 1, 0]][:, [2, 1, 0]]


@pytest.mark.parametrize(
    ("kind", "mask", "matters"),
    [
        ("none", "none", False),
        ("sinusoidal", "none", True),
        ("learned", "none", True),
        ("rope", "none", True),
        ("alibi", "none", False),
        ("alibi", "causal", True),
        ("none", "causal", True),
        ("none", "window", False),
        ("none", "padding", True),
    ],
)
def test_dog_bites_man(kind, mask, matters):
    s = edits.with_mask_kind(edits.with_positions(BITES, kind), mask)
    weights, turned = attend(s).weights, man_bites_dog(s)
    order = compare_with_reversal(attend(s))
    np.testing.assert_array_equal(order.reversed_weights, turned)
    shown = [[[labels.number(v) for v in row] for row in A] for A in (weights, turned)]
    assert (shown[0] != shown[1]) == matters == order.matters
    assert (np.abs(weights - turned).max() > 0.1) == matters
    said = order.describe()
    assert said.startswith("The order matters: " if matters else "The order doesn't matter here")
    if matters:
        i, j = np.unravel_index(np.abs(weights - turned).argmax(), (3, 3))
        assert f"{weights[i, j]:.2f} in this sentence and {turned[i, j]:.2f} in reverse" in said
    assert is_alibi_symmetric(s) == ("causal mask" in said)


def test_alibi_without_a_mask_only_sees_the_mirror_image_as_the_same():
    s = edits.with_slope(edits.with_positions(BITES, "alibi"), 0.5)
    order = [1, 0, 2]
    there = replace(s, tokens=tuple(s.tokens[i] for i in order), X=s.X[order])
    change = attend(there).weights - attend(s).weights[np.ix_(order, order)]
    assert np.abs(change).max() > 0.05


@given(matrices(5, 3), matrices(3, 2))
def test_alibi_without_a_mask_takes_every_mirror_image_for_the_same(X, W):
    s = Scenario(tuple("abcde"), X=X, W_q=W, W_k=-W, W_v=W, positions="alibi", slope=0.7)
    assert not compare_with_reversal(attend(s)).matters


def verdict(s):
    return compare_with_reversal(attend(s)).describe()


def test_verdicts_on_what_has_no_order():
    assert "One word has no other order" in verdict(edits.with_sentence(BITES, "dog"))
    twice = edits.with_sentence(edits.with_positions(BITES, "rope"), "dog bites dog")
    assert "reads the same in reverse" in verdict(twice)


def test_the_same_words_with_other_numbers_read_otherwise_in_reverse():
    s = edits.with_sentence(edits.with_positions(BITES, "rope"), "dog bites dog")
    assert "The order matters" in verdict(edits.with_cell(s, "X", 2, 0, 1.5))


def test_a_mask_that_hides_only_what_nobody_looks_at_changes_no_weight():
    """Each word looks at itself alone, and gives the others less than e^−70."""
    own = Scenario(("a", "b"), np.eye(2), 10 * np.eye(2), 10 * np.eye(2), np.eye(2))
    for kind in ("none", "alibi"):
        s = edits.with_mask_kind(edits.with_positions(own, kind), "causal")
        assert verdict(s).endswith(
            "The mask depends on the places, but with these numbers it changes no weight."
        )
    full = replace(BITES, mask=np.ones((3, 3), dtype=bool))
    assert "only knows which words there are, not where" in verdict(full)
    padded = edits.with_mask_kind(edits.with_context(BITES, "a man saw the dog"), "padding", 2)
    assert "changes no weight" not in verdict(padded)  # it hides the same keys from all


def test_the_word_that_is_told_of_is_looked_at_and_of_the_second_sentence():
    """Both sentences have words in the first place, which aren't the word itself."""
    seen = set()
    for seed in range(6):
        s = made(seed, n=3, context=5, positions="sinusoidal")
        order = compare_with_reversal(attend(s))
        i, j = np.unravel_index(np.abs(order.difference).argmax(), (3, 5))
        seen.add(bool(i == j))
        assert f"word{i} gives key{j} the weight" in order.describe()
    assert seen == {True, False}
    for near, said in ((0.005, "The order matters: "), (0.002, "less than the boxes show")):
        P = np.zeros((3, 4))
        P[0, 0] = near
        assert said in verdict(replace(edits.with_positions(BITES, "learned"), P=P))


def test_a_verdict_on_less_than_is_shown():
    s = edits.with_positions(BITES, "learned")
    P = np.zeros((3, 4))
    P[0, 0] = 0.001
    said = verdict(replace(s, P=P))
    assert "less than the boxes show" in said
    assert compare_with_reversal(attend(replace(s, P=P))).matters
    assert "changes no weight" in verdict(replace(s, P=np.zeros((3, 4))))


def test_the_words_of_a_verdict_are_quoted():
    s = edits.with_positions(replace(BITES, tokens=("a*", "b*", "c*")), "rope")
    said = compare_with_reversal(attend(s)).describe(lambda word: f"<{word}>")
    assert "<" in said
    assert "*" not in said.replace("*>", "")


def test_of_two_sentences_the_first_is_reversed():
    s = edits.with_context(BITES, "a man saw the dog")
    assert not compare_with_reversal(attend(s)).matters
    placed = attend(edits.with_positions(s, "sinusoidal"))
    order = compare_with_reversal(placed)
    assert order.reversed_weights.shape == (3, 5)
    assert order.matters
    hidden = replace(s, mask=np.array([[True] * 5, [True] * 5, [False] * 4 + [True]]))
    assert compare_with_reversal(attend(hidden)).matters


def test_the_difference_is_in_the_picture():
    order = compare_with_reversal(attend(edits.with_positions(BITES, "rope")))
    turned, weights, difference = order.equation().blocks
    np.testing.assert_array_equal(difference.values, turned.values - weights.values)
    assert difference.step.kind == "weight change"
    assert weights.rows == turned.rows == difference.columns == BITES.tokens


# RoPE's distances


@pytest.mark.parametrize("d_k", [2, 3, 5])
def test_at_all_places_the_score_is_one_along_each_diagonal(d_k):
    s = edits.with_sentence(edits.with_size(BITES, d_k=d_k), "a dog saw the old man bites")
    trace = attend(edits.with_positions(s, "rope"))
    for query, key in ((5, 1), (1, 1), (0, 6)):
        table = pair_at_all_positions(trace, query, key)
        scores = table.scores
        assert scores.shape == (7, 7)
        np.testing.assert_allclose(scores[1:, 1:], scores[:-1, :-1], atol=1e-12)
        assert scores[query, key] == pytest.approx(trace.raw_scores[query, key])
        *_, drawn = table.equation().blocks
        (own,) = drawn.outlines
        assert (own.rows, own.columns) == (range(query, query + 1), range(key, key + 1))
        assert labels.number(scores[query, key]) in table.describe()
        assert labels.number(trace.Q[query] @ trace.K[key]) in table.describe() or query == key


def test_there_are_no_distances_without_rope():
    with pytest.raises(ValueError, match="Expected positions to be rope, got none"):
        pair_at_all_positions(attend(BITES), 0, 0)


def test_one_word_has_one_place():
    s = edits.with_positions(edits.with_sentence(BITES, "dog"), "rope")
    assert "single place" in pair_at_all_positions(attend(s), 0, 0).describe()


# What is told of queries that are turned


def test_the_turned_query_that_is_told_of_is_not_zero():
    s = edits.with_positions(edits.with_size(BITES, d_model=2, d_k=2), "rope")
    s = edits.with_matrix(edits.with_matrix(s, "W_q", np.eye(2)), "X", [[0, 2], [1, 0], [0, 0]])
    told = describe_step(attend(s), "rotated_Q")
    assert told.startswith("The query of bites is turned most of those that aren't 0, by 1.00 ")
    assert f"its q₁ goes from 1.00 to {math.cos(1):.2f}" in told
    s = edits.with_matrix(s, "X", [[0, 2], [0, 0], [0, 0]])
    trace = attend(s)
    np.testing.assert_array_equal(trace.rotated_Q, trace.Q)
    assert describe_step(trace, "rotated_Q").endswith("so Q′ is Q.")
