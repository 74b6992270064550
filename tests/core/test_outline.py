"""The outlined boxes are the ones whose numbers make the number that is asked about."""

import numpy as np
import pytest

from attn_core import attend
from attn_core.cells import Cell, size
from attn_core.equation import Equation, block, equation, headline
from attn_core.outline import outlined
from tests.core.test_cells import MASKED, PLAIN


def boxes(marked, is_asked):
    """Values of the outlined boxes, matrix by matrix as they are drawn."""
    return [
        b.values[o.rows.start : o.rows.stop, o.columns.start : o.columns.stop]
        for b in marked.blocks
        for o in b.outlines
        if o.is_asked == is_asked
    ]


@pytest.mark.parametrize("scenario", [PLAIN, MASKED], ids=["plain", "masked"])
@pytest.mark.parametrize("name", ["similarity", "Q", "K", "V", "raw_scores", "output"])
def test_a_product(scenario, name):
    trace = attend(scenario)
    rows, columns = size(scenario, name)
    for i in range(rows):
        for j in range(columns):
            marked = outlined(equation(trace, name), scenario, Cell(name, i, j))
            left, right = boxes(marked, is_asked=False)
            (asked,) = boxes(marked, is_asked=True)
            assert left.shape[0] == right.shape[1] == 1
            np.testing.assert_allclose(left @ right, asked)
            assert asked == getattr(trace, name)[i, j]


@pytest.mark.parametrize("scenario", [PLAIN, MASKED], ids=["plain", "masked"])
@pytest.mark.parametrize("draw", [headline, lambda trace: equation(trace, "weights")])
def test_a_weight(scenario, draw):
    trace = attend(scenario)
    marked = outlined(draw(trace), scenario, Cell("weights", 1, 2))
    (row,) = boxes(marked, is_asked=False)
    np.testing.assert_array_equal(row, trace.logits[1:2])
    assert boxes(marked, is_asked=True) == [trace.weights[1:2, 2:3]]


def test_only_the_number_where_what_made_it_is_elsewhere():
    trace = attend(PLAIN)
    marked = outlined(headline(trace), PLAIN, Cell("V", 2, 1))
    assert boxes(marked, is_asked=False) == []
    assert boxes(marked, is_asked=True) == [trace.V[2:, 1:2]]


def test_the_same_numbers_under_another_name():
    trace = attend(PLAIN)
    marked = outlined(equation(trace, "weights"), PLAIN, Cell("scores", 2, 1))
    assert boxes(marked, is_asked=True) == [trace.scores[2:, 1:2]]


def test_nothing_where_it_does_not_stand():
    trace = attend(PLAIN)
    alone = Equation((block(trace, "X"),))
    marked = outlined(alone, PLAIN, Cell("weights", 0, 0))
    assert boxes(marked, is_asked=True) == boxes(marked, is_asked=False) == []
