"""What lessons 7 to 12 claim, held for twenty variants of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.analysis.head_similarity import head_similarity
from attn_core.analysis.word_order import compare_with_reversal
from attn_core.edits import with_mask_kind, with_positions, with_sentence
from attn_core.learning.fit_target import learned
from attn_core.learning.fit_target import task as fit
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.optimizer import Optimizer
from attn_core.learning.trainer import Trainer
from attn_core.tasks import is_solved
from attn_core.tasks.course.lesson import LESSONS, LessonPage, draw
from attn_core.tasks.moves import with_moves
from tests.cases import for_each

SEEDS = ["", *(f"b{i}" for i in range(19))]
#: Rows of the sentence “Je suis heureux”, and columns of its features.
WHO, IS, HOW = 0, 1, 2
PRONOUN, VERB, FEELING = 0, 1, 2


@cache
def page(key: str, seed: str) -> LessonPage:
    return LESSONS[key].page(seed)


def start_of(key: str, seed: str) -> Scenario:
    return page(key, seed).task.start


def solution_of(key: str, seed: str) -> Scenario:
    return page(key, seed).task.solution


def drawn(key: str, seed: str) -> dict[str, float]:
    return draw(LESSONS[key], seed)


def softmax(*scores: float) -> list[float]:
    e = np.exp(scores)
    return (e / e.sum()).tolist()


# 7. Who attends to whom


@for_each(SEEDS)
def test_without_learning_the_verb_attends_to_itself(seed: str) -> None:
    t = attend(start_of("7", seed))
    assert t.weights[IS].argmax() == IS
    assert np.array_equal(t.Q, t.scenario.X)
    assert np.array_equal(t.K, t.scenario.X)
    assert t.scenario.features == ("pronoun", "verb", "feeling", "first person")


@for_each(SEEDS)
def test_one_box_is_more_than_half_and_not_enough(seed: str) -> None:
    s, above = start_of("7", seed), drawn("7", seed)["above"]
    ends = [
        with_moves(s, [f"W_q[{f}, {q}] = {x}"])
        for f in s.features
        for q in _columns(s)
        for x in (-3, 3)
    ]
    assert max(attend(end).weights[IS, WHO] for end in ends) < above
    assert 0.5 < attend(with_moves(s, ["W_q[verb, q₁] = 3"])).weights[IS, WHO] < above


def _columns(s: Scenario) -> list[str]:
    return ["q₁", "q₂", "q₃", "q₄"][: s.d_k]


def test_one_box_reaches_two_thirds_for_je() -> None:
    one = attend(with_moves(start_of("7", ""), ["W_q[verb, q₁] = 3"]))
    assert one.weights[IS, WHO] == pytest.approx(0.66, abs=0.005)


@for_each(SEEDS)
def test_each_box_of_the_solution_pulls_or_pushes(seed: str) -> None:
    """Pulling towards the pronoun, pushing away from the verb and from the feeling."""
    start, end = start_of("7", seed), solution_of("7", seed)
    moved = [tuple(at) for at in np.argwhere(start.W_q != end.W_q)]
    assert moved == [(VERB, PRONOUN), (VERB, VERB), (VERB, FEELING)]
    for at in moved:
        W_q = np.array(end.W_q)
        W_q[at] = start.W_q[at]
        less = attend(replace(end, W_q=W_q)).weights[IS, WHO]
        assert less < attend(end).weights[IS, WHO]
    assert end.W_q[VERB, FEELING] * end.X[HOW, FEELING] < 0


def by_hand(seed: str) -> list[Scenario]:
    """Return three other solutions of lesson 7: rows of W_q that a hand might have set."""
    task, dice, found = page("7", seed).task, np.random.default_rng(1), []
    while len(found) < 3:
        W_q = np.array(task.start.W_q)
        W_q[VERB] = (dice.uniform(-3, 3, 4) * 20).round() / 20
        if is_solved(task, s := replace(task.start, W_q=W_q)):
            found.append(s)
    return [task.solution, *found]


@for_each(SEEDS)
def test_the_same_w_q_finds_any_pronoun(seed: str) -> None:
    for s in by_hand(seed):
        for other in ("Il", "They", "Tu", "I", "nous"):
            A = attend(with_sentence(s, f"{other} {s.tokens[IS]} {s.tokens[HOW]}")).weights
            assert A[IS].argmax() == WHO, other


@for_each(SEEDS)
def test_a_number_under_pronoun_is_all_that_it_takes(seed: str) -> None:
    for s in by_hand(seed):
        told = with_moves(s, [f"X[{s.tokens[HOW]}, pronoun] = 3"])
        assert attend(told).weights[IS, HOW] > 2 * attend(s).weights[IS, HOW]


@for_each(SEEDS)
def test_the_verb_still_is_as_unlike_its_subject_as_before(seed: str) -> None:
    start, end = start_of("7", seed), solution_of("7", seed)
    assert np.array_equal(start.X, end.X)
    assert np.array_equal(start.W_k, end.W_k)
    assert end.X[WHO] @ end.X[IS] < end.X[IS] @ end.X[IS]


def test_the_example_of_lesson_7() -> None:
    assert softmax(2, 0) == pytest.approx([0.88, 0.12], abs=0.005)
    assert softmax(2, -2) == pytest.approx([0.98, 0.02], abs=0.005)


# 8. The output


@for_each(SEEDS)
def test_only_the_subject_is_a_pronoun(seed: str) -> None:
    for key in ("7", "8", "9"):
        X = start_of(key, seed).X
        assert X[WHO, PRONOUN] > 0
        assert not X[[IS, HOW], PRONOUN].any()


@for_each(SEEDS)
def test_the_verb_gives_its_subject_more_than_half_and_not_all(seed: str) -> None:
    t = attend(start_of("8", seed))
    assert 0.5 < t.weights[IS, WHO] < 0.7
    assert not t.output.any()  # with W_v = 0, whomever it attends to
    assert t.weights[HOW].argmax() == HOW


@for_each(SEEDS)
def test_the_output_is_the_weight_where_one_value_is_1(seed: str) -> None:
    asked = page("8", seed).predictions[1]
    t = attend(asked.scenario)
    assert t.V.tolist() == [[1.0], [0.0], [0.0]]
    assert asked.answer == pytest.approx(t.weights[IS, WHO])


@for_each(SEEDS)
def test_two_boxes_reach_both_outputs(seed: str) -> None:
    """The pronoun's and the feeling's, by a system of two equations."""
    start, numbers = start_of("8", seed), drawn("8", seed)
    A, X = attend(start).weights, start.X
    by = np.array([[A[i, WHO] * X[WHO, PRONOUN], A[i, HOW] * X[HOW, FEELING]] for i in (IS, HOW)])
    boxes = np.linalg.solve(by, [numbers["much"], numbers["little"]])
    assert np.all(np.abs(boxes) < 3)
    W_v = np.zeros((4, 1))
    W_v[[PRONOUN, FEELING], 0] = boxes.round(2)
    assert is_solved(page("8", seed).task, replace(start, W_v=W_v))


@for_each(SEEDS)
def test_no_value_moves_a_weight(seed: str) -> None:
    start, end = start_of("8", seed), solution_of("8", seed)
    assert np.array_equal(attend(start).weights, attend(end).weights)
    assert not np.allclose(attend(start).output, attend(end).output)


def test_the_example_of_lesson_8() -> None:
    A = np.array([[0.7, 0.3], [0.4, 0.6]])
    assert pytest.approx([0.75, 0]) == A @ [1.5, -1]
    assert pytest.approx([1, 0], abs=0.005) == A @ [2, -1.33]


# 9. First reason: learnable


def _loss(s: Scenario) -> float:
    """Cross-entropy of the first two words' weights and their next word."""
    A = attend(s).weights
    return float(-np.log([A[WHO, IS], A[IS, HOW]]).mean())


def _slopes(s: Scenario, name: str) -> np.ndarray:
    """Derivative of the loss by central differences."""
    W, by = getattr(s, name), np.zeros((4, 4))
    for at in np.ndindex(4, 4):
        step = np.zeros((4, 4))
        step[at] = 1e-5
        ends = [_loss(replace(s, **{name: W + sign * step})) for sign in (1, -1)]
        by[at] = (ends[0] - ends[1]) / 2e-5
    return by


@for_each(SEEDS)
def test_the_largest_gradients_are_the_two_of_the_answer(seed: str) -> None:
    by_q, by_k = (_slopes(start_of("9", seed), name) for name in ("W_q", "W_k"))
    most = np.abs(by_q).max()
    largest = {tuple(map(int, at)) for at in np.argwhere(np.abs(by_q) > most - 1e-6)}
    assert largest == {(PRONOUN, VERB), (VERB, FEELING)}
    assert np.abs(by_k).max() < 1e-9
    assert page("9", seed).predictions[1].answer == 2


@for_each(SEEDS)
def test_pulling_to_itself_has_half_the_gradient_the_other_way(seed: str) -> None:
    by = _slopes(start_of("9", seed), "W_q")
    assert by[PRONOUN, PRONOUN] == pytest.approx(-by[PRONOUN, VERB] / 2, abs=1e-6)
    assert by[VERB, VERB] == pytest.approx(abs(by[VERB, FEELING]) / 2, abs=1e-6)
    assert by[PRONOUN, VERB] < 0  # so it should grow


@for_each(SEEDS)
def test_w_k_counts_once_the_queries_are_not_0(seed: str) -> None:
    s = with_moves(start_of("9", seed), ["W_q[pronoun, q₂] = 1"])
    by = _slopes(s, "W_k")
    assert np.unravel_index(np.abs(by).argmax(), by.shape) == (VERB, VERB)
    assert by[VERB, VERB] < -0.01


@for_each(SEEDS)
def test_w_q_alone_is_not_enough_for_a_hand(seed: str) -> None:
    s, above = start_of("9", seed), drawn("9", seed)["above"]
    alone = attend(with_moves(s, ["W_q[pronoun, q₂] = 3"])).weights[WHO, IS]
    assert 0.6 < alone < above
    both = attend(with_moves(s, ["W_q[pronoun, q₂] = 3", "W_k[verb, k₂] = 3"])).weights[WHO, IS]
    assert both > above


@for_each(SEEDS)
def test_a_sad_word_wants_the_other_sign(seed: str) -> None:
    start, end = start_of("9", seed), solution_of("9", seed)
    assert np.sign(end.W_q[VERB, FEELING]) == np.sign(start.X[HOW, FEELING])


@for_each(SEEDS)
def test_descent_does_it_in_fewer_than_100_steps(seed: str) -> None:
    """With what the page Learn is set to, from random numbers."""
    start, above = start_of("9", seed), drawn("9", seed)["above"]
    chosen = Hyperparameters(Optimizer(learning_rate=0.03), steps=150)
    trainer = Trainer(
        fit(start, np.eye(3, k=1), start.d_k, chosen.start, chosen.seed),
        chosen.optimizer,
        chosen.steps,
    )
    trainer.advance(99)
    A = attend(learned(start, trainer.last.params)).weights
    assert min(A[WHO, IS], A[IS, HOW]) > above


def test_the_example_of_lesson_9() -> None:
    assert softmax(3 / 2, 0, 0)[0] == pytest.approx(0.69, abs=0.005)
    assert softmax(9 / 2, 0, 0)[0] == pytest.approx(0.98, abs=0.005)


# 10. Second reason: another view


def _animate(s: Scenario) -> int:
    return s.features.index("animate")


def _row(seed: str, name: str) -> int:
    return start_of("10", seed).tokens.index(str(drawn("10", seed)[name]))


@for_each(SEEDS)
def test_no_query_and_no_key_reads_animate(seed: str) -> None:
    s = start_of("10", seed)
    assert not s.W_q[_animate(s)].any()
    assert not s.W_k[_animate(s)].any()
    assert [s.features[i] for i in np.flatnonzero(s.W_v)] == ["noun"]


@for_each(SEEDS)
def test_noun_and_subject_alone_are_animate(seed: str) -> None:
    s, noun, who = start_of("10", seed), _row(seed, "noun"), _row(seed, "who")
    assert {*np.flatnonzero(s.X[:, _animate(s)]).tolist()} == {noun, who}
    assert s.X[noun, _animate(s)] == 1
    assert s.X[who, _animate(s)] == drawn("10", seed)["alive"]
    assert np.flatnonzero(s.X[who]).tolist() == [_animate(s)]


@for_each(SEEDS)
def test_the_adjective_finds_its_noun(seed: str) -> None:
    t = attend(start_of("10", seed))
    adjective, noun, who = (_row(seed, name) for name in ("adjective", "noun", "who"))
    assert t.weights[adjective, noun] > 0.9
    assert t.V[who] == t.V[adjective] == 0
    assert not np.array_equal(t.X[who], t.X[adjective])


@for_each(SEEDS)
def test_animate_changes_nothing_until_w_v_reads_it(seed: str) -> None:
    toy = f"X[{drawn('10', seed)['noun']}, animate] = -1"
    for s, is_read in ((start_of("10", seed), False), (solution_of("10", seed), True)):
        before, after = attend(s), attend(with_moves(s, [toy]))
        assert np.array_equal(before.weights, after.weights)
        changed = abs(after.output - before.output)[_row(seed, "adjective"), 0]
        assert changed > 1.5 if is_read else changed == 0


@for_each(SEEDS)
def test_equal_words_have_equal_outputs(seed: str) -> None:
    t = attend(page("10", seed).predictions[1].scenario)
    noun = str(drawn("10", seed)["noun"])
    first, second = (i for i, token in enumerate(t.scenario.tokens) if token == noun)
    adjective = t.scenario.tokens.index(str(drawn("10", seed)["adjective"]))
    assert min(abs(adjective - second), abs(adjective - first)) == 1
    assert abs(adjective - second) == 1 < abs(adjective - first)
    assert t.output[first] == pytest.approx(t.output[second], abs=1e-12)
    assert page("10", seed).predictions[1].answer == 0


@for_each(SEEDS)
def test_only_animate_solves_lesson_10(seed: str) -> None:
    """Whatever the other rows of W_v are, without that one the subject's value stays 0."""
    start, end = start_of("10", seed), solution_of("10", seed)
    assert np.array_equal(attend(start).weights, attend(end).weights)
    other = np.array(end.W_v)
    other[_animate(end)] = 0
    assert not is_solved(page("10", seed).task, replace(end, W_v=other + start.W_v))
    assert (
        attend(replace(end, W_v=np.ones((5, 1)) * (np.arange(5) != _animate(end))[:, None])).V[
            _row(seed, "who")
        ]
        == 0
    )


def test_the_example_of_lesson_10() -> None:
    assert np.array([[1, 1], [0, 0.5]]) @ [0, 2] == pytest.approx([2, 1])


# 11. Masks and order


@for_each(SEEDS)
def test_under_a_causal_mask_the_first_row_is_1_0_0(seed: str) -> None:
    before, after = attend(start_of("11", seed)), attend(page("11", seed).predictions[0].scenario)
    assert after.weights[WHO].tolist() == [1, 0, 0]
    assert after.weights.sum(axis=1) == pytest.approx(1)
    assert after.weights[HOW] == pytest.approx(before.weights[HOW])
    assert 0.1 < before.weights[WHO, WHO] < 0.9


@for_each(SEEDS)
def test_attention_alone_cannot_tell_a_question(seed: str) -> None:
    asked = page("11", seed).predictions[1]
    assert {*asked.scenario.tokens} == {*start_of("11", seed).tokens}
    assert asked.scenario.tokens != start_of("11", seed).tokens
    assert asked.answer == pytest.approx(attend(start_of("11", seed)).weights[IS, WHO])


def _masked(seed: str) -> Scenario:
    return with_mask_kind(start_of("11", seed), "window", 1)


@for_each(SEEDS)
def test_a_masked_row_still_sums_to_1_and_the_others_grow(seed: str) -> None:
    before, after = attend(start_of("11", seed)).weights, attend(_masked(seed)).weights
    assert after[HOW, WHO] == after[WHO, HOW] == 0
    assert np.all(after[HOW, [IS, HOW]] > before[HOW, [IS, HOW]])
    assert after.sum(axis=1) == pytest.approx(1)


@for_each(SEEDS)
def test_the_window_tells_nothing_of_the_order(seed: str) -> None:
    assert compare_with_reversal(attend(_masked(seed))).largest < 1e-12


@for_each([(seed, kind) for seed in SEEDS for kind in ("none", "alibi")])
def test_what_only_measures_distance_does_not_do(seed: str, kind: str) -> None:
    s = with_positions(_masked(seed), kind)  # type: ignore[arg-type]
    assert not is_solved(page("11", seed).task, s)
    assert compare_with_reversal(attend(s)).largest < 1e-12


@for_each([(seed, kind) for seed in SEEDS for kind in ("sinusoidal", "learned", "rope")])
def test_every_other_kind_of_positions_does(seed: str, kind: str) -> None:
    s = with_positions(_masked(seed), kind)  # type: ignore[arg-type]
    assert is_solved(page("11", seed).task, s)


@for_each(SEEDS)
def test_a_causal_mask_blocks_one_way_only(seed: str) -> None:
    s = with_positions(with_mask_kind(start_of("11", seed), "causal"), "sinusoidal")
    assert not is_solved(page("11", seed).task, s)
    assert s.allowed[HOW, WHO]
    assert not s.allowed[WHO, HOW]
    for kind in ("none", "alibi"):  # it tells the order by itself
        assert compare_with_reversal(attend(with_positions(s, kind))).largest > 0.1, kind


# 12. Heads


def _uniform_rows(seed: str) -> Iterator[tuple[int, int]]:
    A = attend(start_of("12", seed)).weights
    for head, row in np.ndindex(2, 3):
        if np.allclose(A[head, row], 1 / 3):
            yield head, row


@for_each(SEEDS)
def test_in_each_head_one_row_is_missing(seed: str) -> None:
    places = ["1st", "2nd", "3rd"]
    numbers = draw(LESSONS["12"], seed)
    wanted = [(0, places.index(numbers["before"])), (1, places.index(numbers["itself"]))]
    assert list(_uniform_rows(seed)) == wanted
    s = start_of("12", seed)
    assert (s.d_model, s.h, s.d_k, s.d_v) == (8, 2, 4, 4)
    assert s.features[:3] == ("1st", "2nd", "3rd")
    assert np.array_equal(s.X[:, :3], np.eye(3))
    assert s.W_o is not None
    assert s.W_o.shape == (8, 8)


@for_each(SEEDS)
def test_each_head_sees_all_words(seed: str) -> None:
    for s in (start_of("12", seed), solution_of("12", seed)):
        A = attend(s).weights
        assert A.shape == (2, 3, 3)
        assert A.sum(axis=2) == pytest.approx(1)
        assert np.all(A > 0)


@for_each(SEEDS)
def test_each_box_of_the_solution_is_needed(seed: str) -> None:
    """Also the one that brings the similarity down."""
    task = page("12", seed).task
    moved = [tuple(at) for at in np.argwhere(task.start.W_q != task.solution.W_q)]
    assert len(moved) == 3
    for at in moved:
        W_q = np.array(task.solution.W_q)
        W_q[at] = task.start.W_q[at]
        assert not is_solved(task, replace(task.solution, W_q=W_q)), at
    alike = np.array(task.solution.W_q)
    alike[0, 0] = task.start.W_q[0, 0]
    assert head_similarity(attend(replace(task.solution, W_q=alike)))[0, 1] > 0.3
    assert head_similarity(attend(task.solution))[0, 1] < 0.3


@for_each(SEEDS)
def test_a_query_finds_a_place_whatever_word_is_there(seed: str) -> None:
    s = solution_of("12", seed)
    other = with_sentence(s, " ".join(reversed(s.tokens)))
    assert np.allclose(attend(s).weights, attend(other).weights)
