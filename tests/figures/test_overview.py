"""The picture of the whole way: nothing overlaps, columns are aligned, and it fits the window."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits
from attn_core.figures import Look, describe_overview
from attn_core.figures.boxes.colours import for_paper
from attn_core.figures.boxes.layout import head_height, row_label_width
from attn_core.figures.boxes.marks import legend_room, legend_texts
from attn_core.figures.boxes.overview import arrange_overview
from attn_core.figures.boxes.text import text_width
from attn_core.notation.cells import Cell
from attn_core.notation.outline import highlight
from attn_core.notation.overview import overview
from attn_core.presets import BY_KEY, DEFAULT
from tests.core.courses import COURSES

#: What home leaves for its picture of a window of 1280 × 800.
LAPTOP = Look(1000, height=560)
THEMES = ("dark", "light")
SCENARIOS = COURSES | {key: preset.scenario for key, preset in BY_KEY.items()}
WORDS = ("Je", "suis", "heureux", "aujourd'hui", "heureusement", "一", "x" * 40)


@st.composite
def scenarios(draw):
    """Any sizes, words and settings that add a block or a sign."""
    n, n_k = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    d_model, d_k, d_v = draw(st.integers(2, 8)), draw(st.integers(2, 8)), draw(st.integers(1, 8))
    words = st.sampled_from(WORDS)
    options = {"positions": draw(st.sampled_from(["none", "sinusoidal", "rope", "alibi"]))}
    if options["positions"] in ("none", "sinusoidal") and draw(st.booleans()):
        options["context"] = tuple(draw(words) for _ in range(n_k))
        options["Z"] = np.ones((n_k, d_model))
    return Scenario(
        tuple(draw(words) for _ in range(n)),
        X=np.ones((n, d_model)),
        W_q=np.ones((d_model, d_k)),
        W_k=np.ones((d_model, d_k)),
        W_v=np.ones((d_model, d_v)),
        temperature=draw(st.sampled_from([1.0, 0.5])),
        **options,
    )


looks = st.builds(
    Look,
    width=st.sampled_from([300, 360, 679, 680, 774, 1016, 2300]),
    projector=st.booleans(),
    height=st.sampled_from([None, 150, 560, 1200]),
)


def laid_out(scenario, look=LAPTOP, of=()):
    return arrange_overview(overview(attend(scenario), of=of), look)


def boxes(layout):
    """Left, top, right, bottom of each matrix with its labels, its caption and its formula."""
    font = layout.scale.font
    for placed in layout.blocks:
        block = placed.block
        right = placed.left + len(block.columns) * layout.cell
        bottom = placed.top + len(block.rows) * layout.row
        words = row_label_width(block, layout.scale) if placed.has_rows else 0
        head = head_height(block, layout.cell, layout.scale) if placed.has_columns else 0
        caption = text_width(f"{block.symbol}  {block.shape}", font)
        middle = (placed.left + right) / 2
        yield placed.left - words, placed.top - head, right, bottom
        yield middle - caption / 2, bottom, middle + caption / 2, bottom + 1.7 * font
    for sign in layout.signs:
        size = font * (sign.size or (2 if len(sign.text) == 1 else 1.4))
        width = text_width(sign.text, size)
        left = sign.x - width / (1 if sign.position == "middle left" else 2)
        yield left, sign.y - size / 2, left + width, sign.y + size / 2
    if layout.legend:
        x, y = layout.legend.x, layout.legend.y
        wide, high = legend_room(layout.legend)
        yield x, y, x + wide * font, y + high * font


@given(scenarios(), looks, st.sampled_from([(), ("X",), ("Q", "K", "V"), ("K",), ("weights",)]))
def test_nothing_overlaps_or_is_cut(scenario, look, of):
    layout = laid_out(scenario, look, of)
    found = list(boxes(layout))
    for left, top, right, bottom in found:
        assert left >= -0.01
        assert top >= -0.01
        assert right <= layout.width + 0.01
        assert bottom <= layout.height + 0.01
    for a, b in combinations(found, 2):
        apart = max(a[0], b[0]) >= min(a[2], b[2]) or max(a[1], b[1]) >= min(a[3], b[3])
        assert apart or max(a[0], b[0]) + 0.01 > min(a[2], b[2]), (a, b)


@pytest.mark.parametrize("n", [3, 4, 5, 6])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_it_fits_a_laptop_without_scrolling(n, d):
    s = edits.with_sentence(
        DEFAULT.scenario, " ".join(("Je", "suis", "très", "bien", "ici", "avec")[:n])
    )
    layout = laid_out(edits.with_size(s, d_model=d, d_k=d, d_v=d))
    assert layout.width <= LAPTOP.width
    assert layout.height <= LAPTOP.height


@pytest.mark.parametrize("key", BY_KEY)
def test_it_fits_the_width_of_a_laptop(key):
    assert laid_out(BY_KEY[key].scenario).width <= LAPTOP.width


@pytest.mark.parametrize("key", SCENARIOS)
def test_columns_and_lines_are_aligned(key):
    layout = laid_out(SCENARIOS[key], Look(1600, height=900))
    by_name = {placed.block.step.name: placed for placed in layout.blocks}

    def middle(name):
        return by_name[name].top + len(by_name[name].block.rows) * layout.row / 2

    last = [placed.left for placed in layout.blocks[-3:]]
    for column in (("W_q", "W_k", "W_v"), ("Q", "K", "V")):
        assert len({round(by_name[name].left, 6) for name in column}) == 1
    assert len(set(last)) == 1
    for line, end in zip(("q", "k", "v"), layout.blocks[-3:], strict=True):
        assert middle(f"W_{line}") == pytest.approx(middle(line.upper()))
        assert middle(line.upper()) == pytest.approx(middle(end.block.step.name))
    assert by_name["X"].top == pytest.approx(by_name["Q"].top)  # row beside row


@pytest.mark.parametrize("look", [LAPTOP, Look(358), Look(2300, height=1200)])
@pytest.mark.parametrize("factor", [1, -1, 30, -30])
def test_all_digits_have_one_size_whatever_they_are(look, factor):
    """Neither a minus nor a large number makes them smaller."""
    s = COURSES["plain"]
    plain = described_sizes(s, look)
    changed = edits.with_matrix(s, "W_q", np.full(s.W_q.shape, factor))
    assert len(plain) == 1
    assert described_sizes(changed, look) == plain
    cell, size = laid_out(s, look).cell, next(iter(plain))
    for own in described(changed, look).numbers:
        for text in (text for row in own["text"] for text in row):
            assert "-" not in text
            assert text_width(text.replace("−", ""), 1) * size < cell


def described(scenario, look, of=()):
    return describe_overview(overview(attend(scenario), of=of), look=look)


def described_sizes(scenario, look):
    return {own["textfont"]["size"] for own in described(scenario, look).numbers}


def test_large_numbers_have_fewer_decimals():
    s = edits.with_matrix(DEFAULT.scenario, "X", np.full((3, 4), 12.345))
    texts = {
        block.step.name: own["text"][0][0]
        for block, own in zip(
            overview(attend(s)).blocks, described(s, Look(774, height=560)).numbers, strict=True
        )
    }
    assert texts["X"] == "12.3"
    assert texts["W_q"] == "1.00"
    assert texts["scores"] == "305"


def test_digits_are_never_too_small_to_read():
    for width in (300, 600, 774, 1016):
        s = edits.with_size(edits.with_sentence(DEFAULT.scenario, "a " * 12), d_model=8, d_k=8)
        sizes_of_digits = described_sizes(s, Look(width, height=300))
        assert min(sizes_of_digits) >= 10


def test_it_grows_with_the_window():
    s = BY_KEY["verb-subject"].scenario
    cells = [
        laid_out(s, Look(w, height=h)).cell for w, h in ((774, 500), (1000, 560), (2300, 1200))
    ]
    assert cells == sorted(cells)
    assert cells[-1] > 1.8 * cells[0]


@pytest.mark.parametrize(
    ("width", "height", "digits"), [(980, 404, 15), (1236, 356, 20), (1876, 716, 28)]
)
def test_across_a_room_digits_are_as_large_a_part_of_the_wall(width, height, digits):
    layout = laid_out(DEFAULT.scenario, Look(width, projector=True, height=height))
    assert layout.scale.digits >= digits
    assert layout.width <= width


def test_a_phone_reads_from_top_to_bottom():
    layout = laid_out(BY_KEY["verb-subject"].scenario, Look(340))
    assert layout.width <= 340
    tops = {placed.block.step.name: placed.top for placed in layout.blocks}
    order = ("X", "W_q", "W_k", "W_v", "scores", "weights", "output")
    assert [tops[name] for name in order] == sorted(tops[name] for name in order)
    formulas = [sign.text for sign in layout.signs if sign.size]
    assert formulas == [
        *("X · W_q = Q", "X · W_k = K", "X · W_v = V"),
        *("QKᵀ / √2", "↓ softmax(scores)", "↓ weights · V"),
    ]


@pytest.mark.parametrize("key", SCENARIOS)
def test_arrows_lead_from_queries_keys_and_values(key):
    layout = laid_out(SCENARIOS[key], Look(1600, height=900))
    by_name = {placed.block.step.name: placed for placed in layout.blocks}
    scores, _, output = layout.blocks[-3:]
    starts = [by_name.get(f"rotated_{name}", by_name[name]) for name in "QK"] + [by_name["V"]]
    for arrow, start, end in zip(layout.arrows, starts, (scores, scores, output), strict=True):
        right = start.left + len(start.block.columns) * layout.cell
        assert right < arrow.x < arrow.to_x < end.left
        for y, at in ((arrow.y, start), (arrow.to_y, end)):
            assert at.top < y < at.top + len(at.block.rows) * layout.row


def test_a_legend_shows_the_colours_of_the_boxes():
    s = edits.with_matrix(DEFAULT.scenario, "W_q", np.full((4, 4), -3.0))
    drawn = described(s, LAPTOP)
    figure = drawn.figure()
    swatches = [shape for shape in figure.layout.shapes if shape.fillcolor]
    assert len(swatches) == 7 + 5
    low, high = drawn.layout["coloraxis"]["cmin"], drawn.layout["coloraxis"]["cmax"]
    scale = drawn.layout["coloraxis"]["colorscale"]
    exact = {round(low + at * (high - low), 2): colour for at, colour in scale}
    assert swatches[3].fillcolor == exact[0.0]
    assert swatches[4].fillcolor == exact[1.0]
    texts = {text for trace in figure.select_traces({"type": "scatter"}) for text in trace.text}
    assert {"−3", "0", "3", "1", "numbers", "weights", "row = query, column = key"} <= texts


@pytest.mark.parametrize("look", [Look(340), LAPTOP])
@pytest.mark.parametrize(("of", "has_weights"), [(("X",), False), (("Q", "K"), False), ((), True)])
def test_a_legend_speaks_of_weights_where_there_are_some(look, of, has_weights):
    figure = described(DEFAULT.scenario, look, of).figure()
    texts = {text for trace in figure.select_traces({"type": "scatter"}) for text in trace.text}
    assert "numbers" in texts
    assert ("weights" in texts) == ("row = query, column = key" in texts) == has_weights
    assert len([shape for shape in figure.layout.shapes if shape.fillcolor]) == 7 + 5 * has_weights


@pytest.mark.parametrize("look", [Look(340), Look(744, height=496), LAPTOP])
@pytest.mark.parametrize("key", SCENARIOS)
def test_a_legend_is_always_there_and_has_room_for_its_texts(key, look):
    layout = laid_out(SCENARIOS[key], look)
    wide, high = legend_room(layout.legend)
    for sign in legend_texts(layout.legend, layout.scale):
        width = text_width(sign.text, layout.scale.font * sign.size)
        assert sign.x + width <= layout.legend.x + wide * layout.scale.font
        assert sign.y < layout.legend.y + high * layout.scale.font


def test_on_paper_a_dark_picture_has_the_colours_of_a_light_one():
    dark, light = (
        [shape.fillcolor or shape.line.color for shape in drawn.figure().layout.shapes]
        for drawn in (described(DEFAULT.scenario, replace(LAPTOP, theme=t)) for t in THEMES)
    )
    paper = for_paper("dark")
    assert [paper.get(colour, colour) for colour in dark] == light
    assert dark != light


def test_only_numbers_change_with_the_numbers():
    s = DEFAULT.scenario
    bases = {
        described(edits.with_cell(s, "W_q", 0, 0, value), LAPTOP).base for value in (0, -2, 29)
    }
    assert len(bases) == 1
    assert described(s, replace(LAPTOP, height=700)).base not in bases


def test_an_outline_follows_boxes_that_are_not_square():
    s = DEFAULT.scenario
    marked = highlight(overview(attend(s)), s, Cell("weights", 2, 1))
    figure = describe_overview(marked, look=LAPTOP).figure()
    weights = list(figure.select_traces({"type": "heatmap"}))[-2]
    assert weights.dx > 1.2 * weights.dy
    target = next(shape for shape in figure.layout.shapes if shape.line.width == 3.5)
    assert target.x0 == pytest.approx(weights.x0 + 0.5 * weights.dx, abs=0.2)
    assert target.y0 == pytest.approx(weights.y0 + 1.5 * weights.dy, abs=0.2)
    assert target.y1 - target.y0 == pytest.approx(weights.dy, abs=0.2)


def test_it_is_small():
    written = described(DEFAULT.scenario, LAPTOP)
    size = len(written.figure().to_json())
    assert size < 20_000
    assert re.fullmatch("[0-9a-f]{16}", written.base)
