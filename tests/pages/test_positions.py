"""The page about positions: each kind has its step and paper, and the order its verdict."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend, edits
from attn_core.analysis.rope_distance import pair_at_all_positions
from attn_core.analysis.word_order import compare_with_reversal
from attn_core.explain.describe.position_sentences import describe_slopes
from attn_core.explain.papers import SCHEMES
from attn_core.permalink import encode
from attn_core.positions import KINDS
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text import escape
from tests.pages.test_pages import boxes, fine, scenario, slider, visit

PAGE = "4_Positions.py"
BITES = BY_KEY["word-order"].scenario

#: What each kind adds to the page, in the order of its pictures.
PICTURES = {
    "none": ["raw_scores", "weights"],
    "sinusoidal": ["X_pos", "raw_scores", "weights"],
    "learned": ["X_pos", "raw_scores", "weights"],
    "rope": ["rotated_Q", "rotated_K", "raw_scores", "weights"],
    "alibi": ["raw_scores", "biased_scores", "weights"],
}


def told(at):
    """All sentences of the page, without their escapes."""
    return "\n".join(m.value for m in at.markdown).replace("\\", "")


def choose(at, kind):
    at.button_group(key="positions").set_value(kind).run()
    return fine(at)


def press(at, key):
    return fine(at.button(key=key).click().run())


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_its_steps_and_its_paper(kind):
    at = choose(visit(PAGE, s=encode(BITES)), kind)
    s = edits.with_positions(BITES, kind)
    assert scenario(at) == s
    trace = attend(s)
    for i, name in enumerate(PICTURES[kind]):
        np.testing.assert_array_equal(boxes(at, i)[-1], getattr(trace, name))
    order = compare_with_reversal(trace)
    drawn = boxes(at, len(PICTURES[kind]))
    for matrix, values in zip(
        drawn, (order.reversed_weights, trace.weights, order.difference), strict=True
    ):
        np.testing.assert_array_equal(matrix, values)
    assert order.describe() in told(at)
    for line in SCHEMES[kind].formula:
        assert any(line in m.value for m in at.markdown)
    for paper in SCHEMES[kind].papers:
        assert f"[{escape.markdown(paper.cited)}]({paper.link})".replace("\\", "") in told(at)


def test_choosing_is_a_step_of_undo():
    at = choose(choose(visit(PAGE), "rope"), "alibi")
    (undo,) = (b for b in at.button if b.label == "Undo")
    fine(undo.click().run())
    assert scenario(at).positions == "rope"
    assert at.button_group(key="positions").value == "rope"


@pytest.mark.parametrize("kind", ["rope", "alibi"])
def test_with_two_sentences_distances_are_refused_and_nothing_is_lost(kind):
    s = edits.with_positions(edits.with_context(BITES, "a man saw the dog"), "learned")
    at = choose(visit(PAGE, s=encode(s)), kind)
    assert "with a second sentence" in at.error[0].value.replace("\\", "")
    assert scenario(at) == s
    assert at.button_group(key="positions").value == "learned"


def test_with_two_sentences_both_get_places():
    s = edits.with_positions(edits.with_context(BITES, "a man saw the dog"), "sinusoidal")
    at = fine(visit(PAGE, s=encode(s)))
    trace = attend(s)
    for i, name in enumerate(["X_pos", "Z_pos", "raw_scores", "weights"]):
        np.testing.assert_array_equal(boxes(at, i)[-1], getattr(trace, name))


def test_rope_needs_a_pair_of_columns():
    s = edits.with_size(BITES, d_k=1)
    at = choose(visit(PAGE, s=encode(s)), "rope")
    assert "expected d_k of at least 2" in at.error[0].value.replace("\\", "")
    assert scenario(at) == s


def test_an_odd_column_is_said_to_stay():
    s = edits.with_positions(edits.with_size(BITES, d_k=3), "rope")
    at = fine(visit(PAGE, s=encode(s)))
    assert "q₁ and q₂; q₃ has no partner and stays" in told(at)


def test_slope():
    at = choose(visit(PAGE, s=encode(BITES)), "alibi")
    assert at.slider(key="slope").value == 1 / 256
    assert at.button(key="authors-slopes").disabled
    assert describe_slopes(scenario(at)) in [caption.value for caption in at.main.caption]
    fine(at.slider(key="slope").set_value(0.25).run())
    assert scenario(at).slope == 0.25
    np.testing.assert_array_equal(boxes(at, 1)[1][0], [0, -0.25, -0.5])
    press(at, "authors-slopes")
    assert scenario(at) == edits.with_positions(BITES, "alibi")
    at.slider(key="slope").set_value(0.0).run()
    assert "must be 0.05 to 1 here" in at.error[0].value.replace("\\", "")
    assert at.slider(key="slope").value == 1 / 256


def test_a_slope_from_a_link_may_be_less_than_the_slider_offers():
    s = replace(edits.with_positions(BITES, "alibi"), slope=0.004)
    at = fine(visit(PAGE, s=encode(s)))
    assert at.slider(key="slope").value == 0.004
    fine(at.slider(key="slope").set_value(0.054).run())
    assert scenario(at).slope == 0.054


def test_heads_have_slopes_of_their_own():
    W = [BITES.W_q, BITES.W_q]
    s = replace(BITES, W_q=W, W_k=[BITES.W_k] * 2, W_v=[BITES.W_v] * 2)
    at = fine(visit(PAGE, s=encode(edits.with_positions(s, "alibi")), head="2"))
    np.testing.assert_array_equal(boxes(at, 1)[1][0], [0, -1 / 256, -2 / 256])


def test_the_learned_table_is_moved_and_filled():
    at = choose(visit(PAGE, s=encode(BITES)), "learned")
    slider(at, "P-1-2").set_value(-1.5).run()
    assert scenario(fine(at)).P[1, 2] == -1.5
    np.testing.assert_array_equal(boxes(at, 0)[1], scenario(at).P)
    press(at, "zeros-P")
    assert not scenario(at).P.any()
    assert "changes no weight" in told(at)
    press(at, "sinusoidal-P")
    assert scenario(at) == edits.with_positions(BITES, "learned")


def test_the_sentence_that_hangs_on_its_order_is_a_click_away():
    at = visit(PAGE)
    assert scenario(at) == DEFAULT.scenario
    press(at, "word-order")
    assert scenario(at) == BITES
    assert at.button(key="word-order").disabled
    assert "The order doesn't matter here" in told(at)


def test_the_sentence_is_opened_with_its_numbers_and_keeps_the_positions():
    """The same words, typed, have other numbers; the page goes on telling of RoPE."""
    typed = edits.with_sentence(edits.with_positions(DEFAULT.scenario, "rope"), "dog bites man")
    at = visit(PAGE, s=encode(typed))
    press(at, "word-order")
    assert scenario(at) == edits.with_positions(BITES, "rope")
    assert at.button(key="word-order").disabled
    assert "The order matters" in told(at)


def test_alibi_gets_its_causal_mask():
    at = choose(visit(PAGE, s=encode(BITES)), "alibi")
    assert "a sentence and its mirror image look alike" in told(at)
    press(at, "causal")
    assert scenario(at).mask is not None
    assert "The order matters" in told(at)
    assert not [b for b in at.button if b.key == "causal"]


def test_only_the_distance_counts():
    s = edits.with_positions(edits.with_sentence(BITES, "a man saw the dog"), "rope")
    at = fine(visit(PAGE, s=encode(s)))
    for query, key in ((4, 0), (1, 4)):
        at.selectbox(key="distance-query").set_value(query).run()
        at.selectbox(key="distance-key").set_value(key).run()
        table = pair_at_all_positions(attend(s), query, key)
        np.testing.assert_array_equal(boxes(fine(at), 5)[-1], table.scores)
        assert table.describe() in told(at)
    at.text_input(key="sentence").set_value("dog bites").run()
    assert at.selectbox(key="distance-query").value == 1
    assert scenario(fine(at)).n == 2


def test_hostile_words_are_literal():
    tokens = ("$x$", "[a](javascript:b)", "**b**")
    for kind in KINDS:
        s = edits.with_positions(replace(BITES, tokens=tokens), kind)
        at = fine(visit(PAGE, s=encode(s)))
        for sentence in at.markdown:
            assert "$x$" not in sentence.value
            assert "[a](" not in sentence.value
            assert "**b**" not in sentence.value
