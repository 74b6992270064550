"""The outlined boxes are the ones whose numbers make the number that is asked about."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend
from attn_core.notation.cells import Cell
from attn_core.notation.equation import Equation, block, equation, headline
from attn_core.notation.graph import graph
from attn_core.notation.outline import highlight
from tests.core.courses import COURSES, STEPS_TAKEN, of_head
from tests.notation.test_graph import MASKED, PLAIN, PRODUCTS


def boxes(marked, is_target):
    """Values of the outlined boxes, matrix by matrix as they are drawn."""
    return [
        b.values[o.rows.start : o.rows.stop, o.columns.start : o.columns.stop]
        for b in marked.blocks
        for o in b.outlines
        if o.is_target == is_target
    ]


def marks(key, name, i, j):
    """What is outlined in a step's own equation of the last head: parts, and the number."""
    s = COURSES[key]
    shown = equation(attend(s), name, s.h - 1)
    marked = highlight(shown, s, Cell(name, i, j))
    return boxes(marked, is_target=False), boxes(marked, is_target=True)


def taken(*names):
    return pytest.mark.parametrize(
        ("key", "name"), [each for each in STEPS_TAKEN if each[1] in names]
    )


@taken(*PRODUCTS)
def test_a_product(key, name):
    s = COURSES[key]
    made = of_head(attend(s), name, s.h - 1)
    rows, columns = graph(s)[name].shape
    for i in range(rows):
        for j in range(columns):
            (left, right), (asked,) = marks(key, name, i, j)
            assert left.shape[0] == right.shape[1] == 1
            np.testing.assert_allclose(left @ right, asked)
            assert asked == made[i, j]


@taken("X_pos", "Z_pos", "biased_scores", "masked_scores")
def test_a_sum(key, name):
    (left, right), asked = marks(key, name, 1, 2)
    # Without a mask the scores are the same numbers by another name.
    unmasked = name == "masked_scores" and COURSES[key].mask is None
    assert asked == [asked[-1]] * (2 if unmasked else 1)
    assert left.shape == right.shape == (1, 1)
    np.testing.assert_allclose(left + right, asked[-1])


@taken("rotated_Q", "rotated_K")
def test_a_turned_pair(key, name):
    d_k = COURSES[key].d_k
    for c in range(d_k):
        parts, (asked,) = marks(key, name, 2, c)
        if c == d_k - 1 and d_k % 2:
            assert parts == [asked]
            continue
        (pair,), ((angle,),) = parts
        turned = complex(*pair) * np.exp(1j * angle)
        np.testing.assert_allclose(turned.imag if c % 2 else turned.real, asked[0, 0])


@taken("concat_heads")
def test_the_heads_side_by_side(key, name):
    """Of the outputs of all heads, one is outlined: that which was copied."""
    s, trace = COURSES[key], attend(COURSES[key])
    for c in range(s.h * s.d_v):
        marked = highlight(equation(trace, name), s, Cell(name, 1, c))
        outlined_in = [k for k, b in enumerate(marked.blocks) if b.outlines]
        assert outlined_in == [c // s.d_v, s.h]  # its head's output, and the result
        assert boxes(marked, is_target=False) == boxes(marked, is_target=True)


def test_a_head_that_is_not_in_the_picture():
    """The output of some other head isn't what was copied."""
    s, trace = COURSES["heads, rope"], attend(COURSES["heads, rope"])
    shown = Equation((block(trace, "output", head=0), "=", block(trace, "concat_heads")))
    assert boxes(highlight(shown, s, Cell("concat_heads", 0, 3)), is_target=False) == []


@pytest.mark.parametrize("scenario", [PLAIN, MASKED], ids=["plain", "masked"])
@pytest.mark.parametrize("draw", [headline, lambda trace: equation(trace, "weights")])
def test_a_weight(scenario, draw):
    trace = attend(scenario)
    marked = highlight(draw(trace), scenario, Cell("weights", 1, 2))
    (row,) = boxes(marked, is_target=False)
    np.testing.assert_array_equal(row, trace.logits[1:2])
    assert boxes(marked, is_target=True) == [trace.weights[1:2, 2:3]]


@pytest.mark.parametrize("key", COURSES)
@pytest.mark.parametrize("draw", [headline, lambda trace, head: equation(trace, "weights", head)])
def test_every_weight(key, draw):
    s, trace = COURSES[key], attend(COURSES[key])
    head = s.h - 1
    marked = highlight(draw(trace, head), s, Cell("weights", 1, 2))
    (row,) = boxes(marked, is_target=False)
    e = np.exp(row)
    np.testing.assert_allclose(e / e.sum(), of_head(trace, "weights", head)[1:2])
    assert boxes(marked, is_target=True) == [of_head(trace, "weights", head)[1:2, 2:3]]


def test_only_the_number_where_what_made_it_is_elsewhere():
    trace = attend(PLAIN)
    marked = highlight(headline(trace), PLAIN, Cell("V", 2, 1))
    assert boxes(marked, is_target=False) == []
    assert boxes(marked, is_target=True) == [trace.V[2:, 1:2]]


def test_the_same_numbers_under_another_name():
    trace = attend(PLAIN)
    marked = highlight(equation(trace, "weights"), PLAIN, Cell("scores", 2, 1))
    assert boxes(marked, is_target=True) == [trace.scores[2:, 1:2]]


def test_only_scores_that_are_not_divided_are_the_raw_ones():
    for s in (PLAIN, replace(PLAIN, scale=False)):
        trace = attend(s)
        marked = highlight(equation(trace, "raw_scores"), s, Cell("scores", 2, 1))
        expected = [] if s.scale else [trace.scores[2:, 1:2]]
        assert boxes(marked, is_target=True) == expected


def test_nothing_where_it_does_not_stand():
    trace = attend(PLAIN)
    alone = Equation((block(trace, "X"),))
    marked = highlight(alone, PLAIN, Cell("weights", 0, 0))
    assert boxes(marked, is_target=True) == boxes(marked, is_target=False) == []
