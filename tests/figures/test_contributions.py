"""Bars of a sum as data: lengths, order, colours, texts; and what stays while they change."""

import json
from dataclasses import replace

import numpy as np
import pytest
from plotly.colors import hex_to_rgb, label_rgb, sample_colorscale, unlabel_rgb

from attn_core import Scenario, attend, edits, limits
from attn_core.explain.calculation import calculate
from attn_core.figures import Look, describe_contributions
from attn_core.figures.boxes.colours import PALETTES, SIGNED_RANGE
from attn_core.figures.boxes.text import text_width
from attn_core.figures.words.contribution_bars import contributions_alt
from attn_core.notation.cells import Cell
from tests.core.courses import COURSES, of_head
from tests.figures.test_description import array, plain
from tests.figures.test_equation import odd_scenario

SUMS = ("similarity", "Q", "K", "V", "raw_scores", "scores", "output")
TRACE = attend(odd_scenario())


def made(name, row=1, column=0, trace=TRACE):
    return calculate(trace, Cell(name, row, column))


def parts(name, **look):
    return describe_contributions(made(name), look=Look(**look)).figure().data


@pytest.mark.parametrize("name", SUMS)
def test_the_bars_are_the_products_and_their_sum(name):
    left, right = {
        "similarity": (TRACE.X[1], TRACE.X[0]),
        "Q": (TRACE.X[1], TRACE.W_q[:, 0]),
        "K": (TRACE.X[1], TRACE.W_k[:, 0]),
        "V": (TRACE.X[1], TRACE.W_v[:, 0]),
        "raw_scores": (TRACE.Q[1], TRACE.K[0]),
        "scores": (TRACE.Q[1], TRACE.K[0]),
        "output": (TRACE.weights[1], TRACE.V[:, 0]),
    }[name]
    bars = parts(name)[0]
    products = left * right
    np.testing.assert_allclose(bars.x[:-1], products[np.argsort(-np.abs(products), kind="stable")])
    assert bars.x[-1] == getattr(TRACE, name)[1, 0]
    assert list(bars.y) == sorted(bars.y)  # downwards, for the axis is turned round


#: Of each course the factors of the number in row 1, column 0 of its last head.
FACTORS = {
    ("sinusoidal", "Q"): lambda t: (t.X_pos[1], t.W_q[:, 0]),
    ("learned", "V"): lambda t: (t.X_pos[1], t.W_v[:, 0]),
    ("rope, odd", "raw_scores"): lambda t: (t.rotated_Q[1], t.rotated_K[0]),
    ("rope, even", "scores"): lambda t: (t.rotated_Q[1], t.rotated_K[0]),
    ("cross", "K"): lambda t: (t.Z[1], t.W_k[:, 0]),
    ("cross, learned", "K"): lambda t: (t.Z_pos[1], t.W_k[:, 0]),
    ("cross, short", "output"): lambda t: (t.weights[1], t.V[:, 0]),
    ("cross, short", "scores"): lambda t: (t.Q[1], t.K[0]),
    ("heads, cross", "output"): lambda t: (t.weights[-1, 1], t.V[-1, :, 0]),
    ("heads, alibi", "projected"): lambda t: (
        np.concatenate([head[1] for head in t.output]),
        t.W_o[:, 0],
    ),
    ("W_o alone", "projected"): lambda t: (t.output[1], t.W_o[:, 0]),
}


@pytest.mark.parametrize(("key", "name"), FACTORS)
def test_the_bars_of_every_course(key, name):
    trace, head = attend(COURSES[key]), COURSES[key].h - 1
    left, right = FACTORS[key, name](trace)
    calculation = calculate(trace, Cell(name, 1, 0), head)
    bars, labels, _ = describe_contributions(calculation).figure().data
    products = left * right
    np.testing.assert_allclose(bars.x[:-1], products[np.argsort(-np.abs(products), kind="stable")])
    assert bars.x[-1] == of_head(trace, name, head)[1, 0]
    assert len(set(labels.text)) == len(products) + 1


def test_each_bar_says_what_it_is():
    bars, labels, numbers = parts("scores")
    terms = made("scores").terms
    assert labels.text == (*(term.label for term in terms), "scores[dog, The]")
    for term, text in zip(terms, numbers.text, strict=False):
        assert text == term.written
        a, b = (factor.printed for factor in term.factors)
        assert text.replace("(", "").replace(")", "") == f"{a} × {b} = {term.product}"
    assert numbers.text[-1] == f"sum / √3 = {made('scores').result}"
    assert bars.hovertext[0] == f"{labels.text[0]}: {numbers.text[0]}"
    assert bars.hovertemplate == "%{hovertext}<extra></extra>"
    assert parts("Q")[2].text[-1] == f"sum = {made('Q').result}"


def test_words_are_escaped():
    s = TRACE.scenario
    odd = replace(s, features=("<b>", *s.features[1:]), tokens=("<b>", *s.tokens[1:]))
    described = describe_contributions(made("Q", row=0, trace=attend(odd)))
    assert "&lt;b&gt;" in described.numbers[1]["text"]
    written = json.dumps([described.traces, described.plain_numbers()])
    assert "<b>" not in written
    assert described.numbers[1]["text"][-1] == "Q[&lt;b&gt;, q₁]"


@pytest.mark.parametrize("theme", PALETTES)
def test_colours_are_those_of_the_boxes(theme):
    low, high = SIGNED_RANGE
    scale = [[at, label_rgb(hex_to_rgb(colour))] for at, colour in PALETTES[theme].signed]
    for name in SUMS:
        bars = parts(name, theme=theme)[0]
        for value, colour in zip(bars.x, bars.marker.color, strict=True):
            at = min(1.0, max(0.0, (value - low) / (high - low)))
            (expected,) = sample_colorscale(scale, [at])
            ours = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
            np.testing.assert_allclose(ours, unlabel_rgb(expected), atol=1)


def test_only_numbers_change_with_the_numbers():
    s = odd_scenario()
    before = describe_contributions(made("Q"))
    labels = set()
    for value in (0.0, -30.0, 30.0):
        moved = edits.with_cell(edits.with_cell(s, "X", 1, 2, value), "W_q", 2, 0, 29.0)
        after = describe_contributions(made("Q", trace=attend(moved)))
        assert after.base == before.base
        labels.add(after.numbers[1]["text"][0])
    assert len(labels) == 2  # where it is 0, another one leads
    assert describe_contributions(made("Q"), look=Look(theme="dark")).base != before.base
    assert describe_contributions(made("Q"), look=Look(340)).base != before.base
    assert describe_contributions(made("scores")).base != before.base


def test_a_browser_gets_the_same_as_plotly():
    described = describe_contributions(made("output"))
    figure = described.figure()
    for trace, expected in zip(plain(described), figure.data, strict=True):
        x = array(trace["x"]) if isinstance(trace["x"], dict) else trace["x"]
        np.testing.assert_array_equal(x, expected.x)
        assert trace["y"] == list(expected.y)
        assert trace.get("text") == (list(expected.text) if expected.text else None)


def test_the_bars_axis_follows_them_and_the_texts_axis_is_in_pixels():
    layout = describe_contributions(made("Q"), look=Look(500)).figure().layout
    assert layout.xaxis.range is None and layout.xaxis.visible
    assert layout.xaxis2.range == (0, 500) and layout.xaxis2.overlaying == "x"
    assert layout.yaxis.range == (layout.height, 0)
    bars = parts("Q", width=500)[0]
    assert max(bars.y) + bars.width / 2 < layout.height


def longest():
    """Numbers and words as long as the lab admits."""
    rng = np.random.default_rng(2)
    X, W_q, W_k, W_v = (
        rng.integers(-30_000, 30_001, shape) / 1000 for shape in ((12, 8), *[(8, 8)] * 3)
    )
    tokens = tuple("W" * 39 + letter for letter in "abcdefghijkl")
    features = tuple("f" * 23 + letter for letter in "abcdefgh")
    return attend(limits.validate(Scenario(tokens, X, W_q, W_k, W_v, features=features)))


@pytest.mark.parametrize("width", [340, 960, 1400])
@pytest.mark.parametrize("projector", [False, True])
@pytest.mark.parametrize("name", SUMS)
def test_nothing_is_cut_nor_covers_anything(name, width, projector):
    calculation = made(name, trace=longest())
    figure = describe_contributions(calculation, look=Look(width, "light", projector)).figure()
    _, labels, numbers = figure.data
    assert figure.layout.width <= width
    for label, text in zip(labels.text, numbers.text, strict=True):
        together = text_width(label, figure.layout.font.size) + text_width(
            text, numbers.textfont.size
        )
        assert together < figure.layout.width
        assert "…" not in text  # the numbers are all there
        assert len(label) >= 2
    for k in range(len(labels.y) - 1):
        assert labels.y[k + 1] - labels.y[k] > 2 * figure.layout.font.size


def test_what_is_no_sum():
    no_sums = [(TRACE, name) for name in ("X", "masked_scores", "logits", "weights")]
    no_sums += [(attend(COURSES["rope, odd"]), name) for name in ("rotated_Q", "rotary_angles")]
    no_sums += [(attend(COURSES["cross, learned"]), name) for name in ("X_pos", "P_context")]
    no_sums += [(attend(COURSES["heads"]), name) for name in ("concat_heads", "W_o")]
    for trace, name in no_sums:
        with pytest.raises(ValueError, match=f"Expected a sum of products; {name} isn't one"):
            describe_contributions(made(name, trace=trace))


def test_the_alt_tells_every_bar():
    told = contributions_alt(made("output"))
    _, labels, numbers = parts("output")
    assert told.startswith("output[dog, v₁], largest contribution first: ")
    at = [told.index(f": {text}") for text in numbers.text[:-1]]
    assert len(at) == len(labels.text) - 1
    assert told.endswith(f"; {numbers.text[-1]}.")
