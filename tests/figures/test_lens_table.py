"""The likeliest tokens after each layer as data: numbers, texts, what a narrow page leaves out."""

import json

import numpy as np

from attn_core.figures import Look, describe_lens_table
from attn_core.figures.boxes.colours import PALETTES
from attn_core.figures.boxes.text import text_width

STAGES = ("start", "after 1", "after 2")
TOKENS = (
    ("␣mat", "<b>", "אב", "␣understanding", "a"),
    ("b", "␣c", "d", "e", "f"),
    ("g", "h", "i", "j", "k"),
)
SHARES = np.sort(np.random.default_rng(29).dirichlet(np.ones(7), size=3))[:, :-6:-1]


def described(**look):
    return describe_lens_table(STAGES, TOKENS, SHARES, look=Look(**look))


def test_each_box_has_a_token_and_its_probability():
    d = described()
    (heatmap,) = d.figure().data
    np.testing.assert_array_equal(np.array(heatmap.z), SHARES)
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)
    assert heatmap.text[0][0] == f"␣mat {SHARES[0, 0]:.2f}"
    assert heatmap.text[0][1].startswith("&lt;b&gt; ")
    assert heatmap.hovertext[1][4] == f"f {SHARES[1, 4]:.3f}"
    assert heatmap.x == ("likeliest", "2nd", "3rd", "4th", "5th")
    assert heatmap.y == STAGES
    json.dumps(d.plain_numbers())


def test_long_tokens_are_cut_and_told_whole():
    d = described()
    text, told = (d.numbers[0][name][0][3] for name in ("text", "hovertext"))
    assert "…" in text
    assert text_width(text, 13) < (d.layout["width"] - d.layout["margin"]["l"]) / 5
    assert told.startswith("␣understanding ")


def test_a_phone_has_room_for_fewer():
    narrow = described(width=350)
    assert narrow.layout["width"] <= 350
    assert 1 < narrow.numbers[0]["z"].shape[1] < 5
    assert len(narrow.numbers[0]["text"][0]) == narrow.numbers[0]["z"].shape[1]


def test_colours_are_those_of_the_theme():
    assert described(theme="dark").traces[0]["colorscale"] == PALETTES["dark"].weight
