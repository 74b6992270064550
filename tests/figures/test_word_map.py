"""Maps between words as data: numbers, labels, colours, what is outlined, sizes."""

import json

import numpy as np
import pytest

from attn_core.figures import Look, WordMap, describe_word_bars, describe_word_map
from attn_core.figures.boxes.colours import PALETTES
from attn_core.figures.boxes.look import DEFAULT_LOOK
from attn_core.figures.words.word_map import cosines, signed, signed_to, weights, weights_to

WORDS = ("[CLS]", "the₁", "cat", "<b>sat</b>", "the₂", "אב", "[SEP]")
VALUES = np.random.default_rng(2).dirichlet(np.ones(7), size=7)


def described(values=VALUES, rows=WORDS, columns=WORDS, colours=None, look=DEFAULT_LOOK, **more):
    shown = WordMap(rows, columns, values, **more)
    return describe_word_map(shown, colours or weights(2, "light"), look=look)


def test_the_numbers_are_those_that_were_given():
    d = described()
    np.testing.assert_array_equal(d.numbers[0]["z"], VALUES.astype(np.float32))
    (heatmap,) = d.figure().data
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)
    assert heatmap.x == heatmap.y
    assert heatmap.hovertemplate.startswith("query %{y}, key %{x}: %{z}<")
    assert heatmap.zhoverformat == ".2f"
    assert heatmap.text[0][0] == f"{VALUES[0, 0]:.2f}"
    json.dumps(d.plain_numbers())


def test_labels_are_harmless_and_whole():
    labels = described().traces[0]["x"]
    assert labels[3] == "&lt;b&gt;sat&lt;/b&gt;"
    assert labels[5] == "\u2068אב\u2069"
    assert len(set(labels)) == 7


def test_a_map_of_words_and_features():
    products = np.linspace(-1, 1, 3 * 11).reshape(3, 11)
    features = tuple(map(str, range(1, 12)))
    d = described(
        products,
        WORDS[:3],
        features,
        signed_to("q · k", 1.0, "dark"),
        marked=2,
        axes=("key", "feature"),
        look=Look(theme="dark"),
    )
    (heatmap,) = d.figure().data
    assert (heatmap.zmin, heatmap.zmax) == (-1, 1)
    assert [list(stop) for stop in heatmap.colorscale] == [
        list(stop) for stop in PALETTES["dark"].signed_even
    ]
    assert heatmap.hovertemplate.startswith("key %{y}, feature %{x}: ")
    assert d.numbers[0]["colorbar"]["title"]["text"] == "q · k (row = key, column = feature)"
    (outline,) = d.layout["shapes"]
    assert (outline["y0"], outline["y1"], outline["x1"]) == (1.5, 2.5, 10.5)
    assert d.layout["xaxis"]["range"] == [-0.5, 10.5]
    assert d.layout["yaxis"]["range"] == [2.5, -0.5]


@pytest.mark.parametrize("width", [350, 700, 1000])
@pytest.mark.parametrize(("down", "across"), [(7, 7), (13, 31), (97, 97), (5, 7)])
def test_it_fits_the_width(width, down, across):
    rows, columns = ([f"w{i}" for i in range(k)] for k in (down, across))
    d = described(np.zeros((down, across)), rows, columns, look=Look(width))
    room = d.layout["margin"]
    inner = [d.layout["width"] - room["l"] - room["r"], d.layout["height"] - room["t"] - room["b"]]
    assert d.layout["width"] <= width
    assert inner[1] <= 46 * 13 + 1
    if down == across:
        assert inner[0] == pytest.approx(inner[1], abs=1)
    else:
        assert inner[1] >= 1.4 * 13 * down - 1


def test_numbers_stand_where_they_have_room():
    assert "text" in described().numbers[0]
    assert "text" not in described(look=Look(250)).numbers[0]
    many = [f"w{i}" for i in range(97)]
    assert "text" not in described(np.zeros((97, 97)), many, many).numbers[0]


def test_a_sign_changes_nothing_but_itself():
    plus, minus = (described(sign * VALUES, colours=signed("score", "light")) for sign in (1, -1))
    assert plus.numbers[0]["textfont"] == minus.numbers[0]["textfont"]
    for row, same in zip(minus.numbers[0]["text"], plus.numbers[0]["text"], strict=True):
        assert row == [text if float(text) == 0 else f"−{text}" for text in same]


def test_a_low_row_is_not_hidden_by_its_outline():
    many = [f"w{i}" for i in range(97)]
    thin = described(np.zeros((97, 97)), many, many, marked=3).layout["shapes"][0]["line"]["width"]
    thick = described(marked=3).layout["shapes"][0]["line"]["width"]
    assert 0 < thin <= 1.1 < thick


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colourings(theme):
    palette = PALETTES[theme]
    assert (signed("score", theme).low, signed("score", theme).high) == (-30, 30)
    assert signed("score", theme).scale == palette.signed
    assert (cosines(theme).low, cosines(theme).high) == (-1, 1)
    assert (weights_to(0.3, 3, theme).high, weights(3, theme).high) == (0.3, 1)
    positions = [position for position, _ in palette.signed_even]
    assert positions == sorted(positions)
    assert (positions[0], positions[6], positions[-1]) == (0, 0.5, 1)
    assert [colour for _, colour in palette.signed_even] == [c for _, c in palette.signed]


def test_bars_of_two_kinds():
    d = describe_word_bars(WORDS, {"from": VALUES[2], "to <i>": VALUES[:, 2]}, 3, look=Look(700))
    first, second = d.figure().data
    np.testing.assert_array_equal(first.y, VALUES[2])
    np.testing.assert_array_equal(second.y, VALUES[:, 2])
    assert first.marker.color != second.marker.color
    assert second.name == "to &lt;i&gt;"
    assert d.layout["showlegend"]
    assert first.x == second.x == tuple(described().traces[0]["x"])


def test_bars_of_one_kind_need_no_legend():
    d = describe_word_bars(WORDS, {"weights": VALUES[2]}, 3)
    assert not d.layout.get("showlegend")
