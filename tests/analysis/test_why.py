"""The sentence on why says numbers of the traces, and names a product that does the most."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from attn_core import Scenario, attend, edits, softmax
from attn_core.analysis.changes import changes
from attn_core.analysis.compare import compare, same_head
from attn_core.analysis.shares import product_shares
from attn_core.analysis.why import describe_change, describe_focus
from attn_core.edits import heads
from attn_core.masks import causal
from attn_core.notation.labels import number
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text import escape
from tests.analysis.test_compare import pairs

A = BY_KEY["verb-subject"].scenario
FACTOR = r"(?:rotated )?{0}(?P<{0}>.) of (?P<{0}_word>\S+)"
SOURCE = r"(?: \(from (?P<{}>.+?)\))?"
VALUE = r", (?:now )?(?P<{}_value>\S+?)"
MOVES = r"(?P<verb>rises|falls) from (?P<before>\S+) to (?P<after>\S+)\."
#: What only numbers did to a weight, and to an output.
WEIGHT = re.compile(
    r".+?: "
    + FACTOR.format("q") + VALUE.format("q") + SOURCE.format("W_q") + ", meets "
    + FACTOR.format("k") + VALUE.format("k") + SOURCE.format("W_k")
    + r"(?P<other>, a product that (?:rises|falls))?, "
    + r"and the weight (?P<row>\S+) → (?P<column>\S+) " + MOVES
)  # fmt: skip
OUTPUT = re.compile(
    r".+?: no weight moves, but " + FACTOR.format("v") + VALUE.format("v") + SOURCE.format("W_v")
    + r", has the weight (?P<weight>\S+): output (?P<row>\S+) · v(?P<column>.) " + MOVES
)  # fmt: skip
DIGITS = "₁₂₃₄₅₆₇₈"


def of_numbers(pair):
    """Two scenarios that differ in numbers alone."""
    a, b = pair
    assume(a.positions == b.positions)
    settings = {name: getattr(b, name) for name in ("scale", "temperature", "mask", "slope")}
    return replace(a, **settings), b


def integrated(a, b, i, j, steps=150):
    """What each product of a row adds to the logarithm of a weight, in many small steps."""
    s = a.scenario
    over = s.temperature * (s.d_k**0.5 if s.scale else 1)
    grown = (b.rotated_Q[i] * b.rotated_K - a.rotated_Q[i] * a.rotated_K) / over
    seen = s.allowed[i]
    totals = np.zeros_like(grown)
    for t in (np.arange(steps) + 0.5) / steps:
        logits = np.full(s.n_k, -np.inf)
        logits[seen] = (1 - t) * a.logits[i, seen] + t * b.logits[i, seen]
        for k in np.flatnonzero(seen):
            nudged = logits.copy()
            nudged[k] += 1e-6
            slope = (np.log(softmax(nudged)[j]) - np.log(softmax(logits)[j])) / 1e-6
            totals[k] += slope * grown[k] / steps
    return totals


def same(told, value):
    return told in (number(value), number(value, 3))


@given(pairs())
def test_what_numbers_did_is_said_with_the_traces_numbers(pair):
    a, b = of_numbers(pair)
    assume(a != b)
    before, after = attend(a), attend(b)
    told = describe_change(compare(a, b))
    assert not re.search(r"nan|inf|None", told)
    moved = np.abs(after.weights - before.weights)
    if moved.max() < 0.005:
        if np.abs(after.output - before.output).max() < 0.005:
            assert "no weight and no output moves" in told
            return
        m = OUTPUT.fullmatch(told)
        i, j = b.tokens.index(m["row"]), DIGITS.index(m["column"])
        keys = b.context or b.tokens
        k = keys.index(m["v_word"])
        assert m["v"] == m["column"] and same(m["v_value"], after.V[k, j])
        assert same(m["weight"], after.weights[i, k])
        assert same(m["before"], before.output[i, j]) and same(m["after"], after.output[i, j])
        parts = after.weights[i] * after.V[:, j] - before.weights[i] * before.V[:, j]
        assert abs(parts[k]) == pytest.approx((parts * np.sign(parts.sum())).max())
        return
    m = WEIGHT.fullmatch(told)
    keys = b.context or b.tokens
    i, j, k = b.tokens.index(m["row"]), keys.index(m["column"]), keys.index(m["k_word"])
    c = DIGITS.index(m["q"])
    assert (m["q"], m["q_word"]) == (m["k"], m["row"])
    assert moved[i, j] == moved.max()
    assert same(m["before"], before.weights[i, j]) and same(m["after"], after.weights[i, j])
    assert (m["verb"] == "rises") == (after.weights[i, j] > before.weights[i, j])
    assert same(m["q_value"], after.rotated_Q[i, c]) and same(m["k_value"], after.rotated_K[k, c])
    assert bool(m["other"]) == (k != j)
    shares = integrated(before, after, i, j) * (1 if m["verb"] == "rises" else -1)
    assert shares[k, c] > 0
    assert shares[k, c] >= 0.8 * shares.max()


def test_shares_add_up_where_a_weight_goes_from_0_to_1_in_a_part_of_the_way():
    """With the fewest steps, each of six logits, these would be 0.3 off."""
    logits = np.array([[-70, 70, -141], [0, 0, 0], [0, 0, 0]])  # W_q itself, for the rest is I
    s = Scenario(("a", "b", "c"), np.eye(3), logits, np.eye(3), np.eye(3), scale=False)
    before = attend(s)
    after = attend(replace(s, W_q=np.array([[-8, -5, -1], [0, 0, 0], [0, 0, 0]])))
    grown = np.log(after.weights[0, 1] / before.weights[0, 1])
    assert product_shares(before, after, 0, 1).sum() == pytest.approx(grown, abs=0.02)


@given(pairs())
def test_shares_add_up_to_the_change_of_the_logarithm(pair):
    a, b = of_numbers(pair)
    before, after = attend(a), attend(b)
    i = a.n - 1
    shares = product_shares(before, after, i, 1)
    grown = np.log(after.weights[i, 1] / before.weights[i, 1])
    assert shares.sum() == pytest.approx(grown, abs=0.05 * max(1, np.abs(shares).max()))
    assert not shares[~a.allowed[i]].any()


@given(pairs())
def test_any_change_and_any_start_has_a_sentence(pair):
    a, b = pair
    for told in (describe_change(compare(a, b)), describe_focus(attend(b))):
        assert told.endswith(".") and not re.search(r"nan|inf\b", told)


@given(pairs())
def test_the_word_that_is_most_decided(pair):
    trace = attend(pair[1])
    keys = trace.scenario.context or trace.scenario.tokens
    m = re.match(r"(\S+) attends mostl?y? to (\S+), (\S+): .*the score of (\S+) is (\S+), "
                 r"and that of (\S+), the next, (\S+)\.", describe_focus(trace))  # fmt: skip
    i, j, following = trace.scenario.tokens.index(m[1]), keys.index(m[4]), keys.index(m[6])
    row = np.sort(trace.weights, axis=1)
    gaps = row[:, -1] - row[:, -2]
    assert gaps[i] == gaps[trace.scenario.allowed.sum(axis=1) > 1].max()
    assert trace.weights[i, j] == row[i, -1] and same(m[3], row[i, -1])
    assert m[2] == ("itself" if i == j and not trace.scenario.is_cross else m[4])
    assert same(m[5], trace.biased_scores[i, j]) and same(m[7], trace.biased_scores[i, following])


def test_by_hand():
    a = edits.with_cell(A, "W_q", 1, 0, 1)
    assert describe_change(compare(a, A)) == (
        "W_q verb → q₁ 1.00 → 3.00: q₁ of suis, now 3.00, meets k₁ of Je, 3.00 (from W_k "
        "pronoun → k₁), and the weight suis → Je rises from 0.81 to 1.00."
    )
    # X raises both sides of one product: why likeness can't do it.
    start = DEFAULT.scenario
    assert describe_change(compare(start, edits.with_cell(start, "X", 1, 0, 3))) == (
        "X suis · pronoun 0.00 → 3.00: q₁ of suis, now 3.00 (from W_q pronoun → q₁), meets k₁ of "
        "suis, now 3.00 (from W_k pronoun → k₁), and the weight suis → suis rises from 0.45 to "
        "0.96."
    )
    assert describe_change(compare(start, edits.with_cell(start, "W_v", 0, 0, 3))) == (
        "W_v pronoun → v₁ 1.00 → 3.00: no weight moves, but v₁ of Je, now 3.00, has the weight "
        "0.52: output Je · v₁ rises from 0.52 to 1.56."
    )
    # A rival that falls lets another rise.
    eye = np.eye(2)
    s = Scenario(("a", "b", "c"), [[1, 0], [0, 1], [0, 1]], eye, eye, eye, scale=False)
    assert describe_change(compare(s, replace(s, W_k=[[1, 0], [0, 0.5]]))) == (
        "W_k x2 → k₂ 1.00 → 0.50: q₂ of b, 1.00 (from W_q x2 → q₂), meets k₂ of b, now 0.50, "
        "a product that falls, and the weight b → a rises from 0.16 to 0.23."
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scale": False}, "Scaling switched off: scores are no longer divided by √2, and the "),
        ({"temperature": 3.5}, "Temperature 1 → 3.5: each row gets more even, and the weight "),
        ({"temperature": 0.5}, "Temperature 1 → 0.5: each row gets sharper, and the weight "),
        ({"mask": causal(3)}, "Mask added: Je may attend to 1 word instead of 3, and the weight "),
        ({"positions": "rope"}, "Positions None → RoPE: the weight "),
        ({"W_v": A.W_v[:, :2]}, "W_v with 2 columns instead of 3: no weight moves, and each "),
        ({"W_v": 0 * A.W_v}, "4 numbers of W_v: no weight moves, but v₁ of Je, now 0.00, has "),
        ({"scale": False, "temperature": 2}, "Scaling switched off and temperature 1 → 2: the w"),
        ({"W_q": A.W_k}, "4 numbers of W_q: q₁ of suis, now 0.00, meets k₁ of Je, 3.00 (from W_k"),
    ],
)
def test_settings_and_whole_matrices(change, told):
    assert describe_change(compare(A, replace(A, **change))).startswith(told)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda s: edits.with_sentence(s, "Nous sommes"), "A sentence of 2 words: sommes attends "),
        (lambda s: edits.with_sentence(s, "suis Je heureux"), "The words in another order: suis a"),
        (lambda s: edits.with_context(s, "I am"), "Keys and values from 2 words of a second sent"),
        (lambda s: edits.with_features(s, ("verb", "pronoun")), "With the features verb and prono"),
    ],
)
def test_other_words(edit, told):
    assert describe_change(compare(A, edit(A))).startswith(told)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (("W_q", 1, 1, 0.001), " by as much as the boxes show."),
        (("X", 0, 3, 0.5), ", for no projection reads first person."),
        (("W_q", 3, 0, 0.5), ", for no word has anything in first person."),
        (("W_k", 1, 2, 0.5), ", for q₃ of every word is 0."),
    ],
)
def test_why_nothing_moves(cell, told):
    s = edits.with_size(edits.with_matrix(A, "X", A.X * [1, 1, 1, 0]), d_k=3)
    W = np.zeros((4, 3))
    s = replace(s, W_q=W, W_v=np.vstack([s.W_v[:3], W[:1]]))
    changed = describe_change(compare(s, edits.with_cell(s, *cell)))
    assert changed.endswith(f"no weight and no output moves{told}")


def test_nothing_to_choose_from():
    one = attend(edits.with_sentence(A, "Je"))
    assert describe_focus(one) == "Each word may attend to one word only, so that weight is 1.00."
    even = attend(BY_KEY["uniform"].scenario)
    assert describe_focus(even).startswith("No word attends to one word more than to any other")
    assert describe_change(compare(A, A)).startswith("The last change left the numbers")


def test_the_first_word_of_a_causal_mask_is_not_the_one_that_is_decided():
    told = describe_focus(attend(replace(A, mask=causal(3))))
    assert told.startswith("suis attends mostly to Je, ")


def test_all_that_makes_a_score_is_named():
    antecedent = attend(BY_KEY["antecedent"].scenario)
    assert describe_focus(antecedent).endswith(
        "2.00 × 2.00 = 4.00; so, with the other products, divided by √3, the score of Marie is "
        "5.77, and that of Paul, the next, 3.46."
    )
    near = attend(replace(A, positions="alibi", slope=0.5))
    assert "9.00; so, divided by √2, with ALiBi's bias, the score of Je is 5.86" in (
        describe_focus(near)
    )
    only = attend(replace(A, positions="alibi", slope=0.5, W_q=0 * A.W_q))
    assert describe_focus(only) == (
        "Je attends mostly to itself, 0.51: ALiBi adds 0.00 for its place, for the next −0.50; "
        "so the score of Je is 0.00, and that of suis, the next, −0.50."
    )


def test_a_blocked_word_is_never_the_next():
    """Also where the weights of all others are 0, as its own."""
    s = replace(
        A, W_q=30 * A.W_q, W_k=30 * A.W_k, mask=np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]) > 0
    )
    assert "that of heureux, the next" in describe_focus(attend(s))


def test_words_of_the_visitor_are_escaped():
    words = "*a* <b>"
    s = edits.with_sentence(DEFAULT.scenario, words)
    told = describe_focus(attend(s), escape.markdown)
    assert "<" not in re.sub(r"\\<", "", told)
    changed = describe_change(compare(s, edits.with_cell(s, "X", 0, 0, 3)), escape.markdown)
    assert "*" not in re.sub(r"\\\*", "", changed)


def test_a_head_is_compared_with_itself():
    four = BY_KEY["four-views"].scenario
    fewer = heads.removed(four, 0)
    assert same_head(four, fewer, 1) == four.head(2)
    assert same_head(fewer, four, 0) is None
    moved = edits.with_cell(four, "W_q", 0, 0, 2.5, head=2)
    told = [describe_change(compare(four.head(k), moved.head(k))) for k in range(4)]
    assert [each.startswith("W_q") for each in told] == [False, False, True, False]
    assert len(changes(four.head(2), moved.head(2))) == 1


def test_a_head_that_is_added_is_new():
    two = heads.added(A)
    assert same_head(A, two, 0) == A
    assert same_head(A, two, 1) is None
    assert same_head(two, A, 0) == two.head(0)
