"""Heads in an order, as data: which is where, what is written below it, and what a click hits."""

import numpy as np
import pytest

from attn_core.figures import Look, SortedHeads, describe_sorted_heads, rows_of
from attn_core.pretrained.interpret import order_heads

LAYERS, HEADS, SIDE = 3, 7, 5
rng = np.random.default_rng(2)
SMALL = rng.random((LAYERS, HEADS, SIDE, SIDE))
SCORES = rng.random((LAYERS, HEADS))
WORDS = tuple("abcde")
SHOWN = SortedHeads(SMALL, WORDS, SCORES, order_heads(SCORES))


@pytest.mark.parametrize("width", [200, 340, 960])
def test_each_head_is_in_its_place(width):
    look = Look(width)
    described = describe_sorted_heads(SHOWN, (1, 4), look=look)
    rows, z = rows_of(SHOWN, look), described.numbers[0]["z"]
    assert z.shape == rows.points
    names = [described.traces[0][axis] for axis in "yx"]
    assert tuple(map(len, names)) == z.shape
    assert all(len(set(each)) == len(each) for each in names)
    for rank, (layer, head) in enumerate(SHOWN.order):
        row, column = rows.corner(rank)
        found = z[row : row + SIDE, column : column + SIDE]
        np.testing.assert_array_equal(found, SMALL[layer, head].astype(np.float32))
        assert rows.head_at(row + SIDE - 1, column + SIDE - 1) == (layer, head)
        assert rows.head_at(row + SIDE + rows.below - 1, column) == (layer, head)
        label = described.layout["annotations"][rank]
        assert label["text"] == f"{layer + 1} · {head + 1}<br>{SCORES[layer, head]:.2f}"
        assert (label["x"], label["y"]) == (column + 2, row + SIDE - 0.5)
        assert names[0][row].endswith("query a")
    assert np.isnan(z).sum() == z.size - SMALL.size
    assert described.layout["width"] <= width


def test_gaps_are_no_head():
    rows = rows_of(SHOWN, Look(200))
    assert rows.head_at(0, SIDE) is None
    last = len(SHOWN.order) - 1
    row, column = rows.corner(last)
    assert column + SIDE < rows.points[1]  # the last row isn't full
    assert rows.head_at(row, column + SIDE + 1) is None


def test_the_chosen_head_is_outlined():
    described = describe_sorted_heads(SHOWN, SHOWN.order[8], look=Look(340))
    row, column = rows_of(SHOWN, Look(340)).corner(8)
    (shape,) = described.layout["shapes"]
    assert (shape["x0"], shape["y0"]) == (column - 1, row - 1)


def test_letters_have_room_below_each():
    look = Look(340)
    described, rows = describe_sorted_heads(SHOWN, (0, 0), look=look), rows_of(SHOWN, look)
    inner = described.layout["height"] - sum(described.layout["margin"][k] for k in "tb")
    pixels = inner / rows.points[0]
    assert rows.below * pixels > 2 * 1.2 * described.layout["annotations"][0]["font"]["size"]


def test_heads_without_a_score():
    none = np.full((LAYERS, HEADS), np.nan)
    described = describe_sorted_heads(SortedHeads(SMALL, WORDS, none, order_heads(none)), (0, 0))
    assert described.layout["annotations"][0]["text"] == "1 · 1<br>–"
