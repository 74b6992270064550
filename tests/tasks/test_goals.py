"""Goals, against numbers by hand and finite differences."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.edits import with_mask_kind
from attn_core.learning.backpropagation import backpropagate
from attn_core.presets import BY_KEY
from attn_core.tasks.goals import ONE_WORD, Heads, Row
from attn_core.tasks.goals.bound import Bound, near
from attn_core.tasks.goals.document import KINDS, goal_content, read_goal
from attn_core.tasks.movable import Movable
from attn_core.tasks.task import Task, check

#: W_q = W_k = I and no scaling, so that the scores are X Xᵀ.
BY_HAND = Scenario(
    ("a", "b"),
    X=[[1, 0], [3, 4]],
    W_q=np.eye(2),
    W_k=np.eye(2),
    W_v=[[1, 0, 2], [0, 1, 0]],
    scale=False,
)
SIGMOID_2 = 1 / (1 + np.exp(-2.0))
GRADIENT = {"goal": "gradient", "pattern": "the next word", "above": 0.9}


def read(**given):
    return read_goal(given, BY_HAND)


def measure(goal, now=BY_HAND, start=BY_HAND):
    return goal.measure(attend(start), attend(now))


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"goal": "weight", "query": "a", "key": "b", "above": 0}, SIGMOID_2),
        ({"goal": "cell", "matrix": "scores", "row": "b", "column": 2, "above": 0}, 25),
        ({"goal": "cell", "matrix": "V", "row": "b", "column": "v₃", "above": 0}, 6),
        ({"goal": "row", "matrix": "Q", "row": "b", "near": [2, 6], "within": 0.1}, 2),
        ({"goal": "cosine", "rows": ["a", "b"], "above": 0}, 0.6),
        ({"goal": "ahead", "query": "a", "key": "b", "by": 1}, 2),
        ({"goal": "ahead", "query": "a", "key": "a", "by": 1}, -2),
        ({"goal": "largest", "above": 0.5}, SIGMOID_2),
        ({"goal": "largest", "below": 0.5}, 1),
        ({"goal": "pattern", "pattern": "the next word", "above": 0.5}, SIGMOID_2),
        ({"goal": "pattern", "pattern": "itself", "above": 0.5}, 1 - SIGMOID_2),
        # (1 − σ) · ((−2, −4), (0, 0)) by W_q, and (1 − σ) · ((−2, 0), (−4, 0)) by W_k.
        ({**GRADIENT, "matrix": "W_q", "row": "x1", "column": "q₁"}, 0.5),
        ({**GRADIENT, "matrix": "W_k", "row": "x2", "column": 1}, 1),
        ({**GRADIENT, "matrix": "W_k", "row": "x2", "column": 2}, 0),
        ({"goal": "same", "matrix": "K"}, 0),
        ({"goal": "shape", "matrix": "output", "shape": [5, 2]}, 4),
        ({"goal": "blocked", "query": "a", "key": "b"}, 1),
        ({"goal": "moved", "at_most": 1}, 0),
        ({"goal": "order", "above": 0.1}, 0),
    ],
    ids=lambda each: each["goal"] if isinstance(each, dict) else "",
)
def test_numbers_by_hand(given, value):
    goal = read(**given)
    assert measure(goal) == pytest.approx(value, abs=1e-9)
    assert goal_content(goal, BY_HAND).items() >= {"goal": given["goal"]}.items()
    assert read_goal(goal_content(goal, BY_HAND), BY_HAND) == goal


def test_every_kind_has_a_case_by_hand():
    named = {each[0]["goal"] for each in test_numbers_by_hand.pytestmark[0].args[1]}
    assert named == {*KINDS} - {"heads"}  # which has its own below


def test_heads():
    W = np.stack([np.eye(2), np.zeros((2, 2))])
    s = replace(BY_HAND, W_q=W, W_k=W, W_v=np.stack([BY_HAND.W_v] * 2), heads=("p", "q"))
    goal = read_goal({"goal": "heads", "heads": [1, "q"], "below": 0.3}, s)
    # Rows of head 1: (1 − σ, σ) and nearly (0, 1); of head 2: (½, ½) twice.
    shared = (0.5 + 1 - SIGMOID_2) / 2 + (0.5 + np.exp(-22)) / 2
    assert measure(goal, s, s) == pytest.approx(shared, abs=1e-6)
    assert goal == Heads(Bound(high=0.3), (0, 1))
    assert np.isnan(measure(goal, BY_HAND, s))


def test_what_changed_since_the_start():
    now = replace(BY_HAND, W_k=[[1, 0.5], [0, 1]], mask=[[True, False], [True, True]])
    assert measure(read(goal="same", matrix="K"), now) == 1.5  # 3 · 0.5
    assert measure(read(goal="moved", at_most=1), now) == 1
    assert measure(read(goal="blocked", query="a", key="b"), now) == 0
    smaller = replace(BY_HAND, tokens=("a",), X=BY_HAND.X[:1])
    gone = [
        read(goal="weight", query="b", key="a", above=0),
        read(goal="row", matrix="Q", row="b", near=[0, 0], within=1),
        read(goal="cosine", rows=["a", "b"], above=0),
        read(goal="same", matrix="K"),
        read(goal="moved", at_most=1),
        read(**GRADIENT, matrix="W_q", row="x1", column=1),
        read(goal="blocked", query="a", key="b"),
    ]
    assert all(np.isnan(measure(goal, smaller)) for goal in gone)
    task = Task("", "", BY_HAND, Movable(BY_HAND, ("sentence",)), tuple(gone))
    assert [each.fraction for each in check(task, smaller)] == [0, 0, 0, 0, 0, 0, 0, 1]


def test_a_gradient_leaves_out_what_the_mask_blocks():
    """With a causal mask no word may see the next one, so there is nothing to learn."""
    s = with_mask_kind(BY_KEY["word-order"].scenario, "causal")
    goal = {**GRADIENT, "matrix": "W_q", "row": "verb", "column": 1}
    assert np.isnan(measure(read_goal(goal, s), s, s))  # each next word is blocked
    before = read_goal({**goal, "pattern": "the word before"}, s)
    assert 0 < measure(before, s, s) <= 1


def test_order_sees_positions():
    s = BY_KEY["word-order"].scenario
    goal = read_goal({"goal": "order", "above": 0.1}, s)
    assert measure(goal, s, s) < 1e-12
    causal = with_mask_kind(s, "causal")
    assert measure(goal, causal, s) > 0.1


def test_bounds():
    assert near(0.5, 0.03).holds(0.53)
    assert not near(0.5, 0.03).holds(0.531)
    assert Bound(low=0.9).holds(0.9)
    assert Bound(low=0.9).shortfall(float("nan")) == float("inf")
    assert Bound(high=0.6).describe() == "at most 0.60"
    assert Bound(low=0.125).describe() == "at least 0.125"


def test_a_sentence_shows_digits_that_tell_whether_the_goal_is_met():
    goal = read(goal="weight", query="a", key="b", above=0.9)
    assert goal.write([0.8996]) == "0.8996"
    assert goal.write([0.9]) == "0.90"
    assert goal.write([0.66]) == "0.66"
    assert goal.write([float("nan")]) == "not there"
    row = Row(Bound(high=0.05), "Q", 0, (1.0, -0.5))
    assert row.write([1.0504, -0.5]) == "(1.0504, −0.5000)"
    assert row.write([1.01, -0.504]) == "(1.01, −0.50)"


def test_fractions_run_from_the_start_to_the_goal():
    goal = read(goal="weight", query="b", key="a", above=0.5)
    task = Task("", "", BY_HAND, Movable(BY_HAND, ("W_q",)), (goal,))
    now = replace(BY_HAND, W_q=[[0, 0], [0, 0]])
    first, locked = check(task, BY_HAND)
    assert (first.fraction, locked.fraction) == (pytest.approx(0, abs=1e-6), 1)
    assert [each.fraction for each in check(task, now)] == [1, 1]
    half = replace(BY_HAND, W_q=[[0, 0], [0, np.log(3) / -16]])  # b: 3 · 16 x, so weights ¾ and ¼
    value = check(task, replace(half, W_q=[[0, 0], [0, np.log(3) / 16]]))[0]
    assert value.fraction == pytest.approx(0.5, abs=1e-6)
    assert value.sentence == "The weight b → a is 0.25, wanted at least 0.50."


def test_slopes_are_those_of_finite_differences():
    dice = np.random.default_rng(3)
    n, d_model, d_k, d_v, h = 3, 5, 2, 7, 2
    shapes = {"X": (n, d_model), "W_v": (h, d_model, d_v)}
    shapes |= dict.fromkeys(("W_q", "W_k"), (h, d_model, d_k))
    s = Scenario(("a", "b", "c"), **{k: dice.normal(size=v) for k, v in shapes.items()})
    t = attend(s)
    goals = [
        {"goal": "weight", "query": "a", "key": "c", "above": 0.9, "head": 2},
        {"goal": "cell", "matrix": "output", "row": "b", "column": 7, "near": 1, "within": 0.1},
        {"goal": "cosine", "matrix": "V", "rows": ["a", "c"], "above": 0.9, "head": 2},
        {"goal": "ahead", "query": "a", "key": "c", "by": 3, "head": 2},
        {"goal": "largest", "below": 0.4},
        {"goal": "largest", "above": 0.9},
        {"goal": "heads", "heads": [1, 2], "below": 0.3},
    ]
    for given in goals:
        goal = read_goal(given, s)
        slope = backpropagate(t, goal.slope(t, t))
        for name in ("X", "W_q", "W_k", "W_v"):
            way = dice.normal(size=getattr(s, name).shape)
            up, down = (
                goal.measure(t, attend(replace(s, **{name: getattr(s, name) + e * way})))
                for e in (1e-6, -1e-6)
            )
            assert (up - down) / 2e-6 == pytest.approx((slope[name] * way).sum(), abs=1e-6), given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "expected an object"),
        ({"goal": "wait"}, "expected one of weight, cell"),
        ({"goal": "weight", "query": "a", "key": "c", "above": 1}, "expected one of a, b; got 'c'"),
        ({"goal": "weight", "query": 3, "key": "a", "above": 1}, "expected one of a, b; got 3"),
        ({"goal": "weight", "query": True, "key": "a", "above": 1}, "got True"),
        ({"goal": "weight", "query": "a", "above": 1}, "“key” is missing"),
        ({"goal": "weight", "query": "a", "key": "b"}, "one of above, below and near"),
        ({"goal": "weight", "query": "a", "key": "b", "above": 1, "below": 2}, "one of above"),
        ({"goal": "weight", "query": "a", "key": "b", "above": "1"}, "expected a number"),
        ({"goal": "weight", "query": "a", "key": "b", "near": 1, "within": 0}, "above 0"),
        ({"goal": "weight", "query": "a", "key": "b", "above": 1, "so": 2}, r"unknown \['so'\]"),
        ({"goal": "weight", "query": "a", "key": "b", "above": 1, "head": 2}, "1 to 1, got 2"),
        ({"goal": "row", "matrix": "Q", "row": "a", "near": [1], "within": 1}, "list of 2 numbers"),
        ({"goal": "cosine", "rows": ["a", "a"], "above": 1}, "two different"),
        ({"goal": "cosine", "rows": "ab", "above": 1}, "a list of two"),
        ({"goal": "same", "matrix": "M"}, "expected one of X"),
        ({"goal": "shape", "matrix": "K", "shape": [2.5, 2]}, "whole numbers"),
        ({"goal": "pattern", "pattern": "all alike", "above": 1}, "expected one of itself"),
        ({"goal": "moved", "at_most": 0}, "1 to 999, got 0"),
    ],
)
def test_a_bad_goal_is_refused_in_words(given, message):
    with pytest.raises(ValueError, match=message):
        read_goal(given, BY_HAND)


def test_every_pattern_gives_a_word_one_place():
    s = replace(BY_HAND, tokens=("a", "b", "c"), X=[[1, 0], [3, 4], [0, 2]])
    for name in ONE_WORD:
        goal = read_goal({"goal": "pattern", "pattern": name, "above": 1.5}, s)
        places = goal.slope(attend(s), attend(s))["weights"] != 0
        assert 2 <= places.sum() <= 3, name
        assert (places.sum(axis=1) <= 1).all(), name
