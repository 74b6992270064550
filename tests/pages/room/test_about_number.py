"""What a room is asked of a number on the screen: what is right is what NumPy says."""

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.notation.cells import Cell
from attn_core.presets import BY_KEY
from pages.ui.room.about_number import about

START = BY_KEY["similarity"].scenario
RNG = np.random.default_rng(5)


def many(n=7, d=3):
    """A sentence of seven words with random numbers, among them one that is Markdown."""
    tokens = ("*a*", *map(str, range(1, n)))
    X, W = RNG.normal(size=(n, d)), RNG.normal(size=(3, 2, d, d))
    return Scenario(tokens, X, *W)


def softmax(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum()


def test_the_answer_about_a_weight_is_its_softmax():
    s = START
    scores = (s.X @ s.W_q)[1] @ (s.X @ s.W_k).T / np.sqrt(s.W_q.shape[-1])
    number, most = about(s, 0, Cell("weights", 1, 0))
    assert number.answer == pytest.approx(softmax(scores)[0], abs=1e-12)
    assert number.text == "What is the weight of *suis* for *Je*?"
    assert number.shows == ("weights",)
    assert most.text == "Which word does *suis* attend to most?"
    assert most.options[int(most.answer)] == "*suis*"
    assert most.answer == softmax(scores).argmax()
    assert "0.31 to *Je*" in most.why


def test_the_head_that_is_looked_at_is_asked_about():
    s = many()
    answers = [about(s, head, Cell("Q", 4, 2))[0].answer for head in (0, 1)]
    assert answers == pytest.approx([(s.X @ s.W_q[head])[4, 2] for head in (0, 1)])


def test_of_many_words_the_five_with_the_largest_weights_are_offered():
    s = many()
    weights = attend(s).head(1).weights[3]
    _, most = about(s, 1, Cell("weights", 3, 0))
    expected = sorted(np.argsort(-weights)[:5])
    assert [option[1:-1].replace("\\", "") for option in most.options] == [
        s.tokens[i] for i in expected
    ]
    assert expected[int(most.answer)] == weights.argmax()


def test_words_that_are_as_good_are_no_question():
    uniform = Scenario(START.tokens, np.zeros_like(START.X), START.W_q, START.W_k, START.W_v)
    (number,) = about(uniform, 0, Cell("weights", 1, 0))
    assert number.answer == pytest.approx(1 / 3)


@pytest.mark.parametrize(("answer", "is_right"), [(60.1, True), (64.0, False), (57.2, True)])
def test_large_numbers_may_be_off_by_a_part_of_them(answer, is_right):
    s = Scenario(("a", "b"), [[20.0], [1.0]], [[3.0]], [[1.0]], [[1.0]])
    (asked,) = about(s, 0, Cell("Q", 0, 0))
    assert asked.answer == 60
    assert asked.is_right(answer) is is_right


@pytest.mark.parametrize("cell", [Cell("X", 0, 0), Cell("W_q", 1, 1), Cell("weights", 9, 0)])
def test_an_input_and_a_number_that_is_gone_are_no_question(cell):
    assert about(START, 0, cell) == ()


def test_words_are_text():
    asked = about(many(), 0, Cell("scores", 0, 1))[0]
    assert asked.text == r"What is the score of *\*a\** for *1*?"
