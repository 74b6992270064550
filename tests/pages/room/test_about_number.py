"""What a room is asked of a number on the screen: what is right is what NumPy says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.notation.labels import number
from attn_core.presets import BY_KEY, PRESETS
from attn_core.tasks import LESSONS
from pages.ui.room.rules import question
from pages.ui.room.rules.about_number import about, to_choose

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
    assert asked.text == r"What is the score of *\*a\** for *1* in head 1?"


#: Every matrix that a scenario can have.
SCENARIOS = (
    *(preset.scenario for preset in PRESETS),
    edits.with_context(START, "I am very happy now"),
    edits.with_mask_kind(START, "causal"),
    edits.with_positions(START, "rope"),
    edits.with_positions(START, "alibi"),
    edits.with_positions(START, "sinusoidal"),
    edits.with_sentence(START, "Je"),
    many(),
)


def cells_of(s):
    for name, node in graph(s).items():
        rows, columns = node.shape
        for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, 0), (0, columns - 1)}:
            yield Cell(name, row, column)


@pytest.mark.parametrize("s", SCENARIOS, ids=range(len(SCENARIOS)))
def test_every_computed_number_can_be_asked_for_and_chosen(s):
    head, chosen, trace = s.h - 1, 0, attend(s)
    for cell in cells_of(s):
        M, found = getattr(trace, cell.name), to_choose(s, head, cell)
        held = (M if M.ndim == 2 else M[head])[cell.row, cell.column]
        if graph(s)[cell.name].step.operation == "input" or not np.isfinite(held):
            assert about(s, head, cell) == () and found is None
            continue
        chosen += 1
        assert about(s, head, cell)[0].answer == pytest.approx(held, abs=1e-12)
        assert found.options[int(found.answer)] == number(held)
        assert len(set(found.options)) == len(found.options) == 4
        assert cell.name in found.shows
        for asked in (*about(s, head, cell), found):
            assert question.read(asked.to_json()) == asked
    assert chosen >= 8


@given(st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=12, max_size=12))
def test_wrong_weights_could_be_weights(numbers):
    s = edits.with_matrix(START, "X", np.reshape(numbers, (3, 4)))
    offered = [float(text) for text in to_choose(s, 0, Cell("weights", 2, 0)).options]
    assert offered == sorted(offered) and min(offered) >= 0 and max(offered) <= 1
    assert min(np.diff(offered)) > 0.035  # 0.05 of what isn't rounded


def test_a_forgotten_step_is_among_the_choices():
    raw, scaled = ((START.X @ START.X.T)[1, 0] / by for by in (1, 2))
    found = to_choose(START, 0, Cell("scores", 1, 0))
    assert found.options[int(found.answer)] == number(scaled)
    assert number(raw) in found.options


def test_a_head_is_named_where_it_counts():
    views = BY_KEY["four-views"].scenario
    texts = [asked.text for asked in about(views, 2, Cell("weights", 1, 0))]
    assert texts and all(text.endswith("in head 3?") for text in texts)
    assert "head 3" not in about(views, 2, Cell("concat_heads", 1, 0))[0].text


@pytest.mark.parametrize("key", LESSONS)
def test_what_a_lesson_asks_can_be_asked_in_a_room(key):
    predictions = [p for seed in ("", "k3f9") for p in LESSONS[key].page(seed).predictions]
    assert predictions
    for predicted in predictions:
        asked = question.from_prediction(predicted)
        assert question.read(asked.to_json()) == asked
        assert asked.is_right(predicted.answer) and predicted.right(asked.answer)
