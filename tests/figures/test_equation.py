"""Figures as data: numbers, labels, ranges, hover and alt, at every width."""

import re
from dataclasses import replace

import numpy as np
import plotly.io as pio
import pytest

from attn_core import attend, edits
from attn_core.analysis.compare import compare
from attn_core.analysis.word_order import compare_with_reversal
from attn_core.edits.heads import added
from attn_core.figures import Look, describe_dot_product_pairs, draw
from attn_core.figures.boxes.layout import arrange
from attn_core.figures.boxes.look import DESK, PROJECTOR
from attn_core.figures.boxes.text import shorten, text_width
from attn_core.masks import causal
from attn_core.notation.cells import Cell
from attn_core.notation.equation import Equation, equation, formula, headline, shape_mismatch
from attn_core.notation.graph import graph
from attn_core.notation.labels import unique
from attn_core.notation.outline import highlight
from attn_core.notation.steps import STEPS, step
from attn_core.presets import BY_KEY, DEFAULT
from tests.core.courses import COURSES, STEPS_TAKEN, of_head


def odd_scenario(**changes):
    """n, d_model, d_k, d_v are distinct primes."""
    s = edits.with_sentence(DEFAULT.scenario, "The dog saw the <b>")
    s = edits.with_size(s, d_model=7, d_k=3, d_v=2)
    for i, name in enumerate(("X", *edits.PROJECTIONS)):
        s = edits.with_matrix(s, name, edits.random(s, name, seed=i))
    return replace(s, mask=causal(s.n), temperature=0.5, **changes)


TRACE = attend(odd_scenario())


def drawn(scenario):
    """All steps of a scenario that are made of something."""
    return [name for name in graph(scenario) if step(name) in STEPS]


DRAWN = drawn(TRACE.scenario)


def heatmaps(figure):
    return list(figure.select_traces({"type": "heatmap"}))


def texts(figure):
    written = [text for trace in figure.select_traces({"type": "scatter"}) for text in trace.text]
    return written + [annotation.text for annotation in figure.layout.annotations]


@pytest.mark.parametrize("name", DRAWN)
def test_boxes_hold_the_numbers_of_the_trace(name):
    figure = draw(equation(TRACE, name))
    result = heatmaps(figure)[-1]
    expected = getattr(TRACE, name)
    np.testing.assert_array_equal(result.z, np.where(np.isneginf(expected), np.nan, expected))


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, name in STEPS_TAKEN if step(name) in STEPS]
)
def test_every_course_is_drawn(key, name):
    s = COURSES[key]
    trace, head = attend(s), s.h - 1
    figure = draw(equation(trace, name, head))
    *parts, result = heatmaps(figure)
    expected = of_head(trace, name, head)
    np.testing.assert_array_equal(result.z, np.where(np.isneginf(expected), np.nan, expected))
    # What is multiplied fits: d_model, d_k, d_v, n and n_k are different.
    if "·" in step(name).right_side:
        left, right = (np.array(part.z) for part in parts)
        np.testing.assert_allclose(left @ right, expected)
    elif "+" in step(name).right_side:
        left, right = (np.nan_to_num(part.z, nan=-np.inf) for part in parts)
        np.testing.assert_allclose(left + right, expected)


def test_the_whole_of_attention():
    boxes = heatmaps(draw(headline(TRACE)))
    assert [box.name for box in boxes] == ["logits", "weights", "V", "output"]
    np.testing.assert_array_equal(boxes[1].z, TRACE.weights)
    plain = attend(DEFAULT.scenario)
    assert heatmaps(draw(headline(plain)))[0].name == "scores"
    np.testing.assert_array_equal(heatmaps(draw(headline(plain)))[0].z, plain.scores)


def test_a_transposed_matrix_stands_transposed():
    box = heatmaps(draw(equation(TRACE, "raw_scores")))[1]
    assert box.name == "Kᵀ"
    np.testing.assert_array_equal(box.z, TRACE.K.T)
    assert box.hovertext[2][0] == "The · k₃"


def test_hover_names_query_and_key():
    box = heatmaps(draw(equation(TRACE, "weights")))[-1]
    assert box.hovertext[1][0] == "query dog, key The"
    assert pio.to_json(draw(equation(TRACE, "weights"))).count("%{hovertext}: %{z}") == 1


def written(figure):
    return [text for box in heatmaps(figure) for row in box.text or () for text in row]


@pytest.mark.parametrize("width", [320, 700, 1600])
def test_a_sign_changes_nothing_but_itself(width):
    """One size of digits in a matrix, and as many decimals, whatever turns negative."""
    W = np.array([[0.25, -1.5, 0.75], [-0.125, 2.0, -2.75]])
    W = np.vstack([W, W, W, W])[:7]
    plus, minus = (
        heatmaps(
            draw(
                equation(attend(edits.with_matrix(odd_scenario(), "W_q", V)), "Q"), look=Look(width)
            )
        )[1]
        for V in (abs(W), W)
    )
    assert plus.textfont == minus.textfont
    assert plus.texttemplate == minus.texttemplate == "%{text}"
    for a, b, value in zip(np.ravel(plus.text), np.ravel(minus.text), W.ravel(), strict=True):
        assert b == ("−" if value < 0 else "") + a
        assert abs(float(a) - abs(value)) <= 0.05


def test_every_minus_is_one():
    """Neither in boxes nor for the pointer there is a hyphen for a minus."""
    negative = edits.with_matrix(odd_scenario(), "W_q", np.full((7, 3), -1.125))
    for name in ("Q", "scores", "masked_scores"):
        figure = draw(equation(attend(negative), name))
        texts_of_boxes = written(figure)
        assert any(text.startswith("−") for text in texts_of_boxes)
        assert not any("-" in text for text in texts_of_boxes)
        # Of a number that Plotly writes in its own format it makes the sign a hyphen; of its
        # labels, as `zhoverformat` has them, a minus.
        assert not re.search(r"%\{[xyz]:", pio.to_json(figure))


def test_words_and_shapes_are_written():
    s = TRACE.scenario
    written = texts(draw(equation(TRACE, "Q")))
    assert f"<b>X</b>  {s.n}×7" in written
    assert "<b>W<sub>q</sub></b>  7×3" in written
    assert {"q₁", "q₂", "q₃", "dog", *s.features} <= set(written)
    assert "&lt;" in written
    assert "<" not in written


def test_blocked_boxes_are_empty_and_say_so():
    figure = draw(equation(TRACE, "masked_scores"))
    n = TRACE.scenario.n
    blocked = n * (n - 1) // 2
    assert texts(figure).count("−∞") == 2 * blocked  # in M and in the result
    assert heatmaps(figure)[-1].hovertext[0][1] == "query The, key dog: −∞"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_one_number_has_one_colour(theme):
    """Ranges are fixed, whatever the numbers are."""
    small = draw(equation(attend(DEFAULT.scenario), "weights"), look=Look(theme=theme)).layout
    large = draw(equation(TRACE, "weights"), look=Look(theme=theme)).layout
    assert small.coloraxis == large.coloraxis
    assert (small.coloraxis.cmin, small.coloraxis.cmax) == (-30, 30)
    assert small.coloraxis2 == large.coloraxis2
    assert (small.coloraxis2.cmin, small.coloraxis2.cmax) == (0, 1)
    axes = [box.coloraxis for box in heatmaps(draw(equation(TRACE, "weights")))]
    assert axes == ["coloraxis", "coloraxis2"]


def test_alt_tells_the_true_values():
    alt = equation(attend(BY_KEY["verb-subject"].scenario), "Q").alt
    assert alt == (
        "X (3×4) · W_q (4×2) = Q (3×2). Q: Je 0.00, 0.00; suis 3.00, 0.00; heureux 0.00, 1.00."
    )
    assert "masked: The" in equation(TRACE, "masked_scores").alt
    assert "−∞" in equation(TRACE, "masked_scores").alt


def test_formulas_follow_the_settings():
    s = odd_scenario()
    assert formula(s, "scores") == r"\mathrm{scores} = \frac{Q K^\top}{\sqrt{3}}"
    assert formula(replace(s, scale=False), "scores").endswith("{1}")
    assert formula(s, "logits") == r"\mathrm{logits} = \frac{\mathrm{masked}}{0.5}"
    assert formula(s, "weights").endswith(r"softmax}(\mathrm{logits})")
    assert formula(DEFAULT.scenario, "weights").endswith(r"softmax}(\mathrm{masked})")
    assert formula(s, "raw_scores") == "Q K^\\top"


def largest():
    sentence = "heureusement nous sommes toujours très contents ici aujourd'hui même si il neige"
    s = edits.with_sentence(DEFAULT.scenario, sentence)
    return attend(edits.with_size(s, d_model=8, d_k=8, d_v=8))


@pytest.mark.parametrize("scale", [DESK, PROJECTOR], ids=["desk", "projector"])
@pytest.mark.parametrize("width", [320, 360, 700, 960, 1600])
@pytest.mark.parametrize("name", [*DRAWN, "headline"])
@pytest.mark.parametrize("trace", [attend(DEFAULT.scenario), TRACE, largest()])
def test_nothing_overlaps_or_is_cut(trace, name, width, scale):
    fits(headline(trace) if name == "headline" else equation(trace, name), width, scale)


#: What only some courses have, in their largest pictures.
LARGE = {
    key: replace(largest().scenario, **changes)
    for key, changes in {
        "learned": {"positions": "learned", "P": np.full((12, 8), -30.0)},
        "rope": {"positions": "rope"},
        "alibi": {"positions": "alibi", "slope": 0.5},
        "cross": {
            "context": ("heureusement",) * 11,
            "Z": np.full((11, 8), -30.0),
            "positions": "sinusoidal",
        },
    }.items()
}
LARGE["heads"] = added(LARGE["rope"])


@pytest.mark.parametrize("scale", [DESK, PROJECTOR], ids=["desk", "projector"])
@pytest.mark.parametrize("width", [320, 700, 1600])
@pytest.mark.parametrize("scenario", LARGE.values(), ids=LARGE)
def test_nothing_overlaps_or_is_cut_in_any_course(scenario, width, scale):
    trace = attend(scenario)
    for name in drawn(scenario):
        fits(equation(trace, name), width, scale)


@pytest.mark.parametrize("scale", [DESK, PROJECTOR])
def test_captions_of_one_word_are_neither_cut_nor_over_each_other(scale):
    """They are wider than the single box with its label."""
    trace = attend(edits.with_sentence(DEFAULT.scenario, "a"))
    layout = arrange([compare_with_reversal(trace).equation()], 1600, scale)
    end = 0
    for placed in layout.blocks:
        caption = text_width(placed.block.title or "weights", layout.scale.font)
        caption += text_width("  1×1", layout.scale.font)
        middle = placed.left + layout.cell / 2
        assert middle - caption / 2 >= end
        end = middle + caption / 2
    assert end <= layout.width


def fits(shown, width, scale):
    layout = arrange([shown], width, scale)
    assert layout.width <= width
    boxes = [_outline(placed, layout, layout.scale) for placed in layout.blocks]
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= layout.width
        assert bottom <= layout.height
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def _outline(placed, layout, scale):
    """Left, top, right, bottom of a block with its row labels."""
    rows, columns = len(placed.block.rows), len(placed.block.columns)
    label = max(min(text_width(r, scale.font), scale.longest_label) for r in placed.block.rows)
    right, bottom = placed.left + columns * layout.cell, placed.top + rows * layout.cell
    return placed.left - label, placed.top, right, bottom


def test_what_a_matrix_is_divided_by_stays_on_its_line():
    s = edits.with_sentence(DEFAULT.scenario, "a b c d e f g h i j k l")
    layout = arrange([equation(attend(s), "scores")], 600)
    (raw, scores), (divisor, equals) = layout.blocks, layout.signs
    assert raw.top < scores.top  # there are two lines
    middle = layout.cell * s.n / 2
    assert (divisor.text, divisor.y) == ("/ 2", raw.top + middle)
    assert (equals.text, equals.y) == ("=", scores.top + middle)


def test_a_text_that_is_cut_has_room_for_its_ellipsis():
    text = "heureusement"
    for width in range(10, 90):
        cut = shorten(text, width, 13)
        assert text_width(cut, 13) <= width
        # No shorter than need be.
        assert cut == text or text_width(text[: len(cut)] + "…", 13) > width


def test_numbers_are_left_out_where_they_do_not_fit():
    wide, narrow = (draw(equation(largest(), "Q"), look=Look(width)) for width in (1600, 320))
    assert re.fullmatch(r"−?\d\.\d\d", heatmaps(wide)[0].text[0][0])
    big = edits.with_matrix(largest().scenario, "X", np.full((12, 8), 30))
    assert not heatmaps(draw(equation(attend(big), "similarity"), look=Look(320)))[-1].texttemplate
    assert heatmaps(narrow)[0].texttemplate is not None


def test_a_phone_is_narrower_than_600_pixels():
    assert [Look(width, projector=True).scale for width in (599, 600)] == [DESK, PROJECTOR]


def test_projector_is_larger():
    desk, wall = (draw(equation(TRACE, "Q"), look=Look(projector=on)) for on in (False, True))
    assert wall.layout.font.size > 1.5 * desk.layout.font.size
    assert heatmaps(wall)[0].dx > 1.5 * heatmaps(desk)[0].dx


def test_a_number_without_a_pair_has_a_question_mark():
    for rows in range(1, 10):
        tried = shape_mismatch(TRACE, rows)
        X, W = tried.blocks[:2]
        figure = describe_dot_product_pairs(X, W).figure()
        assert len(W.rows) == rows
        assert texts(figure).count("?") == abs(rows - 7)
        left, right = heatmaps(figure)
        np.testing.assert_array_equal(left.z[0], TRACE.X[0])
        kept = min(rows, 7)
        np.testing.assert_array_equal(right.z[0][:kept], TRACE.W_q[:kept, 0])
    assert shape_mismatch(TRACE, 7).result.symbol == "Q"
    assert shape_mismatch(TRACE, 8).terms[-1] == "?"


def test_a_figure_is_small():
    size = len(draw(equation(attend(DEFAULT.scenario), "Q")).to_json())
    assert size < 5000


def test_labels_are_unique_in_every_block():
    for s in (TRACE.scenario, *COURSES.values()):
        for block in (block for name in drawn(s) for block in equation(attend(s), name).blocks):
            assert len(set(block.rows)) == len(block.rows)
            assert len(set(block.columns)) == len(block.columns)
    assert unique(TRACE.scenario.tokens) == equation(TRACE, "weights").result.rows


def test_several_equations_share_one_size():
    figure = draw(*(equation(TRACE, name) for name in ("Q", "K", "V")))
    assert [box.name for box in heatmaps(figure)] == [
        *("X", "W_q", "Q"),
        *("X", "W_k", "K"),
        *("X", "W_v", "V"),
    ]
    assert len({box.dx for box in heatmaps(figure)}) == 1
    assert re.match(r"^[0-9.]+$", str(figure.layout.height))
    alone = Equation((equation(TRACE, "Q").blocks[0],))
    assert heatmaps(draw(alone))[0].name == "X"


def test_an_infinite_number_keeps_its_sign_where_another_was_drawn_before():
    block = equation(TRACE, "masked_scores").result
    for values, sign in ((block.values, "−∞"), (-block.values, "∞")):
        written = texts(draw(Equation((replace(block, values=values),))))
        assert written.count(sign) == np.isinf(values).sum() > 0


def test_outlines_are_drawn_around_the_boxes():
    trace = attend(DEFAULT.scenario)
    shown = highlight(equation(trace, "raw_scores"), trace.scenario, Cell("raw_scores", 1, 2))
    figure = draw(shown)
    row, column, asked = figure.layout.shapes
    Q, K, S = figure.select_traces({"type": "heatmap"})

    def around(matrix, rows, columns):
        """Corners of a rectangle around boxes, from where the heatmap has them."""
        left, top = matrix.x0 - matrix.dx / 2, matrix.y0 - matrix.dy / 2
        return [
            left + columns[0] * matrix.dx,
            left + columns[1] * matrix.dx,
            top + rows[0] * matrix.dy,
            top + rows[1] * matrix.dy,
        ]

    for shape, expected in (
        (row, around(Q, (1, 2), (0, 4))),
        (column, around(K, (0, 4), (2, 3))),
        (asked, around(S, (1, 2), (2, 3))),
    ):
        assert [shape.x0, shape.x1, shape.y0, shape.y1] == pytest.approx(expected, abs=0.2)
    assert asked.line.width > row.line.width == column.line.width


def test_one_colour_scale_for_a_comparison():
    c = compare(DEFAULT.scenario, BY_KEY["verb-subject"].scenario)
    figure = draw(*c.equations("weights"))
    b, a, change = heatmaps(figure)[:3]
    assert a.coloraxis == b.coloraxis == "coloraxis2"
    assert change.coloraxis == "coloraxis3"
    layout = figure.layout
    assert (layout.coloraxis3.cmin, layout.coloraxis3.cmax) == (-1, 1)
    # From 0 to 1 it is the scale of A and of B.
    upper = [(2 * p - 1, colour) for p, colour in layout.coloraxis3.colorscale if p >= 0.5]
    for (position, colour), (expected, same) in zip(
        upper, layout.coloraxis2.colorscale, strict=True
    ):
        assert (position, colour) == (pytest.approx(expected), same)
    scores = draw(*c.equations("scores"))
    assert {box.coloraxis for box in heatmaps(scores)} == {"coloraxis"}
