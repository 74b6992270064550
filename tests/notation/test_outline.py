"""The outlined boxes are the ones whose numbers make the number that is asked about."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend
from attn_core.notation.cells import Cell
from attn_core.notation.equation import Equation, block, equation, headline
from attn_core.notation.graph import graph
from attn_core.notation.outline import dependencies, highlight, outline_of
from tests.core.courses import COURSES, STEPS_TAKEN, made, of_head
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


def whole(trace):
    """All steps of one head in one equation, without what stands between Q, K and the scores."""
    names = ("X", "W_q", "Q", "W_k", "K", "W_v", "V", "scores", "weights", "output")
    return Equation(tuple(block(trace, name) for name in names))


def test_what_stands_for_a_matrix_that_is_not_drawn():
    """A score is a query times a key where QKᵀ isn't there; a weight goes back to the row."""
    for s in (PLAIN, replace(MASKED, temperature=0.7)):
        trace = attend(s)
        marked = highlight(whole(trace), s, Cell("scores", 2, 1))
        query, key = boxes(marked, is_target=False)
        np.testing.assert_allclose(query @ key.T / np.sqrt(s.d_k), trace.scores[2:3, 1:2])
        (row,) = boxes(highlight(whole(trace), s, Cell("weights", 2, 1)), is_target=False)
        np.testing.assert_array_equal(row, trace.scores[2:3])


def lit(trace, drawn):
    """Each box of a picture with the outlines that it lights up, by the index of the block."""
    found = dependencies(drawn, trace.scenario)
    blocks = [b for each in drawn for b in each.blocks]
    for k, (shown, own) in enumerate(zip(blocks, found, strict=True)):
        for i, j in np.ndindex(shown.values.shape):
            outlines = [(part.block, outline_of(part, i, j)) for part in own.parts]
            yield k, shown, i, j, sorted([(at, each) for at, each in outlines if each], key=str)


def highlighted(trace, drawn, shown, i, j):
    """The same by `highlight`; heads side by side have one name, and none is what is pointed at."""
    row, column = (j, i) if shown.transposed else (i, j)
    marked = [highlight(each, trace.scenario, Cell(shown.step.name, row, column)) for each in drawn]
    blocks = enumerate(b for each in marked for b in each.blocks)
    marks = [(k, b.title, outline) for k, b in blocks for outline in b.outlines]
    return sorted([(k, o) for k, title, o in marks if not (title and o.is_target)], key=str)


@pytest.mark.parametrize("key", COURSES)
def test_what_lights_up_is_what_is_highlighted(key):
    s = COURSES[key]
    trace, wrong, count = attend(s), [], 0
    steps = [equation(trace, name, s.h - 1) for k, name in STEPS_TAKEN if k == key]
    for drawn in (*([each] for each in steps), [headline(trace)], steps[-2:]):
        for k, shown, i, j, outlines in lit(trace, drawn):
            count += 1
            if not shown.title and outlines != highlighted(trace, drawn, shown, i, j):
                wrong.append((k, shown.symbol, i, j, outlines))
    assert count > 400
    assert not wrong, wrong[:3]


def test_of_heads_side_by_side_the_one_that_is_pointed_at_lights_up():
    s = made(h=3, W_o=True, d_k=2)
    trace = attend(s)
    drawn = [equation(trace, "concat_heads"), equation(trace, "projected")]
    seen = {(k, i, j): outlines for k, _, i, j, outlines in lit(trace, drawn)}
    assert [k for k, _ in seen[1, 4, 1]] == [1]
    assert [k for k, _ in seen[3, 4, 2]] == [1, 3, 4]  # head 2 of 3, and where it is used
