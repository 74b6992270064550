"""What lessons 1 to 6 say of their numbers is true, for many variants."""

import math
from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend
from attn_core.tasks import LESSONS, check, is_solved
from attn_core.tasks.course.lesson import draw
from attn_core.tasks.fill import fill
from attn_core.tasks.moves import with_moves
from attn_core.tasks.places import read_place
from attn_core.tasks.solve import solve
from attn_core.text.tokenize import split

SEEDS = ("", *(f"t{i}" for i in range(20)))
STEP = 0.05
#: Boxes or settings that a hand moves at most in each lesson, as its solution does.
BOXES = {"1": 3, "2": 2, "3": 3, "4": 2, "5": 1, "6": 2}


def variants(key):
    """The drawn words and numbers, and the page, of each seed."""
    for seed in SEEDS:
        yield draw(LESSONS[key], seed), LESSONS[key].page(seed)


def at(scenario, word):
    return scenario.tokens.index(word)


def cosine(a, b):
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def softmax(*scores):
    powers = [math.exp(x) for x in scores]
    return [x / sum(powers) for x in powers]


def by_hand(task, moves):
    """Move one box after the other towards its place, a slider's step at a time.

    Returns the number of boxes and of steps until the task is solved.
    """
    s, steps = task.start, 0
    for count, move in enumerate(moves, 1):
        name, _, value = (part.strip() for part in move.partition("="))
        if "[" not in name and name != "temperature":
            s, steps = with_moves(s, [move]), steps + 1
        else:
            box = None if name == "temperature" else read_place(name, s)
            end, now = float(value.replace("−", "-")), s.temperature
            if box is not None:
                now = float(getattr(s, box.name)[box.row, box.column])
            for _ in range(round(abs(end - now) / STEP)):
                now = round(now + math.copysign(STEP, end - now), 3)
                s, steps = with_moves(s, [f"{name} = {now}"]), steps + 1
                if is_solved(task, s):
                    return count, steps
            s = with_moves(s, [move])
        if is_solved(task, s):
            return count, steps
    raise AssertionError([each.sentence for each in check(task, s)])


def hand_moves(key, drawn):
    return fill(LESSONS[key].content["task"]["solution"], drawn)


@pytest.mark.parametrize("key", BOXES)
def test_hand_solves_in_few_moves(key):
    for drawn, page in [*variants(key)][:6]:
        boxes, steps = by_hand(page.task, hand_moves(key, drawn))
        assert boxes <= BOXES[key], drawn
        assert steps <= 200, drawn


@pytest.mark.parametrize("key", BOXES)
def test_the_lab_solves_it_too(key):
    """Without the solution that comes with the lesson, by search and gradient descent."""
    for _, page in [*variants(key)][:4]:
        task = replace(page.task, given=None)
        assert is_solved(task, solve(task))


# 1: words are rows of boxes


def test_1_two_words_are_the_most_alike():
    for drawn, page in variants("1"):
        s = page.task.start
        pairs = {
            frozenset((s.tokens[a], s.tokens[b])): cosine(s.X[a], s.X[b])
            for a, b in ((0, 1), (0, 2), (1, 2))
        }
        ours = pairs.pop(frozenset((drawn["one"], drawn["two"])))
        assert ours > max(pairs.values()) + 0.1, s.tokens
        column = s.features.index(drawn["shared"])
        one, two = (s.X[at(s, drawn[name]), column] for name in ("one", "two"))
        assert one * two > 0
        names = (drawn["first"], drawn["middle"], drawn["last"])
        assert s.tokens == names
        assert {drawn["one"], drawn["two"], drawn["three"]} == {*names}
        third = s.X[at(s, drawn["three"]), column]
        assert one * third < one * two or two * third < one * two


def test_1_another_spelling_has_the_same_row_and_so_the_same_attention():
    for drawn, page in variants("1"):
        other = page.predictions[1].scenario
        assert other.tokens[-1] == drawn["synonym"] != drawn["last"]
        np.testing.assert_array_equal(other.X, page.task.start.X)
        np.testing.assert_array_equal(attend(other).output, page.task.start_trace.output)


def test_1_hint_names_the_boxes():
    for drawn, page in variants("1"):
        s = page.task.start
        own, lacking = (s.features.index(drawn[name]) for name in ("own", "lacking"))
        two, three = (s.X[at(s, drawn[name])] for name in ("two", "three"))
        assert three[own] == 0 != two[own]
        assert abs(two[own]) == np.abs(two).max()
        assert three[lacking] != 0 == two[lacking]
        assert np.sign(drawn["moved_to"]) == np.sign(three[lacking])


def test_1_worked_example_and_what_a_cosine_is():
    a, b, c = (np.array(row) for row in ([0, 2, 0, 1], [1, 0, 0, 1], [3, 0, 0, 1]))
    assert a @ b == 1 and c @ b == 4
    assert a @ a == 5 and b @ b == 2 and c @ c == 10
    assert f"{cosine(a, b):.2f} {cosine(c, b):.2f}" == "0.32 0.89"
    assert cosine(a, 2 * a) == pytest.approx(1)
    assert cosine(2 * a, b) == pytest.approx(cosine(a, b))
    assert cosine(np.array([0, 2, 0]), np.array([1, 0, -3])) == 0


# 2: one X, three readings


def test_2_x_changes_all_three_readings_and_w_q_only_q():
    for drawn, page in variants("2"):
        before, i = page.task.start_trace, at(page.task.start, drawn["asker"])
        x_moved, w_moved = (attend(asked.scenario) for asked in page.predictions)
        for name in ("Q", "K", "V"):
            changed = (getattr(x_moved, name) != getattr(before, name)).any(axis=1)
            assert changed.tolist() == [j == i for j in range(3)], name
        assert (w_moved.Q != before.Q).any(axis=1).tolist() == [j == i for j in range(3)]
        np.testing.assert_array_equal(w_moved.K, before.K)
        np.testing.assert_array_equal(w_moved.V, before.V)
        assert page.task.start.W_q[1, 0] == 1  # the question says from where it goes


def test_2_a_query_adds_up_rows_of_w_q():
    for drawn, page in variants("2"):
        s, i = page.task.start, at(page.task.start, drawn["asker"])
        assert s.X[i, s.features.index("verb")] == 1
        for x, q in zip(s.X, page.task.start_trace.Q, strict=True):
            added = sum((x[j] * s.W_q[j] for j in range(s.d_model)), start=np.zeros(s.d_k))
            np.testing.assert_allclose(q, added)
    example = 2 * np.array([0.5, -1]) + 1 * np.array([3, 0])
    assert example.tolist() == [4, -2]


def test_2_asks_for_one_thing_and_answers_with_another():
    for drawn, page in variants("2"):
        t, i = page.task.start_trace, at(page.task.start, drawn["asker"])
        assert (t.Q[i] != t.K[i]).any()
        solved = attend(page.task.solution)
        np.testing.assert_allclose(solved.Q[i], (drawn["first"], drawn["second"]))
        np.testing.assert_array_equal(solved.K, t.K)


# 3: the shape rule


def test_3_shapes_are_those_of_the_texts():
    for drawn, page in variants("3"):
        t = page.task.start_trace
        assert t.X.shape == (3, 4) and t.scores.shape == (3, 3)
        longer, smaller = (attend(asked.scenario) for asked in page.predictions)
        assert longer.X.shape == (5, 4) and longer.Q.shape == (5, 4)
        assert longer.scores.shape == (5, 5) and longer.W_q.shape == t.W_q.shape == (4, 4)
        assert smaller.Q.shape == smaller.K.shape == (5, drawn["d_k"])
        assert smaller.scores.shape == (5, 5)
        solved = attend(page.task.solution)
        n = drawn["words"]
        assert solved.scores.shape == (n, n)
        assert solved.Q.shape == (n, drawn["d_k"]) and solved.output.shape == (n, drawn["d_v"])
        assert len({n, drawn["d_k"], drawn["d_v"], 4}) == 4  # no size stands for another


def test_3_worked_example_and_longer_texts():
    start = LESSONS["3"].variant("").start
    t = attend(with_moves(start, ["sentence = Je suis très heureux", "d_k = 5", "d_v = 7"]))
    assert (t.scores.shape, t.Q.shape, t.output.shape) == ((4, 4), (4, 5), (4, 7))
    assert len(split("Je ris , tu pleures .")) == 6
    twice = attend(replace(start, tokens=start.tokens * 2, X=np.tile(start.X, (2, 1))))
    assert twice.scores.size == 4 * attend(start).scores.size


# 4: a score is a product


def test_4_a_score_is_the_dot_product_and_not_symmetric():
    for drawn, page in variants("4"):
        t = page.task.start_trace
        i, j = (at(page.task.start, drawn[name]) for name in ("asker", "subject"))
        assert t.scores[i, j] == sum(q * k for q, k in zip(t.Q[i], t.K[j], strict=True))
        assert t.scores[i, j] != t.scores[j, i]
        assert abs(cosine(t.X[i], t.X[j])) < 0.4  # they share little or nothing in X


def test_4_predictions_by_hand():
    right = set()
    for drawn, page in variants("4"):
        a, b = drawn["tried_1"], drawn["tried_2"]
        best = max((a, "subject"), (b, "asker"), (0, "other"))[1]  # the keys are (1, 0), (0, 1), 0
        highest, score = page.predictions
        assert highest.options[int(highest.answer)].startswith(f"*{drawn[best]}*")
        assert score.answer == pytest.approx(drawn["asks"] * drawn["answers"])
        assert score.right(score.answer + 0.04) and not score.right(-score.answer)
        t, j = attend(score.scenario), at(page.task.start, drawn["subject"])
        assert t.K[j, 1] == 0
        right.add(highest.answer)
    assert right == {0, 1, 2}


def test_4_hints():
    for drawn, page in variants("4"):
        alone = with_moves(page.task.start, ["W_q[verb, q₁] = 3"])
        both = with_moves(alone, ["W_k[pronoun, k₁] = 3"])
        assert is_solved(page.task, both)
        assert is_solved(page.task, alone) is (drawn["by"] <= 2)
    keys = np.array([[3, 0], [0, 1]])
    assert (keys @ [2, 1]).tolist() == [6, 1] and (keys @ [2, -1]).tolist() == [6, -1]


# 5: why √d_k


def test_5_four_times_as_many_random_products_spread_twice_as_wide():
    dice = np.random.default_rng(5)
    spread = {
        d: np.sum(dice.normal(size=(20_000, d)) * dice.normal(size=(20_000, d)), axis=1).std()
        for d in (2, 8)
    }
    assert spread[8] / spread[2] == pytest.approx(2, rel=0.05)
    assert spread[8] / math.sqrt(8) == pytest.approx(spread[2] / math.sqrt(2), rel=0.05)


def test_5_begins_almost_one_hot_and_fewer_products_spread_less():
    for drawn, page in variants("5"):
        t, i = page.task.start_trace, at(page.task.start, drawn["asker"])
        assert t.weights.max(axis=1).min() > 0.88
        fewer = attend(page.predictions[0].scenario)
        assert fewer.scenario.d_k == 2 and t.scenario.d_k == 8
        assert np.ptp(fewer.scores[i]) < np.ptp(t.scores[i])
        assert fewer.scores.std() < t.scores.std() / 1.5
        assert fewer.weights[i].max() < 0.8 < t.weights[i].max()


def test_5_little_is_learned_where_a_row_is_nearly_one_hot():
    """The derivative of each weight by its score, w (1 − w), is smaller at the start."""
    for _, page in variants("5"):
        sharp, even = page.task.start_trace.weights, attend(page.task.solution).weights
        assert ((sharp * (1 - sharp)).max(axis=1) < (even * (1 - even)).max(axis=1) / 2).all()


def test_5_scaling_and_temperature_keep_who_wins():
    for drawn, page in variants("5"):
        t, s = page.task.start_trace, page.task.start
        names = ("subject", "asker", "other")
        winners = [at(s, drawn[f"{name}_to"]) for name in names]
        for other in (page.predictions[1].scenario, page.task.solution, s):
            trace = attend(other)
            assert trace.weights.argmax(axis=1).tolist() == winners
            assert other is s or (trace.weights.max(axis=1) < t.weights.max(axis=1)).all()
        scaled = attend(page.predictions[1].scenario)
        as_warm = attend(replace(s, temperature=math.sqrt(8)))
        np.testing.assert_allclose(as_warm.weights, scaled.weights)


def test_5_neither_scaling_nor_the_end_of_the_slider_is_enough():
    for drawn, page in variants("5"):
        task = page.task
        for T, is_enough in ((math.sqrt(8), False), (10, False), (drawn["solved_at"], True)):
            s = replace(task.start, temperature=T)
            assert is_solved(task, s) is is_enough, (drawn, T)
        # A slider's step to either side solves it, too.
        for T in (drawn["solved_at"] - STEP, drawn["solved_at"] + STEP):
            assert is_solved(task, replace(task.start, temperature=T))


def test_5_worked_example():
    shown = [[f"{x:.2f}" for x in softmax(4 / T, 0, 0)] for T in (1, 2, 4)]
    assert shown == [["0.96", "0.02", "0.02"], ["0.79", "0.11", "0.11"], ["0.58", "0.21", "0.21"]]
    assert f"{1 / 3:.2f} {math.sqrt(8):.2f}" == "0.33 2.83"


# 6: softmax


def test_6_the_query_can_be_read_as_the_scores():
    for drawn, page in variants("6"):
        t, i = page.task.start_trace, at(page.task.start, drawn["asker"])
        np.testing.assert_allclose(t.Q[i, :3], t.scores[i])
        assert t.scenario.tokens == (drawn["subject"], drawn["asker"], drawn["other"])
        np.testing.assert_allclose(t.weights[i], softmax(*t.scores[i]))
        assert (t.K[:, 3] == 1).all()


def test_6_the_same_added_to_a_row_changes_no_weight():
    for drawn, page in variants("6"):
        t, i = page.task.start_trace, at(page.task.start, drawn["asker"])
        raised = attend(page.predictions[0].scenario)
        np.testing.assert_allclose(raised.scores[i], t.scores[i] + 5)
        np.testing.assert_allclose(raised.weights, t.weights, atol=1e-15)


def test_6_no_weight_is_0_without_a_mask():
    for drawn, page in variants("6"):
        i = at(page.task.start, drawn["asker"])
        far = attend(page.predictions[1].scenario)
        assert 0 < far.weights[i, i] < 0.005  # the picture shows 0.00
        assert f"{far.weights[i, i]:.6f}" in page.predictions[1].why
        assert f"{far.weights[i, i]:.6f}" != "0.000000"
        masked = attend(with_moves(far.scenario, ["mask = causal"]))
        assert masked.weights[0, 1] == 0


def test_6_hint_and_examples():
    for _, page in variants("6"):
        for high in (-1, 0, 2, 3):
            moves = [
                f"W_q[verb, q{j}] = {x}" for j, x in zip("₁₂₃", (high, high - 3, high), strict=True)
            ]
            assert is_solved(page.task, with_moves(page.task.start, moves))
    assert [f"{math.exp(x):.1f}" for x in (1, 2, -1)] == ["2.7", "7.4", "0.4"]
    assert f"{math.exp(5):.0f}" == "148"
    assert [f"{x:.2f}" for x in softmax(1, 1, 0)] == ["0.42", "0.42", "0.16"]
    assert [f"{x:.2f}" for x in softmax(1, 1, -2)] == ["0.49", "0.49", "0.02"]
    a, b, _ = softmax(2.3, 1.3, -4)
    assert f"{a / b:.1f}" == "2.7"
