"""The pictures of a long text hold its weights, fit the page, and are small on the wire."""

import base64
import json
import re
from itertools import product

import numpy as np
import pytest

from attn_core import attend
from attn_core.analysis import long_text
from attn_core.figures import Look, describe_long_text, describe_row
from attn_core.figures.boxes.colours import PALETTES
from attn_core.presets import BY_KEY, DEFAULT

LONGEST = " ".join("".join(each) for each in product(("ka", "lo", "me", "ni", "pu"), repeat=4))[
    :4400
]
HOSTILE = "<b>bold</b> 1984 %{x} dog dog supercalifragilisticexpialidocious שלום " * 3


def trace(text=HOSTILE, preset=DEFAULT.key):
    return attend(long_text.scenario_of(BY_KEY[preset].scenario, text))


def array(written):
    shape = [int(size) for size in written["shape"].split(",")]
    return np.frombuffer(base64.b64decode(written["bdata"]), f"<{written['dtype']}").reshape(shape)


def test_the_heatmap_holds_every_weight_in_single_precision():
    t = trace()
    (written,) = json.loads(json.dumps(describe_long_text(t).plain_numbers()))
    assert written["z"]["dtype"] == "f4"
    np.testing.assert_allclose(array(written["z"]), t.weights, rtol=1e-7)
    assert written["zmax"] == pytest.approx(t.weights.max())


def test_the_bars_hold_the_row():
    t = trace()
    for i in (0, 11):
        (written,) = describe_row(t, i).plain_numbers()
        np.testing.assert_array_equal(array(written["y"]), t.weights[i])


def test_512_words_are_small():
    text = " ".join(f"w{i}" for i in range(512))
    described = describe_long_text(trace(text))
    whole = json.dumps([described.traces, described.layout, described.plain_numbers()])
    assert len(whole) < 1_450_000
    cells = sum(len(trace["x"]) + len(trace["y"]) for trace in described.traces)
    assert cells == 2 * 512  # words stand at the axes, not in each box


@pytest.mark.parametrize(
    "figure", [describe_long_text, lambda t, **look: describe_row(t, 4, **look)]
)
@pytest.mark.parametrize("width", [358, 700, 1200])
@pytest.mark.parametrize("projector", [False, True])
def test_it_fits_and_plotly_takes_it(figure, width, projector):
    described = figure(trace(), look=Look(width, "dark", projector))
    made = described.figure()
    assert made.layout.width <= width
    across = made.layout.width - made.layout.margin.l - made.layout.margin.r
    assert across >= 0.6 * min(width, 358)
    assert made.layout.dragmode == ("zoom" if width > 600 else False)
    assert not made.layout.xaxis.fixedrange
    assert [button for group in described.config["modeBarButtons"] for button in group]


def test_words_are_labels_and_nothing_else():
    t = trace()
    labels = describe_long_text(t).traces[0]["x"]
    assert labels == describe_long_text(t).traces[0]["y"] == describe_row(t, 0).traces[0]["x"]
    assert len(set(labels)) == t.scenario.n
    assert not re.search(r"<(?!/?sub>)", "".join(labels))
    assert all(
        describe_long_text(t).layout[axis]["type"] == "category" for axis in ("xaxis", "yaxis")
    )


def test_rows_go_down_and_columns_to_the_right():
    n = trace().scenario.n
    layout = describe_long_text(trace()).layout
    assert layout["yaxis"]["range"] == [n - 0.5, -0.5]
    assert layout["xaxis"]["range"] == [-0.5, n - 0.5]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_small_weights_have_colours_of_their_own(theme):
    scale = PALETTES[theme].small_weight
    positions = [position for position, _ in scale]
    assert positions[0] == 0 and positions[-1] == 1 and positions == sorted(positions)
    assert 1 / 512 < positions[1] < 0.05  # an even share is away from 0 where one weight is 1
    assert len({colour for _, colour in scale}) == len(scale)


def test_the_colour_bar_ends_at_the_largest_weight():
    t = trace()
    (own,) = describe_long_text(t).numbers
    assert own["colorbar"]["tickvals"] == [0, own["zmax"] / 2, own["zmax"]]
    assert own["colorbar"]["ticktext"][-1] == f"{t.weights.max():.3f}"


def test_another_word_changes_only_numbers():
    t = trace()
    assert describe_row(t, 0).base == describe_row(t, 5).base
    assert describe_long_text(t).base == describe_long_text(trace(preset="verb-subject")).base
    assert describe_long_text(t).base != describe_long_text(trace("a dog")).base
