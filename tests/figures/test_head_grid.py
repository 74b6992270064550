"""All heads at a glance: which number is where, and which head a point is of."""

import numpy as np
import pytest

from attn_core.figures import Look, describe_head_grid
from attn_core.figures.words.thumbnails import Grid, grid_for, thumbnail_side

LAYERS, HEADS, SIDE = 3, 7, 5
SMALL = np.random.default_rng(1).random((LAYERS, HEADS, SIDE, SIDE)).astype(np.float32)
WORDS = ("[CLS]", "a", "<b>", "a₂", "[SEP]")
WIDTHS = [150, 350, 1000]


def z_of(width):
    return describe_head_grid(SMALL, WORDS, (1, 2), look=Look(width)).numbers[0]["z"]


@pytest.mark.parametrize("width", WIDTHS)
def test_each_point_shows_a_weight_of_the_head_that_a_click_chooses(width):
    z, grid = z_of(width), grid_for(LAYERS, HEADS, width)
    shown = {}
    for (row, column), value in np.ndenumerate(z):
        head = grid.head_at(row, column, SIDE)
        assert (head is None) == np.isnan(value)
        if head:
            shown.setdefault(head, []).append(value)
    assert sorted(shown) == [(i, j) for i in range(LAYERS) for j in range(HEADS)]
    for (i, j), values in shown.items():
        np.testing.assert_array_equal(values, SMALL[i, j].ravel())


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_the_width(width):
    layout = describe_head_grid(SMALL, WORDS, (0, 0), look=Look(width)).layout
    assert layout["width"] <= width


def test_heads_take_several_rows_where_it_is_narrow():
    assert [grid_for(6, 12, width).across for width in (1000, 350, 100, 10)] == [12, 6, 2, 1]
    assert Grid(6, 12, across=6).down == 12


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (10**6, 0), (0, 10**6), (10**6, 10**6)])
def test_a_click_beside_all_heads_chooses_none(place):
    assert Grid(LAYERS, HEADS, 4).head_at(*place, SIDE) is None


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("chosen", [(0, 0), (2, 6), (1, 4)])
def test_the_chosen_head_is_outlined(width, chosen):
    described = describe_head_grid(SMALL, WORDS, chosen, look=Look(width))
    (outline,) = described.layout["shapes"]
    grid = grid_for(LAYERS, HEADS, width)
    row, column = ((outline[f"{a}0"] + outline[f"{a}1"]) / 2 for a in "yx")
    assert grid.head_at(round(row), round(column), SIDE) == chosen
    assert outline["x1"] - outline["x0"] == SIDE + 1
    for a in "xy":  # it isn't cut at the edge
        low, high = sorted(described.layout[f"{a}axis"]["range"])
        assert low < outline[f"{a}0"] and outline[f"{a}1"] < high


def test_labels_stand_at_the_middles():
    layout = describe_head_grid(SMALL, WORDS, (0, 0), look=Look(1000)).layout
    assert layout["yaxis"]["ticktext"] == ["layer 1", "layer 2", "layer 3"]
    assert layout["yaxis"]["tickvals"] == [2, 8, 14]
    assert layout["xaxis"]["ticktext"] == ["head 1", *"234567"]
    assert layout["xaxis"]["tickvals"] == [2, 8, 14, 20, 26, 32, 38]
    high, low = layout["yaxis"]["range"]
    assert (low + high) / 2 == 8
    assert not describe_head_grid(SMALL, WORDS, (0, 0), look=Look(150)).layout["xaxis"]["visible"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pointer_tells_head_query_and_key(width):
    described = describe_head_grid(SMALL, WORDS, (0, 0), look=Look(width))
    (heatmap,) = described.figure().data
    z, grid = described.numbers[0]["z"], grid_for(LAYERS, HEADS, width)
    assert (len(heatmap.y), len(heatmap.x)) == z.shape
    assert len(set(heatmap.x)) == z.shape[1]
    assert len(set(heatmap.y)) == z.shape[0]
    top, left = (k * (SIDE + 1) for k in grid.place(1, 4))
    row, column = heatmap.y[top + 3], heatmap.x[left + 2]
    if width == 1000:
        assert (row, column) == ("layer 2, query a₂", "head 5, key &lt;b&gt;")
    elif width == 150:  # three side by side
        assert (row, column) == ("layer 2, heads 4 to 6, query a₂", "no. 2 of them, key &lt;b&gt;")
    assert SMALL[1, 4, 3, 2] == z[top + 3, left + 2]


def test_rows_of_a_layer_say_their_heads():
    described = describe_head_grid(SMALL, WORDS, (0, 0), look=Look(150))
    labels = described.layout["yaxis"]["ticktext"]
    assert labels[:3] == ["layer 1<br>1 – 3", "<br>4 – 6", "<br>7 – 7"]
    assert len(labels) == len(described.layout["yaxis"]["tickvals"]) == 9


def test_colours_run_from_0_to_1():
    (heatmap,) = describe_head_grid(SMALL, WORDS, (0, 0)).figure().data
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)


@pytest.mark.parametrize(("layers", "heads"), [(6, 12), (12, 12), (24, 16), (1, 1), (96, 128)])
@pytest.mark.parametrize("width", [350, 1000])
def test_so_many_points_can_be_sent(layers, heads, width):
    side = thumbnail_side(layers, heads, width)
    assert side >= 2
    assert layers * heads * (side + 1) ** 2 <= 125_000
