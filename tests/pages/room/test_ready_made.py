"""Questions ready to be asked: what is right is what the trace has."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import attend, edits
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.notation.labels import number
from attn_core.presets import BY_KEY, PRESETS
from attn_core.tasks import LESSONS
from pages.ui.room import question, ready_made
from pages.ui.room.limits import CHOICES
from tests.pages.room.conftest import SIMILARITY

VIEWS = BY_KEY["four-views"].scenario
#: Every matrix that a preset has, with every setting that adds one.
SCENARIOS = (
    *(preset.scenario for preset in PRESETS),
    edits.with_context(SIMILARITY, "I am very happy now"),
    edits.with_mask_kind(SIMILARITY, "causal"),
    edits.with_positions(SIMILARITY, "rope"),
    edits.with_positions(SIMILARITY, "alibi"),
    edits.with_positions(SIMILARITY, "sinusoidal"),
    edits.with_sentence(SIMILARITY, "a b c d e f g h i j k l"),
    edits.with_sentence(SIMILARITY, "Je"),
)


def cells_of(s):
    for name, node in graph(s).items():
        rows, columns = node.shape
        for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, 0)}:
            yield Cell(name, row, column)


def value(s, cell, head):
    M = getattr(attend(s), cell.name)
    return (M[head] if M.ndim == 3 else M)[cell.row, cell.column]


@pytest.mark.parametrize("s", SCENARIOS, ids=range(len(SCENARIOS)))
def test_every_number_of_every_matrix_can_be_asked_for(s):
    asked = 0
    for cell in cells_of(s):
        made = ready_made.about_cell(s, cell, s.h - 1)
        held = value(s, cell, s.h - 1)
        if not np.isfinite(held) or cell.name == "attn_mask":
            assert made == ()
            continue
        *_, chosen, typed = made
        asked += len(made)
        assert typed.answer == held and typed.is_right(held + 0.04) and typed.options == ()
        assert chosen.options[int(chosen.answer)] == number(held)
        assert len(chosen.options) == len(set(chosen.options)) == 4
        assert cell.name in chosen.shows and cell.name in typed.shows
    assert asked > 40


@pytest.mark.parametrize("s", SCENARIOS, ids=range(len(SCENARIOS)))
def test_each_question_can_be_stored(s):
    for cell in cells_of(s):
        for asked in ready_made.about_cell(s, cell):
            assert question.read(asked.to_json()) == asked
            assert not asked.options or CHOICES[0] <= len(asked.options) <= CHOICES[1]


@given(st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=12, max_size=12))
def test_wrong_weights_could_be_weights(numbers):
    s = edits.with_matrix(SIMILARITY, "X", np.reshape(numbers, (3, 4)))
    *_, chosen, _ = ready_made.about_cell(s, Cell("weights", 2, 0))
    offered = [float(text) for text in chosen.options]
    assert offered == sorted(offered) and min(offered) >= 0 and max(offered) <= 1
    assert min(np.diff(offered)) > 0.03


def test_the_word_that_is_attended_to_most_is_by_hand():
    """The scores of suis are X·Xᵀ: 0.6 for Je, 1.36 for itself, 0.36 for heureux, then scaled."""
    first = ready_made.about_cell(SIMILARITY, Cell("weights", 1, 2))[0]
    assert first.text == "Which word does *suis* attend to most?"
    assert first.options == ("Je", "suis", "heureux") and first.answer == 1
    assert {"scores", "weights"} <= set(first.shows)


def test_of_many_words_five_are_offered_with_the_right_one():
    s = edits.with_sentence(SIMILARITY, "a b c d e f g h i j k l")
    s = edits.with_matrix(s, "X", np.arange(48).reshape(12, 4) / 20)
    first = ready_made.about_cell(s, Cell("weights", 11, 0))[0]
    assert first.options == ("h", "i", "j", "k", "l") and first.answer == 4


def test_a_tie_has_no_first():
    flat = edits.with_matrix(SIMILARITY, "W_q", np.zeros((4, 4)))
    made = ready_made.about_cell(flat, Cell("weights", 1, 0))
    assert [len(asked.options) for asked in made] == [4, 0]


def test_a_head_is_named_where_it_counts():
    texts = [asked.text for asked in ready_made.about_cell(VIEWS, Cell("weights", 1, 0), head=2)]
    assert len(texts) >= 2 and all("in head 3" in text for text in texts)
    other = ready_made.about_cell(VIEWS, Cell("X", 1, 0), head=2)
    assert len(other) == 2 and not any("head" in asked.text for asked in other)


def test_words_are_words_and_no_markdown():
    s = edits.with_sentence(SIMILARITY, "*a* [b](c) $x$")
    tokens = s.tokens
    for cell in Cell("weights", 0, 1), Cell("scores", 0, 1):
        for asked in ready_made.about_cell(s, cell):
            for token in tokens:
                assert "*" not in token or f"*{token}" not in asked.text.replace("\\", "|")
            assert "](c)" not in asked.text and not any("](c)" in each for each in asked.options)
            assert "$x$" not in asked.text + asked.why


@pytest.mark.parametrize("cell", [Cell("weights", 3, 0), Cell("Z", 0, 0), Cell("weights", 0, -1)])
def test_a_number_that_is_not_there_is_refused_in_words(cell):
    with pytest.raises(ValueError, match="There is no number"):
        ready_made.about_cell(SIMILARITY, cell)


def test_a_head_that_is_not_there_is_refused_in_words():
    with pytest.raises(ValueError, match="weights has no head 9"):
        ready_made.about_cell(VIEWS, Cell("weights", 0, 0), head=8)


@pytest.mark.parametrize("key", LESSONS)
def test_the_questions_of_every_lesson_can_be_asked(key):
    kinds = Counter()
    for seed in "", "k3f9":
        predictions = LESSONS[key].page(seed).predictions
        made = ready_made.of_lesson(key, seed)
        assert len(made) == len(predictions) >= 1
        for asked, predicted in zip(made, predictions, strict=True):
            kinds[bool(asked.options)] += 1
            assert question.read(asked.to_json()) == asked
            assert asked.is_right(predicted.answer) and predicted.right(asked.answer)
            assert asked.why == predicted.why and asked.shows == predicted.shows
    assert kinds
